"""What the printed lines of any language have in common."""

from __future__ import annotations

import numpy as np


def after(text: str, mark: str, position: int) -> int:
    """The place behind the next ``mark`` from ``position`` on; ``position`` if there is none before the end."""
    found = text.find(mark, position)
    return found + 1 if 0 <= found < len(text) - 1 else position


def shorten(lines: list[str], rng: np.random.Generator) -> list[str]:
    """One to four words a line."""
    words = " ".join(lines).split(" ")
    short: list[str] = []
    while words:
        count = int(rng.integers(1, 5))
        short.append(" ".join(words[:count]))
        words = words[count:]
    return short
