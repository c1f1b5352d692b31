"""Pages of UNIPEN writers: their words, each used once, set in lines as one would write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from training.datasets import unipen
from training.synthesis.drawn_page import Stamp
from training.writer.baselines import baseline_of, size_of, x_height_of
from training.writer.pages import THINNEST_PEN, Setting, scanned, set_page

#: Ink of a page in x-heights along its lines, spaces left out: at least, about two lines, and where a page is full.
#: A writer needs two pages.
LEAST_INK, MOST_INK = 75.0, 270.0
#: Fewest and most lines of a page.
FEWEST_LINES, MOST_LINES = 4, 9
#: Width of the pen in x-heights; real pages have 0.08 to 0.25.
NARROW_PEN, BROAD_PEN = 0.09, 0.2
#: Widths per character outside which a label cannot belong to the ink: in x-heights, and in the writer's own widths.
NARROWEST, WIDEST, WIDEST_OWN = 0.25, 3.5, 2.5
#: Below these x-heights (pen units) a tablet's grid shows in the ink: smoothed twice, or once.
COARSE, MIDDLING = 60.0, 120.0
#: Words of unlike size, as each was written into a box of its own, come so much nearer the writer's mean size.
EVENNESS = 0.5
#: Spaces between words are at least so many of the writer's widths of a letter.
LEAST_SPACE = 0.9
#: A pen is at most so wide against the writer's width of a letter: else loops fill.
WIDEST_PEN = 0.2
#: Points set between two of a track.
FINER = 4
#: Writers of these donors are single persons who came more than once, as NAME_1, NAME_2.
NUMBERED_DONORS = ("apa", "apb", "apc", "apd", "ape")


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word of one writer. strokes: each (n, 2) float32 in x-heights, y down, baseline at 0, left edge at 0."""

    label: str
    strokes: list[np.ndarray]

    @property
    def width(self) -> float:
        """In x-heights."""
        return float(max(stroke[:, 0].max() for stroke in self.strokes))


def person_of(writer: str) -> str:
    """The person behind a writer's name: Name_1 and Name_2 of one donor are the same."""
    donor, _, name = writer.partition("/")
    return f"{donor}/{re.sub(r'_[0-9]$', '', name)}" if donor in NUMBERED_DONORS else writer


def smoothed(stroke: np.ndarray, x_height: float) -> np.ndarray:
    """A pen track without the steps of the tablet's grid and with a curve through its points. (n, 2) -> (m, 2)."""
    moved = np.concatenate([[True], (np.diff(stroke, axis=0) != 0).any(axis=1)])
    track: np.ndarray = stroke[moved]
    if len(track) < 3:
        return np.asarray(track)
    for _ in range(2 if x_height < COARSE else 1 if x_height < MIDDLING else 0):
        inner = (track[:-2] + 2 * track[1:-1] + track[2:]) / 4
        track = np.concatenate([track[:1], inner, track[-1:]])
    return _curve(track)


def _curve(track: np.ndarray) -> np.ndarray:
    """Catmull-Rom spline through the points."""
    padded = np.concatenate([track[:1], track, track[-1:]])
    a, b, c, d = padded[:-3, None], padded[1:-2, None], padded[2:-1, None], padded[3:, None]
    t = (np.arange(FINER, dtype=np.float32) / FINER)[None, :, None]
    points = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    curve: np.ndarray = np.concatenate([points.reshape(-1, 2), track[-1:]]).astype(np.float32)
    return curve


def placed_words(labels: list[str], words: list[list[np.ndarray]]) -> list[PlacedWord]:
    """The words of one writer that can be placed on a line; none if the x-height cannot be measured."""
    unit = x_height_of(labels, words)
    if unit is None:
        return []
    found: list[PlacedWord] = []
    seen: set[bytes] = set()
    for label, strokes in zip(labels, words, strict=True):
        track = np.concatenate(strokes).tobytes()
        if track in seen:  # some words are in the data twice
            continue
        seen.add(track)
        letters = sum(c.isalnum() for c in label)
        baseline = baseline_of(label, strokes, unit) if 2 * letters > len(label) else None
        width = float(np.ptp(np.concatenate(strokes)[:, 0])) / unit
        if baseline is None or not NARROWEST < width / len(label) < WIDEST:
            continue
        origin = np.array([min(s[:, 0].min() for s in strokes), baseline], np.float32)
        size = unit * size_of(label, strokes, baseline, unit) ** EVENNESS
        found.append(PlacedWord(label, [(smoothed(s, unit) - origin) / size for s in strokes]))
    widest = WIDEST_OWN * pitch_of(found) if found else 0.0
    return [word for word in found if word.width < widest * max(2, len(word.label))]


def pitch_of(words: list[PlacedWord]) -> float:
    """A writer's width of a letter with its gap, in x-heights."""
    return float(np.median([word.width / len(word.label) for word in words]))


def word_ink(word: PlacedWord, x_height: float, pen: float) -> Stamp:
    """Ink of a word. x_height, pen: pixels. Drawn twice as large: the pen is then right to half a pixel."""
    ink, (x, y) = unipen.draw_strokes(word.strokes, 2 * x_height, 2 * pen)
    even = np.pad(ink, ((0, ink.shape[0] % 2), (0, ink.shape[1] % 2)))
    small = cv2.resize(even, (even.shape[1] // 2, even.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return Stamp(small, x * x_height, -y * x_height, word.width * x_height, word.label)


def shared_out(words: list[PlacedWord], pages: int) -> list[list[PlacedWord]]:
    """Words dealt to at most ``pages`` pages of like length, each word to one; nothing for less than two pages."""
    total = sum(word.width for word in words)
    count = min(pages, int(total // LEAST_INK))
    if count < 2:
        return []
    target = min(MOST_INK, total / count)
    dealt: list[list[PlacedWord]] = [[] for _ in range(count)]
    reached = 0.0
    for word in words:
        if reached < count * target:
            dealt[int(reached // target)].append(word)
        reached += word.width
    return dealt


def draw_page(
    words: list[PlacedWord], setting: Setting, pen: float, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """A scanned page of these words and the number of its lines. pen: in x-heights."""
    length = sum(word.width + setting.space for word in words)
    lines = int(np.clip(np.ceil(length / setting.width), FEWEST_LINES, MOST_LINES))
    width = min(setting.width, length / lines * 1.1)
    stamps = [word_ink(word, setting.x_height, max(THINNEST_PEN, pen * setting.x_height)) for word in words]
    ink, count = set_page(stamps, replace(setting, width=width), rng)
    return scanned(ink, setting.x_height, rng), count


def writers_of(data: Path, part: str) -> tuple[unipen.PenCharacters, list[str]]:
    """Ink and writers of "train", "validation" or "test"; persons who also wrote for training are out of the test part.

    Raises FileNotFoundError.
    """
    trained = unipen.load(data / "unipen" / "unipen-words-train.npz", "word")
    if part != "test":
        return trained, unipen.split_writers(trained)[part == "validation"]
    known = {person_of(writer) for writer in trained.by_writer}
    tested = unipen.load(data / "unipen" / "unipen-words-test.npz", "word")
    return tested, sorted(writer for writer in tested.by_writer if person_of(writer) not in known)


def pages(data: Path, part: str, most: int, seed: int) -> Iterator[tuple[str, list[tuple[np.ndarray, int]]]]:
    """Each writer's name and at most ``most`` pages: a scan, (H, W) uint8, ink dark, and its number of lines."""
    ink, writers = writers_of(data, part)
    for number, writer in enumerate(writers):
        rng = np.random.default_rng([seed, number])
        own = sorted(i for found in ink.by_writer[writer].values() for i in found)
        words = placed_words([str(ink.labels[i]) for i in own], [ink.characters[i] for i in own])
        order = rng.permutation(len(words)).tolist()
        dealt = shared_out([words[i] for i in order], most)
        if not dealt:
            continue
        setting = Setting.draw(rng)
        pitch = pitch_of(words)
        setting = replace(setting, space=max(setting.space, LEAST_SPACE * pitch + 0.2))
        pen = float(np.exp(rng.uniform(np.log(NARROW_PEN), np.log(BROAD_PEN))))
        pen = min(pen, WIDEST_PEN * pitch)
        drawn = []
        for page in dealt:
            own_setting = replace(setting, x_height=setting.x_height * np.exp(rng.normal(0.0, 0.05)))
            drawn.append(draw_page(page, own_setting, pen * np.exp(rng.normal(0.0, 0.1)), rng))
        yield "unipen-" + re.sub(r"[^A-Za-z0-9]+", "-", writer), drawn
