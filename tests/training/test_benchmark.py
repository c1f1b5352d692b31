"""The benchmark's figures, against counts made by hand, and the commands that engines are run with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from training.benchmark.__main__ import main
from training.benchmark.engines import Cost, Reading, command, read_set
from training.benchmark.scores import markdown_table, score_set
from training.benchmark.sets import Item, load_set

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


def run(*arguments: object) -> str:
    """What the command prints."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def reading(truth: str, text: str, seconds: float = 1.0, image: str = "x.png") -> Reading:
    return Reading(Item(Path(image), truth), text, Cost(seconds, 0.5, 48))


def test_exact_figures(data: Path) -> None:
    printed = json.loads(run(data, "pages", "--engine", ENGINE, "--json", data / "out.json"))
    assert (printed["items"], printed["chars"]) == (3, 26 + 10 + 13)
    assert printed["cer"] == round((1 + 9 + 10) / 49, 4)
    # as they are written, two quotes and a dash of the first and the apostrophe of the second are wrong too
    assert printed["cer_strict"] == round((1 + 3 + 9 + 10) / 49, 4)
    assert printed["bag_f1"] == round(2 * (4 + 1 + 3) / (5 + 3 + 3 + 5 + 2 + 4), 4)  # in common, in truth, read
    assert 0 < printed["peak_mb"] < 50
    record = json.loads((data / "out.json").read_text())
    assert [name for _, name, _ in record["worst"]] == ["a.png", "d.png", "b.png"]
    assert {k: v for k, v in record.items() if k != "worst"} == printed


#: Of each reading, counted by hand: edits, strict edits, characters of truth; edits and characters without case and
#: punctuation; words in common, of truth, read.
COUNTS = {
    "a": (1, 1 + 3, 26, 1, 21, 4, 5, 5),  # “well said he the king”
    "b": (9, 9, 10, 1, 9, 1, 3, 2),  # “mr o neil”
    "c": (7, 7, 7, 7, 7, 0, 1, 0),
    "d": (10, 10, 13, 10, 13, 3, 3, 4),
}


@pytest.mark.parametrize(
    ("options", "read", "median"),
    [
        ([], "abd", 10 / 13),
        (["--part", "all"], "abcd", 9 / 10),
        (["--part", "train"], "c", 1.0),
        (["--every", 2], "ad", 10 / 13),
        (["--limit", 1], "a", 1 / 26),
    ],
)
def test_options_choose_the_images(data: Path, options: list[object], read: str, median: float) -> None:
    edits, strict, chars, folded_edits, folded_chars, common, true, found = map(
        sum, zip(*map(COUNTS.__getitem__, read), strict=True)
    )
    printed = json.loads(run(data, "pages", "--engine", ENGINE, *options))
    for measured in ("seconds_per_item", "cpu_per_item", "peak_mb"):
        del printed[measured]
    assert printed == {
        "set": "pages",
        "engine": ENGINE,
        "items": len(read),
        "chars": chars,
        "cer": round(edits / chars, 4),
        "cer_strict": round(strict / chars, 4),
        "cer_folded": round(folded_edits / folded_chars, 4),
        "cer_jamo": None,
        "bag_f1": round(2 * common / (true + found), 4),
        "exact": 0.0,
        "exact_folded": 0.0,
        "median_item_cer": round(median, 4),
    }


def test_processor_seconds_and_memory_are_those_of_the_engine(data: Path) -> None:
    loop = "[0 for _ in iter(lambda: time.process_time() < 0.3, False)]"
    busy = f'python3 -c "import time; held = bytearray(80 << 20); {loop}"'
    sleeping = "sleep 0.4"
    busy_score, sleeping_score = (
        json.loads(run(data, "pages", "--limit", 1, "--engine", f"{engine} # {{image}}")) for engine in (busy, sleeping)
    )
    assert busy_score["cpu_per_item"] >= 0.3 and 80 <= busy_score["peak_mb"] < 200
    assert sleeping_score["cpu_per_item"] < 0.3 <= sleeping_score["seconds_per_item"]
    assert sleeping_score["peak_mb"] < 50


def test_words_are_looked_for_within_what_was_read() -> None:
    readings = [reading("SMITH", "SURNAME: SMITH (capitals)")]
    assert score_set("words", "e", "word", readings).cer == 0
    assert score_set("words", "e", "line", readings).cer == 4.0


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_markdown_has_a_ratio_to_the_first_engine() -> None:
    scores = [
        score_set("s", name, "page", [reading("abcd", "abcx", seconds)])
        for name, seconds in (("first", 2.0), ("second", 1.0))
    ]
    lines = markdown_table(scores).splitlines()
    assert lines[0] == "**s**: 1 images, 4 characters"
    row = dict(zip(cells(lines[2]), cells(lines[-1]), strict=True))
    assert row == {
        "engine": "second",
        "CER": "0.2500",
        "CER strict": "0.2500",
        "CER folded": "0.2500",
        "bag F1": "0.000",
        "exact folded": "0.000",
        "median CER": "0.2500",
        "s per image": "1.000",
        "ratio": "0.50",
        "CPU s": "0.500",
        "peak MB": "48",
    }


def test_korean_sets_also_count_jamo() -> None:
    score = score_set("korean", "e", "page", [reading("한글 A", "한굴 A")])
    assert (score.cer, score.cer_jamo) == (1 / 4, 1 / 8)
    header, _, row = markdown_table([score]).splitlines()[2:]
    assert cells(header)[:4] == ["engine", "CER", "jamo CER", "CER strict"]
    assert cells(row)[:4] == ["e", "0.2500", "0.1250", "0.2500"]


def test_only_some_images(data: Path) -> None:
    assert json.loads(run(data, "pages", "--engine", ENGINE, "--only", "[bd].png"))["items"] == 2
    refused = CliRunner().invoke(main, [str(data), "pages", "--only", "z*"])
    assert (refused.exit_code, refused.output) == (1, "Error: no image of pages has a name like z*\n")


def test_engines_that_know_few_formats_get_a_pgm(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "bin" / "ocrad"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\necho "$1 $2 $(head -c 2 "$3")"\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")
    images = load_set(data, "pages", tmp_path)
    assert [r.text for r in read_set("ocrad", images, images.items[:1], tmp_path)] == ["-F utf8 P5\n"]
    assert command("gocr -m 2", images, "'x'") == "gocr -m 2 'x' 2>/dev/null"


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
    fake.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\necho TWO > "$9/b.txt"\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")
    images = load_set(tmp_path, "hand_printed_words", tmp_path)
    readings = list(read_set("ocrtool --no-lm", images, images.items, tmp_path))
    assert [r.text for r in readings] == ["", "TWO\n"]
    assert len((tmp_path / "calls").read_text().splitlines()) == 1


@pytest.mark.parametrize("engine", ["no-such-engine {image}", "/dev/null {image}"])
def test_an_engine_that_is_not_there_has_no_score(engine: str, data: Path) -> None:
    result = CliRunner().invoke(main, [str(data), "pages", "--engine", engine])
    assert result.exit_code == 1 and result.stdout == ""
    assert "the engine cannot be run, for there is no such program: " + engine.split()[0] in result.stderr


def test_a_command_that_takes_no_image_is_no_engine(data: Path) -> None:
    result = CliRunner().invoke(main, [str(data), "pages", "--engine", "cat"])
    assert result.exit_code == 1 and "cat is no engine known here" in result.stderr


def test_empty_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no items"):
        load_set(tmp_path, str(tmp_path), tmp_path)
