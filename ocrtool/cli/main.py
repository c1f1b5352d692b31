"""The command line: parses, prints, and turns errors into exit codes; the work is done elsewhere.

Whatever takes time to load is imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ocrtool import __version__
from ocrtool.cli.options import PATH, cores, free_terminal, option, print_error, weights_option, with_progress
from ocrtool.cli.writer_id import segment, writer_id
from ocrtool.errors import ExitCode, OcrToolError
from ocrtool.options import FORMATS, LANGUAGES, Options

if TYPE_CHECKING:
    from ocrtool.jobs.read import Result


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    code = run(sys.argv[1:])
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:  # told already; let what is left go nowhere, or Python tells it again on its way out
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run ``ocrtool`` with ``arguments``; returns its exit code, messages on standard error."""
    try:
        with cli.make_context("ocrtool", list(arguments)) as context:
            return int(cli.invoke(context) or ExitCode.OK)
    except click.exceptions.Exit as end:  # --help, --version
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return int(ExitCode.USAGE)
    except OcrToolError as error:
        print_error(str(error))
        return int(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        return int(ExitCode.BROKEN_PIPE)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """Read scanned documents: printed and hand-printed English, printed Korean, and lines that mix them."""


@cli.command()
@click.argument("pages", nargs=-1, required=True, metavar="PAGE...")
@option("--lang", type=click.Choice(LANGUAGES), default="auto", show_default=True, help="Language of the text.")
@option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True, help="What to write.")
@option("--output", "-o", metavar="FILE|DIR", help="Write here, not to standard output.")
@option("--overlay", type=PATH, metavar="DIR", help="Also draw what was found where: DIR/NAME.overlay.png.")
@option("--no-lm", is_flag=True, help="Decode without the language model.")
@weights_option
@option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Pages read at the same time.")
@option("--fail-fast", is_flag=True, help="Stop at the first input that cannot be read.")
@option("--quiet", "-q", is_flag=True, help="No progress bar.")
def read(pages: tuple[str, ...], **settings: Any) -> ExitCode:
    """Read images and print their text.

    PAGE is an image file (PNG, JPEG, TIFF with all its pages, WebP, BMP, PBM, PGM, PPM), a folder whose images are
    read in natural order, or - for standard input.

    The text of several pages is joined by form feeds; --format json gives one document with boxes, probabilities and
    alternatives for every character. With -o and a single file, FILE is written; with several inputs, or if it ends
    with a slash, a folder with one file for each of them.

    Exit code: 0 all read (a blank page too), 1 some inputs failed (each named on standard error, the others are read),
    2 wrong usage, 3 weights missing or refused, 130 interrupted.
    """
    from ocrtool.jobs.inputs import find_sources
    from ocrtool.jobs.outputs import deliver, plan_files
    from ocrtool.jobs.read import read_all

    options = _options(settings)
    sources = find_sources(pages)
    files = plan_files(sources, pages, options)
    results: Iterable[Result] = read_all(sources, options)
    if not options.quiet and len(sources) > 1 and free_terminal(files is None):
        results = with_progress(results, len(sources))
    return deliver(results, files, options, getattr(sys.stdout, "buffer", None), print_error)


@cli.command()
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...")
@option("--lang", type=click.Choice(LANGUAGES), default="auto", show_default=True, help="Language of the character.")
@option("--top", type=click.IntRange(1, 100), default=5, show_default=True, help="Labels of each image.")
@option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True, help="What to write.")
@option("--output", "-o", type=PATH, metavar="FILE", help="Write here, not to standard output.")
@option("--plot", type=PATH, metavar="FILE.png", help="Also draw each image beside bars of its probabilities.")
@weights_option
def classify(
    images: tuple[str, ...],
    lang: str,
    top: int,
    format_: str,
    output: Path | None,
    plot: Path | None,
    weights: Path | None,
) -> ExitCode:
    """Tell which character an image shows, with probabilities.

    IMAGE is as for read, but shows a single character: a scan or a photograph, dark on light or light on dark, of any
    size. With --lang auto and eng+kor, which are the same here, it may be of either language.

    A line for each image: its name and, between tabs, the likeliest labels and their probabilities; blank if the image
    is that.

    Exit code: 0 all read (a blank image too), 1 some inputs failed (each named on standard error, the others are read),
    2 wrong usage, 3 weights missing or refused, 130 interrupted.
    """
    from ocrtool.jobs.classify import classify_all, deliver
    from ocrtool.jobs.inputs import check_outputs, find_sources
    from ocrtool.script.single import load_single_classifier

    sources = find_sources(images)
    check_outputs(sources, (output, plot))
    outcomes = classify_all(sources, load_single_classifier(lang, weights, cores()), top)
    return deliver(outcomes, format_, output, plot, getattr(sys.stdout, "buffer", None), print_error)


@cli.command()
@click.argument("name", required=False)
@click.option(
    "--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True, help="What to print."
)
@weights_option
def models(name: str | None, format_: str, weights: Path | None) -> ExitCode:
    """List the weights that are there; with NAME, show the whole manifest of these.

    Your own weights stand for those of the same name that come with the program. All files are checked against their
    manifests.

    Exit code: 0 all can be used, 2 wrong usage, 3 weights missing or refused (each named on standard error).
    """
    from ocrtool.export import models as listing
    from ocrtool.files import write_stream
    from ocrtool.weights.inventory import find_all, find_one

    as_json = format_ == "json"
    if name is None:
        entries = find_all(weights)
        parts = listing.as_json(entries) if as_json else listing.as_text(entries)
    else:
        entries = [find_one(name, weights)]
        manifest = entries[0].manifest
        parts = listing.manifest_json(manifest) if as_json and manifest else listing.manifest_text(manifest)
    write_stream(parts, getattr(sys.stdout, "buffer", None))
    faults = [entry.fault for entry in entries if entry.fault is not None]
    for fault in faults:
        print_error(fault)
    return ExitCode.WEIGHTS if faults else ExitCode.OK


cli.add_command(writer_id)
cli.add_command(segment)


def _options(settings: dict[str, Any]) -> Options:
    return Options(
        language=settings["lang"],
        language_model=not settings["no_lm"],
        weights=settings["weights"],
        format=settings["format_"],
        output=settings["output"],
        overlay=settings["overlay"],
        jobs=settings["jobs"],
        threads=max(1, cores() // settings["jobs"]),
        fail_fast=settings["fail_fast"],
        quiet=settings["quiet"],
    )
