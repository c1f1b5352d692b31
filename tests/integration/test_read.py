"""``ocrtool read`` from arguments to bytes, with a fake engine: inputs, outputs, failures, exit codes."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from fake_engine import DEATH, DEATH_ONCE, DEFECT, draw, fake_reader
from odd_files import encoded, png_header
from PIL import Image

from ocrtool.cli import main as cli
from ocrtool.imaging import boot
from ocrtool.jobs import outcome
from ocrtool.jobs import read as read_job
from ocrtool.jobs.options import ReadOptions
from ocrtool.jobs.read import Reader
from ocrtool.types import Block, Page, PageTable, TableCell


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_job, "load_reader", fake_reader)


def read(*arguments: object) -> int:
    return cli.run(["read", *map(str, arguments)])


def test_text_on_standard_output(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    assert read(draw(tmp_path / "a.png")) == 0
    assert capfd.readouterr() == ("40 by 20 mean 0\n", "")


def test_pages_are_joined_by_form_feeds(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    blank = draw(tmp_path / "blank.png", value=255, first=255)
    assert read(draw(tmp_path / "a.png"), blank, draw(tmp_path / "b.png", 50)) == 0
    assert capfd.readouterr().out == "40 by 20 mean 0\n\f\f50 by 20 mean 0\n"


def test_blank_page_is_a_success_with_no_text(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    assert read(draw(tmp_path / "blank.png", value=255, first=255)) == 0
    assert capfd.readouterr() == ("", "")


def test_folder_is_walked_in_natural_order(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    for name, width in (("p10.png", 30), ("p2.png", 31), ("P1.PNG", 32), ("sub/p0.tif", 33), (".hidden/x.png", 34)):
        draw(tmp_path / "in" / name, width)
    (tmp_path / "in" / "notes.txt").write_text("no image")
    assert read(tmp_path / "in") == 0
    assert [page[:2] for page in capfd.readouterr().out.split("\f")] == ["32", "31", "30", "33"]


def test_standard_input(tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    data = draw(tmp_path / "a.png").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert read("-", "--format", "json") == 0
    assert json.loads(capfd.readouterr().out)["pages"][0]["source"] == "-"


def test_json(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    first, second = draw(tmp_path / "a.png"), draw(tmp_path / "b.png", value=255, first=255)
    assert read("--format", "json", first, second) == 0
    document = json.loads(capfd.readouterr().out)
    assert (document["format"], document["version"]) == ("ocrtool", 1)
    page, blank = document["pages"]
    assert {key: page[key] for key in ("source", "number", "width", "height", "skew", "language")} == {
        "source": str(first),
        "number": 1,
        "width": 40,
        "height": 20,
        "skew": 0.12,
        "language": "eng",
    }
    (line,) = page["lines"]
    assert line["block"] == 0
    assert line["text"] == "40 by 20 mean 0"
    word = line["words"][1]
    assert (word["text"], word["probability"], word["box"]) == ("by", 0.5, [6, 2, 10, 18])
    assert word["characters"][0] == {
        "box": [6, 2, 8, 18],
        "label": "b",
        "probability": 0.75,
        "alternatives": [{"label": "b", "probability": 0.75}, {"label": "?", "probability": 0.25}],
    }
    assert (blank["blocks"], blank["lines"]) == ([], [])


def test_pages_of_a_tiff_are_numbered(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    images = [Image.new("L", (30 + i, 20)) for i in range(3)]
    images[0].save(tmp_path / "a.tif", save_all=True, append_images=images[1:])
    assert read("--format=json", tmp_path / "a.tif") == 0
    pages = json.loads(capfd.readouterr().out)["pages"]
    assert [(page["number"], page["width"]) for page in pages] == [(1, 30), (2, 31), (3, 32)]


def test_name_that_is_no_utf8(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    name = b"caf\xe9\n.png".decode("utf-8", "surrogateescape")
    (tmp_path / name).write_bytes(draw(tmp_path / "a.png").read_bytes())
    assert read("--format=json", tmp_path / name) == 0
    assert json.loads(capfd.readouterr().out)["pages"][0]["source"] == str(tmp_path / name)
    (tmp_path / name).write_bytes(b"")
    assert read(tmp_path / name) == 1
    error = capfd.readouterr().err
    assert error.endswith("/caf\\xe9\\n.png: the file is empty\n")
    assert error.count("\n") == 1


def bad_inputs(folder: Path) -> dict[Path, str]:
    """Bad inputs and a word of the sentence each must give."""
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 60)).astype(np.uint8))
    (folder / "void").mkdir(parents=True)
    (folder / "void" / "readme.txt").write_text("nothing to see")
    contents = {
        "text.png": (b"no image at all\n", "neither an image"),
        "half.png": (encoded(noise, "PNG")[:2000], "truncated"),
        "half.jpg": (encoded(noise, "JPEG")[:1500], "truncated"),
        "empty.tif": (b"", "empty"),
        "dot.png": (png_header(1, 1), "1 × 1 pixels"),
        "nothing.png": (png_header(0, 0), "no size"),
        "huge.png": (png_header(50_000, 50_000), "50000 × 50000 pixels"),
        "paper.pdf": (b"%PDF-1.4\n", "the PDF is truncated or damaged"),
    }
    for name, (data, _) in contents.items():
        (folder / name).write_bytes(data)
    expected = {folder / name: word for name, (_, word) in contents.items()}
    return expected | {folder / "gone.png": "no such file or folder", folder / "void": "holds no images"}


def test_each_bad_input_is_named_and_the_others_are_read(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    bad = bad_inputs(tmp_path / "bad")
    good = draw(tmp_path / "good.png")
    arguments = [good] + [p for path in bad for p in (path, good)]
    assert read(*arguments) == 1
    captured = capfd.readouterr()
    assert captured.out == "\f".join(["40 by 20 mean 0\n"] * (len(bad) + 1))
    complaints = captured.err.splitlines()
    assert len(complaints) == len(bad)
    for complaint, (path, word) in zip(complaints, bad.items(), strict=True):
        assert complaint.startswith(f"ocrtool: {path}: ")
        assert word in complaint


def test_unreadable_file(tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = draw(tmp_path / "locked.png")  # by mode bits it would not be locked for root
    opened = Path.open

    def refuse(self: Path, *arguments: object, **options: object) -> object:
        if self == locked:
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    assert read(locked, draw(tmp_path / "a.png")) == 1
    assert capfd.readouterr() == ("40 by 20 mean 0\n", f"ocrtool: {locked}: cannot be read: permission denied\n")


def test_names_that_cannot_be(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    assert read("x" * 300 + ".png", "", draw(tmp_path / "a.png")) == 1
    captured = capfd.readouterr()
    assert captured.out == "40 by 20 mean 0\n"
    assert [line.rpartition(": ")[2] for line in captured.err.splitlines()] == ["file name too long", "is a directory"]


def test_fail_fast(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    assert read("--fail-fast", tmp_path / "gone.png", tmp_path / "gone too.png", draw(tmp_path / "a.png")) == 1
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1


def test_a_defect_costs_one_page(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    assert read(draw(tmp_path / "odd.png", first=DEFECT), draw(tmp_path / "a.png")) == 1
    captured = capfd.readouterr()
    assert captured.out == "40 by 20 mean 0\n"
    assert "odd.png: internal error: KeyError: 'no such thing'" in captured.err


def test_file_and_folder_as_output(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    image = draw(tmp_path / "a.png")
    assert read(image, "-o", tmp_path / "one.txt") == 0
    assert (tmp_path / "one.txt").read_text() == "40 by 20 mean 0\n"
    assert read(image, "--format", "json", "-o", f"{tmp_path}/new/sub/") == 0
    assert json.loads((tmp_path / "new" / "sub" / "a.json").read_text())["pages"][0]["width"] == 40
    assert read(image, draw(tmp_path / "b.png", 50), tmp_path / "gone.png", "-o", tmp_path / "several") == 1
    assert {p.name: p.read_text()[:2] for p in (tmp_path / "several").iterdir()} == {"a.txt": "40", "b.txt": "50"}
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err == f"ocrtool: {tmp_path / 'gone.png'}: no such file or folder\n"


def test_failed_input_leaves_no_output_and_renames_the_old_one(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    (tmp_path / "bad.png").write_bytes(b"bad")
    (tmp_path / "bad.txt").write_text("from before")
    assert read(tmp_path / "bad.png", "-o", tmp_path / "bad.txt") == 1
    assert (tmp_path / "bad.txt.old").read_text() == "from before" and not (tmp_path / "bad.txt").exists()
    assert f"{tmp_path}/bad.txt was of an earlier run, and is now bad.txt.old\n" in capfd.readouterr().err
    assert read(tmp_path / "bad.png", "-o", tmp_path / "new.txt") == 1
    assert not (tmp_path / "new.txt").exists()


def test_no_two_inputs_share_an_output(tmp_path: Path) -> None:
    for number, name in enumerate(("x/a.png", "x/a.tif", "y/a.png", "x/b.png", "y/B.png", "x/c.png")):
        draw(tmp_path / name, 30 + number)
    assert read(tmp_path / "x", tmp_path / "y", tmp_path / "x" / "c.png", "-o", tmp_path / "out") == 0
    outputs = {p.name: p.read_text()[:2] for p in (tmp_path / "out").iterdir()}
    assert len(outputs) == 7
    assert len({name.lower() for name in outputs}) == 7
    assert {outputs["a.tif.txt"], outputs["x_b.txt"], outputs["y_B.txt"]} == {"31", "33", "34"}


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "Missing argument"),
        (["--lang", "tlh", "a.png"], "'tlh' is not"),
        (["--format", "doc", "a.png"], "'doc' is not"),
        (["--jobs", "0", "a.png"], "0 is not in the range"),
        (["--colour", "a.png"], "No such option"),
        (["-o", "none/such/out.txt", "a.png"], "no such folder"),
        (["-o", "a.png", "a.png"], "is an input"),
        (["-o", "a.png", "a.png", "b.png"], "is a file, but a folder is needed"),
        (["--overlay", ".", "a.png", "a.overlay.png"], "is an input"),
        (["--tables", ".", "a.png", "a.table1.csv"], "is an input"),
    ],
)
def test_wrong_usage(
    arguments: list[str], word: str, tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = draw(tmp_path / "a.png").read_bytes()
    draw(tmp_path / "a.overlay.png").with_name("a.table1.csv").write_bytes(before)
    assert read(*arguments) == 2
    captured = capfd.readouterr()
    assert captured.out == ""
    assert word in captured.err
    assert (tmp_path / "a.png").read_bytes() == before


def test_environment(tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRTOOL_FORMAT", "json")
    image = draw(tmp_path / "a.png")
    assert read(image) == 0
    assert json.loads(capfd.readouterr().out)
    assert read(image, "--format", "text") == 0
    assert capfd.readouterr().out == "40 by 20 mean 0\n"


def test_overlay(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    images = [Image.new("L", (90, 30)) for _ in range(2)]
    images[0].save(tmp_path / "two.tif", save_all=True, append_images=images[1:])
    assert read("--overlay", tmp_path / "seen" / "here", draw(tmp_path / "a.png", 80), tmp_path / "two.tif") == 0
    pictures = {p.name: cv2.imread(str(p)).shape for p in (tmp_path / "seen" / "here").iterdir()}
    assert pictures == {
        "a.overlay.png": (40, 160, 3),
        "two.1.overlay.png": (60, 180, 3),
        "two.2.overlay.png": (60, 180, 3),
    }
    assert capfd.readouterr().err == ""


def tabular_reader(options: ReadOptions) -> Reader:
    """As the fake reader; what it reads is a table of two rows, and as many more tables as the first pixel says."""
    fake = fake_reader(options)

    def read_table(gray: np.ndarray) -> tuple[Page, Sequence[np.ndarray]]:
        page, pieces = fake(gray)
        box = page.lines[0].box
        block = Block(box, page.lines * 2)
        cells = (
            TableCell(0, 0, 'Pipe 3"', box),
            TableCell(0, 1, "1,5 €", box),
            TableCell(1, 0, "Total", box, column_span=2),
            TableCell(1, 2, "7", box),
        )
        table = PageTable(box, 0, 2, 3, cells, 2)
        return replace(page, blocks=(block,), tables=(table,) * (1 + int(gray[0, 0]))), pieces

    return read_table


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_job, "load_reader", tabular_reader)


@pytest.mark.usefixtures("tables")
def test_tables_as_csv(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    """Each in a file of its own, called as the page, in UTF-8, quoted where needed, with CR LF."""
    images = [Image.new("L", (90, 30)) for _ in range(2)]
    images[0].save(tmp_path / "two.tif", save_all=True, append_images=images[1:])
    folder = tmp_path / "new" / "tables"
    assert read("--tables", folder, draw(tmp_path / "a.png", first=1), tmp_path / "two.tif") == 0
    assert capfd.readouterr().err == ""
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert sorted(files) == ["a.table1.csv", "a.table2.csv", "two.1.table1.csv", "two.2.table1.csv"]
    assert set(files.values()) == {'"Pipe 3""","1,5 €",\r\nTotal,,7\r\n'.encode()}
    with (folder / "a.table1.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [['Pipe 3"', "1,5 €", ""], ["Total", "", "7"]]


@pytest.mark.usefixtures("tables")
def test_text_has_a_tab_between_cells(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    assert read(draw(tmp_path / "a.png", first=0)) == 0
    assert capfd.readouterr().out == 'Pipe 3"\t1,5 €\t\nTotal\t\t7\n'


@pytest.mark.usefixtures("tables")
def test_json_has_tables(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    assert read(draw(tmp_path / "a.png", first=0), "--format", "json") == 0
    page = json.loads(capfd.readouterr().out)["pages"][0]
    box = page["lines"][0]["box"]
    (table,) = page["tables"]
    assert {key: table[key] for key in ("box", "line", "rows", "columns")} == {
        "box": box,
        "line": 0,
        "rows": 2,
        "columns": 3,
    }
    assert table["cells"][2] == {"row": 1, "column": 0, "row_span": 1, "column_span": 2, "box": box, "text": "Total"}
    assert len(table["cells"]) == 4


@pytest.mark.usefixtures("tables")
def test_a_table_that_cannot_be_written_costs_no_text(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    (tmp_path / "out" / "a.table1.csv").mkdir(parents=True)
    image = draw(tmp_path / "a.png", first=1)
    assert read(image, "--tables", tmp_path / "out") == 1
    captured = capfd.readouterr()
    assert captured.out.startswith('Pipe 3"')
    assert captured.err == f"ocrtool: {image}: {tmp_path}/out/a.table1.csv: cannot be written: is a directory\n"
    assert (tmp_path / "out" / "a.table2.csv").is_file()


def test_several_jobs_keep_the_order(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    pages = [draw(tmp_path / f"{i}.png", 30 + i) for i in range(7)]
    pages[3] = tmp_path / "gone.png"
    assert read("--jobs", "2", *pages) == 1
    captured = capfd.readouterr()
    assert [page[:2] for page in captured.out.split("\f")] == ["30", "31", "32", "34", "35", "36"]
    assert captured.err == f"ocrtool: {pages[3]}: no such file or folder\n"


def test_a_killed_worker_costs_one_page(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    pages = [draw(tmp_path / f"{i}.png", 30 + i, first=DEATH if i == 1 else 200) for i in range(4)]
    assert read("--jobs", "2", *pages) == 1
    captured = capfd.readouterr()
    assert [page[:2] for page in captured.out.split("\f")] == ["30", "32", "33"]
    assert captured.err.endswith("1.png: the process that read it was killed, probably out of memory\n")


def test_a_worker_killed_by_chance_costs_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_MARKS", str(tmp_path))
    pages = [draw(tmp_path / f"{i}.png", 30 + i, first=DEATH_ONCE if i == 1 else 200) for i in range(6)]
    assert read("--jobs", "2", *pages) == 0
    captured = capfd.readouterr()
    assert [page[:2] for page in captured.out.split("\f")] == ["30", "31", "32", "33", "34", "35"]
    assert (tmp_path / "died").exists() and captured.err == ""


def test_workers_that_cannot_start_are_reported(
    tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boot, "_BOOT", "raise SystemExit(1)")
    assert read("--jobs", "2", draw(tmp_path / "a.png"), draw(tmp_path / "b.png")) == 1
    assert capfd.readouterr() == ("", "ocrtool: a worker process could not be started; --jobs 1 needs none\n")


@pytest.mark.parametrize("most", [0, 1])
def test_workers_that_the_system_refuses(
    most: int, tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that could be started do all the work; without any there is a sentence."""
    started: list[object] = []
    start = subprocess.Popen

    def limited(*arguments: object, **settings: object) -> object:
        if len(started) == most:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        started.append(arguments)
        return start(*arguments, **settings)

    monkeypatch.setattr(subprocess, "Popen", limited)
    pages = [draw(tmp_path / f"{i}.png", 30 + i) for i in range(5)]
    assert read("--jobs", "3", *pages) == (0 if most else 1)
    out, error = capfd.readouterr()
    refused = "a worker process could not be started: resource temporarily unavailable; --jobs 1 needs none"
    assert error == ("" if most else f"ocrtool: {refused}\n")
    assert [page[:2] for page in out.split("\f")] == (["30", "31", "32", "33", "34"] if most else [""])


def test_fail_fast_leaves_no_worker(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    before = children()
    assert read("--jobs", "2", "--fail-fast", tmp_path / "gone.png", *[draw(tmp_path / "a.png")] * 5) == 1
    assert capfd.readouterr().out == "" and children() == before


def children() -> set[str]:
    """Processes that this one started and that still run."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    draw(tmp_path / "in" / "a.png")
    draw(tmp_path / "in" / "b.png", 50)
    runs = []
    for folder in ("first", "second"):
        output = ["-o", tmp_path / folder, "--overlay", tmp_path / folder, "--jobs", len(runs) + 1]
        assert read(tmp_path / "in", "--format", "json", *output) == 0
        runs.append({p.name: p.read_bytes() for p in (tmp_path / folder).iterdir()})
    assert len(runs[0]) == 4
    assert runs[0] == runs[1]


def test_interrupted(tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(outcome.Source, "pages", interrupt)
    assert read(draw(tmp_path / "a.png"), "-o", tmp_path / "a.txt") == 130
    assert capfd.readouterr() == ("", "")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png"]
