"""What a run says about itself: summary, log of failures, metrics, report, and the times of stages."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

import cv2
import fake_engine
import numpy as np
import pytest
from fake_engine import DEATH, DEFECT, ENDLESS, fake_reader
from pdf_files import pages, shown
from PIL import Image

from ocrtool.cli import main as cli
from ocrtool.errors import InputError
from ocrtool.jobs import metrics_file, report_file
from ocrtool.jobs import read as read_job

TESTS = Path(__file__).parents[1]
RATE = r"in \d+\.\d s, \d+\.\d\d a second"


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(read_job, "load_reader", fake_reader)
    monkeypatch.delenv("OCRTOOL_QUIET", raising=False)
    monkeypatch.chdir(tmp_path)


draw = partial(fake_engine.draw, width=60)


def read(*arguments: object) -> int:
    return cli.run(["read", *map(str, arguments)])


def some() -> list[str]:
    """Three pages that can be read, one of them blank, and three inputs that cannot."""
    Path("torn.png").write_bytes(Path(draw("a.png")).read_bytes()[:50])
    Path("notes.png").write_text("no image")
    draw("blank.png", value=255, first=255)
    return ["a.png", draw("b.png"), "blank.png", "torn.png", "notes.png", "gone.png"]


def test_a_summary_ends_a_run(capfd: pytest.CaptureFixture) -> None:
    assert read(*some(), "-o", "out") == 1
    *failures, summary = capfd.readouterr().err.splitlines()
    assert len(failures) == 3
    kinds = "3 failures: 1 damaged, 1 not an image, 1 missing"
    assert re.fullmatch(rf"ocrtool: 3 pages read \(1 blank\) {RATE}; {kinds}", summary)


def test_a_summary_of_what_was_done_before(capfd: pytest.CaptureFixture) -> None:
    names = [draw("a.png"), draw("b.png")]
    assert [read(*names, "-o", "out", "--resume") for _ in range(2)] == [0, 0]
    first, second = capfd.readouterr().err.splitlines()
    assert re.fullmatch(rf"ocrtool: 2 pages read {RATE}", first)
    assert re.fullmatch(rf"ocrtool: 0 pages read {RATE}; 2 inputs done before", second)


@pytest.mark.parametrize(
    "arguments", [("a.png", "-o", "a.txt"), ("a.png", "b.png"), ("a.png", "b.png", "-o", "out", "--quiet")]
)
def test_no_summary_of_one_input_or_beside_text_or_if_not_wanted(
    arguments: tuple[str, ...], capfd: pytest.CaptureFixture
) -> None:
    draw("a.png")
    draw("b.png")
    assert read(*arguments) == 0
    assert capfd.readouterr().err == ""


def test_an_interrupt_has_a_summary_and_waits_for_no_page(tmp_path: Path) -> None:
    """Both workers have pages in hand that take ten minutes."""
    for k in range(3):
        draw(f"{k}.png", width=60 + k)
    draw("endless.png", first=ENDLESS)
    failures = tmp_path / "failures.jsonl"
    line = [sys.executable, str(TESTS / "fake_program.py"), "0", "read", "gone.png", "0.png", "1.png", "2.png"]
    line += ["endless.png"] * 4
    line += ["-o", "out", "--jobs", "2", "--errors", str(failures), "--report", "report.html"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(TESTS), str(TESTS.parent)))}
    process = subprocess.Popen(line, env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=heed)
    deadline = time.monotonic() + 60
    while len(list(Path("out").glob("*.txt"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    *_, summary = process.communicate(timeout=60)[1].splitlines()
    assert process.returncode == 130
    assert re.fullmatch(rf"ocrtool: 3 pages read {RATE}; 1 failure: 1 missing; interrupted, 4 of 8 not read", summary)
    assert json.loads(failures.read_text())["kind"] == "missing"
    assert "interrupted" in Path("report.html").read_text()
    assert sorted(path.name for path in Path("out").iterdir()) == ["0.txt", "1.txt", "2.txt"]


def heed() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_a_log_of_failures() -> None:
    names = some()
    Path("many.pdf").write_bytes(pages([shown("one")]))
    assert read(*names, draw("bad.png", first=DEFECT), "--errors", "failures.jsonl") == 1
    lines = [json.loads(line) for line in Path("failures.jsonl").read_text().splitlines()]
    assert [(line["input"], line["kind"]) for line in lines] == [
        ("torn.png", "damaged"),
        ("notes.png", "not an image"),
        ("gone.png", "missing"),
        ("bad.png", "internal error"),
    ]
    assert lines[0]["error"] == "the image is truncated or damaged"
    assert lines[0]["page"] is None
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}", line["time"]) for line in lines)
    assert read("a.png", "--errors", "failures.jsonl") == 0
    assert Path("failures.jsonl").read_text() == ""


def test_the_log_names_the_page_that_failed() -> None:
    whole, blank = (Image.new("L", (width, 20)) for width in (60, 70))
    whole.save("many.tif", save_all=True, append_images=[blank])
    data = bytearray(Path("many.tif").read_bytes())
    Path("many.tif").write_bytes(data[: len(data) - 40])
    assert read("many.tif", "--errors", "failures.jsonl") == 1
    line = json.loads(Path("failures.jsonl").read_text())
    assert (line["input"], line["page"]) == ("many.tif", 2)


def test_killed_workers_and_unwritten_outputs_have_their_kind() -> None:
    Path("out/b.txt").mkdir(parents=True)
    names = [draw("a.png", first=DEATH), draw("b.png"), draw("c.png")]
    assert read(*names, "-o", "out", "--errors", "failures.jsonl", "--jobs", 2) == 1
    kinds = {(line["input"], line["kind"]) for line in map(json.loads, Path("failures.jsonl").read_text().splitlines())}
    assert kinds == {("a.png", "killed"), ("b.png", "not written")}


def subclasses(kind: type) -> set[type]:
    return {kind}.union(*map(subclasses, kind.__subclasses__()))


def test_every_failure_of_an_input_has_a_kind() -> None:
    without = {one.__name__ for one in subclasses(InputError) if one.__dict__.get("kind") in (None, "other")}
    assert without == {"InputError"}


def metrics() -> dict[str, float]:
    lines = [line for line in Path("run.prom").read_text().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(*some(), "--metrics", "run.prom") == 1
    found = metrics()
    assert found["ocrtool_inputs"] == found["ocrtool_inputs_done_total"] == 6
    assert (found["ocrtool_pages_read_total"], found["ocrtool_pages_blank_total"]) == (3, 1)
    assert found['ocrtool_failures_total{kind="not an image"}'] == 1
    assert found["ocrtool_run_ended"] == 1
    assert abs(found["ocrtool_run_start_timestamp_seconds"] - time.time()) < 600
    text = Path("run.prom").read_text()
    names = re.findall(r"^# TYPE (\S+) (?:counter|gauge)$", text, re.MULTILINE)
    assert names == re.findall(r"^# HELP (\S+) .+\.$", text, re.MULTILINE)
    assert {name.partition("{")[0] for name in found} == set(names)


def test_metrics_while_the_run_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(metrics_file, "_INTERVAL", 0.0)
    write = metrics_file.MetricsFile._write
    monkeypatch.setattr(
        metrics_file.MetricsFile, "_write", lambda self, ended: (write(self, ended), seen.append(metrics()))
    )
    assert read(*some(), "--metrics", "run.prom") == 1
    assert [one["ocrtool_pages_read_total"] for one in seen][:4] == [0, 1, 2, 3]
    assert [one["ocrtool_run_ended"] for one in seen][-2:] == [0, 1]


class Parsed(HTMLParser):
    """The text of a document, its images, and what it would fetch."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.images, self.fetched = "", [], []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        values = dict(attributes)
        if tag == "img":
            self.images.append(base64.b64decode(values["src"].removeprefix("data:image/jpeg;base64,")))
        elif "src" in values or "href" in values:
            self.fetched.append(values)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    names = some()
    wide = draw("<b>wide.png", width=2000)
    assert read(*names, wide, "--report", "report.html") == 1
    page = Parsed(Path("report.html").read_text())
    assert "3 failures: 1 damaged, 1 not an image, 1 missing" in page.text
    assert "gone.png" in page.text and "no such file or folder" in page.text
    assert "<b>wide.png" in page.text and "blank.png" not in page.text
    assert not page.fetched
    sizes = [cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_GRAYSCALE).shape for image in page.images]
    assert sorted(sizes) == [(2, 240), (20, 60), (20, 60)]


def test_a_report_keeps_the_worst_pages_and_a_bounded_number(monkeypatch: pytest.MonkeyPatch) -> None:
    confidences = iter((0.9, 0.2, 0.7, 0.4, 0.8))
    monkeypatch.setattr(report_file, "page_confidence", lambda page: next(confidences))
    monkeypatch.setattr(report_file, "MOST_PAGES", 2)
    monkeypatch.setattr(report_file, "MOST_FAILURES", 1)
    names = [draw(f"{k}.png", width=60 + k) for k in range(5)]
    assert read(*names, "gone.png", "lost.png", "--report", "report.html") == 1
    text = Parsed(Path("report.html").read_text()).text
    assert re.findall(r"(\d)\.png", text) == ["1", "3"]
    assert "gone.png" in text and "lost.png" not in text and "And 1 more." in text


@pytest.mark.parametrize("option", ["--errors", "--metrics", "--report"])
def test_records_overwrite_no_input(option: str, capfd: pytest.CaptureFixture) -> None:
    before = Path(draw("a.png")).read_bytes()
    assert read("a.png", option, "a.png") == 2
    assert capfd.readouterr().err == "ocrtool: a.png is an input, and inputs are never overwritten\n"
    assert Path("a.png").read_bytes() == before
    assert read("a.png", option, "nowhere/x") == 2


def test_times_of_stages(capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    letter = TESTS.parent / "samples" / "letter.png"
    assert read(letter, "--verbose", "--quiet") == 0
    stages = r"image \d+\.\d{3}, layout \d+\.\d{3}, lines \d+\.\d{3}, blocks and tables \d+\.\d{3}"
    assert re.search(rf"letter\.png: seconds by stage: {stages}\n", capfd.readouterr().err)
