"""Where the baseline of a written word is: UNIPEN has the word and its ink, not the line that it stood on."""

from __future__ import annotations

import numpy as np

from training.datasets.unipen import PLAIN_LETTERS

DESCENDERS = frozenset("gjpqy")
#: Characters that some writers draw below the line and others do not.
DOUBTFUL = frozenset("fzJQYZß,;()[]{}/@$|")
ASCENDERS = frozenset("bdfhklt")
#: Heights of words in x-heights by the tallest of their letters; words are taller than any of their letters.
PLAIN_WORD, TALL_WORD, CAPITAL_WORD = 1.12, 2.1, 1.75
#: A writer's x-height is the median of at least so many words.
FEWEST_WORDS = 3
#: How far letters with a tail reach below the line, in x-heights.
DESCENT = 1.0
#: Rows in a band of one x-height when a baseline is looked for.
BINS = 10
#: An x-height of distance from where an edge should be weighs like this share of the ink.
EDGE_WEIGHT = 0.35
#: Turning points count for a baseline that lie so far above or below the first guess, in x-heights.
ABOVE, BELOW = 0.45, 0.35
#: Heights of small letters over the baseline, in the writer's x-heights, that give the size of a word.
SMALLEST_WORD, LARGEST_WORD = 0.55, 1.4


def _is_plain(label: str) -> bool:
    return all(c in PLAIN_LETTERS for c in label) and len(label) > 1


def _is_tall(label: str) -> bool:
    """Small letters with an ascender and surely without descender."""
    plain = all(c.islower() and c not in DESCENDERS | DOUBTFUL for c in label)
    return plain and any(c in ASCENDERS for c in label)


def _is_capital(label: str) -> bool:
    return label.isalnum() and all(c.isupper() or c.isdigit() for c in label) and not DOUBTFUL & set(label)


def ink_height(strokes: list[np.ndarray]) -> float:
    """Height of a word's ink in pen units."""
    return float(np.ptp(np.concatenate(strokes)[:, 1]))


def x_height_of(labels: list[str], words: list[list[np.ndarray]]) -> float | None:
    """A writer's x-height in pen units, from the words whose shape gives it; None if too few do."""
    for kind, ratio in ((_is_plain, PLAIN_WORD), (_is_tall, TALL_WORD), (_is_capital, CAPITAL_WORD)):
        heights = [ink_height(w) for label, w in zip(labels, words, strict=True) if kind(label)]
        if len(heights) >= FEWEST_WORDS:
            found = float(np.median(heights)) / ratio
            return found if found > 0.0 else None
    return None


def lower_turns(strokes: list[np.ndarray]) -> np.ndarray:
    """Rows where the pen turned from down to up, or set off or ended at the lower end of a stroke. y down."""
    found = []
    for stroke in strokes:
        y = stroke[:, 1]
        y = y[np.concatenate([[True], np.diff(y) != 0])]
        falling = np.concatenate([[True], np.diff(y) > 0])
        rising = np.concatenate([np.diff(y) < 0, [True]])
        if len(y) > 1:
            found.append(y[falling & rising])
    return np.concatenate(found) if found else np.empty(0, np.float32)


def baseline_of(label: str, strokes: list[np.ndarray], x_height: float) -> float | None:
    """Row of a word's baseline in pen units, y down; None where the ink does not look like the word.

    First guess: the band of one x-height that holds much ink and fits the edges of the ink, as the letters imply.
    Then the median of the pen's lower turns near that.
    """
    points = np.concatenate(strokes)
    guess = _likely_band(label, strokes, x_height)
    turns = lower_turns(strokes)
    near = turns[(turns > guess - ABOVE * x_height) & (turns < guess + BELOW * x_height)]
    baseline = float(np.median(near)) if len(near) else guess
    above, below = baseline - points[:, 1].min(), points[:, 1].max() - baseline
    sound = 0.5 * x_height < above < 4.5 * x_height and below < 3.0 * x_height
    return baseline if sound else None


def size_of(label: str, strokes: list[np.ndarray], baseline: float, x_height: float) -> float:
    """How large a word is written against the writer's others: 1 = alike. Of small letters; 1 for other words."""
    if 2 * sum(c.islower() for c in label) <= len(label):
        return 1.0
    upper = baseline + lower_turns([stroke * (1, -1) for stroke in strokes])
    heights = upper[(upper > SMALLEST_WORD * x_height) & (upper < LARGEST_WORD * x_height)] / x_height
    return float(np.median(heights)) if len(heights) >= 2 else 1.0


def _likely_band(label: str, strokes: list[np.ndarray], x_height: float) -> float:
    """Lower row of the band of one x-height in which the small letters most likely are."""
    points = np.concatenate(strokes)
    step = x_height / BINS
    top, bottom = float(points[:, 1].min()), float(np.percentile(points[:, 1], 99.5))
    pieces = [np.diff(s, axis=0) for s in strokes if len(s) > 1] or [np.zeros((1, 2), np.float32)]
    middles = [(s[1:, 1] + s[:-1, 1]) / 2 for s in strokes if len(s) > 1] or [strokes[0][:, 1]]
    weight, row = np.hypot(*np.concatenate(pieces).T), np.concatenate(middles)
    ink = np.bincount(((row - top) / step).astype(int), weights=weight)
    band = np.convolve(ink, np.ones(BINS))  # band[i]: ink of the rows that end with i
    rows = top + (np.arange(len(band)) + 1) * step
    misses = [np.abs(rows - (top + high * x_height)) for high in _rises(label)]
    falling = [np.abs(rows - (bottom - low * x_height)) for low in _falls(label)]
    miss = (np.min(misses, axis=0) + np.min(falling, axis=0)) / x_height
    return float(rows[int(np.argmax(band / max(band.max(), 1e-6) - EDGE_WEIGHT * miss))])


def _rises(label: str) -> tuple[float, ...]:
    """Heights over the baseline that the upper edge of a word may have, in x-heights."""
    if any(c in ASCENDERS for c in label):
        return (TALL_WORD,)
    if any(c.isupper() or c.isdigit() for c in label):
        return (CAPITAL_WORD,)
    return (1.1, 1.7) if any(c not in PLAIN_LETTERS for c in label) else (1.1,)


def _falls(label: str) -> tuple[float, ...]:
    """Depths under the baseline that the lower edge of a word may have, in x-heights."""
    if DESCENDERS & set(label):
        return (DESCENT,)
    return (0.0, DESCENT) if DOUBTFUL & set(label) else (0.0,)
