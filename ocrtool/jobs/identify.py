"""Writer identification among known writers, grouping of unknown writers, and verification of pairs of pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocrtool.errors import NoUsablePage, UsageError, printable
from ocrtool.export.similarity import MOST_PAGES, MOST_ROWS, PlotItem, as_png
from ocrtool.jobs import embed
from ocrtool.jobs.embed import EmbeddedPage, embedding_job
from ocrtool.jobs.gallery_file import gallery_entry, read_gallery
from ocrtool.jobs.inputs import Source
from ocrtool.jobs.options import IN_TURN, EmbedOptions, Parallel
from ocrtool.jobs.outcome import Outcome, Progress, SideFile, no_progress
from ocrtool.jobs.workers import Workers
from ocrtool.jobs.writer_folder import Collection
from ocrtool.writer.answers import GROUP, Answer, Candidate, Pair, identify
from ocrtool.writer.compare import Calibration, similarities
from ocrtool.writer.gallery import Gallery, GalleryEntry
from ocrtool.writer.group import group


@dataclass(frozen=True, slots=True)
class Identification:
    """Settings of identification. gallery: file of enrolled writers; plot: file for the plot of similarities."""

    options: EmbedOptions
    parallel: Parallel = IN_TURN
    gallery: Path | None = None
    plot: Path | None = None
    progress: Progress[EmbeddedPage] = no_progress

    def workers(self) -> Workers[EmbeddedPage]:
        return Workers(embedding_job(self.options), self.parallel, self.progress)


def identify_all(collection: Collection, settings: Identification) -> Iterator[Outcome[Answer]]:
    """Identify each query page among the writers of the folder and the gallery; group pages if there are none.

    Raises UsageError if there is no query page; GalleryRefused, NoUsablePage, WeightsNotFound, WeightsRefused.
    """
    if not collection.queries:
        raise UsageError("no loose page to identify: the pages in sub-folders are known writers' pages")
    calibration = embed.load_calibration(settings.options)
    if settings.gallery is None and not collection.has_writers:
        return _grouped(collection, settings, calibration)
    embedder = embed.load_embedder(settings.options)
    gallery = Gallery(embedder.digest) if settings.gallery is None else read_gallery(settings.gallery, embedder)
    return _identified(collection, gallery, settings, calibration)


def verify_all(first: Sequence[Source], second: Sequence[Source], options: EmbedOptions) -> Iterator[Outcome[Pair]]:
    """Compare each page of ``first`` with each page of ``second``. Raises WeightsNotFound, WeightsRefused."""
    calibration = embed.load_calibration(options)
    with Workers(embedding_job(options), IN_TURN) as workers:
        embedded = list(workers.run(first)), list(workers.run(second))
    for outcome in (*embedded[0], *embedded[1]):
        yield outcome.giving()
    pages, others = ([page for outcome in outcomes for page in outcome.results] for outcomes in embedded)
    for page in pages:
        yield Outcome(None, tuple(_pair(page, other, calibration) for other in others))


def unusable(outcome: Outcome[EmbeddedPage]) -> tuple[str, ...]:
    """Return notices about the pages of a known writer that have no embedding."""
    return tuple(
        f"{printable(page.name)}: not used for {page.writer}: {page.embedding.reason}"
        for page in outcome.results
        if page.embedding.vector is None
    )


def _identified(
    collection: Collection, gallery: Gallery, settings: Identification, calibration: Calibration
) -> Iterator[Outcome[Answer]]:
    items: list[PlotItem] = []
    with settings.workers() as workers:
        entries: list[GalleryEntry] = []
        for outcome in workers.run(collection.known):
            usable = [page for page in outcome.results if page.embedding.vector is not None]
            entries += map(gallery_entry, usable)
            items += [_plot_item(page, str(page.writer), query=False) for page in usable]
            yield outcome.giving(notices=unusable(outcome))
        items += _enrolled_items(gallery, entries)
        writers = gallery.adding(entries)[0].by_writer()
        if not writers:
            raise NoUsablePage("no page of a known writer can be used, so there is nobody to compare with")
        for outcome in workers.run(collection.queries):
            answers = tuple(_answer(page, writers, calibration) for page in outcome.results)
            items += [
                _plot_item(page, answer.best.writer, query=True)
                for page, answer in zip(outcome.results, answers, strict=True)
                if answer.best is not None
            ]
            yield outcome.giving(answers)
    yield from _plotted(items, settings.plot, calibration)


def _grouped(collection: Collection, settings: Identification, calibration: Calibration) -> Iterator[Outcome[Answer]]:
    pages: list[EmbeddedPage] = []
    with settings.workers() as workers:
        for outcome in workers.run(collection.sources):
            pages += outcome.results
            yield outcome.giving()
    answers = _group_answers(pages, calibration)
    yield Outcome(None, tuple(answers))
    items = [
        _plot_item(page, answer.best.writer, query=True)
        for page, answer in zip(pages, answers, strict=True)
        if answer.best is not None
    ]
    yield from _plotted(items, settings.plot, calibration)


def _group_answers(pages: Sequence[EmbeddedPage], calibration: Calibration) -> list[Answer]:
    answers = [Answer(page.name, reason=page.embedding.reason or "no embedding") for page in pages]
    vectors = {k: page.embedding.vector for k, page in enumerate(pages) if page.embedding.vector is not None}
    if not vectors:
        return answers
    groups = group(np.stack(list(vectors.values())), calibration)
    for k, number, confidence in zip(vectors, groups.number, groups.confidence, strict=True):
        answers[k] = Answer(pages[k].name, (Candidate(f"{GROUP}{int(number) + 1}", float(confidence)),))
    return answers


def _answer(page: EmbeddedPage, writers: dict[str, np.ndarray], calibration: Calibration) -> Answer:
    if page.embedding.vector is None:
        return Answer(page.name, reason=page.embedding.reason)
    return identify(page.name, page.embedding.vector, writers, calibration)


def _pair(page: EmbeddedPage, other: EmbeddedPage, calibration: Calibration) -> Pair:
    a, b = page.embedding.vector, other.embedding.vector
    if a is None or b is None:
        reasons = [f"{printable(p.name)}: {p.embedding.reason}" for p in (page, other) if p.embedding.vector is None]
        return Pair(page.name, other.name, reason="; ".join(reasons))
    probability = calibration.same_writer(similarities(a[None], b[None]))
    return Pair(page.name, other.name, float(probability[0, 0]))


def _plot_item(page: EmbeddedPage, writer: str, query: bool) -> PlotItem:
    assert page.embedding.vector is not None
    return PlotItem(page.name, writer, page.embedding.vector, page.thumbnail, query)


def _enrolled_items(gallery: Gallery, entries: Sequence[GalleryEntry]) -> list[PlotItem]:
    """List the pages of the gallery that were not read again in this run."""
    read = {entry.fingerprint for entry in entries}
    return [
        PlotItem(entry.page, entry.writer, entry.vector, None, query=False)
        for entry in gallery.entries
        if entry.fingerprint not in read
    ]


def _plotted(items: Sequence[PlotItem], plot: Path | None, calibration: Calibration) -> Iterator[Outcome[Answer]]:
    """Yield the plot of similarities, if it was requested and is not empty."""
    if plot is None or not items:
        return
    partly = len(items) > MOST_PAGES or sum(item.query for item in items) > MOST_ROWS
    most = f"{printable(str(plot))} shows at most {MOST_PAGES} pages, and the nearest of at most {MOST_ROWS}"
    yield Outcome(None, notices=(most,) if partly else (), files=(SideFile(plot, as_png(items, calibration)),))
