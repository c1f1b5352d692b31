"""UNIPEN ink (Guyon et al., "UNIPEN project of on-line data exchange", 1994): pen tracks of known writers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

#: Fractional bits of the coordinates handed to the line drawer.
SHIFT = 4
#: Small letters without ascender or descender: their height is a writer's x-height.
PLAIN_LETTERS = "acemnorsuvwxz"
#: Donors many of whose small letters carry a wrong label.
NOISY_DONORS = ("mot", "sie", "lav")
#: Writers taken out of the training part to choose weights by: every ninth, in the order of their names.
VALIDATION_STEP = 9


@dataclass(frozen=True)
class PenCharacters:
    """labels: (N,) str; writers: (N,) str; characters: per mark a list of strokes, each (n, 2) float32, y down."""

    labels: np.ndarray
    writers: np.ndarray
    characters: list[list[np.ndarray]]

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def by_writer(self) -> dict[str, dict[str, list[int]]]:
        """Indices of each writer's marks by label."""
        found: dict[str, dict[str, list[int]]] = {}
        for i, (writer, label) in enumerate(zip(self.writers.tolist(), self.labels.tolist(), strict=True)):
            found.setdefault(writer, {}).setdefault(label, []).append(i)
        return found

    @cached_property
    def by_label(self) -> dict[str, np.ndarray]:
        """Indices of all marks of each label."""
        return {str(label): np.flatnonzero(self.labels == label) for label in np.unique(self.labels)}

    @cached_property
    def x_heights(self) -> dict[str, float]:
        """Median height of each writer's plain small letters, in pen units; from capitals where there are none."""
        result = {}
        for writer, marks in self.by_writer.items():
            small = [extent(self.characters[i])[1] for c in PLAIN_LETTERS for i in marks.get(c, ())]
            if len(small) >= 3:
                result[writer] = max(1.0, float(np.median(small)))
                continue
            heights = [extent(self.characters[i])[1] for found in marks.values() for i in found]
            result[writer] = max(1.0, 0.66 * float(np.percentile(heights, 70)))
        return result

    def choose(self, writers: list[str]) -> PenCharacters:
        """Only the marks of ``writers``."""
        keep = np.flatnonzero(np.isin(self.writers, writers))
        return PenCharacters(self.labels[keep], self.writers[keep], [self.characters[i] for i in keep])


@dataclass(frozen=True)
class PenTracks:
    """Words or lines, packed: one array of points instead of one for each stroke.

    labels, writers, styles, languages: (N,) str, the last two "" where the file has none; points: (P, 2) float32, y
    down; stroke_ends: (S,) int64 into points; mark_ends: (N,) int64 into stroke_ends.
    """

    labels: np.ndarray
    writers: np.ndarray
    styles: np.ndarray
    languages: np.ndarray
    points: np.ndarray
    stroke_ends: np.ndarray
    mark_ends: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def strokes(self, index: int) -> list[np.ndarray]:
        """Strokes of one word or line, each (n, 2) float32: views of the points."""
        first = int(self.mark_ends[index - 1]) if index else 0
        begin = int(self.stroke_ends[first - 1]) if first else 0
        found = []
        for end in self.stroke_ends[first : self.mark_ends[index]].tolist():
            found.append(self.points[begin:end])
            begin = end
        return found


def load_tracks(path: Path, mark: str) -> PenTracks:
    """Read ``unipen-words-*.npz`` with mark "word", ``unipen-lines-*.npz`` with mark "line".

    Raises FileNotFoundError.
    """
    with np.load(path, allow_pickle=False) as data:
        points = data["points"].astype(np.float32)
        points[:, 1] *= -1.0
        labels = data["label"]
        unknown = np.full(len(labels), "")
        return PenTracks(
            labels,
            data["writer"],
            data.get("style", unknown),
            data.get("language", unknown),
            points,
            np.cumsum(data["stroke_length"], dtype=np.int64),
            np.cumsum(data[f"strokes_per_{mark}"], dtype=np.int64),
        )


def load(path: Path, mark: str = "char") -> PenCharacters:
    """Read ``unipen-train.npz`` or ``unipen-test.npz``, or with mark "word" ``unipen-words-*.npz``, with mark "line"
    ``unipen-lines-*.npz``.

    Raises FileNotFoundError.
    """
    with np.load(path, allow_pickle=False) as data:
        points = data["points"].astype(np.float32)
        strokes = np.split(points, np.cumsum(data["stroke_length"])[:-1])
        ends = np.cumsum(data[f"strokes_per_{mark}"])
        labels, writers = data["label"], data["writer"]
    for stroke in strokes:
        stroke[:, 1] *= -1.0
    starts = ends - np.diff(ends, prepend=0)
    characters = [strokes[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    return PenCharacters(labels, writers, characters)


def split_writers(data: PenCharacters) -> tuple[list[str], list[str]]:
    """Writers to train on, and writers to choose weights by."""
    writers = sorted(data.by_writer)
    held = writers[::VALIDATION_STEP]
    return [w for w in writers if w not in held], held


def is_doubtful(label: str, writer: str) -> bool:
    """True for small letters of the donors known for wrong labels."""
    return label.islower() and writer.split("/")[0] in NOISY_DONORS


def extent(strokes: list[np.ndarray]) -> tuple[float, float]:
    """Width and height of a mark in pen units."""
    points = np.concatenate(strokes)
    width, height = np.ptp(points, axis=0)
    return float(width), float(height)


def draw_strokes(strokes: list[np.ndarray], scale: float, thickness: float) -> tuple[np.ndarray, tuple[float, float]]:
    """Ink of a mark, anti-aliased, bright on black, just large enough to hold it.

    scale: pixels per pen unit; thickness: of the pen, in pixels. Returns (h, w) uint8 and the pen-unit position (x, y)
    of the image's upper left corner. Thin pens are drawn larger and shrunk: the drawer knows whole pixels only.
    """
    fine = 3.0 if thickness < 4.0 else 1.0
    pen = max(1, round(thickness * fine))
    points = np.concatenate(strokes)
    low = points.min(axis=0)
    pad = pen / 2 + 2
    size = np.ceil((points.max(axis=0) - low) * scale * fine + 2 * pad).astype(int)
    canvas = np.zeros((max(1, size[1]), max(1, size[0])), np.uint8)
    lines = [
        np.round(((stroke - low) * (scale * fine) + pad) * (1 << SHIFT)).astype(np.int32)[:, None, :]
        for stroke in strokes
    ]
    cv2.polylines(canvas, lines, False, 255, pen, cv2.LINE_AA, SHIFT)
    if fine > 1.0:
        small = (max(1, round(canvas.shape[1] / fine)), max(1, round(canvas.shape[0] / fine)))
        canvas = cv2.resize(canvas, small, interpolation=cv2.INTER_AREA)
    corner = low - pad / (scale * fine)
    return canvas, (float(corner[0]), float(corner[1]))
