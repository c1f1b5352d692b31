"""PDF files opened with PDFium, repaired with qpdf where they are damaged; one is kept open for its next pages."""

from __future__ import annotations

import atexit
import io
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrtool.errors import ImageTruncated, InputMissing, InputUnreadable, PdfLocked, printable, reason
from ocrtool.imaging.pdf_bounds import PageBounds

#: A file stays open for so many pages, since opening it takes the longer the more pages it has; then it is opened
#: again, since PDFium keeps the fonts of all pages that it has seen.
_PAGES_AT_ONCE = 50
#: PDFium serves one thread at a time.
PDFIUM = threading.RLock()

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PdfFile:
    """An open file. document: a ``pypdfium2.PdfDocument``; count: of its pages, at least one; bounds: of each."""

    document: Any
    count: int
    bounds: PageBounds

    @contextmanager
    def page(self, number: int, where: str, apart: bool = False) -> Iterator[Any]:
        """Open a page, a ``pypdfium2.PdfPage``. Raises InputError. where: its name in messages."""
        from pypdfium2 import PdfiumError

        self.bounds.check(number, where, apart)
        try:
            with PDFIUM:
                page = self.document.get_page(number - 1)
                if min(page.get_size()) <= 0:  # cropped to nothing
                    page.set_cropbox(*page.get_mediabox())
                    page.close()
                    page = self.document.get_page(number - 1)
        except PdfiumError as error:
            raise ImageTruncated(where, "the page is damaged") from error
        try:
            yield page
        finally:
            with PDFIUM:
                page.close()

    def close(self) -> None:
        self.document.close()
        self.bounds.close()


@contextmanager
def open_pdf(source: Path | bytes, name: str, password: str | None) -> Iterator[PdfFile]:
    """Open a PDF. Raises InputError."""
    if isinstance(source, Path):
        with PDFIUM:
            file = _KEPT.get(source, name, password)
        yield file
        return
    with PDFIUM:
        file = _opened(source, name, password)
    try:
        yield file
    finally:
        with PDFIUM:
            file.close()


def saved_copy(path: Path, name: str, password: str | None) -> bytes:
    """Return a PDF as PDFium writes it: a damaged one without its damage. Raises InputError."""
    file = io.BytesIO()
    with PDFIUM, open_pdf(path, name, password) as pdf:
        pdf.document.save(file)
    return file.getvalue()


class _KeptFile:
    """The last file, kept open, since its pages are asked for one by one."""

    def __init__(self) -> None:
        self._key: object = None
        self._file: PdfFile | None = None
        self._uses = 0
        self._closes_at_exit = False

    def get(self, path: Path, name: str, password: str | None) -> PdfFile:
        try:
            status = path.stat()
            path.open("rb").close()
        except FileNotFoundError as error:
            raise InputMissing(name, "no such file or folder") from error
        except OSError as error:
            raise InputUnreadable(name, f"cannot be read: {reason(error)}") from error
        key = (path, status.st_mtime_ns, status.st_size, status.st_ino, password)
        if self._file is None or key != self._key or self._uses >= _PAGES_AT_ONCE:
            is_suspect = self._file.bounds.is_suspect if self._file is not None and key == self._key else None
            self.close()
            self._file, self._key = _opened(path, name, password), key
            self._file.bounds.is_suspect = is_suspect
        if not self._closes_at_exit:  # after PDFium was loaded, and so before its own end, which reports open files
            atexit.register(self.close)
            self._closes_at_exit = True
        self._uses += 1
        return self._file

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._key, self._file, self._uses = None, None, 0


_KEPT = _KeptFile()


def _opened(source: Path | bytes, name: str, password: str | None) -> PdfFile:
    """Open a file, repaired if it cannot be opened or its last page is not there. Raises InputError."""
    import pypdfium2

    try:
        document, count = _loaded(source, password)
    except pypdfium2.PdfiumError as error:
        _refuse_locked(name, error.err_code, password)
        document, count = None, 0
    if count and _has_page(document, count - 1):
        return PdfFile(document, count, PageBounds(source, password))
    with suppress(pypdfium2.PdfiumError):
        repaired = _repaired(source, name, password)
        if repaired is not None:
            document, count = _loaded(repaired, None)
            if _has_page(document, count - 1):
                return PdfFile(document, count, PageBounds(repaired, None))
    there = next((number for number in range(count) if not _has_page(document, number)), 0)
    if not there:
        raise ImageTruncated(name, "the PDF is truncated or damaged")
    return PdfFile(document, there + 1, PageBounds(source, password))


def _loaded(source: Path | bytes, password: str | None) -> tuple[Any, int]:
    import pypdfium2

    document = pypdfium2.PdfDocument(source, password)
    document.init_forms()
    return document, len(document)


def _has_page(document: Any, index: int) -> bool:
    import pypdfium2.raw as pdfium

    return bool(pdfium.FPDF_GetPageSizeByIndexF(document, index, pdfium.FS_SIZEF()))


def _repaired(source: Path | bytes, name: str, password: str | None) -> bytes | None:
    """Return the file as qpdf recovers it, None if it cannot. Raises ImageTruncated if there are no pages."""
    import pikepdf

    logging.getLogger("pikepdf").setLevel(logging.CRITICAL)  # what it finds is repaired, and said below
    file = io.BytesIO()
    data = source if isinstance(source, bytes) else source.read_bytes()
    whole = io.BytesIO(data + b"\n%%EOF\n")  # or an object at the very end of a cut file would be lost
    try:
        with pikepdf.open(whole, password=password or "", suppress_warnings=True) as pdf:
            if not pdf.pages:
                raise ImageTruncated(name, "the PDF has no pages")
            pdf.save(file, encryption=False)
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, RuntimeError):
        return None
    _log.info("%s: the PDF is damaged, and was repaired", printable(name))
    return file.getvalue()


def _refuse_locked(name: str, code: int, password: str | None) -> None:
    """Raises PdfLocked if PDFium's error code says that the file is encrypted."""
    import pypdfium2.raw as pdfium

    if code == pdfium.FPDF_ERR_PASSWORD:
        known = "its password is needed" if password is None else "the password given is not its own"
        raise PdfLocked(name, f"the PDF is encrypted, and {known}")
    if code == pdfium.FPDF_ERR_SECURITY:
        raise PdfLocked(name, "the PDF is encrypted in a way that cannot be read")
