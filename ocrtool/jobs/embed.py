"""The job of the ``writer-id`` commands: pages to embeddings of their handwriting. No image is kept."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np

from ocrtool.errors import printable
from ocrtool.export.similarity import thumbnail
from ocrtool.imaging.input_page import InputPage
from ocrtool.jobs.inputs import Source
from ocrtool.jobs.options import EmbedOptions
from ocrtool.jobs.outcome import Loader, PageResult, PageWork
from ocrtool.jobs.trial import try_weights
from ocrtool.weights.store import Weights, chosen_name, open_weights
from ocrtool.writer.compare import Calibration
from ocrtool.writer.embed import Embedder, PageEmbedding

#: Name of the weights for any use.
WRITER = "writer"

_log = logging.getLogger(__name__)


class PageEmbedder(Protocol):
    """Embeds a grey page: ``ocrtool.writer.embed.Embedder``. digest: SHA-256 of its weights."""

    @property
    def digest(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed(self, gray: np.ndarray) -> PageEmbedding: ...


#: Loads an embedder; a module-level function, so that it can be sent to worker processes.
EmbedderLoader: TypeAlias = Callable[[EmbedOptions], PageEmbedder]


@dataclass(frozen=True, slots=True)
class EmbeddedPage:
    """A page with its embedding.

    name: the input as the user wrote it, with the page number if it has several; path: of the input; number: of the
    page, from 1 of ``count``; writer: by the folder's name, None if unknown; fingerprint: SHA-256 of the pixels;
    thumbnail: a detail of the writing, if requested.
    """

    name: str
    path: Path
    number: int
    count: int
    writer: str | None
    fingerprint: str
    embedding: PageEmbedding
    thumbnail: np.ndarray | None = None


@lru_cache(maxsize=1)
def load_embedder(options: EmbedOptions) -> PageEmbedder:
    """Load the embedder of the chosen model. Raises WeightsNotFound, WeightsRefused."""
    import cv2

    cv2.setNumThreads(options.threads)
    return Embedder(_open(options), options.threads)


def load_calibration(options: EmbedOptions) -> Calibration:
    """Load the calibration of similarities. Raises WeightsNotFound, WeightsRefused."""
    return Calibration.from_manifest(_open(options).manifest)


def embedding_job(options: EmbedOptions) -> Loader[EmbeddedPage]:
    """Return the job for `ocrtool.jobs.workers.Workers`. This and loading it raise WeightsNotFound, WeightsRefused."""
    try_weights(options.weights)
    return partial(_load, options, load_embedder)


def _open(options: EmbedOptions) -> Weights:
    return open_weights(chosen_name(WRITER, options.model, options.weights), options.weights)


def _load(options: EmbedOptions, load: EmbedderLoader) -> PageWork[EmbeddedPage]:
    return partial(_embed, options, load(options))


def _embed(options: EmbedOptions, embedder: PageEmbedder, source: Source, image: InputPage) -> PageResult[EmbeddedPage]:
    embedding = embedder.embed(image.gray)
    _log.debug("%s: embedded from %d patches%s", printable(image.label), embedding.patches, _because(embedding.reason))
    shown = thumbnail(image.gray) if options.thumbnails else None
    page = EmbeddedPage(
        image.label, source.path, image.number, image.count, source.writer, _fingerprint(image.gray), embedding, shown
    )
    return PageResult(page)


def _because(reason: str | None) -> str:
    return "" if reason is None else f": {reason}"


def _fingerprint(gray: np.ndarray) -> str:
    """Hash the pixels, so that the same page has one fingerprint whatever its file."""
    digest = hashlib.sha256(f"{gray.shape[0]} {gray.shape[1]} ".encode())
    digest.update(gray.tobytes())
    return digest.hexdigest()
