"""Pictures of single characters: read in order, written as text or JSON and as bars; a failure costs one input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ocrtool.errors import ExitCode, InputError, printable
from ocrtool.export.labels import Picture
from ocrtool.files import atomic_write, write_stream, write_utf8
from ocrtool.imaging.input import InputPage
from ocrtool.jobs.inputs import Source, attempt
from ocrtool.script.single import SingleClassifier

if TYPE_CHECKING:
    from PIL.Image import Image

#: Rows of a picture of bars; with more, nobody could look at it.
MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """The pictures of one input, of a TIFF several, or why there are none."""

    source: Source
    pictures: tuple[Picture, ...] = ()
    failure: InputError | None = None


def classify_all(sources: Sequence[Source], classifier: SingleClassifier, top: int) -> Iterator[Outcome]:
    """Read ``sources`` in order, each to its ``top`` likeliest labels."""
    for source in sources:
        pictures = attempt(source, partial(_classify, classifier, top))
        if isinstance(pictures, InputError):
            yield Outcome(source, failure=pictures)
        else:
            yield Outcome(source, pictures)


def _classify(classifier: SingleClassifier, top: int, pages: Iterator[InputPage]) -> tuple[Picture, ...]:
    return tuple(Picture(p.name, p.number, p.count, p.gray, classifier.read(p.gray, top)) for p in pages)


def deliver(
    outcomes: Iterable[Outcome],
    form: str,
    output: Path | None,
    plot: Path | None,
    out: BinaryIO | None,
    report: Callable[[str], None],
) -> ExitCode:
    """Write what was read to ``output``, or to ``out`` as it comes, and its bars to ``plot``; report each failure.

    Returns FAILED if there was one. Raises OutputError, UsageError; BrokenPipeError if nobody reads ``out`` any more.
    """
    bars = import_module("ocrtool.export.bars") if plot is not None else None
    rows: list[Image] = []
    result = ExitCode.OK

    def succeeded() -> Iterator[Picture]:
        nonlocal result
        for outcome in outcomes:
            if outcome.failure is not None:
                result = ExitCode.FAILED
                report(str(outcome.failure))
            for picture in outcome.pictures:
                if bars is not None and len(rows) < MOST_ROWS:
                    rows.append(bars.draw_row(picture))
                yield picture

    parts = import_module("ocrtool.export.labels").DOCUMENTS[form](succeeded())
    if output is None:
        write_stream(parts, out)
    else:
        with atomic_write(output) as file:
            write_utf8(parts, file)
    if bars is not None and plot is not None and rows:
        with atomic_write(plot) as file:
            file.write(bars.as_png(rows))
        if len(rows) == MOST_ROWS:
            report(f"{printable(str(plot))} shows the first {MOST_ROWS} pictures only")
    return result
