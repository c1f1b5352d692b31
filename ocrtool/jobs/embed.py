"""Pages to vectors of their writers' hands, by one or more processes; the images themselves are not kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np

from ocrtool.errors import InputError, ReadingFailed
from ocrtool.export.similarity import thumbnail
from ocrtool.imaging.input import InputPage
from ocrtool.jobs.inputs import Source, attempt
from ocrtool.jobs.workers import Worker, in_order
from ocrtool.options import WRITER_MODELS
from ocrtool.weights.store import Weights, open_weights
from ocrtool.writer.compare import Calibration
from ocrtool.writer.embed import Embedder, PageEmbedding


@dataclass(frozen=True, slots=True)
class Chosen:
    """Weights asked for: the user's folder, if any, and the name."""

    folder: Path | None = None
    model: str = WRITER_MODELS[0]

    def open(self) -> Weights:
        """Raises WeightsNotFound, WeightsRefused."""
        return open_weights(self.model, self.folder)


class PageEmbedder(Protocol):
    """What turns a grey page into a vector: ocrtool.writer.embed.Embedder."""

    @property
    def digest(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def describe(self, gray: np.ndarray) -> PageEmbedding: ...


#: Loads one from the user's weights with so many threads; a function of a module, so that workers can be given it.
EmbedderLoader: TypeAlias = Callable[[Chosen, int], PageEmbedder]


@dataclass(frozen=True, slots=True)
class EmbeddedPage:
    """name: the input as the user wrote it, with the number of the page if it has several; fingerprint: SHA-256 of the
    pixels; picture: some of the writing, if asked for.
    """

    name: str
    fingerprint: str
    description: PageEmbedding
    picture: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class Embedded:
    """The pages of one input, or why there are none."""

    source: Source
    pages: tuple[EmbeddedPage, ...] = ()
    failure: InputError | None = None


#: Shows how far a run is: takes what comes and how much it will be, gives the same.
Progress: TypeAlias = Callable[[Iterable[Embedded], int], Iterable[Embedded]]


@lru_cache(maxsize=1)
def load_embedder(weights: Chosen, threads: int) -> PageEmbedder:
    """The real one. Raises WeightsNotFound, WeightsRefused."""
    return Embedder(weights.open(), threads)


def load_calibration(weights: Chosen) -> Calibration:
    """What turns similarities of vectors into probabilities. Raises WeightsNotFound, WeightsRefused."""
    return Calibration.from_manifest(weights.open().manifest)


@dataclass(frozen=True, slots=True)
class EmbedJob(Worker[Embedded]):
    """How to describe. threads: within each process; pictures: whether to keep some of the writing of each page."""

    weights: Chosen = Chosen()
    jobs: int = 1
    threads: int = 1
    pictures: bool = False
    load_embedder_with: EmbedderLoader | None = None

    def describer(self) -> PageEmbedder:
        return (self.load_embedder_with or load_embedder)(self.weights, self.threads)

    def load(self) -> Callable[[Source], Embedded]:
        import cv2

        cv2.setNumThreads(self.threads)
        return partial(_described, partial(_pages, self.describer(), self.pictures))

    def failed(self, source: Source, failure: ReadingFailed) -> Embedded:
        return Embedded(source, failure=failure)


def embed_in_order(sources: Sequence[Source], describing: EmbedJob, progress: Progress) -> Iterator[Embedded]:
    """Describe ``sources``. Raises WeightsNotFound, WeightsRefused; other failures are results."""
    told = replace(describing, load_embedder_with=describing.load_embedder_with or load_embedder)
    return iter(progress(in_order(sources, told, describing.jobs), len(sources)))


def _described(read: Callable[[Iterator[InputPage]], tuple[EmbeddedPage, ...]], source: Source) -> Embedded:
    pages = attempt(source, read)
    return Embedded(source, failure=pages) if isinstance(pages, InputError) else Embedded(source, pages)


def _pages(describer: PageEmbedder, pictures: bool, pages: Iterator[InputPage]) -> tuple[EmbeddedPage, ...]:
    return tuple(
        EmbeddedPage(
            page.name if page.count == 1 else f"{page.name}, page {page.number}",
            _fingerprint(page.gray),
            describer.describe(page.gray),
            thumbnail(page.gray) if pictures else None,
        )
        for page in pages
    )


def _fingerprint(gray: np.ndarray) -> str:
    """The same for the same pixels, whatever file they come in."""
    digest = hashlib.sha256(f"{gray.shape[0]} {gray.shape[1]} ".encode())
    digest.update(gray.tobytes())
    return digest.hexdigest()
