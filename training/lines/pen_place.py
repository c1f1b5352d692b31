"""Where words and lines of pen ink stand: slope, baseline and x-height, and whether label and ink go together."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np

from ocrtool.charset import LINE_CHARACTERS
from training.datasets.unipen import PLAIN_LETTERS, PenTracks
from training.writer.baselines import (
    ASCENDERS,
    CAPITAL_WORD,
    DESCENDERS,
    DESCENT,
    DOUBTFUL,
    PLAIN_WORD,
    TALL_WORD,
    baseline_of,
    size_of,
    x_height_of,
)

#: Slopes tried (rows per column), and rows of an x-height in which ink is counted to compare them.
SLOPES, SLOPE_BINS = np.linspace(-0.15, 0.15, 31), 8
#: Shorter ink (x-heights) shows no slope.
SHORTEST_SLOPED = 8.0
#: Pen units: no tablet is so coarse.
SMALLEST_X_HEIGHT = 1.0
#: Times that the writer's x-height is measured anew with what the baselines of the last time showed.
ROUNDS = 2
#: Small letters at which a mark's own size counts as much as the writer's.
OWN_SIZE_LETTERS = 4.0
#: Widths of characters against others, for a guess at how wide a text is.
NARROW, BROAD, SPACE_WIDTH = frozenset("iljtfrI1.,:;'!|()[]\"`°·’"), frozenset("mwMWGOQ@%&—½¼¾…"), 1.1
#: Width against the writer's usual outside which a label does not belong to the ink: of short texts, of long ones.
SHORT_RANGE, LONG_RANGE = (0.4, 2.3), (0.62, 1.6)
#: Ink under the baseline (x-heights): a text with tails has at least so much, one without tails at most. Ink over it:
#: a text of plain small letters has at most so much. Others are in capitals, or other words, or on a wrong baseline.
LEAST_TAIL, MOST_WITHOUT_TAIL, MOST_PLAIN = 0.2, 1.2, 2.2
#: Capitals stand on the lowest ink where that is so far (x-heights) under the baseline that was found.
CAPITALS_BELOW = 0.4
#: Characters from which a text is long.
LONG_TEXT = 12
#: Widths of a character outside which no hand is legible, in x-heights.
NARROWEST, WIDEST = 0.35, 3.5
#: Most ink above and below the baseline, in x-heights: some hands have tiny letters and long stems.
MOST_ABOVE, MOST_BELOW = 5.5, 4.0
#: A stroke that begins so far below the baseline, and is so high, is of a second row (x-heights).
ROW_BELOW, ROW_HEIGHT = 0.6, 0.8

_KNOWN = frozenset(LINE_CHARACTERS)


@dataclass(frozen=True, slots=True)
class Placed:
    """One usable mark. slope: rows per column; baseline: row at the ink's left edge once the slope is taken out; unit:
    the mark's x-height, all in pen units; width: in x-heights."""

    index: int
    text: str
    left: float
    slope: float
    baseline: float
    unit: float
    width: float

    def of(self, track: np.ndarray) -> np.ndarray:
        """A stroke in x-heights: left edge and baseline at 0, level. (n, 2) -> (n, 2), y down."""
        x = track[:, 0] - self.left
        y = track[:, 1] - self.slope * x - self.baseline
        return np.asarray(np.stack([x, y], axis=1) / np.float32(self.unit))


def readable(label: str) -> str | None:
    """The label as the line reader spells it, None if it has a character that the reader does not know."""
    text = " ".join(unicodedata.normalize("NFC", label).split())
    return text if text and _KNOWN.issuperset(text) else None


def expected_width(text: str) -> float:
    """How wide a text is, in widths of a usual character."""
    return sum(0.55 if c in NARROW else 1.45 if c in BROAD else SPACE_WIDTH if c == " " else 1.0 for c in text)


def expected_height(text: str) -> float:
    """Height of a text from its highest to its lowest edge, in x-heights."""
    letters = set(text)
    rise = CAPITAL_WORD if any(c.isupper() or c.isdigit() for c in letters) else PLAIN_WORD
    if letters & ASCENDERS:
        rise = TALL_WORD
    return rise + (DESCENT if letters & DESCENDERS else 0.0)


def slope_of(points: np.ndarray, x_height: float) -> float:
    """The slope (rows per column) along which the ink gathers most in rows. points: (n, 2), y down."""
    x = points[:, 0] - points[:, 0].mean()
    y = points[:, 1] - points[:, 1].mean()
    if np.ptp(x) < SHORTEST_SLOPED * x_height:
        return 0.0
    rows = np.rint((y - SLOPES[:, None] * x) * (SLOPE_BINS / x_height)).astype(int)  # (slopes, n)
    rows -= rows.min()
    height = int(rows.max()) + 1
    rows += (np.arange(len(SLOPES)) * height)[:, None]
    counts = np.bincount(rows.ravel(), minlength=height * len(SLOPES)).reshape(len(SLOPES), height).astype(float)
    smooth = counts.copy()  # a row and half of each neighbour: the bins' edges must not decide
    smooth[:, 1:] += counts[:, :-1] / 2
    smooth[:, :-1] += counts[:, 1:] / 2
    return float(SLOPES[int(np.argmax((smooth**2).sum(axis=1)))])


def _measured(text: str, strokes: list[np.ndarray], x_height: float) -> tuple[float, float, float] | None:
    """Slope, baseline at the left edge, and size against ``x_height``; None where ink and text do not go together."""
    points = np.concatenate(strokes)
    slope, left = slope_of(points, x_height), float(points[:, 0].min())
    level = [np.stack([s[:, 0], s[:, 1] - slope * (s[:, 0] - left)], axis=1) for s in strokes]
    label = text.replace(" ", "")
    baseline = baseline_of(label, level, x_height)
    if baseline is None:
        return None
    if label.isalnum() and not any(c.islower() or c in DOUBTFUL for c in label):
        lowest = float(np.percentile([s[:, 1].max() for s in level], 90))
        baseline = lowest if lowest > baseline + CAPITALS_BELOW * x_height else baseline
    return slope, baseline, size_of(label, level, baseline, x_height)


def _first_x_height(texts: list[str], marks: list[list[np.ndarray]]) -> float:
    """A writer's x-height from words of clear shape where there are some, else from the heights of all marks."""
    known = x_height_of(texts, marks)
    if known is not None:
        return known
    x_height = np.inf
    for _ in range(2):  # with slopes first, which make lines higher; then without
        heights = []
        for text, strokes in zip(texts, marks, strict=True):
            points = np.concatenate(strokes)
            height = np.ptp(points[:, 1] - slope_of(points, x_height) * points[:, 0])
            heights.append(height / expected_height(text))
        x_height = max(SMALLEST_X_HEIGHT, float(np.median(heights)))
    return x_height


def place(tracks: PenTracks, indices: np.ndarray) -> list[Placed]:
    """The usable ones among these marks, all of one writer."""
    pairs = [(i, readable(str(tracks.labels[i]))) for i in indices.tolist()]
    chosen = [(i, text) for i, text in pairs if text is not None]
    if not chosen:
        return []
    marks = [tracks.strokes(i) for i, _ in chosen]
    texts = [text for _, text in chosen]
    x_height = _first_x_height(texts, marks)
    measures = [_measured(t, m, x_height) for t, m in zip(texts, marks, strict=True)]
    for _ in range(ROUNDS - 1):
        sizes = [m[2] for t, m in zip(texts, measures, strict=True) if m is not None and _small_letters(t) > 1]
        x_height *= float(np.median(sizes)) if len(sizes) >= 3 else 1.0
        measures = [_measured(t, m, x_height) for t, m in zip(texts, marks, strict=True)]
    found = []
    for (index, text), strokes, measure in zip(chosen, marks, measures, strict=True):
        if measure is not None:
            placed = _placed(index, text, strokes, x_height, measure)
            if placed is not None:
                found.append(placed)
    return _as_wide_as_usual(found)


def _small_letters(text: str) -> int:
    return sum(c.islower() for c in text)


def _placed(
    index: int, text: str, strokes: list[np.ndarray], x_height: float, measure: tuple[float, float, float]
) -> Placed | None:
    slope, baseline, size = measure
    letters = _small_letters(text)
    unit = x_height * size ** (letters / (letters + OWN_SIZE_LETTERS))
    points = np.concatenate(strokes)
    left, right = float(points[:, 0].min()), float(points[:, 0].max())
    rows = (points[:, 1] - slope * (points[:, 0] - left) - baseline) / unit
    width = (right - left) / unit
    sound = rows.min() > -MOST_ABOVE and rows.max() < MOST_BELOW and _reaches_as_written(text, rows)
    legible = NARROWEST * (len(text) - 1) < width < WIDEST * (len(text) + 1)
    if not sound or not legible or _has_second_row(rows, strokes):
        return None
    return Placed(index, text, left, slope, baseline, unit, width)


def _reaches_as_written(text: str, rows: np.ndarray) -> bool:
    """Whether the ink reaches as far up and down as the letters do. rows: of all points, x-heights below the line."""
    letters = set(text) - {" "}
    above, below = -float(rows.min()), float(rows.max())
    if letters & DESCENDERS:
        return below > LEAST_TAIL
    if letters <= set(PLAIN_LETTERS) and above > MOST_PLAIN:
        return False
    return bool(letters & DOUBTFUL) or below < MOST_WITHOUT_TAIL


def _has_second_row(rows: np.ndarray, strokes: list[np.ndarray]) -> bool:
    """Whether the end of the text stands under the line. rows: of all points, in x-heights below the baseline."""
    starts = np.cumsum([0] + [len(stroke) for stroke in strokes[:-1]])
    top, bottom = np.minimum.reduceat(rows, starts), np.maximum.reduceat(rows, starts)
    return bool(((top > ROW_BELOW) & (bottom - top > ROW_HEIGHT)).any())


def _as_wide_as_usual(marks: list[Placed]) -> list[Placed]:
    """Those whose ink is about as wide as the writer's others of such a text."""
    if not marks:
        return []
    widths = np.array([mark.width / expected_width(mark.text) for mark in marks])
    usual = float(np.median(widths))
    kept = []
    for mark, width in zip(marks, widths.tolist(), strict=True):
        low, high = LONG_RANGE if len(mark.text) >= LONG_TEXT else SHORT_RANGE
        if low * usual < width < high * usual:
            kept.append(mark)
    return kept
