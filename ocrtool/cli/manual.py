"""The manual page: the help texts of all commands as troff with the macros of man(7)."""

from __future__ import annotations

from collections.abc import Iterator

import click

from ocrtool import __version__

#: What no command's help says.
_FILES = (
    "A regular file appears whole or not at all. No output overwrites an input or another output of the same run. "
    "Results go to standard output or to the files that are named, messages to standard error."
)
_ENVIRONMENT = (
    "Every option has two variables: OCRTOOL_COMMAND_OPTION for one command and OCRTOOL_OPTION for all. An option on "
    "the command line overrides the variable of the command, which overrides that of all commands."
)


def manual(root: click.Group) -> Iterator[str]:
    """Give the manual page of ``root`` and all its commands."""
    context = click.Context(root, info_name="ocrtool", **root.context_settings)
    yield f'.TH OCRTOOL 1 "" "ocrtool {__version__}" "User Commands"\n'
    yield f".SH NAME\nocrtool \\- {_text(_first_sentence(root))}\n"
    yield ".SH SYNOPSIS\n"
    commands = list(_commands(root, context))
    for command, its in commands:
        pieces = " ".join(command.collect_usage_pieces(its))
        yield f".B {_text(its.command_path)}\n{_text(pieces)}\n.br\n"
    yield f".SH DESCRIPTION\n{_paragraphs(root.help or '')}"
    yield ".SH COMMANDS\n"
    for command, its in commands:
        yield from _command(command, its)
    yield f".SH ENVIRONMENT\n{_text(_ENVIRONMENT)}\n"
    yield f".SH FILES\n{_text(_FILES)}\n"


def _commands(group: click.Group, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """Give each command that does something, with its context, depth first in the order of the help."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        own = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from _commands(command, own)
        else:
            yield command, own


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f".SS {_text(context.command_path)}\n{_paragraphs(command.help or '')}"
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if isinstance(parameter, click.Option) and record is not None:
            names, about = record
            yield f".TP\n.B {_text(names)}\n{_text(about)}\n"
    if command.epilog:
        yield f".PP\n{_text(command.epilog)}\n"


def _first_sentence(command: click.Command) -> str:
    return (command.help or "").partition("\n\n")[0].strip().rstrip(".")


def _paragraphs(text: str) -> str:
    """Set a help text: paragraphs are filled, those after ``\\b`` keep their lines."""
    parts = []
    for number, paragraph in enumerate(filter(None, text.strip().split("\n\n"))):
        lines = paragraph.split("\n")
        start = ".PP\n" if number else ""
        if lines[0].strip() == "\b":
            kept = "\n".join(_text(line, keep=True) for line in lines[1:])
            parts.append(f"{start}.nf\n{kept}\n.fi\n")
        else:
            parts.append(f"{start}{_text(paragraph)}\n")
    return "".join(parts)


def _text(text: str, keep: bool = False) -> str:
    """Escape text for troff. keep: leave white space as it is."""
    shown = text if keep else " ".join(text.split())
    escaped = shown.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
