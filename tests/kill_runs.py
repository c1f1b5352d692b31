"""Kill a run of ``ocrtool read --resume`` at random moments, and resume it until it is finished.

``python tests/kill_runs.py FOLDER --pages 200 --kills 50`` prints what was read how often. The engine is the fake one,
which takes a set time for each page; what is tried out is everything around it.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

TESTS = Path(__file__).resolve().parent
JOBS = 2
#: Width of the first page; each is a pixel wider than the one before, so that its text names it.
FIRST = 40


@dataclass
class Killing:
    """What happened. kills: by what was killed; twice: pages read more than once; left: processes that did not end."""

    kills: dict[str, int]
    code: int
    texts: dict[str, str]
    unfinished: list[str]
    pages_read: int
    twice: int
    left: list[int]


def draw(folder: Path, pages: int) -> None:
    """Draw small pages."""
    (folder / "in").mkdir(parents=True, exist_ok=True)
    for k in range(pages):
        Image.fromarray(np.zeros((20, FIRST + k), np.uint8)).save(folder / "in" / f"{k}.png")


def expected(pages: int) -> dict[str, str]:
    """The output files of a run that nobody disturbed."""
    return {f"{k}.txt": f"{FIRST + k} by 20 mean 0\n" for k in range(pages)}


def kill_runs(folder: Path, pages: int, kills: int, seed: int = 0, pause: float = 0.05) -> Killing:
    """Kill parent, worker or both so many times at random, and run until all pages are read. pause: seconds a page."""
    chance = random.Random(seed)
    draw(folder, pages)
    log, out = folder / "log", folder / "out"
    log.touch()
    program = [sys.executable, str(TESTS / "fake_program.py"), str(pause)]
    line = [*program, "read", "in", "-o", "out", "--resume", "--quiet", "--jobs", str(JOBS)]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join((str(TESTS), str(TESTS.parent))),
        "FAKE_LOG": str(log),
    }
    done, seen = dict.fromkeys(("parent", "worker", "both"), 0), set()
    while True:
        process = subprocess.Popen(line, env=environment, cwd=folder)
        while process.poll() is None:
            wait = chance.expovariate(kills / (pages * pause / JOBS)) + chance.uniform(0, 0.2)
            if sum(done.values()) >= kills or not _awaited(process, log, wait):
                process.wait()
                break
            what = chance.choice(list(done))
            workers = _children(process.pid)
            seen |= {process.pid, *workers}
            for victim in ([process.pid] if what != "worker" else []) + (workers[:1] if what != "parent" else []):
                with suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
            done[what] += 1
        if process.returncode not in (-signal.SIGKILL, 1):  # 1: a page whose worker was killed twice
            break
    texts = {path.name: path.read_text() for path in out.iterdir() if not path.name.startswith(".")}
    unfinished = [path.name for path in out.glob("*.part")] + [path.name for path in out.glob(".*.part")]
    widths = log.read_text().split()
    return Killing(
        done, process.returncode, texts, unfinished, len(widths), len(widths) - len(set(widths)), _left(seen)
    )


def _awaited(process: subprocess.Popen, log: Path, wait: float) -> bool:
    """Wait until the run has read a page, and then for a while; False if it ended meanwhile."""
    before = log.stat().st_size
    while log.stat().st_size == before:
        if process.poll() is not None:
            return False
        time.sleep(0.005)
    with suppress(subprocess.TimeoutExpired):
        process.wait(wait)
    return process.poll() is None


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _left(seen: set[int]) -> list[int]:
    """Processes that still run after a few seconds."""
    deadline = time.monotonic() + 5
    while (left := [pid for pid in seen if Path(f"/proc/{pid}").exists()]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pause", type=float, default=0.2)
    asked = parser.parse_args()
    killing = kill_runs(asked.folder, asked.pages, asked.kills, asked.seed, asked.pause)
    right = killing.texts == expected(asked.pages)
    print(f"killed {killing.kills}; exit code {killing.code}; all outputs right: {right}")
    print(f"unfinished files {killing.unfinished}; processes left {killing.left}")
    print(f"pages read {killing.pages_read}, of which {killing.twice} more than once")
    return 0 if right and not killing.unfinished and not killing.left else 1


if __name__ == "__main__":
    sys.exit(main())
