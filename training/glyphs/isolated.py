"""Isolated characters (EMNIST, UNIPEN, photographs) as glyph crops: shape only, no geometry, no context."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from ocrtool.charset import LATIN
from ocrtool.recognize.crops import isolated_image
from ocrtool.script.latin.script import LATIN_CROP
from training.datasets import emnist_images as emnist
from training.datasets import photos62, unipen
from training.glyphs import examples
from training.glyphs.examples import Examples

#: Pen thickness of a drawn mark as a share of its longer side: a hair line to a felt pen.
PEN_SHARE = (0.03, 0.17)
#: Longer side, in pixels, at which a mark is drawn before it shrinks to its crop.
DRAWN_SIDE = 66.0
#: A mark smaller than this share of the writer's x-height is drawn no larger than so: a dot stays a blob of the pen.
LEAST_EXTENT = 0.35
#: Every twentieth EMNIST training image is kept back to choose weights by.
EMNIST_VALIDATION_STEP = 20


def emnist_examples(folder: Path, part: str, byclass_only: bool = False) -> Examples:
    """All images of a part whose very character is known."""
    data = emnist.load(folder, part)
    labels = emnist.character_labels(data, byclass_only)
    known = np.flatnonzero(labels >= 0)
    images = np.stack([isolated_image(data.images[i], LATIN_CROP) for i in known])
    return examples.alone(images, labels[known], "emnist_alone")


def emnist_by_character(folder: Path, part: str) -> tuple[np.ndarray, dict[int, np.ndarray]]:
    """Images, (N, 28, 28) uint8, and the indices of those of each label of `LATIN`, of train, validation or test."""
    data = emnist.load(folder, "test" if part == "test" else "train")
    labels = emnist.character_labels(data)
    if part != "test":
        known = np.flatnonzero(labels >= 0)
        held = np.arange(len(known)) % EMNIST_VALIDATION_STEP == 0
        labels[known[held if part == "train" else ~held]] = -1
    return data.images, {int(c): np.flatnonzero(labels == c) for c in np.unique(labels) if c >= 0}


def unipen_examples(data: unipen.PenCharacters, rng: np.random.Generator, variants: int = 1) -> Examples:
    """Each mark drawn ``variants`` times with pens of different thickness; doubtful labels left out."""
    images, labels = [], []
    for label, writer, strokes in zip(data.labels.tolist(), data.writers.tolist(), data.characters, strict=True):
        if unipen.is_doubtful(label, writer):
            continue
        side = max(*unipen.extent(strokes), LEAST_EXTENT * data.x_heights[writer])
        for _ in range(variants):
            pen = DRAWN_SIDE * np.exp(rng.uniform(*np.log(PEN_SHARE)))
            ink, _ = unipen.draw_strokes(strokes, DRAWN_SIDE / side, pen)
            if rng.random() < 0.5:
                ink = cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.6, 3.0))
            images.append(isolated_image(ink, LATIN_CROP))
            labels.append(LATIN.index(label))
    return examples.alone(np.stack(images), np.array(labels, np.int16), "unipen_alone")


def photo_examples(path: Path) -> Examples:
    """All of ``photos62.zip``."""
    images, labels = photos62.load(path)
    return examples.alone(np.stack([isolated_image(image, LATIN_CROP) for image in images]), labels, "photos62")


def training_examples(data: Path, rng: np.random.Generator, variants: int = 3) -> tuple[Examples, Examples]:
    """EMNIST and UNIPEN to train on and to choose weights by, apart by image and by writer."""
    marks = unipen.load(data / "unipen" / "unipen-train.npz")
    train_writers, held_writers = unipen.split_writers(marks)
    images = emnist_examples(data / "emnist", "train")
    held = np.arange(len(images)) % EMNIST_VALIDATION_STEP == 0
    train = examples.join([images.take(~held), unipen_examples(marks.choose(train_writers), rng, variants)])
    validation = examples.join([images.take(held), unipen_examples(marks.choose(held_writers), rng)])
    return train, validation
