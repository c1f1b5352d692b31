"""The CSV form of EMNIST (Kaggle): on each line a label and the 784 pixels of its image, no header as a rule.

Such a file holds up to 1.7 GB. It is parsed once, a block of lines at a time, into idx files in the cache, which are
then mapped into memory.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tqdm import tqdm

from training.datasets.cache import unpacked
from training.emnist.gzip_files import is_packed, opened
from training.emnist.idx import SIDE, read_pair
from training.emnist.idx_writer import IdxPairWriter

#: A label, then the pixels.
COLUMNS = 1 + SIDE * SIDE
#: Bytes of text parsed at a time: about 4,000 images.
BLOCK = 8 << 20
#: What some programs put before the text.
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_csv(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 28, 28) and labels (N,) as in the file, uint8, mapped from the cache.

    Raises ValueError with one sentence that names the file and the line; OSError.
    """
    folder = unpacked(path, lambda folder: _convert(path, folder))
    return read_pair(folder / "images", folder / "labels")


def _convert(path: Path, folder: Path) -> None:
    total = None if is_packed(path) else path.stat().st_size
    with (
        IdxPairWriter(folder / "images", folder / "labels") as pair,
        tqdm(total=total, desc=f"reading {path.name}", unit="B", unit_scale=True, disable=None, leave=False) as bar,
    ):
        for first, lines, size in _blocks(path):
            rows = _parse(lines, path, first)
            pair.add(rows[:, 1:].reshape(-1, SIDE, SIDE), rows[:, 0])
            bar.update(size)
        if pair.count == 0:
            raise ValueError(f"{path} holds no images")


def _blocks(path: Path) -> Iterator[tuple[int, list[bytes], int]]:
    """(number of the first line, lines, bytes) of whole lines; a header and empty lines at the end are left out."""
    with opened(path) as file:
        number, remainder = 1, b""
        while block := file.read(BLOCK):
            text, line_end, remainder = (remainder + block).rpartition(b"\n")
            if not line_end:
                if len(remainder) > BLOCK:  # longer than thousands of images: no such line
                    break
                continue
            yield from _block(text, number, len(block))
            number += text.count(b"\n") + 1
        yield from _block(remainder, number, 0)


def _block(text: bytes, number: int, size: int) -> Iterator[tuple[int, list[bytes], int]]:
    if number == 1:
        text = text.removeprefix(BYTE_ORDER_MARK)
    lines = text.rstrip().splitlines()
    if number == 1 and lines and lines[0].lstrip(b'"')[:1].isalpha():
        lines, number = lines[1:], 2
    if lines:
        yield number, lines, size


def _parse(lines: list[bytes], path: Path, first: int) -> np.ndarray:
    """(N, 785) uint8. Raises ValueError that names the line, ``first`` being the number of the first one."""
    for number, line in enumerate(lines, first):
        if line.count(b",") != COLUMNS - 1:
            raise ValueError(f"{path}, line {number}: {line.count(b',') + 1} columns, expected {COLUMNS}")
    rows = _numbers(b",".join(lines))
    if rows is None or rows.size != len(lines) * COLUMNS or rows.min() < 0 or rows.max() > 255:
        wrong = next((i for i, line in enumerate(lines) if not _is_good(line)), 0)
        raise ValueError(f"{path}, line {first + wrong}: expected whole numbers from 0 to 255 only")
    return rows.astype(np.uint8).reshape(-1, COLUMNS)


def _is_good(line: bytes) -> bool:
    rows = _numbers(line)
    return rows is not None and rows.size == COLUMNS and rows.min() >= 0 and rows.max() <= 255


def _numbers(text: bytes) -> np.ndarray | None:
    """Whole numbers between commas: (N,) int64; None if anything else stands there."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)  # older NumPy only warns of text that is no number
        try:
            return np.fromstring(text, np.int64, sep=",")
        except (DeprecationWarning, ValueError):
            return None
