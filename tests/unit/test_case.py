"""Capital or small, by the height of the glyph on a line that shows both."""

from __future__ import annotations

import numpy as np
import pytest

from ocrtool.charset import LATIN_CLASSES
from ocrtool.script.latin.case import adjust_case, reads_small, shows_both_heights


def row(**probabilities: float) -> np.ndarray:
    scores = np.full((1, len(LATIN_CLASSES)), 1e-7)
    for label, p in probabilities.items():
        scores[0, LATIN_CLASSES.index(label)] = p
    return np.log(scores).astype(np.float32)


# Log-odds of the case that is right: 2.5 by the height, and 0.3 of what the classifier says, log(0.5 / 0.4) for O.
@pytest.mark.parametrize(
    ("height", "label", "odds"), [(1.0, "o", 2.5 - 0.3 * np.log(1.25)), (1.4, "O", 2.5 + 0.3 * np.log(1.25))]
)
def test_height_tells_case(height: float, label: str, odds: float) -> None:
    adjusted = adjust_case(row(O=0.5, o=0.4, e=0.1), np.array([height]))
    assert LATIN_CLASSES[int(adjusted[0].argmax())] == label
    assert np.exp(adjusted[0, LATIN_CLASSES.index(label)]) == pytest.approx(0.9 / (1 + np.exp(-odds)), abs=1e-5)


def test_all_else_stays() -> None:
    scores = row(O=0.5, o=0.3, e=0.15)
    adjusted = adjust_case(scores, np.array([1.0]))
    assert adjusted[0, LATIN_CLASSES.index("e")] == scores[0, LATIN_CLASSES.index("e")]
    assert np.exp(adjusted[0]).sum() == pytest.approx(np.exp(scores[0]).sum(), rel=1e-4)


def test_lines_of_capitals_or_of_small_letters_show_one_height() -> None:
    assert shows_both_heights(np.array([1.0, 1.0, 1.45, 1.02, 1.4, 0.98, 1.0]))
    assert not shows_both_heights(np.full(9, 1.0))
    assert not shows_both_heights(np.array([1.0, 1.4, 0.2]))
    assert not shows_both_heights(np.zeros(0))


def test_capitals_with_taller_initials_are_capitals() -> None:
    capitals = np.concatenate([row(E=0.9), row(R=0.9), row(S=0.9), row(o=0.9)])
    assert not reads_small(capitals, np.ones(4))
    assert reads_small(np.concatenate([row(e=0.9), row(r=0.9), row(S=0.9)]), np.ones(3))
