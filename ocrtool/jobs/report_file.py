"""The report of a run as a file: the worst pages and failures are kept as it goes, in bounded memory."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from ocrtool.errors import InputError, printable
from ocrtool.export.run_report import PageRecord, RunReport, html
from ocrtool.files import atomic_write, utf8
from ocrtool.jobs.inputs import Source
from ocrtool.jobs.observer import Failure, Observer
from ocrtool.jobs.outcome import Outcome
from ocrtool.jobs.tally import Tally, kind_of
from ocrtool.types import Page

#: Number of pages shown, of failures listed, and of bars of the throughput.
MOST_PAGES, MOST_FAILURES, _BARS = 100, 1000, 120


class ReportFile(Observer):
    """Writes the report at the end, also of a run that is interrupted."""

    def __init__(self, path: Path, tally: Tally) -> None:
        self._path = path
        self._tally = tally
        self._worst: list[tuple[float, int, PageRecord]] = []  # a heap: the most confident of them first
        self._number = count()
        self._failures: list[tuple[str, str, str]] = []
        self._more = 0
        self._interval = 1.0  # doubled whenever there are too many bars
        self._bars: list[int] = []

    def read(self, outcome: Outcome) -> None:  # type: ignore[type-arg]
        self._count(len(outcome.results))
        thumbnails: Iterable[bytes | None] = outcome.thumbnails or [None] * len(outcome.results)
        for result, seconds, thumbnail in zip(outcome.results, outcome.seconds, thumbnails, strict=True):
            confidence = page_confidence(result.page)
            if confidence is None:
                continue
            name = f"{result.page.source}, page {result.page.number}" if result.page.number > 1 else result.page.source
            record = PageRecord(name, confidence, seconds, thumbnail)
            keep = heapq.heappush if len(self._worst) < MOST_PAGES else heapq.heappushpop
            keep(self._worst, (-confidence, next(self._number), record))

    def failed(self, source: Source | None, failure: Failure) -> None:
        if len(self._failures) >= MOST_FAILURES:
            self._more += 1
            return
        name = failure.name if isinstance(failure, InputError) else "" if source is None else source.name
        fault = failure.fault if isinstance(failure, InputError) else str(failure)
        self._failures.append((name, kind_of(failure), printable(fault)))

    def end(self, interrupted: bool) -> None:
        worst = [record for _, _, record in sorted(self._worst, key=lambda item: (-item[0], item[1]))]
        summary = self._tally.sentence(interrupted)
        report = RunReport(summary, worst, self._failures, self._more, self._bars, self._interval)
        with atomic_write(self._path) as file:
            file.writelines(utf8(html(report)))

    def _count(self, pages: int) -> None:
        while (bar := int(self._tally.seconds / self._interval)) >= _BARS:
            self._bars = [sum(self._bars[k : k + 2]) for k in range(0, len(self._bars), 2)]
            self._interval *= 2
        self._bars += [0] * (bar + 1 - len(self._bars))
        self._bars[bar] += pages


def page_confidence(page: Page) -> float | None:
    """Return the mean probability of the words of a page, by their characters; None for one without words."""
    words = [word for line in page.lines for word in line.words]
    characters = sum(len(word.characters) for word in words)
    return sum(word.probability * len(word.characters) for word in words) / characters if characters else None
