"""Searchable PDFs: images as they are in their files, text that every program extracts, pages of PDFs left alone."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from fake_engine import make_page
from odd_files import encoded
from pdf_files import file_of, objects_of, pages, scan, shown, stream
from PIL import Image

from ocrtool.errors import OutputError
from ocrtool.export.documents import ExportPage, PageFile
from ocrtool.export.pdf.fonts import InvisibleFonts
from ocrtool.export.registry import find_format
from ocrtool.imaging.input import read_pages
from ocrtool.imaging.pdf_options import PdfOptions
from ocrtool.types import Block, Box, Character, Line, Page, Word

WRITE = find_format("pdf", "read").writers["read"]
SENTENCE = "Tea, 2 cups: 4.20 한국어 문서 \U0001d49c"


def word_at(text: str, box: Box) -> Word:
    step = box.width / len(text)
    edges = [round(box.x0 + step * k) for k in range(len(text) + 1)]
    return Word(
        box, tuple(Character(Box(edges[k], box.y0, edges[k + 1], box.y1), c, 1.0) for k, c in enumerate(text)), 1.0
    )


def lines_of(*texts: str, skew: float = 0.0, gap: int = 14) -> Page:
    """A page of 1200 × 900 pixels whose lines rise by ``skew`` rows per column; words of different heights."""
    lines = []
    for number, text in enumerate(texts):
        words, x = [], 80
        for word in text.split(" "):
            width = 24 * len(word)
            low, high = (8 if set(word) & set("pgy,") else 0), (40 if word.lower() != word or word.isdigit() else 28)
            base = 200 + 90 * number - skew * (x + width / 2 - 80)
            rise = abs(skew) * width / 2
            words.append(word_at(word, Box(x, round(base - high - rise), x + width, round(base + low + rise))))
            x += width + gap
        base = 200 + 90 * number
        ends = (80.0, float(base), float(x), base - skew * (x - 80))
        lines.append(Line(Box.around([w.box for w in words]), tuple(words), ends, 28.0))
    return Page(1200, 900, (Block(Box.around([line.box for line in lines]), tuple(lines)),), source="a.png")


def turned(page: Page, turns: int) -> Page:
    """The page turned clockwise by quarter turns; it would have to be turned back to be read."""
    for _ in range(turns):

        def box(b: Box, height: int = page.height) -> Box:
            return Box(height - b.y1, b.x0, height - b.y0, b.x1)

        def word(w: Word) -> Word:
            return replace(w, box=box(w.box), characters=tuple(replace(c, box=box(c.box)) for c in w.characters))

        def line(one: Line, height: int = page.height) -> Line:
            x0, y0, x1, y1 = one.baseline
            ends = (height - y0, x0, height - y1, x1)
            return replace(one, box=box(one.box), words=tuple(map(word, one.words)), baseline=ends)

        blocks = tuple(Block(box(b.box), tuple(map(line, b.lines))) for b in page.blocks)
        orientation = (page.orientation - 90) % 360
        page = replace(page, width=page.height, height=page.width, blocks=blocks, orientation=orientation)
    return page


def image_file(folder: Path, page: Page) -> Path:
    path = folder / "a.png"
    Image.new("L", (page.width, page.height), 255).save(path)
    return path


def document(folder: Path, page: Page, dpi: float = 300) -> bytes:
    return b"".join(WRITE([ExportPage(page, dpi, None, PageFile(image_file(folder, page), 1))]))


def extracted(data: bytes, tool: str, path: Path) -> str:
    if tool == "pypdfium2":
        return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))
    if tool == "pdfminer":
        return pytest.importorskip("pdfminer.high_level").extract_text(io.BytesIO(data))
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler-utils are not installed")
    path.write_bytes(data)
    return subprocess.run([*tool.split(), path, "-"], capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("tool", ["pypdfium2", "pdfminer", "pdftotext", "pdftotext -raw"])
@pytest.mark.parametrize("turns", range(4))
def test_text_is_extracted_as_it_was_read(tmp_path: Path, tool: str, turns: int) -> None:
    page = turned(lines_of(SENTENCE, "- a, as ' on pages ...", "I gaps", "다만 손수 심은 “모과나무를"), turns)
    text = extracted(document(tmp_path, page), tool, tmp_path / "a.pdf")
    assert text.split() == page.text.split()


@pytest.mark.parametrize("tool", ["pypdfium2", "pdfminer", "pdftotext", "pdftotext -raw"])
def test_words_stay_apart_though_they_touch(tmp_path: Path, tool: str) -> None:
    page = lines_of("words of a narrow line", gap=-1)
    assert extracted(document(tmp_path, page), tool, tmp_path / "a.pdf").split() == page.text.split()


@pytest.mark.parametrize("tool", ["pypdfium2", "pdfminer", "pdftotext", "pdftotext -raw"])
@pytest.mark.parametrize("turns", range(4))
def test_lines_that_the_edge_of_the_page_cuts(tmp_path: Path, tool: str, turns: int) -> None:
    """Their baseline is beyond the page, where programs leave out text."""
    page = lines_of("a whole line", "a line that is cut")
    lines = [page.lines[0], replace(page.lines[1], baseline=(80.0, 912.0, 700.0, 912.0))]
    words = [replace(w, box=Box(w.box.x0, 880, w.box.x1, 900)) for w in lines[1].words]
    lines[1] = replace(lines[1], words=tuple(words), box=Box.around([w.box for w in words]))
    page = turned(replace(page, blocks=tuple(Block(one.box, (one,)) for one in lines)), turns)
    assert extracted(document(tmp_path, page), tool, tmp_path / "a.pdf").split() == page.text.split()


@pytest.mark.parametrize("tool", ["pypdfium2", "pdfminer", "pdftotext", "pdftotext -raw"])
def test_rows_of_tables_stay_together(tmp_path: Path, tool: str) -> None:
    page = lines_of("Tea 2 4.20", "Coffee 한 12 3.00", "Total x 7.20", gap=250)
    assert extracted(document(tmp_path, page), tool, tmp_path / "a.pdf").split() == page.text.split()


def test_lines_of_a_block_have_one_size(tmp_path: Path) -> None:
    """Though one has capitals, and one small letters alone; a heading has its own."""
    page = lines_of("some text Of a page", "come near us now", "over and out")
    big = replace(page.lines[0], x_height=56.0)
    for lines, sizes in ((page.lines, 1), ((big, *page.lines[1:]), 2)):
        made = replace(page, blocks=(replace(page.blocks[0], lines=tuple(lines)),))
        text = pypdfium2.PdfDocument(document(tmp_path, made))[0].get_textpage()
        letters = [k for k in range(text.count_chars()) if text.get_text_range(k, 1).isalpha()]
        boxes = np.array([text.get_charbox(k) for k in letters])
        assert len(set(np.round(boxes[:, 3] - boxes[:, 1], 1))) == sizes


@pytest.mark.parametrize("skew", [0.05, -0.05, 0.1])
@pytest.mark.parametrize("tool", ["pypdfium2", "pdftotext -raw"])
def test_text_of_skewed_pages(tmp_path: Path, tool: str, skew: float) -> None:
    page = lines_of("one two three four five six", "seven eight nine ten of it", skew=skew)
    assert extracted(document(tmp_path, page), tool, tmp_path / "a.pdf").split() == page.text.split()


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("skew", [0.0, 0.05])
def test_words_are_as_wide_as_their_boxes_and_as_high_as_print(tmp_path: Path, turns: int, skew: float) -> None:
    page = turned(lines_of("Tea cups on pages", "a new line", skew=skew), turns)
    file = pypdfium2.PdfDocument(document(tmp_path, page, dpi=144))
    text = file[0].get_textpage()
    start = 0
    for line in page.lines:
        for word in line.words:
            start = text.get_text_range().index(word.text, start)
            boxes = np.array([text.get_charbox(start + k) for k in range(len(word.text))])
            left, bottom, right, top = *boxes[:, :2].min(0), *boxes[:, 2:].max(0)
            found = np.array((left, page.height / 2 - top, right, page.height / 2 - bottom)) * 2
            wanted = np.array((word.box.x0, word.box.y0, word.box.x1, word.box.y1))
            along, across = ([0, 2], [1, 3]) if turns % 2 == 0 else ([1, 3], [0, 2])
            assert np.abs(found - wanted)[along].max() <= 2
            slack = 2 + abs(skew) * max(word.box.width, word.box.height) / 2
            assert found[across[0]] <= wanted[across[0]] + slack and found[across[1]] >= wanted[across[1]] - slack
            assert found[across[1]] - found[across[0]] == pytest.approx(40 / 0.75, abs=1)  # capitals are 40 high
            start += len(word.text)


def test_the_font_is_a_valid_one() -> None:
    """As fontTools reads it, checksums included."""
    tools = pytest.importorskip("fontTools.ttLib")
    from ocrtool.export.pdf.fonts import _true_type

    font = tools.TTFont(io.BytesIO(_true_type()), checkChecksums=2)
    name = font.getGlyphOrder()[1]
    glyph = font["glyf"][name]
    assert font["hmtx"].metrics[name] == (500, 0)
    assert (glyph.xMin, glyph.yMin, glyph.xMax, glyph.yMax) == (0, -250, 500, 750)
    western = set(map(ord, bytes(range(0x20, 0x100)).decode("cp1252", "ignore")))
    assert western <= set(font.getBestCmap()) and set(font.getBestCmap().values()) == {name}


def test_codes_are_those_of_unicode_or_of_western_languages() -> None:
    fonts = InvisibleFonts()
    assert fonts.encode("A한") == (b"OcrtoolF", b"<0041d55c>", 2, b"<0020>")
    assert len({fonts.encode(c)[1] for c in "\U0001d49c\U0001d49d\ud800"}) == 3
    assert fonts.encode("(é\\€)") == (b"OcrtoolS", b"(\\(\xe9\\\\\x80\\))", 5, b"( )")
    for text in "\xa0", "\xad", "\x80", "\x81", "①":
        assert fonts.encode(text)[0] == b"OcrtoolF", text
    assert InvisibleFonts("f-0-0", None).encode("A") == (b"f-0-0", b"<0041>", 1, b"<0020>")


@pytest.fixture(scope="module")
def gray() -> np.ndarray:
    picture = np.random.default_rng(2).integers(150, 256, (90, 130)).astype(np.uint8)
    picture[30:40, 20:100] = 0
    return picture


def of_file(path: Path, number: int = 1, tolerance: float = 1.5) -> bytes:
    """The PDF of a page that has no text. tolerance: mean difference of its grey levels, and those of the image."""
    gray = drawn(path)[number - 1]
    height, width = gray.shape
    export = ExportPage(Page(width, height, source=path.name), 72.0, None, PageFile(path, number))
    data = b"".join(WRITE([export]))
    (shown_as,) = drawn(data)
    assert np.abs(shown_as.astype(int) - gray).mean() < tolerance, "the page looks otherwise"
    return data


def drawn(file: Path | bytes) -> list[np.ndarray]:
    """The pixels of all pages."""
    return [page.gray for page in read_pages(file, "file")]


def only_image(data: bytes) -> pikepdf.Object:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        (image,) = pdf.pages[0].Resources.XObject.values()
        return image.read_raw_bytes(), str(image.Filter)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_is_not_encoded_anew(tmp_path: Path, gray: np.ndarray, mode: str) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(Image.fromarray(gray).convert(mode), "JPEG", quality=80))
    # PDFium mixes four colours otherwise than Pillow
    data = of_file(path, tolerance=10 if mode == "CMYK" else 1.5)
    assert only_image(data) == (path.read_bytes(), "/DCTDecode")


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "I;16"])
def test_png_is_not_encoded_anew(tmp_path: Path, gray: np.ndarray, mode: str) -> None:
    path = tmp_path / "a.png"
    image = Image.fromarray(gray.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(gray).convert(mode)
    path.write_bytes(encoded(image, "PNG"))
    rows, how = only_image(of_file(path))
    assert how == "/FlateDecode" and rows in path.read_bytes().replace(b"IDAT", b"")


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("TIFF", "1", {"compression": "group4"}),
        ("TIFF", "1", {}),
        ("TIFF", "L", {"compression": "tiff_lzw"}),
        ("TIFF", "CMYK", {}),
        ("BMP", "RGB", {}),
        ("PPM", "RGB", {}),
        ("WEBP", "RGB", {"lossless": True}),
        ("PNG", "RGBA", {}),
        ("PNG", "LA", {}),
    ],
)
def test_other_images_are_encoded_without_loss(
    tmp_path: Path, gray: np.ndarray, kind: str, mode: str, options: dict
) -> None:
    path = tmp_path / "a.image"
    path.write_bytes(encoded(Image.fromarray(gray).convert(mode), kind, **options))
    data = of_file(path, tolerance=10 if mode == "CMYK" else 1.5)
    assert only_image(data)[1] == ("/CCITTFaxDecode" if mode == "1" else "/FlateDecode")


@pytest.mark.parametrize("turn", range(1, 9))
def test_images_are_shown_upright(tmp_path: Path, gray: np.ndarray, turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    for kind in ("JPEG", "PNG", "TIFF"):
        path = tmp_path / f"a.{kind}"
        path.write_bytes(encoded(Image.fromarray(gray), kind, exif=exif, **({"quality": 95} if kind == "JPEG" else {})))
        of_file(path)


def test_pages_of_a_tiff(tmp_path: Path, gray: np.ndarray) -> None:
    frames = [Image.fromarray(gray[:, : 100 + k]) for k in range(3)]
    frames[0].save(tmp_path / "a.tif", save_all=True, append_images=frames[1:])
    with pikepdf.open(io.BytesIO(of_file(tmp_path / "a.tif", 2))) as pdf:
        assert [image.Width for image in pdf.pages[0].Resources.XObject.values()] == [101]


def test_the_same_pages_give_the_same_bytes_and_hardly_more_than_the_image(tmp_path: Path) -> None:
    page = replace(lines_of(*["as many words as a page of a letter has"] * 7), width=1200)
    noise = np.random.default_rng(3).integers(0, 256, (900, 1200)).astype(np.uint8)
    path = tmp_path / "a.png"
    Image.fromarray(noise).resize((300, 225)).resize((1200, 900)).convert("1").save(path)
    both = [b"".join(WRITE([ExportPage(page, 300, None, PageFile(path, 1))])) for _ in range(2)]
    assert both[0] == both[1]
    assert len(both[0]) <= path.stat().st_size + 3000


#: Metadata as other programs write them.
XMP = (
    b"<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
    b"xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "
    b"xmlns:dc='http://purl.org/dc/elements/1.1/' dc:format='application/pdf'/></rdf:RDF></x:xmpmeta>"
    b"<?xpacket end='w'?>"
)


def book(*, locked: bool = False) -> bytes:
    """Three scanned pages, of which the second has the text of another program, with all that a PDF has besides."""
    found = objects_of(
        [
            b"0 0 50 50 re f",
            b"0 0 9 9 re f q BT 3 Tr /F1 12 Tf 10 10 Td (old words) Tj ET Q " + b"1 1 1 1 re f",
            b"0 0 5 5 re f",
        ],
        more=[stream(XMP, b"/Type /Metadata /Subtype /XML")],
    )
    found[0] = (
        b"<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R /Metadata 10 0 R /PageLabels << /Nums [0 << /S /r >>] >> >>"
    )
    found[3] = b"<< /Type /Outlines /First 5 0 R /Last 5 0 R /Count 1 >>"
    found[4] = b"<< /Title (Chapter) /Parent 4 0 R /Dest [13 0 R /Fit] >>"
    found[5] = b"<< /Title (The book) >>"
    data = file_of(found, b"/Info 6 0 R")
    if not locked:
        return data
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(file, encryption=pikepdf.Encryption(user="u", owner="o"))
    return file.getvalue()


def read_again(path: Path, data: bytes, *numbers: int, all_pages: bool = True, password: str | None = None) -> bytes:
    """The PDF of some pages of a PDF, each with the text "page 1" and so on."""
    path.write_bytes(data)
    made = [replace(make_page(f"page {number}", 1250, 833), source="a.pdf", number=number) for number in numbers]
    return b"".join(WRITE([ExportPage(p, 300, None, PageFile(path, p.number, password, all_pages)) for p in made]))


def texts(data: bytes, password: str | None = None) -> list[list[str]]:
    file = pypdfium2.PdfDocument(data, password)
    return [page.get_textpage().get_text_range().split() for page in file]


def test_pages_of_a_pdf_get_text_and_nothing_else_changes(tmp_path: Path) -> None:
    data = read_again(tmp_path / "a.pdf", book(), 1, 2, 3)
    assert texts(data) == [["page", "1"], ["page", "2"], ["page", "3"]]
    with pikepdf.open(io.BytesIO(data)) as pdf, pikepdf.open(io.BytesIO(book())) as before:
        assert pdf.docinfo["/Title"] == "The book" and pdf.Root.PageLabels == before.Root.PageLabels
        assert pdf.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        with pdf.open_outline() as outline:
            assert [item.title for item in outline.root] == ["Chapter"]
            assert pikepdf.Page(outline.root[0].destination[0]).index == 1
        for number, page in enumerate(pdf.pages):
            inner = [part.read_bytes() for part in page.Contents]
            if number != 1:
                assert inner[1].strip() == before.pages[number].Contents.read_bytes().strip()
        assert all(np.array_equal(one, other) for one, other in zip(drawn(data), drawn(book()), strict=True))


def test_text_of_other_programs_is_replaced_and_so_is_our_own(tmp_path: Path) -> None:
    once = read_again(tmp_path / "a.pdf", book(), 2)
    assert texts(once) == [[], ["page", "2"], []]
    twice = read_again(tmp_path / "a.pdf", once, 1, 2, 3)
    assert texts(twice) == [["page", "1"], ["page", "2"], ["page", "3"]]


def test_chosen_pages_only(tmp_path: Path) -> None:
    data = read_again(tmp_path / "a.pdf", book(), 1, 3, all_pages=False)
    assert texts(data) == [["page", "1"], ["page", "3"]]


def test_words_that_the_page_shows_are_not_placed_again(tmp_path: Path) -> None:
    own = pages([shown("seen", x=20, y=100)])
    (page,) = read_pages(own, "a.pdf", PdfOptions())
    assert page.text is not None
    stamp = word_at("stamp", Box(700, 600, 900, 650))
    line = Line(stamp.box, (stamp,), (700.0, 650.0, 900.0, 650.0), 30.0)
    read = replace(page.text, blocks=(*page.text.blocks, Block(stamp.box, (line,))), source="a.pdf")
    (tmp_path / "a.pdf").write_bytes(own)
    data = b"".join(WRITE([ExportPage(read, 300, None, PageFile(tmp_path / "a.pdf", 1))]))
    assert texts(data) == [["seen", "stamp"]]
    taken = ExportPage(replace(read, from_pdf=True), 300, None, PageFile(tmp_path / "a.pdf", 1))
    assert texts(b"".join(WRITE([taken]))) == [["seen"]]


def test_fonts_that_pages_inherit_stay(tmp_path: Path) -> None:
    found = objects_of([shown("seen")])
    found[1] = found[1].replace(b"/Kids", b"/Resources << /Font << /F1 3 0 R >> >> /MediaBox [0 0 300 200] /Kids")
    found[9] = b"<< /Type /Page /Parent 2 0 R /Contents 11 0 R >>"
    data = read_again(tmp_path / "a.pdf", file_of(found), 1)
    assert "seen" in texts(data)[0] and "1" in texts(data)[0]


def test_encrypted_files_stay_encrypted(tmp_path: Path) -> None:
    data = read_again(tmp_path / "a.pdf", book(locked=True), 1, password="u")
    assert texts(data, "u")[0] == ["page", "1"]
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(data))


def test_pages_of_several_files_are_one_document(tmp_path: Path, gray: np.ndarray) -> None:
    (tmp_path / "b.pdf").write_bytes(scan(gray, 300))
    (tmp_path / "c.pdf").write_bytes(book())
    Image.fromarray(gray).save(tmp_path / "d.png")
    files = [("b.pdf", 1, 130, 90), ("c.pdf", 2, 1250, 833), ("d.png", 1, 130, 90)]
    made = [
        ExportPage(replace(make_page(f"in {name}", w, h), source=name), 300, None, PageFile(tmp_path / name, number))
        for name, number, w, h in files
    ]
    assert texts(b"".join(WRITE(made))) == [["in", "b.pdf"], ["in", "c.pdf"], ["in", "d.png"]]


def test_no_pages_give_no_document_and_a_lost_file_a_sentence(tmp_path: Path) -> None:
    assert b"".join(WRITE([])) == b""
    for file in (None, PageFile(tmp_path / "gone.png", 1)):
        with pytest.raises(OutputError, match=r"^a\.png, page 1: a PDF needs the file of the page"):
            b"".join(WRITE([ExportPage(Page(9, 9, source="a.png"), None, None, file)]))


def archived(path: Path, page: Page) -> bytes:
    return b"".join(find_format("pdfa", "read").writers["read"]([ExportPage(page, 300, None, PageFile(path, 1))]))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_pdf_for_archives_is_valid_and_the_same_in_every_run(tmp_path: Path, mode: str) -> None:
    validator = pytest.importorskip("pikepdf.pdfa", exc_type=ImportError)
    page = lines_of(SENTENCE)
    path = tmp_path / ("a.jpg" if mode == "RGB" else "a.png")
    Image.new(mode, (page.width, page.height)).save(path)
    data = archived(path, page)
    assert data == archived(path, page)
    assert validator.validate_written(io.BytesIO(data), "2b").verdict == "pass"
    assert texts(data)[0] == page.text.split()


def test_scanned_pdfs_can_be_for_archives_and_others_say_why_not(tmp_path: Path, gray: np.ndarray) -> None:
    pytest.importorskip("pikepdf.pdfa", exc_type=ImportError)
    path = tmp_path / "a.pdf"
    page = replace(make_page("some words", 130, 90), source="a.pdf")
    font = b"/Font << /F1 3 0 R >>"
    path.write_bytes(scan(gray, 300).replace(font, b" " * len(font)))
    assert texts(archived(path, page)) == [["some", "words"]]
    path.write_bytes(pages([shown("a font that is not embedded")]))
    with pytest.raises(OutputError, match=r"the document is no PDF/A-2b: .*not embedded"):
        archived(path, page)
    path.write_bytes(book(locked=True))
    with pytest.raises(OutputError, match="is encrypted"):
        b"".join(find_format("pdfa", "read").writers["read"]([ExportPage(page, 300, None, PageFile(path, 1, "u"))]))


def test_damaged_files_get_text_where_they_can(tmp_path: Path) -> None:
    from pdf_faults import faults

    for name in ("wrong offsets", "no table", "junk before the header"):
        data = read_again(tmp_path / "a.pdf", faults()[name].data, 1)
        assert texts(data) == [["a", "good", "page", "1"]], name  # "page" stands there already
    with pytest.raises(OutputError, match="too damaged to get text"):
        read_again(tmp_path / "a.pdf", faults()["a circle beside a page"].data, 1)
