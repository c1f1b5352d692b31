"""Resuming a run: what the journal says is done is left out, and what is finished is entered."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from ocrtool.errors import InputError, OutputError, UsageError
from ocrtool.files import PARTIAL
from ocrtool.jobs.inputs import Source, output_path
from ocrtool.jobs.journal import Entry, Identity, Journal
from ocrtool.jobs.names import output_names
from ocrtool.jobs.observer import Failure, Observer
from ocrtool.jobs.outcome import Outcome
from ocrtool.jobs.remote import fingerprint, is_url
from ocrtool.jobs.remote_outputs import OutputFile, RemoteFile
from ocrtool.weights.store import chosen_folder, packaged_folder

_CHUNK = 1 << 20  # bytes hashed at a time
#: Size and time of a file that changed while it was read.
_UNKNOWN = (0, 0)


class Resumption(Observer):
    """The inputs of a run and its journal. A context manager, which closes the journal."""

    def __init__(self, folder: Path, settings: str, names: Iterable[str] | None) -> None:
        """folder: of the journal, which exists; settings: from `settings_digest`; names: of inputs, None for any.

        Raises OutputError and UsageError as `Journal` does.
        """
        keys = None if names is None else {_key(name) for name in names}
        self._folder = folder
        self.settings = settings
        self._journal = Journal(folder, lambda key: keys is None or key in keys)
        self._before: dict[str, Identity] = {}
        self._begun: set[str] = set()  # inputs of which a page was read
        _remove_partial(folder)

    def __enter__(self) -> Resumption:
        return self

    def __exit__(self, *error: object) -> None:
        self._journal.__exit__(*error)

    def named(self, sources: Sequence[Source]) -> list[Source]:
        """Give each input the output name that it had before; a new one gets a name that none had.

        An input that is named twice is read once.
        """
        sources = list({_key(source.name): source for source in reversed(sources)}.values())[::-1]
        entries = [self._journal.entries.get(_key(source.name)) for source in sources]
        kept = {number: entry.stem for number, entry in enumerate(entries) if entry is not None}
        others = self._journal.other_stems | {entry.stem for entry in self._journal.entries.values()}
        names = output_names([output_path(source.name) for source in sources], kept, others)
        return [replace(source, output=name) for source, name in zip(sources, names, strict=True)]

    def left(self, sources: Sequence[Source], outputs: Mapping[str, tuple[OutputFile, ...]]) -> list[Source]:
        """Return the inputs that are still to be read. outputs: files of each, by stem."""
        return [source for source in sources if not self._is_done(source, outputs[source.output.stem])]

    def read(self, outcome: Outcome) -> None:  # type: ignore[type-arg]
        """Note in which state a file was read."""
        if outcome.source is None or outcome.source.remote or outcome.failure is not None:
            return
        key = _key(outcome.source.name)
        if key in self._before:
            size, mtime = outcome.state or _UNKNOWN
            whole = outcome.source.page is None or key not in self._begun or self._before[key].mtime == mtime
            self._before[key] = Identity(size, mtime, "") if whole else Identity(*_UNKNOWN, "")
            self._begun.add(key)

    def state_read(self, name: str) -> tuple[int, int] | None:
        """Return size and time of a file as it was last read, or failed; None if it was not."""
        entry = self._journal.entries.get(_key(name))
        return None if entry is None else (entry.identity.size, entry.identity.mtime)

    def finished(self, source: Source, failures: Sequence[Failure], outputs: Sequence[OutputFile]) -> None:
        """Enter an input whose outputs are on disk, or which failed. Raises OutputError."""
        key = _key(source.name)
        if key not in self._before:
            return
        before = self._before.pop(key)
        self._begun.discard(key)
        error = str(failures[0]) if failures else None
        written = () if failures else tuple((path.name, _size(path)) for path in outputs)
        digest = before.digest if failures or before.digest else _digest(source, before)
        self._journal.add(Entry(key, source.output.stem, self.settings, replace(before, digest=digest), written, error))

    def _is_done(self, source: Source, outputs: Sequence[OutputFile]) -> bool:
        if source.data is not None:
            return False
        key = _key(source.name)
        now = _identity(source)
        if now is None:  # reading it says what is wrong
            self._before[key] = Identity(0, 0, "")
            return False
        self._before[key] = now
        entry = self._journal.entries.get(key)
        if entry is None or entry.error is not None or not entry.identity.digest or entry.settings != self.settings:
            return False
        if entry.outputs != tuple((path.name, _size(path)) for path in outputs) or entry.identity.size != now.size:
            return False
        if entry.identity.mtime == now.mtime and entry.identity.digest == (now.digest or entry.identity.digest):
            return True
        if source.remote or _digest(source, now) != entry.identity.digest:
            return False
        self._journal.add(replace(entry, identity=replace(entry.identity, mtime=now.mtime)))  # not to be hashed again
        return True


def settings_digest(values: Mapping[str, object], weights: Path | None) -> str:
    """Return a digest of all that determines outputs besides the input: options, and weights by their manifests.

    weights: the user's folder. Raises WeightsNotFound.
    """
    folders = [folder for folder in (chosen_folder(weights), packaged_folder()) if folder is not None]
    manifests = [path.read_bytes() for folder in folders for path in sorted(folder.glob("*.json"))]
    known = [hashlib.sha256(manifest).hexdigest() for manifest in manifests]
    return hashlib.sha256(json.dumps([dict(values), known], sort_keys=True, default=str).encode()).hexdigest()


def changed(options: Any) -> dict[str, str]:
    """Return the fields of a dataclass that are not as by default; so a later version may have more fields."""
    values = {field.name: (getattr(options, field.name), field.default) for field in fields(options)}
    return {name: str(value) for name, (value, default) in values.items() if value != default}


def journal_folder(output: str | None, journal: Path | None, option: str = "--resume") -> Path:
    """Return the folder of the journal: ``journal``, or that of the outputs. Raises UsageError if there is none.

    option: that needs it.
    """
    if output is None or (not is_url(output) and Path(output).exists() and not Path(output).is_dir()):
        raise UsageError(f"{option} needs a folder for the outputs and their journal: -o DIR")
    if journal is None and is_url(output):
        needed = "needs a folder of this machine for its journal: --journal DIR"
        raise UsageError(f"{option} with outputs at a URL {needed}")
    return Path(output) if journal is None else journal


def _key(name: str) -> str:
    return name if is_url(name) else os.path.abspath(name)  # noqa: PTH100 - links stay


def _identity(source: Source) -> Identity | None:
    """Return what is known about the content without reading it; None if there is no such input."""
    if source.remote:
        try:
            return Identity(0, 0, fingerprint(source.name))
        except (InputError, UsageError):
            return None
    try:
        status = source.path.stat()
    except (OSError, ValueError):
        return None
    return Identity(status.st_size, status.st_mtime_ns, "")


def _digest(source: Source, before: Identity) -> str:
    """Return the SHA-256 of a file; empty if it cannot be read, or is no longer as it was before it was read."""
    digest = hashlib.sha256()
    try:
        with open(source.name, "rb") as file:  # noqa: PTH123
            while part := file.read(_CHUNK):
                digest.update(part)
            status = os.fstat(file.fileno())
    except (OSError, ValueError):
        return ""
    unchanged = (status.st_size, status.st_mtime_ns) == (before.size, before.mtime)
    return digest.hexdigest() if unchanged else ""


def _size(path: OutputFile) -> int:
    """Return the size of an output; -1 if it is not there."""
    if isinstance(path, RemoteFile):
        return path.size()
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return -1


def _remove_partial(folder: Path) -> None:
    """Remove unfinished files that killed processes left."""
    try:
        names = os.listdir(folder)  # noqa: PTH208
    except OSError as error:
        raise OutputError(f"{folder}: cannot be listed: {error}") from error
    for name in names:
        found = PARTIAL.fullmatch(name)
        if found and not _is_running(found[1]):
            with suppress(OSError):
                (folder / name).unlink()


def _is_running(process: str) -> bool:
    """Return False for a process that has ended, also if nobody has asked how, as where a container has no init."""
    try:
        status = Path("/proc", process, "stat").read_bytes()
    except OSError:
        return False
    return status.rpartition(b") ")[2][:1] not in b"ZX"
