"""``ocrtool classify``."""

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


@click.command(epilog=options.EXIT_CODES)
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...", shell_complete=options.complete_files)
@options.language_option("classify", "the character")
@option(
    "classify",
    "--top",
    type=options.Count(1, 100),
    metavar="N",
    default=5,
    show_default=True,
    help="Show the N most likely labels of each image.",
)
@options.format_option("classify")
@options.output_option("classify")
@option("classify", "--plot", type=PATH, metavar="FILE.png", help="Plot each image beside bars of its probabilities.")
@options.model_option("classify")
@options.weights_option()
@limits_options("classify")
@options.jobs_option("classify")
@options.quiet_option("classify")
@options.verbose_option("classify")
def classify(
    images: tuple[str, ...],
    lang: str,
    top: int,
    format_: Format,
    output: Path | None,
    plot: Path | None,
    model: str,
    weights: Path | None,
    limits: Limits,
    jobs: int | None,
    quiet: bool,
) -> ExitCode:
    """Classify images of single characters.

    IMAGE is as for read, but shows a single character: a scan or a photograph, of any size, dark on light or light on
    dark. With --lang auto and eng+kor, which are the same here, it may be Latin or Hangul.

    Prints a line for each image: its name and, separated by tabs, the most likely labels with their probabilities; or
    blank for an empty image.
    """
    from ocrtool.jobs.classify import classification_job, with_plot
    from ocrtool.jobs.deliver import Delivery
    from ocrtool.jobs.destination import plan_document
    from ocrtool.jobs.guard import OverwriteGuard
    from ocrtool.jobs.inputs import find_inputs
    from ocrtool.jobs.options import ClassifyOptions, Parallel
    from ocrtool.jobs.workers import Workers

    inputs = find_inputs(images).within(limits)
    guard = OverwriteGuard(inputs.sources)
    target = plan_document(output, guard, standard_output())
    guard.reserve(plot)
    parallel = Parallel.of(jobs, len(inputs.sources))
    job = classification_job(ClassifyOptions(lang, weights, model, parallel.threads, top, plot is not None))
    with Workers(job, parallel, progress(quiet, output is None)) as workers:
        outcomes = with_plot(workers.run(inputs.sources), plot)
        code = Delivery(guard, print_error).deliver(outcomes, [format_.writers["classify"]], target)
    inputs.passed_over.report(print_error)
    return code
