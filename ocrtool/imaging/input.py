"""Read image files and PDFs as grey pages: format detected by content, size checked before decoding."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from ocrtool.errors import ImageTooLarge, InputEmpty, InputError, InputMissing, InputUnreadable, page_name, reason
from ocrtool.imaging.file_kinds import PDF_HEAD, is_read, starts_pdf
from ocrtool.imaging.image_file import ImageFileOpened, damaged, open_image
from ocrtool.imaging.input_page import InputPage
from ocrtool.imaging.limits import MAX_BYTES, USUAL, Limits
from ocrtool.imaging.page_ranges import chosen_pages
from ocrtool.imaging.pdf_options import ALL_PAGES, PdfOptions

#: Bytes read of a pipe at a time.
_CHUNK = 1 << 20


def read_pages(source: Path | bytes, name: str, options: PdfOptions = ALL_PAGES) -> Iterator[InputPage]:
    """Decode the pages of an image file or a PDF one at a time; ``name`` is its name in messages.

    Raises InputError. A page that cannot be decoded, of several, raises it when its pixels are asked for.
    """
    if is_pdf(source):
        from ocrtool.imaging.pdf import pdf_pages

        yield from pdf_pages(source, name, options)
        return
    with _opened(source, name) as file:
        if isinstance(file, bytes):  # from a pipe, and a PDF
            yield from read_pages(file, name, options)
            return
        image = open_image(file, name, options.limits)
        for number in chosen_pages(options.pages, image.count, name):
            try:
                page = _page(image, number, name)
            except InputError as error:
                if image.count == 1:
                    raise
                page = InputPage.failing(error, number, image.count, name)
            yield page


def count_pages(source: Path | bytes, name: str, limits: Limits = USUAL) -> int:
    """Count the pages of an image file, at least one. Raises InputError."""
    with _opened(source, name) as file:
        return 1 if isinstance(file, bytes) else open_image(file, name, limits).count


def is_pdf(source: Path | bytes) -> bool:
    """Return True if the bytes, or those of the regular file, are a PDF's: junk may stand before its header."""
    return starts_pdf(first_bytes(source))


def first_bytes(source: Path | bytes) -> bytes:
    """Return the first bytes of a regular file, by which its kind is known; none of one that cannot be read."""
    if isinstance(source, bytes):
        return source[:PDF_HEAD]
    try:
        if not source.is_file():
            return b""
        with source.open("rb") as file:
            return file.read(PDF_HEAD)
    except (OSError, ValueError):
        return b""


def read_bytes(path: Path, name: str) -> bytes:
    """Read the bytes of a file. Raises InputMissing, InputUnreadable or ImageTooLarge."""
    with open_file(path, name) as file:
        return _read(file, name)


def open_frame(data: bytes, number: int, name: str) -> Any:
    """Open page ``number`` (from 1) of an image file for its header or pixels as stored. Raises InputError."""
    image = open_image(io.BytesIO(data), name)
    if not 1 <= number <= image.count:
        raise damaged(name)
    return image.frame(number)


def read_stream(file: BinaryIO) -> bytes:
    """Read a pipe to its end, at most one byte more than is read of an input.

    Only the first bytes are read if they are of no image: it may be long, or never end. Raises OSError.
    """
    head = b""
    while len(head) < PDF_HEAD and (part := file.read(PDF_HEAD - len(head))):
        head += part
    if not head or not is_read(head):
        return head
    parts = bytearray(head)
    while len(parts) <= MAX_BYTES and (part := file.read(min(_CHUNK, MAX_BYTES + 1 - len(parts)))):
        parts += part
    return bytes(parts)


def _page(image: ImageFileOpened, number: int, name: str) -> InputPage:
    found = image.decode(number, page_name(name, number, image.count))
    return InputPage(found.gray, number, image.count, found.dpi, name, warnings=found.warnings)


@contextmanager
def _opened(source: Path | bytes, name: str) -> Iterator[BinaryIO | bytes]:
    """Open an input as a file that can be searched; the bytes of a PDF from a pipe. Raises InputError."""
    if isinstance(source, bytes):
        if not source:
            raise InputEmpty(name, "the file is empty")
        if len(source) > MAX_BYTES:
            raise _too_long(name)
        yield io.BytesIO(source)
        return
    with open_file(source, name) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            data = _read(file, name)
            if not data:
                raise InputEmpty(name, "the file is empty")
            yield data if starts_pdf(data[:PDF_HEAD]) else io.BytesIO(data)
            return
        if not status.st_size:
            raise InputEmpty(name, "the file is empty")
        if status.st_size > MAX_BYTES:
            raise _too_long(name)
        yield file


def open_file(path: Path, name: str) -> BinaryIO:
    """Open a file. Raises InputMissing or InputUnreadable."""
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise InputMissing(name, "no such file or folder") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise InputUnreadable(name, f"cannot be read: {_reason(error)}") from error


def _read(file: BinaryIO, name: str) -> bytes:
    try:
        regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
        data = file.read(MAX_BYTES + 1) if regular else read_stream(file)
    except OSError as error:
        raise InputUnreadable(name, f"cannot be read: {reason(error)}") from error
    if len(data) > MAX_BYTES:
        raise _too_long(name)
    return data


def _reason(error: OSError | ValueError) -> str:
    return reason(error) if isinstance(error, OSError) else str(error)


def _too_long(name: str) -> ImageTooLarge:
    return ImageTooLarge(name, f"more than {MAX_BYTES >> 20} MiB, the most that is read")
