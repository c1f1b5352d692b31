"""Metrics of a run for the text file collector of Prometheus' node exporter."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from ocrtool.files import atomic_write
from ocrtool.jobs.inputs import Source
from ocrtool.jobs.observer import Failure, Observer
from ocrtool.jobs.outcome import Outcome
from ocrtool.jobs.tally import Tally

#: Seconds between two writes: collectors are scraped about as often.
_INTERVAL = 15.0


class MetricsFile(Observer):
    """Writes the counts of a tally to a file, whole each time, every few seconds and at the end."""

    def __init__(self, path: Path, tally: Tally) -> None:
        self._path = path
        self._tally = tally
        self._written = -_INTERVAL

    def begin(self, inputs: int, left_out: int) -> None:
        self._write(ended=False)

    def read(self, outcome: Outcome) -> None:  # type: ignore[type-arg]
        if time.monotonic() - self._written >= _INTERVAL:
            self._write(ended=False)

    def failed(self, source: Source | None, failure: Failure) -> None:
        if time.monotonic() - self._written >= _INTERVAL:
            self._write(ended=False)

    def end(self, interrupted: bool) -> None:
        self._write(ended=True)

    def _write(self, ended: bool) -> None:
        self._written = time.monotonic()
        with atomic_write(self._path) as file:
            file.write("".join(_lines(self._tally, ended)).encode())


def _lines(tally: Tally, ended: bool) -> Iterator[str]:
    for name, kind, text, value in (
        ("inputs", "gauge", "Inputs and pages of PDFs to read in this run.", tally.inputs),
        ("inputs_done_total", "counter", "Of these, those that were read or failed.", tally.done),
        ("inputs_left_out_total", "counter", "Inputs that were done before.", tally.left_out),
        ("pages_read_total", "counter", "Pages read, blank ones too.", tally.pages),
        ("pages_blank_total", "counter", "Blank pages.", tally.blank),
        ("page_seconds_total", "counter", "Seconds that workers took for pages.", round(tally.seconds_of_pages, 3)),
        ("run_start_timestamp_seconds", "gauge", "When the run began.", round(tally.started, 3)),
        ("run_seconds", "gauge", "Seconds since the run began.", round(tally.seconds, 3)),
        ("run_ended", "gauge", "1 if the run is over.", int(ended)),
    ):
        yield f"# HELP ocrtool_{name} {text}\n# TYPE ocrtool_{name} {kind}\nocrtool_{name} {value}\n"
    name = "ocrtool_failures_total"
    yield f"# HELP {name} Inputs and pages that failed, by kind.\n# TYPE {name} counter\n"
    for kind, count in sorted(tally.failures.items()):
        yield f'{name}{{kind="{kind}"}} {count}\n'
