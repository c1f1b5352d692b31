"""Batches of glyph crops for the fit loop: drawn by source and class, augmented a little each time they are shown."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from training.glyphs.examples import REJECT_LABEL, Examples

#: Augmentation of a crop: shift (px), rotation (degrees), scale and shear (shares).
SHIFT, ROTATION, SCALE, SHEAR = 1.5, 6.0, 0.10, 0.10
#: Shares of examples without geometry and context (shape alone), without geometry, without context.
BARE, PLACELESS, CONTEXTLESS = 0.12, 0.06, 0.08
#: Error of a line's measured x-height (share) and baseline (x-heights), as spread of a normal distribution.
X_HEIGHT_ERROR, BASELINE_ERROR = 0.05, 0.04
#: Share of examples whose strokes get thicker or thinner, that get noise, that get other contrast.
RESTROKED, NOISY, RECONTRASTED = 0.2, 0.15, 0.3
#: Share of the reject class in the examples shown, where there are any.
REJECT_SHARE = 0.27
#: Rare classes are shown more often: weight of a class is its count to this power.
CLASS_POWER = 0.5


def example_weights(data: Examples, source_weights: Mapping[str, float]) -> np.ndarray:
    """Probability of each example to be drawn: (N,) float64, sum 1.

    source_weights: relative share of each source among the characters; sources not named get 1.
    """
    weights = np.zeros(len(data))
    good = data.labels != REJECT_LABEL
    for source in np.unique(data.sources):
        for members, share in ((good, 1.0 - REJECT_SHARE), (~good, REJECT_SHARE)):
            own = np.flatnonzero(members & (data.sources == source))
            if len(own) == 0:
                continue
            counts = np.bincount(data.labels[own], minlength=REJECT_LABEL + 1)
            raw = counts[data.labels[own]] ** (CLASS_POWER - 1.0)
            weights[own] = raw / raw.sum() * share * source_weights.get(str(source), 1.0)
    return np.asarray(weights / weights.sum())


def augment_image(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One crop (32, 32, 2) uint8, moved, turned, scaled, sheared and restroked at random."""
    angle = np.deg2rad(rng.uniform(-ROTATION, ROTATION))
    scale_x, scale_y = 1.0 + rng.uniform(-SCALE, SCALE, 2)
    shear = rng.uniform(-SHEAR, SHEAR)
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin], [sin, cos]]) @ np.array([[scale_x, shear], [0.0, scale_y]])
    middle = (image.shape[0] - 1) / 2.0
    move = middle - turn @ np.array([middle, middle]) + rng.uniform(-SHIFT, SHIFT, 2)
    augmented = cv2.warpAffine(image, np.hstack([turn, move[:, None]]), image.shape[:2], flags=cv2.INTER_LINEAR)
    if rng.random() < RESTROKED:
        kernel = np.ones((2, 2), np.uint8) if rng.random() < 0.6 else np.ones((3, 3), np.uint8)
        other = cv2.dilate(augmented, kernel) if rng.random() < 0.5 else cv2.erode(augmented, kernel)
        augmented = cv2.addWeighted(augmented, 0.4, other, 0.6, 0.0)
    return augmented


def augment(images: np.ndarray, geometry: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Augment a batch. images: (B, 32, 32, 2) uint8; geometry: (B, 8) float32. Returns new arrays of these shapes."""
    out = np.stack([augment_image(image, rng) for image in images])
    count = len(out)
    contrasted = rng.random(count) < RECONTRASTED
    gain = np.where(contrasted, rng.uniform(0.55, 1.3, count), 1.0).astype(np.float32)
    noise = np.where(rng.random(count) < NOISY, rng.uniform(3.0, 22.0, count), 0.0).astype(np.float32)
    changed = np.flatnonzero((gain != 1.0) | (noise > 0.0))
    field = rng.standard_normal((len(changed), *out.shape[1:]), np.float32) * noise[changed, None, None, None]
    out[changed] = np.clip(out[changed] * gain[changed, None, None, None] + field, 0, 255).astype(np.uint8)
    geometry = jitter_geometry(geometry, rng)
    draw = rng.random(count)
    bare = draw < BARE
    geometry[bare | (draw > 1.0 - PLACELESS)] = 0.0
    out[bare | ((draw > 0.5) & (draw < 0.5 + CONTEXTLESS)), :, :, 1] = 0
    return out, geometry


def jitter_geometry(geometry: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Perturb geometry features as another estimate of x-height and baseline would; unknown ones stay zero."""
    factor = np.exp(rng.normal(0.0, X_HEIGHT_ERROR, (len(geometry), 1))).astype(np.float32)
    moved = geometry.copy()
    moved[:, 1:7] *= factor
    moved[:, 1:3] += rng.normal(0.0, BASELINE_ERROR, (len(geometry), 1)).astype(np.float32)
    moved[:, 7:8] += np.log2(factor)
    return np.where(geometry[:, :1] > 0.0, moved, 0.0).astype(np.float32)


class GlyphBatches:
    """`training.fit.Batches` of augmented crops with their geometry, and one-hot targets (B, classes): drawn with
    replacement, the same for the same seed and step.
    """

    def __init__(
        self,
        data: Examples,
        source_weights: Mapping[str, float],
        steps_per_epoch: int,
        batch: int = 256,
        seed: int = 0,
        classes: int = REJECT_LABEL + 1,
    ) -> None:
        self._data = data
        self._cumulative = np.cumsum(example_weights(data, source_weights))
        self.steps_per_epoch = steps_per_epoch
        self._batch, self._seed, self._classes = batch, seed, classes

    def __getitem__(self, step: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
        rng = np.random.default_rng((self._seed, *divmod(step, self.steps_per_epoch)))
        chosen = np.searchsorted(self._cumulative, rng.random(self._batch) * self._cumulative[-1])
        chosen = np.minimum(chosen, len(self._data) - 1)
        images, geometry = augment(self._data.images[chosen], self._data.geometry[chosen], rng)
        targets = np.eye(self._classes, dtype=np.float32)[self._data.labels[chosen]]
        return {"image": images, "place": geometry}, targets
