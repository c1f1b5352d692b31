"""Batches of patches for training: several of one page together, augmented as another pen, day or scanner would.

Patches of a group come from one page and share what a page has in common (size, lean, pen); each also has a place and
a tilt of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocrtool.writer.patches import PATCH_SIDE, possible_starts
from training.writer.strips import CutPage

#: Writers with more pages are shown more often, by this power of their number: some have one page, one has forty.
PAGES_POWER = 0.5


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Standard deviations unless said otherwise. size: log of the scale; lean: shear; pen: pixels by which strokes
    grow or shrink on each side; turn: degrees; rows: pixels up and down; blur: most; holes: share of patches a part of
    which is left blank; chance: share of groups that are augmented in what they share.
    """

    size: float = 0.08
    lean: float = 0.05
    pen: float = 0.6
    turn: float = 1.2
    rows: float = 3.0
    blur: float = 0.9
    holes: float = 0.3
    chance: float = 0.8


@dataclass(frozen=True, slots=True)
class Sampling:
    """groups, size: pages a step, and patches of each; augmentation: None shows patches as they are; source_shares:
    writers whose name begins so have this share of the groups.
    """

    groups: int
    size: int
    seed: int
    steps_per_epoch: int
    augmentation: Augmentation | None = None
    source_shares: Sequence[tuple[str, float]] = ()


class GroupBatches:
    """`training.fit.Batches` of groups (B, K, 113, 113, 1) float32 and writers' numbers (B,) int64."""

    def __init__(self, pages: Sequence[CutPage], writers: Sequence[str], sampling: Sampling) -> None:
        """Raises ValueError if there is no page to cut patches from."""
        numbers = {writer: number for number, writer in enumerate(writers)}
        self._starts = [[possible_starts(strip.image) for strip in page.strips] for page in pages]
        usable = [k for k, starts in enumerate(self._starts) if sum(map(len, starts)) >= sampling.size]
        if not usable:
            raise ValueError("no page has enough ink to cut patches from")
        self._pages, self._labels = pages, np.array([numbers[page.page.writer] for page in pages])
        count = np.bincount(self._labels[usable], minlength=len(writers))
        self._of = {n: [k for k in usable if self._labels[k] == n] for n in np.unique(self._labels[usable])}
        weights = count**PAGES_POWER * (count > 0)
        for prefix, share in sampling.source_shares:
            from_source = np.array([writer.startswith(prefix) for writer in writers])
            if weights[from_source].sum() and weights[~from_source].sum():
                weights[from_source] *= share / (1.0 - share) * weights[~from_source].sum() / weights[from_source].sum()
        self._weights = weights / weights.sum()
        self._sampling = sampling
        self.steps_per_epoch = sampling.steps_per_epoch

    def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        sampling = self._sampling
        rng = np.random.default_rng((sampling.seed, step))
        writers = rng.choice(len(self._weights), sampling.groups, p=self._weights)
        out = np.zeros((sampling.groups, sampling.size, PATCH_SIDE, PATCH_SIDE), np.uint8)
        for group, writer in zip(out, writers, strict=True):
            self._fill(group, int(rng.choice(self._of[writer])), rng)
        return out[..., None].astype(np.float32), writers.astype(np.int64)

    def _fill(self, group: np.ndarray, page: int, rng: np.random.Generator) -> None:
        starts = self._starts[page]
        strips = self._pages[page].strips
        lengths = np.array([len(s) for s in starts], float)
        augmentation = self._sampling.augmentation
        shared = _Shared(augmentation, rng) if augmentation else None
        for patch, line in zip(group, rng.choice(len(starts), len(group), p=lengths / lengths.sum()), strict=True):
            x = int(rng.choice(starts[line]))
            image = strips[line].image
            patch[:] = image[:, x : x + PATCH_SIDE] if shared is None else shared.cut(image, x, rng)


class _Shared:
    """What the patches of a group are augmented by."""

    def __init__(self, augmentation: Augmentation, rng: np.random.Generator) -> None:
        self._augmentation = augmentation
        on = rng.random(4) < augmentation.chance
        self._size = float(np.exp(on[0] * rng.normal(0.0, augmentation.size)))
        self._lean = on[1] * rng.normal(0.0, augmentation.lean)
        self._pen = float(on[2] * np.clip(rng.normal(0.0, augmentation.pen), -1.2, 1.8))
        self._blur = float(on[3] * rng.uniform(0.0, augmentation.blur))

    def cut(self, image: np.ndarray, x: int, rng: np.random.Generator) -> np.ndarray:
        """The window of a strip from column ``x`` on, augmented: (113, 113) uint8."""
        angle = np.deg2rad(rng.normal(0.0, self._augmentation.turn))
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        linear = self._size * turn @ np.array([[1.0, -self._lean], [0.0, 1.0]])
        middle = PATCH_SIDE / 2
        source = np.array([x + middle, middle + rng.normal(0.0, self._augmentation.rows)])
        matrix = np.column_stack([linear, middle - linear @ source])
        # only what the window may touch: warping a whole line for each patch would cost ten times as much
        left = max(0, int(x - PATCH_SIDE / 2))
        part = image[:, left : int(x + 1.5 * PATCH_SIDE) + 1]
        matrix[:, 2] += matrix[:, 0] * left
        patch = cv2.warpAffine(part, matrix, (PATCH_SIDE, PATCH_SIDE), flags=cv2.INTER_LINEAR)
        patch = _another_pen(patch, self._pen)
        if self._blur > 0.2:
            patch = cv2.GaussianBlur(patch, (0, 0), self._blur)
        if rng.random() < self._augmentation.holes:
            width = int(rng.integers(PATCH_SIDE // 8, PATCH_SIDE // 3))
            column = int(rng.integers(0, PATCH_SIDE - width))
            patch[:, column : column + width] = 0
        return patch


def _another_pen(patch: np.ndarray, pixels: float) -> np.ndarray:
    """Strokes grown by ``pixels`` on each side, or shrunk; between whole pixels a mixture."""
    if abs(pixels) < 0.1:
        return patch
    kernel = np.ones((3, 3), np.uint8)
    change = cv2.dilate if pixels > 0 else cv2.erode
    whole, share = divmod(abs(pixels), 1.0)
    less = change(patch, kernel, iterations=int(whole)) if whole else patch
    return cv2.addWeighted(less, 1.0 - share, change(less, kernel), share, 0.0)
