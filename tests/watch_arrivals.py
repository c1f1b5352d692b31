"""Let files arrive in a folder that ``ocrtool read --watch`` watches, in all the ways that scanners and people have.

``python tests/watch_arrivals.py FOLDER --files 1000`` prints how often each was read. The engine is the fake one.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

TESTS = Path(__file__).resolve().parent
#: Width of the first page; each is a pixel wider, so that its text names it. What is replaced is wider still.
FIRST, REPLACED = 40, 20_000


def image(width: int) -> bytes:
    """A page as PNG."""
    file = io.BytesIO()
    Image.fromarray(np.zeros((20, width), np.uint8)).save(file, "PNG")
    return file.getvalue()


def written(path: Path, data: bytes, chance: random.Random) -> None:
    """At once."""
    path.write_bytes(data)


def slowly(path: Path, data: bytes, chance: random.Random) -> None:
    """In parts, held open longer than a file takes to settle."""
    with path.open("wb") as file:
        file.write(data[: len(data) // 2])
        file.flush()
        time.sleep(chance.uniform(2.2, 3.5))
        file.write(data[len(data) // 2 :])


def in_parts(path: Path, data: bytes, chance: random.Random) -> None:
    """In parts, closed in between."""
    for start in range(0, len(data), 1 + len(data) // 4):
        with path.open("ab") as file:
            file.write(data[start : start + 1 + len(data) // 4])
        time.sleep(chance.uniform(0.1, 0.6))


def renamed(path: Path, data: bytes, chance: random.Random) -> None:
    """Under a hidden name, then renamed."""
    partial = path.with_name(f".{path.name}.part")
    partial.write_bytes(data)
    time.sleep(chance.uniform(0, 0.5))
    partial.rename(path)


def replaced(path: Path, data: bytes, chance: random.Random) -> None:
    """By another page, soon."""
    path.write_bytes(image(REPLACED))
    time.sleep(chance.uniform(0.1, 0.6))
    renamed(path, data, chance)


WAYS: tuple[Callable[[Path, bytes, random.Random], None], ...] = (written, slowly, in_parts, renamed, replaced)


def watch_arrivals(folder: Path, files: int, rate: float, seed: int = 0) -> tuple[int, Counter[int], dict[str, str]]:
    """Let files arrive, so many a second, while a run watches.

    Returns its exit code, how often each width was read, and the texts.
    """
    chance = random.Random(seed)
    log, out, into = folder / "log", folder / "out", folder / "in"
    into.mkdir(parents=True)
    log.touch()
    line = [sys.executable, str(TESTS / "fake_program.py"), "0", "read", "--watch", "in", "-o", "out", "--jobs", "2"]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join((str(TESTS), str(TESTS.parent))),
        "FAKE_LOG": str(log),
    }
    process = subprocess.Popen(line, env=environment, cwd=folder)
    writers = []
    for k in range(files):
        way, path = WAYS[k % len(WAYS)], into / f"{k}.png"
        writers.append(threading.Thread(target=way, args=(path, image(FIRST + k), random.Random(chance.random()))))
        writers[-1].start()
        time.sleep(chance.expovariate(rate))
    for writer in writers:
        writer.join()
    deadline = time.monotonic() + 60 + files / 10
    while len(list(out.glob("*.txt"))) < files and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.1)
    time.sleep(3)  # for what might be read once more
    process.send_signal(signal.SIGTERM)
    code = process.wait(30)
    texts = {path.name: path.read_text() for path in out.glob("*.txt")}
    return code, Counter(map(int, log.read_text().split())), texts


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=20.0)
    asked = parser.parse_args()
    code, times, texts = watch_arrivals(asked.folder, asked.files, asked.rate)
    right = texts == {f"{k}.txt": f"{FIRST + k} by 20 mean 0\n" for k in range(asked.files)}
    once = times == Counter(range(FIRST, FIRST + asked.files))
    print(f"exit code {code}; all {asked.files} outputs right: {right}; each read exactly once: {once}")
    print(f"not once: { {width: n for width, n in times.items() if n != 1 or width >= REPLACED} }")
    return 0 if right and once and code == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
