"""Inputs of every bad and odd kind: each is read, or named with its cause; none takes much time or memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from bad_inputs import READ, bad_inputs
from fake_engine import fake_reader

from ocrtool.cli import main as cli
from ocrtool.jobs import read as read_job

BAD = bad_inputs()
#: Kinds at least, those of PDFs, galleries, manifests and documents, which have tests of their own, not counted.
KINDS = 240
#: Bytes of memory that reading may take.
MEMORY = 1_000_000_000


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(read_job, "load_reader", fake_reader)


@pytest.mark.parametrize("name", BAD)
def test_it_is_read_or_named_with_its_cause(name: str, capfd: pytest.CaptureFixture) -> None:
    data, words = BAD[name]
    Path(name).write_bytes(data)
    code = cli.run(["read", "--jobs", "1", name])
    out, error = capfd.readouterr()
    assert code == (0 if words == READ else 1) and not (out and words != READ)
    assert "internal error" not in error and "Traceback" not in error
    for line in error.splitlines():
        assert line.startswith(f"ocrtool: {name}: ") and line.isprintable()
    assert words in error and (words == READ or error.count("\n") == 1)


def test_none_takes_ten_seconds_or_a_gigabyte() -> None:
    script = Path(__file__).parents[1] / "bad_inputs.py"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    kinds, memory = map(int, done.stdout.split())
    assert kinds == len(BAD) >= KINDS and memory < MEMORY


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gone.png", "no such file or folder"),
        ("x" * 300 + ".png", "file name too long"),
        ("loop.png", "too many levels of symbolic links"),
        ("dangling.png", "no such file or folder"),
        ("folder", "the folder holds no images"),
        ("a.png/b.png", "not a directory"),
        ("/dev/null", "the file is empty"),
        ("/dev/zero", "neither an image"),
        ("socket.png", "cannot be read"),
    ],
)
def test_paths_that_lead_nowhere(name: str, words: str, capfd: pytest.CaptureFixture) -> None:
    import socket

    Path("loop.png").symlink_to("loop.png")
    Path("dangling.png").symlink_to("nowhere.png")
    Path("folder").mkdir()
    Path("a.png").write_bytes(b"")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.png")
        assert cli.run(["read", "--jobs", "1", name]) == 1
    error = capfd.readouterr().err
    assert error.startswith("ocrtool: ") and words in error and error.count("\n") == 1


def test_pipes_and_sockets_in_folders_are_not_waited_for(capfd: pytest.CaptureFixture) -> None:
    Path("in/anna").mkdir(parents=True)
    for path in ("in/a.png", "in/anna/b.tif"):
        os.mkfifo(path)
    assert cli.run(["read", "--jobs", "1", "in"]) == 1
    assert "2 files passed over: 2 special" in capfd.readouterr().err
    for command in (["writer-id", "in"], ["segment", "in"], ["classify", "in"]):
        assert cli.run(command) in (1, 2)
        assert "2 special" in capfd.readouterr().err or command[0] == "writer-id"
