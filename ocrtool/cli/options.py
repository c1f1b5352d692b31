"""What the commands of the command line share: options that the environment sets too, messages, progress."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from ocrtool.weights.store import ENVIRONMENT as WEIGHTS_ENVIRONMENT

Item = TypeVar("Item")

#: A file or folder on the command line.
PATH = click.Path(path_type=Path)


def option(name: str, *aliases: str, **settings: Any) -> Callable[[Any], Any]:
    """A command line option that the environment can set too: ``--jobs`` as OCRTOOL_JOBS."""
    variable = "OCRTOOL_" + name.removeprefix("--").replace("-", "_").upper()
    return click.option(name, *aliases, envvar=variable, show_envvar=True, **settings)


#: As every command that needs weights has it.
weights_option = click.option(
    "--weights", type=PATH, metavar="DIR", help=f"Your own weights.  [env var: {WEIGHTS_ENVIRONMENT}]"
)


def cores() -> int:
    """Processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def free_terminal(prints: bool) -> bool:
    """Whether standard error is a terminal, and not one that the text itself runs over."""
    return sys.stderr.isatty() and not (prints and sys.stdout.isatty())


def with_progress(results: Iterable[Item], total: int) -> Iterable[Item]:
    """``results`` as they come, counted on standard error."""
    from tqdm import tqdm

    return tqdm(results, total=total, unit="input", leave=False)


def print_error(sentence: str) -> None:
    """One line on standard error, above the progress bar if there is one."""
    if "tqdm" in sys.modules:
        from tqdm import tqdm

        with tqdm.external_write_mode(file=sys.stderr):
            click.echo(f"ocrtool: {sentence}", err=True)
    else:
        click.echo(f"ocrtool: {sentence}", err=True)
