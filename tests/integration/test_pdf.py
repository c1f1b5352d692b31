"""``ocrtool read`` of PDFs from arguments to bytes, with a fake engine: pages, names, passwords, faults."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from fake_engine import fake_reader
from pdf_faults import Fault, faults
from pdf_files import pages, scan, shown
from PIL import Image

from ocrtool.cli import main as cli
from ocrtool.imaging.input_page import InputPage
from ocrtool.imaging.pdf_options import PdfOptions
from ocrtool.jobs import read as read_job
from ocrtool.jobs.deliver import Delivery
from ocrtool.jobs.destination import plan_destination
from ocrtool.jobs.guard import OverwriteGuard
from ocrtool.jobs.inputs import Source, find_inputs
from ocrtool.jobs.options import IN_TURN
from ocrtool.jobs.outcome import PageResult
from ocrtool.jobs.pages import by_page
from ocrtool.jobs.workers import Workers

FAULTS = faults()


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_job, "load_reader", fake_reader)


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """Three pages with text."""
    path = tmp_path / "three.pdf"
    path.write_bytes(pages([shown(f"page {number}") for number in (1, 2, 3)]))
    return path


def read(*arguments: object) -> int:
    return cli.run(["read", *map(str, arguments)])


def test_pages_are_joined_by_form_feeds(three: Path, capfd: pytest.CaptureFixture) -> None:
    assert read(three) == 0
    assert capfd.readouterr() == ("page 1\n\fpage 2\n\fpage 3\n", "")


@pytest.mark.parametrize("jobs", [1, 2])
def test_chosen_pages_keep_their_numbers(three: Path, capfd: pytest.CaptureFixture, jobs: int) -> None:
    assert read(three, "--pages", "-1,1", "--format", "json", "--jobs", jobs) == 0
    document = json.loads(capfd.readouterr().out)
    found = [(page["number"], page["source"], page["lines"][0]["text"]) for page in document["pages"]]
    assert found == [(1, str(three), "page 1"), (3, str(three), "page 3")]


def test_pages_that_are_not_there(three: Path, capfd: pytest.CaptureFixture) -> None:
    assert read(three, "--pages", "7") == 1
    assert capfd.readouterr() == ("", f"ocrtool: {three}: it has 3 pages, and none of 7\n")
    assert read(three, "--pages", "3-1") == 2
    assert "'3-1' holds no page" in capfd.readouterr().err


def test_json_says_where_the_text_is_from(three: Path, capfd: pytest.CaptureFixture) -> None:
    def page(mode: str) -> dict:
        assert read(three, "--pages", 2, "--pdf-text", mode, "--dpi", 72, "--format", "json") == 0
        (found,) = json.loads(capfd.readouterr().out)["pages"]
        return {key: found[key] for key in ("from_pdf", "pdf_text")} | {"text": found["lines"][0]["text"]}

    own = {"from_pdf": True, "pdf_text": None, "text": "page 2"}
    assert page("auto") == own
    anew = page("ocr")
    assert anew == {"from_pdf": False, "pdf_text": None, "text": anew["text"]} and "300 by 200" in anew["text"]
    both = page("keep")
    assert (both["from_pdf"], both["text"]) == (False, anew["text"])
    assert [line["text"] for line in both["pdf_text"]["lines"]] == ["page 2"]


def test_standard_input(three: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(three.read_bytes())))
    assert read("-", "--pages", "2", "--format", "json") == 0
    assert json.loads(capfd.readouterr().out)["pages"][0]["source"] == "-"


def test_folders_with_pdfs_give_one_file_for_each(three: Path, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    three.rename(folder / "b.pdf")
    (folder / "a.PDF").write_bytes(scan(np.full((50, 90), 9, np.uint8), 72))
    assert read(folder, "-o", tmp_path / "out", "--overlay", tmp_path / "over") == 0
    written = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert written == {"a.txt": "90 by 50 mean 9\n", "b.txt": "page 1\n\fpage 2\n\fpage 3\n"}
    names = sorted(path.name for path in (tmp_path / "over").iterdir())
    assert names == ["a.overlay.png", "b.1.overlay.png", "b.2.overlay.png", "b.3.overlay.png"]


def test_a_page_that_fails_costs_no_other(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    good, large = pages([shown("one"), shown("two")]), b"/MediaBox [0 0 20000 20000]"
    place = good.index(b"/MediaBox", good.index(b"10 0 obj"))
    path = tmp_path / "a.pdf"
    path.write_bytes(good[:place] + large + good[good.index(b"]", place) + 1 :])
    for output in ("-o", tmp_path / "out.txt"), ("-o", f"{tmp_path}/"), ():
        assert read(path, *output) == 1
        captured = capfd.readouterr()
        assert captured.err.count("\n") == 1 and f"{path}, page 1: 20000 × 20000 points are too large" in captured.err
    assert captured.out == (tmp_path / "out.txt").read_text() == (tmp_path / "a.txt").read_text() == "two\n"


def test_passwords(three: Path, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    locked, key = tmp_path / "locked.pdf", tmp_path / "key.txt"
    with pikepdf.open(three) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(user="열쇠", owner="o"))
    key.write_text("열쇠\n", encoding="utf-8")
    assert read(locked) == 1
    assert capfd.readouterr() == ("", f"ocrtool: {locked}: the PDF is encrypted, and its password is needed\n")
    assert read(locked, "--pages", 1, "--password-file", key) == 0
    assert capfd.readouterr() == ("page 1\n", "")
    assert read(locked, "--password-file", three) == 1
    assert "the password given is not its own" in capfd.readouterr().err
    assert read(locked, "--password-file", tmp_path / "none") == 2
    assert "none: cannot be read: no such file" in capfd.readouterr().err


@pytest.mark.parametrize("name", FAULTS)
def test_faults(name: str, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    """What can be read is read, and each page that cannot costs one sentence."""
    fault: Fault = FAULTS[name]
    path = tmp_path / "bad.pdf"
    path.write_bytes(fault.data)
    assert read(path, "--format", "json") == (1 if fault.says else 0)
    captured = capfd.readouterr()
    assert len(json.loads(captured.out)["pages"]) == fault.reads
    sentences = captured.err.splitlines()
    assert len(sentences) == len(fault.says), sentences
    for sentence, pattern in zip(sentences, fault.says, strict=True):
        assert re.match(rf"ocrtool: {re.escape(str(path))}(, page \d+)?: .*(?:{pattern})", sentence), sentence


def test_long_documents_in_several_formats(tmp_path: Path) -> None:
    """More pages than are kept in memory until all formats have them."""
    path = tmp_path / "long.pdf"
    path.write_bytes(pages([shown(f"page {number}") for number in range(1, 31)]))
    assert read(path, "--format", "text,json,pdf", "-o", tmp_path / "out") == 0
    expected = [f"page {number}" for number in range(1, 31)]
    assert (tmp_path / "out" / "long.txt").read_text() == "\f".join(text + "\n" for text in expected)
    document = json.loads((tmp_path / "out" / "long.json").read_text())
    assert [page["lines"][0]["text"] for page in document["pages"]] == expected
    assert texts((tmp_path / "out" / "long.pdf").read_bytes()) == expected


def test_pages_are_written_as_they_are_read(tmp_path: Path) -> None:
    """So that no more than one page of a document is in memory."""
    path = tmp_path / "a.pdf"
    path.write_bytes(pages([shown(f"page {number}") for number in range(1, 6)]))
    log: list[str] = []

    def work(source: Source, image: InputPage) -> PageResult[int]:
        log.append(f"read {image.number}")
        return PageResult(image.number)

    def writer(numbers: Iterable[int]) -> Iterator[bytes]:
        for number in numbers:
            log.append(f"written {number}")
            yield b"x"

    sources = find_inputs([str(path)]).sources
    guard = OverwriteGuard(sources)
    target = plan_destination(str(tmp_path / "out.txt"), sources, False, [".txt"], guard, None)
    with by_page(sources, PdfOptions()) as single, Workers(lambda: work, IN_TURN) as workers:
        Delivery(guard, log.append).deliver(workers.run(single), [writer], target)
    assert log == [f"{what} {number}" for number in range(1, 6) for what in ("read", "written")]
    assert (tmp_path / "out.txt").read_bytes() == b"x" * 5


def texts(data: bytes) -> list[str]:
    return [page.get_textpage().get_text_range().strip() for page in pypdfium2.PdfDocument(data)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_searchable_pdfs_of_images_and_pdfs(tmp_path: Path, capfd: pytest.CaptureFixture, jobs: int) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(pages([b"0 0 5 5 re f", shown("own text"), b"1 1 5 5 re f"]))
    Image.new("L", (90, 50), 7).save(folder / "b.png", dpi=(72, 72))
    assert read(folder, "--format", "pdf,text", "-o", tmp_path / "out", "--dpi", 72, "--jobs", jobs) == 0
    got = {name: texts((tmp_path / "out" / f"{name}.pdf").read_bytes()) for name in "ab"}
    expected = [text.strip() for text in (tmp_path / "out" / "a.txt").read_text().split("\f")]
    assert got["a"] == expected and expected[1] == "own text" and "300 by 200" in expected[0]
    assert got["b"] == ["90 by 50 mean 7"] == [(tmp_path / "out" / "b.txt").read_text().strip()]
    assert read(folder, "--format", "pdf", "--pages", "1", "--dpi", 72, "-o", tmp_path / "all.pdf" / "") == 0
    assert texts((tmp_path / "all.pdf" / "a.pdf").read_bytes()) == expected[:1]
    assert capfd.readouterr() == ("", "")


def test_a_searchable_pdf_keeps_pages_that_could_not_be_read(tmp_path: Path) -> None:
    made = pages([shown("one"), b"0 0 5 5 re f"])
    place = made.index(b"/MediaBox")
    path = tmp_path / "a.pdf"
    path.write_bytes(made[:place] + b"/MediaBox [0 0 20000 20000]" + made[made.index(b"]", place) + 1 :])
    assert read(path, "--format", "pdf", "--dpi", 100, "-o", tmp_path / "out.pdf") == 1
    assert len(texts((tmp_path / "out.pdf").read_bytes())) == 2


def test_a_searchable_pdf_on_standard_output(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = io.BytesIO()
    Image.new("L", (90, 50), 7).save(file, "PNG")
    for data in (file.getvalue(), pages([b"0 0 5 5 re f"])):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert read("-", "--format", "pdf", "--dpi", 72) == 0
        out, error = capfdbinary.readouterr()
        assert len(texts(out)) == 1 and "by" in texts(out)[0] and error == b""


def test_json_is_converted_to_a_searchable_pdf(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    path = tmp_path / "a.png"
    Image.new("L", (90, 50), 7).save(path)
    assert read(path, "--format", "json,pdf", "-o", tmp_path / "out") == 0
    assert cli.run(["convert", str(tmp_path / "out" / "a.json"), "--format", "pdf", "-o", str(tmp_path / "b.pdf")]) == 0
    assert (tmp_path / "b.pdf").read_bytes() == (tmp_path / "out" / "a.pdf").read_bytes()
    path.unlink()
    assert cli.run(["convert", str(tmp_path / "out" / "a.json"), "--format", "pdf", "-o", str(tmp_path / "c.pdf")]) == 1
    assert "a PDF needs the file of the page, which cannot be opened again" in capfd.readouterr().err
    assert not (tmp_path / "c.pdf").exists()
