"""The lists of words, patterns and templates that made-up lines are put together from, kept in ``lists.json``."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path


@cache
def _lists() -> dict[str, list[str]]:
    lists: dict[str, list[str]] = json.loads(Path(__file__).with_name("lists.json").read_text(encoding="utf-8"))
    return lists


def kept(name: str) -> tuple[str, ...]:
    """The list ``name``. Raises KeyError where there is none."""
    return tuple(_lists()[name])
