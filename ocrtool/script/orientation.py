"""Orientation of a page, by the line reader, which is sure of upright text and of no other.

A page that it is sure of is upright, and most pages cost nothing more. Otherwise some of the lines are scored upside
down and mirrored too; and a page whose lines seem to run down it is scored on its side. A page is turned only if the
reader is surer by far: an upright page turned is worse than a turned page left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocrtool.decode.ctc_places import BLANK, read_probabilities
from ocrtool.imaging.page import PreparedPage
from ocrtool.imaging.prepare import turn
from ocrtool.script.strip_engine import StripEngine, StripLine
from ocrtool.segment.direction import direction, run_down
from ocrtool.segment.layout import Layout
from ocrtool.segment.strip import find_strip_layout, mirrored, upside_down

#: From this mean probability of characters on, lines are upright. Print has 0.9 and more, print upside down or mirrored
#: at most 0.84 over five lines.
SURELY_UPRIGHT = 0.87
#: Number of lines, spread over the page, that are scored: first, and where these leave a doubt.
FIRST_LINES, MOST_LINES = 6, 30
#: A way of turning is better if its mean probability is higher by the first, and by so many standard errors; of a
#: character's probability the standard deviation is about SPREAD. A way that is worse by the second is out.
LEAST_GAIN, STANDARD_ERRORS, SPREAD = 0.05, 2.0, 0.3
CLEAR_LOSS = 0.04
#: A page of which little is text is turned sideways only if its lines run down it by so many octaves: pictures may by
#: fewer.
CLEARLY_DOWN = 3.0
#: Text has at least this mean probability; of handwriting the worst pages have 0.67.
LEAST_CERTAINTY = 0.6
#: Fewer characters tell nothing.
LEAST_CHARACTERS = 8


@dataclass(frozen=True, slots=True)
class Certainty:
    """How sure the line reader is of lines. mean: probability of a character on the best path; count: of characters."""

    mean: float = 0.0
    count: int = 0

    def beats(self, other: Certainty) -> bool:
        """Return True if this is text, and surer than ``other`` beyond doubt."""
        least = SURELY_UPRIGHT if other.count == 0 else LEAST_CERTAINTY
        if self.count < LEAST_CHARACTERS or self.mean < least:
            return False
        error = SPREAD * np.sqrt(2.0 / self.count)
        return bool(self.mean - other.mean >= max(LEAST_GAIN, STANDARD_ERRORS * error))


@dataclass(frozen=True, slots=True)
class Sight:
    """The lines of a page, scored by the line reader.

    page: turned as it is to be read; layout: None if there are no lines; lines: of the layout; mirrored: True if the
    page shows text mirrored.
    """

    page: PreparedPage
    layout: Layout | None
    lines: Sequence[StripLine]
    mirrored: bool = False


def look(page: PreparedPage, engine: StripEngine) -> Sight:
    """Find the lines of a page and score them."""
    layout = find_strip_layout(page)
    return Sight(page, layout, [] if layout is None else engine.look(layout, layout.lines))


def turns(page: PreparedPage) -> tuple[int, ...]:
    """Return the quarter turns that a page may need: sideways ones only if its lines seem to run down it."""
    return (1, 3) if run_down(page.boxes, page.height, page.soft.shape) else (2,)


def may_be_turned(page: PreparedPage) -> bool:
    """Return False for a page of pictures or of noise, which is scored once: it has no way up."""
    return page.is_mostly_text or direction(page.boxes, page.height, page.soft.shape) < -CLEARLY_DOWN


def find_upright(page: PreparedPage, engine: StripEngine) -> Sight:
    """Score the lines of a page, turned by quarter turns if its text stands on another side or on its head."""
    seen = look(page, engine)
    if certainty(_spread(seen.lines, FIRST_LINES)).mean >= SURELY_UPRIGHT or not may_be_turned(page):
        return seen
    as_is, over, back = _ways(seen, engine)
    best, surest = seen, as_is
    for other in _turned(page, as_is, over, engine):
        found = certainty(_spread(other.lines, MOST_LINES))
        if found.beats(as_is) and found.mean > surest.mean:
            best, surest = other, found
    if best is seen and back.mean >= SURELY_UPRIGHT and back.beats(as_is):
        return replace(seen, mirrored=True)
    return best


def _turned(page: PreparedPage, as_is: Certainty, over: Certainty, engine: StripEngine) -> Iterator[Sight]:
    """Score a page turned by each turn that may be right. as_is, over: certainty of its lines, and upside down."""
    if over.mean >= max(as_is.mean, LEAST_CERTAINTY) - CLEAR_LOSS:
        yield from _looks(page, 2, engine)
    if run_down(page.boxes, page.height, page.soft.shape):
        for sideways in _looks(page, 1, engine):
            yield sideways
            up, down, _ = _ways(sideways, engine)
            if down.mean >= up.mean - CLEAR_LOSS:
                yield from _looks(page, 3, engine)


def _looks(page: PreparedPage, quarters: int, engine: StripEngine) -> Iterator[Sight]:
    """Score a page turned clockwise, if anything on it could be a character then."""
    turned = turn(page, quarters)
    if turned is not None:
        yield look(turned, engine)


def _ways(seen: Sight, engine: StripEngine) -> tuple[Certainty, Certainty, Certainty]:
    """Score lines of a page as they are, upside down and mirrored: at a few, and at more if these leave a doubt."""
    for most in (FIRST_LINES, MOST_LINES):
        lines = _spread(seen.lines, most)
        strips = [line.strip for line in lines]
        as_is = certainty(lines)
        over, back = (
            certainty_of(engine.reader.read([change(strip) for strip in strips])) for change in (upside_down, mirrored)
        )
        if len(lines) == len(seen.lines) or as_is.mean - max(over.mean, back.mean) >= CLEAR_LOSS:
            break
    return as_is, over, back


def certainty(lines: Sequence[StripLine]) -> Certainty:
    """Measure how sure the line reader is of lines that it has scored."""
    return certainty_of([line.log_probs for line in lines])


def certainty_of(log_probs: Sequence[np.ndarray]) -> Certainty:
    """Measure the certainty of lines. log_probs: (T, classes) float32 of each, natural, the blank in column 0."""
    total, frames, count = 0.0, 0, 0
    for rows in log_probs:
        label, read = rows.argmax(axis=1), read_probabilities(rows)
        total += float(read.sum())
        frames += len(read)
        count += int(np.count_nonzero((label[1:] != label[:-1]) & (label[1:] != BLANK)))
    return Certainty(total / frames, count) if frames else Certainty()


def _spread(lines: Sequence[StripLine], most: int) -> Sequence[StripLine]:
    """Return at most ``most`` lines, spread evenly over the longer half of the page's lines."""
    if len(lines) <= most:
        return lines
    widths = np.array([line.strip.soft.shape[1] for line in lines])
    longer = np.flatnonzero(widths >= np.sort(widths)[-max(most, len(lines) // 2)])
    return [lines[k] for k in longer[np.linspace(0, len(longer) - 1, most).round().astype(int)].tolist()]
