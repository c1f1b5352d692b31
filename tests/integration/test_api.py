"""Reading from Python."""

from __future__ import annotations

import doctest
import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from pdf_files import pages, shown
from PIL import Image

import ocrtool

ROOT = Path(__file__).parents[2]
LETTER = ROOT / "samples" / "letter.png"


@pytest.fixture(scope="module")
def page() -> ocrtool.Page:
    return ocrtool.read(LETTER)


def test_a_file_is_read_as_on_the_command_line(page: ocrtool.Page) -> None:
    command = [sys.executable, "-m", "ocrtool", "read", str(LETTER)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert page.text + "\n" == printed
    assert page.language == "eng" and page.source == str(LETTER) and page.number == 1


def test_arrays_bytes_and_pictures_are_read_alike(page: ocrtool.Page) -> None:
    picture = Image.open(LETTER)
    rgb = np.asarray(picture.convert("RGB"))
    for image in (picture, rgb, np.asarray(picture.convert("L")), bytearray(LETTER.read_bytes()), str(LETTER)):
        assert ocrtool.read(image, "eng").text == page.text


def test_pages_of_a_file_come_one_by_one(tmp_path: Path, page: ocrtool.Page) -> None:
    picture = Image.open(LETTER).convert("L")
    file = tmp_path / "two.tif"
    below = page.lines[0].box.y1 + 20
    picture.crop((0, 0, picture.width, below)).save(
        file, save_all=True, append_images=[Image.new("L", (300, 200), 255)]
    )
    first, second = ocrtool.read_pages(file, "eng")
    assert (first.number, second.number) == (1, 2)
    assert first.text == page.lines[0].text and second.text == ""
    assert ocrtool.read(file, "eng").text == first.text


def test_threads_may_read_at_the_same_time(page: ocrtool.Page) -> None:
    with ThreadPoolExecutor(2) as pool:
        assert {result.text for result in pool.map(lambda _: ocrtool.read(LETTER, "eng"), range(4))} == {page.text}


def test_blank_pages_have_no_text_in_the_language_asked_for() -> None:
    blank = ocrtool.read(np.full((400, 300), 255, np.uint8), "kor")
    assert blank.text == "" and blank.language == "kor" and (blank.width, blank.height) == (300, 400)


def test_other_kinds_of_image_are_refused_by_name() -> None:
    for image in (None, 5, [1], io.BytesIO(LETTER.read_bytes())):
        with pytest.raises(TypeError, match=f"is needed, not {type(image).__name__}"):
            ocrtool.read(image)


def test_pixels_obey_the_limits_of_files() -> None:
    for width, height, fault in ((40_000, 10, "too many"), (20_000, 20_000, "too many"), (0, 0, "too few")):
        with pytest.raises(ValueError, match=fault):
            ocrtool.read(np.broadcast_to(np.uint8(255), (height, width)))
        if width * height < 10**6:
            with pytest.raises(ValueError, match=fault):
                ocrtool.read(Image.new("L", (width, height)))


def test_a_damaged_picture_of_pillow_is_named_so() -> None:
    broken = Image.open(io.BytesIO(LETTER.read_bytes()[:20_000]))
    with pytest.raises(ocrtool.InputError, match="truncated or damaged"):
        ocrtool.read(broken)


@pytest.mark.parametrize("shape", [(5,), (4, 4, 2), (0, 10), (1, 900)])
def test_what_is_no_image_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"is no image|too few"):
        ocrtool.read(np.zeros(shape, np.uint8))
    with pytest.raises(ValueError, match="is no image"):
        ocrtool.read(np.zeros((40, 40), np.float64))


def test_bad_files_and_languages_are_named(tmp_path: Path) -> None:
    with pytest.raises(ocrtool.InputError, match=r"missing\.png: no such file"):
        ocrtool.read(tmp_path / "missing.png")
    with pytest.raises(ValueError, match="'fra' is not one of eng, kor"):
        ocrtool.read(LETTER, "eng+fra")


def test_the_example_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert doctest.testmod(ocrtool) == (0, 3)


def test_importing_costs_nothing() -> None:
    code = "import sys, ocrtool; print([m for m in ('numpy', 'cv2', 'PIL', 'click') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT).stdout == "[]\n"


def test_pages_of_a_pdf(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pages([shown(f"Page {number}", size=30) for number in (1, 2, 3)]))
    own = list(ocrtool.read_pages(path, pages="-1,1"))
    assert [(page.number, page.text, page.from_pdf) for page in own] == [(1, "Page 1", True), (3, "Page 3", True)]
    (anew,) = ocrtool.read_pages(path.read_bytes(), pages="2", pdf_text="keep", dpi=200)
    assert (anew.text, anew.from_pdf, anew.width) == ("Page 2", False, round(300 / 72 * 200))
    assert anew.pdf_text is not None and anew.pdf_text.text == "Page 2" and anew.pdf_text.language == "eng"
    assert ocrtool.read(path).text == "Page 1"
    with pytest.raises(ValueError, match="none of auto, ocr, keep"):
        ocrtool.read_pages(path, pdf_text="both")
