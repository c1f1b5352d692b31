"""Options that bound what an input may take, joined to one value."""

from __future__ import annotations

from functools import wraps
from typing import Any

from ocrtool.cli.options import Count, Decorator, option
from ocrtool.imaging.limits import MAX_PAGES, MAX_PIXELS, MIN_SIDE, Limits


def limits_options(command: str) -> Decorator:
    """Declare ``--max-pixels``, ``--max-pages``, ``--max-seconds`` and ``--untrusted``; the command gets ``limits``."""

    def decorate(function: Any) -> Any:
        @wraps(function)
        def with_limits(
            *arguments: Any, max_pixels: int, max_pages: int, max_seconds: int | None, untrusted: bool, **others: Any
        ) -> Any:
            limits = Limits(max_pixels, max_pages, max_seconds, untrusted)
            return function(*arguments, limits=limits, **others)

        for declare in reversed(_declarations(command)):
            with_limits = declare(with_limits)
        return with_limits

    return decorate


def _declarations(command: str) -> list[Decorator]:
    shown: dict[str, Any] = {"metavar": "N", "show_default": True}
    return [
        option(
            command,
            "--max-pixels",
            type=Count(MIN_SIDE**2),
            default=MAX_PIXELS,
            help="Refuse pages of more pixels.",
            **shown,
        ),
        option(command, "--max-pages", type=Count(1), default=MAX_PAGES, help="Refuse files of more pages.", **shown),
        option(
            command,
            "--max-seconds",
            type=Count(1),
            metavar="N",
            help="Give up a page that takes longer to decode, in a process of its own.",
        ),
        option(
            command,
            "--untrusted",
            is_flag=True,
            help="Decode each input in a process of its own, with bounds of memory and time and without network.",
        ),
    ]
