"""Forms filled in by hand: what stands in the truth stands on the picture, and readings are measured against it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bar_font import make_bar_font
from click.testing import CliRunner
from PIL import Image

from ocrtool.types import Block, Box, Character, Line, Page, Word
from tests.tiny_data import write_emnist, write_unipen
from training.benchmark.forms import is_mark_right, is_right, score_form, table
from training.synthesis import hand_forms
from training.synthesis.form_truth import FieldTruth, FormTruth, MarkTruth, moved, read_truth
from training.synthesis.office_type import Faces

ASCII = "".join(map(chr, range(33, 127)))


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three small sets of forms: one of each scan."""
    write_emnist(tmp_path)
    write_unipen(tmp_path)
    font = make_bar_font(tmp_path / "bars.ttf", ASCII)
    monkeypatch.setattr(hand_forms, "faces_of", lambda family, fonts: Faces(font, font))
    monkeypatch.setattr(hand_forms, "PAPER", (400.0, 245.0))
    arguments = [str(tmp_path / "out"), "--data", str(tmp_path), "--count", "3"]
    result = CliRunner().invoke(hand_forms.main, arguments)
    assert result.exit_code == 0, result.output
    return tmp_path / "out" / hand_forms.SET


def test_truth_stands_on_the_picture(drawn: Path) -> None:
    images = sorted(drawn.glob("*.png"))
    assert [path.stem.split("_")[2] for path in images] == ["print", "200dpi", "fax"]
    for path in images:
        gray, truth = np.asarray(Image.open(path).convert("L")), read_truth(path)
        assert len(truth.fields) == 11 and len(truth.marks) >= 8
        for place in [field.box for field in truth.fields if field.text] + [mark.box for mark in truth.marks]:
            x0, y0, x1, y1 = (max(0, round(side)) for side in place)
            inside = gray[y0 - 3 : y1 + 3, x0 - 3 : x1 + 3]
            assert inside.min() < 200 < inside.max()
        assert len(path.with_suffix(".gt.txt").read_text(encoding="utf-8").splitlines()) == 16


def test_places_move_with_the_scan() -> None:
    assert moved((10, 20, 30, 60), np.array([[2.0, 0, 5], [0, 2.0, 0]])) == (25, 40, 65, 120)


def page_of(text: str, x: int) -> Page:
    characters = tuple(Character(Box(x + 10 * k, 0, x + 10 * k + 8, 20), c, 0.9) for k, c in enumerate(text))
    box = Box.around([c.box for c in characters])
    line = Line(box, (Word(box, characters, 0.9),), (0.0, 20.0, 9.0, 20.0), 12.0)
    return Page(300, 30, (Block(box, (line,)),))


def test_fields_and_marks_are_scored_by_their_places() -> None:
    fields = (FieldTruth((100, 0, 200, 20), "comb", "A B1"), FieldTruth((200, 0, 290, 20), "line", ""))
    truth = FormTruth((), fields, (MarkTruth((0, 0, 20, 20), "thin", "crossed"),))
    score = score_form(page_of("AB1", 100), truth)
    assert [is_right(field, text) for field, text in score.fields] == [True, True], "spaces do not count in cells"
    assert [is_mark_right(mark, text) for mark, text in score.marks] == [False] and score.invented == 0
    assert not is_right(replace(fields[0], frame="line"), "AB1"), "on lines they do"
    assert is_right(fields[0], "ab1", caseless=True) and not is_right(fields[0], "ab1")
    wrong = score_form(page_of("☒☐", 0), truth)
    assert is_mark_right(*wrong.marks[0]) is False and wrong.invented == 0
    assert "all fields" in table([score, wrong]) and "0.500" not in table([score]).splitlines()[2]
