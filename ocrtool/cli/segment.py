"""``ocrtool segment``."""

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


@click.command(epilog=options.EXIT_CODES, short_help="Find text lines; cut patches of handwriting.")
@click.argument("pages", nargs=-1, required=True, metavar="PAGE...", shell_complete=options.complete_files)
@option("segment", "--patches", type=PATH, metavar="DIR", help="Cut patches of handwriting: DIR/NAME/0001.png.")
@option(
    "segment",
    "--count",
    type=options.Count(min=1),
    metavar="N",
    default=100,
    show_default=True,
    help="Maximum number of patches per page.",
)
@option(
    "segment",
    "--seed",
    type=options.Count(min=0),
    metavar="N",
    default=0,
    show_default=True,
    help="Random seed for the choice of patches.",
)
@options.format_option("segment", "json")
@options.output_option("segment")
@options.overlay_option("segment")
@limits_options("segment")
@options.jobs_option("segment")
@options.quiet_option("segment")
@options.verbose_option("segment")
def segment(
    pages: tuple[str, ...],
    patches: Path | None,
    count: int,
    seed: int,
    format_: Format,
    output: Path | None,
    overlay: Path | None,
    limits: Limits,
    jobs: int | None,
    quiet: bool,
) -> ExitCode:
    """Find the text lines of pages; cut patches of handwriting from them.

    PAGE is as for read. The output is one JSON document: for each page the boxes, baselines and x-heights of its lines,
    in pixels of the input, and its patches if they were asked for.

    Patches are the input of writer identification: windows of 113 by 113 pixels at random positions over ink, scaled to
    an x-height of 25 pixels, at most 30 % of those possible. DIR/NAME.collage.png shows all patches of a page.
    """
    from ocrtool.jobs.deliver import Delivery
    from ocrtool.jobs.destination import plan_document, plan_pictures
    from ocrtool.jobs.guard import OverwriteGuard
    from ocrtool.jobs.inputs import find_inputs
    from ocrtool.jobs.options import Parallel, SegmentOptions
    from ocrtool.jobs.read import OVERLAY_SUFFIX
    from ocrtool.jobs.segment import COLLAGE_SUFFIX, segmentation_job
    from ocrtool.jobs.workers import Workers

    inputs = find_inputs(pages).within(limits)
    guard = OverwriteGuard(inputs.sources)
    target = plan_document(output, guard, standard_output())
    plan_pictures(patches, inputs.sources, [COLLAGE_SUFFIX], guard)
    plan_pictures(overlay, inputs.sources, [OVERLAY_SUFFIX], guard)
    parallel = Parallel.of(jobs, len(inputs.sources))
    job = segmentation_job(SegmentOptions(patches, overlay, count, seed, parallel.threads))
    with Workers(job, parallel, progress(quiet, output is None)) as workers:
        code = Delivery(guard, print_error).deliver(workers.run(inputs.sources), [format_.writers["segment"]], target)
    inputs.passed_over.report(print_error)
    return code
