"""``ocrtool models``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocrtool.cli import options
from ocrtool.cli.console import print_error, standard_output
from ocrtool.errors import ExitCode

if TYPE_CHECKING:
    from ocrtool.export.registry import Format


@click.command(short_help="List the installed weights, or show one manifest.")
@click.argument("name", required=False)
@options.format_option("models")
@options.weights_option()
@options.verbose_option("models")
def models(name: str | None, format_: Format, weights: Path | None) -> ExitCode:
    """List the installed weights; with NAME, show the whole manifest of that set.

    Your own weights replace those of the same name that come with the program. All files are checked against their
    manifests.

    Exit code: 0 all can be used, 2 wrong usage, 3 weights missing or refused (each named on standard error).
    """
    from ocrtool.files import write_stream
    from ocrtool.weights.inventory import find_all, find_one

    entries = find_all(weights) if name is None else [find_one(name, weights)]
    shown = entries if name is None else [entry for entry in entries if entry.manifest]
    write_stream(format_.writers["models" if name is None else "models NAME"](shown), standard_output())
    faults = [entry.fault for entry in entries if entry.fault is not None]
    for fault in faults:
        print_error(fault)
    return ExitCode.WEIGHTS if faults else ExitCode.OK
