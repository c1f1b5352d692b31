"""Korean glyph classifier: a small residual network with a head for each letter of a syllable.

11,172 syllables are 19 initials, 21 vowels and 28 finals: three short outputs classify them all, including
those never seen in training. A fourth output is the kind of glyph: a syllable, one of the marks, or a non-character.
"""

from __future__ import annotations

from dataclasses import dataclass

import keras
from keras import layers

from training.models.glyph import GEOMETRY_SIZE, shrinking_stages

#: Side of a crop in pixels; channel 0 is the glyph's own ink, channel 1 what stands around it.
CROP_SIDE, CROP_CHANNELS = 40, 2


@dataclass(frozen=True, slots=True)
class HangulSpec:
    """Architecture of the Hangul classifier.

    kinds: outputs for "a syllable", each mark and the reject class; initials, vowels, finals: numbers of letters;
    widths: channels at 20x20, 10x10 and 5x5 pixels; blocks: residual blocks at each; hidden: units of the last layer
    over the image; place_units: units of the layer over the geometry features; dropout: share of hidden units dropped
    in training.
    """

    kinds: int = 267
    initials: int = 19
    vowels: int = 21
    finals: int = 28
    widths: tuple[int, ...] = (24, 64, 128)
    blocks: tuple[int, ...] = (0, 1, 1)
    hidden: int = 256
    place_units: int = 32
    dropout: float = 0.1

    def __post_init__(self) -> None:
        if len(self.widths) != len(self.blocks):
            raise ValueError(f"widths and blocks differ in length: {self.widths}, {self.blocks}")

    @property
    def outputs(self) -> tuple[int, int, int, int]:
        """Sizes of the four heads, in the order they stand in the logits."""
        return self.kinds, self.initials, self.vowels, self.finals


def build_hangul(spec: HangulSpec) -> keras.Model:
    """Model from image (B, 40, 40, 2) in 0..255 and geometry (B, 8) to the heads' logits side by side, float32."""
    image = keras.Input((CROP_SIDE, CROP_SIDE, CROP_CHANNELS), name="image")
    geometry = keras.Input((GEOMETRY_SIZE,), name="place")
    x = layers.Rescaling(1.0 / 255.0, name="scale")(image)
    x = shrinking_stages(x, spec.widths, spec.blocks)
    x = layers.Flatten(name="flat")(x)  # the position of a stroke is what separates letters and their positions
    x = layers.Dense(spec.hidden, use_bias=False, name="shape")(x)
    x = layers.ReLU(name="shape_relu")(layers.BatchNormalization(momentum=0.98, name="shape_norm")(x))
    x = layers.Dropout(spec.dropout, name="drop")(x)
    p = layers.Dense(spec.place_units, activation="relu", name="place_spread")(geometry)
    kind = layers.Dense(128, activation="relu", name="join")(layers.Concatenate(name="shape_and_place")([x, p]))
    heads = [layers.Dense(spec.kinds, dtype="float32", name="kind")(kind)]
    for name, size in (("initial", spec.initials), ("vowel", spec.vowels), ("final", spec.finals)):
        heads.append(layers.Dense(size, dtype="float32", name=name)(x))
    return keras.Model([image, geometry], layers.Concatenate(dtype="float32", name="logits")(heads), name="hangul")
