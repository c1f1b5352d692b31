"""Pages in columns that the order of reading is measured on: each column shows its text, in the order of the truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from bar_font import make_bar_font, read_bars

from training.synthesis.column_pages import MAKERS
from training.synthesis.column_typesetting import set_column, spaced, wrapped
from training.synthesis.office_type import Faces
from training.synthesis.office_typesetting import MARGIN, Manner
from training.synthesis.page_canvas import Canvas, broken

CHARACTERS = "".join(map(chr, range(33, 127))) + "€£–"


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Faces:
    font: Path = make_bar_font(tmp_path_factory.mktemp("fonts") / "bars.ttf", CHARACTERS)
    return Faces(font, font)


def canvas(faces: Faces) -> Canvas:
    found = Canvas(faces, Manner(points=7.5, rule=200), 300, 0.0)
    found.width = found.mm(300.0)
    return found


def test_a_column_is_justified_and_holds_its_text(faces: Faces) -> None:
    page = canvas(faces)
    face, text = (
        page.type(),
        "The goods left our warehouse at noon and should be with you by the end of the week at last",
    )
    end, lines = set_column(page, text, face, (60.0, 60.0, 900.0))
    gray = page.render(end + 60)
    assert lines == broken(text, face, 900.0)
    assert read_bars(gray) == lines
    ends = [np.flatnonzero(row)[-1] for row in (gray < 128) if row.sum() > 200]
    assert np.ptp(ends[: len(ends) // 2]) < 20


def test_words_wider_than_the_column_are_broken_and_stay_in_it(faces: Faces) -> None:
    page = canvas(faces)
    face, address = page.type(), "https://www.example.org/a/very/long/way"
    width = face.length(address) / 2.5
    end, lines = set_column(page, f"at {address} now", face, (60.0, 60.0, width))
    assert lines == wrapped(f"at {address} now", face, width)
    assert "".join("".join(lines).split()) == f"at{address}now"
    assert np.flatnonzero((page.render(end + 60) < 128).any(axis=0))[-1] < 60 + width


def test_spaced_heads_fit_their_column(faces: Faces) -> None:
    page = canvas(faces)
    face = page.type()
    spaced(page, face, (60.0, 100.0, 400.0), "NEWS IN BRIEF", 5.0)
    assert 420 < np.flatnonzero((page.render(200) < 128).any(axis=0))[-1] < 460


@pytest.mark.parametrize("kind", MAKERS)
def test_the_truth_has_every_line_that_is_drawn(kind: str, faces: Faces) -> None:
    page = canvas(faces)
    bottom, lines = MAKERS[kind](page, np.random.default_rng(2), page.mm(300.0 - 2 * MARGIN))
    words = [text for _, _, _, text, _ in page.texts]
    drawn, truth = (sorted("".join(texts).lower()) for texts in (words, "".join(lines).split()))  # small capitals
    assert [c for c in drawn if c != " "] == truth
    assert page.render(bottom + 60).shape[1] == round(page.width)
