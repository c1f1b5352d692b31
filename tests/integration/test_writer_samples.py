"""The sample pages of six hands, told apart with the real weights, the way the README shows."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ocrtool.cli import main as cli
from samples.make_writers import PEOPLE

FOLDER = Path(__file__).parents[2] / "samples" / "writers"
#: Who wrote each loose page; of one nobody knows the hand.
NOTES = {f"{person.asked[0]}.png": person.name if person.pages else "unknown" for person in PEOPLE if person.asked}


def run(capfd: pytest.CaptureFixture, *arguments: object) -> list[dict[str, Any]]:
    assert cli.run(["writer-id", *map(str, arguments), "--format", "jsonl"]) == 0
    captured = capfd.readouterr()
    assert captured.err == ""
    return [json.loads(line) for line in captured.out.splitlines()]


@pytest.mark.parametrize("model", ["any", "research"])
def test_each_note_is_given_to_its_writer_and_one_to_nobody(model: str, capfd: pytest.CaptureFixture) -> None:
    rows = run(capfd, FOLDER, "--model", model)
    assert {Path(row["page"]).name: row["writer"] for row in rows} == NOTES
    assert sorted(NOTES.values()).count("unknown") == 1


def test_the_same_from_a_file_of_enrolled_writers(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    for name in NOTES:
        shutil.copy(FOLDER / name, tmp_path)
    known = tmp_path / "known"
    for person in PEOPLE:
        if person.pages:
            shutil.copytree(FOLDER / person.name, known / person.name)
    file = tmp_path / "writers.h5"
    assert {row["status"] for row in run(capfd, "enrol", known, "-o", file)} == {"added"}
    assert {row["status"] for row in run(capfd, "enrol", known, "-o", file)} == {"replaced"}
    asked = [tmp_path / name for name in sorted(NOTES)]
    rows = run(capfd, *asked, "--writers", file)
    assert {Path(row["page"]).name: row["writer"] for row in rows} == NOTES


def test_a_gallery_belongs_to_the_weights_that_made_it(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    name = PEOPLE[0].name
    shutil.copytree(FOLDER / name, tmp_path / "known" / name)
    gallery, page = tmp_path / "writers.h5", FOLDER / name / "1.png"
    run(capfd, "enrol", tmp_path / "known", "-o", gallery, "--model", "research")
    assert [row["writer"] for row in run(capfd, page, "--writers", gallery, "--model", "research")] == [name]
    assert cli.run(["writer-id", str(page), "--writers", str(gallery)]) == 1
    out, err = capfd.readouterr()
    assert out == "" and err.count("\n") == 1 and f"{gallery} was made with other weights than those in use" in err


def test_print_and_blank_paper_get_no_answer(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    from PIL import Image

    blank = tmp_path / "blank.png"
    Image.new("L", (1200, 800), 255).save(blank)
    letter, nothing = run(capfd, FOLDER.parent / "letter.png", blank)
    assert (letter["writer"], letter["reason"]) == (None, "printed text, no handwriting")
    assert (nothing["writer"], nothing["reason"]) == (None, "blank page")


def test_two_pages_of_a_hand_and_two_of_different_ones(capfd: pytest.CaptureFixture) -> None:
    one, same = (FOLDER / PEOPLE[0].name / f"{k}.png" for k in (1, 2))
    other = FOLDER / PEOPLE[1].name / "1.png"
    assert run(capfd, "verify", one, same)[0]["same_writer"] is True
    assert run(capfd, "verify", one, other)[0]["same_writer"] is False


def test_print_above_the_writing_is_left_out(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    from PIL import Image

    letter, note = (Image.open(path).convert("L") for path in (FOLDER.parent / "letter.png", FOLDER / "note-3.png"))
    header = letter.crop((0, 0, letter.width, letter.height // 2))
    form = Image.new("L", (max(header.width, note.width), header.height + note.height), 255)
    form.paste(header, (0, 0))
    form.paste(note, (0, header.height))
    form.save(tmp_path / "form.png")
    shutil.copytree(FOLDER / "abel", tmp_path / "abel")
    shutil.copytree(FOLDER / "mabel", tmp_path / "mabel")
    (row,) = run(capfd, tmp_path)
    assert row["writer"] == "abel"
