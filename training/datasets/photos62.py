"""Small photographs of single characters: a set only measured on, never trained on."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path, PurePosixPath

import cv2
import numpy as np
from PIL import Image

from ocrtool.charset import LATIN


def label_of(name: str) -> str | None:
    """Character from names like CAP_A_0.png, SMALL_z_99.png, 7_12.png; None if the name has none."""
    words = PurePosixPath(name).stem.split("_")
    for word in words:
        if len(word) == 1 and word.isalnum() and word.isascii():
            return word.upper() if "CAP" in words else word.lower() if "SMALL" in words else word
    return None


def soft_ink(image: Image.Image) -> np.ndarray:
    """(H, W) uint8, ink bright, of a photograph of dark ink on light paper."""
    rgba = np.asarray(image.convert("RGBA")).astype(np.float32)
    alpha = rgba[..., 3:] / 255.0
    gray = (rgba[..., :3] * alpha + 255.0 * (1.0 - alpha)).mean(axis=2)
    ink = 255 - cv2.normalize(gray, np.empty_like(gray), 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    level, _ = cv2.threshold(ink, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    low, high = 0.6 * level, min(255.0, 1.4 * level)
    stretched: np.ndarray = np.clip((ink - low) * (255.0 / max(1.0, high - low)), 0, 255).astype(np.uint8)
    return stretched


def load(path: Path) -> tuple[list[np.ndarray], np.ndarray]:
    """Soft-ink images (sizes differ) and labels (N,) int16 into `LATIN` of ``photos62.zip``."""
    images, labels = [], []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            label = label_of(name) if name.lower().endswith(".png") else None
            if label is None:
                continue
            images.append(soft_ink(Image.open(io.BytesIO(archive.read(name)))))
            labels.append(LATIN.index(label))
    return images, np.array(labels, np.int16)
