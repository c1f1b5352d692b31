"""Lines that are hard to read, such as cursive handwriting, in several views: other scales, widths and slants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from ocrtool.decode.ctc import greedy
from ocrtool.decode.ctc_consensus import Consensus, Text, agreements, mean_certainty, words_of
from ocrtool.decode.ctc_places import SPACE, read_probabilities
from ocrtool.decode.ctc_reading import ALTERNATIVES, Reading
from ocrtool.recognize.line_reader import LineReader
from ocrtool.segment.layout import Layout
from ocrtool.segment.quantiles import percentile
from ocrtool.segment.strip import STRIP_BASELINE, STRIP_X_HEIGHT, Strip, View, cut_views
from ocrtool.segment.types import LineRegion

#: The views, chosen one by one for the errors they save on handwriting.
VIEWS = (
    View(),
    View(shrink=0.8),
    View(shrink=1.25),
    View(shear=0.25),
    View(shrink=0.8, shear=0.25),
    View(stretch=0.8, shear=0.25),
    View(shrink=1.25, stretch=1.25, shear=0.25),
)
#: Lines whose strips are no wider (columns) are read in these views too, unless they are as sure as this, and taken if
#: surer by LEAST_GAIN.
LARGER, SHORT, CERTAIN, LEAST_GAIN = (View(shrink=0.72), View(shrink=0.56)), 90, 0.97, 0.04
#: Lines of one height, of whose ink at most so large a share is in the top rows, are of capitals and figures if those
#: are so large a share of what is read, and not fewer than so many. Then their height is no x-height: that is so much
#: less, and at its scale they are read with half the errors.
FLAT_ROWS, FLAT, CAPITALS, FEWEST_CAPITALS, CAPITAL_VIEWS = 12, 0.004, 0.6, 6, (View(shrink=0.78),)
#: But capitals by hand may be as low as small letters: then the reader is less sure of them at that scale, by more.
LESS_SURE = 0.04
#: Lines with a mean probability of the frames with a character within these bounds are read in other views too. Of the
#: lines of clean print 3 % have less, of cursive handwriting five in six.
LEAST_SURE, SURE = 0.35, 0.9
#: The bounds on pages of print, most of whose lines have more: below them stand pictures; above them the gain is not
#: worth the time.
BESIDE_PRINT = 0.65, 0.75
#: Pages of at least so many lines whose median is lower are pictures or noise: other views of their lines cost much and
#: show no text. Of handwriting the worst pages have 0.67. The second bounds are for more lines than a page of
#: handwriting has: scribble has a median of up to 0.7, receipts have 0.82.
MANY_LINES, LEAST_PAGE, CROWDED, LEAST_CROWDED = 10, 0.62, 60, 0.75
#: Lines of fewer characters are left as they are: words of one view need neighbours to be weighed against.
FEWEST = 16


def are_unsure(readings: Sequence[Reading], surenesses: Sequence[float]) -> list[bool]:
    """Return for each line of a page whether it is to be read in other views. surenesses: see `sureness`."""
    median = percentile(np.array(surenesses), 50.0) if len(surenesses) else 0.0
    least = LEAST_CROWDED if len(surenesses) >= CROWDED else LEAST_PAGE
    if len(surenesses) >= MANY_LINES and median < least:
        return [False] * len(readings)
    beside_print = median >= SURE
    least, most = BESIDE_PRINT if beside_print else (LEAST_SURE, SURE)
    return [
        len(reading.labels) >= FEWEST and least <= each < most
        for reading, each in zip(readings, surenesses, strict=True)
    ]


def sureness(log_probs: np.ndarray) -> float:
    """Return the mean probability of the frames with a character on the best path, 0..1; 0 if there are none.

    log_probs: (T, classes) float32.
    """
    read = read_probabilities(log_probs)
    return float(read.mean()) if len(read) else 0.0


def enlarged(
    reader: LineReader,
    layout: Layout,
    regions: Sequence[LineRegion],
    strips: Sequence[Strip],
    frames: Sequence[np.ndarray],
) -> tuple[list[Strip], list[np.ndarray]]:
    """Read lines of capitals, and then short lines, at other scales too.

    Neither shows how high small letters are: capitals may be taken for them, and of one or two characters none may be
    as low. frames: of each strip, (T, classes). Returns the strips and frames by which each line is read.
    """
    strips, frames = list(strips), list(frames)
    for is_wanted, views, gain in ((_is_capitals, CAPITAL_VIEWS, -LESS_SURE), (_is_short, LARGER, LEAST_GAIN)):
        chosen = [k for k, each in enumerate(zip(strips, frames, strict=True)) if is_wanted(*each, reader.labels)]
        best = {k: sureness(frames[k]) + gain for k in chosen}
        cut = [view for k in chosen for view in cut_views(layout, regions[k], views)]
        for number, (strip, rows) in enumerate(zip(cut, reader.read(cut), strict=True) if cut else ()):
            k, sure = chosen[number // len(views)], sureness(rows)
            if sure > best[k]:
                best[k], strips[k], frames[k] = sure, strip, rows
    return strips, frames


def _is_short(strip: Strip, log_probs: np.ndarray, labels: Sequence[str]) -> bool:
    """Return True for a line of a few characters, of which the reader is not certain."""
    return strip.soft.shape[1] <= SHORT and sureness(log_probs) < CERTAIN


def _is_capitals(strip: Strip, log_probs: np.ndarray, labels: Sequence[str]) -> bool:
    """Return True for a line of one height with far more capitals and figures than small letters."""
    if strip.soft[:FLAT_ROWS].sum() > FLAT * strip.soft.sum() or sureness(log_probs) < LEAST_PAGE:
        return False
    read = [labels[k] for k in log_probs.argmax(axis=1).tolist() if k > SPACE]
    tall = sum(each.isupper() or each.isdigit() for each in read)
    return bool(tall >= FEWEST_CAPITALS and tall >= CAPITALS * sum(each.isalnum() for each in read))


def look_again(reader: LineReader, layout: Layout, region: LineRegion) -> list[tuple[Strip, np.ndarray]]:
    """Cut the other views of a line, and run the line reader over them: strips and log-probabilities (T, classes)."""
    strips = cut_views(layout, region, VIEWS)
    return list(zip(strips, reader.read(strips), strict=True))


def agreed(
    consensus: Consensus, views: Sequence[tuple[Strip, np.ndarray]], readings: Sequence[Reading], bar: int | None = None
) -> Reading:
    """Return the text that all views make the most likely, its characters placed in the first view's frames.

    views: of one line, strip and log-probabilities of each; readings: one of each view; bar: the class that bits of a
    rule look like. Words of it alone come from the first view only, which cuts no tall strokes.
    """
    certainty = [mean_certainty(greedy(rows)) for _, rows in views]
    text = consensus.find([rows for _, rows in views], certainty, readings)
    text = tuple(word for word in text if word.reading == 0 or set(word.labels) != {bar})
    if not text:
        return readings[0]
    shares = agreements(text, [words_of(reading, number) for number, reading in enumerate(readings)])
    return _joined(text, shares, views, readings)


def _joined(
    text: Text, shares: Sequence[float], views: Sequence[tuple[Strip, np.ndarray]], readings: Sequence[Reading]
) -> Reading:
    """Join words of several views to one reading. shares: of the views that have each word."""
    parts: dict[str, list[np.ndarray]] = {field.name: [] for field in fields(Reading)}
    for number, (word, share) in enumerate(zip(text, shares, strict=True)):
        reading, span = readings[word.reading], slice(word.first, word.end)
        places = {
            name: _mapped(getattr(reading, name)[span], views[word.reading], views[0])
            for name in ("frames", "first", "last")
        }
        places["agreement"] = np.full(word.end - word.first, share, np.float32)
        if number:
            for name, values in _space(places["first"][0]).items():
                parts[name].append(values)
        for name, found in parts.items():
            found.append(places[name] if name in places else getattr(reading, name)[span])
    joined = {name: np.concatenate(found) for name, found in parts.items()}
    for name in ("frames", "first", "last"):  # neighbours from two views may overlap
        joined[name] = np.maximum.accumulate(joined[name])
    return Reading(**joined)


def _space(frame: np.int32) -> dict[str, np.ndarray]:
    """Return the fields of a space before a word. frame: where the word begins."""
    place = np.array([frame], np.int32)
    labels, probabilities = np.zeros((1, ALTERNATIVES), np.int32), np.zeros((1, ALTERNATIVES), np.float32)
    labels[0, 0], probabilities[0, 0] = SPACE, 1.0
    return {
        "labels": np.array([SPACE], np.int32),
        "frames": place,
        "first": place,
        "last": place,
        "probability": np.ones(1, np.float32),
        "ink": np.ones(1, np.float32),
        "alternative_labels": labels,
        "alternative_probabilities": probabilities,
        "agreement": np.ones(1, np.float32),
    }


def _mapped(frames: np.ndarray, view: tuple[Strip, np.ndarray], base: tuple[Strip, np.ndarray]) -> np.ndarray:
    """Map frames (n,) int32 of one view to the nearest of another."""
    wanted = _page_x(view)[frames]
    columns = _page_x(base)
    after = np.clip(np.searchsorted(columns, wanted), 1, max(1, len(columns) - 1))
    nearer = np.abs(columns[after - 1] - wanted) <= np.abs(columns[np.minimum(after, len(columns) - 1)] - wanted)
    return np.asarray(np.minimum(after - nearer, len(columns) - 1), np.int32)


def _page_x(view: tuple[Strip, np.ndarray]) -> np.ndarray:
    """Return the column of the working page on which each frame stands, half-way up the small letters: (T,)."""
    strip, rows = view
    columns = strip.page_columns((np.arange(len(rows)) + 0.5) * strip.soft.shape[1] / len(rows))
    across, along, origin = strip.to_page[0]
    return np.asarray(across * columns + along * (STRIP_BASELINE - STRIP_X_HEIGHT / 2) + origin)
