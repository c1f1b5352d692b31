"""Whose hand: pages among known writers, pages by themselves into groups, two pages against each other."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from ocrtool.errors import InputError, NoUsablePage, UsageError, printable
from ocrtool.export.similarity import MOST_PAGES, MOST_ROWS, PlotItem, as_png
from ocrtool.files import atomic_write
from ocrtool.jobs.embed import (
    Chosen,
    Embedded,
    EmbeddedPage,
    EmbedJob,
    Progress,
    embed_in_order,
    load_calibration,
)
from ocrtool.jobs.gallery_file import entry_of, read_enrolment
from ocrtool.jobs.inputs import Source
from ocrtool.jobs.results import Remark
from ocrtool.jobs.writer_folder import Collection, KnownSource
from ocrtool.writer.answers import GROUP, Answer, Candidate, Pair, identify
from ocrtool.writer.compare import Calibration, similarities
from ocrtool.writer.gallery import Enrolment, Entry
from ocrtool.writer.group import group

#: Takes what the plot is to show of each page.
PlotItemSink: TypeAlias = Callable[[PlotItem], None]
Told: TypeAlias = Answer | InputError | Remark


def answer_all(
    collection: Collection, enrolled: Path | None, describing: EmbedJob, progress: Progress, exhibit: PlotItemSink
) -> Iterator[Told]:
    """An answer for each page asked about: among the writers of the folder and of ``enrolled``; else in groups.

    Raises UsageError if there is nothing to ask; WritersRefused, NoUsablePage, WeightsNotFound, WeightsRefused.
    """
    if not collection.asked:
        raise UsageError("no loose page to ask about: those in sub-folders are known writers' pages")
    calibration = load_calibration(describing.weights)
    if enrolled is None and not collection.has_writers:
        return _grouped(collection, describing, calibration, progress, exhibit)
    describer = describing.describer()
    held = Enrolment(describer.digest) if enrolled is None else read_enrolment(enrolled, describer)
    return _identified(collection, held, describing, calibration, progress, exhibit)


def verify_all(
    ones: Sequence[Source], others: Sequence[Source], describing: EmbedJob, progress: Progress
) -> Iterator[Pair | InputError | Remark]:
    """Each page of ``ones`` against each of ``others``. Raises WeightsNotFound, WeightsRefused."""
    calibration = load_calibration(describing.weights)
    return _paired(len(ones), [*ones, *others], describing, calibration, progress)


def write_plot(path: Path, exhibits: Sequence[PlotItem], weights: Chosen, report: Callable[[str], None]) -> None:
    """Draw how alike pages are; nothing if there is none. Raises OutputError, WeightsNotFound, WeightsRefused."""
    if not exhibits:
        return
    with atomic_write(path) as file:
        file.write(as_png(exhibits, load_calibration(weights)))
    asked = sum(one.asked for one in exhibits)
    if len(exhibits) > MOST_PAGES or asked > MOST_ROWS:
        most = f"at most {MOST_PAGES} pages, and the nearest of at most {MOST_ROWS}"
        report(f"{printable(str(path))} shows {most}")


def _identified(
    collection: Collection,
    held: Enrolment,
    describing: EmbedJob,
    calibration: Calibration,
    progress: Progress,
    exhibit: PlotItemSink,
) -> Iterator[Told]:
    results = embed_in_order(collection.sources, describing, progress)
    entries = yield from _known(collection.known, results, exhibit)
    read = {entry.fingerprint for entry in entries}
    for entry in held.entries:
        if entry.fingerprint not in read:
            exhibit(PlotItem(entry.page, entry.writer, entry.vector, None, asked=False))
    writers = held.adding(entries)[0].by_writer()
    if not writers:
        raise NoUsablePage("no page of a known writer can be used, so there is nobody to compare with")
    for described in results:
        if described.failure is not None:
            yield described.failure
        for page in described.pages:
            if (vector := page.description.vector) is None:
                yield Answer(page.name, refusal=page.description.refusal)
                continue
            answer = identify(page.name, vector, writers, calibration)
            exhibit(PlotItem(page.name, answer.candidates[0].writer, vector, page.picture, asked=True))
            yield answer


def _known(
    known: Sequence[KnownSource], results: Iterator[Embedded], exhibit: PlotItemSink
) -> Generator[InputError | Remark, None, list[Entry]]:
    """Takes the results of ``known`` from ``results``; returns their entries."""
    entries = []
    for one in known:
        described = next(results)
        if described.failure is not None:
            yield described.failure
        for page in described.pages:
            if page.description.vector is None:
                yield Remark(f"{printable(page.name)}: not used for {one.writer}: {page.description.refusal}")
            else:
                entries.append(entry_of(page, one))
                exhibit(PlotItem(page.name, one.writer, page.description.vector, page.picture, asked=False))
    return entries


def _grouped(
    collection: Collection, describing: EmbedJob, calibration: Calibration, progress: Progress, exhibit: PlotItemSink
) -> Iterator[Told]:
    pages: list[EmbeddedPage] = []
    for described in embed_in_order(collection.sources, describing, progress):
        if described.failure is not None:
            yield described.failure
        pages += described.pages
    vectors = [page.description.vector for page in pages if page.description.vector is not None]
    if not vectors:
        yield from (Answer(page.name, refusal=page.description.refusal) for page in pages)
        return
    groups = group(np.stack(vectors), calibration)
    grouped = iter(zip(groups.number, groups.confidence, strict=True))
    for page in pages:
        if page.description.vector is None:
            yield Answer(page.name, refusal=page.description.refusal)
            continue
        number, confidence = next(grouped)
        writer = f"{GROUP}{int(number) + 1}"
        exhibit(PlotItem(page.name, writer, page.description.vector, page.picture, asked=True))
        yield Answer(page.name, (Candidate(writer, float(confidence)),))


def _paired(
    count: int, sources: Sequence[Source], describing: EmbedJob, calibration: Calibration, progress: Progress
) -> Iterator[Pair | InputError | Remark]:
    """Pairs of a page of the first ``count`` sources and one of the rest."""
    sides: tuple[list[EmbeddedPage], list[EmbeddedPage]] = ([], [])
    for number, described in enumerate(embed_in_order(sources, describing, progress)):
        if described.failure is not None:
            yield described.failure
        sides[number >= count].extend(described.pages)
    for one in sides[0]:
        for other in sides[1]:
            yield _pair(one, other, calibration)


def _pair(one: EmbeddedPage, other: EmbeddedPage, calibration: Calibration) -> Pair:
    a, b = one.description.vector, other.description.vector
    if a is None or b is None:
        refused = [f"{printable(p.name)}: {p.description.refusal}" for p in (one, other) if p.description.refusal]
        return Pair(one.name, other.name, refusal="; ".join(refused))
    probability = calibration.same_writer(similarities(a[None], b[None]))
    return Pair(one.name, other.name, float(probability[0, 0]))
