"""Roman numerals in type whose I is a plain stroke, which looks like l and 1: read by their strokes.

Neither the line reader nor the language model tells ``Vill`` from ``VIII`` there, and the reader miscounts strokes that
stand close. The ink says how many there are, that none has a dot, and that all are as high as the capitals beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

import cv2
import numpy as np

from ocrtool.decode.ctc_places import SPACE
from ocrtool.decode.ctc_reading import ALTERNATIVES, Reading
from ocrtool.segment.character_boxes import character_boxes
from ocrtool.segment.layout import Layout
from ocrtool.segment.strip import Strip
from ocrtool.segment.types import LineRegion

Span = tuple[int, int]

LETTERS = "IVXLCDM"
#: What strokes are read as; two that stand close are read as H or N too.
STROKES = "Il1i|!HN"
#: A word that may be a numeral, and what may stand around it.
WORD = re.compile(rf"[(\[\"'“‘]?([VXLCDMvxcm{re.escape(STROKES)}]+)[.,:;)\]\"'”’]*")
BRACKETS = "(["
ROMAN = re.compile(r"M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
#: The word, and bits of rules.
ALONE = ("I", "|", "!")
#: Ones so sure are ones, as in hands whose one is a plain stroke.
SURE_ONE = 0.8
#: Letters are at least so high, as a share of the highest; a stroke is at most so wide, as a share of its height, and
#: fills at least this share of its box; one without a dot fills so much of it.
LEAST_HEIGHT, MOST_WIDTH, LEAST_FILL, DOTLESS = 0.88, 0.3, 0.65, 0.85
#: A part of ink that is lower than this share of the highest is a mark.
LOW = 0.5
#: Frames beside that of a letter that show it too.
NEAR = 2


def read_numerals(
    layout: Layout, region: LineRegion, strip: Strip, log_probs: np.ndarray, reading: Reading, labels: Sequence[str]
) -> Reading:
    """Return the reading of a line with its Roman numerals by their strokes.

    log_probs: (T, classes) of the line reader over the strip; labels: of the classes.
    """
    words = list(_suspects(reading, labels))
    if not words or any(each not in labels for each in LETTERS):
        return reading
    frame = strip.soft.shape[1] / max(1, len(log_probs))
    boxes = np.zeros((len(reading.labels), 4), np.int64)
    printed = reading.labels != SPACE
    boxes[printed] = character_boxes(layout, region, strip, (reading.frames[printed] + 0.5) * frame)
    for whole, core in reversed(words):
        read = [labels[k] for k in reading.labels[slice(*whole)]]
        inner = slice(core[0] - whole[0], core[1] - whole[0])
        parts = _without_marks(_parts(layout, region, boxes[slice(*whole)]), read[: inner.start], read[inner.stop :])
        found = numeral(parts, "".join(read[inner]))
        if found is not None:
            text, columns = found
            frames = _frames(region, strip, columns, len(log_probs))
            reading = _with(reading, core, text, frames, log_probs, labels)
    return reading


def _suspects(reading: Reading, labels: Sequence[str]) -> Iterator[tuple[Span, Span]]:
    """Yield each word that may be a numeral with strokes, and what of it is no mark, as first character and end."""
    printed = np.flatnonzero(reading.labels != SPACE)
    for word in np.split(printed, np.flatnonzero(np.diff(printed) > 1) + 1):
        text = [labels[k] for k in reading.labels[word]]
        match = WORD.fullmatch("".join(text))
        if match is None or any(len(each) != 1 for each in text):
            continue
        first, end = match.span(1)
        core = match.group(1)
        ones = set(core) == {"1"} and reading.ink[word[first:end]].min() >= SURE_ONE
        if not (ones or set(core).isdisjoint(STROKES) or match.group() in ALONE):
            start = int(word[0])
            yield (start, int(word[-1]) + 1), (start + first, start + end)


def _parts(layout: Layout, region: LineRegion, boxes: np.ndarray) -> np.ndarray:
    """Return the connected parts of characters from the left: (p, 5) int, x0, y0, width, height and area in pixels."""
    x0, x1 = int(boxes[:, 0].min()), int(boxes[:, 2].max())
    y0, y1 = region.box[1], region.box[3]
    own = (layout.line_labels[y0:y1, x0:x1] == region.label).view(np.uint8)
    parts = cv2.connectedComponentsWithStats(own, connectivity=8)[2][1:]
    return np.asarray(parts[np.argsort(parts[:, 0], kind="stable")] + np.array([x0, y0, 0, 0, 0]))


def _without_marks(parts: np.ndarray, before: Sequence[str], after: Sequence[str]) -> np.ndarray:
    """Return the parts of a word without those of the marks before and after it."""
    low = parts[:, 3] < LOW * parts[:, 3].max(initial=0)
    if any(each in BRACKETS for each in before):
        low[:1] = True
    if any(each in ")]" for each in after):
        low[-1:] = True
    inner = np.flatnonzero(~low)
    first = int(inner[0]) if before and len(inner) else 0
    end = int(inner[-1]) + 1 if after and len(inner) else len(parts)
    return parts[first:end]


def numeral(parts: np.ndarray, read: str) -> tuple[str, np.ndarray] | None:
    """Return the numeral that parts of ink are, and the columns of its letters; None if they are none.

    parts: (p, 5) int, x0, y0, width, height and area of connected ink, from the left; read: what they are read as.
    """
    x0, _, width, height, area = parts.T
    tallest = int(height.max(initial=0))
    if not len(parts) or (height < LEAST_HEIGHT * tallest).any():
        return None  # dots, small letters, marks
    fill = area / (width * height)
    is_stroke = (width <= max(2.0, MOST_WIDTH * tallest)) & (fill >= LEAST_FILL)
    if not is_stroke.any():
        return None
    if "i" in read and set("XVxv").isdisjoint(read) and fill[is_stroke].min() < DOTLESS:
        return None  # a dot touches its stroke
    if is_stroke.all() and len(parts) > 2 and read.startswith("Il") and height[0] < height[1:].min():
        return None  # a capital before small letters, which are taller
    spans = [list(run) for _, run in groupby(range(len(parts)), is_stroke.__getitem__)]
    for strokes in (STROKES, STROKES + "L"):
        letters = ["".join(run) for stroke, run in groupby(read, strokes.__contains__) if not stroke]
        if len(letters) != sum(not is_stroke[own[0]] for own in spans):
            continue
        runs = [(own, "I" * len(own) if is_stroke[own[0]] else letters.pop(0).upper()) for own in spans]
        text = "".join(run for _, run in runs)
        if all(len(own) <= len(run) for own, run in runs) and ROMAN.fullmatch(text) and _is_certain(text, read):
            return text, np.concatenate([_middles(x0[own], width[own], len(run)) for own, run in runs])
    return None


def _middles(x0: np.ndarray, width: np.ndarray, count: int) -> np.ndarray:
    """Return the columns of ``count`` letters, which may touch, side by side in parts of ink."""
    return np.asarray(x0[0] + (np.arange(count) + 0.5) * (x0[-1] + width[-1] - x0[0]) / count)


def _is_certain(text: str, read: str) -> bool:
    """Return True for a numeral that is hardly anything else: not Cl, nor Mill, nor the word I."""
    if len(text) == 1:
        return read == "l"
    return not set("XV").isdisjoint(text) or text.count("I") > 1


def _frames(region: LineRegion, strip: Strip, columns: np.ndarray, count: int) -> np.ndarray:
    """Return the frame, of ``count``, over each column (n,) of the working page: (n,) int32."""
    rows = region.slope * columns + region.intercept - region.x_height / 2
    to_strip = cv2.invertAffineTransform(strip.to_page)
    before = np.stack([columns, rows], axis=1) @ to_strip[0, :2] + to_strip[0, 2]
    places = np.interp(before, strip.columns, np.arange(len(strip.columns)))
    return np.asarray(np.clip((places * count / strip.soft.shape[1]).astype(np.int32), 0, count - 1))


def _with(
    reading: Reading,
    span: Span,
    text: str,
    frames: np.ndarray,
    log_probs: np.ndarray,
    labels: Sequence[str],
) -> Reading:
    """Return the reading with a numeral from span[0] to span[1], its letters at these frames."""
    found = np.array([labels.index(each) for each in text], np.int32)
    mass = np.array([_mass(log_probs, *each, labels) for each in zip(frames.tolist(), text, strict=True)], np.float32)
    strokes = np.array(list(text)) == "I"
    probability = np.where(strokes, mass[strokes].max(), mass)  # they are alike
    alternatives = np.zeros((2, len(text), ALTERNATIVES), np.float32)
    alternatives[:, :, 0] = found, probability
    parts = {
        "labels": found,
        "frames": frames,
        "first": frames,
        "last": frames,
        "probability": probability,
        "ink": probability,
        "alternative_labels": alternatives[0].astype(np.int32),
        "alternative_probabilities": alternatives[1],
        "agreement": np.full(len(text), reading.agreement[span[0]], np.float32),
    }
    before, after = slice(0, span[0]), slice(span[1], None)
    joined = {
        name: np.concatenate([(old := getattr(reading, name))[before], values, old[after]])
        for name, values in parts.items()
    }
    return Reading(**joined)


def _mass(log_probs: np.ndarray, frame: int, letter: str, labels: Sequence[str]) -> float:
    """Return the most that a frame near by gives to all that the letter may look like."""
    alike = STROKES if letter == "I" else letter + letter.lower()
    classes = [k for k, label in enumerate(labels) if label and label in alike]
    near = log_probs[max(0, frame - NEAR) : frame + NEAR + 1, classes]
    return float(min(1.0, np.exp(near.astype(np.float64)).sum(axis=1).max()))
