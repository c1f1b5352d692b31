"""The command line: parses options, prints messages and turns errors into exit codes.

Whatever is slow to load is imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import errno
import os
import shlex
import sys
from importlib import import_module

import click

from ocrtool import __version__
from ocrtool.cli.console import print_error, to_error_stream
from ocrtool.cli.stop_signals import exit_code, raise_on_signals
from ocrtool.errors import ExitCode, OcrToolError, internal_error, is_lack_of_memory, reason
from ocrtool.stderr import open_missing_descriptors

#: Error numbers of a write to a full, broken or closed standard output.
_NOT_WRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
#: Variable by which shells ask for completions.
COMPLETION_VARIABLE = "_OCRTOOL_COMPLETE"
#: Commands; each is a module of this package, and its function, of the same name.
_COMMANDS = ("read", "classify", "completion", "convert", "eval", "man", "models", "schema", "segment", "writer-id")


def main() -> int:
    """Run the command line of this process and return its exit code."""
    open_missing_descriptors()
    raise_on_signals()
    code = run(sys.argv[1:])
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:  # reported already; discard the rest, or Python reports it again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def run(arguments: list[str]) -> int:
    """Run ``ocrtool`` with ``arguments`` and return its exit code; messages go to standard error."""
    try:
        if instruction := os.environ.get(COMPLETION_VARIABLE):
            return complete(instruction)
        with cli.make_context("ocrtool", list(arguments)) as context:
            return int(cli.invoke(context) or ExitCode.OK)
    except click.exceptions.Exit as end:  # --help, --version
        return end.exit_code
    except click.ClickException as error:
        to_error_stream(error.show)
        return int(ExitCode.USAGE)
    except OcrToolError as error:
        print_error(str(error))
        return int(error.exit_code)
    except (KeyboardInterrupt, click.Abort) as error:
        return exit_code(error)
    except BrokenPipeError:
        return int(ExitCode.BROKEN_PIPE)
    except Exception as error:  # noqa: BLE001 - the edge: every error becomes a sentence and an exit code
        print_error(_unforeseen(error))
        return int(ExitCode.FAILED)


def _unforeseen(error: Exception) -> str:
    """Return the message for a full standard output, for lack of memory, or for an internal error."""
    if isinstance(error, OSError) and error.errno in _NOT_WRITTEN:
        return f"standard output: cannot be written: {reason(error)}"
    return "not enough memory" if is_lack_of_memory(error) else internal_error(error)


def complete(instruction: str) -> int:
    """Print what a shell asks for, such as ``bash_source`` or ``zsh_complete``, and return the exit code."""
    from click.shell_completion import FishComplete, add_completion_class, shell_complete

    class Fish(FishComplete):
        """Divides an answer at its first comma only, since formats are joined by commas."""

        source_template = FishComplete.source_template.replace('split ","', 'split --max 1 ","')

    add_completion_class(Fish)
    return shell_complete(cli, {}, "ocrtool", COMPLETION_VARIABLE, instruction)


class Commands(click.Group):
    """The commands, each a module of this package, which is imported when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"ocrtool.cli.{name}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Say how a file is read if one is named where a command should be."""
        if args and args[0] not in _COMMANDS and (args[0] == "-" or os.path.lexists(args[0])):
            ctx.fail(f"{args[0]!r} is no command; to read it: ocrtool read {shlex.join(args)}")
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """OCR for scanned documents: printed and hand-printed English, printed Korean, and lines that mix them.

    \b
    ocrtool read page.png                             text on standard output
    ocrtool read scans/ -o texts/                     a text file for each image or PDF
    ocrtool read scans/ --format pdf -o searchable/   searchable PDFs
    ocrtool read --help                               all that reading can do
    """
