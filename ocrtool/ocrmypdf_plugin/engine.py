"""The engine that OCRmyPDF calls for each page, as ``ocrmypdf.pluginspec.OcrEngine`` of release 17 wants it."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocrmypdf import OcrElement, OcrEngine, OrientationConfidence
from ocrmypdf.models.ocr_element import Baseline, BoundingBox, OcrClass

from ocrtool import __version__
from ocrtool.script.registry import JOINER, languages

if TYPE_CHECKING:
    from ocrtool.export.documents import ExportPage
    from ocrtool.script.engines import Engines
    from ocrtool.types import Block, Box, Line, Page

#: Confidence of an orientation that is surely right, in the units of Tesseract: OCRmyPDF turns a page from 14 on.
SURE = 20.0
#: Resolution of an image that says none.
USUAL_DPI = 300.0
#: The name by which OCRmyPDF looks for the font of a text layer, of which it takes one.
_FONT = "f-0-0"


class OcrtoolEngine(OcrEngine):
    """Reads the images of pages that OCRmyPDF makes; see ``ocrmypdf.pluginspec.OcrEngine``."""

    @staticmethod
    def version() -> str:
        return __version__

    @staticmethod
    def creator_tag(options: Any) -> str:
        return f"ocrtool {__version__}"

    def __str__(self) -> str:
        return f"ocrtool {__version__}"

    @staticmethod
    def languages(options: Any) -> set[str]:
        return set(languages())

    @staticmethod
    def get_orientation(input_file: Path, options: Any) -> OrientationConfidence:
        """Return by how many degrees the page has been turned clockwise; nothing is known of a page without text."""
        found = _lines(input_file, options)
        return OrientationConfidence(-found.orientation % 360, SURE if found.lines else 0.0)

    @staticmethod
    def get_deskew(input_file: Path, options: Any) -> float:
        """Return by how many degrees the page is to be turned counter-clockwise to be straight."""
        return -float(_lines(input_file, options).skew)

    @staticmethod
    def supports_generate_ocr() -> bool:
        return True

    @staticmethod
    def generate_ocr(input_file: Path, options: Any, page_number: int = 0) -> tuple[OcrElement, str]:
        export = _read(input_file, options)
        return _page(export.page, export.dpi or USUAL_DPI, page_number), export.page.text

    @staticmethod
    def generate_hocr(input_file: Path, output_hocr: Path, output_text: Path, options: Any) -> None:
        export = _read(input_file, options)
        output_hocr.write_bytes(_written(export, "hocr"))
        output_text.write_bytes(_written(export, "text"))

    @staticmethod
    def generate_pdf(input_file: Path, output_pdf: Path, output_text: Path, options: Any) -> None:
        from ocrtool.export.pdf.document import PdfDocument
        from ocrtool.export.pdf.fonts import InvisibleFonts

        export = _read(input_file, options)
        with PdfDocument(InvisibleFonts(_FONT, None)) as document:
            document.add_text(export)
            output_pdf.write_bytes(b"".join(document.parts()))
        output_text.write_bytes(_written(export, "text"))


def _page(page: Page, dpi: float, number: int) -> OcrElement:
    children = [_block(block, page) for block in page.blocks]
    box = BoundingBox(0, 0, page.width, page.height)
    return OcrElement(OcrClass.PAGE, box, dpi=dpi, page_number=number, children=children)


def _block(block: Block, page: Page) -> OcrElement:
    lines = [_line(line, page) for line in block.lines]
    paragraph = OcrElement(OcrClass.PARAGRAPH, _box(block.box), children=lines, direction="ltr")
    return OcrElement(OcrClass.CAREA, _box(block.box), children=[paragraph])


def _line(line: Line, page: Page) -> OcrElement:
    from ocrtool.export.line_metrics import measure

    metrics = measure(line)
    words = [
        OcrElement(OcrClass.WORD, _box(word.box), text=word.text, confidence=word.probability) for word in line.words
    ]
    straight = None if page.orientation else Baseline(metrics.slope, metrics.offset)
    turned = float(page.orientation) if page.orientation else None
    return OcrElement(
        OcrClass.LINE, _box(line.box), children=words, baseline=straight, textangle=turned, direction="ltr"
    )


def _box(box: Box) -> BoundingBox:
    return BoundingBox(box.x0, box.y0, box.x1, box.y1)


def _written(export: ExportPage, name: str) -> bytes:
    from ocrtool.export.registry import find_format

    return b"".join(find_format(name, "read").writers["read"]([export]))


def _read(input_file: Path, options: Any) -> ExportPage:
    from ocrtool.export.documents import ExportPage
    from ocrtool.imaging.input import read_pages
    from ocrtool.pipeline import read_page

    image = next(read_pages(input_file, str(input_file)))
    return ExportPage(read_page(image.gray, _engines(options)), image.dpi)


def _lines(input_file: Path, options: Any) -> Any:
    """Find the lines of an image, and with them its orientation and skew."""
    from ocrtool.imaging.input import read_pages
    from ocrtool.imaging.prepare import prepare
    from ocrtool.script.lines import find_lines

    image = next(read_pages(input_file, str(input_file)))
    return find_lines(prepare(image.gray), _engines(options))


def _engines(options: Any) -> Engines:
    """Load the engines of the languages asked for; once in each thread, since OCRmyPDF reads pages in several."""
    return _loaded(JOINER.join(options.languages), threading.get_ident())


@cache
def _loaded(language: str, thread: int) -> Engines:
    import cv2

    from ocrtool.script.engines import load_engines

    cv2.setNumThreads(1)
    return load_engines(language)
