"""hOCR, ALTO and TSV: documents of every kind of page are valid, and hold what the reading holds."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import astuple, replace
from itertools import combinations
from pathlib import Path
from urllib.parse import unquote

import pytest
from fake_engine import make_page
from lxml import etree
from odd_pages import ODD_NAME, make_line, odd_pages, with_table

from ocrtool.errors import printable
from ocrtool.export.documents import ExportPage
from ocrtool.export.line_metrics import measure
from ocrtool.export.registry import find_format
from ocrtool.types import Alternative, Block, Box, Character, Line, Page, Word

SCHEMAS = Path(__file__).parents[2] / "schemas"
ALTO = "{http://www.loc.gov/standards/alto/ns-v4#}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def document(name: str, pages: list[ExportPage]) -> bytes:
    return b"".join(find_format(name, "read").writers["read"](pages))


def parsed(name: str, pages: list[ExportPage]) -> etree._Element:
    return etree.fromstring(document(name, pages))


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMAS / "alto-4-4.xsd"))


@pytest.mark.parametrize("which", [slice(None), *(slice(i, i + 1) for i in range(8))], ids=str)
def test_alto_is_valid(which: slice, schema: etree.XMLSchema) -> None:
    schema.assertValid(parsed("alto", odd_pages()[which]))


def test_the_schema_refuses_other_documents(schema: etree.XMLSchema) -> None:
    text = document("alto", odd_pages())
    for old, new in ((b' GC="0.75"', b' GC="1.75"'), (b'CONTENT="2" GC', b'CONTENT="22" GC'), (b"<SP/>", b"<sp/>")):
        assert text.count(old) and not schema.validate(etree.fromstring(text.replace(old, new)))


def test_alto_holds_the_reading() -> None:
    root = parsed("alto", odd_pages())
    assert root.findtext(f".//{ALTO}fileName") == "k.png"
    pages = root.findall(f".//{ALTO}Page")
    assert [(p.get("PHYSICAL_IMG_NR"), p.get("ROTATION"), p.get("LANG")) for p in pages[:4]] == [
        ("1", None, "kor"),
        ("1", None, "eng"),
        ("3", "90", None),
        ("4", "270", None),
    ]
    words = [string.get("CONTENT") for string in pages[0].iter(f"{ALTO}String")]
    assert words == ["한글", "A<&\"';", "�"]
    glyph = pages[0].find(f".//{ALTO}Glyph")
    assert dict(glyph.attrib) == {
        "CONTENT": "한",
        "GC": "0.75",
        "HPOS": "0",
        "VPOS": "2",
        "WIDTH": "33",
        "HEIGHT": "56",
    }
    assert [(v.get("CONTENT"), v.get("VC")) for v in glyph] == [("?", "0.25")]
    assert pages[0].find(f".//{ALTO}TextLine").get("BASELINE") == "0.0,58.0 400.0,54.0"
    tags = [line.get("TAGREFS") for line in pages[4].iter(f"{ALTO}TextLine")]
    assert tags == [None, "table_row", "table_row"]
    assert root.find(f".//{ALTO}StructureTag").get("ID") == "table_row"


def test_alto_of_no_page_is_empty() -> None:
    assert document("alto", []) == b""


def test_alto_leaves_out_glyphs_that_are_no_single_character(schema: etree.XMLSchema) -> None:
    box = Box(0, 0, 9, 9)
    many = Character(box, "ab", 0.5, (Alternative("ab", 0.5), Alternative("abcd", 0.1)))
    one = Character(box, "m", 0.5, (Alternative("m", 0.5), Alternative("rn", 0.3), Alternative("abcd", 0.1)))
    line = Line(box, (Word(box, (many,), 0.5), Word(box, (one,), 0.5)), (0.0, 9.0, 9.0, 9.0), 5.0)
    root = parsed("alto", [ExportPage(Page(9, 9, (Block(box, (line,)),)))])
    schema.assertValid(root)
    assert [glyph.get("CONTENT") for glyph in root.iter(f"{ALTO}Glyph")] == ["m"]
    assert [variant.get("CONTENT") for variant in root.iter(f"{ALTO}Variant")] == ["rn"]


def boxes_of(element: etree._Element) -> list[list[int]]:
    """Boxes of an element of hOCR and of all within it."""
    titles = [inner.get("title") for inner in element.iter()]
    return [
        [int(number) for number in re.findall(r"\bx?_?bbox(?:es)? (\d+) (\d+) (\d+) (\d+)", title)[0]]
        for title in titles
    ]


def hocr(pages: list[ExportPage], kind: str) -> list[etree._Element]:
    return [element for element in parsed("hocr", pages).iter(f"{XHTML}*") if element.get("class") == kind]


def test_hocr_holds_the_reading() -> None:
    words = hocr(odd_pages()[:1], "ocrx_word")
    assert ["".join(word.itertext()) for word in words] == ["한글", "A<&\"';", "�"]
    assert words[0].get("title") == "bbox 0 2 66 58; x_wconf 50"
    assert words[0][0].get("title") == 'x_bboxes 0 2 33 58; x_confs 75.00; x_alternatives "?" 25.00'
    (line,) = hocr(odd_pages()[:1], "ocr_line")
    assert "".join(line.itertext()) == "한글 A<&\"'; �"
    bbox, baseline, *sizes = str(line.get("title")).split("; ")
    assert (bbox, baseline) == ("bbox 0 2 363 58", "baseline -0.010 0")
    assert [size.split()[0] for size in sizes] == ["x_size", "x_descenders", "x_ascenders"]
    assert len(hocr(odd_pages(), "ocr_table")) == 2
    capabilities = parsed("hocr", odd_pages()).find(f".//{XHTML}meta[@name='ocr-capabilities']").get("content")
    used = {str(e.get("class")) for e in parsed("hocr", odd_pages()).iter() if e.get("class")}
    assert used <= set(capabilities.split())


def test_hocr_says_how_lines_of_turned_pages_run() -> None:
    titles = [str(line.get("title")).split("; ")[1] for line in hocr(odd_pages()[2:5], "ocr_line")]
    assert titles[:2] == ["textangle 90", "textangle 270"] and titles[2].startswith("baseline 0.000")


def test_hocr_quotes_names_as_urls_do() -> None:
    """Readers split titles at semicolons, and XML has no control characters."""
    first, odd = (str(page.get("title")).split("; ") for page in hocr(odd_pages()[2:4], "ocr_page"))
    assert first == ['image "t.png"', "bbox 0 0 60 400", "ppageno 2", "scan_res 204 204"]
    assert odd[1:] == ["bbox 0 0 60 400", "ppageno 3"]
    quoted = re.fullmatch(r'image "([^"\\;]*)"', odd[0])
    assert quoted and unquote(quoted[1]) == printable(ODD_NAME)


def test_the_parser_of_ocrmypdf_takes_it(tmp_path: Path) -> None:
    parser = pytest.importorskip("ocrmypdf.hocrtransform.hocr_parser")
    for number, page in enumerate(odd_pages()):
        path = tmp_path / f"{number}.hocr"
        path.write_bytes(document("hocr", [page]))
        tree = parser.HocrParser(path).parse()
        lines = [line for paragraph in tree.children for line in paragraph.children]
        expected = [line for line in page.page.lines if line.words]
        assert [[w.text for w in line.children] for line in lines] == [[w.text for w in e.words] for e in expected]
        assert tree.dpi == (None if page.dpi is None else round(page.dpi))
        for line, own in zip(lines, expected, strict=True):
            assert line.textangle == (page.page.orientation or None)
            word, read = line.children[0], own.words[0]
            box = (word.bbox.left, word.bbox.top, word.bbox.right, word.bbox.bottom)
            assert box == (read.box.x0, read.box.y0, read.box.x1, read.box.y1)
            assert word.confidence == pytest.approx(read.probability, abs=0.005)


def test_tsv_has_the_columns_of_tesseract() -> None:
    text = document("tsv", odd_pages()).decode()
    rows = list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert text.splitlines()[0].split("\t") == [
        *("level", "page_num", "block_num", "par_num", "line_num", "word_num"),
        *("left", "top", "width", "height", "conf", "text"),
    ]
    for row in rows:
        assert all(re.fullmatch(r"\d+", row[column]) for column in list(row)[:10])
        confidence = float(row["conf"])
        assert (confidence == -1 and not row["text"]) if row["level"] != "5" else (0 <= confidence <= 100)
    words = [word for export in odd_pages() for line in export.page.lines for word in line.words]
    assert [row["text"] for row in rows if row["level"] == "5"] == [word.text for word in words]
    assert [row["page_num"] for row in rows if row["level"] == "1"] == list("12345678")
    table = [list(row.values()) for row in rows if row["page_num"] == "5" and row["line_num"] == "2"]
    assert table[1] == ["5", "5", "1", "1", "2", "1", "20", "80", "30", "20", "71.88", "Tea"]


def with_flourish(line: Line, x0: int, bottom: int) -> Line:
    """The line with a first character that begins at ``x0`` and reaches down to ``bottom``."""
    (word, *others), (first, *rest) = line.words, line.words[0].characters
    long = replace(first, box=Box(x0, first.box.y0, first.box.x1, bottom))
    word = Word(Box.around([long.box, word.box]), (long, *rest), word.probability)
    return replace(line, box=Box.around([word.box, line.box]), words=(word, *others))


def covered(a: list[int], b: list[int]) -> float:
    sides = [min(a[k + 2], b[k + 2]) - max(a[k], b[k]) for k in (0, 1)]
    return max(sides[0], 0) * max(sides[1], 0) / max((q[2] - q[0]) * (q[3] - q[1]) for q in (a, b))


@pytest.mark.parametrize("order", [1, -1])
def test_lines_of_hocr_have_their_places_to_themselves(order: int) -> None:
    """A flourish that reaches over the next two lines, and a stain that reaches over a line beside it, are cut."""
    lines = [
        with_flourish(make_line("first line", 20), 20, 95),
        make_line("second line", 42),
        make_line("third line", 72),
        make_line("fourth line", 90),
        make_line("left", 200),
        with_flourish(make_line("right", 203, 90), 22, 223),
    ][::order]
    page = Page(300, 300, (Block(Box(0, 0, 300, 300), tuple(lines)),))
    found = [boxes_of(element) for element in hocr([ExportPage(page)], "ocr_line")]
    outer = [around[0] for around in found]
    assert max(covered(a, b) for a, b in combinations(outer, 2)) <= 0.2
    baselines = [round(line.baseline[1]) for line in lines]
    for line, (x0, y0, x1, y1), base in zip(lines, outer, baselines, strict=True):
        assert x0 < x1 and y0 < base <= y1 + 2 and y0 <= base - line.x_height
    for around, *inner in found:
        assert all(around[0] <= q[0] < q[2] <= around[2] and around[1] <= q[1] < q[3] <= around[3] for q in inner)
    fourth = lines.index(make_line("fourth line", 90))
    assert outer[fourth] == [20, 90, 130, 110]  # where nothing overlaps it much, a box is as it was read
    written = json.loads(document("json", [ExportPage(page)]))
    assert [line["box"] for line in written["pages"][0]["lines"]] == [list(astuple(line.box)) for line in lines]


def test_lines_of_hocr_that_are_slanted_keep_their_words_whole() -> None:
    lines = [with_flourish(make_line("first line", 20), 20, 95), make_line("second line", 42)]
    lines = [replace(line, baseline=(20.0, 38.0, 220.0, 58.0)) for line in lines]
    page = Page(300, 300, (Block(Box(0, 0, 300, 300), tuple(lines)),))
    found = [boxes_of(element)[0] for element in hocr([ExportPage(page)], "ocr_line")]
    assert found == [list(astuple(line.box)) for line in lines]


@pytest.mark.parametrize("name", ["alto", "hocr"])
def test_identifiers_are_unique(name: str) -> None:
    pages = [ExportPage(with_table()), *odd_pages(), ExportPage(with_table())]
    ids = [value for e in parsed(name, pages).iter() if (value := e.get("ID" if name == "alto" else "id"))]
    assert len(ids) > 50 and len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ["alto", "hocr", "json", "jsonl", "tsv"])
def test_two_runs_give_the_same_bytes(name: str) -> None:
    assert document(name, odd_pages()) == document(name, odd_pages())


def test_metrics_of_a_line() -> None:
    """The line's box is 20 high, its baseline 2 above the bottom, its x-height 12: 6 for ascenders."""
    metrics = measure(make_line("Ag", 100))
    assert (metrics.slope, metrics.offset, metrics.ascent, metrics.descent, metrics.size) == (0.0, -2.0, 6.0, 2.0, 20.0)


def test_metrics_follow_a_line_that_runs_upward() -> None:
    upright, upward = (odd_pages()[i].page.lines[0] for i in (0, 2))
    one, other = measure(upright), measure(upward)
    assert other.slope == 0.0  # of no use on its side
    assert (one.ascent, one.descent) == (pytest.approx(other.ascent), pytest.approx(other.descent))
    assert one.descent > 0.0


def test_slope_of_a_skewed_line() -> None:
    line = make_page("a", 400, 60).lines[0]
    skewed = Line(Box(10, 0, 210, 60), line.words, (10.0, 50.0, 210.0, 54.0), 20.0)
    assert measure(skewed).slope == pytest.approx(0.02) and measure(skewed).offset == pytest.approx(-10.0)
