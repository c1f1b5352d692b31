"""Networks made for photographs, trained on characters from scratch: VGG16, ResNet50V2, MobileNetV2."""

from __future__ import annotations

from dataclasses import dataclass

import keras
from keras import layers

from training.models.parts import character_input, classifier, enlarge


@dataclass(frozen=True, slots=True)
class Vgg16Spec:
    """classes: outputs; side: pixels the image is enlarged to; hidden: units of the dense layer; dropout behind it."""

    classes: int = 47
    side: int = 48
    hidden: int = 256
    dropout: float = 0.3


def build_vgg16(spec: Vgg16Spec) -> keras.Model:
    """Thirteen convolutions of Simonyan and Zisserman (2015), configuration D, one grey channel, a small dense head.

    He initialisation: Glorot's starts a net so deep, without norms, too faintly to learn.
    """
    image, x = character_input()
    x = enlarge(x, spec.side)
    for block, (filters, count) in enumerate(((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)), start=1):
        for i in range(1, count + 1):
            x = layers.Conv2D(
                filters,
                3,
                padding="same",
                activation="relu",
                kernel_initializer="he_normal",
                name=f"block{block}_conv{i}",
            )(x)
        x = layers.MaxPooling2D(name=f"block{block}_pool")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(spec.hidden, activation="relu", kernel_initializer="he_normal", name="hidden")(x)
    return classifier(image, layers.Dropout(spec.dropout, name="drop")(x), spec.classes, "vgg16")


#: Of the running means. MobileNetV2's own 0.999 is for hundreds of thousands of batches: after a few thousand, what it
#: began with still shows, and 52 such layers one after the other leave nothing of the image.
BATCH_NORM_MOMENTUM = 0.99


@dataclass(frozen=True, slots=True)
class ApplicationSpec:
    """classes: outputs; side: pixels the image is enlarged to; dropout before the last layer."""

    classes: int = 47
    side: int = 32
    dropout: float = 0.2


def build_resnet50v2(spec: ApplicationSpec) -> keras.Model:
    """ResNet50V2 of keras.applications without weights: He et al., "Identity mappings in deep residual networks"."""
    return _application(keras.applications.ResNet50V2, spec, "resnet50v2")


def build_mobilenetv2(spec: ApplicationSpec) -> keras.Model:
    """MobileNetV2 of keras.applications without weights: Sandler et al. (2018)."""
    return _application(keras.applications.MobileNetV2, spec, "mobilenetv2")


def _application(make: type, spec: ApplicationSpec, name: str) -> keras.Model:
    image, x = character_input()
    x = enlarge(x, spec.side)
    body = make(include_top=False, weights=None, input_tensor=x, pooling="avg")
    for layer in body.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = BATCH_NORM_MOMENTUM
    return classifier(image, layers.Dropout(spec.dropout, name="drop")(body.output), spec.classes, name)
