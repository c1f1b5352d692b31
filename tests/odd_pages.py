"""Pages of every kind that formats must write: Korean, tables, turned, blank, mirrored, odd names and characters."""

from __future__ import annotations

from dataclasses import replace

from fake_engine import make_page

from ocrtool.export.documents import ExportPage
from ocrtool.types import Alternative, Block, Box, Character, Line, Mark, MarkState, Page, PageTable, TableCell, Word

#: A name with a control character, a byte that is not UTF-8, and whatever XML and hOCR quote.
ODD_NAME = 'a\x01\udcff;b "c"\\ %41<&>\'.png'


def odd_pages() -> list[ExportPage]:
    """Eight pages; those with text have lines with a skewed baseline and alternatives."""
    korean = tilted(make_page("한글 A<&\"'; �", 400, 60))
    turned = Page(60, 400, tuple(map(_on_its_side, korean.blocks)), 0.0, "eng+kor", "t.png", 3, 90)
    marks = (Mark(Box(300, 10, 340, 50), MarkState.TICKED, 0.9731),)
    kept = replace(with_table(), width=400, height=60, skew=0.0, from_pdf=True, source="k.png")
    return [
        ExportPage(replace(korean, language="kor", source="k.png", pdf_text=kept), 300.0),
        ExportPage(Page(10, 20, source="blank.png", warnings=("a line is damaged",)), 72.0),
        ExportPage(turned, 203.97),
        ExportPage(replace(turned, blocks=_reversed(turned), orientation=270, number=4, source=ODD_NAME), None),
        ExportPage(replace(with_table(), from_pdf=True, marks=marks), 200.0),
        ExportPage(Page(400, 60, mirrored=True, source="m.png"), None),
        ExportPage(replace(with_table(), blocks=(*with_table().blocks, Block(Box(0, 0, 5, 5), ()))), None),
        ExportPage(replace(without_words(), half="right", part=Box(0, 0, 20, 20)), None),
    ]


def tilted(page: Page) -> Page:
    """The page with baselines that rise by 1 in 100."""
    lines = tuple(replace(line, baseline=(0.0, 58.04, 400.0, 54.04), x_height=27.96) for line in page.lines)
    return replace(page, blocks=(Block(page.blocks[0].box, lines),))


def with_table() -> Page:
    """A heading, and a table of two rows and three columns, of which a cell spans two."""
    lines = [make_line("Invoice", 20), make_line("Tea 2 4.20", 80), make_line("Total 4.20", 120)]
    box = Box.around([line.box for line in lines])
    cells = (
        TableCell(0, 0, "Tea", lines[1].words[0].box),
        TableCell(0, 1, "2", lines[1].words[1].box),
        TableCell(0, 2, "4.20", lines[1].words[2].box),
        TableCell(1, 0, "Total", lines[2].words[0].box, 1, 2),
        TableCell(1, 2, "4.20", lines[2].words[1].box),
    )
    table = PageTable(Box.around([line.box for line in lines[1:]]), 1, 2, 3, cells, 2)
    return Page(500, 200, (Block(box, tuple(lines)),), 0.3, "eng", "table.png", tables=(table,))


def make_line(text: str, top: int, left: int = 20, x_height: float = 12.0) -> Line:
    """A line of ``text`` with characters of 10 × 20 pixels; digits have an alternative."""
    words, x = [], left
    for word in text.split():
        characters = []
        for label in word:
            others = (Alternative("O", 0.0625),) if label.isdigit() else ()
            box = Box(x, top, x + 10, top + 20)
            characters.append(Character(box, label, 0.9375, (Alternative(label, 0.9375), *others)))
            x += 10
        words.append(Word(Box.around([c.box for c in characters]), tuple(characters), 0.71875))
        x += 10
    return Line(Box.around([word.box for word in words]), tuple(words), (left, top + 18.0, x, top + 18.0), x_height)


def _on_its_side(block: Block) -> Block:
    """The block as on a page that must be turned clockwise by 90° to be read: text runs upward."""

    def box(old: Box) -> Box:
        return Box(old.y0, 400 - old.x1, old.y1, 400 - old.x0)

    lines = []
    for line in block.lines:
        words = tuple(
            Word(box(word.box), tuple(replace(c, box=box(c.box)) for c in word.characters), word.probability)
            for word in line.words
        )
        x0, y0, x1, y1 = line.baseline
        lines.append(Line(box(line.box), words, (y0, 400.0 - x0, y1, 400.0 - x1), line.x_height))
    return Block(box(block.box), tuple(lines))


def without_words() -> Page:
    """A page with a line that has none."""
    return Page(40, 20, (Block(Box(0, 0, 9, 9), (Line(Box(0, 0, 9, 9), (), (0, 9, 9, 9), 5.0),)),))


def _reversed(page: Page) -> tuple[Block, ...]:
    """The blocks of a page with lines that run the other way."""
    return tuple(
        replace(b, lines=tuple(replace(line, baseline=(*line.baseline[2:], *line.baseline[:2])) for line in b.lines))
        for b in page.blocks
    )
