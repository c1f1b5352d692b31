"""Korean pages, read with the real weights: exactly as many errors as today."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import cv2
import numpy as np
import pytest
from error_count import errors

from ocrtool.cli import main as cli

SAMPLES = Path(__file__).parents[2] / "samples"
#: Edits out of characters of each page of samples/korean; see test_samples.py.
ERRORS = {"letter": "0 / 455", "mixed": "3 / 659", "prices": "3 / 216"}
#: The same for `letter` without the language model, white space left out.
UNGUIDED = "0 / 362"


def truth_of(name: str) -> str:
    return (SAMPLES / "korean" / f"{name}.txt").read_text(encoding="utf-8")


def read(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is printed."""
    assert cli.run(["read", *arguments]) == 0
    return capfd.readouterr().out


@pytest.mark.parametrize("name", ERRORS)
def test_korean_is_found_out_and_read(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    text = read(capfd, str(SAMPLES / "korean" / f"{name}.png"))
    assert errors(truth_of(name), text) == ERRORS[name], text
    assert unicodedata.is_normalized("NFC", text)


def test_each_page_of_a_batch_has_its_language(capfd: pytest.CaptureFixture[str]) -> None:
    pages = [str(SAMPLES / name) for name in ("korean/letter.png", "letter.png", "korean/mixed.png")]
    found = json.loads(read(capfd, "--format", "json", *pages))["pages"]
    assert [page["language"] for page in found] == ["kor", "eng", "eng+kor"]


def test_english_is_read_as_if_asked_for(capfd: pytest.CaptureFixture[str]) -> None:
    page = str(SAMPLES / "form.png")
    assert read(capfd, page) == read(capfd, "--lang", "eng", page)


def test_every_character_has_its_box_and_alternatives(capfd: pytest.CaptureFixture[str]) -> None:
    (page,) = json.loads(read(capfd, "--format", "json", str(SAMPLES / "korean" / "letter.png")))["pages"]
    for line in page["lines"]:
        x0, y0, x1, y1 = line["box"]
        characters = [c for word in line["words"] for c in word["characters"]]
        assert "".join(c["label"] for c in characters) == line["text"].replace(" ", "")
        for c in characters:
            assert x0 <= c["box"][0] < c["box"][2] <= x1 and y0 <= c["box"][1] < c["box"][3] <= y1
            assert 0 < c["probability"] <= 1 and c["label"] in [a["label"] for a in c["alternatives"]]


@pytest.mark.parametrize("change", ["half", "negative", "turned"])
def test_other_scans_of_a_page_read_alike(change: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    gray = cv2.imread(str(SAMPLES / "korean" / "letter.png"), cv2.IMREAD_GRAYSCALE)
    if change == "half":
        gray = cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    elif change == "negative":
        gray = 255 - gray
    else:
        centre = (gray.shape[1] / 2, gray.shape[0] / 2)
        gray = cv2.warpAffine(gray, cv2.getRotationMatrix2D(centre, 4.0, 1.0), gray.shape[::-1], borderValue=255)
    cv2.imwrite(str(tmp_path / "page.png"), gray)
    assert errors(truth_of("letter"), read(capfd, str(tmp_path / "page.png"))) == ERRORS["letter"]


def test_without_the_language_model_syllables_are_still_read(capfd: pytest.CaptureFixture[str]) -> None:
    text = read(capfd, "--no-lm", "--lang", "kor", str(SAMPLES / "korean" / "letter.png"))
    assert errors(truth_of("letter").replace(" ", ""), text.replace(" ", "")) == UNGUIDED


def test_blank_page_is_empty_in_every_language(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((300, 200), 250, np.uint8))
    for language in ("auto", "kor", "eng+kor"):
        assert read(capfd, "--lang", language, str(tmp_path / "blank.png")).strip() == ""


def test_hanja_are_marked_as_not_read_and_leave_their_neighbours_alone(capfd: pytest.CaptureFixture[str]) -> None:
    (page,) = json.loads(read(capfd, "--format", "json", str(SAMPLES / "korean" / "prices.png")))["pages"]
    line = page["lines"][-1]
    assert line["text"] == truth_of("prices").splitlines()[-1]
    characters = [c for word in line["words"] for c in word["characters"]]
    unread = [c for c in characters if c["label"] == "\ufffd"]
    assert len(unread) == 5
    for c in unread:
        assert c["probability"] <= 0.05 and c["box"][2] - c["box"][0] > 30
    assert min(c["probability"] for c in characters if c["label"] != "\ufffd") > 0.5
    assert all(word["probability"] <= 0.05 for word in line["words"] if "\ufffd" in word["text"])


def test_signs_are_read_as_such(capfd: pytest.CaptureFixture[str]) -> None:
    text = read(capfd, str(SAMPLES / "korean" / "prices.png"))
    assert set("☎■□▲→※○●₩£€㎜㎖㎝℃§") <= set(text), text
