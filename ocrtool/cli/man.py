"""``ocrtool man``."""

from __future__ import annotations

import click

from ocrtool.cli.console import standard_output
from ocrtool.errors import ExitCode


@click.command(short_help="Print the manual page.")
def man() -> ExitCode:
    """Print the manual page, made from the help texts, in troff.

    \b
    ocrtool man > ~/.local/share/man/man1/ocrtool.1
    """
    from ocrtool.cli.main import cli
    from ocrtool.cli.manual import manual
    from ocrtool.files import utf8, write_stream

    write_stream(utf8(manual(cli)), standard_output())
    return ExitCode.OK
