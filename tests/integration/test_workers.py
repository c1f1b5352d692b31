"""Worker processes: how many there are, what a page that kills one or never ends costs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fake_engine import DEATH, ENDLESS, SLOW, fake_reader
from PIL import Image

from ocrtool.cli import main as cli
from ocrtool.jobs import machine, worker_process, workers
from ocrtool.jobs import read as read_job
from ocrtool.jobs.options import Parallel


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(read_job, "load_reader", fake_reader)
    monkeypatch.delenv("OCRTOOL_JOBS", raising=False)
    monkeypatch.chdir(tmp_path)


def draw(name: str, width: int = 40, first: int = 200, pages: int = 1) -> str:
    gray = np.zeros((20, width), np.uint8)
    gray[0, 0] = first
    image = Image.fromarray(gray)
    image.save(name, save_all=pages > 1, append_images=[image] * (pages - 1)) if pages > 1 else image.save(name)
    return name


def read(*arguments: object) -> int:
    return cli.run(["read", *map(str, arguments)])


@pytest.mark.parametrize("cores", [1, 2])
def test_by_default_a_page_that_kills_its_process_costs_itself_only(
    cores: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(machine, "cores", lambda: cores)
    assert read(draw("a.png"), draw("bad.png", first=DEATH), draw("b.png", 50)) == 1
    out, error = capfd.readouterr()
    assert out == "40 by 20 mean 0\n\f50 by 20 mean 0\n"
    assert error == "ocrtool: bad.png: the process that read it was killed, probably out of memory\n"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_page_that_takes_too_long_is_given_up(jobs: int, capfd: pytest.CaptureFixture) -> None:
    names = [draw("a.png"), draw("endless.png", first=ENDLESS), *(draw(f"{k}.png", 50 + k) for k in range(4))]
    assert read(*names, "--timeout", 2, "--jobs", jobs) == 1
    out, error = capfd.readouterr()
    assert [page.split()[0] for page in out.split("\f")] == ["40", "50", "51", "52", "53"]
    assert error == "ocrtool: endless.png: took longer than 2 s\n"
    assert read("endless.png", "--timeout", 1) == 1
    assert capfd.readouterr().err == "ocrtool: endless.png: took longer than 1 s\n"


def test_time_is_counted_by_the_page(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture) -> None:
    """By a clock on which each message of the worker comes two seconds after the one before."""
    answer = worker_process.WorkerProcess.answer
    messages: list[bytes | None] = []

    def answer_late(self: worker_process.WorkerProcess) -> bytes | None:
        messages.append(answer(self))
        return messages[-1]

    monkeypatch.setattr(worker_process.WorkerProcess, "answer", answer_late)
    monkeypatch.setattr(workers.time, "monotonic", lambda: 2.0 * len(messages))
    assert read(draw("many.tif", pages=9), "--timeout", 3, "--pages", "1-") == 0
    assert capfd.readouterr().out.count("40 by 20") == 9
    assert messages.count(None) == 1 + 1 + 9  # it started, began, and was done with each page


@pytest.mark.parametrize("most", [0, 1 << 30])
def test_no_page_waits_for_one_that_takes_long(
    most: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    """Outcomes are kept until it is their turn, as many as memory allows; the order stays."""
    monkeypatch.setattr(workers, "_MOST_WAITING", most)
    names = [draw("slow.png", 40, SLOW), *(draw(f"{k}.png", 50 + k) for k in range(12))]
    assert read(*names, "--jobs", 2) == 0
    assert [int(page.split()[0]) for page in capfd.readouterr().out.split("\f")] == [40, *range(50, 62)]


def test_workers_are_no_more_than_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "cores", lambda: 8)
    monkeypatch.setattr(machine, "memory", lambda: 1 << 40)
    assert [Parallel.of(None, inputs).jobs for inputs in (0, 1, 3, 100)] == [1, 1, 3, 8]
    assert [Parallel.of(None, inputs).threads for inputs in (1, 3, 100)] == [8, 1, 1]
    monkeypatch.setattr(machine, "memory", lambda: 2 << 30)
    assert Parallel.of(None, 100).jobs == 4
    assert Parallel.of(6, 100).jobs == 6


@pytest.mark.parametrize(
    ("own", "files", "quota", "memory"),
    [
        (
            "0::/a/b\n",
            {"a/b/cpu.max": "150000 100000", "a/cpu.max": "max 100000", "a/memory.max": "4194304"},
            2,
            4 << 20,
        ),
        ("0::/\n", {"cpu.max": "50000 100000", "memory.max": "max"}, 1, None),
        (
            "4:memory:/x\n1:cpu,cpuacct:/x\n0::/\n",
            {
                "cpu/cpu.cfs_quota_us": "300000",
                "cpu/cpu.cfs_period_us": "100000",
                "memory/x/memory.limit_in_bytes": "99",
            },
            3,
            99,
        ),
        ("1:cpu:/\n", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 4, None),
        ("nonsense\n\n", {}, 4, None),
    ],
)
def test_limits_of_containers(
    own: str,
    files: dict[str, str],
    quota: int,
    memory: int | None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content + "\n")
    (tmp_path / "own").write_text(own)
    monkeypatch.setattr(machine, "_CGROUPS", tmp_path)
    monkeypatch.setattr(machine, "_OWN_GROUP", tmp_path / "own")
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda _: set(range(4)))
    assert machine.cores() == quota
    whole = machine.os.sysconf("SC_PHYS_PAGES") * machine.os.sysconf("SC_PAGE_SIZE")
    assert machine.memory() == (whole if memory is None else memory)
