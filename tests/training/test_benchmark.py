"""The benchmark's figures, against exact values and against the referee where that is at hand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from training.benchmark.__main__ import __main__ as benchmark
from training.benchmark.engines import Reading, command, read_set
from training.benchmark.sets import Item, load_set

REFEREE = Path(__file__).parents[3] / "shared" / "tools" / "benchmark.py"

#: Truth and reading of each image.
TEXTS = {
    "a": ("“Well,” said he –\n the   King", '"Well," sald he - the King'),
    "b": ("MR. O’NEIL", "mr oneil"),
    "c": ("Nothing", ""),
    "d": ("one two three", "three two one one"),
}
#: An engine that prints what stands in a file beside the image.
ENGINE = "cat {image}.read"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "pages"
    folder.mkdir(parents=True)
    for stem, (truth, read) in TEXTS.items():
        Image.new("L", (8, 8)).save(folder / f"{stem}.png")
        (folder / f"{stem}.gt.txt").write_text(truth, encoding="utf-8")
        (folder / f"{stem}.png.read").write_text(read, encoding="utf-8")
    Image.new("L", (8, 8)).save(folder / "no transcript.png")
    (folder / "parts.tsv").write_text("a.png\ttest\nb.png\ttest\nc.png\ttrain\nd.png\ttest\n")
    return folder.parent


def test_exact_figures(data: Path, capsys: pytest.CaptureFixture) -> None:
    benchmark.main([str(data), "pages", "--engine", ENGINE, "--json", str(data / "out.json")])
    printed = json.loads(capsys.readouterr().out)
    assert (printed["items"], printed["chars"]) == (3, 26 + 10 + 13)
    assert printed["cer"] == round((1 + 9 + 10) / 49, 4)
    assert printed["bag_f1"] == round(2 * (4 + 1 + 3) / (5 + 3 + 3 + 5 + 2 + 4), 4)  # in common, in truth, read
    assert printed["peak_mb"] < 50
    record = json.loads((data / "out.json").read_text())
    assert [name for _, name, _ in record["worst"]] == ["a.png", "d.png", "b.png"]
    assert {k: v for k, v in record.items() if k != "worst"} == printed


@pytest.mark.skipif(not REFEREE.exists(), reason="the referee is not beside the checkout")
@pytest.mark.parametrize("extra", [[], ["--part", "all"], ["--every", "2"], ["--limit", "1"]])
def test_same_figures_as_the_referee(data: Path, capsys: pytest.CaptureFixture, extra: list[str]) -> None:
    arguments = [str(data), "pages", "--engine", ENGINE, *extra]
    benchmark.main(arguments)
    ours = json.loads(capsys.readouterr().out)
    theirs = json.loads(subprocess.check_output([sys.executable, REFEREE, *arguments]))
    ours.pop("cer_jamo")  # which the referee does not tell
    for measured in ("seconds_per_item", "peak_mb"):
        ours.pop(measured)
        theirs.pop(measured, None)
    assert ours == theirs


def test_words_are_looked_for_within_what_was_read() -> None:
    item = Item(Path("x.png"), "SMITH")
    readings = [Reading(item, "SURNAME: SMITH (capitals)", 1.0, 10**6)]
    assert benchmark.score_set("words", "e", "word", readings).cer == 0
    assert benchmark.score_set("words", "e", "line", readings).cer == 4.0


def test_markdown_has_a_ratio_to_the_first_engine() -> None:
    item = Item(Path("x.png"), "abcd")
    scores = [
        benchmark.score_set("s", name, "page", [Reading(item, "abcx", seconds, 50_000_000)])
        for name, seconds in (("first", 2.0), ("second", 1.0))
    ]
    lines = benchmark.markdown_table(scores).splitlines()
    assert lines[0] == "**s**: 1 images, 4 characters"
    assert lines[-1] == "| second | 0.2500 | 0.2500 | 0.000 | 0.000 | 0.2500 | 1.000 | 0.50 | 50 |"


def test_korean_sets_also_count_jamo() -> None:
    readings = [Reading(Item(Path("x.png"), "한글 A"), "한굴 A", 1.0, 10**6)]
    score = benchmark.score_set("korean", "e", "page", readings)
    assert (score.cer, score.cer_jamo) == (1 / 4, 1 / 8)
    header, _, row = benchmark.markdown_table([score]).splitlines()[2:]
    assert header.startswith("| engine | CER | jamo CER | CER folded |")
    assert row.startswith("| e | 0.2500 | 0.1250 | 0.2500 |")
    assert header.count("|") == row.count("|")


def test_only_some_images(data: Path, capsys: pytest.CaptureFixture) -> None:
    benchmark.main([str(data), "pages", "--engine", ENGINE, "--only", "[bd].png"])
    assert json.loads(capsys.readouterr().out)["items"] == 2
    with pytest.raises(SystemExit, match=r"no image of pages has a name like z\*"):
        benchmark.main([str(data), "pages", "--only", "z*"])


def test_commands_of_korean_sets(tmp_path: Path) -> None:
    folder = tmp_path / "korean_drawn"
    folder.mkdir()
    Image.new("L", (8, 8)).save(folder / "a_clean.png")
    (folder / "a_clean.gt.txt").write_text("한글", encoding="utf-8")
    images = load_set(tmp_path, "korean_drawn", tmp_path)
    assert [item.truth for item in images.items] == ["한글"]
    assert command("ocrtool", images, "'x'") == "ocrtool read --quiet --lang eng+kor 'x'"
    assert command("ocrtool --lang kor", images, "'x'") == "ocrtool read --quiet --lang kor 'x'"
    assert command("tesseract6 -l kor", images, "'x'") == (
        "OMP_THREAD_LIMIT=1 tesseract 'x' - --psm 6 -l kor 2>/dev/null"
    )
    assert command("tesseract", images, "'x'") == "OMP_THREAD_LIMIT=1 tesseract 'x' - -l kor+eng --psm 3 2>/dev/null"


def test_commands(data: Path, tmp_path: Path) -> None:
    images = load_set(data, "pages", tmp_path)
    assert command("ocrtool", images, "'x'") == "ocrtool read --quiet --lang eng 'x'"
    assert command("ocrtool --no-lm", images, "'x'") == "ocrtool read --quiet --lang eng --no-lm 'x'"
    assert command("tesseract", images, "'x'") == "OMP_THREAD_LIMIT=1 tesseract 'x' - -l eng --psm 3 2>/dev/null"
    assert command("tesseract -l kor", images, "'x'") == (
        "OMP_THREAD_LIMIT=1 tesseract 'x' - --psm 3 -l kor 2>/dev/null"
    )
    assert command("tesseract --psm 6", images, "'x'") == (
        "OMP_THREAD_LIMIT=1 tesseract 'x' - -l eng --psm 6 2>/dev/null"
    )
    assert command("mine {lang} {image} -", images, "'x'") == "mine eng 'x' -"


def test_small_images_are_read_by_one_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = tmp_path / "hand_printed_words"
    words.mkdir()
    (words / "truth.tsv").write_text("a.png\tONE\nb.png\tTWO\nc.png\t \n")
    fake = tmp_path / "bin" / "ocrtool"
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\necho TWO > "$7/b.txt"\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")
    images = load_set(tmp_path, "hand_printed_words", tmp_path)
    readings = list(read_set("ocrtool --no-lm", images, images.items, tmp_path))
    assert [reading.text for reading in readings] == ["", "TWO\n"]
    assert len((tmp_path / "calls").read_text().splitlines()) == 1


def test_empty_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no items"):
        load_set(tmp_path, str(tmp_path), tmp_path)
