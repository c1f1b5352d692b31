"""Pages of print read with the real weights: codes, amounts, spaces, probabilities, pictures."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_lines import SANS, SERIF, draw_page
from error_count import errors

from ocrtool.pipeline import read_page
from ocrtool.script.engines import Engines, load_engines
from ocrtool.types import Page

CODES = [
    "GB88 CNUY 4971 7695 6914",
    "Invoice No. 2024-00317",
    "Rev. K79 of 12/03/2021",
    "Total £4.50 + 20% VAT",
    "28987.00 and 1,250.75",
    "Serial 7QX-55T1-9M",
]
#: No words at all, which a language model would like to change.
ODD = ["mq7 bnt3 rrk9", "8B0D 1A15 S5Z2", "T4M8RR3W 4 U", "qhrt plkj mnbt"]
PROSE = ["the quick brown fox jumps over", "a lazy dog and runs to some river", "where no man has ever been seen"]


@cache
def engines(language_model: bool = True) -> Engines:
    return load_engines("eng", language_model=language_model)


@cache
def read_codes(font: Path, size: int, language_model: bool = True) -> Page:
    return read_page(draw_page(CODES, size, spacing=size // 20, font=font).gray, engines(language_model))


def off(page: Page, truth: list[str]) -> int:
    """Edits between what was read and the truth, line breaks among them."""
    return int(errors("\n".join(truth), page.text).split()[0])


@pytest.mark.parametrize("size", [18, 32, 60])
def test_codes_keep_their_spaces_points_and_signs(size: int) -> None:
    assert read_codes(SANS, size).text.splitlines() == CODES


def test_codes_in_another_font() -> None:
    page = read_codes(SERIF, 32)
    assert off(page, CODES) <= 1
    assert [len(line.words) for line in page.lines] == [len(text.split()) for text in CODES]


def test_roman_numerals_in_type_whose_capital_i_is_a_stroke() -> None:
    lines = [
        "Henry VIII met Louis XIII in Part II of it",
        "Mill Hill, 11 of 111",
        "III.",
        "(VII)",
        "I",
        "nave and choir",
    ]
    assert read_page(draw_page(lines, 24).gray, engines()).text.splitlines() == lines


def test_capitals_and_figures_are_read_at_the_size_of_those_beside_small_letters() -> None:
    lines = ["REF J8WR646-20U4U6Z6GVD9Q", "IBAN GB29 NWBK 6016 1331 9268 19"]
    for size in (18, 20, 36):
        assert read_page(draw_page(lines, size).gray, engines()).text.splitlines() == lines


def test_the_language_model_changes_no_clean_code() -> None:
    assert read_codes(SANS, 32, language_model=False).text == read_codes(SANS, 32).text
    gray = draw_page(ODD, 32).gray
    guided, unguided = (read_page(gray, engines(model)) for model in (True, False))
    assert off(guided, ODD) <= off(unguided, ODD) + 1 <= 4


def test_what_a_page_says_of_its_characters() -> None:
    drawn = draw_page(CODES, 32)
    page = read_page(drawn.gray, engines())
    height, width = drawn.gray.shape
    assert (page.width, page.height, page.language) == (width, height, "eng")
    lines = page.lines
    assert len(lines) == len(CODES)
    compared = 0
    for line, boxes, text in zip(lines, drawn.boxes, CODES, strict=True):
        if [len(word.text) for word in line.words] != [len(word) for word in text.split()]:
            continue  # a character too many or too few: boxes cannot be compared
        compared += 1
        characters = [c for word in line.words for c in word.characters]
        found = np.array([[c.box.x0, c.box.y0, c.box.x1, c.box.y1] for c in characters])
        np.testing.assert_allclose(found, boxes, atol=4)
        for word in line.words:
            assert 0.0 < word.probability <= 1.0
            assert word.box.x0 == min(c.box.x0 for c in word.characters)
            assert word.box.x1 == max(c.box.x1 for c in word.characters)
        for c in characters:
            named = {other.label: other.probability for other in c.alternatives}
            assert c.label in named and " " not in named
            assert c.probability == pytest.approx(named[c.label], abs=1e-3)
            likely = [other.probability for other in c.alternatives]
            assert likely == sorted(likely, reverse=True)
            assert min(likely) >= 0.0 and sum(likely) <= 1.0 + 1e-3
        left, from_top, right, to_top = line.baseline
        assert left < right
        assert [from_top, to_top] == pytest.approx([np.median(boxes[:, 3])] * 2, abs=3)
        assert 16 < line.x_height < 25, "capitals and figures are a third higher than small letters"
    assert compared >= len(CODES) - 2


def test_clear_print_is_surer_than_blurred_print() -> None:
    gray = draw_page(PROSE, 27, font=SERIF).gray
    blurred = cv2.GaussianBlur(gray, (0, 0), 4.5)

    def mean(page: Page) -> float:
        return float(np.mean([w.probability for line in page.lines for w in line.words] or [0.0]))

    clear = read_page(gray, engines())
    assert clear.text.splitlines() == PROSE
    assert mean(clear) > mean(read_page(blurred, engines())) + 0.05


@pytest.mark.parametrize("degrees", [-8.0, 3.0])
def test_skewed_and_white_on_black_pages(degrees: float) -> None:
    gray = cv2.copyMakeBorder(draw_page(CODES, 32).gray, 90, 90, 40, 40, cv2.BORDER_CONSTANT, value=255)
    h, w = gray.shape
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1.0)
    turned = cv2.warpAffine(gray, matrix, (w, h), flags=cv2.INTER_CUBIC, borderValue=255)
    page = read_page(255 - turned, engines())
    assert off(page, CODES) <= 1
    assert page.skew == pytest.approx(degrees, abs=0.3)


def test_reading_is_the_same_alone_and_beside_other_lines() -> None:
    together = read_codes(SANS, 32).text.splitlines()
    for text, found in list(zip(CODES, together, strict=True))[::2]:
        alone = read_page(draw_page([text], 32).gray, engines())
        assert alone.text.splitlines() == [found]


def test_underlined_and_framed_text() -> None:
    drawn = draw_page(CODES, 32)
    for boxes in drawn.boxes:
        row = int(boxes[:, 3].max()) + 7
        cv2.line(drawn.gray, (int(boxes[0, 0]), row), (int(boxes[-1, 2]), row), 0, 2)
    height, width = drawn.gray.shape
    cv2.rectangle(drawn.gray, (12, 12), (width - 12, height - 12), 0, 3)
    assert off(read_page(drawn.gray, engines()), CODES) <= 1


@pytest.mark.parametrize("value", [0, 128, 255])
def test_blank_pages_have_no_text(value: int) -> None:
    page = read_page(np.full((300, 400), value, np.uint8), engines())
    assert page.text == "" and page.lines == ()


def picture(kind: str) -> np.ndarray:
    rng = np.random.default_rng(5)
    gray = np.full((700, 900), 255, np.uint8)
    if kind == "hatching":
        for x in range(60, 840, 9):
            cv2.line(gray, (x, 100), (x - 40, 620), 0, 2)
    elif kind == "blots":
        for _ in range(120):
            x, y = (int(n) for n in rng.integers(60, 640, 2))
            cv2.ellipse(gray, (x, y), (int(rng.integers(3, 30)), int(rng.integers(3, 30))), 30, 0, 360, 0, -1)
    elif kind == "photo":
        noise = cv2.GaussianBlur(rng.normal(0, 1, (600, 800)).astype(np.float32), (0, 0), 6)
        gray[50:650, 50:850] = np.clip(128 + 900 * noise, 0, 255)
    else:
        for k in range(9):
            cv2.rectangle(gray, (70 + 90 * k, 600 - 50 * (k % 5)), (130 + 90 * k, 620), 0, -1)
    return gray


@pytest.mark.parametrize(("kind", "most"), [("hatching", 0), ("blots", 5), ("bars", 9), ("photo", 9)])
def test_pictures_have_no_text_or_next_to_none(kind: str, most: int) -> None:
    page = read_page(picture(kind), engines())
    assert len(page.text) <= most
    assert all(word.probability < 0.9 for line in page.lines for word in line.words)


def test_text_beside_a_picture_is_kept() -> None:
    text = draw_page(PROSE, 32).gray
    hatched = picture("hatching")
    gray = np.full((text.shape[0] + hatched.shape[0], max(text.shape[1], hatched.shape[1])), 255, np.uint8)
    gray[: text.shape[0], : text.shape[1]] = text
    gray[text.shape[0] :, : hatched.shape[1]] = hatched
    found = read_page(gray, engines()).text.splitlines()
    assert [line for line in found if line.strip()][: len(PROSE)] == PROSE
    assert sum(map(len, found)) < sum(map(len, PROSE)) + 10
