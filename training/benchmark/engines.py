"""OCR engines as commands: run one on images in a process of its own, timed, its memory measured."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from training.benchmark.sets import ImageSet, Item

#: Images read by one call of ocrtool, where a set has many small ones: start-up is not counted per image then.
IMAGES_PER_CALL = 500

#: Tesseract's page segmentation mode that scored best for each kind of image; pages: its default.
_TESSERACT_MODES = {"page": 3, "line": 13, "word": 11}
#: Engines that read PGM alone, and options they need.
_PGM_OPTIONS = {"ocrad": ("-F", "utf8"), "gocr": ()}

#: Runs a command between the benchmark and the engine: a child that is started from a large process is reported with
#: that process's memory as its peak, one started from this small one is not.
_METER = """
import json, os, resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.call(["bash", "-c", sys.argv[2]])
seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as out:
    cost = {"seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss // 1024}
    json.dump([code, cost], out)
"""
#: What a shell ends with where there is no such program, or one that may not be run.
_NOT_FOUND = (126, 127)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a command and all it started. seconds: wall; cpu: user and system seconds; peak_mb: the largest resident size
    of one process, MiB.
    """

    seconds: float
    cpu: float
    peak_mb: int

    def share(self, count: int) -> Cost:
        """Of each of ``count`` items that were read together."""
        return Cost(self.seconds / count, self.cpu / count, self.peak_mb)


@dataclass(frozen=True, slots=True)
class Reading:
    """What an engine printed for one item, and what that cost."""

    item: Item
    text: str
    cost: Cost


def read_set(engine: str, images: ImageSet, items: Sequence[Item], work: Path) -> Iterator[Reading]:
    """Readings of ``items``, in order, one process at a time.

    engine: ``tesseract``, ``tesseract6`` (pages as one block of text), ``ocrtool``, ``ocrad`` or ``gocr``, with or
    without options, or any shell command with ``{image}`` (and ``{lang}``) in it that prints text.
    Raises ValueError for an engine that is not known or not installed.
    """
    if _is_ocrtool(engine) and images.kind in ("line", "word"):
        yield from _read_together(engine, images, items, work)
        return
    for item in items:
        image = _as_pgm(item.image, work) if _is_named(engine, *_PGM_OPTIONS) else item.image
        yield Reading(item, *_measured(command(engine, images, shlex.quote(str(image)))))


def command(engine: str, images: ImageSet, quoted: str) -> str:
    """The shell command that reads the image of that (quoted) name. Raises ValueError for an engine not known."""
    if _is_named(engine, "tesseract", "tesseract6"):
        return _tesseract(engine, images, quoted)
    if _is_ocrtool(engine):
        return f"{_ocrtool(engine, images)} {quoted}"
    if _is_named(engine, *_PGM_OPTIONS):
        name, *options = engine.split()
        return " ".join([name, *_PGM_OPTIONS[name], *options, quoted, "2>/dev/null"])
    if "{image}" not in engine:
        raise ValueError(f"{engine} is no engine known here, nor a shell command with {{image}} in it")
    return engine.format(image=quoted, lang=images.language)


def _is_named(engine: str, *names: str) -> bool:
    return engine.split()[0] in names and "{image}" not in engine


def _is_ocrtool(engine: str) -> bool:
    return _is_named(engine, "ocrtool")


def _ocrtool(engine: str, images: ImageSet) -> str:
    language = "eng+kor" if images.language == "kor" else images.language
    return " ".join(["ocrtool read --quiet", *_with_default("--lang", language, engine.split()[1:])])


def _tesseract(engine: str, images: ImageSet, quoted: str) -> str:
    name, *options = engine.split()
    mode = 6 if name == "tesseract6" and images.kind == "page" else _TESSERACT_MODES[images.kind]
    language = "kor+eng" if images.language == "kor" else images.language
    options = _with_default("-l", language, _with_default("--psm", str(mode), options))
    # Its threads fight each other on small machines: one is faster.
    return f"OMP_THREAD_LIMIT=1 tesseract {quoted} - {' '.join(options)} 2>/dev/null"


def _with_default(option: str, value: str, options: list[str]) -> list[str]:
    return options if option in options else [option, value, *options]


def _read_together(engine: str, images: ImageSet, items: Sequence[Item], work: Path) -> Iterator[Reading]:
    alone = " ".join(_with_default("--jobs", "1", _ocrtool(engine, images).split()[2:]))  # as the other engines
    for start in range(0, len(items), IMAGES_PER_CALL):
        chunk = items[start : start + IMAGES_PER_CALL]
        folder = Path(tempfile.mkdtemp(dir=work))
        quoted = shlex.join(str(item.image) for item in chunk)
        _, cost = _measured(f"ocrtool read {alone} -o {shlex.quote(str(folder))}/ {quoted}")
        for item in chunk:
            output = folder / f"{item.image.stem}.txt"
            text = output.read_text(encoding="utf-8") if output.exists() else ""
            yield Reading(item, text, cost.share(len(chunk)))


def _as_pgm(image: Path, work: Path) -> Path:
    """The first page of an image as a file that every engine reads."""
    path = work / "in.pgm"
    with Image.open(image) as page:
        page.convert("L").save(path)
    return path


def _measured(shell_command: str) -> tuple[str, Cost]:
    """Standard output of a shell command, and what it cost; a command that fails may have printed something.

    Raises ValueError if there is no such program: it would be scored as one that reads nothing.
    """
    with tempfile.NamedTemporaryFile() as report:
        meter = [sys.executable, "-S", "-c", _METER, report.name, shell_command]
        output = subprocess.run(meter, stdout=subprocess.PIPE, check=True, env=os.environ).stdout
        code, cost = json.load(report)
    if code in _NOT_FOUND:
        raise ValueError(f"the engine cannot be run, for there is no such program: {shell_command}")
    return output.decode("utf-8", "replace"), Cost(**cost)
