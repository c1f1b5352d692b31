"""Strips of pages, cut once and kept: training reads the same ones thousands of times."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

import ocrtool.writer.strips as cutting
from ocrtool.imaging.input import read_pages
from ocrtool.writer.strips import Strip, find_strips
from training.datasets.cache import cache_folder, room_for
from training.writer.known_pages import WriterPage


@dataclass(frozen=True, slots=True)
class CutPage:
    """A page and its lines, as strips."""

    page: WriterPage
    strips: list[Strip]


def cut_pages(pages: Sequence[WriterPage]) -> list[CutPage]:
    """The lines of each page; those without any are left out. Raises OSError and InputError."""
    cut = [CutPage(page, _cut(page.path)) for page in tqdm(pages, desc="lines", unit="page", disable=None, leave=False)]
    return [page for page in cut if page.strips]


def _cut(path: Path) -> list[Strip]:
    """From the cache, where the page and the way of cutting are those it was made of."""
    data = path.read_bytes()
    key = hashlib.sha256(_way() + data).hexdigest()[:32]
    kept = cache_folder() / "strips" / f"{key}.npz"
    if kept.is_file():
        with np.load(kept) as stored:
            return [
                Strip(stored[f"image{k}"], stored["to_input"][k], float(stored["x_height"][k]))
                for k in range(len(stored["x_height"]))
            ]
    strips = [strip for page in read_pages(data, str(path)) for strip in find_strips(page.gray)]
    with room_for("the lines of pages"):
        kept.parent.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(".part.npz")
        arrays = {f"image{k}": strip.image for k, strip in enumerate(strips)}
        arrays["to_input"] = np.array([strip.to_input for strip in strips]).reshape(-1, 2, 3)
        arrays["x_height"] = np.array([strip.x_height for strip in strips])
        np.savez_compressed(partial, allow_pickle=False, **arrays)
        partial.replace(kept)
    return strips


def _way() -> bytes:
    """What the strips depend on besides the page: the module that cuts them."""
    return Path(cutting.__file__).read_bytes()
