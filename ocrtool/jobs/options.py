"""Options of jobs, for the command line and for callers from Python; imports nothing heavy, for ``--help``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ocrtool.jobs import machine
from ocrtool.script.registry import AUTO
from ocrtool.weights.store import ANY

#: Maximum number of worker processes per core; more would only compete for memory and time.
MOST_JOBS_PER_CORE = 4


@dataclass(frozen=True, slots=True)
class Parallel:
    """How inputs are processed in parallel.

    jobs: number of worker processes, with 1 meaning this process, unless ``isolated``, or ``timeout`` is given: the
    most seconds for a page. A single input is processed in this process, if no time is set. threads: of each process.
    """

    jobs: int = 1
    isolated: bool = False
    timeout: float | None = None
    threads: int = 1

    @classmethod
    def of(cls, jobs: int | None, inputs: int, timeout: float | None = None) -> Parallel:
        """Choose for a number of inputs: several share the cores, one has them all.

        jobs: None for as many as the machine can use.
        """
        threads = 1 if inputs > 1 else machine.cores()
        return cls(min(jobs or machine.default_jobs(), max(1, inputs)), jobs is None, timeout, threads)


#: One input after the other, in this process.
IN_TURN = Parallel()


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read pages.

    weights: the user's folder; model: one of `ocrtool.weights.store.MODELS`; threads: per process; overlay, tables:
    folders for overlays and tables, None for none; keep_images: True if the output format needs the image of each page;
    dehyphenate: join words that are broken at the ends of lines; thumbnails: make one of each page, for a report;
    split_spreads: cut double-page spreads into two pages; leaders: keep the dots of leaders.
    """

    language: str = AUTO
    language_model: bool = True
    weights: Path | None = None
    model: str = ANY
    threads: int = 1
    overlay: Path | None = None
    tables: Path | None = None
    keep_images: bool = False
    dehyphenate: bool = False
    thumbnails: bool = False
    split_spreads: bool = False
    leaders: bool = False


@dataclass(frozen=True, slots=True)
class ClassifyOptions:
    """How to classify images of single characters.

    model: as for reading; top: number of labels; keep_images: True for a plot.
    """

    language: str = AUTO
    weights: Path | None = None
    model: str = ANY
    threads: int = 1
    top: int = 5
    keep_images: bool = False


@dataclass(frozen=True, slots=True)
class SegmentOptions:
    """What to write about pages.

    patches, overlay: folders, None for none; count: maximum number of patches per page; seed: of their random choice.
    """

    patches: Path | None = None
    overlay: Path | None = None
    count: int = 100
    seed: int = 0
    threads: int = 1


@dataclass(frozen=True, slots=True)
class EmbedOptions:
    """How to embed pages. model: as for reading; thumbnails: True to keep a detail of each page's writing."""

    weights: Path | None = None
    model: str = ANY
    threads: int = 1
    thumbnails: bool = False
