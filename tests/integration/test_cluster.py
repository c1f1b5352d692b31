"""``ocrtool read --scheduler``: the same results, journal and exit code on a Dask cluster over TCP, whatever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dask_cluster import PATHS, TESTS, Cluster
from fake_engine import DEATH, draw, fake_reader
from pdf_files import pages, shown

from ocrtool.cli import main as cli
from ocrtool.jobs import cluster
from ocrtool.jobs import read as read_job
from ocrtool.jobs.cluster import ClusterWorkers, process_there
from ocrtool.jobs.inputs import make_sources
from ocrtool.jobs.journal import JOURNAL
from ocrtool.jobs.options import ReadOptions

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    yield started
    started.close()


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(read_job, "load_reader", fake_reader)
    monkeypatch.chdir(tmp_path)


def read(*arguments: object) -> int:
    return cli.run(["read", *map(str, arguments)])


def files(folder: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).iterdir() if path.name != JOURNAL}


def test_the_same_as_on_one_machine(running: Cluster, capfd: pytest.CaptureFixture) -> None:
    names = [draw(f"in/{k}.png", 40 + k) for k in range(12)]
    Path("in/many.pdf").write_bytes(pages([shown("one"), shown("two"), shown("three")]))
    assert len(names) == 12
    arguments = ("gone.png", "in", "--format", "json,text,hocr")
    assert read(*arguments, "-o", "here") == 1
    here = capfd.readouterr()
    assert read(*arguments, "-o", "there", "--scheduler", running.address, "--resume") == 1
    assert capfd.readouterr() == here
    assert files("there") == files("here")
    assert read(*arguments, "-o", "there", "--scheduler", running.address, "--resume") == 1
    assert len(Path("there", JOURNAL).read_text().splitlines()) == 1 + 13 + 2


def test_on_standard_output_in_order(running: Cluster, capfd: pytest.CaptureFixture) -> None:
    names = [draw(f"{k}.png", 40 + k) for k in range(9)]
    assert read(*names, "--scheduler", running.address) == 0
    assert [page.split()[0] for page in capfd.readouterr().out.split("\f")] == [str(40 + k) for k in range(9)]


def test_a_page_that_kills_three_workers_is_set_aside(running: Cluster, capfd: pytest.CaptureFixture) -> None:
    names = [draw("a.png"), draw("bad.png", first=DEATH), draw("b.png", 50)]
    assert read(*names, "--scheduler", running.address) == 1
    out, error = capfd.readouterr()
    assert out == "40 by 20 mean 0\n\f50 by 20 mean 0\n"
    assert error.splitlines()[-1] == "ocrtool: bad.png: 3 processes that read it were killed, probably out of memory"


def test_a_worker_and_the_scheduler_are_killed(running: Cluster, tmp_path: Path) -> None:
    for k in range(60):
        draw(f"in/{k}.png", 40 + k)
    line = [sys.executable, str(TESTS / "fake_program.py"), "0.1", "read", "in", "-o", "out", "--resume"]
    environment = os.environ | {"PYTHONPATH": PATHS}
    process = subprocess.Popen([*line, "--scheduler", running.address], env=environment, cwd=tmp_path)
    for count, kill in ((5, "worker"), (20, "scheduler")):
        deadline = time.monotonic() + 60
        while len(list(tmp_path.glob("out/*.txt"))) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        assert process.poll() is None
        if kill == "worker":
            running.workers[0].kill()
            running.workers[0] = running.start_worker(7)
        else:
            running.scheduler.send_signal(signal.SIGKILL)
            running.scheduler.wait()
            running.scheduler = running.start_scheduler()
            running.workers = [running.start_worker(k) for k in (8, 9)]  # the others may end with the scheduler
    assert process.wait(120) == 0
    assert files("out") == {f"{k}.txt": f"{40 + k} by 20 mean 0\n".encode() for k in range(60)}


def test_queues_are_bounded(monkeypatch: pytest.MonkeyPatch, running: Cluster) -> None:
    sources = make_sources([draw("a.png")] * 200)
    most = []
    fill = ClusterWorkers._fill

    def watched(self: ClusterWorkers, queue: cluster._Queue, placed: list) -> None:
        fill(self, queue, placed)
        most.append(len(queue.running) + len(queue.done))

    monkeypatch.setattr(ClusterWorkers, "_fill", watched)
    with ClusterWorkers(read_job.reading_job(ReadOptions()), running.address, cluster.own_stamp()) as workers:
        outcomes = workers.run(sources)
        assert all(outcome.failure is None for outcome in outcomes)
    assert max(most) <= cluster._AHEAD * 2


def test_a_worker_with_other_weights_ends_the_run() -> None:
    (source,) = make_sources([draw("a.png")])
    answer = process_there(b"", "another stamp", source)
    assert str(answer) == "a worker of the cluster has another version of ocrtool, or other weights"


def test_wrong_usage(capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    draw("a.png")
    assert read("a.png", "--scheduler", "tcp://127.0.0.1:1", "--timeout", 5) == 2
    assert "--timeout is for workers of this machine" in capfd.readouterr().err
    monkeypatch.setattr(cluster, "_CONNECT", 0.5)
    assert read("a.png", "--scheduler", "tcp://127.0.0.1:1") == 1
    assert "tcp://127.0.0.1:1: no Dask scheduler answers" in capfd.readouterr().err
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert read("a.png", "--scheduler", "tcp://127.0.0.1:1") == 2
    assert capfd.readouterr().err == "ocrtool: --scheduler needs Dask: pip install 'ocrtool[cluster]'\n"
