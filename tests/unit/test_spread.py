"""Double-page spreads: which images are some, and where they are cut."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
from drawn_lines import draw_page
from PIL import Image

import ocrtool
from ocrtool.cli import main as cli
from ocrtool.segment.spread import find_gutter, halves

LEFT = """The letter came when nobody
was at home, so the postman
laid it on the stone before
the door and went his way.
It rained in the night and
12""".splitlines()
RIGHT = """In the morning nothing was
left of it that one could
have read, and so it was that
she never knew who had sent
for her, nor what he wanted.
13""".splitlines()


def spread(gap: int = 150, right: list[str] | None = None) -> np.ndarray:
    """Two pages beside each other, (H, W) uint8. gap: additional columns of white between them."""
    pages = [draw_page(lines, leading=1.6).gray for lines in (LEFT, right or RIGHT)]
    height = max(page.shape[0] for page in pages)
    pages = [np.pad(page, ((0, height - page.shape[0]), (0, 0)), constant_values=255) for page in pages]
    return np.hstack([pages[0], np.full((height, gap), 255, np.uint8), pages[1]])


def shaded(gray: np.ndarray, at: int) -> np.ndarray:
    """With the shadow of a fold."""
    shade = 1 - 0.5 * np.exp(-np.abs(np.arange(gray.shape[1]) - at) / 25)
    return (gray * shade).astype(np.uint8)


def test_white_as_wide_as_two_margins_between_two_texts_is_a_gutter() -> None:
    gray = spread()
    gutter = find_gutter(gray)
    assert gutter is not None and not gutter.sideways and gutter.slope == 0.0
    (left, _), (right, pixels) = halves(gray, gutter)
    assert (left.x0, left.x1, right.x1) == (0, right.x0, gray.shape[1])
    assert 0.45 < left.x1 / gray.shape[1] < 0.55
    assert np.array_equal(pixels, gray[:, right.x0 :])


@pytest.mark.parametrize(
    ("gray", "why"),
    [
        (draw_page(LEFT * 6).gray, "higher than wide"),
        (spread(gap=0)[:, 30:-30][:, np.r_[0:450, 520:970]], "columns with a gutter of four x-heights"),
        (spread(right=["12.40", "3.10", "118.00", "9.95", "44.20", "7"]), "a column of figures"),
        (np.full((400, 900), 255, np.uint8), "blank"),
    ],
)
def test_other_images_are_no_spreads(gray: np.ndarray, why: str) -> None:
    assert find_gutter(gray) is None, why


def test_a_blank_page_beside_text_is_cut_off_at_the_shadow_of_the_fold() -> None:
    gray = spread()
    gray[:, gray.shape[1] // 2 :] = 255
    gray[60:80, -200:-190] = 0
    assert find_gutter(gray) is None
    at = gray.shape[1] // 2 + 20
    gutter = find_gutter(shaded(gray, at))
    assert gutter is not None and abs(gutter.at - at) < 12


def test_a_cut_through_a_skewed_spread_leaves_nothing_of_the_other_page() -> None:
    gray = spread(gap=60)
    middle = gray.shape[1] / 2, gray.shape[0] / 2
    skewed = cv2.warpAffine(gray, cv2.getRotationMatrix2D(middle, 4.0, 1.0), gray.shape[::-1], borderValue=255)
    gutter = find_gutter(skewed)
    assert gutter is not None and abs(gutter.slope) == pytest.approx(np.tan(np.deg2rad(4)), abs=0.005)
    ink = [int((pixels < 128).sum()) for _, pixels in halves(skewed, gutter)]
    assert sum(ink) == int((skewed < 128).sum())


@pytest.mark.parametrize("quarters", [0, 1, 2])
def test_the_two_pages_are_read_one_after_the_other(quarters: int, tmp_path: Path) -> None:
    gray = np.ascontiguousarray(np.rot90(spread(), quarters))
    path = tmp_path / "book.png"
    Image.fromarray(gray).save(path, dpi=(200, 200))
    out = tmp_path / "out"
    arguments = [
        "read",
        "--lang",
        "eng",
        "--split-spreads",
        "--format",
        "text,json,hocr,tsv,html,pdf",
        "--overlay",
        str(out),
    ]
    assert cli.run([*arguments, "-o", f"{out}/", str(path)]) == 0
    first, second = (out / "book.txt").read_text().rstrip("\n").split("\f")
    assert (first.split("\n")[:5], second.split("\n")[:5]) == (LEFT[:5], RIGHT[:5])
    pages = json.loads((out / "book.json").read_text())["pages"]
    assert [(page["half"], page["number"], page["width"], page["height"]) for page in pages] == [
        ("left", 1, gray.shape[1], gray.shape[0]),
        ("right", 1, gray.shape[1], gray.shape[0]),
    ]
    for page in pages:
        x0, y0, x1, y1 = page["part"]
        for line in page["lines"]:
            a, b, c, d = line["box"]
            assert x0 <= a and y0 <= b and c <= x1 and d <= y1
            assert (gray[b:d, a:c] < 128).any()
        assert f"bbox {x0} {y0} {x1} {y1}; ppageno 0" in (out / "book.hocr").read_text()
    names = {found.name for found in out.iterdir() if found.suffix == ".png"}
    assert names == {"book.left.overlay.png", "book.right.overlay.png"}
    assert cli.run(["convert", str(out / "book.json"), "--format", "json", "-o", str(tmp_path / "again.json")]) == 0
    assert (tmp_path / "again.json").read_bytes() == (out / "book.json").read_bytes()
    with pikepdf.open(out / "book.pdf") as pdf:
        images = {page.obj.Resources.XObject.Im.objgen for page in pdf.pages}
        assert len(pdf.pages) == 2 and len(images) == 1, "the image is in the file once"


def test_spreads_stay_whole_by_default(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "book.png"
    Image.fromarray(spread()).save(path)
    assert cli.run(["read", "--lang", "eng", "--format", "json", str(path)]) == 0
    (page,) = json.loads(capsys.readouterr().out)["pages"]
    assert (page["half"], page["part"]) == ("", None)


def test_spreads_are_split_from_python_where_it_is_asked_for(tmp_path: Path) -> None:
    path, gray = tmp_path / "book.png", spread()
    Image.fromarray(gray).save(path)
    left, right = ocrtool.read_pages(path, "eng", split_spreads=True)
    assert (left.half, right.half) == ("left", "right") and (left.number, right.number) == (1, 1)
    assert left.text.splitlines()[:5] == LEFT[:5] and right.text.splitlines()[:5] == RIGHT[:5]
    assert left.part is not None and right.part is not None and left.part.x1 == right.part.x0
    assert (right.width, right.height) == gray.shape[::-1] and right.lines[0].box.x0 > right.part.x0
    (whole,) = ocrtool.read_pages(path, "eng")
    assert whole.half == "" and len(whole.lines) == len(left.lines) + len(right.lines)
