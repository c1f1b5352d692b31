"""``ocrtool read``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocrtool.cli import options
from ocrtool.cli.console import print_error, progress, standard_output
from ocrtool.cli.limits import limits_options
from ocrtool.cli.options import PATH, option
from ocrtool.errors import ExitCode, UsageError
from ocrtool.imaging.pdf_options import PDF_TEXT, TAKE, PdfOptions

#: What to do with the dots of leaders.
LEADERS = ("keep", "drop")

if TYPE_CHECKING:
    from ocrtool.export.registry import Format
    from ocrtool.imaging.limits import Limits
    from ocrtool.imaging.page_ranges import PageRanges


@click.command(epilog=options.EXIT_CODES)
@click.argument("pages", nargs=-1, metavar="PAGE...", shell_complete=options.complete_files)
@option("read", "--from0", is_flag=True, help="Read names of more inputs from standard input, each ended by a NUL.")
@option(
    "read", "--recursive/--no-recursive", default=True, show_default=True, help="Read the sub-folders of folders too."
)
@options.language_option("read", "the text")
@options.formats_option("read")
@option("read", "--output", "-o", metavar="FILE|DIR|URL", help="Write here, not to standard output.")
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
@limits_options("read")
@options.overlay_option("read")
@options.tables_option("read")
@option("read", "--dehyphenate", is_flag=True, help="Join words that are broken at the ends of lines.")
@option("read", "--split-spreads", is_flag=True, help="Cut double-page spreads of books into two pages.")
@option(
    "read",
    "--leaders",
    type=click.Choice(LEADERS),
    default=LEADERS[1],
    show_default=True,
    help="Dots that lead from an entry to its number: keep a row as one word, or drop it.",
)
@option("read", "--no-lm", is_flag=True, help="Decode without the language model.")
@options.model_option("read")
@options.weights_option()
@options.jobs_option("read")
@option("read", "--scheduler", metavar="ADDRESS", help="Read on a Dask cluster: tcp://HOST:8786.")
@option("read", "--timeout", type=options.Count(min=1), metavar="SECONDS", help="Give up a page that takes longer.")
@option("read", "--fail-fast", is_flag=True, help="Stop at the first failure.")
@option(
    "read",
    "--resume",
    is_flag=True,
    help="Leave out what -o DIR has of an earlier run with --resume, if input, options and weights are the same.",
)
@option(
    "read", "--journal", type=PATH, metavar="DIR", help="Keep the journal of --resume here, not with the outputs in -o."
)
@option(
    "read",
    "--watch",
    is_flag=True,
    help="Read what arrives in the folders PAGE until stopped, with a journal in -o DIR.",
)
@option("read", "--errors", type=PATH, metavar="FILE.jsonl", help="Write each failure as a line of JSON.")
@option(
    "read", "--report", type=PATH, metavar="FILE.html", help="Write a report: failures, pages with least confidence."
)
@option("read", "--metrics", type=PATH, metavar="FILE.prom", help="Write metrics for Prometheus' text file collector.")
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
    limits: Limits,
    overlay: Path | None,
    tables: Path | None,
    dehyphenate: bool,
    split_spreads: bool,
    leaders: str,
    no_lm: bool,
    model: str,
    weights: Path | None,
    jobs: int | None,
    scheduler: str | None,
    timeout: int | None,
    fail_fast: bool,
    resume: bool,
    journal: Path | None,
    watch: bool,
    errors: Path | None,
    report: Path | None,
    metrics: Path | None,
    quiet: bool,
) -> ExitCode:
    """Read images and PDFs and print their text.

    PAGE is an image file (PNG, JPEG, TIFF with all its pages, WebP, BMP, PBM, PGM, PPM), a PDF, a folder whose images
    and PDFs are read in natural order, a pattern in quotes ('scans/**/*.png'), a URL (s3://bucket/scans/), @LIST for a
    file with one of these names a line, or - for standard input.

    The text of several pages is joined by form feeds; --format json gives one document with boxes, probabilities and
    alternatives for every character. The cells of a table are separated by tabs. For a single file, -o names the
    output file; for several inputs, or if it ends with a slash, it names a folder that gets one file per input. Either
    may be a URL.
    """
    from ocrtool.jobs.batch import Batch, Console, Named, Records, read_batch, watch_batch
    from ocrtool.jobs.options import ReadOptions
    from ocrtool.jobs.pages import read_password

    if watch and from0:
        raise UsageError("--watch needs folders, and --from0 gives files")
    if journal is not None and not (resume or watch):
        raise UsageError("--journal is for --resume and --watch")
    if not pages and not from0:
        raise click.MissingParameter(param_hint="'PAGE...'", param_type="argument")
    reading = ReadOptions(
        language=lang,
        language_model=not no_lm,
        weights=weights,
        model=model,
        overlay=overlay,
        tables=tables,
        keep_images=any(one.needs_image for one in formats),
        dehyphenate=dehyphenate,
        split_spreads=split_spreads,
        leaders=leaders == LEADERS[0],
    )
    batch = Batch(
        formats,
        output,
        reading,
        PdfOptions(ranges, pdf_text, dpi, read_password(password_file), limits),
        others=(password_file,),
        jobs=jobs,
        timeout=timeout,
        fail_fast=fail_fast,
        resume=resume or watch,
        records=Records(errors, metrics, report, quiet),
        scheduler=scheduler,
        journal=journal,
        watch=watch,
    )
    console = Console(print_error, progress(quiet, output is None), standard_output())
    if watch:
        return watch_batch(pages, recursive, batch, console)
    return read_batch(Named(pages, from0, recursive), batch, console)
