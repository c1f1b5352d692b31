"""ALTO 4.4 (https://www.loc.gov/standards/alto/), the XML of libraries and archives, down to glyphs and their variants.

A document has one element ``Page`` for each page; its ``fileName`` is that of the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocrtool import __version__
from ocrtool.export.documents import ExportPage
from ocrtool.export.line_metrics import DIGITS, LENGTH_DIGITS
from ocrtool.export.markup import marked_up
from ocrtool.export.registry import Format
from ocrtool.files import utf8
from ocrtool.types import Block, Box, Character, Line, Page, Word

#: Longest content of a variant that the schema allows.
VARIANT_LENGTH = 3
#: Identifiers of the processing and of the tag of lines that are rows of tables.
PROCESSING, TABLE_ROW = "ocrtool", "table_row"

_NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="{_NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="{_NAMESPACE} http://www.loc.gov/standards/alto/v4/alto-4-4.xsd" SCHEMAVERSION="4.4">
<Description>
<MeasurementUnit>pixel</MeasurementUnit>
<sourceImageInformation><fileName>{{}}</fileName></sourceImageInformation>
<Processing ID="{PROCESSING}"><processingCategory>contentGeneration</processingCategory>\
<processingSoftware><softwareName>ocrtool</softwareName><softwareVersion>{__version__}</softwareVersion>\
</processingSoftware></Processing>
</Description>
<Tags><StructureTag ID="{TABLE_ROW}" TYPE="structure" LABEL="table row"/></Tags>
<Layout>
"""


def pages(read: Iterable[ExportPage]) -> Iterator[bytes]:
    """Encode an element ``Page`` for each page; nothing if there is none, since a layout needs one."""
    return utf8(_document(read))


def _document(read: Iterable[ExportPage]) -> Iterator[str]:
    number = 0
    for number, export in enumerate(read, 1):
        if number == 1:
            yield _HEAD.format(marked_up(export.page.source))
        yield "".join(_page(export.page, number))
    if number:
        yield "</Layout>\n</alto>\n"


def _page(page: Page, number: int) -> Iterator[str]:
    """number: of the page in the document, from 1."""
    language = "" if "+" in page.language else f' LANG="{page.language}"'
    rotation = f' ROTATION="{page.orientation}"' if page.orientation else ""
    yield (
        f'<Page ID="page_{number}" PHYSICAL_IMG_NR="{page.number}" WIDTH="{page.width}" HEIGHT="{page.height}"'
        f'{rotation}{language} PROCESSINGREFS="{PROCESSING}">\n'
        f"<PrintSpace {_place(page.frame)}>\n"
    )
    rows = {table.line + row for table in page.tables for row in range(table.lines)}
    first = 0
    for index, block in enumerate(page.blocks, 1):
        yield from _block(block, f"{number}_{index}", [first + i in rows for i in range(len(block.lines))])
        first += len(block.lines)
    yield "</PrintSpace>\n</Page>\n"


def _block(block: Block, name: str, rows: list[bool]) -> Iterator[str]:
    """rows: whether each line is a row of a table."""
    yield f'<TextBlock ID="block_{name}" {_place(block.box)}>\n'
    for index, (line, row) in enumerate(zip(block.lines, rows, strict=True), 1):
        if line.words:
            yield _line(line, f"{name}_{index}", f' TAGREFS="{TABLE_ROW}"' if row else "")
    yield "</TextBlock>\n"


def _line(line: Line, name: str, tag: str) -> str:
    x0, y0, x1, y1 = (round(value, LENGTH_DIGITS) + 0.0 for value in line.baseline)
    words = "<SP/>\n".join(_word(word, f"{name}_{i}") for i, word in enumerate(line.words, 1))
    return f'<TextLine ID="line_{name}" {_place(line.box)} BASELINE="{x0},{y0} {x1},{y1}"{tag}>\n{words}\n</TextLine>\n'


def _word(word: Word, name: str) -> str:
    glyphs = map(_glyph, word.characters) if all(len(c.label) == 1 for c in word.characters) else ()
    return (
        f'<String ID="word_{name}" CONTENT="{marked_up(word.text)}" {_place(word.box)}'
        f' WC="{round(word.probability, DIGITS)}">{"".join(glyphs)}</String>'
    )


def _glyph(character: Character) -> str:
    variants = "".join(
        f'<Variant CONTENT="{marked_up(a.label)}" VC="{round(a.probability, DIGITS)}"/>'
        for a in character.alternatives
        if a.label != character.label and len(a.label) <= VARIANT_LENGTH
    )
    attributes = (
        f'CONTENT="{marked_up(character.label)}" GC="{round(character.probability, DIGITS)}" {_place(character.box)}'
    )
    return f"<Glyph {attributes}>{variants}</Glyph>" if variants else f"<Glyph {attributes}/>"


def _place(box: Box) -> str:
    return f'HPOS="{box.x0}" VPOS="{box.y0}" WIDTH="{box.x1 - box.x0}" HEIGHT="{box.y1 - box.y0}"'


FORMAT = Format("alto", ".alto.xml", {"read": pages})
