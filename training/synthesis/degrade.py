"""What printing and scanning do to a drawn page: ink spreads and breaks, paper warps, scanners blur and threshold."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from training.synthesis.drawn_page import DrawnPage

#: Ink farther than this (x-heights) from any character is nobody's.
LABEL_REACH = 0.35
#: A character of whose ink less than this share is left is no longer an example of its class.
INTACT_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """gray: (H, W) uint8, ink dark; label_map: (H, W) int16, characters[i]'s ink and surroundings hold i + 1;
    characters: label of each; intact: (len(characters),) bool, False where too much ink was lost to know it by.
    """

    gray: np.ndarray
    label_map: np.ndarray
    characters: str
    intact: np.ndarray


def smooth_noise(shape: tuple[int, int], grain: float, rng: np.random.Generator) -> np.ndarray:
    """(H, W) float32 of unit spread that varies over about ``grain`` pixels."""
    small = (max(2, round(shape[0] / grain) + 2), max(2, round(shape[1] / grain) + 2))
    field = rng.standard_normal(small, np.float32)
    return cv2.resize(field, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)


def bend(page: DrawnPage, rng: np.random.Generator, handwritten: bool) -> tuple[np.ndarray, np.ndarray]:
    """Ink and label map after a small turn, a shear and a slow warp of the paper."""
    ink, label_map, x_height = page.ink, page.label_map, page.x_height
    turned, warped = rng.random() < 0.45, rng.random() < 0.5
    if not turned and not warped:
        return ink, label_map
    angle = np.deg2rad(rng.normal(0.0, 0.8)) if turned else 0.0
    shear = rng.normal(0.0, 0.15 if handwritten else 0.04) if turned else 0.0
    h, w = ink.shape
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    middle_x, middle_y = w / 2, h / 2
    map_x = xs + np.float32(angle) * (ys - middle_y) + np.float32(shear) * (ys - middle_y)
    map_y = ys - np.float32(angle) * (xs - middle_x)
    if warped:
        amount = rng.uniform(0.01, 0.05 if not handwritten else 0.08) * x_height
        map_x += amount * smooth_noise((h, w), rng.uniform(1.5, 6.0) * x_height, rng)
        map_y += amount * smooth_noise((h, w), rng.uniform(1.5, 6.0) * x_height, rng)
    return (
        cv2.remap(ink, map_x, map_y, cv2.INTER_LINEAR, borderValue=0),
        cv2.remap(label_map, map_x, map_y, cv2.INTER_NEAREST, borderValue=0),
    )


def nearest_labels(label_map: np.ndarray, reach: float) -> np.ndarray:
    """Label map in which pixels up to ``reach`` from a character's belong to the nearest one. (H, W) int16."""
    distance, nearest = cv2.distanceTransformWithLabels(
        (label_map == 0).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    table = np.zeros(int(nearest.max()) + 1, np.int16)
    labelled = label_map > 0
    table[nearest[labelled]] = label_map[labelled]
    return np.where(distance <= reach, table[nearest], 0).astype(np.int16)


def press(ink: np.ndarray, x_height: float, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Ink spread, erosion, ragged edges and broken strokes: a blur, and a threshold that differs from place to place.

    ink: (H, W) uint8; x_height: in pixels; strength: 0 = hardly, 1 = a worn old print.
    Returns (H, W) float32 in 0..1.
    """
    sigma = max(0.35, rng.uniform(0.015, 0.06) * x_height)
    soft = cv2.GaussianBlur(ink, (0, 0), sigma).astype(np.float32) / 255.0
    level = 0.42 + rng.normal(0.0, 0.1 * (0.5 + strength))
    field = np.full(ink.shape, np.float32(np.clip(level, 0.16, 0.68)))
    if rng.random() < 0.8:
        field += np.float32(0.07 * strength) * smooth_noise(ink.shape, rng.uniform(1.0, 5.0) * x_height, rng)
    if rng.random() < 0.8:
        field += np.float32(0.13 * strength) * smooth_noise(
            ink.shape, max(1.5, rng.uniform(0.06, 0.18) * x_height), rng
        )
    gain = rng.uniform(2.0, 6.0)
    return np.asarray(np.clip((soft - field) * np.float32(gain) + 0.5, 0.0, 1.0))


def scan(ink: np.ndarray, x_height: float, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Paper, light, blur, noise; then mostly a threshold, else JPEG.

    ink: (H, W) float32, 0..1. Returns (H, W) uint8, ink dark.
    """
    paper, black = rng.uniform(190, 255), rng.uniform(0, 90)
    if rng.random() < 0.15:
        black = rng.uniform(60, paper - 60)
    ink = cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.25, 0.75) + 0.012 * x_height * rng.random())
    gray = paper - (paper - black) * ink
    if rng.random() < 0.5:
        gray += np.float32(min(rng.uniform(2, 12), 0.08 * (paper - black))) * smooth_noise(
            gray.shape, rng.uniform(4, 15) * x_height, rng
        )
    grain = min(rng.uniform(1.0, 10.0) * (0.3 + strength), 0.09 * (paper - black))
    gray += np.float32(grain) * rng.standard_normal(gray.shape, np.float32)
    if rng.random() < 0.55:
        level = black + (paper - black) * rng.uniform(0.4, 0.66)
        return _specks(np.where(gray > level, 255, 0).astype(np.uint8), rng, strength)
    page: np.ndarray = np.clip(gray, 0, 255).astype(np.uint8)
    if rng.random() >= 0.6:
        return page
    quality = int(rng.uniform(25, 92))
    stored = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE))


def _specks(gray: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Salt, pepper and a few larger specks on a two-level page."""
    if rng.random() < 0.5:
        return gray
    count = int(gray.size * 10 ** rng.uniform(-5.0, -3.4) * (0.3 + strength))
    for value in (0, 255):
        ys, xs = rng.integers(0, gray.shape[0], count), rng.integers(0, gray.shape[1], count)
        gray[ys, xs] = value
    for _ in range(min(30, count // 12)):
        centre = (int(rng.integers(gray.shape[1])), int(rng.integers(gray.shape[0])))
        cv2.circle(gray, centre, int(rng.integers(1, 3)), 0, -1)
    return gray


def rule_lines(page: DrawnPage, rng: np.random.Generator) -> np.ndarray:
    """Ink of the page with a printed form line through it, somewhere below the middle."""
    ink: np.ndarray = page.ink.copy()
    row = int(rng.uniform(0.45, 0.9) * ink.shape[0])
    thickness = max(1, round(rng.uniform(0.02, 0.1) * page.x_height))
    cv2.line(ink, (0, row), (ink.shape[1], row + int(rng.normal(0, 1))), int(rng.uniform(120, 255)), thickness)
    return ink


def degrade(page: DrawnPage, rng: np.random.Generator, handwritten: bool = False) -> ScannedPage:
    """A scan of the page, with its label map bent alike and grown over the ink's new edges."""
    strength = float(rng.beta(1.6, 2.2))
    if handwritten and rng.random() < 0.08:
        page = DrawnPage(rule_lines(page, rng), page.label_map, page.characters, page.x_height)
    ink, label_map = bend(page, rng, handwritten)
    pressed = press(ink, page.x_height, rng, strength)
    gray = scan(pressed, page.x_height, rng, strength)
    kept = kept_shares(ink, label_map, pressed, len(page.characters))
    grown = nearest_labels(label_map, LABEL_REACH * page.x_height)
    return ScannedPage(gray, grown, page.characters, kept >= INTACT_SHARE)


def kept_shares(ink: np.ndarray, label_map: np.ndarray, pressed: np.ndarray, count: int) -> np.ndarray:
    """Share of each character's ink that printing left: (count,) float64."""
    inked = np.flatnonzero((ink > 127) & (label_map > 0))
    flat_labels = label_map.ravel()[inked].astype(np.int64)
    before = np.bincount(flat_labels, minlength=count + 1)[1:]
    after = np.bincount(flat_labels, weights=pressed.ravel()[inked] > 0.4, minlength=count + 1)[1:]
    return after / np.maximum(before, 1)
