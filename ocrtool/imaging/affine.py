"""Affine maps (2, 3) between the coordinates of an input, its working page and its lines; warping of images."""

from __future__ import annotations

import cv2
import numpy as np


def scale_of(matrix: np.ndarray) -> float:
    """Return the scale of an affine map: the root of the absolute determinant."""
    return float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))


def compose(outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """Return the affine map that applies ``inner`` first, then ``outer``; both (2, 3)."""
    return np.hstack([outer[:, :2] @ inner[:, :2], outer[:, :2] @ inner[:, 2:] + outer[:, 2:]])


def rotation(degrees: float, scale: float, shape: tuple[int, int]) -> tuple[np.ndarray, tuple[int, int]]:
    """Return the affine map input -> upright page: rotate clockwise by ``degrees``, scale, keep every corner inside.

    shape: (H, W) of the input. Returns ((2, 3) float64 matrix, (H', W') of the result).
    """
    h, w = shape
    radians = np.deg2rad(degrees)
    turn = scale * np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    corners = np.array([[0, 0], [w, 0], [0, h], [w, h]], dtype=np.float64) @ turn.T
    origin = corners.min(axis=0)
    matrix = np.hstack([turn, -origin[:, None]])
    width, height = np.ceil(corners.max(axis=0) - origin).astype(int)
    return matrix, (max(1, int(height)), max(1, int(width)))


def warp(soft: np.ndarray, matrix: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Warp soft ink by an affine map; paper (0) fills the edges. Shrinking averages areas, so thin strokes survive."""
    scale = scale_of(matrix)
    upright = abs(matrix[0, 1]) < 1e-9
    if upright and scale < 1.0:
        return cv2.resize(soft, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    if scale < 0.6:
        soft = cv2.blur(soft, (max(1, round(0.6 / scale)),) * 2)
    interpolation = cv2.INTER_CUBIC if scale > 1.0 else cv2.INTER_LINEAR
    return cv2.warpAffine(soft, matrix, (shape[1], shape[0]), flags=interpolation, borderValue=0)
