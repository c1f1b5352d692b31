"""``ocrtool writer-id`` with its commands ``identify``, ``enrol`` and ``verify``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocrtool.cli import options
from ocrtool.cli.console import print_error, progress, standard_output
from ocrtool.cli.limits import limits_options
from ocrtool.cli.options import PATH, option
from ocrtool.errors import ExitCode

if TYPE_CHECKING:
    from ocrtool.export.registry import Format
    from ocrtool.imaging.limits import Limits

#: The command that is run if none is named.
_DEFAULT = "identify"


class GroupWithDefault(click.Group):
    """A group with a default command, run unless the first argument names another. A folder ``enrol`` is ./enrol."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


@click.group("writer-id", cls=GroupWithDefault, options_metavar="", subcommand_metavar="[COMMAND] ...")
def writer_id() -> None:
    """Identify the writers of pages.

    \b
    ocrtool writer-id FOLDER...                  identify the writers of the loose pages in FOLDER
    ocrtool writer-id enrol FOLDER -o FILE.h5    add the writers of FOLDER to a gallery, for --writers FILE.h5
    ocrtool writer-id verify A.png B.png         do two pages have the same writer?

    Without a command, identify is run.
    """


@writer_id.command(epilog=options.EXIT_CODES)
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER...", shell_complete=options.complete_files)
@option("writer-id", "--writers", type=PATH, metavar="FILE.h5", help="Gallery file of writers enrolled before.")
@option(
    "writer-id",
    "--top",
    type=options.Count(1, 100),
    metavar="N",
    help='Show the N most likely writers, including "unknown".',
)
@options.format_option("writer-id identify")
@options.output_option("writer-id")
@option(
    "writer-id", "--plot", type=PATH, metavar="FILE.png", help="Plot the similarity of pages, and the nearest of each."
)
@options.model_option("writer-id")
@options.weights_option()
@limits_options("writer-id")
@options.jobs_option("writer-id")
@options.quiet_option("writer-id")
@options.verbose_option("writer-id")
def identify(
    folders: tuple[str, ...],
    writers: Path | None,
    top: int | None,
    format_: Format,
    output: Path | None,
    plot: Path | None,
    model: str,
    weights: Path | None,
    limits: Limits,
    jobs: int | None,
    quiet: bool,
) -> ExitCode:
    """Identify the writers of pages.

    Each sub-folder of FOLDER holds one writer's pages; the folder name is the writer's name. The writers of the loose
    pages beside them are identified; FOLDER may also be a single image. Prints a line for each page: its name and,
    separated by tabs, the most likely writer, or unknown, with the probability, and the runner-up.

    If there are no known writers, neither in sub-folders nor by --writers, the pages are grouped by writer: writer-1,
    writer-2 and so on, each with a confidence.

    For printed text, blank pages and too little handwriting, the reason is printed instead of an answer.
    """
    from ocrtool.export.tables import answers
    from ocrtool.jobs.deliver import Delivery
    from ocrtool.jobs.destination import plan_document
    from ocrtool.jobs.guard import OverwriteGuard
    from ocrtool.jobs.identify import Identification, identify_all
    from ocrtool.jobs.options import EmbedOptions, Parallel
    from ocrtool.jobs.writer_folder import collect

    collection = collect(folders).within(limits)
    guard = OverwriteGuard(collection.sources, [writers])
    target = plan_document(output, guard, standard_output())
    guard.reserve(plot)
    parallel = Parallel.of(jobs, len(collection.sources))
    embed = EmbedOptions(weights, model, parallel.threads, plot is not None)
    shown = progress(quiet, output is None)
    outcomes = identify_all(collection, Identification(embed, parallel, writers, plot, shown))
    write = format_.writers["writer-id identify"]
    code = Delivery(guard, print_error).deliver(outcomes, [lambda rows: write(answers(rows, top or 0))], target)
    collection.passed_over.report(print_error)
    return code


@writer_id.command(epilog=options.EXIT_CODES, short_help="Add writers to a gallery file.")
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER...", shell_complete=options.complete_files)
@click.option("--output", "-o", type=PATH, metavar="FILE.h5", required=True, help="Gallery file; made if missing.")
@options.format_option("writer-id enrol")
@options.model_option("writer-id")
@options.weights_option()
@limits_options("writer-id")
@options.jobs_option("writer-id")
@options.quiet_option("writer-id")
@options.verbose_option("writer-id")
def enrol(
    folders: tuple[str, ...],
    output: Path,
    format_: Format,
    model: str,
    weights: Path | None,
    limits: Limits,
    jobs: int | None,
    quiet: bool,
) -> ExitCode:
    """Add the writers of FOLDER to a gallery file, for writer-id --writers FILE.h5.

    Each sub-folder of FOLDER holds one writer's pages; the folder name is the writer's name. One page per writer is
    enough, more are better. Pages in the file are kept; a page that is enrolled again replaces its former entry. Prints
    a line for each page: its name, its writer and its status (added, replaced, moved from another writer), or the
    reason why it cannot be used. After an interrupt the file is unchanged.
    """
    from ocrtool.export.tables import enrolled
    from ocrtool.jobs.deliver import Delivery
    from ocrtool.jobs.destination import Destination
    from ocrtool.jobs.enrol import enrol_all
    from ocrtool.jobs.guard import OverwriteGuard
    from ocrtool.jobs.options import EmbedOptions, Parallel
    from ocrtool.jobs.writer_folder import collect

    collection = collect(folders).within(limits)
    guard = OverwriteGuard(collection.sources)
    guard.claim_file(output)
    parallel = Parallel.of(jobs, len(collection.known))
    embed = EmbedOptions(weights, model, parallel.threads)
    outcomes = enrol_all(collection, output, embed, parallel, progress(quiet, True))
    target = Destination(standard_output())
    write = format_.writers["writer-id enrol"]
    code = Delivery(guard, print_error).deliver(outcomes, [lambda rows: write(enrolled(rows))], target)
    collection.passed_over.report(print_error)
    return code


@writer_id.command(epilog=options.EXIT_CODES)
@click.argument("page", metavar="A", shell_complete=options.complete_files)
@click.argument("other", metavar="B", shell_complete=options.complete_files)
@options.format_option("writer-id verify")
@options.output_option("writer-id")
@options.model_option("writer-id")
@options.weights_option()
@limits_options("writer-id")
@options.verbose_option("writer-id")
def verify(
    page: str,
    other: str,
    format_: Format,
    output: Path | None,
    model: str,
    weights: Path | None,
    limits: Limits,
) -> ExitCode:
    """Tell whether two pages, A and B, have the same writer.

    Prints one line: both names, yes or no, and the probability that the writer is the same, at even prior odds. If A or
    B is a folder or a file with several pages, every page of A is compared with every page of B.
    """
    from ocrtool.export.tables import pairs
    from ocrtool.jobs.deliver import Delivery
    from ocrtool.jobs.destination import plan_document
    from ocrtool.jobs.guard import OverwriteGuard
    from ocrtool.jobs.identify import verify_all
    from ocrtool.jobs.inputs import find_inputs
    from ocrtool.jobs.machine import cores
    from ocrtool.jobs.options import EmbedOptions

    first, second = (find_inputs([argument]).within(limits) for argument in (page, other))
    guard = OverwriteGuard([*first.sources, *second.sources])
    target = plan_document(output, guard, standard_output())
    outcomes = verify_all(first.sources, second.sources, EmbedOptions(weights, model, cores()))
    write = format_.writers["writer-id verify"]
    code = Delivery(guard, print_error).deliver(outcomes, [lambda rows: write(pairs(rows))], target)
    for inputs in (first, second):
        inputs.passed_over.report(print_error)
    return code
