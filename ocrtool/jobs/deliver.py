"""Delivery of results: documents to standard output or files, pictures, failures and notices, exit code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeAlias

from ocrtool.errors import ExitCode, InputError, NotWritten, OutputError, UsageError, printable
from ocrtool.export.documents import FailedInput
from ocrtool.files import atomic_write, check_inside, concerns_all, make_folder, set_aside, write_stream
from ocrtool.jobs.destination import Destination
from ocrtool.jobs.guard import OverwriteGuard
from ocrtool.jobs.inputs import Source
from ocrtool.jobs.observer import Failure, Observer
from ocrtool.jobs.outcome import Outcome, Result, SideFile
from ocrtool.jobs.remote_outputs import OutputFile, RemoteFile, StoreFailed
from ocrtool.jobs.spool import Spool

#: Number of outputs in a row that a full or vanished disk costs before the run ends.
_IN_A_ROW = 3
#: Encodes results as they arrive: the writer of an ``ocrtool.export.registry.Format``.
Writer: TypeAlias = Callable[[Iterable[Result]], Iterable[bytes]]


class Delivery:
    """Writes results, reports failures, and determines the exit code."""

    def __init__(
        self,
        guard: OverwriteGuard,
        report: Callable[[str], None],
        fail_fast: bool = False,
        errors_inline: bool = False,
        observers: Sequence[Observer] = (),
        durable: bool = False,
    ) -> None:
        """report: prints a sentence on standard error; fail_fast: stop at the first failure.

        errors_inline: also pass failures to the writer of a document of all inputs, as ``FailedInput``; observers:
        follow the run; durable: the files of an input are on disk when they are called.
        """
        self._guard = guard
        self._report = report
        self._fail_fast = fail_fast
        self._errors_inline = errors_inline
        self._failed = False
        self._unwritten = 0
        self._observers = observers
        self._durable = durable
        self._failures: dict[str, list[Failure]] = {}  # of inputs that are not finished, by stem

    def deliver(
        self, outcomes: Iterable[Outcome[Result]], writers: Sequence[Writer[Result]], target: Destination
    ) -> ExitCode:
        """Write ``outcomes`` as they arrive. writers: one of each format; several need files.

        Returns FAILED if there was a failure. Raises OutputError if the document of all inputs cannot be written;
        BrokenPipeError if standard output is a broken pipe.
        """
        if target.files is not None:
            for source, group in _by_input(self._reported(outcomes)):
                if self._failed and self._fail_fast:
                    break
                paths = target.files[source.output.stem]
                self._write_files(source, group, writers, paths, target.folder)
                failures = self._failures.pop(source.output.stem, ())
                for observer in self._observers:
                    observer.finished(source, failures, paths)
            return self._code
        (writer,) = writers
        if target.file is not None:
            with atomic_write(target.file) as file:
                file.writelines(writer(self._results(outcomes)))
        else:
            write_stream(writer(self._results(outcomes)), target.out)
        return self._code

    @property
    def _code(self) -> ExitCode:
        return ExitCode.FAILED if self._failed else ExitCode.OK

    def _results(self, outcomes: Iterable[Outcome[Result]]) -> Iterator[Any]:
        for outcome in self._reported(outcomes):
            yield from outcome.results
            if self._errors_inline and outcome.source is not None:
                for failure in outcome.failures:
                    yield FailedInput.of(outcome.source.name, failure)

    def _reported(self, outcomes: Iterable[Outcome[Result]]) -> Iterator[Outcome[Result]]:
        """Pass on each outcome after reporting its notices and failure and writing its pictures."""
        for outcome in outcomes:
            for observer in self._observers if outcome.source is not None else ():
                observer.read(outcome)
            for notice in outcome.notices:
                self._report(notice)
            for failure in outcome.failures:
                self._fail(failure, outcome.source)
            self._write_pictures(outcome)
            if not (self._failed and self._fail_fast):
                yield outcome
            if self._failed and self._fail_fast:
                return

    def _write_files(
        self,
        source: Source,
        outcomes: Iterable[Outcome[Result]],
        writers: Sequence[Writer[Result]],
        paths: Sequence[OutputFile],
        folder: Path | None,
    ) -> None:
        """Write the results of one input, a file for each format; none if there are none, since all pages failed.

        folder: in which they stay. Files of an earlier run that are not replaced are renamed.
        """
        results = (result for outcome in outcomes for result in outcome.results)
        first = next(results, None)
        if first is None:
            for path in paths:
                self._set_aside(path)
            return
        if len(writers) == 1:
            self._write_file(source, chain((first,), results), writers[0], paths[0], folder)
        else:
            with Spool(chain((first,), results)) as kept:
                for writer, path in zip(writers, paths, strict=True):
                    self._write_file(source, kept, writer, path, folder)
        for _ in results:  # those that a writer which failed has left
            pass

    def _write_file(
        self, source: Source, results: Iterable[Result], writer: Writer[Result], path: OutputFile, folder: Path | None
    ) -> None:
        try:
            with _opened(path, folder, self._durable) as file:
                file.writelines(writer(results))
            self._unwritten = 0
        except OutputError as error:
            self._fail(_not_written(source, error), source)
            self._set_aside(path)
            self._end_if_hopeless(error)

    def _set_aside(self, path: OutputFile) -> None:
        aside = path.set_aside() if isinstance(path, RemoteFile) else set_aside(path)
        if aside is not None:
            self._report(f"{printable(str(path))} was of an earlier run, and is now {printable(aside)}")

    def _write_pictures(self, outcome: Outcome[Result]) -> None:
        """All that can be written; a page may have a hundred patches, so the others share one sentence."""
        errors = [error for file in outcome.files if (error := self._picture_error(file)) is not None]
        if errors:
            others = f" (and {len(errors) - 1} more of its files)" if len(errors) > 1 else ""
            self._fail(_not_written(outcome.source, errors[0], others), outcome.source)

    def _picture_error(self, picture: SideFile) -> OutputError | UsageError | None:
        """Write a picture; what is wrong if that cannot be done."""
        try:
            self._guard.claim(picture.path)
            if picture.folder is not None:
                check_inside(picture.path, picture.folder)
            make_folder(picture.path.parent)
            with atomic_write(picture.path) as file:
                file.write(picture.data)
        except (OutputError, UsageError) as error:
            return error
        return None

    def _end_if_hopeless(self, error: OutputError) -> None:
        """Raise OutputError if several outputs in a row could not be written, for a reason that concerns all."""
        if concerns_all(error) or isinstance(error, StoreFailed):
            self._unwritten += 1
            if self._unwritten >= _IN_A_ROW:
                raise OutputError(f"no more is read, since {self._unwritten} outputs in a row could not be written")

    def _fail(self, failure: Failure, source: Source | None) -> None:
        self._failed = True
        if source is not None:
            self._failures.setdefault(source.output.stem, []).append(failure)
        self._report(str(failure))
        for observer in self._observers:
            observer.failed(source, failure)


def _opened(path: OutputFile, folder: Path | None, durable: bool) -> AbstractContextManager[BinaryIO]:
    """Open an output that appears whole or not at all. Raises OutputError; others as the block is entered and left."""
    if isinstance(path, RemoteFile):
        return path.write()
    if folder is not None:
        check_inside(path, folder)
    return atomic_write(path, durable=durable)


def _by_input(outcomes: Iterator[Outcome[Result]]) -> Iterator[tuple[Source, Iterator[Outcome[Result]]]]:
    """Group the outcomes of each input, which stand together; a group ends with its last page, before any other comes.

    A group must be used up before the next one begins.
    """
    first = next(outcomes, None)
    while first is not None:
        group = _Group(first, outcomes)
        yield _input_of(first), iter(group)
        first = group.next or next(outcomes, None)


class _Group(Generic[Result]):
    """The outcomes of an input. next: the first outcome of the next input, if it was seen."""

    def __init__(self, first: Outcome[Result], others: Iterator[Outcome[Result]]) -> None:
        self._first = first
        self._others = others
        self.next: Outcome[Result] | None = None

    def __iter__(self) -> Iterator[Outcome[Result]]:
        outcome: Outcome[Result] | None = self._first
        source = _input_of(self._first)
        while outcome is not None:
            yield outcome
            if outcome.source is not None and outcome.source.last:
                return
            outcome = next(self._others, None)
            if outcome is not None and _input_of(outcome) != source:
                self.next = outcome
                return


def _input_of(outcome: Outcome[Result]) -> Source:
    """Return the input of an outcome, which every one has where each input has its file; equal for all its pages."""
    assert outcome.source is not None
    return replace(outcome.source, page=None, last=True)


def _not_written(
    source: Source | None, error: OutputError | UsageError, others: str = ""
) -> InputError | OutputError | UsageError:
    """Return the failure of an input with a file that was not written. others: what to add about more such files."""
    return error if source is None else NotWritten(source.name, f"{printable(str(error))}{others}")
