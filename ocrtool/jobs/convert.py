"""The job of ``ocrtool convert``: documents of read's JSON as outcomes, as if the pages had just been read.

Documents are parsed twice, first for the names of their inputs and then page by page, so that long ones need no more
memory than their text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from ocrtool.errors import InputError, InputUnreadable, ReadingFailed, page_name
from ocrtool.export.documents import ExportPage, FailedInput, PageFile, PageImage
from ocrtool.export.parse.own import parse_pages
from ocrtool.imaging.input_page import InputPage
from ocrtool.jobs.arguments import STANDARD_INPUT
from ocrtool.jobs.inputs import STANDARD_INPUT_STEM, Source
from ocrtool.jobs.names import output_names
from ocrtool.jobs.outcome import Outcome
from ocrtool.types import HALVES

#: Name of an input, number of a page of it, None for the whole input, which could not be read, and half of the page.
_Key: TypeAlias = tuple[str, int | None, str]


@dataclass(frozen=True, slots=True)
class ReadBefore:
    """What documents hold: pages of inputs that were read before, and failures.

    documents: their names and contents; sources: the inputs, in order; places: for each page or failure, the index of
    its input.
    """

    documents: tuple[tuple[str, bytes], ...]
    sources: tuple[Source, ...]
    places: tuple[int, ...]

    def items(self) -> Iterator[ExportPage | FailedInput]:
        """Parse the documents. Raises InputError for one of another kind."""
        return (one for name, data in self.documents for one in parse_pages(data, name))


def load_documents(documents: Sequence[tuple[str, bytes]]) -> ReadBefore:
    """Find the inputs of documents (name and content), in order; successive pages of one input are one.

    Raises InputError for a document of another kind.
    """
    names: list[str] = []
    places: list[int] = []
    before: _Key | None = None
    for key in map(_key, ReadBefore(tuple(documents), (), ()).items()):
        if before is None or not _follows(before, key):
            names.append(key[0])
        places.append(len(names) - 1)
        before = key
    paths = [Path(STANDARD_INPUT_STEM if name == STANDARD_INPUT else name) for name in names]
    named = zip(names, paths, output_names(paths), strict=True)
    return ReadBefore(tuple(documents), tuple(Source(*values, last=False) for values in named), tuple(places))


def converted(before: ReadBefore, images: bool) -> Iterator[Outcome[ExportPage]]:
    """Give the outcome of each page. images: open the inputs for formats that need the image of each page."""
    opened: _Images | None = None
    for one, place in zip(before.items(), before.places, strict=True):
        source = before.sources[place]
        if isinstance(one, FailedInput):
            yield Outcome(source, failure=_failure(one))
            continue
        if source.name != STANDARD_INPUT:
            one = replace(one, file=PageFile(source.path, one.page.number))
        if images:
            opened = opened if opened is not None and opened.source == source else _Images(source)
            if opened.failed:
                continue
            try:
                one = replace(one, image=PageImage(opened.page(one).gray))
            except InputError as error:
                yield Outcome(source, failure=error)
                continue
        yield Outcome(source, (one,))


class _Images:
    """The images of an input, opened one after the other. failed: True once one could not be opened."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.failed = False
        self._pages = source.pages()
        self._last: InputPage | None = None  # of which another half may be asked for

    def page(self, export: ExportPage) -> InputPage:
        """Return the image of a page; pages must be asked for in order. Raises InputError."""
        name, page = self.source.name, export.page
        if name == STANDARD_INPUT:
            self.failed = True
            raise InputUnreadable(name, "the format needs the image, which came from standard input")
        try:
            image = self._last
            if image is None or image.number != page.number:
                image = self._last = next((image for image in self._pages if image.number == page.number), None)
        except InputError:
            self.failed = True
            raise
        if image is None:
            raise ReadingFailed(page_name(name, page.number, 2), "the image of this page is not there")
        if image.gray.shape != (page.height, page.width):
            raise ReadingFailed(name, "its image has another size than when it was read")
        return image


def _key(one: ExportPage | FailedInput) -> _Key:
    if isinstance(one, ExportPage):
        return one.page.source, one.page.number, one.page.half
    return one.source, one.number, ""


def _follows(before: _Key, key: _Key) -> bool:
    """Return True if a page may be of the same input as the one before it: a later one, or the input's failure."""
    if before[0] != key[0] or before[1] is None:
        return False
    return key[1] is None or key[1] > before[1] or (key[1] == before[1] and (before[2], key[2]) == HALVES)


def _failure(failed: FailedInput) -> InputError:
    name = failed.source if failed.number is None else page_name(failed.source, failed.number, 2)
    return ReadingFailed(name, failed.error)
