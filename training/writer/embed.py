"""Pages to what a network says of their patches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ocrtool.writer.compare import l2_normalize
from ocrtool.writer.patches import choose_windows, cut_windows
from training.writer.strips import CutPage

#: Patches to embeddings: (N, 113, 113) uint8 to (N, D) float32.
Embed = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Embedded:
    """All patches of some pages. vectors: (N, D) float32 of unit length; page, line: (N,) int, of each patch the place
    of its page in ``pages`` and the number of its line there.
    """

    pages: list[CutPage]
    vectors: np.ndarray
    page: np.ndarray
    line: np.ndarray

    @property
    def writers(self) -> np.ndarray:
        """(pages,) str."""
        return np.array([page.page.writer for page in self.pages])

    def page_means(self) -> np.ndarray:
        """(pages, D) float32: means of the patches."""
        return means(self.vectors, self.page, len(self.pages))

    def line_means(self) -> tuple[np.ndarray, np.ndarray]:
        """(lines, D) float32, and the place of each line's page: (lines,)."""
        keys, number = np.unique(self.page * 1000 + self.line, return_inverse=True)
        return means(self.vectors, number, len(keys)), keys // 1000


def means(vectors: np.ndarray, group: np.ndarray, count: int) -> np.ndarray:
    """(count, D): of the rows of each group."""
    sums = np.zeros((count, vectors.shape[1]), np.float64)
    np.add.at(sums, group, vectors)
    return (sums / np.maximum(np.bincount(group, minlength=count), 1)[:, None]).astype(np.float32)


def embed_pages(pages: Sequence[CutPage], embed: Embed, most: int, seed: int = 0) -> Embedded:
    """At most ``most`` patches of each page; pages with none are left out. Raises ValueError if none has any."""
    kept: list[CutPage] = []
    patches: list[np.ndarray] = []
    page: list[int] = []
    line: list[int] = []
    for cut in pages:
        windows = choose_windows(cut.strips, np.random.default_rng(seed), most)
        if windows:
            patches.append(cut_windows(cut.strips, windows))
            page += [len(kept)] * len(windows)
            line += [window.strip for window in windows]
            kept.append(cut)
    if not kept:
        raise ValueError("no page has enough ink to cut patches from")
    vectors = embed(np.concatenate(patches))
    return Embedded(kept, l2_normalize(vectors), np.array(page), np.array(line))
