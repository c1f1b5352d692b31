"""Pages of short lines: characters that stand alone, lone figures, the numbers of items."""

from __future__ import annotations

import numpy as np

from training.synthesis.fonts import FontFile
from training.synthesis.plain_text import draw_lines, font_of, soften

#: Characters that stand alone on a page, as the answers of a test or the quantities of an order do. Of those that only
#: their size tells apart, such as c and C, the capital.
CAPITALS, FIGURES = "ABCDEFGHJKLMNPQRTUVWXYZ", "0123456789"
#: How an item's number is written.
ITEMS, LETTERS = ("{n}", "{n}.", "{n})", "({n})", "#{n}", "No. {n}", "{n}/{m}"), ("{a}.", "({a})", "{a})")


def characters(rng: np.random.Generator, count: int) -> list[str]:
    """Lines of one capital each."""
    return [str(rng.choice(list(CAPITALS))) for _ in range(count)]


def figures(rng: np.random.Generator, count: int) -> list[str]:
    """Lines of one figure each."""
    return [str(rng.choice(list(FIGURES))) for _ in range(count)]


def items(rng: np.random.Generator, count: int) -> list[str]:
    """Numbers of items, all written in one manner."""
    manner = str(rng.choice(ITEMS))
    first, most = int(rng.integers(1, 40)), int(rng.integers(80, 99))
    return [manner.format(n=first + k, m=most) for k in range(count)]


def letters(rng: np.random.Generator, count: int) -> list[str]:
    """Small letters of items, all written in one manner."""
    manner = str(rng.choice(LETTERS))
    return [manner.format(a=chr(ord("a") + k)) for k in range(count)]


def lone_page(lines: list[str], face: FontFile, rng: np.random.Generator, dpi: int) -> np.ndarray:
    """Set lines far apart, as in a narrow column of a form: (H, W) float32 grey levels."""
    size = float(rng.uniform(9, 16)) * dpi / 72
    leading = float(rng.uniform(1.5, 4.0)) * size
    shape = (int((len(lines) + 1) * leading), int(rng.uniform(8, 30) * size))
    ink = draw_lines(shape, lines, font_of(face, size), leading, float(rng.uniform(1, shape[1] / 2)))
    paper, level = float(rng.uniform(225, 255)), float(rng.uniform(0, 60))
    page = paper - (paper - level) * soften(ink, dpi)
    return np.asarray(page + rng.uniform(0, 4) * rng.standard_normal(page.shape, np.float32))
