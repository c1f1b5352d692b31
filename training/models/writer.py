"""Networks for writer identification: the published tutorial's, and one whose last layer but one embeds a patch.

The tutorial follows DeepWriter (Xing & Qiao, "DeepWriter: a multi-stream deep CNN for text-independent writer
identification", 2016): random 113x113 windows of lines, softmax over the writers.
"""

from __future__ import annotations

from dataclasses import dataclass

import keras
from keras import layers

from training.models.glyph import shrinking_stages

#: Side of a patch in pixels.
PATCH_SIDE = 113
#: The tutorial's network sees patches of half the side.
TUTORIAL_SIDE = 56


@dataclass(frozen=True, slots=True)
class WriterSpec:
    """widths: channels at 57x57, 29x29, 15x15 and 8x8 pixels; blocks: residual blocks at each; embedding: numbers that
    describe a patch; dropout: share of the pooled channels dropped in training; described: numbers that describe a
    page.
    """

    widths: tuple[int, ...] = (16, 32, 64, 112)
    blocks: tuple[int, ...] = (0, 0, 1, 1)
    embedding: int = 128
    dropout: float = 0.1
    described: int = 64

    def __post_init__(self) -> None:
        if len(self.widths) != len(self.blocks):
            raise ValueError(f"widths and blocks differ in length: {self.widths}, {self.blocks}")


def build_writer(spec: WriterSpec) -> keras.Model:
    """Model from patches (B, 113, 113, 1) in 0..255, ink bright, to what describes them: (B, embedding) float32."""
    image = keras.Input((PATCH_SIDE, PATCH_SIDE, 1), name="image")
    x = layers.Rescaling(1.0 / 255.0, name="scale")(image)
    x = shrinking_stages(x, spec.widths, spec.blocks)
    mean = layers.GlobalAveragePooling2D(name="mean")(x)  # how often a stroke occurs characterises a writer ...
    most = layers.GlobalMaxPooling2D(name="most")(x)  # ... and so does how clear its clearest one is
    x = layers.Concatenate(name="pooled")([mean, most])
    x = layers.Dropout(spec.dropout, name="drop")(x)
    x = layers.Dense(spec.embedding, use_bias=False, name="embedding")(x)
    x = layers.BatchNormalization(momentum=0.98, scale=False, dtype="float32", name="embedding_norm")(x)
    return keras.Model(image, x, name="writer")


def build_describer(spec: WriterSpec) -> keras.Model:
    """Model from patches (B, 113, 113, 1) in 0..255 to (B, described) float32, whose mean over a page describes it.

    The last layer is not learnt but worked out from pages (`training.writer.whitening`): it whitens their means.
    """
    embedder = build_writer(spec)
    x = layers.UnitNormalization(axis=-1, name="unit")(embedder.output)
    x = layers.Dense(spec.described, dtype="float32", name="whiten")(x)
    return keras.Model(embedder.input, x, name="writer_describer")


@dataclass(frozen=True, slots=True)
class TutorialSpec:
    """classes: writers; dropout: share dropped before each dense layer."""

    classes: int = 50
    dropout: float = 0.5


def build_tutorial(spec: TutorialSpec) -> keras.Model:
    """The tutorial's network: patches (B, 113, 113, 1) in 0..255 to logits (B, classes); 827,698 parameters for 50."""
    image = keras.Input((PATCH_SIDE, PATCH_SIDE, 1), name="image")
    x = layers.Resizing(TUTORIAL_SIDE, TUTORIAL_SIDE, name="halve")(image)
    x = layers.Rescaling(1.0 / 255.0, offset=-0.5, name="scale")(x)
    for i, (width, size, stride) in enumerate(((32, 5, 2), (64, 3, 1), (128, 3, 1)), start=1):
        x = layers.Conv2D(width, size, strides=stride, padding="same", activation="relu", name=f"conv{i}")(x)
        x = layers.MaxPooling2D(2, name=f"pool{i}")(x)
    x = layers.Flatten(name="flat")(x)
    for i, units in enumerate((512, 256), start=1):
        x = layers.Dropout(spec.dropout, name=f"drop{i}")(x)
        x = layers.Dense(units, activation="relu", name=f"dense{i}")(x)
    x = layers.Dropout(spec.dropout, name="drop3")(x)
    logits = layers.Dense(spec.classes, dtype="float32", name="logits")(x)
    return keras.Model(image, logits, name="writer_tutorial")
