"""Pages of PDFs: their pixels at the resolution of their images, their text with boxes, their rotation and crop."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pdf_files import file_of, image_object, objects_of, pages, scan, shown, stream
from PIL import Image

from ocrtool import errors
from ocrtool.imaging.input import read_pages
from ocrtool.imaging.input_page import InputPage
from ocrtool.imaging.page_ranges import PageRanges
from ocrtool.imaging.pdf_options import PdfOptions
from ocrtool.types import Box

#: Text that only another program's reading of a scan has.
INVISIBLE = b"BT 3 Tr /F1 18 Tf 20 20 Td (hidden words) Tj ET"


@pytest.fixture(scope="module")
def gray() -> np.ndarray:
    """(300, 420) uint8: noise with a bar of ink, so that nothing but its own pixels equals it."""
    picture = np.random.default_rng(1).integers(150, 256, (300, 420)).astype(np.uint8)
    picture[100:120, 50:350] = 0
    return picture


def read(data: bytes, **options: object) -> list[InputPage]:
    return list(_drawn(data, **options))


def _drawn(data: bytes, **options: object):
    for page in read_pages(data, "paper.pdf", PdfOptions(**options)):
        assert page.gray.dtype == np.uint8 and page.gray.ndim == 2
        yield page


@pytest.mark.parametrize("dpi", [100, 200, 300, 600])
@pytest.mark.parametrize("kind", ["flate", "jpeg", "jpeg2000"])
def test_a_scan_is_drawn_pixel_by_pixel(gray: np.ndarray, dpi: int, kind: str) -> None:
    (page,) = read(scan(gray, dpi, kind=kind))
    assert page.dpi == pytest.approx(dpi) and page.text is None and page.read_anew
    expected = gray
    if kind == "jpeg":
        file = io.BytesIO()
        Image.fromarray(gray).save(file, "JPEG", quality=90)
        expected = np.asarray(Image.open(file))
    assert page.gray.shape == gray.shape
    assert np.abs(page.gray.astype(int) - expected).max() <= 2


def test_a_scan_in_one_bit(gray: np.ndarray) -> None:
    (page,) = read(scan(gray > 100, 300))
    assert np.array_equal(page.gray, np.where(gray > 100, 255, 0))


def test_the_resolution_is_that_of_the_images_that_cover_the_page(gray: np.ndarray) -> None:
    def dpi_of(*areas: tuple[float, int], **options: object) -> float | None:
        """The resolution of a page of 300 × 200 points with images of these shares of its width and resolutions."""
        drawn, images = b"", []
        for share, dpi in areas:
            images.append(image_object(np.zeros((round(200 / 72 * dpi), round(share * 300 / 72 * dpi)), np.uint8)))
            drawn += b"q %f 0 0 200 0 0 cm /Im%d Do Q " % (share * 300, len(images))
        named = b" ".join(b"/Im%d %d 0 R" % (k + 1, 10 + k) for k in range(len(images)))
        (page,) = read(pages([drawn], b"", b"/XObject << %s >>" % named, images), **options)
        return page.dpi

    assert dpi_of((1.0, 150)) == pytest.approx(150, rel=0.01)
    assert dpi_of((1.0, 100), (0.5, 400)) == pytest.approx(400, rel=0.01)
    assert dpi_of((1.0, 100), (0.1, 400)) == pytest.approx(100, rel=0.01)
    assert dpi_of((0.2, 100)) == 300
    assert dpi_of((1.0, 20)) == 72
    assert dpi_of((1.0, 900)) == 600
    assert dpi_of((1.0, 150), dpi=200) == 200


def test_turned_and_cropped_pages_are_drawn_as_they_are_shown(gray: np.ndarray) -> None:
    (turned,) = read(scan(gray, 72, b"/Rotate 90"))
    assert np.abs(turned.gray.astype(int) - np.rot90(gray, -1)).max() <= 2
    (cropped,) = read(scan(gray, 72, b"/MediaBox [0 0 420 300] /CropBox [20 10 320 260]"))
    assert np.abs(cropped.gray.astype(int) - gray[40:290, 20:320]).max() <= 2


@pytest.mark.parametrize(("value", "filled"), [(b"(paid)", True), (b"()", False), (b"/Off", False), (b"/Yes", True)])
def test_fields_are_drawn_and_a_page_with_filled_ones_is_read(value: bytes, filled: bool) -> None:
    found = objects_of(
        [shown("Name:", y=180)],
        more=[stream(b"0 0 200 100 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 200 100]")],
    )
    found[0] = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>"
    kind = (
        b"/Btn /AS %s /AP << /N << /Yes 10 0 R /Off 10 0 R >> >>" % value
        if value[:1] == b"/"
        else b"/Tx /AP << /N 10 0 R >>"
    )
    found[3] = b"<< /Type /Annot /Subtype /Widget /FT %s /T (a) /V %s /Rect [50 50 250 150] /F 4 >>" % (kind, value)
    found[10] = found[10].replace(b"/Contents", b"/Annots [4 0 R] /Contents")
    (page,) = read(file_of(found), dpi=72)
    assert page.gray[100, 150] < 255 and page.gray[150, 280] == 255
    assert page.read_anew is filled


def test_text_of_a_page_with_its_boxes() -> None:
    (page,) = read(pages([shown("Total 12.50", x=20, y=100, size=18) + shown("due", x=20, y=80)]), dpi=144)
    assert not page.read_anew and page.text is not None
    assert page.text.text == "Total 12.50\ndue" and (page.text.width, page.text.height) == (600, 400)
    total, amount = page.text.lines[0].words
    ink = page.gray < 128
    for word in (total, amount):
        rows, columns = np.nonzero(ink[150:210, word.box.x0 - 3 : word.box.x1 + 3])
        found = Box(*(int(v) for v in (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)))
        got = (3, word.box.y0 - 150, 3 + word.box.width, word.box.y1 - 150)
        assert np.abs(np.subtract((found.x0, found.y0, found.x1, found.y1), got)).max() <= 2
    assert page.text.lines[0].baseline[1] == pytest.approx(200, abs=1)
    assert all(c.probability == 1 and len(c.label) == 1 for c in total.characters)


def test_text_of_turned_pages_runs_with_its_words() -> None:
    for turn, orientation in ((0, 0), (90, 270), (180, 180), (270, 90)):
        (page,) = read(pages([shown("Total due")], b"/Rotate %d" % turn))
        assert page.text is not None and page.text.text == "Total due"
        assert page.text.orientation == orientation
        first, last = (word.box for word in page.text.lines[0].words)
        ahead = {0: last.x0 > first.x1, 90: last.y0 > first.y1, 180: last.x1 < first.x0, 270: last.y1 < first.y0}
        assert ahead[turn]
        ink = page.gray < 128
        assert ink[first.y0 : first.y1, first.x0 : first.x1].mean() > 0.1


def test_text_outside_of_the_crop_box_is_not_on_the_page() -> None:
    (page,) = read(pages([shown("inside", y=100) + shown("outside", y=5)], b"/CropBox [0 50 300 200]"))
    assert page.text is not None and page.text.text == "inside"


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        (pages([shown("words")]), True),
        (pages([INVISIBLE]), False),
        (scan(np.zeros((200, 300), np.uint8), 72, over=shown("over a scan")), False),
        (scan(np.zeros((200, 300), np.uint8), 72, over=INVISIBLE), False),
        (pages([shown("1") + b" 1 1 5 5 re f" * 20]), False),
        (pages([shown("a table of words") + b" 10 10 200 1 re f" * 5]), True),
        (pages([b"0 0 5 5 re f"]), False),
    ],
)
def test_text_is_taken_only_if_it_is_all_of_the_page(data: bytes, whole: bool) -> None:
    for mode, anew in (("auto", not whole), ("ocr", True), ("keep", True)):
        (page,) = read(data, text=mode)
        assert page.read_anew is anew
        assert (page.text is not None) is (whole if mode == "auto" else mode == "keep" and b"Tj" in data)


def test_hidden_text_is_kept_where_it_is_asked_for() -> None:
    (page,) = read(scan(np.zeros((200, 300), np.uint8), 72, over=INVISIBLE), text="keep")
    assert page.text is not None and page.text.text == "hidden words"


def test_letters_without_a_meaning_are_read_anew() -> None:
    """A font that has drawings of its own for the codes of A and B; a map to Unicode says which letters they are."""
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /FontMatrix [1 0 0 1 0 0] /FirstChar 65 /LastChar 66 "
        b"/Widths [1 1] /CharProcs << /x 10 0 R >> /Encoding << /Differences [65 /x /x] >> /ToUnicode 11 0 R >>"
    )
    meaning = b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <41> <42> <0061> endbfrange"
    objects = objects_of([shown("AB" * 5)], more=[stream(b"1 0 0 0 1 1 d1 0 0 1 1 re f"), stream(meaning)])
    objects[2] = font
    (page,) = read(file_of(objects))
    assert page.text is not None and page.text.text == "ab" * 5
    objects[2] = font.replace(b"/ToUnicode 11 0 R", b"")
    (page,) = read(file_of(objects))
    assert page.read_anew and page.text is None


def test_korean_text_is_whole_and_composed(tmp_path: Path) -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("HYSMyeongJo-Medium"))
    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.setFont("HYSMyeongJo-Medium", 14)
    canvas.drawString(50, 700, "한국어 문서 2026")
    canvas.save()
    (page,) = read((tmp_path / "a.pdf").read_bytes())
    assert page.text is not None and page.text.text == "한국어 문서 2026"


@pytest.mark.parametrize(
    ("text", "count", "chosen"),
    [
        ("2", 3, [2]),
        ("1-3,7,-1", 9, [1, 2, 3, 7, 9]),
        ("-2--1", 9, [8, 9]),
        ("2-", 4, [2, 3, 4]),
        ("3,1,3", 9, [1, 3]),
        ("2-5", 3, [2, 3]),
        ("-5-2", 3, [1, 2]),
        ("4", 3, []),
    ],
)
def test_ranges_of_pages(text: str, count: int, chosen: list[int]) -> None:
    assert PageRanges.parse(text).of(count) == chosen


@pytest.mark.parametrize("text", ["", "0", "3-1", "a", "1,,2", "-1--2", "1-2-3", "1.5"])
def test_what_is_no_range_of_pages(text: str) -> None:
    with pytest.raises(ValueError, match="page"):
        PageRanges.parse(text)


def test_ranges_choose_among_the_pages_of_a_tiff_too(gray: np.ndarray) -> None:
    file = io.BytesIO()
    frames = [Image.fromarray(gray[:, : 100 + k]) for k in range(4)]
    frames[0].save(file, "TIFF", save_all=True, append_images=frames[1:])
    found = list(read_pages(file.getvalue(), "a.tif", PdfOptions(PageRanges.parse("-1,2"))))
    assert [(page.number, page.count, page.gray.shape[1]) for page in found] == [(2, 4, 101), (4, 4, 103)]
    with pytest.raises(errors.NoSuchPage, match=r"^a\.tif: it has 4 pages, and none of 5-$"):
        list(read_pages(file.getvalue(), "a.tif", PdfOptions(PageRanges.parse("5-"))))


@pytest.mark.parametrize(("password", "how"), [("key", {"R": 3, "aes": False, "metadata": False}), ("열쇠", {"R": 6})])
def test_passwords(password: str, how: dict[str, object]) -> None:
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(pages([shown("secret")]))) as pdf:
        pdf.save(file, encryption=pikepdf.Encryption(user=password, owner="o", **how))
    (page,) = read(file.getvalue(), password=password)
    assert page.text is not None and page.text.text == "secret"
    with pytest.raises(errors.PdfLocked, match="the password given is not its own"):
        read(file.getvalue(), password="guess")


def test_large_pages_are_drawn_coarser_and_larger_ones_not_at_all() -> None:
    (page,) = read(pages([b"0 0 50 50 re f"], b"/MediaBox [0 0 2500 2500]"))
    assert page.dpi is not None and 100 < page.dpi < 300 and page.gray.size <= 36.1e6
    for options in ({}, {"dpi": 600}):
        with pytest.raises(errors.ImageTooLarge, match="too large to be drawn"):
            read(pages([b""], b"/MediaBox [0 0 9000 9000]"), **options)


def test_nothing_of_a_cut_file_is_lost_that_is_there() -> None:
    whole = pages([shown("a good page")])
    (page,) = read(whole[: whole.index(b"xref")])
    assert page.text is not None and page.text.text == "a good page"
