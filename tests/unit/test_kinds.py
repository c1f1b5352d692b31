"""Characters that are read one for another are what their neighbours are: figures, capitals, small letters."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from ocrtool.decode.ctc_reading import ALTERNATIVES, Reading
from ocrtool.script.cell_kinds import agree_kinds, kinds_of
from ocrtool.script.word_kinds import agree_words

LABELS = ["<blank>", " ", *"0123456789OISBZbilotAEHM/.("]


def shares(*cells: dict[str, float]) -> np.ndarray:
    """Log-probabilities (n, classes): what each cell may hold."""
    found = np.full((len(cells), len(LABELS)), 1e-10)
    for row, cell in zip(found, cells, strict=True):
        for label, share in cell.items():
            row[LABELS.index(label)] = share
    return np.log(found / found.sum(axis=1, keepdims=True))


def agreed(*cells: dict[str, float], gaps: tuple[int, ...] = ()) -> str:
    apart = np.zeros(len(cells) - 1, bool)
    apart[list(gaps)] = True
    found = agree_kinds(shares(*cells), kinds_of(LABELS), apart)
    assert np.allclose(np.exp(found).sum(axis=1), 1.0)
    return "".join(LABELS[k] for k in found.argmax(axis=1))


def surely(text: str) -> list[dict[str, float]]:
    return [{label: 1.0} for label in text]


RING = {"O": 0.55, "0": 0.3, "o": 0.15}


def test_a_ring_is_what_its_neighbours_are() -> None:
    assert agreed(*surely("41"), RING, *surely("97")) == "41097"
    assert agreed(*surely("AH"), {"0": 0.6, "O": 0.4}, *surely("ME")) == "AHOME"


def test_figures_follow_letters() -> None:
    assert agreed(*surely("AE"), *surely("41938")) == "AE41938"
    assert agreed(*surely("AH"), {"S": 0.4, "5": 0.6}, *surely("97"), gaps=(1,)) == "AH597"


def test_a_character_that_can_only_be_one_stays() -> None:
    assert agreed(*surely("41"), {"A": 1.0}, *surely("97")) == "41A97"


def reading(*characters: dict[str, float]) -> Reading:
    count = len(characters)
    labels, odds = np.zeros((count, ALTERNATIVES), np.int32), np.zeros((count, ALTERNATIVES), np.float32)
    for k, each in enumerate(characters):
        for n, (label, share) in enumerate(each.items()):
            labels[k, n], odds[k, n] = LABELS.index(label), share
    values = {field.name: np.zeros(count, np.float32) for field in fields(Reading)}
    chosen = {"labels": labels[:, 0], "alternative_labels": labels, "alternative_probabilities": odds}
    return Reading(**{**values, **chosen, "probability": odds[:, 0]})


@pytest.mark.parametrize(
    ("before", "doubt", "after", "expected"),
    [
        ("4", {"/": 0.7, "1": 0.25}, "930260", "41930260"),
        ("12", {"/": 0.7, "1": 0.25}, "05", "12/05"),
        ("A", {"O": 0.5, "0": 0.45}, "4193", "A04193"),
        ("", {"(": 0.7, "1": 0.25}, "0771", "(0771"),
        ("41", {"O": 0.5, "t": 0.45}, "93", "41O93"),
        ("41", {".": 0.7, "1": 0.25}, "9302", "41.9302"),
    ],
    ids=[
        "a stroke between figures",
        "a date",
        "after a letter",
        "a bracket before a number",
        "no figure at all",
        "a point",
    ],
)
def test_what_is_in_doubt_in_a_word(before: str, doubt: dict[str, float], after: str, expected: str) -> None:
    found = agree_words(reading(*surely(before), doubt, *surely(after)), np.array([0]), LABELS)
    assert "".join(LABELS[k] for k in found.labels) == expected
    assert found.probability[len(before)] == found.alternative_probabilities[len(before), 0]
    assert np.isclose(found.alternative_probabilities[len(before)].sum(), sum(doubt.values()))


def test_words_are_apart() -> None:
    found = agree_words(reading(*surely("4193"), RING, *surely("HAE")), np.array([0, 4]), LABELS)
    assert "".join(LABELS[k] for k in found.labels) == "4193OHAE"
