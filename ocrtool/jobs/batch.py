"""A run of ``ocrtool read``: inputs, outputs, workers and journal put together.

What few runs need, such as the journal, is imported where it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ocrtool.errors import ExitCode, OutputError, UsageError
from ocrtool.export.documents import ExportPage
from ocrtool.files import make_folder
from ocrtool.imaging.limits import USUAL
from ocrtool.imaging.pdf_options import PdfOptions
from ocrtool.jobs import read
from ocrtool.jobs.deliver import Delivery
from ocrtool.jobs.destination import Destination, plan_destination, plan_pictures
from ocrtool.jobs.guard import OverwriteGuard
from ocrtool.jobs.inputs import Source, find_inputs, make_sources
from ocrtool.jobs.kept_pages import KeptPages
from ocrtool.jobs.observer import Observer
from ocrtool.jobs.options import Parallel, ReadOptions
from ocrtool.jobs.outcome import Outcome, Progress, no_progress
from ocrtool.jobs.pages import by_page
from ocrtool.jobs.pool import Pool
from ocrtool.jobs.read import OVERLAY_SUFFIX, TABLE_SUFFIX
from ocrtool.jobs.remote import is_url
from ocrtool.jobs.tally import ErrorLog, Summary, Tally
from ocrtool.jobs.workers import Workers

if TYPE_CHECKING:
    from ocrtool.export.registry import Format
    from ocrtool.jobs.resume import Resumption


#: Number of inputs that are expected in a folder that is watched: more than there are workers.
_MANY = 1 << 16


@dataclass(frozen=True, slots=True)
class Named:
    """What the inputs are called. names: arguments; the others as for `ocrtool.jobs.inputs.find_inputs`."""

    names: tuple[str, ...]
    from0: bool = False
    recursive: bool = True


@dataclass(frozen=True, slots=True)
class Console:
    """Where a run prints. report: a sentence on standard error; out: standard output, None if it is closed."""

    report: Callable[[str], None]
    progress: Progress[ExportPage]
    out: BinaryIO | None


@dataclass(frozen=True, slots=True)
class Records:
    """Files about a run: a log of failures, metrics, a report; None for none. quiet: print no summary."""

    errors: Path | None = None
    metrics: Path | None = None
    report: Path | None = None
    quiet: bool = False

    def claim(self, guard: OverwriteGuard) -> None:
        """Claim the files. Raises UsageError and OutputError."""
        for path in (self.errors, self.metrics, self.report):
            guard.claim_file(path)

    def observers(self, console: Console, summary: bool) -> list[Observer]:
        """Make those that write them. summary: print one, if not quiet. Raises OutputError."""
        tally = Tally()
        made: list[Observer] = [tally]
        if self.errors is not None:
            made.append(ErrorLog(self.errors))
        if self.metrics is not None:
            from ocrtool.jobs.metrics_file import MetricsFile

            made.append(MetricsFile(self.metrics, tally))
        if self.report is not None:
            from ocrtool.jobs.report_file import ReportFile

            made.append(ReportFile(self.report, tally))
        if summary and not self.quiet:
            made.append(Summary(tally, console.report))
        return made


@dataclass(frozen=True, slots=True)
class Batch:
    """How a run reads its inputs and where it writes.

    output: file or folder, None for standard output; others: files that it reads besides, which may not be overwritten;
    jobs, timeout: as for `Parallel`; resume: leave out what the journal says is done; records: what is written about
    the run; watch: go on with what arrives; scheduler: address of the Dask cluster that reads, None for this machine;
    journal: folder of the journal, None for that of the outputs.
    """

    formats: tuple[Format, ...]
    output: str | None
    options: ReadOptions
    pdf: PdfOptions
    others: tuple[Path | None, ...] = ()
    jobs: int | None = None
    timeout: int | None = None
    fail_fast: bool = False
    resume: bool = False
    records: Records = field(default_factory=Records)
    scheduler: str | None = None
    journal: Path | None = None
    watch: bool = False

    @property
    def journal_folder(self) -> Path:
        """Folder of the journal of a run with ``resume`` or ``watch``. Raises UsageError if there is none."""
        from ocrtool.jobs.resume import journal_folder

        return journal_folder(self.output, self.journal, "--watch" if self.watch else "--resume")

    @property
    def needs_file(self) -> bool:
        """True if a format opens inputs again."""
        return any(one.needs_file for one in self.formats)


def read_batch(named: Named, batch: Batch, console: Console) -> ExitCode:
    """Read all inputs. Raises OcrToolError for what concerns the whole run."""
    for one in batch.formats:
        if one.needs_file and not one.needs_image and batch.pdf.limits.untrusted:
            raise UsageError(f"--format {one.name} copies what the file holds, which --untrusted does not")
    inputs = find_inputs(named.names, named.from0, named.recursive)
    with ExitStack() as stack:
        names = [source.name for source in inputs.sources]
        resumption = stack.enter_context(_resumption(batch, names)) if batch.resume else None
        sources = inputs.sources if resumption is None else resumption.named(inputs.sources)
        guard = OverwriteGuard(sources, batch.others)
        batch.records.claim(guard)
        target = _plan(batch, sources, inputs.several, guard, console)
        left = sources
        if resumption is not None and target.files is not None:
            left = resumption.left(sources, target.files)
        pages = stack.enter_context(by_page(left, batch.pdf, batch.needs_file))
        workers = stack.enter_context(_workers(batch, len(pages), console.progress))
        observers = batch.records.observers(console, inputs.several and target.files is not None)
        kept = _kept(batch, resumption)
        observers = [*filter(None, (resumption, kept)), *observers]
        with _observed(observers):
            for observer in observers:
                observer.begin(len(pages), len(sources) - len(left))
            outcomes = _outcomes(pages, workers, kept, target.files is None)
            code = _deliver(batch, outcomes, target, _delivery(batch, guard, console, observers))
        inputs.passed_over.report(console.report)
    return code


def watch_batch(folders: Sequence[str], recursive: bool, batch: Batch, console: Console) -> ExitCode:
    """Read what arrives in folders until a signal stops the run, which is its normal end.

    Raises OcrToolError for what concerns the whole run.
    """
    from ocrtool.jobs.watch import Arrivals, check_outputs_apart, rounds

    arrivals = Arrivals(folders, recursive)
    to = None if batch.output is None or is_url(batch.output) else Path(batch.output)
    outputs = (batch.journal_folder, to, batch.options.overlay, batch.options.tables)
    check_outputs_apart(folders, outputs)
    batch.records.claim(OverwriteGuard((), batch.others))
    code = ExitCode.OK
    with ExitStack() as stack:
        resumption = stack.enter_context(_resumption(batch, None))
        workers = stack.enter_context(_workers(batch, _MANY, no_progress))
        kept = _kept(batch, resumption)
        observers = [*filter(None, (resumption, kept)), *batch.records.observers(console, summary=True)]
        with _observed(observers), suppress(KeyboardInterrupt):
            for names in rounds(arrivals):
                sources = resumption.named(make_sources(names))
                guard = OverwriteGuard(sources, batch.others)
                target = _plan(batch, sources, True, guard, console)
                left = resumption.left(sources, target.files or {})
                with by_page(left, batch.pdf, batch.needs_file) as pages:
                    for observer in observers:
                        observer.begin(len(pages), len(sources) - len(left))
                    outcomes = _outcomes(pages, workers, kept, in_order=False)
                    code = max(code, _deliver(batch, outcomes, target, _delivery(batch, guard, console, observers)))
                for name in names:
                    arrivals.take(name, resumption.state_read(name))
                if code and batch.fail_fast:
                    break
    return code


def _kept(batch: Batch, resumption: Resumption | None) -> KeptPages | None:
    """Make what keeps pages of inputs that are not finished; None for formats that need more than the text of pages."""
    if resumption is None or batch.options.keep_images:
        return None
    return KeptPages(batch.journal_folder, resumption.settings)


def _outcomes(
    pages: Sequence[Source], workers: Pool[ExportPage], kept: KeptPages | None, in_order: bool
) -> Iterator[Outcome[ExportPage]]:
    if kept is None:
        return workers.run(pages, in_order)
    return kept.merged(pages, workers.run(kept.unread(pages), in_order))


def _workers(batch: Batch, pages: int, progress: Progress[ExportPage]) -> Pool[ExportPage]:
    if batch.scheduler is not None:
        if batch.timeout is not None:
            raise UsageError("--timeout is for workers of this machine, not for those of --scheduler")
        from ocrtool.jobs.cluster import ClusterWorkers, own_stamp

        options = replace(batch.options, thumbnails=batch.records.report is not None)
        return ClusterWorkers(read.reading_job(options), batch.scheduler, own_stamp(), progress)
    parallel = Parallel.of(batch.jobs, pages, batch.timeout)
    options = replace(batch.options, threads=parallel.threads, thumbnails=batch.records.report is not None)
    return Workers(read.reading_job(options), parallel, progress)


def _delivery(batch: Batch, guard: OverwriteGuard, console: Console, observers: Sequence[Observer]) -> Delivery:
    inline = len(batch.formats) == 1 and batch.formats[0].errors_inline
    return Delivery(guard, console.report, batch.fail_fast, inline, observers, batch.resume)


def _deliver(
    batch: Batch, outcomes: Iterator[Outcome[ExportPage]], target: Destination, delivery: Delivery
) -> ExitCode:
    return delivery.deliver(outcomes, [one.writers["read"] for one in batch.formats], target)


@contextmanager
def _observed(observers: Sequence[Observer]) -> Iterator[None]:
    """End observers, however the block ends."""
    try:
        yield
    except BaseException:
        for observer in observers:
            with suppress(OutputError):
                observer.end(interrupted=True)
        raise
    for observer in observers:
        observer.end(interrupted=False)


def _plan(
    batch: Batch, sources: Sequence[Source], several: bool, guard: OverwriteGuard, console: Console
) -> Destination:
    """Plan all outputs. Raises UsageError and OutputError."""
    plan_pictures(batch.options.overlay, sources, [OVERLAY_SUFFIX], guard)
    plan_pictures(batch.options.tables, sources, [TABLE_SUFFIX.format(1)], guard)
    extensions = [one.extension for one in batch.formats]
    return plan_destination(batch.output, sources, several or batch.resume, extensions, guard, console.out)


def _resumption(batch: Batch, names: Sequence[str] | None) -> Resumption:
    """Open the journal in its folder, which is made. Raises UsageError and OutputError."""
    from ocrtool.jobs.resume import Resumption, changed, settings_digest

    folder = batch.journal_folder
    make_folder(folder)
    options = replace(batch.options, threads=ReadOptions().threads, weights=None)
    settings = {
        "formats": [one.name for one in batch.formats],
        "options": changed(options),
        "pdf": changed(replace(batch.pdf, password=None, limits=USUAL)),
    }
    return Resumption(folder, settings_digest(settings, batch.options.weights), names)
