"""What arguments stand for: lists, names on standard input, patterns and URLs, whatever bytes the names hold."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest
from fake_engine import fake_reader
from pdf_files import pages, shown
from PIL import Image

from ocrtool.cli import main as cli
from ocrtool.jobs import read as read_job
from ocrtool.jobs.inputs import make_sources

#: File names that shells, lists and messages stumble over.
ODD = (
    b"a b.png",
    b"line\nend.png",
    b"-dash.png",
    b"-",
    b"@list",
    b"wei\xdf.png",
    b"q'\"`$.png",
    b"[1]*?.png",
    b"\x1b[2J.png",
)


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(read_job, "load_reader", fake_reader)
    monkeypatch.chdir(tmp_path)


def draw(name: str | bytes | Path, width: int = 40) -> None:
    path = Path(os.fsdecode(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (width, 20)).save(path, "PNG")


def read(*arguments: object, stdin: bytes = b"", monkeypatch: pytest.MonkeyPatch | None = None) -> int:
    if monkeypatch is not None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
    return cli.run(["read", *map(str, arguments)])


def listed(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def widths(out: str) -> list[int]:
    return [int(page.split()[0]) for page in out.split("\f") if page]


def test_names_of_any_bytes(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture) -> None:
    for width, name in enumerate(ODD, 40):
        draw(name, width)
    assert read("--from0", stdin=b"\0".join(ODD) + b"\0", monkeypatch=monkeypatch) == 0
    assert widths(capfd.readouterr().out) == list(range(40, 40 + len(ODD)))
    lines = [name for name in ODD if b"\n" not in name]
    Path("names").write_bytes(b"\n".join(lines))
    assert read("@names") == 0
    assert widths(capfd.readouterr().out) == [width for width, name in enumerate(ODD, 40) if name in lines]
    assert read("@-", "-o", "out", stdin=b"\r\n".join(lines), monkeypatch=monkeypatch) == 0
    assert len(listed("out")) == len(lines)
    assert read("--", "-dash.png") == 0
    assert widths(capfd.readouterr().out) == [42]


def test_a_list_may_hold_folders_and_missing_files(capfd: pytest.CaptureFixture) -> None:
    draw("in/b.png", 41)
    draw("in/a.png", 42)
    Path("names").write_text("in\n\ngone.png\n")
    assert read("@names", "in/b.png", "-o", "out") == 1
    assert capfd.readouterr().err == "ocrtool: gone.png: no such file or folder\n"
    assert len(listed("out")) == 3


def test_an_empty_list_is_no_error(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture) -> None:
    assert read("--from0", "-o", "out", monkeypatch=monkeypatch) == 0
    assert (listed("out"), capfd.readouterr()) == ([], ("", ""))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("@gone",), "@gone: no such file or folder"),
        (("-", "--from0"), "standard input can be used only once"),
        (("-", "@-"), "standard input can be used only once"),
        (("@scan",), "@scan: no such file or folder; name the file ./@scan"),
    ],
)
def test_wrong_lists(arguments: tuple[str, ...], message: str, capfd: pytest.CaptureFixture) -> None:
    draw("@scan")
    assert read(*arguments) == 2
    assert capfd.readouterr() == ("", f"ocrtool: {message}\n")


def test_no_input_at_all(capfd: pytest.CaptureFixture) -> None:
    assert read() == 2
    assert "Missing argument 'PAGE...'" in capfd.readouterr().err


def test_patterns(capfd: pytest.CaptureFixture) -> None:
    for width, name in ((41, "in/p2.png"), (42, "in/p10.png"), (43, "in/sub/p1.png"), (44, "in/p[1].png")):
        draw(name, width)
    draw("in/.hidden.png")
    for pattern, expected in (
        ("in/p?.png", [41]),
        ("in/*.png", [41, 42, 44]),
        ("in/**/*1*.png", [42, 44, 43]),
        ("in/p[1].png", [44]),
        ("in/s*", [43]),
    ):
        assert read(pattern) == 0
        assert sorted(widths(capfd.readouterr().out)) == sorted(expected), pattern
    assert read("in/*.tif") == 1
    assert capfd.readouterr().err == "ocrtool: in/*.tif: no such file or folder\n"


def test_one_match_of_a_pattern_still_gives_a_folder() -> None:
    draw("in/a.png")
    assert read("in/*.png", "-o", "out") == 0
    assert listed("out") == ["a.txt"]


def test_sub_folders_can_be_left_out(capfd: pytest.CaptureFixture) -> None:
    draw("in/a.png", 41)
    draw("in/sub/b.png", 42)
    assert read("in", "--no-recursive") == 0
    assert widths(capfd.readouterr().out) == [41]


@pytest.mark.parametrize("format_", ["text", "pdf", "html"])
def test_urls(format_: str, tmp_path: Path) -> None:
    """The same files as by path; formats that open the input again get it too."""
    pytest.importorskip("fsspec")
    draw("in/a b.png", 41)
    draw("in/sub/c.png", 42)
    (tmp_path / "in" / "sub" / "d.pdf").write_bytes(pages([shown("one"), shown("two")]))
    (tmp_path / "in" / "notes.txt").write_text("no image")
    assert read("in", "--format", format_, "-o", "there/") == 0
    for number, url in enumerate((f"file://{tmp_path}/in", f"file://{tmp_path}/in/", f"file://{tmp_path}/in/**/*.p*")):
        assert read(url, "--format", format_, "-o", f"out{number}") == 0
        assert sorted(listed(f"out{number}")) == sorted(listed("there"))
        if format_ == "text":
            for name in listed("there"):
                assert Path(f"out{number}", name).read_bytes() == Path("there", name).read_bytes()


def test_urls_that_cannot_be_read(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    pytest.importorskip("fsspec")
    draw("a.png")
    assert read(f"file://{tmp_path}/gone.png", "a.png", "-o", "out") == 1
    assert capfd.readouterr().err == f"ocrtool: file://{tmp_path}/gone.png: no such file or folder\n"
    assert listed("out") == ["a.txt"]
    assert read("nosuch://bucket/a.png") == 2
    assert capfd.readouterr().err == "ocrtool: nosuch://bucket/a.png: Protocol not known: nosuch\n"


@pytest.mark.parametrize("option", ["--overlay", "--tables", "--report", "--journal"])
def test_other_outputs_are_not_written_to_urls(option: str, capfd: pytest.CaptureFixture) -> None:
    draw("a.png")
    assert read("a.png", option, "s3://bucket/out") == 2
    assert "s3://bucket/out is a URL, but a path of this machine is needed" in capfd.readouterr().err
    assert listed(".") == ["a.png"]


def test_outputs_of_urls_are_named_after_their_paths() -> None:
    names = [
        "https://example.org/scans/my%20page.png?size=2&x=a/b",
        "s3://bucket/deep/page.tif",
        "s3://bucket/../e.png",
    ]
    assert [source.output.stem for source in make_sources(names)] == ["my page", "page", "e"]


def test_fsspec_is_imported_for_urls_only(capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    draw("a.png")
    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    assert read("a.png") == 0
    assert read("s3://bucket/a.png") == 2
    assert "URLs need fsspec; pip install 'ocrtool[remote]'" in capfd.readouterr().err
