"""Figures beside the benchmark: errors by stage, reliability of probabilities, variants of a page, the speed page."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image
from transcribed_files import BOOK, draw_lines, make_transcribed

from training.benchmark import breakdown, reliability, robustness, speed_page
from training.benchmark.breakdown import Tally, kind_of, page_edits
from training.report import line_sheets


def output(command: object, *arguments: str) -> str:
    result = CliRunner().invoke(command, arguments)  # type: ignore[arg-type]
    assert result.exit_code == 0, result.output
    return result.output


def table_rows(text: str) -> list[list[str]]:
    """Cells of the rows of Markdown tables, without headers."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [row for row in rows if re.search(r"\d", "".join(row[1:])) and not set("".join(row)) <= set("-:")]


def test_errors_of_print_are_broken_down_by_stage_and_kind(tmp_path: Path) -> None:
    data, sheets = make_transcribed(tmp_path / "data"), tmp_path / "sheets"
    printed = output(breakdown.main, str(data), "old_books", "--sheets", str(sheets))
    (row,) = table_rows(printed)
    rates = dict(zip(Tally().rates(), map(float, row[1:]), strict=True))
    # the caption, which is not in the truth, is read all the same
    assert rates["lost"] == 0.0 and rates["invented"] == pytest.approx(29 / 150, abs=1.01 / 150)
    kinds = sum(rates[kind] for kind in breakdown.KINDS)
    assert kinds == pytest.approx(rates["reader"] + rates["language"], abs=5e-4) and kinds <= 1.01 / 150
    assert Image.open(sheets / "old_books.png").width == line_sheets.WIDTH


def test_edits_belong_to_the_line_they_are_in() -> None:
    found = page_edits("The first line is here “quite” Ännä 7", ["Tke first line is here", '"quite" Anna 71'])
    first, last = found.lines
    assert first.pairs == [("h", "k")] and first.truth.strip() == "The first line is here"
    assert [kind_of(*pair) for pair in last.pairs] == ["typography", "typography", "accent", "accent", "digit"]
    assert (found.lost, found.invented, found.within) == (0, 0, 6)
    gone = page_edits("The first line is here and a second one was lost 1234567", ["The first line is here", "1234567"])
    assert (gone.lost, gone.within) == (len("and a second one was lost "), 0)
    odd = page_edits("The first line is here", ["The first line is here", "~}{~^#"])
    assert odd.invented == len("~}{~^#") and odd.lines[1] is None
    nothing = page_edits("all of it is lost", [])
    assert (nothing.lost, nothing.invented, nothing.lines) == (17, 0, [])
    assert page_edits("", ["a line"]).invented == 6


@pytest.mark.parametrize(
    ("truth", "read", "kind"),
    [
        ("a", "", "letter"),
        (" ", "", "space"),
        ("-", " ", "space"),
        ("…", ".", "punctuation"),
        ("", ",", "punctuation"),
        ("“", '"', "typography"),
        ("O", "o", "case"),
        ("é", "E", "accent"),
        ("O", "0", "digit"),
        ("f", "£", "letter"),
    ],
)
def test_kinds_of_edits(truth: str, read: str, kind: str) -> None:
    assert kind_of(truth, read) == kind


def test_worst_lines_are_drawn(tmp_path: Path) -> None:
    picture = np.full((40, 300), 255, np.uint8)
    picture[10:30, 20:280] = 0
    line_sheets.line_sheet([line_sheets.MisreadLine(picture, "truth", "reed", 3)] * 2, "set", tmp_path / "sheet.png")
    sheet = np.asarray(Image.open(tmp_path / "sheet.png").convert("L"))
    one = tmp_path / "one.png"
    line_sheets.line_sheet([line_sheets.MisreadLine(picture, "truth", "reed", 3)], "set", one)
    assert sheet.shape[1] == line_sheets.WIDTH and (sheet == 0).sum() > 2 * 200 * 20
    assert sheet.shape[0] - Image.open(one).height == line_sheets.PICTURE_HEIGHT + 2 * line_sheets.ROW + line_sheets.GAP


def test_probabilities_are_compared_with_what_is_right(tmp_path: Path) -> None:
    data, picture = make_transcribed(tmp_path / "data"), tmp_path / "plot.png"
    printed = output(reliability.main, "--data", str(data), "--plot", str(picture))
    assert "old_books: " in printed and "iam_hand_printed: " in printed and "hand_printed_words" not in printed
    # 31 words of the text are right, the 5 of the caption, which is not in it, wrong
    assert "old_books: 36 words at 0.9 and above, 0.861 of them right" in printed
    assert sum(int(row[0]) for row in table_rows(printed.split("iam_hand_printed")[0])) == 36
    assert Image.open(picture).size == (550, 550)


def test_bins_hold_the_words_of_their_probabilities() -> None:
    rows = reliability.bins(np.array([0.1, 0.85, 0.87, 1.0]), np.array([False, True, False, True]))
    assert rows == [(1, 0.1, 0.0), (2, pytest.approx(0.86), 0.5), (1, 1.0, 1.0)]
    assert reliability.calibration_error(rows) == pytest.approx((0.1 + 2 * 0.36) / 4)


def test_variants_of_a_page_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robustness, "RESOLUTIONS", (150, 300))
    monkeypatch.setattr(robustness, "ANGLES", (3.0,))
    page, text = tmp_path / "a.png", tmp_path / "a.txt"
    Image.fromarray(draw_lines(BOOK)[0]).save(page)
    text.write_text("\n".join(BOOK), encoding="utf-8")
    printed = output(robustness.main, str(page), str(text), "--lang", "eng").splitlines()
    found = [re.fullmatch(r"(.+): CER ([\d.]+), skew found (.+)", line) for line in printed]
    names = [match[1] for match in found if match]
    assert names == ["150 dpi", "300 dpi", "turned +3 degrees", "negative", "uneven light"]
    errors = {match[1]: float(match[2]) for match in found if match}
    assert max(errors.values()) <= 0.007, errors  # one character of the page
    skew = {match[1]: float(match[3]) for match in found if match}
    assert skew == pytest.approx(dict.fromkeys(names, 0.0) | {"turned +3 degrees": 3.0}, abs=0.05)
    refused = CliRunner().invoke(robustness.main, [str(page)])
    assert refused.exit_code == 2 and "PAGE needs its TEXT" in refused.output


def test_the_speed_page_is_an_a4_page_of_3000_characters(tmp_path: Path) -> None:
    output(speed_page.main, str(tmp_path / "out"))
    page = Image.open(tmp_path / "out" / "a4.png")
    assert page.size == (2480, 3508) and page.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    text = (tmp_path / "out" / "a4.txt").read_text(encoding="utf-8")
    assert len(text) == 3000 + len("\n")
    dark = np.asarray(page) < 128
    assert dark.mean() == pytest.approx(0.06, abs=0.005) and not dark[:200].any()
