"""``ocrtool`` with the fake engine, as a program: ``fake_program.py SECONDS_PER_PAGE ARGUMENTS...``.

A file of its own, as worker processes load it again to find the reader.
"""

from __future__ import annotations

import os
import sys
import time

import numpy as np
from fake_engine import fake_reader

from ocrtool.cli import main as cli
from ocrtool.jobs import read as batch
from ocrtool.options import Options
from ocrtool.types import Page


def slow_reader(options: Options) -> batch.Reader:
    """The fake reader, after a pause."""
    read = fake_reader(options)

    def read_slowly(gray: np.ndarray) -> tuple[Page, batch.PieceBoxes]:
        time.sleep(float(os.environ["FAKE_SECONDS"]))
        return read(gray)

    return read_slowly


if __name__ == "__main__":
    os.environ["FAKE_SECONDS"] = sys.argv.pop(1)
    batch.engine_reader = slow_reader
    cli.main()
