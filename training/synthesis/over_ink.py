"""What lies over the text of a page: rubber stamps and signatures.

Each function changes ``page``, (H, W) float32 grey levels with ink dark, in place. unit: pixels per millimetre.
"""

from __future__ import annotations

import cv2
import numpy as np

from training.synthesis.degrade import smooth_noise


def _lay(page: np.ndarray, ink: np.ndarray, level: float) -> None:
    """Lay ink (H, W) float32 0..1 over a page: it darkens what it covers to ``level`` at most."""
    np.minimum(page, 255 - (255 - level) * ink, out=page)


def stamp(page: np.ndarray, rng: np.random.Generator, unit: float) -> None:
    """A ring or a frame, doubled, with a bar or a star inside, in uneven coloured ink that is a middle grey."""
    h, w = page.shape
    ink = np.zeros((h, w), np.float32)
    centre = (int(rng.uniform(0.25, 0.75) * w), int(rng.uniform(0.25, 0.75) * h))
    size, pen = rng.uniform(12, 22) * unit, max(2, int(rng.uniform(0.4, 0.9) * unit))
    angle = float(rng.uniform(-25, 25))
    if rng.random() < 0.5:
        for radius in (size, 0.85 * size):
            cv2.circle(ink, centre, int(radius), 1.0, pen, cv2.LINE_AA)
        cv2.circle(ink, centre, int(0.2 * size), 1.0, pen, cv2.LINE_AA)
    else:
        for share in (1.0, 0.9):
            box = cv2.boxPoints((centre, (2 * share * size, share * size), angle))
            cv2.polylines(ink, [box.astype(np.int32)], True, 1.0, pen, cv2.LINE_AA)
    ink *= np.clip(0.8 + 0.3 * smooth_noise((h, w), 2 * unit, rng), 0, 1)
    _lay(page, ink, float(rng.uniform(70, 170)))


def signature(page: np.ndarray, rng: np.random.Generator, unit: float) -> None:
    """Loops of a pen across some lines."""
    h, w = page.shape
    ink = np.zeros((h, w), np.float32)
    t = np.linspace(0, 1, 400)
    x = rng.uniform(0.15, 0.5) * w + 55 * unit * t + 4 * unit * np.sin(2 * np.pi * (rng.uniform(4, 8) * t))
    y = rng.uniform(0.2, 0.8) * h + rng.uniform(3, 7) * unit * np.sin(2 * np.pi * rng.uniform(4, 8) * t + 1) * (1 - t)
    y += 3 * unit * np.sin(2 * np.pi * rng.uniform(1, 3) * t)
    pen = max(2, int(rng.uniform(0.3, 0.6) * unit))
    cv2.polylines(ink, [np.stack([x, y], axis=1).astype(np.int32)], False, 1.0, pen, cv2.LINE_AA)
    _lay(page, ink, float(rng.uniform(20, 120)))
