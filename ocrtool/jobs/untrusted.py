"""Pages decoded in a process of its own for each input, which has bounds of memory and time, and no network.

Only grey pixels, numbers and the text of PDFs come back, and they are checked: whatever a file does to its decoder ends
there. A page that ends the process costs only itself.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ocrtool import errors
from ocrtool.errors import ImageTruncated, InputError, InputUnreadable, OutOfMemory, page_name, reason
from ocrtool.imaging import confined
from ocrtool.imaging.confined import Bounds, ConfinedError, Message, stranger_file
from ocrtool.imaging.input import open_file, read_bytes, read_pages
from ocrtool.imaging.input_page import InputPage
from ocrtool.imaging.limits import Limits, check_pages, check_size
from ocrtool.imaging.page_ranges import PageRanges, chosen_pages
from ocrtool.imaging.pdf_options import PdfOptions
from ocrtool.types import Page

#: Bytes of address space of the process: the largest page takes about 1 GB, and libraries reserve as much.
_MEMORY = 3 << 30
#: Seconds for each page if no other bound is set.
_SECONDS = 60.0
#: Where the process finds its file.
_STANDARD_INPUT = Path("/dev/fd/0")


def pages(source: Path | bytes, name: str, options: PdfOptions) -> Iterator[InputPage]:
    """Decode the pages of an input as `ocrtool.imaging.input.read_pages`. Raises InputError."""
    seconds = options.limits.seconds or _SECONDS
    bounds = Bounds(_MEMORY, seconds, options.limits.pixels)
    left: list[int] | None = None  # numbers of pages to come, once the first one said how many there are
    count = 1
    while left is None or left:
        asked = options if left is None else replace(options, pages=PageRanges.parse(",".join(map(str, left))))
        try:
            with _file(source, name) as file, closing(_sent(file, asked, bounds)) as messages:
                for message in messages:
                    page = _page(message, name, options.limits)
                    if left is None:
                        count = page.count
                        check_pages(count, name, options.limits)
                        left = chosen_pages(options.pages, count, name)
                    left.remove(page.number)
                    yield page
                return
        except ConfinedError as error:
            failure = _failure(error, name if not left else page_name(name, left[0], count), seconds)
            if not left or count == 1:
                raise failure from error
            yield InputPage.failing(failure, left.pop(0), count, name)
        except ValueError as error:  # an answer that cannot be one
            raise ImageTruncated(name, "its decoder gave no page") from error


def decode(file: BinaryIO, options: dict[str, Any]) -> Iterator[Message]:
    """Decode the file that is standard input, in the process. options: as `_sent` makes them."""
    ranges, limits = options["pages"], Limits(options["pixels"], options["most"], options["seconds"], untrusted=True)
    chosen = None if ranges is None else PageRanges.parse(ranges)
    asked = PdfOptions(chosen, options["text"], options["dpi"], options["password"], limits)
    try:
        for page in read_pages(_openable(file), "", asked):
            try:
                yield _values(page)
            except InputError as error:
                yield {**_fault(error), "number": page.number, "count": page.count}, b""
    except InputError as error:
        yield _fault(error), b""


def _openable(file: BinaryIO) -> Path | bytes:
    """Return the path of standard input, or its content: outside its first user namespace, root may not open all."""
    try:
        _STANDARD_INPUT.open("rb").close()
    except OSError:
        return file.read()
    return _STANDARD_INPUT


def _sent(file: BinaryIO, options: PdfOptions, bounds: Bounds) -> Generator[Message, None, None]:
    limits = options.limits
    values = {
        "pages": None if options.pages is None else options.pages.text,
        "text": options.text,
        "dpi": options.dpi,
        "password": options.password,
        "pixels": limits.pixels,
        "most": limits.pages,
        "seconds": limits.seconds,
    }
    return confined.confined(f"{__name__}:decode", {"options": values}, file, bounds)


def _values(page: InputPage) -> Message:
    """Pack a page; without pixels if its text stands for it."""
    gray = page.gray if page.text is None or page.read_anew else np.zeros((0, 0), np.uint8)
    values = {
        "number": page.number,
        "count": page.count,
        "dpi": page.dpi,
        "size": gray.shape,
        "read_anew": page.read_anew,
        "warnings": page.warnings,
        "text": None if page.text is None else _packed(page.text),
    }
    return values, gray.tobytes()


def _page(message: Message, name: str, limits: Limits) -> InputPage:
    """Unpack a page, which may be a failure. Raises InputError for that of the whole file, ValueError."""
    values, data = message
    try:
        if "fault" in values and "number" not in values:
            raise _as_failure(values, name)
        number, count, dpi = int(values["number"]), int(values["count"]), values.get("dpi")
        where = page_name(name, number, count)
        if "fault" in values:
            if count == 1:
                raise _as_failure(values, name)
            return InputPage.failing(_as_failure(values, where), number, count, name)
        text = None if values["text"] is None else _unpacked(values["text"], name)
        height, width = map(int, values["size"])
        anew, warnings = bool(values["read_anew"]), tuple(map(str, values["warnings"]))
        if anew or text is None:
            check_size(width, height, where, limits)
        gray = np.frombuffer(data, np.uint8).reshape(height, width)
        return InputPage(gray, number, count, None if dpi is None else float(dpi), name, text, anew, warnings)
    except (LookupError, TypeError, OverflowError) as error:
        raise ValueError("no page") from error


def _packed(page: Page) -> str:
    from ocrtool.export.documents import ExportPage
    from ocrtool.export.formats.json import page_text

    return page_text(ExportPage(page, None))


def _unpacked(text: str, name: str) -> Page:
    from ocrtool.export.documents import ExportPage
    from ocrtool.export.parse.own import OPENING, parse_pages

    found = next(parse_pages(OPENING + b"\n" + text.encode("utf-8", "backslashreplace") + b"\n]}\n", name))
    if not isinstance(found, ExportPage):
        raise ValueError("no page")
    return found.page


def _fault(error: InputError) -> dict[str, Any]:
    return {"fault": error.fault, "kind": type(error).__name__}


def _as_failure(values: dict[str, Any], where: str) -> InputError:
    kind = getattr(errors, str(values["kind"]), InputError)
    known = isinstance(kind, type) and issubclass(kind, InputError)
    return (kind if known else InputError)(where, str(values["fault"]))


def _failure(error: ConfinedError, where: str, seconds: float) -> InputError:
    """Return the failure of a page whose process ended."""
    if isinstance(error, confined.TookTooLong):
        return errors.TookTooLong(where, f"took longer than {seconds:g} s to decode")
    if isinstance(error, confined.TookTooMuch):
        return OutOfMemory(where, "needs more memory to decode than it may take")
    return ImageTruncated(where, "it is damaged, and ended the process that decoded it")


def _file(source: Path | bytes, name: str) -> BinaryIO:
    """Open the input as a file of the system. Raises InputError."""
    if isinstance(source, Path):
        file = open_file(source, name)
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return file
        with file:
            source = read_bytes(source, name)
    try:
        return stranger_file(source)
    except OSError as error:
        raise InputUnreadable(name, f"cannot be kept to be read: {reason(error)}") from error
