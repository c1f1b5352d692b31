"""Where results go: one document on standard output, or a file for each input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

from ocrtool.errors import ExitCode, UsageError, printable
from ocrtool.files import atomic_write, make_folder, write_stream, write_utf8
from ocrtool.jobs.inputs import Source, is_folder
from ocrtool.jobs.read import Result, overlay_path
from ocrtool.options import Options


def plan_files(sources: Sequence[Source], arguments: Sequence[str], options: Options) -> dict[str, Path] | None:
    """The output file of each input, by the input's stem; None if all go to standard output.

    ``options.output`` is a folder if it is one, ends with a slash, or several inputs may come: then it is made.
    Raises UsageError, also where an output would take the place of an input; OutputError if a folder cannot be made.
    """
    if options.overlay is not None:
        make_folder(options.overlay)
        _spare_inputs(sources, [overlay_path(options.overlay, source) for source in sources])
    if options.output is None:
        return None
    target = Path(options.output)
    several = len(arguments) > 1 or is_folder(arguments[0])
    if is_folder(options.output) or options.output.endswith("/") or several:
        make_folder(target)
        extension = import_module(f"ocrtool.export.{options.format}").EXTENSION
        files = {source.stem: target / (source.stem + extension) for source in sources}
    elif not is_folder(str(target.parent)):
        raise UsageError(f"{printable(str(target.parent))}: no such folder, so no output file can be made there")
    else:
        files = {sources[0].stem: target}
    _spare_inputs(sources, files.values())
    return files


def deliver(
    results: Iterable[Result],
    files: dict[str, Path] | None,
    options: Options,
    out: BinaryIO | None,
    report: Callable[[str], None],
) -> ExitCode:
    """Write ``results`` as they come to ``files``, or to ``out`` as one document; report each failure in a sentence.

    Returns FAILED if there was one, and after the first if ``options.fail_fast``. Raises OutputError; BrokenPipeError
    if nobody reads ``out`` any more.
    """
    document = import_module(f"ocrtool.export.{options.format}").document
    outcome = ExitCode.OK

    def succeeded() -> Iterator[Result]:
        nonlocal outcome
        for result in results:
            if result.failure is None:
                yield result
                continue
            outcome = ExitCode.FAILED
            report(str(result.failure))
            if options.fail_fast:
                return

    if files is None:
        write_stream(document(page for result in succeeded() for page in result.pages), out)
        return outcome
    for result in succeeded():
        with atomic_write(files[result.source.stem]) as file:
            write_utf8(document(result.pages), file)
    return outcome


def _spare_inputs(sources: Sequence[Source], outputs: Iterable[Path]) -> None:
    """Raise UsageError if one of ``outputs`` is the file of an input, by whatever name."""
    inputs = {_identity(source.path) for source in sources} - {None}
    for path in outputs:
        if _identity(path) in inputs:
            raise UsageError(f"{printable(str(path))} is an input; an output never takes its place")


def _identity(path: Path) -> tuple[int, int] | None:
    """Device and number of an existing file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
