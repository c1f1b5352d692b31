"""A reader that needs no weights: it reads the size and the mean of a page, and misbehaves on request."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image

from ocrtool.jobs.options import ClassifyOptions, ReadOptions
from ocrtool.jobs.read import Reader
from ocrtool.script.single import SingleReading
from ocrtool.types import Alternative, Block, Box, Character, Line, Page, Word

Name = TypeVar("Name", str, Path)

#: Values of the first pixel at which the reader fails: by a defect of the program, by a sudden end of the process, by
#: one that happens once, which a file in the folder FAKE_MARKS remembers; at which it never ends, or takes a while.
DEFECT, DEATH, DEATH_ONCE, ENDLESS, SLOW = 13, 66, 67, 68, 69
#: Seconds for a slow page.
SLOWNESS = 0.4


def draw(path: Name, width: int = 40, value: int = 0, first: int = 200) -> Name:
    """An image of ``width`` × 20 pixels of one value, but for the first pixel, which the reader obeys."""
    gray = np.full((20, width), value, np.uint8)
    gray[0, 0] = first
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(gray).save(path)
    return path


def make_page(text: str, width: int, height: int) -> Page:
    """A page with ``text`` as its only line, characters side by side; blank if ``text`` is empty."""
    words = []
    step = width // (len(text) + 1)
    for start, word in _words(text):
        boxes = [Box((start + i) * step, 2, (start + i + 1) * step, height - 2) for i in range(len(word))]
        characters = tuple(
            Character(box, label, 0.75, (Alternative(label, 0.75), Alternative("?", 0.25)))
            for box, label in zip(boxes, word, strict=True)
        )
        words.append(Word(Box.around(boxes), characters, 0.5))
    if not words:
        return Page(width, height)
    box = Box.around([word.box for word in words])
    line = Line(box, tuple(words), (box.x0, height - 2.0, box.x1, height - 2.0), height / 2)
    return Page(width, height, (Block(box, (line,)),), skew=0.125)


def _words(text: str) -> list[tuple[int, str]]:
    start, found = 0, []
    for word in text.split(" "):
        if word:
            found.append((start, word))
        start += len(word) + 1
    return found


def fake_reader(options: ReadOptions) -> Reader:
    """As ``ocrtool.jobs.read.load_reader``, without weights."""

    def read(gray: np.ndarray) -> tuple[Page, Sequence[np.ndarray]]:
        if gray[0, 0] == DEFECT:
            raise KeyError("no such thing")
        if gray[0, 0] == DEATH:
            os._exit(9)
        if gray[0, 0] == DEATH_ONCE and not (mark := Path(os.environ["FAKE_MARKS"], "died")).exists():
            mark.touch()
            os._exit(9)
        if gray[0, 0] in (ENDLESS, SLOW):
            time.sleep(SLOWNESS if gray[0, 0] == SLOW else 600)
        height, width = gray.shape
        text = "" if gray.min() == 255 else f"{width} by {height} mean {round(gray.mean())}"
        pieces = np.array([[[1, 1], [width - 2, 1], [width - 2, height - 2], [1, height - 2]]], np.float64)
        return make_page(text, width, height), [pieces] if options.overlay else []

    return read


def slow_reader(options: ReadOptions) -> Reader:
    """The fake reader, after a pause for each page; the file FAKE_LOG gets the widths of pages that were read."""
    read = fake_reader(options)

    def read_slowly(gray: np.ndarray) -> tuple[Page, Sequence[np.ndarray]]:
        pause()
        found = read(gray)
        if log := os.environ.get("FAKE_LOG"):
            with Path(log).open("a") as file:
                file.write(f"{gray.shape[1]}\n")
        return found

    return read_slowly


class SlowClassifier:
    """Finds every image blank, after a pause."""

    def read(self, gray: np.ndarray, top: int) -> SingleReading:
        pause()
        return SingleReading(None)


def slow_classifier(options: ClassifyOptions) -> SlowClassifier:
    """As ``ocrtool.jobs.classify.load_classifier``, without weights."""
    return SlowClassifier()


def pause() -> None:
    """FAKE_SECONDS long; if FAKE_MARKS is a folder, a file in it called as this process says that the pause began."""
    if marks := os.environ.get("FAKE_MARKS"):
        Path(marks, str(os.getpid())).touch()
    time.sleep(float(os.environ["FAKE_SECONDS"]))
