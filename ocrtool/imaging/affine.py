"""Affine maps (2, 3) between the coordinates of an input, its working page and its lines; warping of images."""

from __future__ import annotations

import cv2
import numpy as np

from ocrtool.types import Box


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


def turned_back(quarters: int, shape: tuple[int, ...]) -> np.ndarray:
    """Return the affine map (2, 3) from an image turned clockwise by quarter turns back to the image before.

    shape: (H, W) of the turned image. Edges of pixels are mapped, not their middles.
    """
    height, width = shape[:2]
    return np.array(
        (
            [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
            [[0.0, 1.0, 0.0], [-1.0, 0.0, width]],
            [[-1.0, 0.0, width], [0.0, -1.0, height]],
            [[0.0, -1.0, height], [1.0, 0.0, 0.0]],
        )[quarters % 4]
    )


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


def input_boxes(boxes: np.ndarray, matrix: np.ndarray, size: tuple[int, int]) -> list[Box]:
    """Map boxes (n, 4) of a line or page to upright boxes of the input. matrix: (2, 3) to it; size: (H, W) of it."""
    corners = cv2.transform(boxes[:, [[0, 1], [2, 1], [0, 3], [2, 3]]].astype(np.float64), matrix)  # (n, 4, 2)
    low = np.clip(np.floor(corners.min(axis=1) + 0.25), 0, [size[1] - 1, size[0] - 1]).astype(int)
    high = np.clip(np.ceil(corners.max(axis=1) - 0.25), low + 1, [size[1], size[0]]).astype(int)
    return [Box(*box) for box in np.concatenate([low, high], axis=1).tolist()]
