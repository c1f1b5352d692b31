"""Lines of transcribed pages: where the transcript is cut, which lines are used, and the shards made of them."""

from __future__ import annotations

import itertools
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import numpy as np
import pytest
from click.testing import CliRunner
from transcribed_files import make_transcribed

from ocrtool.segment.strip import STRIP_ROWS
from training.lines import aligned, make_aligned
from training.lines.aligned import Aligned, align_crop, align_page, simplified, transcript
from training.lines.ctc import CLASSES, encode
from training.lines.forced import force, text_scores
from training.lines.make_aligned import write_shards
from training.lines.pages import Sample
from training.lines.shards import read_shard
from training.lines.task import LABELS
from training.train_lines import parse_shares

ENGINE: Any = SimpleNamespace(reader=SimpleNamespace(labels=LABELS))
LINES = (
    "The old mill stood under-",
    "stand nothing of it, he said, but the wheel",
    "had turned for sixty years, and Mrs. Fenwick",
    "would not hear of a change.",
)
RUNNING = "The old mill stood understand nothing of it, he said, but the wheel had turned for sixty years, "
RUNNING += "and Mrs. Fenwick would not hear of a change."


def seen(text: str, sure: float = 0.95, other: dict[int, str] | None = None) -> np.ndarray:
    """What a reader sees of ``text``: (T, CLASSES), a frame of each character and a blank after it.

    other: what else it may be, by its place.
    """
    probabilities = np.full((2 * len(text) + 2, CLASSES), 1e-5)
    probabilities[:, 0] = 0.999
    for k, label in enumerate(encode(text).tolist()):
        row = probabilities[2 * k + 1]
        row[0], row[label] = 0.01, sure
        if other and k in other:
            row[encode(other[k])[0]] = 0.98 - sure
    return np.asarray(np.log(probabilities / probabilities.sum(axis=1, keepdims=True)), np.float32)


def as_read(monkeypatch: pytest.MonkeyPatch, *lines: np.ndarray) -> None:
    found = [
        SimpleNamespace(log_probs=line, strip=SimpleNamespace(soft=np.full((STRIP_ROWS, 2 * len(line)), k, np.uint8)))
        for k, line in enumerate(lines)
    ]
    monkeypatch.setattr(aligned, "read_lines", lambda gray, engine: found)


def texts(found: Aligned) -> list[str]:
    return [sample.text for sample in found.samples]


def page(text: str, plain: str | None = None, believed: bool = False) -> Aligned:
    return align_page(np.zeros((1, 1), np.uint8), text, ENGINE, plain, believed)


def test_scores_are_sums_over_all_alignments() -> None:
    rng = np.random.default_rng(1)
    log_probs = np.log(rng.dirichlet(np.ones(3), 5))
    sums = dict.fromkeys([(1, 1), (2, 1, 2), (1,)], 0.0)
    for path in itertools.product(range(3), repeat=5):
        text = tuple(label for label, _ in itertools.groupby(path) if label)
        if text in sums:
            sums[text] += float(np.exp(log_probs[np.arange(5), path].sum()))
    np.testing.assert_allclose(np.exp(text_scores(log_probs, list(map(np.array, sums)))), list(sums.values()))


def test_the_best_path_says_where_characters_stand() -> None:
    found = force(seen("too"), encode("too"))
    assert found is not None and found.first.tolist() == [1, 3, 5] and found.last.tolist() == [1, 3, 5]
    assert force(seen("to"), encode("tooooooo")) is None  # more characters than frames


def test_running_text_is_cut_where_the_lines_end(monkeypatch: pytest.MonkeyPatch) -> None:
    as_read(monkeypatch, *map(seen, LINES))
    assert texts(page(RUNNING)) == list(LINES)  # the hyphen of the page is back
    assert texts(page("\n".join(LINES))) == list(LINES)


def test_misread_lines_are_used_and_lines_that_are_not_in_the_text_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    as_read(monkeypatch, seen("xviii"), seen(LINES[0]), seen(LINES[1].replace("n", "u").replace("h", "b")))
    found = page(RUNNING)
    assert texts(found) == list(LINES[:2]) and found.dropped == 1


def test_a_line_that_is_cut_off_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    as_read(monkeypatch, seen("he old mill stood under"), seen(LINES[1]))
    assert [text for text in texts(page(RUNNING)) if text.startswith("The")] == []


def test_columns_may_come_in_another_order(monkeypatch: pytest.MonkeyPatch) -> None:
    as_read(monkeypatch, *map(seen, (*LINES[2:], *LINES[:2])))
    assert sorted(texts(page(RUNNING))) == sorted(LINES)


def test_the_ink_says_which_form_a_plain_mark_has(monkeypatch: pytest.MonkeyPatch) -> None:
    as_read(monkeypatch, seen("He said “yes” and went"), seen("to the King’s house."))
    plain = 'He said "yes" and went to the King\'s house.'
    assert texts(page(plain)) == ["He said “yes” and went", "to the King’s house."]
    assert texts(page(plain, "")) == ['He said "yes" and went', "to the King's house."]


def test_transcripts_that_tell_forms_apart_are_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert simplified(["it's", "a — b"]) == "'\""
    as_read(monkeypatch, seen('He said "yes" and went'))
    assert texts(page("He said “yes” and went")) == ["He said “yes” and went"]


def test_two_hyphens_are_a_dash_where_the_ink_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    as_read(monkeypatch, seen("the end—or so he thought"))
    assert texts(page("the end--or so he thought")) == ["the end—or so he thought"]


def test_small_capitals_and_unknown_characters_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    as_read(monkeypatch, seen("THE HIGHWAYMEN"), seen("three ½ of it all"))
    assert texts(page("The Highwaymen three ⅜ of it all")) == []
    assert transcript("ﬁve\u00ad  ⅜\nof\tit") == "five \ufffd of it"


def test_transcripts_that_are_believed_say_which_case_and_marks_are_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    as_read(monkeypatch, seen("“THE HIGHWAYMEN”"), seen("“Yes” — said SARAH"), seen("of other pages"))
    text = '"The Highwaymen" "Yes" - said Sarah'
    assert texts(page(text, "", believed=True)) == ['"The Highwaymen"', '"Yes" - said Sarah']
    assert texts(page(text, '"', believed=True)) == ["“The Highwaymen”", "“Yes” - said Sarah"]


def test_of_a_crop_the_line_with_its_text_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    as_read(monkeypatch, seen("SURNAME"), seen("MARTIN"))
    found = align_crop(np.zeros((1, 1), np.uint8), "MARTIN", ENGINE)
    assert texts(found) == ["MARTIN"] and found.dropped == 1


def test_a_blank_page_has_no_lines() -> None:
    assert align_page(np.full((90, 90), 255, np.uint8), "nothing", ENGINE) == Aligned()


def test_shards_of_an_earlier_run_are_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make_aligned, "SHARD", 2)
    sample = Sample(np.zeros((STRIP_ROWS, 8), np.uint8), "ab", None)
    write_shards([sample] * 5, tmp_path, "books")
    write_shards([sample] * 3, tmp_path, "books")
    assert [len(read_shard(path)) for path in sorted(tmp_path.iterdir())] == [2, 1]
    assert read_shard(tmp_path / "books-001.npz").sample(0).middles is None


def test_the_command_reads_the_training_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_transcribed(tmp_path)
    sample = Sample(np.zeros((STRIP_ROWS, 8), np.uint8), "ab", None)
    monkeypatch.setattr(make_aligned, "open_reader", lambda weights: ENGINE)
    monkeypatch.setattr(make_aligned, "align_page", lambda gray, text, engine: Aligned((sample,), 2))
    found = CliRunner().invoke(make_aligned.main, ["books", str(tmp_path / "out"), "--data", str(tmp_path)])
    assert found.exit_code == 0 and "lines kept" in found.output, found.output
    monkeypatch.setattr(make_aligned, "align_page", lambda gray, text, engine: Aligned((), 2))
    found = CliRunner().invoke(make_aligned.main, ["books", str(tmp_path / "out"), "--data", str(tmp_path)])
    assert found.exit_code == 1 and "no line of books could be aligned" in found.output


def test_shares_of_sources() -> None:
    option: Any = None
    assert parse_shares(option, option, ("iam=0.25", "pen=0"))["iam"] == 0.25
    for wrong in ("iam", "=1", "iam=-1", "iam=nan"):
        with pytest.raises(click.BadParameter):
            parse_shares(option, option, (wrong,))
