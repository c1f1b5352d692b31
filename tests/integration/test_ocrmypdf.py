"""The plug-in in OCRmyPDF itself: its kinds of pages, turned, skewed, mixed, blank, in one bit and in four colours."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pdf_files import pages, scan, shown
from PIL import Image

import ocrtool
from ocrtool.metrics import cer

ocrmypdf = pytest.importorskip("ocrmypdf")

PLUGIN = "ocrtool.ocrmypdf_plugin"
SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="module")
def letter() -> Image.Image:
    """The upper part of a letter in print, at 300 dpi."""
    image = Image.open(SAMPLES / "letter.png").convert("L")
    return image.crop((0, 0, image.width, image.height // 3))


@pytest.fixture(scope="module")
def text(letter: Image.Image) -> str:
    return ocrtool.read(letter, "eng").text


def of_images(path: Path, *images: Image.Image) -> Path:
    """A PDF of images at 300 dpi."""
    images[0].save(path, "PDF", resolution=300, save_all=True, append_images=images[1:])
    return path


def run(source: Path, **options: object) -> tuple[list[str], Path]:
    """Run OCRmyPDF; return the text of each page of its output, and the output."""
    target = source.with_name("out.pdf")
    settings = {"language": ["eng"], "output_type": "pdf", "progress_bar": False, "jobs": 1, "optimize": 0} | options
    assert ocrmypdf.ocr(source, target, plugins=[PLUGIN], **settings) == 0
    file = pypdfium2.PdfDocument(target)
    return [page.get_textpage().get_text_range() for page in file], target


def test_pages_of_every_kind(tmp_path: Path, letter: Image.Image, text: str) -> None:
    """Grey, one bit, four colours, blank."""
    grey, bits, colours = letter, letter.point(lambda v: 255 * (v > 128)).convert("1"), letter.convert("CMYK")
    source = of_images(tmp_path / "in.pdf", grey, bits, colours, Image.new("L", letter.size, 255))
    sidecar = tmp_path / "text.txt"
    read, target = run(source, sidecar=sidecar, jobs=2)
    assert read[0].split() == text.split()
    assert cer(text, read[1]) < 0.02 and cer(text, read[2]) < 0.02
    assert read[3].strip() == ""
    assert sidecar.read_text().split("\f")[0].split() == text.split()
    with pikepdf.open(target) as pdf:
        assert f"ocrtool {ocrtool.__version__}" in str(pdf.docinfo["/Creator"])


def test_turned_and_skewed_pages_are_turned_back(tmp_path: Path, letter: Image.Image, text: str) -> None:
    turned = [letter.rotate(angle, expand=True, fillcolor=255) for angle in (90, 180, 3)]
    source = of_images(tmp_path / "in.pdf", *turned)
    read, target = run(source, rotate_pages=True, deskew=True)
    for number, page in enumerate(read):
        assert cer(text, page) < 0.02, number
    drawn = pypdfium2.PdfDocument(target)[2].render(scale=300 / 72, grayscale=True).to_pil()
    assert abs(ocrtool.read(drawn, "eng").skew) < 0.3


@pytest.mark.parametrize("renderer", ["sandwich", "fpdf2"])
def test_words_are_in_their_places(tmp_path: Path, letter: Image.Image, renderer: str) -> None:
    """To 5 pixels, along the line; with OCRmyPDF's own rendering of the tree of the page too."""
    _, target = run(of_images(tmp_path / "in.pdf", letter), pdf_renderer=renderer)
    found = pypdfium2.PdfDocument(target)[0].get_textpage()
    everything = found.get_text_range()
    height, start = letter.height, 0
    for word in (word for line in ocrtool.read(letter, "eng").lines for word in line.words):
        start = everything.index(word.text, start)
        first, last = (found.get_charbox(start + k, loose=True) for k in (0, len(word.text) - 1))
        assert first[0] * 300 / 72 == pytest.approx(word.box.x0, abs=5)
        assert last[2] * 300 / 72 == pytest.approx(word.box.x1, abs=5)
        assert height - first[3] * 300 / 72 < (word.box.y0 + word.box.y1) / 2 < height - first[1] * 300 / 72
        start += len(word.text)


def test_hocr(tmp_path: Path, letter: Image.Image, text: str) -> None:
    from ocrmypdf.hocrtransform import HocrParser

    from ocrtool.ocrmypdf_plugin.engine import OcrtoolEngine

    letter.save(tmp_path / "a.png", dpi=(300, 300))
    options = type("Options", (), {"languages": ["eng"]})
    OcrtoolEngine.generate_hocr(tmp_path / "a.png", tmp_path / "a.hocr", tmp_path / "a.txt", options)
    assert (tmp_path / "a.txt").read_text().split() == text.split()
    words = HocrParser(tmp_path / "a.hocr").parse().words
    assert [word.text for word in words] == text.split()


def test_pages_with_text_are_skipped(tmp_path: Path, letter: Image.Image, text: str) -> None:
    file = io.BytesIO(of_images(tmp_path / "in.pdf", letter).read_bytes())
    with pikepdf.open(io.BytesIO(pages([shown("digital")]))) as pdf, pikepdf.open(file) as other:
        pdf.pages.extend(other.pages)
        pdf.save(tmp_path / "mixed.pdf")
    read, _ = run(tmp_path / "mixed.pdf", skip_text=True)
    assert read[0].split() == ["digital"] and read[1].split() == text.split()


def test_text_of_another_engine_is_replaced(tmp_path: Path, letter: Image.Image, text: str) -> None:
    import numpy as np

    hidden = b"BT 3 Tr /F1 18 Tf 20 20 Td (old words) Tj ET"
    (tmp_path / "in.pdf").write_bytes(scan(np.asarray(letter), 300, over=hidden))
    assert run(tmp_path / "in.pdf", redo_ocr=True)[0][0].split() == text.split()


def test_hangul_keeps_its_spaces(tmp_path: Path) -> None:
    image = Image.open(SAMPLES / "korean" / "letter.png").convert("L")
    image = image.crop((0, 0, image.width, image.height // 3))
    read, _ = run(of_images(tmp_path / "in.pdf", image), language=["eng", "kor"])
    assert read[0].split() == ocrtool.read(image, "eng+kor").text.split()


def test_languages_that_are_not_there(tmp_path: Path, letter: Image.Image) -> None:
    with pytest.raises(ocrmypdf.exceptions.MissingDependencyError):
        run(of_images(tmp_path / "in.pdf", letter), language=["deu"])
