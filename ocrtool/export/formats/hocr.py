"""hOCR 1.2, as XHTML: areas, lines, words and characters in the microformat that PDF tools and viewers read.

Elements and properties are those of http://kba.github.io/hocr-spec/1.2/, as Tesseract nests them. Alternatives are a
property of characters, ``x_alternatives``, since readers take all text in a word for its text, deleted text included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocrtool import __version__
from ocrtool.export.apart import with_lines_apart
from ocrtool.export.documents import ExportPage
from ocrtool.export.line_metrics import DIGITS, measure
from ocrtool.export.markup import delimited, marked_up
from ocrtool.export.registry import Format
from ocrtool.files import utf8
from ocrtool.types import Block, Box, Character, Line, Page, Word

#: Classes of elements and properties that documents use.
CAPABILITIES = "ocr_page ocr_carea ocr_par ocr_line ocr_table ocrx_word ocrx_cinfo ocrp_wconf"

_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
<head>
<title>ocrtool</title>
<meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
<meta name="ocr-system" content="ocrtool {__version__}"/>
<meta name="ocr-capabilities" content="{CAPABILITIES}"/>
</head>
<body>
"""


def pages(read: Iterable[ExportPage]) -> Iterator[bytes]:
    """Encode an element of class ``ocr_page`` for each page."""
    return utf8(_document(read))


def _document(read: Iterable[ExportPage]) -> Iterator[str]:
    yield _HEAD
    for index, export in enumerate(read):
        yield "".join(_page(export, index + 1))
    yield "</body>\n</html>\n"


def _page(export: ExportPage, number: int) -> Iterator[str]:
    """number: of the page in the document, from 1."""
    page = with_lines_apart(export.page)
    resolution = "" if export.dpi is None else f"; scan_res {round(export.dpi)} {round(export.dpi)}"
    title = f"image {delimited(page.source)}; {_bbox(page.frame)}; ppageno {page.number - 1}{resolution}"
    yield f'<div class="ocr_page" id="page_{number}" title="{marked_up(title)}">\n'
    lines = 0
    for index, block in enumerate(page.blocks, 1):
        yield from _block(block, page, f"{number}_{index}", f"{number}_", lines)
        lines += len(block.lines)
    for index, table in enumerate(page.tables, 1):
        yield f'<div class="ocr_table" id="table_{number}_{index}" title="{_bbox(table.box)}"></div>\n'
    yield "</div>\n"


def _block(block: Block, page: Page, name: str, prefix: str, lines: int) -> Iterator[str]:
    """name: of the block within ids; lines: number of lines before it."""
    language = "" if "+" in page.language else f' lang="{page.language}"'
    box = _bbox(block.box)
    yield f'<div class="ocr_carea" id="block_{name}" title="{box}">\n'
    yield f'<p class="ocr_par" id="par_{name}"{language} title="{box}">\n'
    for index, line in enumerate(block.lines, lines + 1):
        yield _line(line, f"{prefix}{index}")
    yield "</p>\n</div>\n"


def _line(line: Line, name: str) -> str:
    metrics = measure(line)
    baseline = f"baseline {metrics.slope:.3f} {round(metrics.offset)}"
    way = f"textangle {line.orientation}" if line.orientation else baseline
    title = (
        f"{_bbox(line.box)}; {way}; x_size {metrics.size:.1f}; "
        f"x_descenders {metrics.descent:.1f}; x_ascenders {metrics.ascent:.1f}"
    )
    words = " ".join(_word(word, f"{name}_{i}") for i, word in enumerate(line.words, 1))
    return f'<span class="ocr_line" id="line_{name}" title="{title}">{words}</span>\n'


def _word(word: Word, name: str) -> str:
    title = f"{_bbox(word.box)}; x_wconf {round(100 * round(word.probability, DIGITS))}"
    return (
        f'<span class="ocrx_word" id="word_{name}" title="{title}">{"".join(map(_character, word.characters))}</span>'
    )


def _character(character: Character) -> str:
    box = character.box
    others = [a for a in character.alternatives if a.label != character.label]
    alternatives = " ".join(f"{delimited(a.label)} {_percent(a.probability)}" for a in others)
    more = f"; x_alternatives {marked_up(alternatives)}" if others else ""
    return (
        f'<span class="ocrx_cinfo" title="x_bboxes {box.x0} {box.y0} {box.x1} {box.y1}; '
        f'x_confs {_percent(character.probability)}{more}">{marked_up(character.label)}</span>'
    )


def _bbox(box: Box) -> str:
    return f"bbox {box.x0} {box.y0} {box.x1} {box.y1}"


def _percent(probability: float) -> str:
    return f"{100 * round(probability, DIGITS):.2f}"


FORMAT = Format("hocr", ".hocr", {"read": pages})
