"""``ocrtool writer-id`` with ``enrol`` and ``verify``, from arguments to bytes, with a fake embedder."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from fake_embedder import CALIBRATION, DEATH, DEFECT, PRINT, load_fake
from PIL import Image

from ocrtool.cli import main as cli
from ocrtool.export import similarity
from ocrtool.jobs import embed


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "load_embedder", load_fake)
    monkeypatch.setattr(embed, "load_calibration", lambda options: CALIBRATION)


def draw(path: Path, value: int) -> Path:
    """A page of the value 10 w + k: the k-th of writer w."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (40 + value, 30), value).save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pages by anna, one by bert; loose: one by each, one by somebody else."""
    for name, value in (
        ("anna/1.png", 11),
        ("anna/2.png", 12),
        ("bert/1.png", 21),
        ("p2.png", 22),
        ("p10.png", 13),
        ("p9.png", 31),
    ):
        draw(tmp_path / "in" / name, value)
    return tmp_path / "in"


def run(*arguments: object) -> int:
    return cli.run(["writer-id", *map(str, arguments)])


def lines(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_loose_pages_are_identified_among_sub_folders(folder: Path, capfd: pytest.CaptureFixture) -> None:
    assert run(folder) == 0
    captured = capfd.readouterr()
    assert captured.err == ""
    two, nine, ten = lines(captured.out)  # in natural order
    assert [row[0] for row in (two, nine, ten)] == [str(folder / name) for name in ("p2.png", "p9.png", "p10.png")]
    assert two[1].startswith("bert ") and two[2].startswith("anna 0.00")
    assert nine[1].startswith("unknown ") and nine[2].split()[0] in ("anna", "bert")
    assert ten[1].startswith("anna ") and ten[2].startswith("bert 0.00")


def test_jsonl(folder: Path, capfd: pytest.CaptureFixture) -> None:
    assert run(folder, "--format", "jsonl") == 0
    first, second, _ = objects(capfd.readouterr().out)
    assert list(first) == ["page", "writer", "probability", "runner_up", "runner_up_probability"]
    assert (first["writer"], first["runner_up"], second["writer"]) == ("bert", "anna", "unknown")
    assert first["probability"] > 0.99 > 0.01 > first["runner_up_probability"]
    assert run(folder, "--format", "jsonl", "--top", 9) == 0
    first, second, _ = objects(capfd.readouterr().out)
    assert [one["writer"] for one in first["top"]] == ["bert", "unknown", "anna"]
    assert sum(one["probability"] for one in second["top"]) == pytest.approx(1.0, abs=1e-3)
    assert second["top"][0] == {"writer": "unknown", "probability": second["probability"]}


def test_tsv(folder: Path, capfd: pytest.CaptureFixture) -> None:
    draw(folder / "blank.png", 255)
    assert run(folder, "--format", "tsv", "--top", 2) == 0
    head, blank, *rest = lines(capfd.readouterr().out)
    assert head == [
        "page",
        "writer",
        "probability",
        "runner_up",
        "runner_up_probability",
        "top_1",
        "top_1_probability",
        "top_2",
        "top_2_probability",
        "reason",
    ]
    assert blank == [str(folder / "blank.png"), *[""] * 8, "blank page"]
    assert all(len(row) == len(head) for row in rest)
    assert rest[0][1] == rest[0][5] == "bert" and rest[0][7] == "unknown"


def test_top_in_text(folder: Path, capfd: pytest.CaptureFixture) -> None:
    assert run(folder / "p2.png", folder, "--top", 1) == 0
    assert [len(row) for row in lines(capfd.readouterr().out)] == [2] * 4


def test_pages_without_an_answer_say_why(folder: Path, capfd: pytest.CaptureFixture) -> None:
    print_page, blank = draw(folder / "a.png", PRINT), draw(folder / "bert" / "blank.png", 255)
    assert run(folder) == 0
    captured = capfd.readouterr()
    assert lines(captured.out)[0] == [str(print_page), "no answer: printed text, no handwriting"]
    assert captured.err == f"ocrtool: {blank}: not used for bert: blank page\n"
    assert run(folder, "--format", "jsonl") == 0
    assert objects(capfd.readouterr().out)[0] == {
        "page": str(print_page),
        "writer": None,
        "probability": None,
        "runner_up": None,
        "runner_up_probability": None,
        "reason": "printed text, no handwriting",
    }


def test_failures_are_named_and_the_others_identified(folder: Path, capfd: pytest.CaptureFixture) -> None:
    (folder / "no.png").write_text("no image")
    (folder / "anna" / "cut.png").write_bytes((folder / "p2.png").read_bytes()[:60])
    (folder / "carla").mkdir()
    draw(folder / "x.png", DEFECT)
    assert run(folder, folder / "gone.png") == 1
    captured = capfd.readouterr()
    assert len(lines(captured.out)) == 3
    for name, words in (
        ("anna/cut.png", "truncated or damaged"),
        ("carla", "the folder holds no images"),
        ("no.png", "neither an image"),
        ("x.png", "internal error: KeyError"),
        ("gone.png", "no such file"),
    ):
        assert any(str(folder / name) in line and words in line for line in captured.err.splitlines()), name
    assert captured.err.count("\n") == 5


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_page_that_kills_its_worker_costs_itself(folder: Path, capfd: pytest.CaptureFixture, jobs: int) -> None:
    if jobs == 2:
        draw(folder / "p3.png", DEATH)
    assert run(folder, "--jobs", jobs) == jobs - 1
    captured = capfd.readouterr()
    assert [row[1].split()[0] for row in lines(captured.out)] == ["bert", "unknown", "anna"]
    assert ("p3.png: the process that read it was killed" in captured.err) == (jobs == 2)


def test_without_known_writers_pages_are_grouped(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    values = {"a.png": 52, "b.png": 255, "c.png": 11, "d.png": 53, "e.png": 54, "f.png": 12}
    for name, value in values.items():
        draw(tmp_path / name, value)
    assert run(tmp_path) == 0
    rows = lines(capfd.readouterr().out)
    assert [row[1].split()[0] for row in rows] == ["writer-1", "no", "writer-2", "writer-1", "writer-1", "writer-2"]
    assert all(
        0.9 < float(row[1].split()[1]) <= 1 and len(row) == 2 for row in rows if row[1] != "no answer: blank page"
    )
    assert run(tmp_path, "--format", "jsonl") == 0
    first, blank, *_ = objects(capfd.readouterr().out)
    assert (first["writer"], first["runner_up"]) == ("writer-1", None) and blank["reason"] == "blank page"


def test_nothing_to_group_is_no_failure(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    draw(tmp_path / "b.png", 255)
    assert run(tmp_path, "--plot", tmp_path / "plot.png") == 0
    assert capfd.readouterr() == (f"{tmp_path / 'b.png'}\tno answer: blank page\n", "")
    assert not (tmp_path / "plot.png").exists()


def test_enrolled_writers_are_known(folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    file = tmp_path / "w.h5"
    draw(tmp_path / "more" / "carla" / "1.png", 33)
    for name in ("anna", "bert"):
        (folder / name).rename(tmp_path / "more" / name)
    assert run("enrol", tmp_path / "more", "-o", file) == 0
    assert [row[1:] for row in lines(capfd.readouterr().out)] == [
        ["anna", "added"],
        ["anna", "added"],
        ["bert", "added"],
        ["carla", "added"],
    ]
    assert run(folder, "--writers", file) == 0
    assert [row[1].split()[0] for row in lines(capfd.readouterr().out)] == ["bert", "carla", "anna"]
    draw(folder / "dora" / "1.png", 41)
    draw(folder / "p11.png", 42)
    assert run(folder, "--writers", file) == 0  # both are known
    assert [row[1].split()[0] for row in lines(capfd.readouterr().out)] == ["bert", "carla", "anna", "dora"]
    assert run(folder / "p9.png", "--writers", file) == 0
    assert lines(capfd.readouterr().out)[0][1].startswith("carla")


def test_enrolling_adds_and_loses_nothing(folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    file = tmp_path / "w.h5"
    other = draw(tmp_path / "other" / "anna" / "1.png", 14).parents[1]  # of the same name, another page
    blank = draw(other / "bert" / "blank.png", 255)
    for source in (folder / ".", other, folder):
        assert run("enrol", source, "-o", file) == 0
    captured = capfd.readouterr()
    rows = lines(captured.out)
    assert [row[2] for row in rows] == ["added"] * 4 + ["not enrolled: blank page"] + ["replaced"] * 3
    assert rows[4][0] == str(blank)
    assert captured.err.count("ocrtool: 3 loose pages are not enrolled: only pages in sub-folders") == 2
    with h5py.File(file) as h5:
        assert sorted(h5["pages"].asstr()[()]) == ["anna/1.png", "anna/1.png", "anna/2.png", "bert/1.png"]
    (folder / "anna" / "1.png").rename(folder / "bert" / "3.png")  # it was bert's after all
    assert run("enrol", folder, "-o", file, "--format", "jsonl") == 0
    assert [(row["writer"], row["status"]) for row in objects(capfd.readouterr().out)] == [
        ("anna", "replaced"),
        ("bert", "replaced"),
        ("bert", "moved"),
    ]


def test_a_file_that_is_something_else_is_never_overwritten(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("my notes")
    for arguments in (
        ("enrol", folder, "-o", file),
        (folder, "--writers", file),
        (folder, "--writers", tmp_path / "no"),
    ):
        assert run(*arguments) == 1
        captured = capfd.readouterr()
        assert captured.out == "" and captured.err.count("\n") == 1
    assert file.read_text() == "my notes"


def test_wrong_usage(folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    file = tmp_path / "w.h5"
    assert run("enrol", folder, "-o", file) == 0
    before = file.read_bytes()
    only_loose = draw(tmp_path / "loose" / "a.png", 11).parent
    only_known = draw(tmp_path / "known" / "anna" / "a.png", 11).parents[1]
    reserved = draw(tmp_path / "reserved" / "Unknown" / "a.png", 11).parents[1]
    page = folder / "p2.png"
    for arguments, words in (
        ((only_known,), "no loose page"),
        ((only_known, "--writers", file), "no loose page"),
        ((reserved,), "unknown cannot be a writer's name"),
        (("enrol", only_loose, "-o", file), "no sub-folders"),
        (("enrol", folder), "-o"),
        (("verify", page), "B"),
        ((folder, "--writers", file, "-o", file), "is an input"),
        ((folder, "--plot", page), "is an input"),
        (("enrol", folder, "-o", page), "is an input"),
        (("verify", page, page, "-o", page), "is an input"),
        (("enrol", folder, "-o", tmp_path / "none" / "w.h5"), "no such folder"),
        ((), "FOLDER"),
    ):
        capfd.readouterr()
        assert run(*arguments) == 2, arguments
        captured = capfd.readouterr()
        assert words in captured.err and captured.out == "" and "Traceback" not in captured.err, arguments
    assert file.read_bytes() == before and Image.open(page).size == (62, 30)


def test_no_usable_page_of_a_known_writer(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    draw(tmp_path / "anna" / "1.png", 255)
    draw(tmp_path / "p.png", 11)
    assert run(tmp_path, "-o", tmp_path / "out.txt") == 1
    captured = capfd.readouterr()
    assert captured.out == "" and "nobody to compare with" in captured.err
    assert not (tmp_path / "out.txt").exists()
    assert run("enrol", tmp_path, "-o", tmp_path / "w.h5") == 1
    captured = capfd.readouterr()
    assert "not enrolled: blank page" in captured.out and "w.h5 is not made" in captured.err
    assert not (tmp_path / "w.h5").exists()


def test_a_folder_called_as_a_command(
    tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    draw(tmp_path / "enrol" / "p.png", 11)
    assert run("./enrol") == 0
    assert capfd.readouterr().out.startswith("./enrol/p.png\twriter-1")


def test_help_names_the_other_commands(capfd: pytest.CaptureFixture) -> None:
    assert run("--help") == 0
    text = capfd.readouterr().out
    assert "Usage: ocrtool writer-id" in text and "writer-id FOLDER" in text
    assert "writer-id enrol FOLDER -o FILE.h5" in text and "writer-id verify A.png B.png" in text
    assert run("--top", 2, "--help") == 0
    assert "Usage: ocrtool writer-id identify [OPTIONS] FOLDER..." in capfd.readouterr().out
    assert run("verify", "--help") == 0
    assert "Usage: ocrtool writer-id verify [OPTIONS] A B" in capfd.readouterr().out


def test_verify(folder: Path, capfd: pytest.CaptureFixture) -> None:
    one, same, other = folder / "anna" / "1.png", folder / "p10.png", folder / "p2.png"
    blank = draw(folder / "blank.png", 255)
    assert run("verify", one, same) == 0
    ((a, b, found),) = lines(capfd.readouterr().out)
    assert (a, b) == (str(one), str(same)) and found == "yes 1.0000"
    assert run("verify", one, other) == 0
    assert lines(capfd.readouterr().out)[0][2].startswith("no 0.00")
    assert run("verify", one, blank) == 0
    assert lines(capfd.readouterr().out)[0][2] == f"no answer: {blank}: blank page"
    assert run("verify", one, other, "--format", "jsonl") == 0
    (found,) = objects(capfd.readouterr().out)
    assert list(found) == ["page", "other", "same_writer", "probability"] and found["same_writer"] is False
    assert run("verify", one, folder / "gone.png") == 1
    assert capfd.readouterr().err == f"ocrtool: {folder / 'gone.png'}: no such file or folder\n"
    assert run("verify", one, folder / "anna", "--format", "tsv") == 0  # each against each
    assert [row[2] for row in lines(capfd.readouterr().out)] == ["same_writer", "yes", "yes"]


def test_pages_of_a_file_and_standard_input(
    folder: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [Image.new("L", (40, 30), value) for value in (14, 23)]
    pages[0].save(folder / "a.tif", save_all=True, append_images=pages[1:])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((folder / "p2.png").read_bytes())))
    assert run(folder, "-") == 0
    rows = lines(capfd.readouterr().out)
    assert [(row[0], row[1].split()[0]) for row in (*rows[:2], rows[-1])] == [
        (f"{folder / 'a.tif'}, page 1", "anna"),
        (f"{folder / 'a.tif'}, page 2", "bert"),
        ("-", "bert"),
    ]


def test_output_file_and_odd_names(folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    (folder / "anna").rename(folder / "an\tna")
    (folder / "p2.png").rename(folder / "p\n2.png")
    assert run(folder, "-o", tmp_path / "out.tsv", "--format", "tsv") == 0
    assert capfd.readouterr() == ("", "")
    _, *rows = lines((tmp_path / "out.tsv").read_text(encoding="utf-8"))
    assert sorted((Path(row[0]).name, row[1]) for row in rows) == [
        ("p10.png", "an\\tna"),
        ("p9.png", "unknown"),
        ("p\\n2.png", "bert"),
    ]


def test_hidden_and_other_files_are_left_alone(folder: Path, capfd: pytest.CaptureFixture) -> None:
    draw(folder / ".thumbs" / "1.png", 31)
    draw(folder / ".p.png", 31)
    (folder / "notes.txt").write_text("no image")
    draw(folder / "anna" / "1999" / "3.png", 15)
    assert run(folder) == 0
    assert len(lines(capfd.readouterr().out)) == 3


def test_plot(folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    assert run("enrol", folder, "-o", tmp_path / "w.h5") == 0
    assert run(folder, "--writers", tmp_path / "w.h5", "--plot", tmp_path / "plot.png") == 0
    with Image.open(tmp_path / "plot.png") as image:
        pixels = np.asarray(image.convert("RGB"))
    dark = (pixels == similarity.COLOURS[-1]).all(axis=2).sum()
    assert dark >= 9 * 0.8 * similarity.CELL**2  # anna's three pages among themselves at the least
    loose = tmp_path / "loose"
    for number in range(45):
        draw(loose / f"{number}.png", 10 + number * 5)
    capfd.readouterr()
    assert run(loose, "--plot", tmp_path / "plot.png") == 0
    assert "plot.png shows at most 1000 pages, and the nearest of at most 40" in capfd.readouterr().err
    draw(tmp_path / "one" / "p.png", 11)
    assert run(tmp_path / "one", "--plot", tmp_path / "one.png") == 0 and (tmp_path / "one.png").exists()


def test_plot_orders_pages_by_writer() -> None:
    names = ["unknown", "b", "a", "b", "unknown", "a"]
    items = [similarity.PlotItem(str(k), name, np.ones(2), None, k > 2) for k, name in enumerate(names)]
    assert [item.name for item in similarity.by_writer(items)] == ["1", "3", "2", "5", "0", "4"]


@pytest.mark.parametrize("shape", [(2000, 1500), (60, 1500), (1500, 60), (30, 40)])
def test_thumbnail_shows_where_writing_is(shape: tuple[int, int]) -> None:
    gray = np.full(shape, 230, np.uint8)
    gray[3 * shape[0] // 4 :, shape[1] // 2 :] = 20
    shown = similarity.thumbnail(gray)
    assert shown.shape == similarity.PICTURE[::-1] and shown.dtype == np.uint8
    assert shown.min() < 180
