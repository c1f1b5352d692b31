"""Pages that stand on a side, on their head or in a mirror, read with the real weights."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_lines import SERIF, draw_page
from PIL import Image

import ocrtool
from ocrtool.cli import main as cli
from ocrtool.script import lines, orientation
from ocrtool.types import Box, Page
from training.synthesis.other_ink import halftone

SAMPLES = Path(__file__).parents[2] / "samples"


FRONT = (
    "The summer brought many visitors to the",
    "shore, and in the autumn the harbour was",
    "quiet again until the boats came home.",
)
BACK = (
    "Nothing of what the other side says is",
    "to be read here, however dark it shows",
    "between the lines of this side of it.",
)


def gray_of(name: str) -> np.ndarray:
    return np.asarray(Image.open(SAMPLES / f"{name}.png").convert("L"))


def turned_box(box: Box, degrees: int, page: Page) -> Box:
    """Where a box of an upright page lies once the page is turned counter-clockwise."""
    width, height = page.width, page.height
    corners = {
        0: (box.x0, box.y0, box.x1, box.y1),
        90: (box.y0, width - box.x1, box.y1, width - box.x0),
        180: (width - box.x1, height - box.y1, width - box.x0, height - box.y0),
        270: (height - box.y1, box.x0, height - box.y0, box.x1),
    }
    return Box(*corners[degrees])


@pytest.fixture(scope="module")
def upright() -> Page:
    return ocrtool.read(gray_of("letter"), lang="eng")


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_page_is_read_as_the_upright_one(upright: Page, degrees: int) -> None:
    turned = np.ascontiguousarray(np.rot90(gray_of("letter"), degrees // 90))  # counter-clockwise
    page = ocrtool.read(turned, lang="eng")
    assert (upright.orientation, page.orientation) == (0, degrees)  # clockwise, as it was turned back
    assert page.text == upright.text
    assert (page.height, page.width) == turned.shape
    ours = [word.box for line in page.lines for word in line.words]
    expected = [turned_box(word.box, degrees, upright) for line in upright.lines for word in line.words]
    sides = np.array([[[b.x0, b.y0, b.x1, b.y1] for b in boxes] for boxes in (ours, expected)])
    assert np.abs(sides[0] - sides[1]).max() <= 2, "boxes are those of the input, give or take a rounding"


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_three_lines_are_enough(degrees: int) -> None:
    texts = ["Invoice no. 2081 of 14 May", "Three boxes of brass hinges", "Total due: 1,204.50 EUR"]
    gray = np.rot90(draw_page(texts, font=SERIF).gray, degrees // 90)
    page = ocrtool.read(np.ascontiguousarray(gray), lang="eng")
    assert (page.orientation, page.text.split("\n")) == (degrees, texts)


@pytest.mark.parametrize("name", ["form", "capitals", "scan", "writers/note-1", "korean/letter", "korean/prices"])
def test_an_upright_page_stays_as_it_is(name: str) -> None:
    page = ocrtool.read(gray_of(name))
    assert page.orientation == 0 and not page.mirrored and page.lines


def test_a_list_of_figures_is_upright_whatever_its_columns(tmp_path: Path) -> None:
    rows = [f"{n}" for n in (11, 27, 31, 48, 52, 60, 71, 86, 90, 17, 23, 39)]
    page = ocrtool.read(draw_page(rows).gray, lang="eng")
    assert page.orientation == 0


def test_json_says_how_the_page_was_turned(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    Image.fromarray(np.rot90(gray_of("letter"), 2)).save(tmp_path / "a.png")
    assert cli.run(["read", "--lang", "eng", "--format", "json", str(tmp_path / "a.png")]) == 0
    page = json.loads(capfd.readouterr().out)["pages"][0]
    assert (page["orientation"], page["mirrored"]) == (180, False)


def test_a_mirrored_page_is_named_and_not_read(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    Image.fromarray(gray_of("letter")[:, ::-1]).save(tmp_path / "a.png")
    assert cli.run(["read", "--lang", "eng", str(tmp_path / "a.png")]) == 0
    out, err = capfd.readouterr()
    assert out == "" and "a.png: not read, since its text is mirrored" in err


def test_an_empty_leaf_that_the_other_side_shows_through_is_blank() -> None:
    other_side = gray_of("letter")[:, ::-1].astype(np.float32)
    leaf = np.clip(245.0 - 0.25 * (255.0 - other_side), 0, 255).astype(np.uint8)
    assert ocrtool.read(leaf, lang="eng").text == ""


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_page_of_korean_is_read_too(degrees: int) -> None:
    turned = np.ascontiguousarray(np.rot90(gray_of("korean/letter"), degrees // 90))
    page = ocrtool.read(turned)
    assert (page.orientation, page.language) == (degrees, "kor")
    assert page.text.startswith("한빛골 주말농장 모임")


@pytest.mark.parametrize("faintness", [170, 200])
def test_text_of_the_other_side_is_left_out(faintness: int) -> None:
    front, back = draw_page(FRONT, size=34).gray, draw_page(BACK, size=34).gray
    height, width = (max(a, b) for a, b in zip(front.shape, back.shape, strict=True))
    page, shown = (np.full((height + 60, width + 200), 255, np.uint8) for _ in range(2))
    page[: front.shape[0], : front.shape[1]] = front
    shown[40 : 40 + back.shape[0], -back.shape[1] :] = back[:, ::-1]
    through = np.where(shown < 128, faintness, 255).astype(np.uint8)
    assert ocrtool.read(page).text.split() == " ".join(FRONT).split()
    assert ocrtool.read(np.minimum(page, through)).text.split() == " ".join(FRONT).split()


def test_faint_text_of_the_same_side_is_read() -> None:
    front, below = draw_page(FRONT[:2], size=34).gray, draw_page(BACK, size=34).gray
    faint = np.where(below < 128, 170, 255).astype(np.uint8)
    width = max(front.shape[1], faint.shape[1])
    parts = [np.pad(part, ((0, 0), (0, width - part.shape[1])), constant_values=255) for part in (front, faint)]
    assert ocrtool.read(np.vstack(parts)).text.split() == " ".join([*FRONT[:2], *BACK]).split()


def test_a_picture_of_dots_is_laid_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turning it, for lines or for another script, would cost several times as much as a page of text does."""
    calls = []
    for module in (orientation, lines):
        find = module.find_strip_layout
        monkeypatch.setattr(module, "find_strip_layout", lambda *a, find=find: calls.append(a) or find(*a))
    for seed in (7, 8):
        rng = np.random.default_rng(seed)
        tone = cv2.resize(rng.random((4, 5)).astype(np.float32), (600, 450), interpolation=cv2.INTER_CUBIC)
        page = np.full((1000, 800), 245, np.uint8)
        page[300:750, 100:700] = halftone(255 * np.clip(tone, 0, 1), rng.uniform(3, 9), rng.choice([0, 15, 45, 75]))
        calls.clear()
        ocrtool.read(page)
        assert len(calls) == 1
