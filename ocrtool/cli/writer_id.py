"""Commands about handwriting: ``segment``, and ``writer-id`` with ``enrol`` and ``verify``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ocrtool.cli.options import PATH, cores, free_terminal, option, print_error, weights_option, with_progress
from ocrtool.errors import ExitCode
from ocrtool.options import WRITER_MODELS

if TYPE_CHECKING:
    from ocrtool.jobs.embed import Embedded, EmbedJob, Progress

_FORMATS = ("text", "tsv", "jsonl")

_format_option = option(
    "--format", "format_", type=click.Choice(_FORMATS), default="text", show_default=True, help="What to write."
)
_output_option = option("--output", "-o", type=PATH, metavar="FILE", help="Write here, not to standard output.")
_model_option = option(
    "--model",
    type=click.Choice(WRITER_MODELS),
    default=WRITER_MODELS[0],
    show_default=True,
    help="Weights: those that do best, for research only, or those for any use.",
)
_jobs_option = option(
    "--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Pages described at the same time."
)
_quiet_option = option("--quiet", "-q", is_flag=True, help="No progress bar.")


class CommandWithOthers(click.Command):
    """A command that gives way to another if its first argument is that one's name: a folder ``enrol`` is ./enrol."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.others: dict[str, click.Command] = {}

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        other = self.others.get(args[0]) if args else None
        if other is None:
            return super().make_context(info_name, args, parent, **extra)
        return other.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)

    def other(self, name: str) -> Any:
        """Decorator: the function is the command that ``name`` as first argument calls."""

        def add(function: Any) -> click.Command:
            self.others[name] = click.command(name)(function)
            return self.others[name]

        return add


@click.command("writer-id", cls=CommandWithOthers)
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER...")
@option("--writers", type=PATH, metavar="FILE.h5", help="Writers enrolled before are known too.")
@option("--top", type=click.IntRange(1, 100), help="List so many of the likeliest answers, unknown among them.")
@_format_option
@_output_option
@option("--plot", type=PATH, metavar="FILE.png", help="Also draw how alike pages are, and the nearest to each.")
@_model_option
@weights_option
@_jobs_option
@_quiet_option
def writer_id(
    folders: tuple[str, ...],
    writers: Path | None,
    top: int | None,
    format_: str,
    output: Path | None,
    plot: Path | None,
    model: str,
    weights: Path | None,
    jobs: int,
    quiet: bool,
) -> ExitCode:
    """Tell whose hand pages are written in.

    Each sub-folder of FOLDER holds pages of a known writer, who is called as it is; the loose pages are asked about.
    A single image in place of FOLDER is asked about too. A line for each page: its name and, between tabs, the writer
    or unknown with the probability, and the next likely writer with theirs.

    If nobody is known, neither by a sub-folder nor by --writers, the pages are grouped by hand: writer-1, writer-2 and
    so on, each with a confidence.

    Printed text, blank pages and too little handwriting get no answer, but the reason why.

    \b
    ocrtool writer-id enrol FOLDER -o FILE.h5    keep the writers of FOLDER for --writers
    ocrtool writer-id verify A.png B.png         are two pages in the same hand?

    Exit code: 0 all read, 1 some inputs failed (each named on standard error, the others are read), 2 wrong usage,
    3 weights missing or refused, 130 interrupted.
    """
    from ocrtool.export.writers import answers
    from ocrtool.jobs.identify import answer_all, write_plot
    from ocrtool.jobs.inputs import check_outputs
    from ocrtool.jobs.results import deliver
    from ocrtool.jobs.writer_folder import collect

    collection = collect(folders)
    check_outputs(collection.sources, (output, plot), writers)
    describing = _describing(model, weights, jobs, plot is not None)
    exhibits: list[Any] = []
    exhibit = exhibits.append if plot is not None else _forget
    told = answer_all(collection, writers, describing, _progress(quiet, output is None), exhibit)
    layout = answers(top or 0)
    code = deliver(told, lambda rows: layout.document(format_, rows), output, _standard_output(), print_error)
    if plot is not None:
        write_plot(plot, exhibits, describing.weights, print_error)
    return code


@writer_id.other("enrol")
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER...")
@click.option("--output", "-o", type=PATH, metavar="FILE.h5", required=True, help="Add to this file; made if missing.")
@_format_option
@_model_option
@weights_option
@_jobs_option
@_quiet_option
def enrol(
    folders: tuple[str, ...], output: Path, format_: str, model: str, weights: Path | None, jobs: int, quiet: bool
) -> ExitCode:
    """Keep the writers of FOLDER in a file, for writer-id --writers FILE.h5.

    Each sub-folder of FOLDER holds pages of a writer, who is called as it is; one page is enough, more are better.
    What the file holds already stays; a page that is enrolled again is not counted twice. A line for each page: its
    name, its writer and what became of it (added, replaced, moved from another writer), or why it cannot be used.

    Exit code: 0 all read, 1 some inputs failed or the file was refused, 2 wrong usage, 3 weights missing or refused,
    130 interrupted; the file is as it was then.
    """
    from ocrtool.export.writers import enrolled
    from ocrtool.jobs.enrol import enrol_all
    from ocrtool.jobs.results import deliver
    from ocrtool.jobs.writer_folder import collect

    told = enrol_all(collect(folders), output, _describing(model, weights, jobs), _progress(quiet, True))
    return deliver(told, lambda rows: enrolled().document(format_, rows), None, _standard_output(), print_error)


@writer_id.other("verify")
@click.argument("page", metavar="A")
@click.argument("other", metavar="B")
@_format_option
@_output_option
@_model_option
@weights_option
def verify(page: str, other: str, format_: str, output: Path | None, model: str, weights: Path | None) -> ExitCode:
    """Tell whether two pages, A and B, are written in the same hand.

    One line: both names, yes or no, and the probability that it is the same hand if that were as likely as not
    beforehand. Of files with several pages, and of folders, each page of A is held against each of B.

    Exit code: 0 both read, 1 one failed, 2 wrong usage, 3 weights missing or refused, 130 interrupted.
    """
    from ocrtool.export.writers import pairs
    from ocrtool.jobs.identify import verify_all
    from ocrtool.jobs.inputs import check_outputs, find_sources
    from ocrtool.jobs.results import deliver

    ones, others = find_sources([page]), find_sources([other])
    check_outputs([*ones, *others], [output])
    told = verify_all(ones, others, _describing(model, weights), _progress(True, True))
    return deliver(told, lambda rows: pairs().document(format_, rows), output, _standard_output(), print_error)


@click.command()
@click.argument("pages", nargs=-1, required=True, metavar="PAGE...")
@option("--patches", type=PATH, metavar="DIR", help="Also write patches of handwriting: DIR/NAME/0001.png and so on.")
@option("--count", type=click.IntRange(min=1), default=100, show_default=True, help="Most patches of a page.")
@option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the places of patches.")
@_output_option
@option("--overlay", type=PATH, metavar="DIR", help="Also draw what was found where: DIR/NAME.overlay.png.")
def segment(
    pages: tuple[str, ...], patches: Path | None, count: int, seed: int, output: Path | None, overlay: Path | None
) -> ExitCode:
    """Find the lines of pages; cut patches of handwriting from them.

    PAGE is as for read. One JSON document is written: of each page the boxes, baselines and x-heights of its lines, in
    pixels of the input, and its patches if they are asked for.

    Patches are what writers are told by: windows of 113 by 113 pixels at random places over ink, of an x-height of 25
    pixels wherever they come from, at most 30 % of those possible. DIR/NAME.collage.png shows all of a page.

    Exit code: 0 all read (a blank page too), 1 some inputs failed (each named on standard error, the others are read),
    2 wrong usage, 130 interrupted.
    """
    from ocrtool.export.lines import document
    from ocrtool.jobs.inputs import check_outputs, find_sources
    from ocrtool.jobs.results import deliver
    from ocrtool.jobs.segment import Cutting, cut_all

    sources = find_sources(pages)
    check_outputs(sources, [output])
    cut = cut_all(sources, Cutting(patches, overlay, count, seed))
    return deliver(cut, document, output, _standard_output(), print_error)


def _describing(model: str, weights: Path | None, jobs: int = 1, pictures: bool = False) -> EmbedJob:
    from ocrtool.jobs.embed import Chosen, EmbedJob

    return EmbedJob(Chosen(weights, model), jobs, max(1, cores() // jobs), pictures)


def _progress(quiet: bool, prints: bool) -> Progress:
    """A bar on standard error for several inputs, if that is a terminal."""

    def progress(results: Iterable[Embedded], total: int) -> Iterable[Embedded]:
        return with_progress(results, total) if not quiet and total > 1 and free_terminal(prints) else results

    return progress


def _forget(_: object) -> None:
    """For runs without a plot."""


def _standard_output() -> Any:
    return getattr(sys.stdout, "buffer", None)
