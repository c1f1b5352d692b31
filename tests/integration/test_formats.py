"""The registry of formats: a format is one file, or an entry point of another package."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from fake_engine import fake_reader
from PIL import Image

from ocrtool.cli import main as cli
from ocrtool.errors import UsageError
from ocrtool.export import registry
from ocrtool.jobs import read as read_job
from ocrtool.jobs.inputs import find_sources
from ocrtool.jobs.options import ReadOptions
from ocrtool.jobs.outcome import process_source

TESTS = Path(__file__).parents[1]

#: A text format, as somebody would add it.
LINES = '''
"""Lines with the numbers of their pages."""

from ocrtool.export.registry import Format
from ocrtool.files import utf8


def pages(read):
    return utf8(f"{one.page.number}:{line.text}\\n" for one in read for line in one.page.lines)


FORMAT = Format("lines", ".lines", {"read": pages})
'''
#: A binary format that uses image and resolution, as PDF does.
RASTER = '''
"""Size, resolution and pixels of each page."""

import struct

from ocrtool.export.registry import Format


def pages(read):
    for one in read:
        yield struct.pack("!HHH", *one.gray.shape, round(one.dpi or 0)) + one.gray.tobytes()


FORMAT = Format("raster", ".raw", {"read": pages}, needs_image=True)
'''


def files_below(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A grey ramp at 200 dpi."""
    gray = np.arange(20 * 40, dtype=np.uint8).reshape(20, 40)
    Image.fromarray(gray).save(tmp_path / "a.png", dpi=(200, 200))
    return tmp_path / "a.png"


def read(*arguments: object) -> int:
    return cli.run(["read", *map(str, arguments)])


def test_a_format_is_one_file(image: Path, tmp_path: Path) -> None:
    """In a copy of the program two files are added, one for each format, and none is changed."""
    program = tmp_path / "program" / "ocrtool"
    shutil.copytree(TESTS.parent / "ocrtool", program, ignore=shutil.ignore_patterns("__pycache__"))
    before = files_below(program)
    for name, source in (("lines", LINES), ("raster", RASTER)):
        (program / "export" / "formats" / f"{name}.py").write_text(source)
    changed = set(files_below(program).items()) - set(before.items())
    assert {name for name, _ in changed} == {"export/formats/lines.py", "export/formats/raster.py"}
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(program.parent), str(TESTS)))}

    def run(*arguments: object) -> subprocess.CompletedProcess[bytes]:
        line = [sys.executable, TESTS / "fake_program.py", "0", *arguments]
        return subprocess.run(list(map(str, line)), capture_output=True, env=environment)

    lines = run("read", image, image, "--format", "lines")
    assert (lines.returncode, lines.stdout) == (0, b"1:40 by 20 mean 123\n" * 2)
    raster = run("read", image, image, "--jobs", 2, "--format", "raster", "-o", tmp_path / "out")
    assert (raster.returncode, raster.stdout, raster.stderr) == (0, b"", b"")
    written = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    expected = struct.pack("!HHH", 20, 40, 200) + np.asarray(Image.open(image)).tobytes()
    assert written == {"a-1.raw": expected, "a-2.raw": expected}
    (listed,) = re.findall(rb"--format \[(.*?)\]", run("read", "--help").stdout)
    assert {b"json", b"lines", b"raster", b"text"} <= set(listed.split(b"|"))
    refused = run("classify", image, "--format", "raster")
    assert refused.returncode == 2 and b"'raster' is not a format of classify; there are json," in refused.stderr


def test_another_package_adds_a_format(
    image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    package = tmp_path / "site"
    (package / "lines-1.0.dist-info").mkdir(parents=True)
    (package / "lines-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: lines\nVersion: 1.0\n")
    entries = "[ocrtool.formats]\nlines = lines_format:FORMAT\nbroken = no_such_module:FORMAT\n"
    (package / "lines-1.0.dist-info" / "entry_points.txt").write_text(entries)
    (package / "lines_format.py").write_text(LINES)
    monkeypatch.syspath_prepend(package)
    monkeypatch.setattr(read_job, "load_reader", fake_reader)
    registry._plugins.cache_clear()
    assert read(image, "--format", "lines") == 0
    out, error = capfd.readouterr()
    assert out == "1:40 by 20 mean 123\n"
    assert error == "ocrtool: the format broken of another package cannot be loaded\n"
    assert "lines" in registry.format_names("read") and "lines" not in registry.format_names("classify")
    registry._plugins.cache_clear()


def test_images_are_kept_for_formats_that_ask_for_them_only(image: Path) -> None:
    def pages(keep: bool) -> list[object]:
        load = partial(read_job._load, ReadOptions(keep_images=keep), fake_reader)
        pages = process_source(find_sources([str(image)])[0], load).results
        return [(page.image is not None, page.dpi) for page in pages]

    assert pages(False) == [(False, pytest.approx(200, abs=0.1))]
    assert pages(True) == [(True, pytest.approx(200, abs=0.1))]


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("read", ["alto", "hocr", "json", "jsonl", "text", "tsv"]),
        ("classify", ["json", "text"]),
        ("segment", ["json"]),
        ("writer-id identify", ["jsonl", "text", "tsv"]),
        ("writer-id enrol", ["jsonl", "text", "tsv"]),
        ("writer-id verify", ["jsonl", "text", "tsv"]),
        ("models", ["json", "text"]),
    ],
)
def test_formats_of_each_command(command: str, names: list[str], capfd: pytest.CaptureFixture) -> None:
    assert set(names) <= set(registry.format_names(command))  # one more needs no change here
    for name in ("json", "jsonl", "text", "tsv", "no-such-format"):
        arguments = [*command.split(), "gone.png", "gone.png", "-o", "/dev/null", "--format", name]
        if name not in names:
            with pytest.raises(UsageError, match=f"'{name}' is not a format of {command}"):
                registry.find_format(name, command)
            if command != "models":
                assert cli.run(arguments) == 2
                assert f"'{name}' is not a format of" in capfd.readouterr().err


def test_a_variable_for_one_command_leaves_the_others_alone(
    image: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(read_job, "load_reader", fake_reader)

    def formats() -> tuple[str, str]:
        assert read(image) == 0
        text = capfd.readouterr().out
        assert cli.run(["models"]) == 0
        listing = capfd.readouterr().out
        kinds = {"{": "json", "<": "hocr"}
        return kinds.get(text[0], "text"), kinds.get(listing[0], "text")

    assert formats() == ("text", "text")
    monkeypatch.setenv("OCRTOOL_FORMAT", "json")
    assert formats() == ("json", "json")
    monkeypatch.setenv("OCRTOOL_READ_FORMAT", "text")
    assert formats() == ("text", "json")
    monkeypatch.setenv("OCRTOOL_FORMAT", "hocr")  # of read alone
    assert formats() == ("text", "text")
    monkeypatch.delenv("OCRTOOL_READ_FORMAT")
    assert formats() == ("hocr", "text")
    monkeypatch.setenv("OCRTOOL_MODELS_FORMAT", "hocr")  # but this one is meant
    assert cli.run(["models"]) == 2 and "'hocr' is not a format of models" in capfd.readouterr().err
    monkeypatch.setenv("OCRTOOL_READ_FORMAT", "json")
    assert read(image, "--format", "text") == 0 and capfd.readouterr().out == "40 by 20 mean 123\n"
    monkeypatch.delenv("OCRTOOL_READ_FORMAT")
    monkeypatch.setenv("OCRTOOL_FORMAT", "jsn")  # of no command: a mistake
    assert read(image) == 2 and "'jsn' is not a format of read" in capfd.readouterr().err


def test_other_variables_have_a_form_for_each_command(
    image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(read_job, "load_reader", fake_reader)
    monkeypatch.setenv("OCRTOOL_READ_OUTPUT", f"{tmp_path}/texts/")
    monkeypatch.setenv("OCRTOOL_SEGMENT_COUNT", "0")
    assert read(image) == 0
    assert (tmp_path / "texts" / "a.txt").read_text() == "40 by 20 mean 123\n"
    assert cli.run(["segment", str(image)]) == 2
    monkeypatch.setenv("OCRTOOL_SEGMENT_COUNT", "1")
    capfd.readouterr()
    assert cli.run(["segment", str(image)]) == 0
    assert json.loads(capfd.readouterr().out)["format"] == "ocrtool-lines"


def test_several_formats_give_a_file_each(
    image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    """The same bytes as alone; a list needs a folder, and a name twice is one format."""
    monkeypatch.setattr(read_job, "load_reader", fake_reader)
    assert read(image, "--format", "text,json, jsonl,text", "-o", tmp_path / "out") == 0
    for name, suffix in (("text", "txt"), ("json", "json"), ("jsonl", "jsonl")):
        assert read(image, "--format", name, "-o", tmp_path / "one") == 0
        assert (tmp_path / "out" / f"a.{suffix}").read_bytes() == (tmp_path / "one").read_bytes()
    assert len(list((tmp_path / "out").iterdir())) == 3
    assert capfd.readouterr().out == ""
    assert read(image, "--format", "text,json") == 2
    assert "several formats need a folder for their files: -o DIR" in capfd.readouterr().err
    assert read(image, "--format", "text,nil", "-o", tmp_path / "out") == 2
    assert "'nil' is not a format of read" in capfd.readouterr().err
    assert read(image, "--format", "text,json", "-o", tmp_path / "one") == 2
    assert "one is a file, but a folder is needed" in capfd.readouterr().err


def test_a_format_that_cannot_be_written_costs_that_file(
    image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(read_job, "load_reader", fake_reader)
    (tmp_path / "out" / "a.json").mkdir(parents=True)
    assert read(image, "--format", "json,text", "-o", tmp_path / "out") == 1
    assert capfd.readouterr().err == f"ocrtool: {image}: {tmp_path}/out/a.json: cannot be written: is a directory\n"
    assert (tmp_path / "out" / "a.txt").read_text() == "40 by 20 mean 123\n"


def test_several_formats_in_the_variable_of_all_commands(
    image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(read_job, "load_reader", fake_reader)
    monkeypatch.setenv("OCRTOOL_FORMAT", "text,jsonl")
    assert read(image, "-o", tmp_path / "out") == 0 and len(list((tmp_path / "out").iterdir())) == 2
    assert cli.run(["models"]) == 0  # takes one only, so it uses its default
    assert not capfd.readouterr().out.startswith("{")
    monkeypatch.setenv("OCRTOOL_MODELS_FORMAT", "text,json")
    assert cli.run(["models"]) == 2 and "'text,json' is not a format of models" in capfd.readouterr().err


def test_errors_are_lines_of_jsonl(
    image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    """In order, on standard output and in a file of all; other formats hold pages only."""
    monkeypatch.setattr(read_job, "load_reader", fake_reader)
    (tmp_path / "b.png").write_bytes(b"")
    Image.new("L", (8, 8), 9).save(tmp_path / "c.tif", save_all=True, append_images=[Image.new("L", (2, 2), 9)])
    assert read(image, tmp_path / "b.png", tmp_path / "c.tif", image, "--format", "jsonl") == 1
    captured = capfd.readouterr()
    lines = [json.loads(line) for line in captured.out.splitlines()]
    assert [line["format"] for line in lines] == [
        f"ocrtool-{kind}" for kind in ("page", "error", "page", "error", "page")
    ]
    empty, small = lines[1], lines[3]
    assert empty == {
        "format": "ocrtool-error",
        "version": 1,
        "source": f"{tmp_path}/b.png",
        "number": None,
        "error": "the file is empty",
    }
    assert small["number"] == 2 and small["error"] in captured.err and captured.err.count("\n") == 2
    assert read(tmp_path / "b.png", image, "--format", "json") == 1
    assert len(json.loads(capfd.readouterr().out)["pages"]) == 1
    assert read(tmp_path / "b.png", image, "--format", "jsonl", "-o", tmp_path / "out") == 1
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.jsonl"]
