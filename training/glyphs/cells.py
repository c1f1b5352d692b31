"""Characters as they are cut from the cells of forms: small, faxed, with bits of the frame, or without strokes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from ocrtool.charset import LATIN
from ocrtool.recognize.crops import isolated_image
from ocrtool.script.latin.script import LATIN_CROP
from training.datasets import emnist_images as emnist
from training.datasets import unipen
from training.glyphs import examples
from training.glyphs.examples import Examples
from training.glyphs.isolated import EMNIST_VALIDATION_STEP, LEAST_EXTENT

#: Longer side of a character in a cell, in pixels, from a fax to a scan of 300 dpi; thickness of pens as a share of it.
SIDES, PENS = (16.0, 56.0), (0.04, 0.14)
#: Shares of characters that are scanned in two levels, whose strokes get thicker or thinner, that lose what is on the
#: frame, and that keep a bit of it.
FAXED, RESTROKED, CLIPPED, FRAMED = 0.35, 0.25, 0.12, 0.15
#: Share of enlarged pictures whose blurred edges are made sharp, and how steep.
SHARPENED, STEEP = 0.7, 3.0
#: Softness of a scan (pixels); level of the threshold of those in two levels, and of edges that are made sharp.
SOFT, LEVELS = (0.3, 0.9), (90, 160)
#: How deep a frame cuts into a character, and how long a bit of it is left, as shares of its side.
DEPTH, BIT = (0.02, 0.1), (0.15, 0.7)


def training_examples(data: Path, rng: np.random.Generator, variants: int = 2) -> tuple[Examples, Examples]:
    """EMNIST and UNIPEN to train on and to choose weights by, apart as those of `isolated.training_examples` are."""
    marks = unipen.load(data / "unipen" / "unipen-train.npz")
    train_writers, held_writers = unipen.split_writers(marks)
    images = emnist_cells(data / "emnist", rng)
    held = np.arange(len(images)) % EMNIST_VALIDATION_STEP == 0
    train = examples.join([images.take(~held), unipen_cells(marks.choose(train_writers), rng, variants)])
    return train, examples.join([images.take(held), unipen_cells(marks.choose(held_writers), rng)])


def emnist_cells(folder: Path, rng: np.random.Generator) -> Examples:
    """EMNIST's images for training whose very character is known, in their order."""
    data = emnist.load(folder, "train")
    labels = emnist.character_labels(data)
    known = np.flatnonzero(labels >= 0)
    images = [isolated_image(as_cut(data.images[k], rng), LATIN_CROP) for k in known.tolist()]
    return examples.alone(np.stack(images), labels[known], "cells")


def unipen_cells(data: unipen.PenCharacters, rng: np.random.Generator, variants: int = 1) -> Examples:
    """UNIPEN's letters and figures, each drawn ``variants`` times; doubtful labels left out."""
    images, labels = [], []
    for label, writer, strokes in _plain(data):
        extent = max(*unipen.extent(strokes), LEAST_EXTENT * data.x_heights[writer])
        for _ in range(variants):
            side = rng.uniform(1.0, 1.5) * SIDES[1]
            ink, _ = unipen.draw_strokes(strokes, side / extent, side * rng.uniform(*PENS))
            images.append(isolated_image(as_cut(ink, rng), LATIN_CROP))
            labels.append(LATIN.index(label))
    return examples.alone(np.stack(images), np.array(labels, np.int16), "cells")


def as_cut(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A character (h, w) uint8, ink bright, as a scan of a form shows it in its cell: another size, (h', w') uint8."""
    x, y, w, h = cv2.boundingRect((ink > 60).astype(np.uint8))
    part = ink[y : y + h, x : x + w] if w and h else ink
    scale = float(np.exp(rng.uniform(*np.log(SIDES)))) / max(part.shape)
    size = max(2, round(part.shape[1] * scale)), max(2, round(part.shape[0] * scale))
    glyph = cv2.resize(part, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    glyph = cv2.copyMakeBorder(glyph, 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=0)
    if scale > 1 and rng.random() < SHARPENED:
        steep = (glyph.astype(np.float32) - rng.uniform(*LEVELS)) * STEEP + 128.0
        glyph = np.clip(steep, 0, 255).astype(np.uint8)
    if rng.random() < RESTROKED:
        change = cv2.dilate if rng.random() < 0.5 else cv2.erode
        glyph = cv2.addWeighted(glyph, 0.4, change(glyph, np.ones((2, 2), np.uint8)), 0.6, 0.0)
    draw = rng.random()
    if draw < CLIPPED:
        glyph = np.rot90(_clipped(np.rot90(glyph, turns := int(rng.integers(4))).copy(), rng), -turns)
    elif draw < CLIPPED + FRAMED:
        glyph = np.rot90(_framed(np.rot90(glyph, turns := int(rng.integers(4))).copy(), rng), -turns)
    glyph = cv2.GaussianBlur(np.ascontiguousarray(glyph), (0, 0), rng.uniform(*SOFT))
    if rng.random() < FAXED:
        glyph = np.where(glyph > rng.uniform(*LEVELS), 255, 0).astype(np.uint8)
    return np.asarray(glyph)


def _clipped(glyph: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A character without its lowest rows, or without some that a rule ran through."""
    depth = max(1, round(len(glyph) * rng.uniform(*DEPTH)))
    above = int(rng.integers(0, max(1, len(glyph) // 6))) if rng.random() < 0.5 else 0
    first = len(glyph) - 4 - depth - above
    glyph[max(0, first) : max(0, first) + depth] = 0
    return glyph


def _framed(glyph: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A character with a bit of a rule below it."""
    height, width = glyph.shape
    length = max(2, round(width * rng.uniform(*BIT)))
    first = int(rng.integers(0, max(1, width - length)))
    row = int(rng.integers(height - 5, height - 1))
    glyph[row : row + int(rng.integers(1, 3)), first : first + length] = int(rng.integers(120, 256))
    return glyph


def _plain(data: unipen.PenCharacters) -> Iterator[tuple[str, str, list[np.ndarray]]]:
    for label, writer, strokes in zip(data.labels.tolist(), data.writers.tolist(), data.characters, strict=True):
        if label.isalnum() and not unipen.is_doubtful(label, writer):
            yield label, writer, strokes
