"""The sheet of paper in a photograph: where it lies on what is darker around it, and its four corners.

A scan shows paper up to its edges, or the black of the scanner along them. A photograph of a page shows a table around
it, and the sides of the sheet are neither level nor upright to the pixel.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocrtool.imaging.levels import level_below

#: A smaller image (pixels) is a piece of a page, cut out: no sheet with a few lines that can be read is so small.
LEAST_SIDE = 200
#: The sheet is looked for on an image of this many pixels on its long side, smoothed over so many of them, which text
#: does not survive.
LONG_SIDE, SMOOTH = 400, 9
#: Every so many rows and columns are measured to tell whether an image shows anything but paper at its rim; it does if
#: this share of the rim is darker than so much of the paper.
STEP, RIM_SHARE, DARK = 8, 0.08, 0.8
#: Least and largest share of the image that the sheet covers, and share of its hull.
COVERS, SOLID = (0.12, 0.985), 0.9
#: Grey levels tried to part the sheet from the table, so many evenly over the grey and so many over the pixels; how
#: many of the outlines with most contrast are compared.
LEVELS, LIKELY = 14, 6
#: Thinner parts of what is bright, in pixels of the small image, belong to the table; sides bulge by at most this share
#: of it.
HORNS, BULGE = 15, 0.05
#: Share of the sheet's outline that is brighter than the table beside it by this factor; how far beside it is measured.
OUTLINE, BRIGHTER, BESIDE = 0.8, 1.12, 4.0
#: A side is a straight line through outline points within this share of the long side; it has this share of them.
STRAIGHT, SIDE_POINTS = 0.016, 0.08
#: A region without four corners is likely the sheet by so much less.
CORNERLESS = 0.85
#: Sides level and upright within this angle (degrees) are no photograph's: a window on a screen, the edge of a scan.
LEVEL = 0.35
#: Opposite sides meet within these angles (degrees); neighbouring ones leave at least the second.
MEET, CORNER = 45.0, 40.0
#: A corner lies at most so far outside the image, as a share of its sides.
OUTSIDE = 0.02


@dataclass(frozen=True, slots=True)
class Sheet:
    """mask: (h, w) uint8, 1 on the sheet, of an image smaller by ``scale``; corners: (4, 2) float64 in pixels of the
    input, clockwise from the upper left; None if they are not all seen.
    """

    mask: np.ndarray
    scale: float
    corners: np.ndarray | None


def find_sheet(gray: np.ndarray) -> Sheet | None:
    """Find the sheet in a photograph (H, W) uint8; None where no table is seen around it, as in a scan."""
    if min(gray.shape) < LEAST_SIDE or not _shows_table(gray):
        return None
    scale = max(gray.shape) / LONG_SIDE
    size = (max(1, round(gray.shape[1] / scale)), max(1, round(gray.shape[0] / scale)))
    small = cv2.medianBlur(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), SMOOTH)
    values = small.ravel()
    even = np.linspace(level_below(values, 0.02), level_below(values, 0.98), LEVELS + 2)[1:-1].tolist()
    shares = [level_below(values, share) for share in np.linspace(0.05, 0.92, LEVELS).tolist()]
    levels = sorted({int(level) for level in (*even, *shares)})
    regions = [found for level in levels if (found := _region(small, level)) is not None]
    sure = [_contrast(small, mask, outline) for mask, outline in regions]
    likely = sorted((k for k in range(len(regions)) if sure[k] >= OUTLINE), key=lambda k: -sure[k])[:LIKELY]
    if not likely:
        return None
    tried = [_seen(*regions[k], sure[k]) for k in likely]
    _, mask, outline, sides, corners = max(tried, key=lambda each: each[0])
    if not sides or all(_is_level(side) for side in sides):
        return None
    if corners is None:
        return Sheet(mask, scale, None)
    rim = np.concatenate([_bulging(outline, corners[k], corners[(k + 1) % 4]) for k in range(4)])
    whole = cv2.fillPoly(np.zeros_like(mask), [rim.round().astype(np.int32)], 1)
    return Sheet(whole, scale, (corners + 0.5) * scale)


def _shows_table(gray: np.ndarray) -> bool:
    """Return True if something darker than the paper is seen at the rim of an image."""
    bright = level_below(gray[::STEP, ::STEP].ravel(), 0.9)
    lines = (gray[2::2048], gray[-3:-2], gray[:, 2:3].T, gray[:, -3:-2].T)
    rim = np.concatenate([line[0, ::STEP] for line in lines])
    return bool(np.count_nonzero(rim < DARK * bright) > RIM_SHARE * len(rim))


def _region(small: np.ndarray, level: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the largest area brighter than a level without its holes, and its outline (N, 2); None if no sheet."""
    contours, _ = cv2.findContours((small > level).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    largest = max(contours, key=cv2.contourArea)
    area = cv2.contourArea(largest)
    if not COVERS[0] * small.size <= area <= COVERS[1] * small.size:
        return None
    if area < SOLID * cv2.contourArea(cv2.convexHull(largest)):
        return None
    filled = cv2.drawContours(np.zeros(small.shape, np.uint8), [largest], -1, 1, cv2.FILLED)
    square = np.ones((HORNS, HORNS), np.uint8)
    mask = np.asarray(cv2.dilate(cv2.erode(filled, square, borderValue=1), square, borderValue=0), np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return (mask, max(contours, key=cv2.contourArea).reshape(-1, 2)) if contours else None


def _inner(outline: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return the points of an outline that the edge of the image does not cut."""
    edge = [shape[1] - 3, shape[0] - 3]
    return np.asarray(outline[((outline > 2) & (outline < edge)).all(axis=1)])


def _contrast(small: np.ndarray, mask: np.ndarray, outline: np.ndarray) -> float:
    """Return the share of an outline within the image that is brighter inside than outside, weighed by how much."""
    points = _inner(outline, mask.shape)
    if len(points) < 0.1 * len(outline):
        return 0.0
    distance = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), BESIDE)
    slope_x, slope_y = cv2.Sobel(distance, cv2.CV_32F, 1, 0), cv2.Sobel(distance, cv2.CV_32F, 0, 1)
    x, y = points.T
    inward = np.stack([slope_x[y, x], slope_y[y, x]], axis=1)
    inward /= np.maximum(np.linalg.norm(inward, axis=1, keepdims=True), 1e-6)
    inner, outer = (
        cv2.remap(small, *_maps(points + step * inward), cv2.INTER_LINEAR)[0].astype(np.float64)
        for step in (BESIDE, -BESIDE)
    )
    ratio = inner / np.maximum(outer, 1.0)
    return float((ratio >= BRIGHTER).mean() + 0.2 * np.clip(ratio - 1, 0, 1).mean())


def _maps(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return columns and rows of points (N, 2) as OpenCV's maps, (1, N) float32."""
    return points[None, :, 0].astype(np.float32), points[None, :, 1].astype(np.float32)


def _sides(points: np.ndarray) -> list[np.ndarray]:
    """Find the straight sides of an outline (N, 2): (a, b, c) each with a x + b y = c, of those points most first."""
    sides: list[np.ndarray] = []
    left = points.astype(np.float64)
    rng = np.random.default_rng(0)
    total = len(points)
    while len(sides) < 4 and len(left) > max(8, SIDE_POINTS * total):
        best = np.zeros(len(left), bool)
        for _ in range(120):
            i = int(rng.integers(len(left)))
            j = (i + int(rng.integers(len(left) // 12 + 2, len(left) // 4 + 4))) % len(left)
            near = np.abs((left - left[i]) @ _normal(left[j] - left[i])) < STRAIGHT * LONG_SIDE / 2
            if near.sum() > best.sum():
                best = near
        if best.sum() < SIDE_POINTS * total:
            break
        for _ in range(2):
            middle = left[best].mean(axis=0)
            normal = np.linalg.svd(left[best] - middle, full_matrices=False)[2][1]
            best = np.abs((left - middle) @ normal) < STRAIGHT * LONG_SIDE
        sides.append(np.array([*normal, normal @ middle]))
        left = left[np.abs((left - middle) @ normal) >= BULGE * LONG_SIDE]
    return sides


def _seen(
    mask: np.ndarray, outline: np.ndarray, sure: float
) -> tuple[float, np.ndarray, np.ndarray, list[np.ndarray], np.ndarray | None]:
    """Find sides and corners of a region, and how likely it is the sheet.

    Its outline is straight and stands out. Light from the side and shadows part the sheet too, so that of two straight
    regions the larger one is likelier.
    """
    points = _inner(outline, mask.shape)
    sides = _sides(points)
    if not sides:
        return 0.0, mask, outline, sides, None
    corners = _corners(sides, mask.shape)
    off = np.stack([points @ side[:2] - side[2] for side in sides]) / (STRAIGHT * LONG_SIDE / 2)
    fits = float((1.0 / (1.0 + np.square(off).min(axis=0))).mean())
    if corners is None:
        fits *= CORNERLESS
    else:
        quadrangle = cv2.fillConvexPoly(np.zeros_like(mask), corners.round().astype(np.int32), 1)
        fits *= float((mask & quadrangle).sum() / (mask | quadrangle).sum())
    return fits * sure * float(np.sqrt(mask.mean())), mask, outline, sides, corners


def _bulging(outline: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return points (n, 2) along the side from one corner to the next, as it bulges between them.

    What juts out of the sheet, or into it, counts little.
    """
    length = float(np.linalg.norm(end - start))
    along, off = (end - start) / length, _normal(end - start)
    t, height = ((outline - start) @ along / length, (outline - start) @ off)
    near = (t > 0) & (t < 1) & (np.abs(height) < BULGE * LONG_SIDE)
    places = np.linspace(0, 1, 25)
    if np.count_nonzero(near) < 8:
        return np.asarray(start + places[:, None] * (end - start))
    t, height = t[near], height[near]
    terms, weight = np.stack([t * (1 - t), t * t * (1 - t)], axis=1), np.ones(len(t))
    found = np.zeros(2)
    for _ in range(12):
        found = np.linalg.lstsq(terms * weight[:, None], height * weight, rcond=None)[0]
        weight = 1.0 / (1.0 + (height - terms @ found) ** 2)
    rise = np.stack([places * (1 - places), places**2 * (1 - places)], axis=1) @ found
    return np.asarray(start + places[:, None] * (end - start) + rise[:, None] * off)


def _normal(direction: np.ndarray) -> np.ndarray:
    """Return the unit normal of a direction."""
    return np.array([-direction[1], direction[0]]) / max(float(np.hypot(*direction)), 1e-9)


def _angle(side: np.ndarray) -> float:
    """Return the angle of a side's direction, degrees in 0..180."""
    return float(np.degrees(np.arctan2(-side[0], side[1])) % 180)


def _is_level(side: np.ndarray) -> bool:
    return min(_angle(side) % 90, 90 - _angle(side) % 90) < LEVEL


def _corners(sides: list[np.ndarray], shape: tuple[int, ...]) -> np.ndarray | None:
    """Return the corners (4, 2) where four sides meet, from the upper left; None if they make no quadrangle."""
    if len(sides) < 4:
        return None
    angles = np.array([_angle(side) for side in sides])
    across = [k for k in range(4) if min(angles[k], 180 - angles[k]) < 45]
    upright = [k for k in range(4) if k not in across]
    if len(across) != 2 or len(upright) != 2:
        return None
    width, height = shape[1], shape[0]
    level = sorted((sides[k] for k in across), key=lambda s: (s[2] - s[0] * width / 2) / s[1])
    erect = sorted((sides[k] for k in upright), key=lambda s: (s[2] - s[1] * height / 2) / s[0])
    (top, bottom), (left, right) = level, erect
    meeting = [_meet(*pair) for pair in ((top, left), (top, right), (bottom, right), (bottom, left))]
    corners = np.array(meeting)
    room = OUTSIDE * np.array([width, height])
    inside = (corners >= -room).all() and (corners <= np.array([width, height]) + room).all()
    convex = cv2.isContourConvex(corners.astype(np.float32)) if np.isfinite(corners).all() else False
    return corners if inside and convex else None


def _meet(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the point where two sides meet."""
    matrix = np.stack([first[:2], second[:2]])
    if abs(np.linalg.det(matrix)) < 1e-6:
        return np.full(2, np.inf)
    return np.asarray(np.linalg.solve(matrix, np.array([first[2], second[2]])))
