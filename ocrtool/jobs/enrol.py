"""Enrolment: the pages in each sub-folder go to a file as its writer's, in one write when all are described."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ocrtool.errors import InputError, InputMissing, NoUsablePage, UsageError, printable
from ocrtool.jobs.embed import EmbedJob, Progress, embed_in_order
from ocrtool.jobs.gallery_file import add_to_file, entry_of, read_enrolment
from ocrtool.jobs.inputs import check_outputs, is_folder, unusable_folder
from ocrtool.jobs.results import Remark
from ocrtool.jobs.writer_folder import Collection
from ocrtool.writer.answers import Enrolled
from ocrtool.writer.gallery import Entry


def enrol_all(
    collection: Collection, target: Path, describing: EmbedJob, progress: Progress
) -> Iterator[Enrolled | InputError | Remark]:
    """Add the writers of a folder to the file ``target``; what happened to each page, told when the file is written.

    Raises UsageError, NoUsablePage, WritersRefused, OutputError, WeightsNotFound, WeightsRefused.
    """
    loose = [source for source in collection.asked if not is_folder(source.name) and source.path.exists()]
    if loose and not collection.has_writers:
        where = printable(str(loose[0].path.parent))
        raise UsageError(f"{where} has no sub-folders with images; each writer needs one, called as they are")
    check_outputs(collection.sources, [target])
    if target.exists():
        read_enrolment(target, describing.describer())  # what is wrong with it shows before work is done for it
    return _enrolled(collection, target, describing, progress)


def _enrolled(
    collection: Collection, target: Path, describing: EmbedJob, progress: Progress
) -> Iterator[Enrolled | InputError | Remark]:
    yield from _not_enrolled(collection)
    entries: list[Entry] = []
    told: list[Enrolled] = []
    sources = [one.source for one in collection.known]
    for one, described in zip(collection.known, embed_in_order(sources, describing, progress), strict=True):
        if described.failure is not None:
            yield described.failure
        for page in described.pages:
            told.append(Enrolled(page.name, one.writer, refusal=page.description.refusal))
            if page.description.vector is not None:
                entries.append(entry_of(page, one))
    changes = iter(add_to_file(target, entries, describing.describer()) if entries else ())
    for row in told:
        yield row if row.refusal is not None else Enrolled(row.page, row.writer, next(changes))
    if not entries and not target.exists():
        raise NoUsablePage(f"no page can be used, so {printable(str(target))} is not made")


def _not_enrolled(collection: Collection) -> Iterator[InputError | Remark]:
    """What is told about inputs that stand in no sub-folder."""
    loose = 0
    for source in collection.asked:
        if is_folder(source.name):
            yield unusable_folder(source)
        elif source.data is None and not source.path.exists():
            yield InputMissing(source.name, "no such file or folder")
        else:
            loose += 1
    if loose:
        which = "the loose page is" if loose == 1 else f"{loose} loose pages are"
        yield Remark(f"{which} not enrolled: only those in sub-folders say whose hand they are")
