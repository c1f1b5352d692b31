"""The job of ``ocrtool convert``: documents of read's JSON as outcomes, as if the pages had just been read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ocrtool.errors import InputError, InputUnreadable, ReadingFailed, page_name
from ocrtool.export.documents import ExportPage, FailedInput, PageFile
from ocrtool.export.parse.own import parse_pages
from ocrtool.jobs.inputs import STANDARD_INPUT, STANDARD_INPUT_STEM, Source
from ocrtool.jobs.names import output_names
from ocrtool.jobs.outcome import Outcome


@dataclass(frozen=True, slots=True)
class ReadBefore:
    """An input that was read before: what its document says of it. failure: why it was not read."""

    source: Source
    pages: tuple[ExportPage, ...]
    failure: InputError | None


def load_documents(documents: Sequence[tuple[str, bytes]]) -> list[ReadBefore]:
    """Load the inputs that documents (name and content) hold, in order; successive pages of one input are one.

    Raises InputError for a document of another kind.
    """
    groups: list[list[ExportPage | FailedInput]] = []
    for one in (one for name, data in documents for one in parse_pages(data, name)):
        if groups and _follows(groups[-1][-1], one):
            groups[-1].append(one)
        else:
            groups.append([one])
    names = [_source_of(group[0]) for group in groups]
    paths = [Path(STANDARD_INPUT_STEM if name == STANDARD_INPUT else name) for name in names]
    found = []
    for group, name, path, output in zip(groups, names, paths, output_names(paths), strict=True):
        pages = tuple(one for one in group if isinstance(one, ExportPage))
        failed = next((one for one in group if isinstance(one, FailedInput)), None)
        found.append(ReadBefore(Source(name, path, output), pages, None if failed is None else _failure(failed)))
    return found


def converted(inputs: Sequence[ReadBefore], images: bool) -> Iterator[Outcome[ExportPage]]:
    """Give the outcome of each input. images: open the inputs for formats that need the image of each page."""
    for one in inputs:
        try:
            pages = tuple(_with_files(one, _with_images(one) if images else one.pages))
        except InputError as error:
            yield Outcome(one.source, failure=error)
        else:
            yield Outcome(one.source, pages, failure=one.failure)


def _with_files(before: ReadBefore, pages: Iterable[ExportPage]) -> Iterator[ExportPage]:
    """Say where the pages are from, for formats that open their files again."""
    for export in pages:
        known = before.source.name != STANDARD_INPUT
        yield replace(export, file=PageFile(before.source.path, export.page.number)) if known else export


def _with_images(before: ReadBefore) -> Iterator[ExportPage]:
    name = before.source.name
    if name == STANDARD_INPUT:
        raise InputUnreadable(name, "the format needs the image, which came from standard input")
    wanted = {export.page.number: export for export in before.pages}
    for image in before.source.pages():
        if (export := wanted.pop(image.number, None)) is not None:
            height, width = image.gray.shape
            if (width, height) != (export.page.width, export.page.height):
                raise ReadingFailed(name, "its image has another size than when it was read")
            yield ExportPage.from_page(export.page, image.gray, export.dpi)
    if wanted:
        raise ReadingFailed(page_name(name, min(wanted), 2), "the image of this page is not there")


def _follows(before: ExportPage | FailedInput, one: ExportPage | FailedInput) -> bool:
    """Return True if ``one`` may be of the same input as the page before it: a later page, or its failure."""
    if _source_of(before) != _source_of(one) or isinstance(before, FailedInput):
        return False
    return isinstance(one, FailedInput) or one.page.number > before.page.number


def _source_of(one: ExportPage | FailedInput) -> str:
    return one.page.source if isinstance(one, ExportPage) else one.source


def _failure(failed: FailedInput) -> InputError:
    name = failed.source if failed.number is None else page_name(failed.source, failed.number, 2)
    return ReadingFailed(name, failed.error)
