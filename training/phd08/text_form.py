"""The text form of the PHD08 database: one file per syllable, named after it, with thousands of small pictures.

A sample is a line with its name ``FONT_a_b_c_d_e`` (five variations of three levels each), a line ``HEIGHT WIDTH``,
HEIGHT rows of ``0`` and ``1`` (1 = ink) and an empty line. Lines end in LF or CRLF.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

#: Numbers behind a sample's font: size, darkness, resolution, threshold, rotation.
VARIATIONS = 5
#: Stands for the variation of a sample whose name has another form.
UNKNOWN = (-1,) * VARIATIONS
#: Pixels; more in a line of sizes is damage, not a character.
MAX_SIDE = 4096
#: What some programs put before the text.
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
#: A name or a row in a message is cut to so many characters.
SHOWN = 40

_ZERO, _ONE, _LF, _CR = b"01\n\r"


@dataclass(frozen=True, slots=True)
class Fault:
    """Damage: the number of the line, counted from 1, and what is wrong there."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Samples:
    """Pictures of one syllable: names as written, images (H, W) uint8 with 1 = ink; faults: what was left out."""

    names: list[str]
    images: list[np.ndarray]
    faults: list[Fault]


def split_name(name: str) -> tuple[str, tuple[int, ...]]:
    """Font and variation (a, b, c, d, e) of a sample; the whole name and UNKNOWN if it has another form."""
    match = re.fullmatch(r"(.+)" + r"_(\d)" * VARIATIONS, name)
    return (match[1], tuple(int(digit) for digit in match.groups()[1:])) if match else (name, UNKNOWN)


def sample_name(font: str, variation: Iterable[int]) -> str:
    return "_".join([font, *(str(level) for level in variation)])


def format_sample(name: str, image: np.ndarray) -> bytes:
    """The sample as text with LF; image: (H, W), ink is not 0."""
    height, width = image.shape
    rows = np.full((height, width + 1), _LF, np.uint8)
    rows[:, :width] = np.where(image, _ONE, _ZERO)
    return f"{name}\n{height} {width}\n".encode() + rows.tobytes() + b"\n"


def parse(text: bytes) -> Samples:
    """All undamaged samples of a file's content, in its order. Never raises: faults are listed and skipped."""
    text = text.removeprefix(BYTE_ORDER_MARK)
    if not text.endswith(b"\n"):
        text += b"\n"
    reader = _Reader(text)
    samples = Samples([], [], [])
    line = 0
    while (line := reader.skip_empty(line)) < reader.lines:
        try:
            height, width = reader.size(line + 1)
            image = reader.picture(line + 2, height, width)
            reader.expect_end(line + 2 + height, width)
        except _Damage as damage:
            samples.faults.append(Fault(damage.line + 1, damage.what))
            line = reader.next_empty(max(damage.line, line + 1))
            continue
        samples.names.append(reader.words(line))
        samples.images.append(image)
        line += 2 + height
    return samples


class _Damage(Exception):
    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line, self.what = line, what


class _Reader:
    """Lines of a text, counted from 0, found without a loop over them."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._bytes = np.frombuffer(text, np.uint8)
        ends = np.flatnonzero(self._bytes == _LF)
        self._starts: list[int] = [0, *(ends + 1).tolist()]
        self.lines = len(ends)

    def line(self, number: int) -> bytes:
        """Without white space at its ends; empty beyond the last line."""
        if number >= self.lines:
            return b""
        return self._text[self._starts[number] : self._starts[number + 1]].strip()

    def words(self, number: int) -> str:
        return self.line(number).decode("utf-8", "replace")

    def skip_empty(self, number: int) -> int:
        while number < self.lines and not self.line(number):
            number += 1
        return number

    def next_empty(self, number: int) -> int:
        while number < self.lines and self.line(number):
            number += 1
        return number

    def size(self, number: int) -> tuple[int, int]:
        """Height and width."""
        words = self.line(number).split()
        if len(words) == 2 and all(word.isdigit() and len(word) < 6 for word in words):
            height, width = int(words[0]), int(words[1])
            if 0 < height <= MAX_SIDE and 0 < width <= MAX_SIDE:
                return height, width
        raise _Damage(number, f"expected height and width, not {_shown(self.line(number))}")

    def picture(self, number: int, height: int, width: int) -> np.ndarray:
        """(H, W) uint8 from the rows that begin at this line."""
        if number + height <= self.lines:
            first, last = self._starts[number], self._starts[number + height]
            stride = self._starts[number + 1] - first
            if last - first == height * stride and stride > width:
                rows = self._bytes[first:last].reshape(height, stride)[:, :width] ^ _ZERO
                end = stride - width
                if rows.max() <= 1 and (end == 1 or (end == 2 and self._bytes[first + width] == _CR)):
                    return rows
        return self._picture_by_rows(number, height, width)

    def _picture_by_rows(self, number: int, height: int, width: int) -> np.ndarray:
        """The same where line ends are mixed or something is wrong."""
        image = np.empty((height, width), np.uint8)
        for y in range(height):
            row = self.line(number + y)
            if not row:
                raise _Damage(min(number + y, self.lines - 1), f"the picture ends after {y} of {height} rows")
            if len(row) != width:
                raise _Damage(number + y, f"a row of {len(row)} pixels, expected {width}")
            image[y] = np.frombuffer(row, np.uint8) ^ _ZERO
            if image[y].max() > 1:
                raise _Damage(number + y, f"expected only 0 and 1, not {_shown(row)}")
        return image

    def expect_end(self, number: int, width: int) -> None:
        """No further row stands below a picture."""
        row = self.line(number)
        if len(row) == width and not row.strip(b"01"):
            raise _Damage(number, "more rows than the height says")


def _shown(line: bytes) -> str:
    text = ascii(line[:SHOWN].decode("utf-8", "replace"))
    return text + ("…" if len(line) > SHOWN else "") if line else "an empty line"
