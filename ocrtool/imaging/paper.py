"""The brightness of the paper under a page: uneven light belongs to it, large dark grounds and black edges do not."""

from __future__ import annotations

import cv2
import numpy as np

from ocrtool.imaging.levels import level_below

#: Paper is estimated on an image of at most this many pixels on its long side; light changes slowly.
PAPER_LONG_SIDE = 400
#: Sides of the closing by which dark text goes, and of the median by which all text goes, at most, in pixels of it.
REACH, MEDIAN = 31, 15
#: A ground darker than the first share of the brightest tenth of the page is no paper if its edge is sharp: within
#: EDGE_PIXELS of that image the level changes by more than half of the difference along so much of the edge. One darker
#: than the second share only if it is a rectangle, of which it fills FILLS, or light text stands on it: a shadow may be
#: as dark.
DARK, DIM, SHARP_SHARE, EDGE_PIXELS, FILLS = 0.5, 0.78, 0.6, 3, 0.86
#: A smaller ground, as a share of the image, is none: the closing removes it.
LEAST_AREA = 0.004
#: Holes of a ground smaller than this share of it belong to it.
HOLE = 0.15
#: Type has no strokes that are wider, in pixels of that image.
SOLID = np.ones((3, 3), np.uint8)
#: Text differs from its ground by so many grey levels, and light text covers so many times as much as dark spots, and
#: at least so much of the ground.
TEXT_LEVELS, LIGHT_TIMES, LIGHT_SHARE = 35, 3.0, 0.004


def paper_level(gray: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Estimate the brightness of the paper under each pixel, (H, W) uint8, by a morphological closing.

    Where a large ground is dark and no shadow, such as a banner, the level of the paper around it is given. Returns the
    level, and where such grounds and other solid areas are, wider than strokes of type, with what they enclose: (H, W)
    uint8, 0 or 1; None if there are none.
    """
    shrink = max(1.0, max(gray.shape) / PAPER_LONG_SIDE)
    size = (max(1, round(gray.shape[1] / shrink)), max(1, round(gray.shape[0] / shrink)))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    reach = max(3, min(REACH, (min(size) // 4) | 1))
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    grounds = dark_grounds(small)
    if grounds is not None:
        closed = _filled(closed, grounds)
    solid = cv2.morphologyEx((small < DARK * closed.astype(np.float32)).view(np.uint8), cv2.MORPH_OPEN, SOLID)
    closed = cv2.GaussianBlur(closed, (0, 0), reach / 4)
    full = (gray.shape[1], gray.shape[0])
    level = cv2.resize(closed, full, interpolation=cv2.INTER_LINEAR)
    if not solid.any():
        return level, None
    contours, _ = cv2.findContours(cv2.dilate(solid, SOLID), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(solid, contours, -1, 1, cv2.FILLED)
    return level, cv2.resize(solid, full, interpolation=cv2.INTER_NEAREST)


def dark_grounds(small: np.ndarray) -> np.ndarray | None:
    """Find large dark grounds that are no paper in shadow: (h, w) bool, None if there are none. small: (h, w) uint8."""
    level = cv2.medianBlur(small, max(3, min(MEDIAN, (min(small.shape) // 4) | 1)))
    bright = level_below(level[::4, ::4].ravel(), 0.9)
    found = np.zeros(level.shape, bool)
    if level.min() >= DIM * bright:
        return None
    for share in (DARK, DIM):
        count, labels, stats, _ = cv2.connectedComponentsWithStats((level < share * bright).astype(np.uint8))
        for k in range(1, count):
            if stats[k, cv2.CC_STAT_AREA] < LEAST_AREA * level.size:
                continue
            ground = _without_holes(labels == k)
            if (found & ground).any() or not _has_sharp_edge(level, ground):
                continue
            solid = np.count_nonzero(ground) >= FILLS * stats[k, cv2.CC_STAT_WIDTH] * stats[k, cv2.CC_STAT_HEIGHT]
            if share == DARK or solid or _has_light_text(small, ground):
                found |= ground
    return found if found.any() and not found.all() else None


def _without_holes(ground: np.ndarray) -> np.ndarray:
    """Fill the small holes of a ground (h, w) bool, where the type on it is dense."""
    area = np.count_nonzero(ground)
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~ground).view(np.uint8), connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] < HOLE * area
    small[0] = False
    x, y, w, h = (stats[:, i] for i in range(4))
    inside = (x > 0) & (y > 0) & (x + w < ground.shape[1]) & (y + h < ground.shape[0])
    return np.asarray(ground | (small & inside)[labels])


def _has_sharp_edge(level: np.ndarray, ground: np.ndarray) -> bool:
    """Return True if the level rises steeply along most of the edge of a ground. ground: (h, w) bool."""
    mask, square = ground.astype(np.uint8), np.ones((2 * EDGE_PIXELS + 1,) * 2, np.uint8)
    rim = (cv2.dilate(mask, np.ones((3, 3), np.uint8)) - mask) > 0
    if not rim.any():
        return False
    high, low = cv2.dilate(level, square)[rim].astype(float), cv2.erode(level, square)[rim].astype(float)
    inside, outside = level_below(level[ground], 0.5), level_below(high, 0.75)
    return bool(np.mean(high - low > 0.5 * (outside - inside)) >= SHARP_SHARE and outside > inside / DIM)


def _has_light_text(small: np.ndarray, ground: np.ndarray) -> bool:
    """Return True if what stands on a ground is lighter than it. ground: (h, w) bool."""
    inner = cv2.erode(ground.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=1) > 0
    if not inner.any():
        return False
    values = small[inner].astype(int)
    difference = values - int(np.median(values))
    light, dark = np.mean(difference > TEXT_LEVELS), np.mean(difference < -TEXT_LEVELS)
    return bool(light >= LIGHT_SHARE and light >= LIGHT_TIMES * dark)


def _filled(closed: np.ndarray, grounds: np.ndarray) -> np.ndarray:
    """Return the level (h, w) uint8 with that of the paper around grounds, the nearest, in their place."""
    known = cv2.dilate(grounds.astype(np.uint8), np.ones((2 * EDGE_PIXELS + 1,) * 2, np.uint8)) == 0
    if not known.any():
        known = ~grounds
    _, nearest = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    table = np.zeros(int(nearest.max()) + 1, np.uint8)
    around = cv2.dilate(closed, np.ones((MEDIAN, MEDIAN), np.uint8))  # an edge may be ragged
    table[nearest[known]] = around[known]
    return np.asarray(table[nearest])
