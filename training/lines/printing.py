"""How a drawn page becomes an image: printers, copiers, faxes, thermal paper, scanners, screens and cameras."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from training.synthesis.degrade import smooth_noise

#: Side of the field of grain that pages take windows of; noise of its own for each page costs more than the rest.
GRAIN_SIDE = 3072

Process = Callable[[np.ndarray, float, np.random.Generator], np.ndarray]


@cache
def _grain_field() -> np.ndarray:
    return np.random.default_rng(7).standard_normal((GRAIN_SIDE, GRAIN_SIDE), np.float32)


def grain(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Noise of unit spread, (H, W) float32, from a fixed field that is turned and shifted by lot."""
    field = _grain_field()
    y, x = rng.integers(0, GRAIN_SIDE, 2)
    rows = (np.arange(shape[0]) + y) % GRAIN_SIDE
    columns = (np.arange(shape[1]) * int(rng.choice([1, -1])) + x) % GRAIN_SIDE
    return np.asarray(field[np.ix_(rows, columns)])


def _blurred(page: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(page, (0, 0), sigma) if sigma > 0.15 else page


def _toned(
    ink: np.ndarray, rng: np.random.Generator, low: tuple[float, float], high: tuple[float, float]
) -> np.ndarray:
    """Ink (H, W) float32 0..1 on paper, (H, W) float32 in grey levels."""
    black, paper = rng.uniform(*low), rng.uniform(*high)
    return np.asarray(paper - (paper - black) * ink, np.float32)


def _stored(gray: np.ndarray, quality: int) -> np.ndarray:
    """After JPEG compression."""
    stored = cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE))


def _bytes(gray: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip(gray, 0, 255), np.uint8)


def spread(ink: np.ndarray, x_height: float, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Ink that ran or did not take: a blur and a threshold that differs from place to place, (H, W) float32 0..1."""
    sigma = max(0.35, rng.uniform(0.015, 0.05) * x_height)
    soft = _blurred(ink, sigma).astype(np.float32) * np.float32(1 / 255)
    level = float(np.clip(0.45 + rng.normal(0.0, 0.08 * (0.4 + strength)), 0.2, 0.66))
    field = np.full(ink.shape, np.float32(level))
    if strength > 0.15:
        field += np.float32(0.09 * strength) * smooth_noise(ink.shape, rng.uniform(1.0, 5.0) * x_height, rng)
        field += np.float32(0.13 * strength) * cv2.GaussianBlur(grain(ink.shape, rng), (0, 0), 0.8) * 2
    return np.asarray(np.clip((soft - field) * np.float32(rng.uniform(2.0, 6.0)) + 0.5, 0.0, 1.0))


def _specked(gray: np.ndarray, rng: np.random.Generator, most: float) -> np.ndarray:
    """Salt and pepper, and a few larger specks."""
    count = int(gray.size * 10 ** rng.uniform(-5.5, most))
    for value in (0, 255):
        gray[rng.integers(0, gray.shape[0], count), rng.integers(0, gray.shape[1], count)] = value
    for _ in range(min(12, count // 10)):
        centre = (int(rng.integers(gray.shape[1])), int(rng.integers(gray.shape[0])))
        cv2.circle(gray, centre, int(rng.integers(1, 3)), 0, -1)
    return gray


def clean(ink: np.ndarray, x_height: float, rng: np.random.Generator) -> np.ndarray:
    """A page that never was on paper."""
    tone = _toned(ink.astype(np.float32) * np.float32(1 / 255), rng, (0, 90), (235, 255))
    return _bytes(tone if rng.random() < 0.7 else np.where(tone > 140, 255, 0))


def screen(ink: np.ndarray, x_height: float, rng: np.random.Generator) -> np.ndarray:
    """A picture of a screen's pixels: type of few pixels, often compressed, now and then scaled."""
    tone = _toned(ink.astype(np.float32) * np.float32(1 / 255), rng, (0, 110), (225, 255))
    if rng.random() < 0.35:
        tone = _blurred(tone, rng.uniform(0.3, 0.6))
    page = _bytes(tone)
    return _stored(page, int(rng.uniform(45, 95))) if rng.random() < 0.4 else page


def scan(ink: np.ndarray, x_height: float, rng: np.random.Generator) -> np.ndarray:
    """Laser print on a flatbed: soft, lit unevenly, with grain."""
    pressed = spread(ink, x_height, rng, rng.uniform(0.0, 0.6))
    soft = _blurred(pressed, rng.uniform(0.3, 0.55) + 0.04 * x_height * rng.random())
    tone = _toned(soft, rng, (0, 80), (205, 255))
    if rng.random() < 0.6:
        tone += np.float32(rng.uniform(2, 14)) * smooth_noise(tone.shape, rng.uniform(8, 20) * x_height, rng)
    tone += np.float32(rng.uniform(0.5, 8)) * grain(tone.shape, rng)
    page = _bytes(tone)
    return _stored(page, int(rng.uniform(30, 92))) if rng.random() < 0.4 else page


def bilevel(ink: np.ndarray, x_height: float, rng: np.random.Generator) -> np.ndarray:
    """Scanned black and white."""
    pressed = spread(ink, x_height, rng, rng.uniform(0.0, 0.9))
    tone = _blurred(pressed, rng.uniform(0.3, 0.7)) + np.float32(rng.uniform(0.0, 0.07)) * grain(ink.shape, rng)
    page = np.where(tone > rng.uniform(0.32, 0.62), 0, 255).astype(np.uint8)
    return _specked(page, rng, -3.9)


def fax(ink: np.ndarray, x_height: float, rng: np.random.Generator) -> np.ndarray:
    """A fax: two levels, steps along the lines, ragged edges."""
    rows = rng.uniform(0.5, 1.0)
    small = cv2.resize(ink, None, fx=1.0, fy=rows, interpolation=cv2.INTER_AREA)
    tone = _blurred(small.astype(np.float32) / 255, rng.uniform(0.2, 0.6)) + np.float32(0.08) * grain(small.shape, rng)
    page = np.where(tone > rng.uniform(0.35, 0.6), 0, 255).astype(np.uint8)
    whole = cv2.resize(page, (ink.shape[1], ink.shape[0]), interpolation=cv2.INTER_NEAREST)
    return _specked(whole, rng, -4.2)


def photocopy(ink: np.ndarray, x_height: float, rng: np.random.Generator) -> np.ndarray:
    """A copy of a copy: swollen or eaten strokes, dirt."""
    pressed = spread(ink, x_height, rng, rng.uniform(0.5, 1.0))
    again = spread((255 * pressed).astype(np.uint8), x_height, rng, rng.uniform(0.3, 0.9))
    page = _bytes(_toned(again, rng, (0, 60), (225, 255)) + np.float32(rng.uniform(1, 8)) * grain(ink.shape, rng))
    if rng.random() < 0.6:
        page = np.where(page > rng.uniform(100, 170), 255, 0).astype(np.uint8)
    return _specked(page, rng, -3.6)


def thermal(ink: np.ndarray, x_height: float, rng: np.random.Generator) -> np.ndarray:
    """Dots of a thermal or matrix printer, faint, with streaks, scanned or photographed."""
    pitch = max(1.0, x_height / rng.uniform(6.0, 12.0))
    size = (max(4, round(ink.shape[1] / pitch)), max(4, round(ink.shape[0] / pitch)))
    dots = cv2.resize(ink, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    dots = (dots > rng.uniform(0.3, 0.5)).astype(np.float32)
    if rng.random() < 0.5:
        dots *= (rng.random(dots.shape, np.float32) > rng.uniform(0.0, 0.08)).astype(np.float32)
    whole = cv2.resize(dots, (ink.shape[1], ink.shape[0]), interpolation=cv2.INTER_LINEAR)
    whole = _blurred(whole, rng.uniform(0.25, 0.5) * pitch)
    streaks = 1.0 - np.clip(smooth_noise((1, ink.shape[1]), 0.4 * x_height, rng) - rng.uniform(1.2, 2.5), 0, 1)
    fade = np.clip(0.85 + 0.2 * smooth_noise(ink.shape, 12 * x_height, rng), 0.3, 1.0)
    tone = _toned(whole * streaks.astype(np.float32) * fade, rng, (20, 140), (205, 250))
    tone += np.float32(rng.uniform(1, 7)) * grain(ink.shape, rng)
    page = _bytes(tone)
    return _stored(page, int(rng.uniform(35, 85))) if rng.random() < 0.6 else page


def photo(ink: np.ndarray, x_height: float, rng: np.random.Generator) -> np.ndarray:
    """A page before a camera: out of focus, shaken, shadowed, noisy, compressed."""
    soft = _blurred(spread(ink, x_height, rng, 0.2), rng.uniform(0.02, 0.1) * x_height)
    if rng.random() < 0.3:
        length = max(2, round(rng.uniform(0.05, 0.2) * x_height))
        kernel = np.zeros((length, length), np.float32)
        cv2.line(kernel, (0, int(rng.integers(length))), (length - 1, int(rng.integers(length))), 1.0)
        soft = cv2.filter2D(soft, -1, kernel / max(1.0, float(kernel.sum())))
    light = 1.0 + rng.uniform(0.03, 0.2) * smooth_noise(ink.shape, rng.uniform(15, 40) * x_height, rng)
    tone = _toned(soft, rng, (20, 110), (150, 245)) * np.clip(light, 0.35, 1.3).astype(np.float32)
    tone += np.float32(rng.uniform(1, 9)) * _blurred(grain(ink.shape, rng), rng.uniform(0.0, 0.8))
    return _stored(_bytes(tone), int(rng.uniform(22, 80)))


@dataclass(frozen=True, slots=True)
class Medium:
    """x_heights: in pixels of the image, between which the size of type is drawn; share: of the pages."""

    make: Process
    x_heights: tuple[float, float]
    share: float


MEDIA = {
    "clean": Medium(clean, (9.0, 30.0), 0.17),
    "screen": Medium(screen, (5.5, 12.0), 0.12),
    "scan": Medium(scan, (9.0, 26.0), 0.25),
    "bilevel": Medium(bilevel, (10.0, 28.0), 0.15),
    "fax": Medium(fax, (9.0, 18.0), 0.05),
    "photocopy": Medium(photocopy, (11.0, 26.0), 0.07),
    "thermal": Medium(thermal, (9.0, 24.0), 0.08),
    "photo": Medium(photo, (8.0, 26.0), 0.11),
}


def any_medium(rng: np.random.Generator) -> str:
    """The name of a medium, by share."""
    shares = np.array([medium.share for medium in MEDIA.values()])
    return list(MEDIA)[int(rng.choice(len(MEDIA), p=shares / shares.sum()))]
