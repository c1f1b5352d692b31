"""A run of ``ocrtool read``: inputs, outputs, workers and journal put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ocrtool.errors import ExitCode
from ocrtool.export.documents import ExportPage
from ocrtool.files import make_folder
from ocrtool.imaging.pdf_options import PdfOptions
from ocrtool.jobs import read
from ocrtool.jobs.deliver import Delivery, plan_destination, plan_pictures
from ocrtool.jobs.guard import OverwriteGuard
from ocrtool.jobs.inputs import Source, find_inputs
from ocrtool.jobs.options import Parallel, ReadOptions
from ocrtool.jobs.outcome import Progress
from ocrtool.jobs.pages import by_page
from ocrtool.jobs.read import OVERLAY_SUFFIX, TABLE_SUFFIX
from ocrtool.jobs.resume import Resumption, check_folder, settings_digest
from ocrtool.jobs.workers import Workers

if TYPE_CHECKING:
    from ocrtool.export.registry import Format


@dataclass(frozen=True, slots=True)
class Named:
    """What the inputs are called. names: arguments; the others as for `ocrtool.jobs.inputs.find_inputs`."""

    names: tuple[str, ...]
    from0: bool = False
    recursive: bool = True


@dataclass(frozen=True, slots=True)
class Batch:
    """How a run reads its inputs and where it writes.

    output: file or folder, None for standard output; others: files that it reads besides, which may not be overwritten;
    jobs, timeout: as for `Parallel`; resume: leave out what the journal of the output folder says is done.
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


@dataclass(frozen=True, slots=True)
class Console:
    """Where a run prints. report: a sentence on standard error; out: standard output, None if it is closed."""

    report: Callable[[str], None]
    progress: Progress[ExportPage]
    out: BinaryIO | None


def read_batch(named: Named, batch: Batch, console: Console) -> ExitCode:
    """Read all inputs. Raises OcrToolError for what concerns the whole run."""
    inputs = find_inputs(named.names, named.from0, named.recursive)
    with ExitStack() as stack:
        sources: Sequence[Source] = inputs.sources
        resumption = _resumption(batch, sources)
        if resumption is not None:
            sources = stack.enter_context(resumption).named(sources)
        guard = OverwriteGuard(sources, batch.others)
        plan_pictures(batch.options.overlay, sources, [OVERLAY_SUFFIX], guard)
        plan_pictures(batch.options.tables, sources, [TABLE_SUFFIX.format(1)], guard)
        extensions = [one.extension for one in batch.formats]
        several = inputs.several or batch.resume
        target = plan_destination(batch.output, sources, several, extensions, guard, console.out)
        if resumption is not None and target.files is not None:
            sources = resumption.left(sources, target.files)
        needs_file = any(one.needs_file for one in batch.formats)
        pages = stack.enter_context(by_page(sources, batch.pdf, needs_file))
        parallel = Parallel.of(batch.jobs, len(pages), batch.timeout)
        job = read.reading_job(replace(batch.options, threads=parallel.threads))
        workers = stack.enter_context(Workers(job, parallel, console.progress))
        finish = None if resumption is None else resumption.finish
        inline = len(batch.formats) == 1 and batch.formats[0].errors_inline
        delivery = Delivery(guard, console.report, batch.fail_fast, inline, finish)
        outcomes = workers.run(pages, in_order=target.files is None)
        code = delivery.deliver(outcomes, [one.writers["read"] for one in batch.formats], target)
    inputs.passed_over.report(console.report)
    return code


def _resumption(batch: Batch, sources: Sequence[Source]) -> Resumption | None:
    """Open the journal of the output folder, which is made. Raises UsageError and OutputError."""
    if not batch.resume:
        return None
    folder = check_folder(batch.output)
    make_folder(folder)
    options = replace(batch.options, threads=1, weights=None)
    pdf = replace(batch.pdf, password=None)
    settings = {"formats": [one.name for one in batch.formats], "options": str(options), "pdf": str(pdf)}
    return Resumption(folder, settings_digest(settings, batch.options.weights), [source.name for source in sources])
