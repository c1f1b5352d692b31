"""``ocrtool read --resume``: what is left out, what is read once more, and what the journal survives."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_engine import DEFECT, draw, fake_reader, make_page
from kill_runs import JOBS, expected, kill_runs
from pdf_files import pages, shown

from ocrtool.cli import main as cli
from ocrtool.errors import OutputError
from ocrtool.export.documents import ExportPage
from ocrtool.jobs import read as read_job
from ocrtool.jobs.inputs import make_sources
from ocrtool.jobs.journal import JOURNAL, Entry, Identity, Journal
from ocrtool.jobs.kept_pages import FOLDER, KeptPages
from ocrtool.jobs.outcome import Outcome


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[int, ...]]:
    """The sizes of all pages that are read."""
    read_sizes: list[tuple[int, ...]] = []

    def load(options: object) -> Callable[[np.ndarray], object]:
        read = fake_reader(options)
        return lambda gray: (read_sizes.append(gray.shape), read(gray))[1]

    monkeypatch.setattr(read_job, "load_reader", load)
    monkeypatch.chdir(tmp_path)
    return read_sizes


def read(*arguments: object) -> int:
    return cli.run(["read", *map(str, arguments), "-o", "out", "--resume"])


def texts() -> dict[str, str]:
    return {path.name: path.read_text() for path in Path("out").iterdir() if path.name != JOURNAL}


def entries() -> list[dict]:
    return [json.loads(line) for line in Path("out", JOURNAL).read_text().splitlines()][1:]


def test_what_is_done_is_left_out(counted: list, capfd: pytest.CaptureFixture) -> None:
    names = [draw("a.png"), draw("b.png", 50), draw("bad.png", first=DEFECT)]
    assert read(*names) == 1
    assert len(counted) == 3
    assert read(*names) == 1  # what failed is tried again
    assert len(counted) == 4
    assert capfd.readouterr().err.count("ocrtool: bad.png: internal error") == 2
    draw("bad.png")
    assert read(*names) == 0
    assert len(counted) == 5
    assert read(*names) == 0
    assert len(counted) == 5
    assert texts() == dict.fromkeys(("a.txt", "bad.txt"), "40 by 20 mean 0\n") | {"b.txt": "50 by 20 mean 0\n"}


def test_the_place_from_which_it_is_called_does_not_matter(counted: list, tmp_path: Path) -> None:
    draw("in/a.png")
    assert read("in/a.png") == 0
    assert read(tmp_path / "in" / "a.png") == 0
    assert read("in") == 0
    assert len(counted) == 1


def touched() -> None:
    os.utime("a.png", (1, 1))


def changed() -> None:
    draw("a.png", 60)


def changed_in_place() -> None:
    """The same size in bytes, and another time."""
    data = bytearray(Path("a.png").read_bytes())
    Path("a.png").write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def deleted() -> None:
    Path("out/a.txt").unlink()


def emptied() -> None:
    Path("out/a.txt").write_bytes(b"")


@pytest.mark.parametrize(
    ("change", "again"), [(touched, False), (changed, True), (changed_in_place, True), (deleted, True), (emptied, True)]
)
def test_what_is_read_again(change: Callable[[], None], again: bool, counted: list) -> None:
    draw("a.png")
    assert read("a.png") == 0
    change()
    for _ in range(2):
        assert read("a.png") == 0
        assert len(counted) == 1 + again
    assert texts()["a.txt"].startswith("60" if change is changed else "40")


@pytest.mark.parametrize("option", [["--no-lm"], ["--format", "text,json"], ["--pages", "1"], ["--lang", "kor"]])
def test_other_options_read_again(option: list[str], counted: list) -> None:
    draw("a.png")
    assert [read("a.png"), read("a.png", *option), read("a.png", *option)] == [0, 0, 0]
    assert len(counted) == 2


@pytest.mark.parametrize("option", [["--jobs", "1"], ["--verbose"], ["--timeout", "60"], ["--fail-fast"]])
def test_options_that_change_no_output_do_not(option: list[str], counted: list) -> None:
    draw("a.png")
    assert [read("a.png"), read("a.png", *option)] == [0, 0]
    assert len(counted) == 1


def test_other_weights_read_again(counted: list, tmp_path: Path) -> None:
    draw("a.png")
    weights = tmp_path / "mine"
    weights.mkdir()
    for scores in ("{}", "{}", '{"better": 1}'):
        (weights / "lines.json").write_text(scores)
        assert read("a.png", "--weights", weights) == 0
    assert len(counted) == 2


def test_names_of_outputs_stay_when_inputs_are_added(counted: list) -> None:
    draw("one/scan.png", 41)
    assert read("one") == 0
    draw("two/scan.png", 42)
    assert read("one", "two") == 0
    assert read("two") == 0
    draw("three/scan.png", 43)
    assert read("three") == 0
    assert len(counted) == 3
    assert {text[:2] for text in texts().values()} == {"41", "42", "43"}
    assert texts()["scan.txt"].startswith("41")


def test_pdfs_are_done_when_all_pages_are(counted: list) -> None:
    Path("a.pdf").write_bytes(pages([shown("one"), shown("two")]))
    assert read("a.pdf", "--pdf-text", "ocr") == 0
    assert read("a.pdf", "--pdf-text", "ocr") == 0
    assert len(counted) == 2
    assert len(entries()) == 1


@pytest.mark.parametrize("format_", ["text", "json", "pdf", "hocr"])
@pytest.mark.parametrize("torn", [b"", b'4\t{"format": "ocrto'])
def test_pages_of_a_pdf_are_not_read_again(
    format_: str, torn: bytes, counted: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped within a PDF of six pages, by a failure to write a file that is none of its own."""
    Path("a.pdf").write_bytes(pages([shown(f"page {k}") for k in range(6)]))
    options = ("--pdf-text", "ocr", "--format", format_)
    assert cli.run(["read", "a.pdf", *options, "-o", "whole/"]) == 0
    assert len(counted) == 6
    read_pages = KeptPages.read

    def stopped(self: KeptPages, outcome: Outcome) -> None:
        read_pages(self, outcome)
        if outcome.source is not None and outcome.source.page == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(KeptPages, "read", stopped)
        assert read("a.pdf", *options) == 130
    (kept,) = Path("out", FOLDER).iterdir()
    with kept.open("ab") as file:
        file.write(torn)
    assert read("a.pdf", *options) == 0
    assert len(counted) == 6 + 6
    assert not Path("out", FOLDER).exists()
    names = {path.name for path in Path("whole").iterdir()}
    if format_ != "pdf":
        assert all(Path("out", name).read_bytes() == Path("whole", name).read_bytes() for name in names)
    assert {path.name for path in Path("out").iterdir()} == names | {JOURNAL}
    assert read("a.pdf", *options) == 0
    assert len(counted) == 6 + 6


def test_both_pages_of_a_spread_are_kept(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    source = replace(make_sources(["a.pdf"])[0], page=7)
    state = (4, (tmp_path / "a.pdf").stat().st_mtime_ns)
    results = tuple(
        ExportPage(replace(make_page(text, 90, 20), source="a.pdf", number=7)) for text in ("left\tone", "right")
    )
    KeptPages(tmp_path, "settings").read(Outcome(source, results, state=state))
    later = KeptPages(tmp_path, "settings")
    assert later.unread([source]) == []
    (outcome,) = later.merged([source], ())
    assert [result.page.text for result in outcome.results] == [result.page.text for result in results]
    assert len(outcome.seconds) == len(outcome.thumbnails) == 2
    assert KeptPages(tmp_path, "other settings").unread([source]) == [source]


def test_no_link_leads_out_of_the_folder(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    Path("a.pdf").write_bytes(pages([shown("one"), shown("two")]))
    (tmp_path / "out").mkdir()
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "out" / JOURNAL).symlink_to(tmp_path / "mine")
    assert read("a.pdf") == 1
    assert f"{JOURNAL}: cannot be written: too many levels of symbolic links" in capfd.readouterr().err
    (tmp_path / "out" / JOURNAL).unlink()
    (tmp_path / "out" / FOLDER).mkdir()
    (tmp_path / "out" / FOLDER / "a.jsonl").symlink_to(tmp_path / "mine")
    assert read("a.pdf") == 1
    (tmp_path / "out" / FOLDER / "a.jsonl").unlink()
    (tmp_path / "out" / FOLDER).rmdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / FOLDER).symlink_to(tmp_path / "elsewhere")
    assert read("a.pdf") == 1
    assert (tmp_path / "mine").read_text() == "mine"
    assert not [path for path in (tmp_path / "elsewhere").iterdir() if path.stat().st_size]


def test_formats_that_show_pages_read_them_again(counted: list, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept is text; images of pages would take a hundred times as much."""
    Path("a.pdf").write_bytes(pages([shown("one"), shown("two")]))
    options = ("--pdf-text", "ocr", "--format", "html")
    with monkeypatch.context() as patched:
        patched.setattr("ocrtool.jobs.resume.Resumption.finished", lambda *_: exec("raise KeyboardInterrupt"))
        assert read("a.pdf", *options) == 130
    assert read("a.pdf", *options) == 0
    assert len(counted) == 4
    assert {path.name for path in Path("out").iterdir()} == {JOURNAL, "a.html"}


def test_kept_pages_hold_for_one_content_and_one_set_of_options(counted: list, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    Path("a.pdf").write_bytes(pages([shown("one"), shown("two")]))
    for change in (lambda: None, lambda: Path("a.pdf").write_bytes(pages([shown("three"), shown("four")]))):
        with monkeypatch.context() as patched:
            patched.setattr("ocrtool.jobs.resume.Resumption.finished", stop)
            assert read("a.pdf", "--pdf-text", "ocr") == 130
        change()
    assert len(counted) == 2
    assert read("a.pdf", "--pdf-text", "ocr") == 0
    assert len(counted) == 4
    assert read("a.pdf", "--pdf-text", "ocr", "--no-lm") == 0
    assert len(counted) == 6


def test_an_input_that_is_named_twice_is_read_once(counted: list, tmp_path: Path) -> None:
    draw("in/a.png")
    for _ in range(2):
        assert read("in/a.png", "in", tmp_path / "in" / "a.png", draw("b.png")) == 0
    assert len(counted) == 2
    assert sorted(texts()) == ["a.txt", "b.txt"]


def test_only_folders_can_be_resumed(capfd: pytest.CaptureFixture) -> None:
    draw("a.png")
    sentence = "ocrtool: --resume needs a folder for the outputs and their journal: -o DIR\n"
    assert cli.run(["read", "a.png", "--resume"]) == 2
    Path("file").touch()
    assert cli.run(["read", "a.png", "--resume", "-o", "file"]) == 2
    assert capfd.readouterr().err == sentence * 2


def test_one_run_at_a_time(capfd: pytest.CaptureFixture) -> None:
    draw("a.png")
    Path("out").mkdir()
    with Journal(Path("out")):
        assert read("a.png") == 1
    assert capfd.readouterr().err == "ocrtool: out: another run of ocrtool writes to this folder\n"
    assert read("a.png") == 0


@pytest.mark.parametrize(
    "tail",
    [
        b'{"input": "/half',
        b"[[[[" * 50_000 + b"\n",
        b"\xff\xfe\n",
        b'{"input": 1, "stem": [], "settings": {}}\n',
        b'{"input": "x", "stem": "a", "settings": "s", "identity": {"size": NaN, "mtime": 1, "digest": ""}}\n',
        b"x" * 3_000_000 + b"\n",
        b"null\n17\n\n",
    ],
)
def test_a_damaged_journal_costs_at_most_its_damaged_lines(tail: bytes, counted: list) -> None:
    draw("a.png")
    assert read("a.png") == 0
    with Path("out", JOURNAL).open("ab") as file:
        file.write(tail)
    assert read("a.png", draw("b.png")) == 0
    assert read("a.png", "b.png") == 0
    assert len(counted) == 2


def test_what_is_no_journal_is_refused_and_left_as_it_is(capfd: pytest.CaptureFixture) -> None:
    draw("a.png")
    Path("out").mkdir()
    Path("out", JOURNAL).write_text("my diary\n")
    assert read("a.png") == 2
    assert capfd.readouterr().err == f"ocrtool: out/{JOURNAL} is not a journal of this version of ocrtool\n"
    assert Path("out", JOURNAL).read_text() == "my diary\n"


def test_the_journal_of_a_stranger_reaches_no_other_file(tmp_path: Path, counted: list) -> None:
    draw("a.png")
    assert read("a.png") == 0
    line = entries()[0] | {"stem": "../elsewhere", "outputs": [["../../etc/passwd", 1]]}
    with Path("out", JOURNAL).open("a") as file:
        file.write(json.dumps(line) + "\n")
    assert read("a.png") == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "out"]
    assert all(path.suffix in (".txt", ".jsonl") for path in Path("out").iterdir())


def test_a_full_disk_leaves_the_journal_right(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("out").mkdir()
    entry = Entry("/in/a.png", "a", "s", Identity(1, 2, "x"), (("a.txt", 3),))
    with Journal(Path("out")) as journal:
        journal.add(entry)
        write = os.write
        answers = iter((lambda file, data: write(file, data[:7]), full))
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", lambda file, data: next(answers)(file, data))
            with pytest.raises(OutputError, match="cannot be written: no space left on device"):
                journal.add(entry)
    with Journal(Path("out")) as journal:
        assert list(journal.entries.values()) == [entry]


def test_the_journal_does_not_wait_for_the_disk_at_each_page(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("out").mkdir()
    synced = []
    monkeypatch.setattr(os, "fsync", synced.append)
    entries = [Entry(f"/in/{k}.png", str(k), "s", Identity(1, 2, "x"), ((f"{k}.txt", 3),)) for k in range(20)]
    with Journal(Path("out")) as journal:
        for entry in entries:
            journal.add(entry)
        lines = (Path("out") / JOURNAL).read_text().splitlines()
        assert len(lines) == 21  # a run that is killed now has lost none
        assert 1 <= len(synced) < 10
        before = len(synced)
    assert len(synced) == before + 1
    with Journal(Path("out")) as journal:
        assert list(journal.entries.values()) == entries


def full(*_: object) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.ESTALE, errno.EDQUOT])
def test_a_disk_that_takes_no_more_ends_the_run(
    number: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture, counted: list
) -> None:
    names = [draw(f"{k}.png", 40 + k) for k in range(9)]
    replace = Path.replace

    def limited(self: Path, target: Path) -> Path:
        if Path(target).name >= "2":
            raise OSError(number, os.strerror(number))
        return replace(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", limited)
        assert read(*names) == 1
    error = capfd.readouterr().err.splitlines()
    fault = f"cannot be written: {os.strerror(number).lower()}"
    assert error[:3] == [f"ocrtool: {k}.png: out/{k}.txt: {fault}" for k in (2, 3, 4)]
    assert error[3] == "ocrtool: no more is read, since 3 outputs in a row could not be written"
    assert len(counted) == 5
    assert sorted(texts()) == ["0.txt", "1.txt"]
    assert read(*names) == 0
    assert len(counted) == 5 + 7
    assert len(texts()) == 9


def test_a_folder_that_is_write_protected(capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    draw("a.png")
    Path("out").mkdir()
    with monkeypatch.context() as patched:
        patched.setattr(os, "open", full)
        assert read("a.png") == 1
    assert f"{JOURNAL}: cannot be written: no space left on device" in capfd.readouterr().err


def test_unfinished_files_of_killed_runs_go(counted: list) -> None:
    draw("a.png")
    Path("out").mkdir()
    ended, unasked = subprocess.Popen(["true"]), subprocess.Popen(["true"], stdout=subprocess.PIPE)
    ended.wait()
    unasked.stdout.read()  # it ends then, and stays in the table of processes until it is waited for
    while " Z " not in Path(f"/proc/{unasked.pid}/stat").read_text():
        time.sleep(0.01)
    dead = [f".ocrtool-{process.pid}-00c0ffee.part" for process in (ended, unasked)]
    for name in (*dead, f".ocrtool-{os.getpid()}-00c0ffee.part", ".ocrtool-x.part"):
        Path("out", name).touch()
    assert read("a.png") == 0
    kept = sorted(path.name for path in Path("out").glob("*.part"))
    unasked.wait()
    assert kept == [] or kept == sorted([f".ocrtool-{os.getpid()}-00c0ffee.part", ".ocrtool-x.part"])


@pytest.mark.slow
def test_killed_at_random_moments_and_resumed(tmp_path: Path) -> None:
    """Each page is read to its end, and more than once only if it was in hand, or done and not yet in the journal."""
    killing = kill_runs(tmp_path, pages=16, kills=4, pause=0.2)
    assert (killing.code, killing.texts) == (0, expected(16))
    assert (killing.unfinished, killing.left) == ([], [])
    assert sum(killing.kills.values()) >= 1
    assert killing.twice <= 2 * JOBS * sum(killing.kills.values())
