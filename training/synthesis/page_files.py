"""Drawn pages as files: NAME.png with NAME.gt.txt, as `training.benchmark` and the decoder's fit read them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image


def write_page(path: Path, image: np.ndarray, lines: Sequence[str], dpi: int) -> None:
    """Write ``image`` (H, W) uint8 to ``path``, a .png whose folder is made, its lines beside it. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path, dpi=(dpi, dpi))
    path.with_suffix(".gt.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
