"""``ocrtool read``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocrtool.cli import options
from ocrtool.cli.console import print_error, progress, standard_output
from ocrtool.cli.options import option
from ocrtool.errors import ExitCode

if TYPE_CHECKING:
    from ocrtool.export.registry import Format


@click.command(epilog=options.EXIT_CODES)
@click.argument("pages", nargs=-1, required=True, metavar="PAGE...")
@options.language_option("read", "the text")
@options.formats_option("read")
@option("read", "--output", "-o", metavar="FILE|DIR", help="Write here, not to standard output.")
@options.overlay_option("read")
@options.tables_option("read")
@option("read", "--no-lm", is_flag=True, help="Decode without the language model.")
@options.model_option("read")
@options.weights_option()
@options.jobs_option("read")
@option("read", "--fail-fast", is_flag=True, help="Stop at the first failure.")
@options.quiet_option("read")
@options.verbose_option("read")
def read(
    pages: tuple[str, ...],
    lang: str,
    formats: tuple[Format, ...],
    output: str | None,
    overlay: Path | None,
    tables: Path | None,
    no_lm: bool,
    model: str,
    weights: Path | None,
    jobs: int,
    fail_fast: bool,
    quiet: bool,
) -> ExitCode:
    """Read images and print their text.

    PAGE is an image file (PNG, JPEG, TIFF with all its pages, WebP, BMP, PBM, PGM, PPM), a folder whose images are
    read in natural order, or - for standard input.

    The text of several pages is joined by form feeds; --format json gives one document with boxes, probabilities and
    alternatives for every character. The cells of a table are separated by tabs. For a single file, -o names the
    output file; for several inputs, or if it ends with a slash, it names a folder that gets one file per input.
    """
    from ocrtool.jobs.deliver import Delivery, plan_destination, plan_pictures
    from ocrtool.jobs.guard import OverwriteGuard
    from ocrtool.jobs.inputs import find_inputs
    from ocrtool.jobs.options import ReadOptions
    from ocrtool.jobs.read import OVERLAY_SUFFIX, TABLE_SUFFIX, reading_job
    from ocrtool.jobs.workers import Workers

    inputs = find_inputs(pages)
    guard = OverwriteGuard(inputs.sources)
    plan_pictures(overlay, inputs.sources, [OVERLAY_SUFFIX], guard)
    plan_pictures(tables, inputs.sources, [TABLE_SUFFIX.format(1)], guard)
    extensions = [one.extension for one in formats]
    target = plan_destination(output, inputs.sources, pages, extensions, guard, standard_output())
    images = any(one.needs_image for one in formats)
    asked = ReadOptions(lang, not no_lm, weights, model, options.threads(jobs), overlay, tables, keep_images=images)
    inline = len(formats) == 1 and formats[0].errors_inline
    with Workers(reading_job(asked), jobs, progress(quiet, output is None)) as workers:
        outcomes = workers.run(inputs.sources)
        delivery = Delivery(guard, print_error, fail_fast, inline)
        code = delivery.deliver(outcomes, [one.writers["read"] for one in formats], target)
    inputs.passed_over.report(print_error)
    return code
