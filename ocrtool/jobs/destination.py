"""Where the documents of a run go: standard output, a file, or files in a folder or below a URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ocrtool.errors import UsageError
from ocrtool.files import is_stream, make_folder
from ocrtool.jobs.guard import OverwriteGuard
from ocrtool.jobs.inputs import Source, is_folder
from ocrtool.jobs.remote import is_url
from ocrtool.jobs.remote_outputs import OutputFile, remote_files


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the documents of a run go.

    files: by the stem of each input, a file for each format; else file: one file for all; else out: standard output;
    folder: of the files, None if the user named the only one.
    """

    out: BinaryIO | None
    file: Path | None = None
    files: Mapping[str, tuple[OutputFile, ...]] | None = None
    folder: Path | None = None


def plan_destination(
    output: str | None,
    sources: Sequence[Source],
    several: bool,
    extensions: Sequence[str],
    guard: OverwriteGuard,
    out: BinaryIO | None,
) -> Destination:
    """Plan a document for each input and format.

    ``output`` names a folder, which is made, if it is one, ends with a slash, or there are ``several`` inputs, or may
    be, or several formats; else a file. It may be a URL. A device, a pipe or standard output takes one document of all
    inputs. extensions: of the formats. Raises UsageError, also if an output would overwrite an input; OutputError.
    """
    if output is None or is_stream(Path(output)):
        if len(extensions) > 1:
            raise UsageError("several formats need a folder for their files: -o DIR")
        return plan_document(None if output is None else Path(output), guard, out)
    if is_url(output):
        stems = [source.output.stem for source in sources]
        remote = remote_files(output, stems, extensions, several)
        guard.check_urls(str(file) for files in remote.values() for file in files)
        return Destination(out, files=remote)
    target = Path(output)
    if not (is_folder(output) or output.endswith("/") or several or len(extensions) > 1):
        guard.claim_file(target)
        return Destination(out, files={sources[0].output.stem: (target,)})
    make_folder(target)
    files = {
        stem: tuple(target / (stem + extension) for extension in extensions)
        for stem in (source.output.stem for source in sources)
    }
    for path in (path for paths in files.values() for path in paths):
        guard.claim(path)
    return Destination(out, files=files, folder=target)


def plan_document(output: Path | None, guard: OverwriteGuard, out: BinaryIO | None) -> Destination:
    """Plan one document of all inputs, in the file ``output`` or on ``out``. Raises UsageError and OutputError."""
    guard.claim_file(output)
    return Destination(out, output)


def plan_pictures(
    folder: Path | None, sources: Sequence[Source], suffixes: Sequence[str], guard: OverwriteGuard
) -> None:
    """Make the folder of pictures. Raises UsageError if a picture would overwrite an input; OutputError."""
    if folder is None:
        return
    make_folder(folder)
    for source in sources:
        for suffix in suffixes:
            guard.check(folder / (source.output.stem + suffix))
