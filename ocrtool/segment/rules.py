"""Rules of a page as segments, and the areas that they rule: tables with a grid, or with level rules alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocrtool.imaging.components import label_components

#: Lengths are in x-heights. Pieces of a rule are joined over gaps up to the first figure, off the line by the second.
RULE_GAP, RULE_LEVEL = 1.5, 0.4
#: Rules meet if one ends so near to the other; rules so near to each other are one border, such as a double rule.
MEET, SAME_BORDER = 0.7, 0.8
#: A border stands between two cells if rules cover this share of it.
BORDER = 0.6
#: Frames stand side by side if their sides are so tall, so far apart at most, if they are areas that rules divide the
#: second figure, and have this share of the height of the shorter one in common.
FRAME_HEIGHT, FRAMES_APART, IN_COMMON = 6.0, (4.0, 12.0), 0.6
#: Level rules rule one area if their ends differ by less than this, a row is at most so high, and they are at least
#: so many.
ENDS, HIGHEST_ROW, LEVEL_RULES = 1.0, 30.0, 2


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """level: (K, 4) and upright: (L, 4) float boxes x0 y0 x1 y1 of rules, in pixels of the working page."""

    level: np.ndarray
    upright: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class RuledArea:
    """An area between rules, with the borders of its rows and columns.

    box: (4,) x0 y0 x1 y1; rows: (R + 1,) y and columns: (C + 1,) x of its borders, from the top and from the left, of
    an area with level rules alone the left and right end; cells: (N, 4) int first row, first column, rows and columns
    of each cell, row by row. All in pixels of the working page.
    """

    box: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    cells: np.ndarray

    @property
    def is_grid(self) -> bool:
        """True if upright rules part its columns."""
        return len(self.columns) > 2


def find_rules(level: np.ndarray, upright: np.ndarray, x_height: float) -> Rules:
    """Join the pieces of rules that continue each other. level, upright: (N, 4) boxes of pieces."""
    flip = [1, 0, 3, 2]
    upright = _joined(upright[:, flip], level[:, flip], x_height)[:, flip]
    return Rules(_joined(level, upright, x_height), upright)


def mask_boxes(mask: np.ndarray) -> np.ndarray:
    """Return the boxes (N, 4) of the components of a mask (H, W) uint8."""
    if not mask.any():
        return np.zeros((0, 4))
    _, stats = label_components(mask)
    return np.concatenate([stats[1:, :2], stats[1:, :2] + stats[1:, 2:4]], axis=1).astype(float)


def _joined(boxes: np.ndarray, upright: np.ndarray, x_height: float) -> np.ndarray:
    """Join the pieces of level rules, (N, 4) boxes, to whole ones: (K, 4) float.

    Not over a gap with upright rules, (L, 4), at both ends: there two frames stand side by side. The same of upright
    rules, if all are turned: there two frames stand one above the other.
    """
    boxes = boxes[boxes[:, 2] - boxes[:, 0] > 2 * (boxes[:, 3] - boxes[:, 1])]
    joined, count = np.zeros((len(boxes), 4)), 0
    for box in boxes[np.argsort(boxes[:, 0], kind="stable")]:
        others, middle = joined[:count], (box[1] + box[3]) / 2
        off = np.abs((others[:, 1] + others[:, 3]) / 2 - middle)
        near = off <= RULE_LEVEL * x_height + (others[:, 3] - others[:, 1]) / 2
        near &= np.abs(box[0] - others[:, 2]) <= RULE_GAP * x_height
        for k in np.flatnonzero(near).tolist():
            if not _between_frames(joined[k, 2], box[0], middle, upright):
                joined[k] = np.concatenate([np.minimum(box[:2], joined[k, :2]), np.maximum(box[2:], joined[k, 2:])])
                break
        else:
            joined[count] = box
            count += 1
    return joined[:count]


def _between_frames(start: float, end: float, at: float, upright: np.ndarray) -> bool:
    """Return True if upright rules stand at both ends of a gap of a level rule, nearer to them than it is wide."""
    gap, middle = end - start, (start + end) / 2
    own = upright[(upright[:, 1] <= at + gap) & (upright[:, 3] >= at - gap)]
    x = (own[:, 0] + own[:, 2]) / 2
    first = (x < middle) & (own[:, 2] >= start - gap)
    last = (x > middle) & (own[:, 0] <= end + gap)
    return bool(first.any() and last.any())


def find_areas(rules: Rules, x_height: float) -> list[RuledArea]:
    """Find the areas that rules divide into rows, or into rows and columns, from the top."""
    found, used = [], np.zeros(len(rules.level), bool)
    for level, upright in _networks(rules, MEET * x_height):
        grid = _grid(rules.level[level], rules.upright[upright], x_height)
        if grid is not None:
            found.append(grid)
            used[level] = True
    inside = np.zeros((1 + len(found), len(used)), bool)
    for k, area in enumerate(found):
        inside[k] = _covers(area.box, rules.level, MEET * x_height)
    rest = rules.level[~used & ~inside.any(axis=0)]
    found += _level_areas(rest, x_height)
    return sorted(found, key=lambda area: float(area.box[1]))


def _covers(box: np.ndarray, others: np.ndarray, reach: float) -> np.ndarray:
    """Return (N,) bool: True for boxes (N, 4) that ``box`` holds."""
    return np.asarray((others[:, :2] >= box[:2] - reach).all(axis=1) & (others[:, 2:] <= box[2:] + reach).all(axis=1))


def _networks(rules: Rules, reach: float) -> list[tuple[list[int], list[int]]]:
    """Group rules that meet: the indices of level and of upright ones of each group with both."""
    level, upright = rules.level, rules.upright
    x, y = (upright[:, 0] + upright[:, 2]) / 2, (level[:, 1] + level[:, 3]) / 2
    meet = (
        (x >= level[:, None, 0] - reach)
        & (x <= level[:, None, 2] + reach)
        & (y[:, None] >= upright[:, 1] - reach)
        & (y[:, None] <= upright[:, 3] + reach)
    )
    groups, seen = [], np.zeros(len(level), bool)
    for start in range(len(level)):
        if seen[start] or not meet[start].any():
            continue
        rows, columns = np.zeros(len(level), bool), meet[start].copy()
        while True:
            more = meet[:, columns].any(axis=1)
            if (more == rows).all():
                break
            rows, columns = more, meet[more].any(axis=0)
        seen |= rows
        groups.append((np.flatnonzero(rows).tolist(), np.flatnonzero(columns).tolist()))
    return groups


def _grid(level: np.ndarray, upright: np.ndarray, x_height: float) -> RuledArea | None:
    """Make an area of rules that meet; None if they part fewer than two columns and two rows."""
    both = np.concatenate([level, upright])
    box = np.concatenate([both[:, :2].min(axis=0), both[:, 2:].max(axis=0)])
    same = SAME_BORDER * x_height
    rows = _borders((level[:, 1] + level[:, 3]) / 2, box[1], box[3], same)
    columns = _borders((upright[:, 0] + upright[:, 2]) / 2, box[0], box[2], same)
    if len(rows) < 3 or len(columns) < 3:
        return None
    across = _walls(level, rows[1:-1], columns, same)  # (R - 1, C)
    along = _walls(upright[:, [1, 0, 3, 2]], columns[1:-1], rows, same).T  # (R, C - 1)
    cells = _cells(across, along)
    return RuledArea(box, rows, columns, cells) if len(cells) > 3 else None


def _borders(places: np.ndarray, first: float, last: float, same: float) -> np.ndarray:
    """Return the borders at the rules' places and at both ends of the area, ascending; near ones are one."""
    places = np.sort(np.concatenate([[first], places, [last]]))
    groups = np.split(places, np.flatnonzero(np.diff(places) > same) + 1)
    return np.array([group.mean() for group in groups])


def _walls(rules: np.ndarray, places: np.ndarray, ends: np.ndarray, same: float) -> np.ndarray:
    """Return where level rules stand: (len(places), len(ends) - 1) bool, between each two ends."""
    walls = np.zeros((len(places), len(ends) - 1), bool)
    middle = (rules[:, 1] + rules[:, 3]) / 2
    for k, place in enumerate(places):
        own = rules[np.abs(middle - place) <= same]
        for c in range(len(ends) - 1):
            parts = np.minimum(own[:, 2], ends[c + 1]) - np.maximum(own[:, 0], ends[c])
            walls[k, c] = parts.max(initial=0.0) >= BORDER * (ends[c + 1] - ends[c])
    return walls


def _cells(across: np.ndarray, along: np.ndarray) -> np.ndarray:
    """Join neighbouring places of a grid without a border between them, where that makes a rectangle: (N, 4) int."""
    rows, columns = across.shape[0] + 1, along.shape[1] + 1
    taken = np.zeros((rows, columns), bool)
    cells = []
    for r in range(rows):
        for c in range(columns):
            if taken[r, c]:
                continue
            wide = 1
            while c + wide < columns and not along[r, c + wide - 1] and not taken[r, c + wide]:
                wide += 1
            own, inner = slice(c, c + wide), slice(c, c + wide - 1)
            high = 1
            while r + high < rows and not (across[r + high - 1, own].any() or along[r + high, inner].any()):
                high += 1
            taken[r : r + high, own] = True
            cells.append((r, c, high, wide))
    return np.array(cells, int).reshape(-1, 4)


def _level_areas(level: np.ndarray, x_height: float) -> list[RuledArea]:
    """Group level rules below each other that begin and end together."""
    areas = []
    rest = level[np.argsort(level[:, 1], kind="stable")]
    while len(rest):
        ends = np.abs(rest[:, [0, 2]] - rest[0, [0, 2]]).max(axis=1) <= ENDS * x_height
        middle = (rest[:, 1] + rest[:, 3]) / 2
        own = np.flatnonzero(ends)
        far = np.flatnonzero(np.diff(middle[own]) > HIGHEST_ROW * x_height)
        own = own[: far[0] + 1] if len(far) else own
        if len(own) >= LEVEL_RULES:
            areas.append(_level_area(rest[own], x_height))
        rest = np.delete(rest, own, axis=0)
    return [area for area in areas if len(area.rows) >= LEVEL_RULES]


def _level_area(level: np.ndarray, x_height: float) -> RuledArea:
    box = np.concatenate([level[:, :2].min(axis=0), level[:, 2:].max(axis=0)])
    rows = _borders((level[:, 1] + level[:, 3]) / 2, box[1], box[3], SAME_BORDER * x_height)
    cells = np.array([(r, 0, 1, 1) for r in range(len(rows) - 1)], int).reshape(-1, 4)
    return RuledArea(box, rows, box[[0, 2]], cells)


def white_between(rules: Rules, areas: Sequence[RuledArea], x_height: float) -> np.ndarray:
    """Find the white between frames and between areas that stand side by side: (K, 4) boxes."""
    tall = rules.upright[rules.upright[:, 3] - rules.upright[:, 1] >= FRAME_HEIGHT * x_height]
    several = [area.box for area in areas if len(area.rows) > 2]
    boxes = np.concatenate([tall, np.array(several).reshape(-1, 4)])
    upright = np.arange(len(boxes)) < len(tall)
    low, high = (reach * x_height for reach in FRAMES_APART)
    found = []
    for k, box in enumerate(boxes):
        apart = boxes[:, 0] - box[2]
        common = np.minimum(boxes[:, 3], box[3]) - np.maximum(boxes[:, 1], box[1])
        shorter = np.minimum(boxes[:, 3] - boxes[:, 1], box[3] - box[1])
        most = low if upright[k] else high  # two uprights farther apart are the sides of a column
        near = (apart >= SAME_BORDER * x_height) & (apart <= most) & (common >= IN_COMMON * shorter)
        near &= upright == upright[k]
        for other in boxes[near]:
            top, bottom = max(box[1], other[1]), min(box[3], other[3])
            inside = (rules.level[:, 1] < bottom) & (rules.level[:, 3] > top)
            if not (inside & (rules.level[:, 0] < box[2]) & (rules.level[:, 2] > other[0])).any():
                found.append((box[2], top, other[0], bottom))
    return np.array(found, float).reshape(-1, 4)


def moved(area: RuledArea, matrix: np.ndarray) -> RuledArea:
    """Return the area with its rows and columns as points, (R + 1, 2) and (C + 1, 2), mapped by ``matrix`` (2, 3).

    The points of rows stand at the middle of its width, those of columns at the middle of its height.
    """
    x, y = (area.box[0] + area.box[2]) / 2, (area.box[1] + area.box[3]) / 2
    rows = np.stack([np.full(len(area.rows), x), area.rows], axis=1)
    columns = np.stack([area.columns, np.full(len(area.columns), y)], axis=1)
    return replace(area, rows=rows @ matrix[:, :2].T + matrix[:, 2], columns=columns @ matrix[:, :2].T + matrix[:, 2])
