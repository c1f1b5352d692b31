"""``ocrtool convert``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocrtool.cli import options
from ocrtool.cli.console import print_error, standard_output
from ocrtool.cli.options import option
from ocrtool.errors import ExitCode, UsageError, printable

if TYPE_CHECKING:
    from ocrtool.export.registry import Format


@click.command(short_help="Convert JSON of read to other formats.")
@click.argument("documents", nargs=-1, required=True, metavar="JSON...", shell_complete=options.complete_files)
@options.formats_option("convert", of="read")
@option("convert", "--output", "-o", metavar="FILE|DIR", help="Write here, not to standard output.")
@options.verbose_option("convert")
def convert(documents: tuple[str, ...], formats: tuple[Format, ...], output: str | None) -> ExitCode:
    """Convert documents of `ocrtool read --format json` or jsonl to other formats, without reading pages again.

    JSON is a file, or - for standard input; of a folder, name the files: DIR/*.json. The result is what read would
    have written: one document of all pages on standard output; with -o and several inputs in the documents, or a
    name that ends with a slash, a folder with a file for each input, named after it. Formats that show the page
    open the images by their names in the documents.

    Exit code: as of read; inputs that could not be read are named again.
    """
    from ocrtool.jobs.arguments import STANDARD_INPUT
    from ocrtool.jobs.convert import converted, load_documents
    from ocrtool.jobs.deliver import Delivery
    from ocrtool.jobs.destination import plan_destination, plan_document
    from ocrtool.jobs.guard import OverwriteGuard
    from ocrtool.jobs.inputs import is_folder, read_document

    for name in documents:
        if is_folder(name):
            raise UsageError(f"{printable(name)} is a folder: name its documents, {printable(name.rstrip('/'))}/*.json")
    before = load_documents([(name, read_document(name)) for name in documents])
    guard = OverwriteGuard(before.sources, [Path(name) for name in documents if name != STANDARD_INPUT])
    if before.sources:
        several = len(before.sources) > 1 or is_folder(before.sources[0].name)
        extensions = [one.extension for one in formats]
        target = plan_destination(output, before.sources, several, extensions, guard, standard_output())
    else:
        target = plan_document(None if output is None else Path(output), guard, standard_output())
    inline = len(formats) == 1 and formats[0].errors_inline
    outcomes = converted(before, any(one.needs_image for one in formats))
    return Delivery(guard, print_error, errors_inline=inline).deliver(
        outcomes, [one.writers["read"] for one in formats], target
    )
