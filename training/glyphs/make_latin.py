"""Drawn pages of Latin text to examples: print, handwriting fonts, UNIPEN writers, EMNIST images."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.glyphs.examples import Examples
from training.glyphs.segmented_pages import page_examples
from training.synthesis.drawn_pages import PageMaker

#: Share of each source in the examples.
SHARES = {"print": 0.42, "hand_font": 0.2, "pen": 0.22, "emnist": 0.16}
SOURCES = tuple(SHARES)


@dataclass(frozen=True, slots=True)
class LatinSettings:
    """data: folder of data; fonts: of Latin families; part: of the families and writers."""

    data: Path
    fonts: Path | None
    part: str

    @property
    def salt(self) -> tuple[int, ...]:
        """Nothing: seed, source and number say it all."""
        return ()

    def open(self) -> LatinMaker:
        """The maker of this part. Raises OSError."""
        return LatinMaker(PageMaker(self.data, self.fonts, self.part))


class LatinMaker:
    """Draws pages and cuts them."""

    def __init__(self, pages: PageMaker) -> None:
        self._pages = pages

    def examples(self, source: str, rng: np.random.Generator) -> Examples:
        """Of one page."""
        return page_examples(self._pages.page(source, rng), source, rng)


def shares_of(sources: tuple[str, ...]) -> dict[str, float]:
    """Of the chosen sources, all if there are none: they share out the whole count."""
    chosen = sources or SOURCES
    total = sum(SHARES[source] for source in chosen)
    return {source: SHARES[source] / total for source in chosen}
