"""Functions for a confined process: one that answers, and some that a damaged file may bring about."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np


def echo(file: BinaryIO, times: int) -> Iterator[tuple[dict, bytes]]:
    data = file.read()
    os.write(1, b"a library that prints")
    for number in range(times):
        yield {"number": number, "name": "\udcff"}, data


def loop(file: BinaryIO) -> Iterator[tuple[dict, bytes]]:
    yield {"first": True}, b""
    time.sleep(60)


def swallow(file: BinaryIO) -> Iterator[tuple[dict, bytes]]:
    yield {"bytes": len(np.ones(1 << 30))}, b""


def flood(file: BinaryIO) -> Iterator[tuple[dict, bytes]]:
    yield {}, bytes(1 << 20)


def die(file: BinaryIO) -> Iterator[tuple[dict, bytes]]:
    os.abort()
    yield {}, b""


def fail(file: BinaryIO) -> Iterator[tuple[dict, bytes]]:
    raise KeyError("no such thing")
    yield {}, b""


def write(file: BinaryIO, path: str) -> Iterator[tuple[dict, bytes]]:
    Path(path).write_bytes(b"x" * 100)
    yield {}, b""


def connect(file: BinaryIO, port: int) -> Iterator[tuple[dict, bytes]]:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        yield {"connected": False}, b""
    else:
        yield {"connected": True}, b""
