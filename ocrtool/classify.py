"""Pictures of single characters: read in order, written as text or JSON and as bars; a failure costs one input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ocrtool.errors import ExitCode, InputError, OcrToolError, ReadingFailed, UsageError, printable
from ocrtool.export.files import whole_file, write_parts, write_stream
from ocrtool.export.labels import Picture
from ocrtool.imaging.input import read_pages
from ocrtool.recognize.single import SingleClassifier
from ocrtool.sources import Source, is_folder, unusable_folder
from ocrtool.weights import open_weights

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


def load_classifier(language: str, weights: Path | None, threads: int = 1) -> SingleClassifier:
    """The classifiers of a language of `ocrtool.options.LANGUAGES`: both unless it is one alone.

    Raises WeightsNotFound, WeightsRefused.
    """
    from ocrtool.recognize.hangul import HangulClassifier
    from ocrtool.recognize.latin import LatinClassifier

    latin = None if language == "kor" else LatinClassifier(open_weights("latin", weights), threads)
    korean = None if language == "eng" else HangulClassifier(open_weights("hangul", weights), threads)
    return SingleClassifier(latin, korean)


def classify_all(sources: Sequence[Source], classifier: SingleClassifier, top: int) -> Iterator[Outcome]:
    """Read ``sources`` in order, each to its ``top`` likeliest labels."""
    for source in sources:
        try:
            if is_folder(source.name):
                raise unusable_folder(source)
            data = source.path if source.data is None else source.data
            pages = list(read_pages(data, source.name))
            pictures = [Picture(source.name, p.number, len(pages), p.gray, classifier.read(p.gray, top)) for p in pages]
        except InputError as error:
            yield Outcome(source, failure=error)
        except OcrToolError:
            raise
        except Exception as error:  # noqa: BLE001 - as in ocrtool.batch: a defect met on one input costs that input
            fault = f"internal error: {type(error).__name__}: {error}"
            yield Outcome(source, failure=ReadingFailed(source.name, fault))
        else:
            yield Outcome(source, tuple(pictures))


def check_outputs(sources: Sequence[Source], outputs: Iterable[Path | None]) -> None:
    """Raise UsageError if an output could not be a file, or would take the place of an input or of the other one."""
    inputs = {source.path.resolve() for source in sources if source.data is None}
    taken: set[Path] = set()
    for path in (output for output in outputs if output is not None):
        if is_folder(str(path)):
            raise UsageError(f"{printable(str(path))} is a folder, but one file is written")
        if not is_folder(str(path.parent)):
            raise UsageError(f"{printable(str(path.parent))}: no such folder, so no output file can be made there")
        if path.resolve() in inputs:
            raise UsageError(f"{printable(str(path))} is an input; an output never takes its place")
        if path.resolve() in taken:
            raise UsageError(f"{printable(str(path))} is named for two outputs")
        taken.add(path.resolve())


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
        with whole_file(output) as file:
            write_parts(parts, file)
    if bars is not None and plot is not None and rows:
        with whole_file(plot) as file:
            file.write(bars.as_png(rows))
        if len(rows) == MOST_ROWS:
            report(f"{printable(str(plot))} shows the first {MOST_ROWS} pictures only")
    return result
