"""Read thousands of small pages, some of them bad, with the real engine: speed, memory, journal, failures.

``python tests/soak.py FOLDER --pages 10000`` reads them once with ``--resume`` and checks what is left;
``--scaling 200`` compares one worker with two, in turn. Takes about 0.1 s of processor time a page.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

#: Every so many pages there is a bad one, of the next kind.
BAD_EVERY = 97
ROOT = Path(__file__).resolve().parents[1]


def page(path: Path, number: int) -> None:
    """A line of text that names the page."""
    image = Image.new("L", (520, 70), 255)
    ImageDraw.Draw(image).text((20, 15), f"Leaf {number} of the ledger", 0, ImageFont.load_default(32))
    image.save(path)


def torn(path: Path, number: int) -> None:
    """A page of which the end is missing."""
    page(path, number)
    path.write_bytes(path.read_bytes()[:400])


def no_image(path: Path, number: int) -> None:
    """Text with the name of an image."""
    path.write_text("no image")


def empty(path: Path, number: int) -> None:
    """Nothing."""
    path.touch()


def too_large(path: Path, number: int) -> None:
    """A header that promises 40,000 by 40,000 pixels."""
    path.write_bytes(b"P5 40000 40000 255\n")


KINDS = (torn, no_image, empty, too_large)


def draw(folder: Path, pages: int) -> set[str]:
    """Draw the pages, and return the names of bad ones."""
    bad = set()
    for number in range(pages):
        path = folder / f"{number // 1000:03d}" / f"p{number:05d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        if number % BAD_EVERY == BAD_EVERY - 1:
            KINDS[number // BAD_EVERY % len(KINDS)](path, number)
            bad.add(str(path))
        else:
            page(path, number)
    return bad


def command(folder: Path, *options: str) -> list[str]:
    """The command line that reads the pages."""
    return [sys.executable, "-m", "ocrtool", "read", str(folder), *options]


def resident(pid: int) -> list[int]:
    """Resident memory (KiB) of the workers of a process."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        status = [Path(f"/proc/{child}/status").read_text() for child in children]
    except OSError:
        return []
    return [int(found[1]) for text in status if (found := re.search(r"VmRSS:\s+(\d+)", text))]


def soak(folder: Path, pages: int) -> bool:
    """Read all pages, print what was found, and return whether it is as it should be."""
    bad = draw(folder / "in", pages)
    out, log = folder / "out", folder / "failures.jsonl"
    options = ("-o", str(out), "--resume", "--jobs", "2", "--errors", str(log), "--report", str(folder / "run.html"))
    process = subprocess.Popen(command(folder / "in", *options), cwd=ROOT, stderr=subprocess.PIPE, text=True)
    memory: list[tuple[int, float]] = []
    while process.poll() is None:
        time.sleep(1)
        journal = out / ".ocrtool-journal.jsonl"
        done = journal.read_bytes().count(b"\n") if journal.exists() else 0
        if workers := resident(process.pid):
            memory.append((done, statistics.mean(workers) / 1024))
    assert process.stderr is not None
    messages = process.stderr.read().splitlines()
    named = Counter(json.loads(line)["input"] for line in log.read_text().splitlines())
    entries = [json.loads(line) for line in (out / ".ocrtool-journal.jsonl").read_text().splitlines()[1:]]
    failed = {entry["input"] for entry in entries if entry["error"] is not None}
    texts = {path.name: path.read_text() for path in out.glob("*.txt")}
    right = sum(f"{int(name[1:6])}" in text for name, text in texts.items())
    first = [mib for done, mib in memory if 100 <= done <= max(200, pages // 20)]
    last = [mib for done, mib in memory if done >= pages - max(100, pages // 20)]
    print(messages[-1])
    print(f"exit code {process.returncode}; {len(texts)} outputs of {pages - len(bad)}, {right} with their number")
    print(f"bad pages {len(bad)}, each named once: {named == Counter(bad)}; in the journal: {failed == bad}")
    if first and last:
        a, b = statistics.mean(first), statistics.mean(last)
        print(f"memory of a worker: {a:.1f} MiB at first, {b:.1f} MiB at last, {100 * (b / a - 1):+.1f} %")
    return (
        process.returncode == 1
        and len(texts) == pages - len(bad)
        and named == Counter(bad)
        and failed == bad
        and len(entries) == pages
    )


def scaling(folder: Path, pages: int, times: int = 3) -> None:
    """Print the pages a second of one worker and of two, in turn, and whether their bytes are the same."""
    draw(folder / "in", pages)
    rates: dict[str, list[float]] = {"1": [], "2": []}
    processor = dict.fromkeys(rates, 0.0)
    outputs = set()
    for _ in range(times):
        for jobs in rates:
            began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(
                command(folder / "in", "--jobs", jobs, "--format", "json", "--timeout", "600"),
                cwd=ROOT,
                capture_output=True,
            )
            rates[jobs].append(pages / (time.monotonic() - began))
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            processor[jobs] += after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            outputs.add(done.stdout)
    one, two = (max(rates[jobs]) for jobs in rates)
    print(f"pages a second, best of {times}: {one:.2f} with one worker, {two:.2f} with two, ratio {two / one:.2f}")
    spent = ", ".join(f"{jobs}: {1000 * seconds / pages / times:.1f} ms" for jobs, seconds in processor.items())
    print(f"processor time of a page by workers: {spent}")
    print(f"same bytes: {len(outputs) == 1}")


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--scaling", type=int)
    asked = parser.parse_args()
    if asked.scaling:
        scaling(asked.folder, asked.scaling)
        return 0
    return 0 if soak(asked.folder, asked.pages) else 1


if __name__ == "__main__":
    sys.exit(main())
