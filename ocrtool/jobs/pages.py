"""The pages of PDFs as inputs of their own: read in parallel, one at a time in memory, each failing for itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ocrtool.errors import InputError, UsageError, printable, reason
from ocrtool.imaging.input import is_pdf
from ocrtool.imaging.limits import check_pages
from ocrtool.imaging.page_ranges import chosen_pages
from ocrtool.imaging.pdf_options import PdfOptions
from ocrtool.jobs.inputs import Source, is_folder


@contextmanager
def by_page(sources: Sequence[Source], options: PdfOptions, keep: bool = False) -> Iterator[list[Source]]:
    """Replace each PDF by its chosen pages, which keep its names, and set the options of all other inputs.

    A PDF that cannot be opened, comes from a URL, or is decoded in a process of its own, stays one input. Standard
    input is kept in a temporary file within the block, since every page of a PDF, and some formats, open it again;
    keep: so is what comes from URLs.
    """
    with tempfile.TemporaryDirectory(prefix="ocrtool-") as folder:
        asked = [replace(source, options=options) for source in sources]
        yield [page for source in asked for page in _pages(source, Path(folder), keep)]


def read_password(path: Path | None) -> str | None:
    """Read a password, the first line of a file; None without a file. Raises UsageError."""
    if path is None:
        return None
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"{printable(str(path))}: cannot be read: {reason(error)}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{printable(str(path))} is no password in UTF-8") from error
    return lines[0] if lines else ""


def _pages(source: Source, folder: Path, keep: bool) -> list[Source]:
    if source.remote:
        return [replace(source, path=folder / source.output.stem, kept=True) if keep else source]
    if source.data is not None:
        path = folder / source.output.stem
        path.write_bytes(source.data)
        source = replace(source, path=path, data=None)
    if is_folder(source.name) or source.options.limits.confined or not is_pdf(source.path):
        return [source]
    from ocrtool.imaging.pdf import count_pages

    try:
        count = count_pages(source.path, source.name, source.options.password)
        check_pages(count, source.name, source.options.limits)
        numbers = chosen_pages(source.options.pages, count, source.name)
    except InputError:
        return [source]
    return [replace(source, page=number, last=number == numbers[-1]) for number in numbers]
