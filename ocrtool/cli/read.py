"""``ocrtool read``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocrtool.cli import options
from ocrtool.cli.console import print_error, progress, standard_output
from ocrtool.cli.options import PATH, option
from ocrtool.errors import ExitCode
from ocrtool.imaging.pdf_options import PDF_TEXT, TAKE, PdfOptions

if TYPE_CHECKING:
    from ocrtool.export.registry import Format
    from ocrtool.imaging.page_ranges import PageRanges


@click.command(epilog=options.EXIT_CODES)
@click.argument("pages", nargs=-1, metavar="PAGE...", shell_complete=options.complete_files)
@option("read", "--from0", is_flag=True, help="Read names of more inputs from standard input, each ended by a NUL.")
@option(
    "read", "--recursive/--no-recursive", default=True, show_default=True, help="Read the sub-folders of folders too."
)
@options.language_option("read", "the text")
@options.formats_option("read")
@option("read", "--output", "-o", metavar="FILE|DIR", help="Write here, not to standard output.")
@option(
    "read",
    "--pages",
    "ranges",
    type=options.Pages(),
    metavar="1-3,7,-1",
    help="Pages to read of each file; -1 is the last.",
)
@option(
    "read",
    "--pdf-text",
    type=click.Choice(PDF_TEXT),
    default=TAKE,
    show_default=True,
    help="Text that a PDF holds: take it if it is all of a page, read every page, or read it and keep both.",
)
@option(
    "read",
    "--dpi",
    type=options.Count(36, 2400),
    metavar="N",
    help="Draw pages of PDFs at this resolution, not at that of their images.",
)
@option(
    "read", "--password-file", type=PATH, metavar="FILE", help="Password of encrypted PDFs: the first line of FILE."
)
@options.overlay_option("read")
@options.tables_option("read")
@option("read", "--dehyphenate", is_flag=True, help="Join words that are broken at the ends of lines.")
@option("read", "--no-lm", is_flag=True, help="Decode without the language model.")
@options.model_option("read")
@options.weights_option()
@options.jobs_option("read")
@option("read", "--timeout", type=options.Count(min=1), metavar="SECONDS", help="Give up a page that takes longer.")
@option("read", "--fail-fast", is_flag=True, help="Stop at the first failure.")
@options.quiet_option("read")
@options.verbose_option("read")
def read(
    pages: tuple[str, ...],
    from0: bool,
    recursive: bool,
    lang: str,
    formats: tuple[Format, ...],
    output: str | None,
    ranges: PageRanges | None,
    pdf_text: str,
    dpi: int | None,
    password_file: Path | None,
    overlay: Path | None,
    tables: Path | None,
    dehyphenate: bool,
    no_lm: bool,
    model: str,
    weights: Path | None,
    jobs: int | None,
    timeout: int | None,
    fail_fast: bool,
    quiet: bool,
) -> ExitCode:
    """Read images and PDFs and print their text.

    PAGE is an image file (PNG, JPEG, TIFF with all its pages, WebP, BMP, PBM, PGM, PPM), a PDF, a folder whose images
    and PDFs are read in natural order, a pattern in quotes ('scans/**/*.png'), a URL (s3://bucket/scans/), @LIST for a
    file with one of these names a line, or - for standard input.

    The text of several pages is joined by form feeds; --format json gives one document with boxes, probabilities and
    alternatives for every character. The cells of a table are separated by tabs. For a single file, -o names the
    output file; for several inputs, or if it ends with a slash, it names a folder that gets one file per input.
    """
    from ocrtool.jobs.deliver import Delivery, plan_destination, plan_pictures
    from ocrtool.jobs.guard import OverwriteGuard
    from ocrtool.jobs.inputs import find_inputs
    from ocrtool.jobs.options import Parallel, ReadOptions
    from ocrtool.jobs.pages import by_page, read_password
    from ocrtool.jobs.read import OVERLAY_SUFFIX, TABLE_SUFFIX, reading_job
    from ocrtool.jobs.workers import Workers

    if not pages and not from0:
        raise click.MissingParameter(param_hint="'PAGE...'", param_type="argument")
    inputs = find_inputs(pages, from0, recursive)
    guard = OverwriteGuard(inputs.sources, [password_file])
    plan_pictures(overlay, inputs.sources, [OVERLAY_SUFFIX], guard)
    plan_pictures(tables, inputs.sources, [TABLE_SUFFIX.format(1)], guard)
    extensions = [one.extension for one in formats]
    target = plan_destination(output, inputs.sources, inputs.several, extensions, guard, standard_output())
    images = any(one.needs_image for one in formats)
    inline = len(formats) == 1 and formats[0].errors_inline
    chosen = PdfOptions(ranges, pdf_text, dpi, read_password(password_file))
    with by_page(inputs.sources, chosen, any(one.needs_file for one in formats)) as sources:
        parallel = Parallel.of(jobs, len(sources), timeout)
        asked = ReadOptions(lang, not no_lm, weights, model, parallel.threads, overlay, tables, images, dehyphenate)
        with Workers(reading_job(asked), parallel, progress(quiet, output is None)) as workers:
            delivery = Delivery(guard, print_error, fail_fast, inline)
            code = delivery.deliver(workers.run(sources), [one.writers["read"] for one in formats], target)
    inputs.passed_over.report(print_error)
    return code
