"""Lines of text that are not parallel or not straight, as on a page seen from the side or curled, made so.

Baird's measure of skew (`ocrtool.imaging.skew`), how sharply the bottoms of characters fall on level rows, is taken in
windows of the page. Where other windows have other angles, a vanishing point and a smooth curve are fitted to them, and
refined until the rows of the whole page are sharp. On a flat page only a few windows are measured.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrtool.imaging.flatten import identity
from ocrtool.imaging.skew import MIN_SPREAD, sharpness
from ocrtool.segment.direction import run_down
from ocrtool.segment.quantiles import percentile

#: Windows of the page, across and down, of the first measurement and of the fit; each is larger than its share by so
#: much.
FIRST, WINDOWS, LARGER = (3, 2), (5, 5), 1.4
#: Components of a window: least, and most that are measured at first and for the fit.
LEAST, MOST = 16, (120, 400)
#: Angles tried in a window, degrees either way of level, and their steps; in the best the rows are sharper than in most
#: by this factor.
REACH, STEPS, CLEAR = 14.0, (1.0, 0.5), 1.3
#: A page may be bent if two of its windows differ by so many degrees.
DIFFER = 1.5
#: The rows of a bent page become sharper by this factor, and some part of it moves by so many heights of a character.
SHARPER, MOVES = 1.15, 0.5
#: Powers of x and y of the curve's terms, and how strongly small ones are preferred.
TERMS, STIFF = ((2, 0), (3, 0), (2, 1), (3, 1), (4, 0), (1, 2)), 0.003
#: Components that are measured for the refinement; height of a row in heights of a character, and rounds with each.
MEASURED, ROUNDS = 3000, ((0.6, 2), (0.3, 3), (0.15, 3))
#: Rounds of the last fit, in which the bottoms of a row are parted from others by so many heights of a character.
SETTLING, APART = 4, 0.3
#: Largest page made, in pixels of the bent one.
LARGEST = 1.5


@dataclass(frozen=True, slots=True)
class Bend:
    """How the lines of a page run. Coordinates u, v are pixels from the middle of the page over half its longer side.

    slope: of the line through the middle; fan: 1 / u of the point where all lines meet, 0 if they are parallel; curve:
    (len(TERMS),) coefficients of the rise of a line over a straight one, in v, once they are parallel and level.
    """

    slope: float
    fan: float
    curve: np.ndarray

    def level(self, points: np.ndarray) -> np.ndarray:
        """Map points (N, 2) u v of the page to the flat page."""
        u, v = points.T
        square = 1.0 + self.slope**2
        near = np.maximum(1.0 - self.fan * (u + self.slope * v) / square, 0.2)
        turn = np.array([[1.0, self.slope], [-self.slope, 1.0]]) / np.sqrt(square)
        straight = (points / near[:, None]) @ turn.T
        straight[:, 1] -= self._rise(straight)
        return np.asarray(straight)

    def bent(self, points: np.ndarray) -> np.ndarray:
        """Map points (N, 2) of the flat page back to u v of the page."""
        straight = points.copy()
        for _ in range(4):
            straight[:, 1] = points[:, 1] + self._rise(straight)
        square = 1.0 + self.slope**2
        turn = np.array([[1.0, self.slope], [-self.slope, 1.0]]) / np.sqrt(square)
        turned = straight @ turn
        near = 1.0 + self.fan * (turned @ [1.0, self.slope]) / square
        return np.asarray(turned / np.maximum(near, 0.2)[:, None])

    def _rise(self, points: np.ndarray) -> np.ndarray:
        u, v = np.clip(points, -1.3, 1.3).T
        return sum((c * u**i * v**j for c, (i, j) in zip(self.curve, TERMS, strict=True)), np.zeros(len(u)))


def find_bend(boxes: np.ndarray, height: float, shape: tuple[int, ...]) -> Bend | None:
    """Find how the lines of a page run; None if they are straight and parallel, or too few to tell.

    boxes: (N, 4) of components that could be characters; height: their typical height; shape: (H, W) of the page.
    """
    heights = boxes[:, 3] - boxes[:, 1]
    boxes = boxes[(heights > 0.5 * height) & (heights < 3.5 * height)]
    points = np.stack([(boxes[:, 0] + boxes[:, 2]) / 2.0, boxes[:, 3]], axis=1)
    first = _windows(points, height, shape, FIRST, STEPS[0], MOST[0])
    if len(first) < 2 or np.ptp(first[:, 2]) < np.tan(np.deg2rad(DIFFER)) or run_down(boxes, height, shape):
        return None
    found = _windows(points, height, shape, WINDOWS, STEPS[1], MOST[1])
    if len(found) < 3:
        return None
    half = max(shape) / 2
    middle = np.array([shape[1], shape[0]]) / 2
    found[:, :2] = (found[:, :2] - middle) / half
    places = ((points - middle) / half)[:: -(-len(points) // MEASURED)]
    unit = height / half
    straight = _refined(Bend(percentile(found[:, 2], 50.0), 0.0, np.zeros(len(TERMS))), places, unit, 1)
    bend = _settled(_refined(_fitted(found), places, unit, 2 + len(TERMS)), places, unit)
    row = ROUNDS[1][0] * unit
    if _sharp(bend, places, row) < SHARPER * _sharp(straight, places, row):
        return None
    moved = (bend.level(places) - straight.level(places))[:, 1]
    return bend if np.ptp(moved) > MOVES * unit else None


def _windows(
    points: np.ndarray, height: float, shape: tuple[int, ...], windows: tuple[int, int], step: float, most: int
) -> np.ndarray:
    """Measure the slope of lines in windows of a page: (n, 4) of x, y, slope (rows per column) and components."""
    degrees = np.arange(-REACH, REACH + 0.01, step)
    found = []
    for row in range(windows[1]):
        for column in range(windows[0]):
            size = np.array([shape[1] / windows[0], shape[0] / windows[1]])
            centre = size * [column + 0.5, row + 0.5]
            off = np.abs(points - centre)
            inside = np.flatnonzero((off <= LARGER / 2 * size).all(axis=1))
            if len(inside) > most:
                inside = inside[np.argpartition(off[inside, 1], most)[:most]]
            own = points[inside]
            if len(own) < LEAST or np.ptp(own[:, 0]) < MIN_SPREAD * height:
                continue
            x, y = own[:, 0] - own[:, 0].mean(), own[:, 1]
            values = sharpness(x, y, degrees, max(2.0, height / 4))
            best = int(np.argmax(values))
            if values[best] < CLEAR * percentile(values, 50.0):
                continue
            fine = degrees[best] + np.linspace(-step, step, 9)
            best_fine = fine[int(np.argmax(sharpness(x, y, fine, max(1.0, height / 6))))]
            found.append([*own.mean(axis=0), -np.tan(np.deg2rad(best_fine)), len(own)])
    return np.array(found).reshape(-1, 4)


def _fitted(windows: np.ndarray) -> Bend:
    """Fit a vanishing point and a curve to the slopes in windows (n, 4): u, v, slope, components.

    A line through a vanishing point at u = 1 / fan has slope = slope in the middle + fan * (slope * u - v).
    """
    u, v, slope, count = windows.T
    derived = [i * u ** (i - 1) * v**j for i, j in TERMS]
    matrix = np.stack([np.ones(len(u)), slope * u - v, *derived], axis=1)
    stiff = np.diag([0.0, 0.2, *(float(i + j) ** 2 for i, j in TERMS)]) * STIFF
    weight = count / count.sum()
    for _ in range(4):
        weighed = matrix * weight[:, None]
        found = np.linalg.solve(matrix.T @ weighed + stiff, weighed.T @ slope)
        residual = slope - matrix @ found
        weight = count / count.sum() / (1 + (residual / 0.02) ** 2)
        weight /= weight.sum()
    return Bend(float(found[0]), float(found[1]), found[2:])


def _refined(bend: Bend, places: np.ndarray, unit: float, free: int) -> Bend:
    """Change the first ``free`` parameters of a bend, one at a time, as long as the rows of the page become sharper."""
    values = np.array([bend.slope, bend.fan, *bend.curve])
    for row, rounds in ROUNDS:
        best = _sharp(_bend(values), places, row * unit)
        for _ in range(rounds):
            before = best
            for k in range(free):
                for change in (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0):
                    tried = values.copy()
                    tried[k] += change * row * unit
                    sharp = _sharp(_bend(tried), places, row * unit)
                    if sharp > best:
                        best, values = sharp, tried
            if best == before:
                break
    return _bend(values)


def _settled(bend: Bend, places: np.ndarray, unit: float) -> Bend:
    """Fit the rows that have been made out, by least squares: what is far from its row counts little."""
    values = np.array([bend.slope, bend.fan, *bend.curve])
    for _ in range(SETTLING):
        level = _bend(values).level(places)[:, 1]
        order = np.argsort(level, kind="stable")
        row = np.empty(len(level), np.int64)
        row[order] = np.cumsum(np.diff(level[order], prepend=level[order[0]]) > APART * unit)
        counts = np.bincount(row)
        off = level - (np.bincount(row, level) / counts)[row]
        step = 0.1 * unit
        changes = []
        for k in range(len(values)):
            tried = values.copy()
            tried[k] += step
            change = (_bend(tried).level(places)[:, 1] - level) / step
            changes.append(change - (np.bincount(row, change) / counts)[row])
        matrix = np.stack(changes, axis=1)
        weighed = matrix / (1 + (off / (APART / 2 * unit)) ** 2)[:, None]
        stiff = len(places) * STIFF**2 * np.eye(len(values))
        values = values - np.linalg.solve(matrix.T @ weighed + stiff, weighed.T @ off)
    settled = _bend(values)
    row_height = ROUNDS[-1][0] * unit
    return settled if _sharp(settled, places, row_height) > _sharp(bend, places, row_height) else bend


def _bend(values: np.ndarray) -> Bend:
    return Bend(float(values[0]), float(values[1]), values[2:])


def _sharp(bend: Bend, places: np.ndarray, row: float) -> float:
    """Measure how sharply places (N, 2) fall on rows of the flat page, of this height."""
    level = bend.level(places)[:, 1]
    number = np.floor((level - level.min()) / row).astype(np.int64)
    counts = np.bincount(number).astype(np.float64)
    paired = counts + np.append(counts[1:], 0.0)
    return float((paired**2).sum())


def flat_grid(bend: Bend, shape: tuple[int, ...]) -> tuple[np.ndarray, tuple[int, int]]:
    """Return where points of the flat page are on the bent one (H, W), as a grid, and the size (H, W) of the former."""
    half, middle = max(shape) / 2, np.array([shape[1], shape[0]]) / 2
    rim = np.linspace(0, 1, 9)
    edges = np.concatenate([np.stack([a, b], axis=1) for a, b in _rims(rim)]) * [shape[1], shape[0]]
    level = bend.level((edges - middle) / half) * half
    low, high = level.min(axis=0), level.max(axis=0)
    scale = min(1.0, float(np.sqrt(LARGEST * shape[0] * shape[1] / np.prod(high - low))))
    width, height = np.ceil((high - low) * scale).astype(int).tolist()
    points = identity((height, width))
    flat = (points.reshape(-1, 2) / scale + low) / half
    return (bend.bent(flat) * half + middle).reshape(points.shape).astype(np.float32), (height, width)


def _rims(rim: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    none, all_ = np.zeros_like(rim), np.ones_like(rim)
    return [(rim, none), (rim, all_), (none, rim), (all_, rim)]
