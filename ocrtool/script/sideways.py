"""Reads single lines that stand sideways on an upright page, and takes their ink from the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ocrtool.imaging.affine import compose, turned_back
from ocrtool.imaging.page import PreparedPage
from ocrtool.imaging.prepare import part, turn, without
from ocrtool.script.orientation import SURELY_UPRIGHT, Sight, certainty, look
from ocrtool.script.strip_engine import StripEngine, StripLine
from ocrtool.segment.sideways import sideways_lines

#: Most places of a page that are read; paper kept around each, in typical heights of a component.
MOST, MARGIN = 12, 0.8
#: A line has so many characters at least, and is surer by so much than what stands there seen upright.
CHARACTERS, GAIN = 4, 0.1


def without_sideways(seen: Sight, engine: StripEngine) -> tuple[Sight, Sequence[StripLine]]:
    """Return an upright page without its lines that stand sideways, and these lines."""
    page = seen.page
    if seen.layout is None or seen.mirrored or not page.is_mostly_text:
        return seen, ()
    lines: list[StripLine] = []
    read: list[np.ndarray] = []
    places = sideways_lines(page.boxes, page.height)[:MOST]
    if not places or certainty(seen.lines).mean < SURELY_UPRIGHT:  # it may be in another script, and turned
        return seen, ()
    for box in places:
        found = _turned(page, box, engine)
        if found:
            lines += found
            read.append(_around(box, page, 0.3))
    if not lines:
        return seen, ()
    rest = without(page, read)
    left = None if rest is None else look(rest, engine)
    return (left, lines) if left is not None and left.layout is not None else (seen, ())


def _around(box: np.ndarray, page: PreparedPage, margin: float) -> np.ndarray:
    """Return a box with a margin, in typical heights of a component, within the page."""
    reach = round(margin * page.height)
    height, width = page.soft.shape
    return np.asarray(np.clip(box + np.array([-reach, -reach, reach, reach]), 0, [width, height, width, height]))


def _turned(page: PreparedPage, box: np.ndarray, engine: StripEngine) -> list[StripLine]:
    """Read what stands in a box turned by a quarter either way; nothing if it is not surely a line then."""
    place = _around(box, page, MARGIN)
    alone = part(page, place)
    if alone is None:
        return []
    as_is = certainty(look(alone, engine).lines)
    best: list[StripLine] = []
    sure = max(SURELY_UPRIGHT, as_is.mean + GAIN if as_is.count >= CHARACTERS else 0.0)
    for quarters in (1, 3):
        turned = turn(alone, quarters)
        if turned is None:
            continue
        lines = look(turned, engine).lines
        found = certainty(lines)
        if found.count >= CHARACTERS and found.mean >= sure:
            best, sure = [_placed(line, page, place) for line in lines], found.mean
    return best


def _placed(line: StripLine, page: PreparedPage, place: np.ndarray) -> StripLine:
    """Return a line of a part of a page with the way from its layout to the input of the page."""
    to_page = np.hstack([np.eye(2), place[:2, None].astype(float)])
    to_input = compose(to_page, line.layout.page.to_input)
    if page.quarters:
        to_input = compose(turned_back(page.quarters, page.soft.shape), to_input)
    return replace(line, layout=replace(line.layout, page=replace(line.layout.page, to_input=to_input)))
