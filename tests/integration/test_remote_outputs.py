"""``ocrtool read -o URL``: whole outputs or none, as in folders; in a file system that is in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_engine import DEFECT, draw, fake_reader

from ocrtool.cli import main as cli
from ocrtool.jobs import read as read_job
from ocrtool.jobs.journal import JOURNAL

fsspec = pytest.importorskip("fsspec")


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """An empty store of this process."""
    monkeypatch.setattr(read_job, "load_reader", fake_reader)
    monkeypatch.chdir(tmp_path)
    files = fsspec.filesystem("memory")
    files.store.clear()
    files.pseudo_dirs[:] = [""]
    yield files
    files.store.clear()


def read(*arguments: object) -> int:
    return cli.run(["read", *map(str, arguments)])


def held(files: Any) -> dict[str, str]:
    return {name: files.cat_file(name).decode() for name in files.find("/")}


def test_a_file_for_each_input_and_format(store: Any, capfd: pytest.CaptureFixture) -> None:
    draw("in/a.png"), draw("in/b.png", 50)
    assert read("in", "-o", "memory://out", "--format", "text,tsv") == 0
    assert list(held(store)) == ["/out/a.tsv", "/out/a.txt", "/out/b.tsv", "/out/b.txt"]
    assert held(store)["/out/b.txt"] == "50 by 20 mean 0\n"
    assert capfd.readouterr().out == ""


def test_the_url_of_a_file_or_of_a_folder(store: Any) -> None:
    draw("a.png")
    assert read("a.png", "-o", "memory://x/page") == 0
    assert read("a.png", "-o", "memory://y/page/") == 0
    assert read("a.png", "-o", "memory://y/page") == 0  # now a folder
    assert list(held(store)) == ["/x/page", "/y/page/a.txt"]


def test_what_is_there_is_replaced_whole_or_put_aside(store: Any, capfd: pytest.CaptureFixture) -> None:
    """A new reading takes the place of an old one; if there is none, the old one is not taken for it."""
    draw("in/a.png"), draw("in/b.png")
    store.pipe({"/out/a.txt": b"old", "/out/b.txt": b"old"})
    draw("in/b.png", first=DEFECT)
    assert read("in", "-o", "memory://out/") == 1
    assert held(store) == {"/out/a.txt": "40 by 20 mean 0\n", "/out/b.txt.old": "old"}
    assert "memory://out/b.txt was of an earlier run, and is now b.txt.old" in capfd.readouterr().err


@pytest.mark.parametrize("broken", ["put_file", "mv"])
def test_nothing_half_written_stands(
    broken: str, store: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    """A transfer that breaks costs one output, and leaves the old one aside; after three the run ends."""
    for k in range(6):
        draw(f"in/{k}.png", 40 + k)
    store.pipe({"/out/2.txt": b"old"})
    real = getattr(type(store), broken)

    def breaks(self: Any, source: str, target: str, **options: Any) -> None:
        if target.endswith(".old"):
            real(self, source, target, **options)
            return
        if broken == "put_file" and Path(source).read_bytes().startswith(b"42"):
            self.pipe_file(target, b"42 by")
            raise ConnectionError("the line is down")
        if broken == "mv" and self.cat_file(source).startswith(b"42"):
            raise ConnectionError("the line is down")
        real(self, source, target, **options)

    monkeypatch.setattr(type(store), broken, breaks)
    assert read("in", "-o", "memory://out/") == 1
    assert held(store) == {
        f"/out/{k}.txt{'.old' * (k == 2)}": "old" if k == 2 else f"{40 + k} by 20 mean 0\n" for k in range(6)
    }
    error = capfd.readouterr().err
    assert "in/2.png: memory://out/2.txt: cannot be written: ConnectionError: the line is down" in error

    def always(self: Any, source: str, target: str, **options: Any) -> None:
        raise ConnectionError("the line is down")

    monkeypatch.setattr(type(store), broken, always)
    assert read("in", "-o", "memory://other/") == 1
    error = capfd.readouterr().err
    assert error.count("cannot be written") == 3 and "3 outputs in a row could not be written" in error
    assert not [name for name in held(store) if name.startswith("/other")]


def test_inputs_are_not_overwritten(store: Any, capfd: pytest.CaptureFixture) -> None:
    image = Path(draw("a.png")).read_bytes()
    store.pipe({"/a.png": image})
    assert read("memory://a.png", "-o", "memory://a.png") == 2
    assert "memory://a.png is an input, and inputs are never overwritten" in capfd.readouterr().err
    assert store.cat_file("/a.png") == image


def test_a_run_is_resumed_by_a_journal_on_this_machine(store: Any, capfd: pytest.CaptureFixture) -> None:
    draw("in/a.png"), draw("in/b.png", 50)
    arguments = ("in", "-o", "memory://out/", "--resume", "--journal", "kept", "-v", "--jobs", "1")
    counts = []
    for change in ("none", "none", "input", "output"):
        if change == "input":
            draw("in/b.png", 60)
        if change == "output":
            store.rm_file("/out/a.txt")
        capfd.readouterr()
        assert read(*arguments) == 0
        counts.append(capfd.readouterr().err.count("1 page(s) in"))
    assert counts == [2, 0, 1, 1]
    assert held(store) == {"/out/a.txt": "40 by 20 mean 0\n", "/out/b.txt": "60 by 20 mean 0\n"}
    assert Path("kept", JOURNAL).is_file()


def test_wrong_usage(capfd: pytest.CaptureFixture) -> None:
    draw("a.png")
    for arguments, sentence in (
        (("-o", "memory://out/", "--resume"), "--resume with outputs at a URL needs a folder of this machine"),
        (("-o", "memory://out/", "--journal", "kept"), "--journal is for --resume and --watch"),
        (("-o", "nosuch://out/"), "nosuch://out/: Protocol not known: nosuch"),
        (("-o", "https://example.org/out/"), "https://example.org/out/: nothing can be written by https"),
    ):
        assert read("a.png", *arguments) == 2
        assert sentence in capfd.readouterr().err
    assert not Path("kept").exists()
