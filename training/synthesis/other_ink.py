"""What a page holds beside its text: pictures, halftones, specks, edges of the scan, holes, stains, stamps.

Each function changes ``page``, (H, W) float32 grey levels with ink dark, in place. unit: pixels per millimetre.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from training.synthesis.degrade import smooth_noise

#: Pictures of scikit-image that show no writing, by part: constants are chosen on the first, the second is measured on.
PHOTOGRAPHS = {
    "validation": ("chelsea", "camera", "brick", "coins", "rocket", "retina"),
    "test": ("moon", "grass", "gravel", "hubble_deep_field", "immunohistochemistry", "cat", "coffee", "cell"),
}
Box = tuple[int, int, int, int]
#: Changes a page. The generator is that of the page, the number is pixels per millimetre.
Draw = Callable[[np.ndarray, np.random.Generator, float], None]


def photograph(name: str) -> np.ndarray:
    """Return a picture of scikit-image as (H, W) float32 grey levels."""
    from skimage import color, data

    picture = np.asarray(getattr(data, name)())
    gray = color.rgb2gray(picture[..., :3]) * 255 if picture.ndim == 3 else picture
    return np.asarray(gray, np.float32)


def scene(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """A picture made up of soft light, discs and bars of many sizes: (H, W) float32 grey levels."""
    h, w = shape
    picture = 128 + 60 * smooth_noise(shape, min(shape) / 3, rng) + 20 * smooth_noise(shape, min(shape) / 12, rng)
    for _ in range(int(rng.integers(5, 25))):
        centre = (int(rng.integers(w)), int(rng.integers(h)))
        axes = (int(rng.integers(3, max(4, w // 5))), int(rng.integers(3, max(4, h // 5))))
        level = float(rng.uniform(0, 255))
        if rng.random() < 0.6:
            cv2.ellipse(picture, centre, axes, float(rng.uniform(0, 180)), 0, 360, level, -1)
        else:
            end = (centre[0] + int(rng.normal(0, w / 5)), centre[1] + int(rng.normal(0, h / 5)))
            cv2.line(picture, centre, end, level, int(rng.integers(1, max(2, min(shape) // 40))))
    return np.asarray(np.clip(picture, 0, 255))


def into(page: np.ndarray, picture: np.ndarray, box: Box) -> None:
    """Put a picture of any size into a box, x0 y0 x1 y1, of the page."""
    x0, y0, x1, y1 = box
    method = cv2.INTER_AREA if picture.shape[0] > y1 - y0 else cv2.INTER_CUBIC
    page[y0:y1, x0:x1] = np.clip(cv2.resize(picture, (x1 - x0, y1 - y0), interpolation=method), 0, 255)


def halftone(picture: np.ndarray, pitch: float, degrees: float) -> np.ndarray:
    """Screen a picture (H, W) as printing does: dots of this pitch along lines of this direction, float32 0 or 255."""
    h, w = picture.shape
    y, x = np.mgrid[:h, :w].astype(np.float32)
    a = np.deg2rad(degrees)
    u, v = x * np.cos(a) + y * np.sin(a), y * np.cos(a) - x * np.sin(a)
    wave = (np.cos(2 * np.pi * u / pitch) + np.cos(2 * np.pi * v / pitch)) / 4 + 0.5
    rank = np.argsort(np.argsort(wave[:64, :64].ravel())) / (min(64, h) * min(64, w))  # its distribution, to be even
    even = np.interp(wave, np.sort(wave[:64, :64].ravel()), np.sort(rank))
    return np.where(even > picture / 255, 0, 255).astype(np.float32)


def specks(count: int, largest: float = 3.0) -> Draw:
    """Dirt: spots of up to ``largest`` pixels radius."""

    def draw(page: np.ndarray, rng: np.random.Generator, unit: float) -> None:
        h, w = page.shape
        for x, y, radius in zip(
            rng.integers(0, w, count), rng.integers(0, h, count), rng.uniform(0, largest, count), strict=True
        ):
            cv2.circle(page, (int(x), int(y)), int(radius), float(rng.uniform(0, 90)), -1)

    return draw


def salt(share: float) -> Draw:
    """Pixels black or white at random."""

    def draw(page: np.ndarray, rng: np.random.Generator, unit: float) -> None:
        hit = rng.random(page.shape) < share
        page[hit] = np.where(rng.random(np.count_nonzero(hit)) < 0.5, 0, 255)

    return draw


def grain(deviation: float) -> Draw:
    """Normal noise, with a slow change of light."""

    def draw(page: np.ndarray, rng: np.random.Generator, unit: float) -> None:
        page += deviation * rng.standard_normal(page.shape, np.float32)
        page += np.linspace(0, rng.uniform(-8, 8), page.shape[1], dtype=np.float32)

    return draw


def scan_edges(page: np.ndarray, rng: np.random.Generator, unit: float) -> None:
    """Black bars where the scanner saw beyond the paper, on one to four sides, often slanting and ragged."""
    h, w = page.shape
    level = float(rng.uniform(0, 70))
    for side in rng.permutation(4)[: int(rng.integers(1, 5))].tolist():
        length = w if side < 2 else h
        depth = rng.uniform(1, 12) * unit + np.linspace(0, rng.normal(0, 4) * unit, length)
        if rng.random() < 0.5:
            depth = depth + rng.uniform(0, 1.5) * unit * smooth_noise((1, length), rng.uniform(1, 20) * unit, rng)[0]
        across = np.arange(h if side < 2 else w)[:, None] < np.maximum(depth, 0)[None, :]
        mask = across if side == 0 else across[::-1] if side == 1 else across.T if side == 2 else across.T[:, ::-1]
        page[mask] = level + rng.normal(0, 5, np.count_nonzero(mask))


def punch_holes(page: np.ndarray, rng: np.random.Generator, unit: float) -> None:
    """Two or four black or grey holes at the left edge, some torn or with a bright rim."""
    h = page.shape[0]
    count, level = int(rng.choice([2, 3, 4])), float(rng.uniform(0, 150))
    x, pitch = rng.uniform(8, 14) * unit, h / (count + 1)
    for k in range(count):
        centre = (int(x), int((k + 1) * pitch))
        radius = int(rng.uniform(2.5, 3.2) * unit)
        cv2.ellipse(page, centre, (radius, int(radius * rng.uniform(0.9, 1.1))), 0, 0, 360, level, -1)
        if rng.random() < 0.3:
            cv2.line(page, centre, (0, centre[1] + int(rng.normal(0, 2) * unit)), level, max(1, int(0.3 * unit)))


def staples(page: np.ndarray, rng: np.random.Generator, unit: float) -> None:
    """A staple in an upper corner, its holes, and the fold beside it."""
    w = page.shape[1]
    left = rng.random() < 0.7
    x, y = (rng.uniform(6, 14) * unit if left else w - rng.uniform(6, 14) * unit), rng.uniform(6, 14) * unit
    angle = np.deg2rad(rng.uniform(20, 70)) * (-1 if left else 1)
    step = 6 * unit * np.array([np.cos(angle), np.sin(angle)])
    ends = [np.array([x, y]) - step, np.array([x, y]) + step]
    points = [tuple(end.astype(int).tolist()) for end in ends]
    cv2.line(page, points[0], points[1], float(rng.uniform(20, 120)), max(2, int(0.5 * unit)), cv2.LINE_AA)
    for point in points:
        cv2.circle(page, point, max(2, int(0.6 * unit)), 30.0, -1)
    corner = int(rng.uniform(15, 35) * unit)
    fold = ((corner, 0), (0, corner)) if left else ((w - corner, 0), (w, corner))
    cv2.line(page, fold[0], fold[1], float(rng.uniform(150, 220)), max(1, int(0.2 * unit)), cv2.LINE_AA)


def coffee_ring(page: np.ndarray, rng: np.random.Generator, unit: float) -> None:
    """A brown ring of a cup, broken and uneven, with drops."""
    h, w = page.shape
    centre = (int(rng.uniform(0.1, 0.9) * w), int(rng.uniform(0.1, 0.9) * h))
    radius = rng.uniform(25, 42) * unit
    y, x = np.ogrid[:h, :w]
    distance = np.hypot(x - centre[0], y - centre[1]).astype(np.float32)
    width = rng.uniform(0.6, 2.0) * unit
    uneven = np.clip(0.7 + 0.5 * smooth_noise((h, w), 12 * unit, rng), 0, 1)
    ring = np.exp(-(((distance - radius) / width) ** 2)) * uneven
    inside = 0.12 * (distance < radius)
    page -= (rng.uniform(40, 130) * np.maximum(ring, inside)).astype(np.float32)
    for _ in range(int(rng.integers(0, 12))):
        spot = (int(centre[0] + rng.normal(0, radius)), int(centre[1] + rng.normal(0, radius)))
        cv2.circle(page, spot, max(1, int(rng.exponential(0.8) * unit)), float(rng.uniform(110, 190)), -1, cv2.LINE_AA)


def gutter_shadow(page: np.ndarray, rng: np.random.Generator, unit: float) -> None:
    """The shadow of a book's fold along one side, dark at the very edge."""
    w = page.shape[1]
    x = np.arange(w, dtype=np.float32) / unit
    fall = np.exp(-x / rng.uniform(3, 14)) * rng.uniform(0.5, 0.98)
    page *= 1 - (fall if rng.random() < 0.5 else fall[::-1])[None, :]


def logo(page: np.ndarray, rng: np.random.Generator, unit: float) -> None:
    """An emblem without letters: discs, rings, triangles, bars and waves that overlap, in one or two greys."""
    w = page.shape[1]
    side = rng.uniform(15, 45) * unit
    cx, cy = rng.uniform(side, w - side), side * 0.8
    levels = rng.uniform(0, 140, 2)
    for _ in range(int(rng.integers(2, 6))):
        centre = (int(cx + rng.normal(0, side / 6)), int(cy + rng.normal(0, side / 6)))
        radius, level = int(rng.uniform(0.1, 0.5) * side), float(rng.choice(levels))
        thickness = int(rng.choice([-1, max(2, int(side / 25)), max(3, int(side / 12))]))
        kind = int(rng.integers(4))
        if kind == 0:
            cv2.circle(page, centre, radius, level, thickness, cv2.LINE_AA)
        elif kind == 1:
            turned = np.deg2rad(rng.uniform(0, 360) + np.arange(3) * 120)
            corners = np.stack([centre[0] + radius * np.cos(turned), centre[1] + radius * np.sin(turned)], axis=1)
            cv2.polylines(page, [corners.astype(np.int32)], True, level, max(2, int(side / 20)), cv2.LINE_AA)
        elif kind == 2:
            cv2.ellipse(page, centre, (radius, radius // 2), float(rng.uniform(0, 180)), 0, 360, level, thickness)
        else:
            x = np.linspace(-radius, radius, 60)
            wave = np.stack([centre[0] + x, centre[1] + 0.2 * radius * np.sin(8 * x / radius)], axis=1)
            cv2.polylines(page, [wave.astype(np.int32)], False, level, max(2, int(side / 25)), cv2.LINE_AA)
