"""Lines with known text that a decoder is fitted on, and what a script's source of them offers."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from tqdm import tqdm

from ocrtool.imaging.input import read_pages
from training.decoder.engines import AnyEngine, ScoredLine, score_page

#: One in so many writers or forms is kept to choose weights by.
HOLD_OUT_STEP = 12


@dataclass(frozen=True, slots=True)
class Sample:
    """A line (or the lines of a crop) with its text.

    kind: errors are counted by it; group: book, writer, form or page, never to be split; infix: the image holds more
    than the text.
    """

    kind: str
    group: str
    lines: list[ScoredLine]
    text: str
    infix: bool = False


#: The lines of a page, and whether each is text.
LabelledPage = list[tuple[ScoredLine, bool]]


class SampleSource(Protocol):
    """Training lines of a script."""

    def samples(self, engine: AnyEngine) -> list[Sample]:
        """Scored lines with their text."""

    def labelled_pages(self, engine: AnyEngine, samples: list[Sample]) -> Iterator[LabelledPage]:
        """Lines that are text and lines that are not, as the engine finds them, page by page."""

    def facts(self) -> dict[str, str]:
        """What a manifest says: "data", "split" and "licence"."""


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """data: folder of the sets; weights: folder of the networks, None: the program's; count: how many samples, None: as
    many as the source finds enough; fonts, latin_fonts: folders, None: where the fonts usually are; drawn: folder of
    further pages.
    """

    data: Path
    weights: Path | None = None
    count: int | None = None
    seed: int = 1
    fonts: Path | None = None
    latin_fonts: Path | None = None
    drawn: Path | None = None


def is_held_out(group: str) -> bool:
    """True for the groups (writers, forms) kept to choose weights by."""
    return zlib.crc32(group.encode()) % HOLD_OUT_STEP == 0


def page_samples(gray: np.ndarray, lines: list[str], engine: AnyEngine, kind: str, group: str) -> list[Sample]:
    """A page's lines, scored; none where not as many lines are found as it has."""
    found, texts = score_page(gray, engine), [line for line in lines if line]
    if len(found) != len(texts):
        return []
    return [Sample(kind, group, [line], text) for line, text in zip(found, texts, strict=True)]


def folder_samples(folder: Path, engine: AnyEngine) -> list[Sample]:
    """Lines of the pages NAME.png with NAME.gt.txt in the folders of ``folder``; each folder is a kind."""
    samples: list[Sample] = []
    for path in tqdm(sorted(folder.glob("*/*.gt.txt")), unit="page", disable=None):
        lines = [" ".join(line.split()) for line in path.read_text(encoding="utf-8").splitlines()]
        image = path.with_name(path.name.removesuffix(".gt.txt") + ".png")
        page = next(iter(read_pages(image, str(image))))
        samples += page_samples(page.gray, lines, engine, path.parent.name, path.stem)
    return samples
