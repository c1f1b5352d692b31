"""Bad input ends a training command with one sentence and exit code 1, not with a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from ocrtool.errors import OcrToolError, reason


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
