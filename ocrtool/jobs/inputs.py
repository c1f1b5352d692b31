"""Inputs: files, images and PDFs in folders, standard input; and files in folders that are passed over."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ocrtool.errors import FolderWithoutImages, InputError, InputUnreadable, PdfUnmeasured, printable, reason
from ocrtool.imaging.input import read_bytes, read_pages
from ocrtool.imaging.input_page import InputPage
from ocrtool.imaging.limits import Limits
from ocrtool.imaging.page_ranges import PageRanges
from ocrtool.imaging.pdf_options import ALL_PAGES, PdfOptions
from ocrtool.jobs.arguments import STANDARD_INPUT, expand, read_standard_image, read_standard_input
from ocrtool.jobs.names import OutputName, output_names
from ocrtool.jobs.remote import fetch, is_url, list_url, url_path
from ocrtool.text import counted, natural_key

#: Extensions of images and PDFs in folders; a file named on the command line may have any.
EXTENSIONS = frozenset(
    (".png", ".jpg", ".jpeg", ".jpe", ".tif", ".tiff", ".webp", ".bmp", ".dib", ".pbm", ".pgm", ".ppm", ".pnm", ".pdf")
)
#: Extensions of other files that may hold pages; those in folders are passed over and reported.
UNREAD_EXTENSIONS = frozenset(
    (
        *(".ps", ".eps", ".ai", ".xps", ".oxps", ".djvu", ".djv", ".epub", ".cbz", ".cbr"),
        *(".gif", ".heic", ".heif", ".avif", ".jp2", ".j2k", ".jpf", ".jpx", ".jxl", ".jb2", ".jbig2", ".svg", ".svgz"),
        *(".psd", ".xcf", ".tga", ".pcx", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf"),
        *(".doc", ".docx", ".odt", ".rtf", ".ppt", ".pptx", ".odp"),
    )
)

#: Seconds for a damaged page of a PDF that may be too much to be drawn.
_DAMAGED_SECONDS = 8.0
#: Stem of the output file of standard input.
STANDARD_INPUT_STEM = "stdin"


@dataclass(frozen=True, slots=True)
class Source:
    """One input.

    name: as the user wrote it; output: names of its outputs; data: bytes from standard input, None for a file; writer:
    by the folder's name, None if unknown; options: which of its pages are read, and how; page: the only one of
    them that this source stands for; last: False if more sources of the same input follow; remote: True if the name is
    a URL that the user gave; kept: True if what it gives is kept at ``path``.
    """

    name: str
    path: Path
    output: OutputName
    data: bytes | None = None
    writer: str | None = None
    options: PdfOptions = ALL_PAGES
    page: int | None = None
    last: bool = True
    remote: bool = False
    kept: bool = False

    def pages(self) -> Iterator[InputPage]:
        """Decode the pages one at a time. Raises InputError."""
        if is_folder(self.name):
            raise unusable_folder(self.name)
        options = self.options if self.page is None else replace(self.options, pages=PageRanges.only(self.page))
        content, begun = self._content(), False
        if not options.limits.confined:
            try:
                for page in read_pages(content, self.name, options):
                    begun = True
                    yield page
                return
            except PdfUnmeasured:  # what may take for ever is drawn where it can be ended
                if begun:
                    raise
                options = replace(options, limits=replace(options.limits, seconds=_DAMAGED_SECONDS))
        from ocrtool.jobs.untrusted import pages

        yield from pages(content, self.name, options)

    def _content(self) -> Path | bytes:
        if self.remote:
            data = fetch(self.name)
            if self.kept:
                self.path.write_bytes(data)
            return data
        return self.path if self.data is None else self.data


@dataclass
class PassedOver:
    """Files and links passed over in folders, counted by kind."""

    files: Counter[str] = field(default_factory=Counter)
    links: list[str] = field(default_factory=list)

    def report(self, say: Callable[[str], None]) -> None:
        """Report what was passed over in a sentence: ``3 files passed over: 2 .pdf, 1 .heic``."""
        if self.files:
            counts = sorted(self.files.items(), key=lambda pair: (-pair[1], pair[0]))
            kinds = ", ".join(f"{count} {kind}" for kind, count in counts)
            say(f"{counted(self.files.total(), 'file')} passed over: {kinds}")
        if self.links:
            folders = ", ".join(map(printable, self.links))
            say(f"{counted(len(self.links), 'linked folder')} passed over: {folders}")


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of a command line, in order, and what was passed over in its folders.

    several: False if it names one file only, or standard input.
    """

    sources: tuple[Source, ...]
    passed_over: PassedOver
    several: bool

    def within(self, limits: Limits) -> Inputs:
        """Return the inputs with bounds of what is read of each."""
        return replace(self, sources=within(self.sources, limits))


def within(sources: Sequence[Source], limits: Limits) -> tuple[Source, ...]:
    """Return ``sources`` with bounds of what is read of each."""
    return tuple(replace(source, options=replace(source.options, limits=limits)) for source in sources)


def find_inputs(arguments: Sequence[str], from0: bool = False, recursive: bool = True) -> Inputs:
    """List the inputs in the order of the arguments; a folder stands for what it holds, in natural order.

    A folder that has no images or cannot be listed becomes an input itself, which fails when it is read. from0: names
    follow on standard input, as for `ocrtool.jobs.arguments.expand`; recursive: sub-folders are read too. Raises
    UsageError.
    """
    passed_over = PassedOver()
    names: list[str] = []
    for argument in expand(arguments, from0):
        if is_url(argument):
            names += sorted(list_url(argument, EXTENSIONS, recursive), key=natural_key)
        else:
            names += images_below(argument, passed_over, recursive) if is_folder(argument) else [argument]
    single = not from0 and len(arguments) == 1 and names == list(arguments) and not is_folder(names[0])
    return Inputs(tuple(make_sources(names)), passed_over, not single)


def find_sources(arguments: Sequence[str]) -> list[Source]:
    """Return only the sources of `find_inputs`."""
    return list(find_inputs(arguments).sources)


def make_sources(names: Sequence[str]) -> list[Source]:
    """Make a source for each file, folder, URL or ``-``."""
    outputs = output_names([output_path(name) for name in names])
    return [
        Source(name, Path(name), output, read_standard_image() if name == STANDARD_INPUT else None, remote=is_url(name))
        for name, output in zip(names, outputs, strict=True)
    ]


def output_path(name: str) -> Path:
    """Return the path after which the outputs of an input are named."""
    if is_url(name):
        return Path(url_path(name))
    return Path(STANDARD_INPUT_STEM if name == STANDARD_INPUT else name)


def read_document(argument: str) -> bytes:
    """Return the bytes of a document that is not an image, or of standard input. Raises InputError."""
    return read_standard_input() if argument == STANDARD_INPUT else read_bytes(Path(argument), argument)


def is_folder(argument: str) -> bool:
    """Return True if a command line argument is a folder."""
    return argument != STANDARD_INPUT and os.path.isdir(argument)  # noqa: PTH112 - Path.is_dir raises without permission


def unusable_folder(name: str) -> InputError:
    """Return why a folder in the list of inputs cannot be read."""
    try:
        os.scandir(name).close()
    except OSError as error:
        return InputUnreadable(name, f"cannot be listed: {reason(error)}")
    return FolderWithoutImages(name, "the folder holds no images")


def images_below(folder: str, passed_over: PassedOver, recursive: bool = True) -> list[str]:
    """List pages below a folder, and sub-folders that cannot be listed, in natural order; if none, the folder."""
    found: list[str] = []
    closed: list[OSError] = []
    for where, folders, files in os.walk(folder, onerror=closed.append):
        folders[:] = [name for name in folders if recursive and not name.startswith(".")]
        paths = [os.path.join(where, name) for name in folders]  # noqa: PTH118 - "./a" stays as the user wrote it
        passed_over.links += [path for path in paths if os.path.islink(path)]  # noqa: PTH114
        found += images_of(where, files, passed_over)
    found += [str(error.filename) for error in closed]
    return sorted(found, key=natural_key) or [folder]


def images_of(folder: str, names: Sequence[str], passed_over: PassedOver) -> list[str]:
    """List the paths of those ``names`` with an extension of images; hidden files are left out."""
    found = []
    for name in (name for name in names if not name.startswith(".")):
        path = os.path.join(folder, name)  # noqa: PTH118 - "./a" stays as the user wrote it
        kind = Path(name).suffix.lower()
        if kind in UNREAD_EXTENSIONS:
            passed_over.files[kind] += 1
        elif kind in EXTENSIONS and os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113
            passed_over.files["special"] += 1  # such as a FIFO without a writer
        elif kind in EXTENSIONS:
            found.append(path)
    return found
