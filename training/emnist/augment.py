"""Augmentation of 28x28 character images, applied each time they are shown to a network.

Each image is rotated, shifted, scaled and sheared by one affine map and distorted by a smooth random field (elastic),
both in one resampling; then some images get thicker or thinner strokes, noise or lower contrast. `STANDARD` is what
``--augment`` applies; it stays below what turns one class into another (6/9 by rotation, n/u, 1/l by shear).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import cv2
import numpy as np

#: Points, per side, between which the elastic field is interpolated: distortions are a third of the character long.
ELASTIC_GRID = 4


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Largest changes, drawn uniformly in both directions: rotation (degrees), shift (px), scale, shear (fractions).

    elastic: standard deviation (px) of the distortion field; share: of images that are moved at all; restroked, noisy,
    recontrasted: shares of images with another stroke width, with noise of a standard deviation up to ``noise`` (of
    255), with contrast from ``contrast`` to 1.
    """

    rotation: float = 12.0
    shift: float = 2.0
    scale: float = 0.14
    shear: float = 0.18
    elastic: float = 0.7
    share: float = 0.9
    restroked: float = 0.25
    noisy: float = 0.15
    noise: float = 24.0
    recontrasted: float = 0.2
    contrast: float = 0.6

    def scaled(self, factor: float) -> Augmentation:
        """The same with every change, and its share of the images, ``factor`` times as large; 1 changes nothing."""
        scaled = {f.name: getattr(self, f.name) * factor for f in fields(self) if f.name not in ("share", "contrast")}
        return replace(self, **scaled, contrast=1.0 - (1.0 - self.contrast) * factor)


STANDARD = Augmentation()


def affine_maps(count: int, side: int, rng: np.random.Generator, augmentation: Augmentation) -> np.ndarray:
    """Where each output pixel comes from: (count, side, side, 2) float32, x before y."""
    angle = np.deg2rad(rng.uniform(-augmentation.rotation, augmentation.rotation, count))
    scale = 1.0 + rng.uniform(-augmentation.scale, augmentation.scale, (count, 2))
    shear = rng.uniform(-augmentation.shear, augmentation.shear, count)
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.empty((count, 2, 2))
    turn[:, 0, 0], turn[:, 0, 1] = cos * scale[:, 0], cos * shear - sin * scale[:, 1]
    turn[:, 1, 0], turn[:, 1, 1] = sin * scale[:, 0], sin * shear + cos * scale[:, 1]
    moved = rng.random(count) < augmentation.share
    turn[~moved] = np.eye(2)
    shift = rng.uniform(-augmentation.shift, augmentation.shift, (count, 2)) * moved[:, None]
    middle = (side - 1) / 2.0
    grid = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2) - middle  # (side^2, 2) x, y
    maps = grid[None] @ turn.transpose(0, 2, 1) + (middle + shift)[:, None]
    maps = np.asarray(maps.reshape(count, side, side, 2), np.float32)
    if augmentation.elastic > 0:
        maps += elastic_fields(count, side, rng, augmentation.elastic) * moved[:, None, None, None]
    return maps


def elastic_fields(count: int, side: int, rng: np.random.Generator, spread: float) -> np.ndarray:
    """Smooth random displacements: (count, side, side, 2) float32, standard deviation about ``spread`` pixels."""
    coarse = rng.standard_normal((count, ELASTIC_GRID, ELASTIC_GRID, 2), np.float32) * np.float32(spread)
    spline = _spline_weights(side)  # (side, ELASTIC_GRID)
    return np.asarray(np.einsum("yi,nijk,xj->nyxk", spline, coarse, spline, optimize=True))


def _spline_weights(side: int) -> np.ndarray:
    """Cubic interpolation weights of the coarse grid at each of ``side`` pixels: (side, ELASTIC_GRID)."""
    return cv2.resize(np.eye(ELASTIC_GRID, dtype=np.float32), (ELASTIC_GRID, side), interpolation=cv2.INTER_CUBIC)


def restroke(image: np.ndarray, thicker: bool, wide: bool, share: float) -> np.ndarray:
    """``image`` with strokes a fraction of a pixel (``wide``: more) thicker or thinner; share 1 is the full change."""
    kernel = np.ones((3, 3) if wide else (2, 2), np.uint8)
    other = cv2.dilate(image, kernel) if thicker else cv2.erode(image, kernel)
    return cv2.addWeighted(image, 1.0 - share, other, share, 0.0)


def augment(images: np.ndarray, rng: np.random.Generator, augmentation: Augmentation = STANDARD) -> np.ndarray:
    """``images`` (B, 28, 28) uint8, ink bright, each augmented independently. Returns a new array of the same shape."""
    count, side = len(images), images.shape[1]
    maps = affine_maps(count, side, rng, augmentation)
    out = np.empty(images.shape, np.uint8)
    for i, image in enumerate(images):
        cv2.remap(  # type: ignore[call-overload]  # OpenCV's types lack map2=None
            np.ascontiguousarray(image), maps[i], None, cv2.INTER_LINEAR, dst=out[i], borderValue=0
        )
    for number in np.flatnonzero(rng.random(count) < augmentation.restroked):
        out[number] = restroke(out[number], rng.random() < 0.5, rng.random() < 0.4, rng.uniform(0.3, 0.7))
    gain = np.where(rng.random(count) < augmentation.recontrasted, rng.uniform(augmentation.contrast, 1.0, count), 1.0)
    noise = np.where(rng.random(count) < augmentation.noisy, rng.uniform(0.0, augmentation.noise, count), 0.0)
    changed = np.flatnonzero((gain < 1.0) | (noise > 0.0))
    field = rng.standard_normal((len(changed), side, side), np.float32) * noise[changed, None, None].astype(np.float32)
    augmented = out[changed] * gain[changed, None, None].astype(np.float32) + field
    out[changed] = np.clip(augmented, 0, 255).astype(np.uint8)
    return out


#: Seed of the augmented test set: the same for every model.
TEST_SEED = 20_17
#: Images augmented at a time.
_CHUNK = 1024


def augmented_test_set(images: np.ndarray, seed: int = TEST_SEED, augmentation: Augmentation = STANDARD) -> np.ndarray:
    """``images`` (N, 28, 28) uint8 augmented once, the same for the same seed. Returns a new array of that shape."""
    rng = np.random.default_rng(seed)
    parts = [augment(np.asarray(images[i : i + _CHUNK]), rng, augmentation) for i in range(0, len(images), _CHUNK)]
    return np.concatenate(parts) if parts else np.zeros_like(images)
