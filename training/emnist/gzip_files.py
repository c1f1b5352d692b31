"""Open plain or gzip files, detected by their first bytes."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

GZIP_MAGIC = b"\x1f\x8b"


def is_packed(path: Path) -> bool:
    """Whether it starts with gzip's magic bytes, whatever its name: browsers may unpack a ``.gz``. Raises OSError."""
    with path.open("rb") as file:
        return file.read(len(GZIP_MAGIC)) == GZIP_MAGIC


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked if they are compressed.

    Raises OSError; ValueError that names the file if its compressed data are cut off or damaged.
    """
    if not is_packed(path):
        with path.open("rb") as file:
            yield file
        return
    try:
        with gzip.open(path) as unpacking:
            yield cast(BinaryIO, unpacking)
    except EOFError:
        raise ValueError(f"{path} is cut off: its gzip data end early") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is damaged: its gzip data cannot be unpacked ({error})") from None
