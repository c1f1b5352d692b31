"""The idx form of MNIST and EMNIST: a header with the shape, then unsigned bytes; plain or compressed with gzip.

A plain file is mapped into memory, never read whole. A compressed one is read whole if it is small; a large one is
unpacked once into the cache (`training.datasets.cache`) and mapped from there, so that memory does not grow with the
set.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import BinaryIO

import numpy as np
from tqdm import tqdm

from training.datasets.cache import unpacked
from training.emnist.gzip_files import is_packed, opened

#: Pixels on each side of an image of MNIST and EMNIST.
SIDE = 28
#: First bytes of an idx file whose elements are unsigned bytes; the number of dimensions follows.
MAGIC = b"\0\0\x08"
#: Compressed content up to this size, in bytes, is read whole: all labels, and the test part of most splits.
READ_WHOLE = 32 << 20
#: Bytes unpacked at a time.
BLOCK = 1 << 20


def read_idx(path: Path) -> np.ndarray:
    """Array of an idx file of unsigned bytes, compressed or not; uint8, read-only, mapped from disk where it is large.

    Raises ValueError with one sentence that names the file if it is none, cut off or damaged; OSError (no such file).
    """
    return _read_packed(path) if is_packed(path) else _map(path, path)


def read_images(path: Path) -> np.ndarray:
    """(N, 28, 28) uint8, as in the file. Raises ValueError, also for labels or another size, and OSError."""
    images = read_idx(path)
    if images.ndim == 1:
        raise ValueError(f"{path} holds labels where images are expected: are the two files swapped?")
    if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        raise ValueError(f"{path} holds an array of {_times(images.shape)}, expected N × {SIDE} × {SIDE} pixels")
    return images


def read_labels(path: Path) -> np.ndarray:
    """(N,) uint8, as in the file. Raises ValueError, also for images, and OSError."""
    labels = read_idx(path)
    if labels.ndim == 3:
        raise ValueError(f"{path} holds images where labels are expected: are the two files swapped?")
    if labels.ndim != 1:
        raise ValueError(f"{path} holds an array of {_times(labels.shape)}, expected one label per image")
    return labels


def read_pair(images: Path, labels: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels of two files that belong together. Raises ValueError, also if their counts differ, OSError."""
    pair = read_images(images), read_labels(labels)
    if len(pair[0]) != len(pair[1]):
        raise ValueError(f"{images} holds {len(pair[0])} images, but {labels} {len(pair[1])} labels")
    return pair


def idx_header(shape: tuple[int, ...]) -> bytes:
    """First bytes of an idx file of unsigned bytes of this shape."""
    return MAGIC + bytes([len(shape)]) + np.array(shape, ">u4").tobytes()


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def _read_header(file: BinaryIO, path: Path) -> tuple[int, ...]:
    start = file.read(4)
    if len(start) < 4 or start[:3] != MAGIC or start[3] == 0:
        raise ValueError(f"{path} is not an idx file of bytes" if start else f"{path} is empty")
    sizes = file.read(4 * start[3])
    if len(sizes) < 4 * start[3]:
        raise ValueError(f"{path} is cut off within its header")
    return tuple(np.frombuffer(sizes, ">u4").tolist())


def _check_size(path: Path, shape: tuple[int, ...], found: int) -> None:
    """``found``: bytes after the header."""
    expected = math.prod(shape)
    if found < expected:
        raise ValueError(f"{path} is cut off: its header declares {_times(shape)} bytes, it holds {found}")
    if found > expected:
        raise ValueError(f"{path} is longer than its header says, {_times(shape)} bytes: it holds {found}")
    if expected == 0:
        raise ValueError(f"{path} holds nothing: its header declares {_times(shape)} bytes")


def _map(path: Path, named: Path) -> np.ndarray:
    """A plain file as a read-only array; ``named`` is the file to name in errors."""
    with path.open("rb") as file:
        shape = _read_header(file, named)
        offset = file.tell()
    _check_size(named, shape, path.stat().st_size - offset)
    return np.memmap(path, np.uint8, "r", offset, shape)


def _read_packed(path: Path) -> np.ndarray:
    with opened(path) as file:
        shape = _read_header(file, path)
        size = math.prod(shape)
        if size <= READ_WHOLE:
            content = file.read(size + 1)
            _check_size(path, shape, len(content))
            return np.frombuffer(content, np.uint8).reshape(shape)
    folder = unpacked(path, lambda folder: _unpack(path, folder / "content", size))
    return _map(folder / "content", path)


def _unpack(path: Path, target: Path, size: int) -> None:
    """Write the content of a gzip file to ``target``, a block at a time."""
    bar = tqdm(total=size, desc=f"unpacking {path.name}", unit="B", unit_scale=True, disable=None, leave=False)
    with opened(path) as source, target.open("wb") as written, bar:
        while block := source.read(BLOCK):
            written.write(block)
            bar.update(len(block))
