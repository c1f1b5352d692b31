"""Enrolment: the pages of each sub-folder are added to the gallery under its writer, in one write at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ocrtool.errors import InputMissing, NoUsablePage, UsageError, printable
from ocrtool.files import is_stream
from ocrtool.jobs import embed
from ocrtool.jobs.embed import EmbeddedPage, embedding_job
from ocrtool.jobs.gallery_file import add_to_file, gallery_entry, read_gallery
from ocrtool.jobs.inputs import is_folder, unusable_folder
from ocrtool.jobs.options import IN_TURN, EmbedOptions, Parallel
from ocrtool.jobs.outcome import Outcome, Progress, no_progress
from ocrtool.jobs.workers import Workers
from ocrtool.jobs.writer_folder import Collection
from ocrtool.writer.answers import Enrolled


def enrol_all(
    collection: Collection,
    target: Path,
    options: EmbedOptions,
    parallel: Parallel = IN_TURN,
    progress: Progress[EmbeddedPage] = no_progress,
) -> Iterator[Outcome[Enrolled]]:
    """Add the writers of a folder to the gallery file ``target``; yields the status of each page after writing it.

    Raises UsageError, NoUsablePage, GalleryRefused, OutputError, WeightsNotFound, WeightsRefused.
    """
    loose = [source for source in collection.queries if not is_folder(source.name) and source.path.exists()]
    if loose and not collection.has_writers:
        where = printable(str(loose[0].path.parent))
        raise UsageError(f"{where} has no sub-folders with images; each writer needs one, named after them")
    if target.exists() or is_stream(target):
        read_gallery(target, embed.load_embedder(options))  # so that a bad file fails before the work
    return _enrolled(collection, target, options, Workers(embedding_job(options), parallel, progress))


def _enrolled(
    collection: Collection, target: Path, options: EmbedOptions, workers: Workers[EmbeddedPage]
) -> Iterator[Outcome[Enrolled]]:
    yield from _not_enrolled(collection)
    pages: list[EmbeddedPage] = []
    with workers:
        for outcome in workers.run(collection.known):
            pages += outcome.results
            yield outcome.giving()
    entries = {k: gallery_entry(page) for k, page in enumerate(pages) if page.embedding.vector is not None}
    statuses = add_to_file(target, list(entries.values()), embed.load_embedder(options)) if entries else []
    status_of = dict(zip(entries, statuses, strict=True))
    yield Outcome(
        None,
        tuple(
            Enrolled(page.name, str(page.writer), status_of.get(k), page.embedding.reason)
            for k, page in enumerate(pages)
        ),
    )
    if not entries and not target.exists():
        raise NoUsablePage(f"no page can be used, so {printable(str(target))} is not made")


def _not_enrolled(collection: Collection) -> Iterator[Outcome[Enrolled]]:
    """Report inputs that are in no sub-folder."""
    loose = 0
    for source in collection.queries:
        if is_folder(source.name):
            yield Outcome(source, failure=unusable_folder(source.name))
        elif source.data is None and not source.path.exists():
            yield Outcome(source, failure=InputMissing(source.name, "no such file or folder"))
        else:
            loose += 1
    if loose:
        which = "the loose page is" if loose == 1 else f"{loose} loose pages are"
        yield Outcome(None, notices=(f"{which} not enrolled: only pages in sub-folders have a known writer",))
