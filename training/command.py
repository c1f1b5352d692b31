"""Shared by the training commands: common options, and reporting of expected errors as one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

import click

from ocrtool.errors import OcrToolError, reason
from training.datasets.folder import default_data_folder

Command = TypeVar("Command", bound=Callable[..., Any])


class Option(Protocol):
    """A decorator that declares an option, or several, of a click command."""

    def __call__(self, command: Command, /) -> Command:
        """``command``, with the option declared."""


#: A path that need not be there yet, and one that must.
PATH, EXISTING = click.Path(path_type=Path), click.Path(path_type=Path, exists=True)
#: Parts that writers, books and font families are split into.
PARTS = ("train", "validation", "test")


def data_option(holds: str = "", inside: str = "") -> Option:
    """``--data``: a folder. holds: what the command looks for in it; inside: the default, a folder in OCRTOOL_DATA."""

    def folder(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path:
        return value or default_data_folder() / inside

    default = f"{inside}/ in OCRTOOL_DATA" if inside else "OCRTOOL_DATA"
    about = f"Folder of data{', with ' + holds if holds else ''} (default: {default})."
    return click.option("--data", type=PATH, callback=folder, help=about)


def out_option(what: str = "weights, manifest and compiled form") -> Option:
    """``--out``: the folder for what the command makes."""
    return click.option("--out", type=PATH, required=True, help=f"Folder for {what}.")


def run_option() -> Option:
    """``--run``: the folder for checkpoints."""
    return click.option("--run", "folder", type=PATH, required=True, help="Folder for checkpoints and history.")


def resume_option(folder: str = "--run") -> Option:
    """``--resume``: from the last epoch in ``folder``."""
    return click.option("--resume", is_flag=True, help=f"Resume from the last epoch in {folder}.")


def seed_option(default: int = 0) -> Option:
    """``--seed``: the same seed gives the same result."""
    return click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=default,
        show_default=True,
        help="Random seed; the same seed gives the same result.",
    )


def bfloat16_option() -> Option:
    """``--bfloat16``: for processors that have it."""
    return click.option(
        "--bfloat16", is_flag=True, help="Compute in bfloat16: up to twice as fast if the processor supports it."
    )


def workers_option() -> Option:
    """Processes that make batches."""
    return click.option(
        "--workers", type=click.IntRange(min=0), default=0, help="Processes that make batches, for a GPU (0: a thread)."
    )


def minutes_option(default: float | None = None, about: str = "Maximum training time in minutes.") -> Option:
    """``--minutes`` of training, validation included."""
    kind = click.FloatRange(min=0, min_open=True)
    return click.option("--minutes", type=kind, default=default, show_default=default is not None, help=about)


def epochs_option(default: float | None = None, about: str = "Number of epochs; may be fractional.") -> Option:
    """``--epochs`` of training."""
    kind = click.FloatRange(min=0, min_open=True)
    return click.option("--epochs", type=kind, default=default, show_default=default is not None, help=about)


def rate_option(default: float | None = 2e-3, about: str = "Peak learning rate.") -> Option:
    """``--rate``: of learning."""
    kind = click.FloatRange(min=0, min_open=True)
    return click.option("--rate", type=kind, default=default, show_default=default is not None, help=about)


def batch_option(default: int) -> Option:
    """``--batch``: examples a step."""
    return click.option(
        "--batch", type=click.IntRange(min=1), default=default, show_default=True, help="Examples per step."
    )


def init_option(about: str = "Weights (h5) to start from.") -> Option:
    """``--init``: weights to start from."""
    return click.option("--init", type=EXISTING, help=about)


def part_option(default: str = "train", parts: tuple[str, ...] = PARTS) -> Option:
    """``--part`` of the writers, books or font families."""
    return click.option("--part", type=click.Choice(parts), default=default, show_default=True)


def every_option() -> Option:
    """``--every``: a sample of the items."""
    count = click.IntRange(min=1)
    return click.option(
        "--every", type=count, default=1, show_default=True, metavar="N", help="Use every Nth item only."
    )


def jobs_option() -> Option:
    """``--jobs``: processes."""
    return click.option("--jobs", type=click.IntRange(min=1), default=2, show_default=True, help="Number of processes.")


def weights_option() -> Option:
    """``--weights``: a folder; the program's own where it is not given."""
    return click.option("--weights", type=PATH, help="Folder of the weights (default: the packaged ones).")


def latin_fonts_option(name: str = "--fonts") -> Option:
    """``--fonts``: Latin font families."""
    return click.option(name, type=PATH, help="Folder of Latin font families (default: OCRTOOL_FONTS).")


def korean_fonts_option(name: str = "--fonts") -> Option:
    """``--fonts``: Korean fonts."""
    return click.option(name, type=PATH, help="Folder of Korean fonts (default: OCRTOOL_KOREAN_FONTS).")


def all_of(*options: Option) -> Option:
    """Several options as one decorator, listed in this order."""

    def declare(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return declare


def sentence(error: Exception) -> str:
    """What went wrong, on one line; an error of the operating system names its file first."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {reason(error)}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split())


@contextmanager
def errors_as_messages() -> Iterator[None]:
    """Turns ValueError, OSError and the package's own errors into click's, which print a sentence and exit with 1."""
    try:
        yield
    except (ValueError, OSError, OcrToolError) as error:
        raise click.ClickException(sentence(error)) from None
