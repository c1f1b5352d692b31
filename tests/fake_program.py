"""``ocrtool`` with the fake engine, as a program: ``fake_program.py SECONDS_PER_PAGE ARGUMENTS...``."""

from __future__ import annotations

import os
import sys

from fake_engine import slow_classifier, slow_reader

from ocrtool.cli import main as cli
from ocrtool.jobs import classify, read

if __name__ == "__main__":
    os.environ["FAKE_SECONDS"] = sys.argv.pop(1)
    read.load_reader = slow_reader
    classify.load_classifier = slow_classifier
    sys.exit(cli.main())
