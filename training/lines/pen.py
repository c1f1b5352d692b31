"""Handwriting with known text, line by line: pen lines, words and characters of one writer, EMNIST images."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np

from training.datasets import unipen
from training.datasets.unipen import PenCharacters, PenTracks
from training.glyphs.isolated import emnist_by_character
from training.lines.pen_ink import Hand, WrittenLine, cropped, ink_of, rewritten
from training.lines.pen_parts import indices_by_writer, ink_file, names_of_part
from training.lines.pen_place import Placed, expected_width, place, readable
from training.lines.pen_text import form_field
from training.synthesis.drawn_page import MARGIN, Face, Manner, Stamp, paint, set_line
from training.synthesis.written_faces import EmnistFace, PenFace, WritingManner
from training.writer.unipen_writers import COARSE, smoothed

#: How often each source is drawn: whole lines, words of one writer joined, characters of one writer and EMNIST images
#: set in lines.
SHARES = {"line": 0.40, "word": 0.35, "char": 0.15, "emnist": 0.10}
#: A writer is drawn in proportion to this power of his marks: busy writers more often, but not by far.
WRITER_POWER = 0.5
#: Most words joined to a line.
MOST_WORDS = 8
#: Space between joined words, in the writer's widths of a character: median and spread (logarithm) over lines, as in
#: whole lines; spread within a line; never less than so much.
SPACE, SPACE_SPREAD, SPACE_JITTER, LEAST_SPACE = 1.3, 0.3, 0.2, 0.6
#: How far joined words miss the line (x-heights), and how their sizes differ (logarithm).
WORD_MISS, WORD_SPREAD = 0.05, 0.04
#: Writers with fewer different characters are not set in lines.
FEWEST_CHARACTERS = 30
#: Words tried for each that is wanted: some do not fit any more.
TRIES = 4

#: Letters written far apart, as in the boxes of a form: gap, and how much wider a word space is, in x-heights.
WIDE_GAP, WIDE_SPACE = (0.5, 1.6), (1.2, 2.5)

Text = Callable[[np.random.Generator], str]


class _Pool:
    """Words or lines of the writers of a part; a writer's are placed when first drawn."""

    def __init__(self, data: Path, mark: str, part: str, names: set[str]) -> None:
        self.tracks: PenTracks = unipen.load_tracks(ink_file(data, mark, part), mark)
        self._indices = indices_by_writer(self.tracks.writers, names)
        self.writers = list(self._indices)
        self._placed: dict[str, list[Placed]] = {}
        weights = np.array([len(found) for found in self._indices.values()], float) ** WRITER_POWER
        self._odds = weights / weights.sum()

    def of(self, writer: str) -> list[Placed]:
        """The writer's usable marks."""
        if writer not in self._placed:
            self._placed[writer] = place(self.tracks, self._indices[writer])
        return self._placed[writer]

    def draw(self, rng: np.random.Generator) -> list[Placed]:
        """The usable marks of a writer drawn by chance; empty where he has none."""
        return self.of(self.writers[rng.choice(len(self.writers), p=self._odds)])

    def strokes(self, mark: Placed) -> list[np.ndarray]:
        """Strokes of a mark in x-heights, left edge and baseline at 0."""
        unit = max(mark.unit, COARSE)  # smoothed once at most: tracks have few points to a letter, and loops would go
        return [mark.of(smoothed(stroke, unit)) for stroke in self.tracks.strokes(mark.index)]


class PenLines:
    """Draws ink of single lines of one part ("train", "validation", "test"). Loads each source when first needed.

    data: the folder that ``data/README.md`` describes; text: what is written character by character;
    wide: share of those lines whose letters stand far apart.
    """

    def __init__(self, data: Path, part: str = "train", text: Text = form_field, wide: float = 0.05) -> None:
        if part not in ("train", "validation", "test"):
            raise ValueError(f"no part {part}")
        self._data, self._part, self._text, self._wide = data, part, text, wide
        self._edges = np.cumsum(list(SHARES.values()))

    @cached_property
    def _names(self) -> set[str]:
        return names_of_part(self._data, self._part)

    @cached_property
    def _lines(self) -> _Pool:
        return _Pool(self._data, "line", self._part, self._names)

    @cached_property
    def _words(self) -> _Pool:
        return _Pool(self._data, "word", self._part, self._names)

    @cached_property
    def _characters(self) -> PenCharacters:
        marks = unipen.load(ink_file(self._data, "char", self._part))
        return marks.choose(list(indices_by_writer(marks.writers, self._names)))

    @cached_property
    def _character_writers(self) -> list[str]:
        found = self._characters.by_writer.items()
        return [w for w, marks in found if len(marks) >= FEWEST_CHARACTERS] or list(self._characters.by_writer)

    @cached_property
    def _emnist(self) -> tuple[np.ndarray, dict[int, np.ndarray]]:
        return emnist_by_character(self._data / "emnist", self._part)

    def draw(self, rng: np.random.Generator, x_height: float, longest: int = 90) -> WrittenLine | None:
        """A line of a source drawn by `SHARES`. None where the sample drawn is of no use: draw again.

        x_height: pixels; longest: most characters.
        """
        source = list(SHARES)[min(int(np.searchsorted(self._edges, rng.random(), side="right")), len(SHARES) - 1)]
        return self.draw_from(source, rng, x_height, longest)

    def draw_from(
        self, source: str, rng: np.random.Generator, x_height: float, longest: int = 90
    ) -> WrittenLine | None:
        """As `draw`, from a source named in `SHARES`."""
        if source == "line":
            return self._whole_line(rng, x_height, longest)
        if source == "word":
            return self._joined_words(rng, x_height, longest)
        return self._set_characters(source, rng, x_height, longest)

    def _whole_line(self, rng: np.random.Generator, x_height: float, longest: int) -> WrittenLine | None:
        marks = self._lines.draw(rng)
        if not marks:
            return None
        mark = marks[rng.integers(len(marks))]
        if len(mark.text) > longest:
            return None
        hand = Hand.draw(rng)
        return ink_of(rewritten(self._lines.strokes(mark), hand, rng), mark.text, x_height, hand)

    def _joined_words(self, rng: np.random.Generator, x_height: float, longest: int) -> WrittenLine | None:
        marks = self._words.draw(rng)
        if not marks:
            return None
        words = _fitting(marks, int(rng.integers(1, MOST_WORDS + 1)), longest, rng)
        if not words:
            return None
        pitch = sum(word.width for word in words) / sum(expected_width(word.text) for word in words)
        space = max(LEAST_SPACE, SPACE * np.exp(rng.normal(0.0, SPACE_SPREAD))) * pitch
        strokes: list[np.ndarray] = []
        left = 0.0
        for word in words:
            size = float(np.exp(rng.normal(0.0, WORD_SPREAD)))
            place_at = np.array([left, rng.normal(0.0, WORD_MISS)], np.float32)
            strokes += [stroke * np.float32(size) + place_at for stroke in self._words.strokes(word)]
            left += word.width * size + max(LEAST_SPACE * pitch, space * np.exp(rng.normal(0.0, SPACE_JITTER)))
        hand = Hand.draw(rng)
        return ink_of(rewritten(strokes, hand, rng), " ".join(word.text for word in words), x_height, hand)

    def _set_characters(
        self, source: str, rng: np.random.Generator, x_height: float, longest: int
    ) -> WrittenLine | None:
        text = readable(self._text(rng))
        if text is None or len(text) > longest:
            return None
        manner, hand = WritingManner.draw(rng), Hand.draw(rng)
        manner.lean = hand.slant
        if rng.random() < self._wide:
            manner.gap = rng.uniform(*WIDE_GAP)
            manner.space = manner.gap + rng.uniform(*WIDE_SPACE)
        writer = self._character_writers[rng.integers(len(self._character_writers))]
        pens = PenFace(self._characters, writer, x_height, manner, hand.pen)
        face: Face = EmnistFace(*self._emnist, x_height, manner, pens) if source == "emnist" else pens
        placed = set_line(text, face, Manner(drift=hand.rise, loose=SPACE_JITTER), 0.0, rng)
        if len(placed) != len(text) - text.count(" "):
            return None  # a character that nobody wrote
        left, top = min(x for _, x, _ in placed), min(y for _, _, y in placed)
        margin = round(MARGIN * x_height)
        page = paint(placed, x_height)
        return cropped(page.ink, margin - top, text, x_height, _centres(text, placed) - left + margin)


def _fitting(marks: list[Placed], count: int, longest: int, rng: np.random.Generator) -> list[Placed]:
    """Up to ``count`` of a writer's words whose text, joined by spaces, has at most ``longest`` characters."""
    words: list[Placed] = []
    room = longest
    for i in rng.choice(len(marks), min(len(marks), count * TRIES), replace=False):
        if len(words) < count and len(marks[i].text) <= room:
            words.append(marks[i])
            room -= len(marks[i].text) + 1
    return words


def _centres(text: str, placed: list[tuple[Stamp, int, int]]) -> np.ndarray:
    """Column of the middle of each character; a space's lies between its neighbours."""
    spans = iter([(x, x + stamp.ink.shape[1]) for stamp, x, _ in placed])
    found = [None if c == " " else next(spans) for c in text]
    centres = []
    for i, span in enumerate(found):
        if span is not None:
            centres.append((span[0] + span[1]) / 2)
            continue
        before, after = found[i - 1], found[i + 1]  # a text has no space at its ends, nor two together
        if before is None or after is None:
            raise ValueError("a space without neighbours")
        centres.append((before[1] + after[0]) / 2)
    return np.array(centres, np.float32)
