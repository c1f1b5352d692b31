"""Options that commands share. Each can be set by an environment variable of the command, or of all commands.

``--top`` of ``classify`` is set by OCRTOOL_CLASSIFY_TOP, else by OCRTOOL_TOP.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from ocrtool.cli.console import print_error, start_log
from ocrtool.errors import printable
from ocrtool.imaging.page_ranges import PageRanges
from ocrtool.jobs.machine import cores
from ocrtool.jobs.options import MOST_JOBS_PER_CORE
from ocrtool.jobs.remote import is_url
from ocrtool.script.registry import AUTO, JOINER, language_choices, parse_languages
from ocrtool.weights.store import ANY, MODELS
from ocrtool.weights.store import ENVIRONMENT as WEIGHTS_ENVIRONMENT

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ocrtool.export.registry import Format

#: Last paragraph of the help of commands that process inputs.
EXIT_CODES = (
    "Exit code: 0 all inputs processed (blank ones too), 1 some failed (each is named on standard error, the others "
    "are processed), 2 wrong usage, 3 weights missing or refused, 130 interrupted."
)


class LocalPath(click.Path):
    """A file or folder of this machine; a URL is refused, rather than taken for a folder with a colon in its name."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and is_url(value):
            self.fail(f"{printable(value)} is a URL, but a path of this machine is needed", param, ctx)
        return super().convert(value, param, ctx)


#: A file or folder on the command line.
PATH = LocalPath(path_type=Path)

Decorator: TypeAlias = Callable[[Any], Any]


def option(command: str, name: str, *aliases: str, **settings: Any) -> Decorator:
    """Declare an option of ``command``; the commands of ``writer-id`` share their variables."""
    suffix = name.removeprefix("--").replace("-", "_").upper()
    prefix = command.split()[0].replace("-", "_").upper()
    variables = [f"OCRTOOL_{prefix}_{suffix}", f"OCRTOOL_{suffix}"]
    return click.option(name, *aliases, envvar=variables, show_envvar=True, **settings)


def language_option(command: str, of_what: str) -> Decorator:
    """Declare ``--lang``, with the languages of all scripts. of_what: what is in that language, for the help."""
    return option(
        command, "--lang", type=LanguageChoice(), default=AUTO, show_default=True, help=f"Language of {of_what}."
    )


def format_option(command: str, default: str = "text") -> Decorator:
    """Declare ``--format``, with the formats that the registry has for ``command``."""
    return option(
        command,
        "--format",
        "format_",
        cls=_FormatOption,
        type=FormatChoice(command),
        default=default,
        show_default=True,
        help="Output format.",
    )


def formats_option(command: str, of: str | None = None) -> Decorator:
    """Declare ``--format`` for one format or several, each in a file of its own. of: whose formats, if not its own."""
    return option(
        command,
        "--format",
        "formats",
        cls=_FormatOption,
        type=FormatChoice(of or command, several=True),
        default="text",
        show_default=True,
        help="Output format, or several joined by commas: then -o names a folder.",
    )


def output_option(command: str) -> Decorator:
    """Declare ``--output`` for commands that write one document."""
    return option(command, "--output", "-o", type=PATH, metavar="FILE", help="Write to FILE, not to standard output.")


def overlay_option(command: str) -> Decorator:
    """Declare ``--overlay``, a folder of drawings."""
    return option(
        command, "--overlay", type=PATH, metavar="DIR", help="Draw what was found on each page: DIR/NAME.overlay.png."
    )


def tables_option(command: str) -> Decorator:
    """Declare ``--tables``, a folder of tables."""
    return option(
        command, "--tables", type=PATH, metavar="DIR", help="Write each table as CSV: DIR/NAME.table1.csv and so on."
    )


def model_option(command: str) -> Decorator:
    """Declare ``--model``, which weights are allowed."""
    return option(
        command,
        "--model",
        type=click.Choice(MODELS),
        default=ANY,
        show_default=True,
        help="Weights: for any use, or those for non-commercial research only where there are some.",
    )


def weights_option() -> Decorator:
    """Declare ``--weights``. All commands share its variable, which `ocrtool.weights.store` reads."""
    help_text = f"Folder of your own weights.  [env var: {WEIGHTS_ENVIRONMENT}]"
    return click.option("--weights", type=PATH, metavar="DIR", help=help_text)


def jobs_option(command: str) -> Decorator:
    """Declare ``--jobs``, limited to what the machine can use."""
    return option(
        command,
        "--jobs",
        type=Count(min=1),
        metavar="N",
        show_default="processor cores",
        callback=_sane_jobs,
        help="Inputs processed in parallel; 1: one after the other, in this process.",
    )


def quiet_option(command: str) -> Decorator:
    """Declare ``--quiet``."""
    return option(command, "--quiet", "-q", is_flag=True, help="No progress bar and no summary.")


def verbose_option(command: str) -> Decorator:
    """Declare ``--verbose``, which starts the log and is not passed to the command."""
    return option(
        command,
        "--verbose",
        "-v",
        count=True,
        callback=lambda context, parameter, value: start_log(value),
        is_eager=True,
        expose_value=False,
        help="Log to standard error: timings and tracebacks; twice (-vv) decisions too.",
    )


def complete_files(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete names of files, for arguments that take them as text."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


class Count(click.IntRange):
    """A whole number, called so in messages."""

    name = "whole number"


class Pages(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """Ranges of pages, converted to PageRanges."""

    name = "pages"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> PageRanges:
        try:
            return PageRanges.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class LanguageChoice(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """``auto``, a language, or several joined by ``+``. Scripts are listed only when needed."""

    name = "language"

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        return f"[{'|'.join(language_choices())}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            parse_languages(str(value))
        except ValueError as error:
            self.fail(f"{error}; ask for {AUTO}, for one of these, or for several joined by {JOINER}", param, ctx)
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(name) for name in language_choices() if name.startswith(incomplete)]


class FormatChoice(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """The name of a format of ``command``, converted to its Format. The registry is loaded only when needed.

    several: take names joined by commas, converted to a tuple of Format.
    """

    name = "format"

    def __init__(self, command: str, several: bool = False) -> None:
        self.command = command
        self.several = several

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        from ocrtool.export.registry import format_names

        return f"[{'|'.join(format_names(self.command))}]{'[,...]' if self.several else ''}"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Format | tuple[Format, ...]:
        from ocrtool.errors import UsageError
        from ocrtool.export.registry import find_format

        names = dict.fromkeys(str(value).split(",")) if self.several else [str(value)]
        try:
            found = tuple(find_format(name.strip(), self.command) for name in names)
        except UsageError as error:
            self.fail(str(error), param, ctx)
        return found if self.several else found[0]

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from ocrtool.export.registry import format_names

        before, comma, last = incomplete.rpartition(",") if self.several else ("", "", incomplete)
        names = (name for name in format_names(self.command) if name not in before.split(","))
        return [CompletionItem(before + comma + name) for name in names if name.startswith(last)]


class _FormatOption(click.Option):
    """Ignores a variable shared by all commands if it names a format that this command lacks, or too many."""

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        from ocrtool.export.registry import is_format, is_format_elsewhere

        value = super().resolve_envvar_value(ctx)
        own_variable = next(iter(self.envvar or ()))
        assert isinstance(self.type, FormatChoice)
        if not value or os.environ.get(own_variable):
            return value
        names = value.split(",")
        if not self.type.several and len(names) > 1:
            return None if all(map(is_format, names)) else value
        return None if any(is_format_elsewhere(name, self.type.command) for name in names) else value


def _sane_jobs(context: click.Context, parameter: click.Parameter, jobs: int | None) -> int | None:
    if jobs is None:
        return None
    most = MOST_JOBS_PER_CORE * cores()
    if jobs > most:
        print_error(f"--jobs {jobs} is more than {cores()} processor core(s) can use; {most} are started")
    return min(jobs, most)
