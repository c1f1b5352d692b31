"""A searchable PDF: the pages of PDFs as they are, images as pages, each with its text, which is not seen."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from copy import copy
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import numpy as np

from ocrtool import __version__
from ocrtool.errors import InputError, OutputError, page_name, printable
from ocrtool.export.pdf.archival import save_archival
from ocrtool.export.pdf.fonts import InvisibleFonts
from ocrtool.export.pdf.hidden import remove_invisible_text
from ocrtool.export.pdf.images import EncodedImage, encode_image
from ocrtool.export.pdf.layer import text_layer
from ocrtool.imaging.input import is_pdf
from ocrtool.imaging.pdf import PdfPageText, page_text
from ocrtool.imaging.pdf_file import saved_copy
from ocrtool.types import HALVES, Box

if TYPE_CHECKING:
    import pikepdf

    from ocrtool.export.documents import ExportPage, PageFile

#: Resolution of an image whose file gives none, and points of an inch.
USUAL_DPI, POINTS = 300.0, 72.0
#: Longest side of a page in points that viewers show.
LONGEST = 14_400.0
#: Bytes of the file that are passed on at a time.
CHUNK = 1 << 20
#: Matrices that show an image upright by its EXIF orientation, from the unit square to that of the page.
_UPRIGHT = {
    1: (1, 0, 0, 1, 0, 0),
    2: (-1, 0, 0, 1, 1, 0),
    3: (-1, 0, 0, -1, 1, 1),
    4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1),
    6: (0, -1, 1, 0, 0, 1),
    7: (0, 1, 1, 0, 0, 0),
    8: (0, 1, -1, 0, 1, 0),
}


class PdfDocument:
    """A document to which pages are added. A context manager, which closes the files of its pages."""

    def __init__(self, fonts: InvisibleFonts | None = None) -> None:
        self._closing = ExitStack()
        self._pdf: pikepdf.Pdf | None = None
        self._base: Path | None = None  # the PDF that the document is: if the first page is one of its pages
        self._base_pages: list[Any] = []
        self._kept: set[int] | None = None  # its pages that stay, None for all
        self._others: dict[Path, pikepdf.Pdf] = {}
        self._left: Any = None  # the page of the left half of a spread, until its right one is added
        self._fonts = fonts or InvisibleFonts()

    def __enter__(self) -> PdfDocument:
        return self

    def __exit__(self, *error: object) -> None:
        self._closing.close()

    def add(self, export: ExportPage) -> None:
        """Add a page; of a spread each half of an image, but a page of a PDF stays whole.

        Raises OutputError if its file cannot be opened again.
        """
        name = page_name(export.page.source, export.page.number, 2)
        if export.file is None or not export.file.path.is_file():
            raise OutputError(f"{printable(name)}: a PDF needs the file of the page, which cannot be opened again")
        try:
            if is_pdf(export.file.path):
                self._add_pdf_page(export, export.file)
            else:
                self._new_page(export, encode_image(export.file.path, export.file.number))
        except (InputError, OSError) as error:
            raise OutputError(f"{printable(name)}: the page cannot be opened again for the PDF") from error

    def add_text(self, export: ExportPage) -> None:
        """Add a page with the text alone, of the size of its image."""
        self._new_page(export, None)

    def parts(self, archival: bool = False) -> Iterator[bytes]:
        """Encode the document; nothing without pages. archival: as PDF/A-2b. Raises OutputError if it is not that."""
        if self._pdf is None:
            return
        self._fonts.finish(self._pdf)
        if self._kept is not None:
            for index in reversed(range(len(self._base_pages))):
                if index not in self._kept:
                    del self._pdf.pages[index]
        with TemporaryFile(prefix="ocrtool-") as file:
            if archival:
                save_archival(self._pdf, file)
            else:
                self._save(self._pdf, file)
            file.seek(0)
            while chunk := file.read(CHUNK):
                yield chunk

    def _save(self, pdf: pikepdf.Pdf, file: Any) -> None:
        """Save as it is: objects of a new document are compressed, those of one that was a PDF stay as they were."""
        import pikepdf

        mode = pikepdf.ObjectStreamMode.generate if self._base is None else pikepdf.ObjectStreamMode.preserve
        locked = pdf.is_encrypted
        pdf.save(
            file,
            deterministic_id=not locked,
            encryption=locked,
            object_stream_mode=mode,
            fix_metadata_version=False,
        )

    def _add_pdf_page(self, export: ExportPage, file: PageFile) -> None:
        again = self._left is not None and export.page.half == HALVES[1]
        page = self._left if again else self._pdf_page(file)
        self._left = page if export.page.half == HALVES[0] else None
        if export.page.from_pdf:
            return
        size = (export.page.width, export.page.height)
        text = page_text(file.path, export.page.source, file.number, file.password, size)
        if text.has_hidden and not again:
            remove_invisible_text(self._pdf, page)
        layer = text_layer(export.page, text.to_points, self._fonts, _not_under(text))
        if layer:
            self._give_fonts(page, layer)
            page.contents_add(b"q\n", prepend=True)
            page.contents_add(b"\nQ\n" + layer)

    def _pdf_page(self, file: PageFile) -> Any:
        """Return a page of a PDF: in its place if the document is that PDF, else appended."""
        if self._pdf is None:
            self._pdf = self._open(file)
            self._base, self._base_pages = file.path, list(self._pdf.pages)
            self._kept = None if file.all_pages else set()
        if file.path == self._base:
            if self._kept is not None:
                self._kept.add(file.number - 1)
            return _at(self._base_pages, file)
        if file.path not in self._others:
            self._others[file.path] = self._open(file)
        self._pdf.pages.append(_at(self._others[file.path].pages, file))
        return self._pdf.pages[-1]

    def _open(self, file: PageFile) -> pikepdf.Pdf:
        import pikepdf

        try:
            return self._opened(file.path, file.password)
        except (pikepdf.PdfError, pikepdf.PasswordError):
            saved = io.BytesIO(saved_copy(file.path, str(file.path), file.password))
        try:
            return self._opened(saved, file.password)
        except (pikepdf.PdfError, pikepdf.PasswordError) as error:
            raise OutputError(f"{printable(str(file.path))}: it is too damaged to get text") from error

    def _opened(self, source: Any, password: str | None) -> pikepdf.Pdf:
        import pikepdf

        pdf = pikepdf.open(source, password=password or "", suppress_warnings=True)
        self._closing.callback(pdf.close)
        len(pdf.pages)  # raises an error if the tree of pages is damaged
        return pdf

    def _new_page(self, export: ExportPage, image: EncodedImage | None) -> None:
        import pikepdf
        from pikepdf import Dictionary, Name

        if self._pdf is None:
            self._pdf = self._closing.enter_context(pikepdf.Pdf.new())
            self._pdf.docinfo["/Producer"] = f"ocrtool {__version__}"
        width, height = export.page.width, export.page.height
        scale = min(POINTS / (export.dpi or USUAL_DPI), LONGEST / max(width, height))
        self._pdf.add_blank_page(page_size=(width * scale, height * scale))
        page = self._pdf.pages[-1]
        if export.page.part is not None:
            box = export.page.part
            page.cropbox = [box.x0 * scale, (height - box.y1) * scale, box.x1 * scale, (height - box.y0) * scale]
        page.obj.Resources, content = Dictionary(), b""
        if image is not None:
            if export.page.orientation:
                page.obj.Rotate = export.page.orientation
            again = self._left is not None and export.page.half == HALVES[1]
            shown = self._left.obj.Resources.XObject.Im if again else image.object(self._pdf)
            self._left = page if export.page.half == HALVES[0] else None
            page.obj.Resources.XObject = Dictionary(Im=shown)
            sides = (width * scale, height * scale) * 3
            matrix = " ".join(f"{value * side:.6g}" for value, side in zip(_UPRIGHT[image.turn], sides, strict=True))
            content = b"q %s cm /Im Do Q\n" % matrix.encode()
        to_points = np.array([[scale, 0.0], [0.0, -scale], [0.0, height * scale]])
        layer = text_layer(export.page, to_points, self._fonts)
        if layer:
            self._give_fonts(page, layer)
        page.obj.Contents = self._pdf.make_stream(content + layer)
        page.obj.Type = Name.Page

    def _give_fonts(self, page: Any, layer: bytes) -> None:
        """Put the fonts of a text layer into the resources of a page: its own, not those that it inherits."""
        from pikepdf import Dictionary

        assert self._pdf is not None
        holder = page.obj
        while "/Resources" not in holder and "/Parent" in holder:
            holder = holder.Parent
        resources = copy(holder.get("/Resources", Dictionary()))
        fonts = copy(resources.get("/Font", Dictionary()))
        for name, font in self._fonts.resources(self._pdf, layer).items():
            fonts[name] = font
        resources.Font = fonts
        page.obj.Resources = resources


def _at(pages: Any, file: PageFile) -> Any:
    if file.number > len(pages):
        raise OutputError(f"{printable(str(file.path))}: it is too damaged to get text")
    return pages[file.number - 1]


def _not_under(text: PdfPageText) -> Callable[[Box], bool]:
    """Return whether a box is free of visible characters, so that no word stands on the page twice."""
    x, y = ((text.visible[:, k] + text.visible[:, k + 2]) / 2 for k in (0, 1))

    def is_free(box: Box) -> bool:
        return not bool(((box.x0 <= x) & (x <= box.x1) & (box.y0 <= y) & (y <= box.y1)).any())

    return is_free
