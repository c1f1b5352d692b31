"""How many characters of a text were read wrong, as a figure to compare exactly."""

from __future__ import annotations

from ocrtool.metrics import edit_distance
from ocrtool.text import graphemes, normal


def errors(truth: str, got: str) -> str:
    """Edits out of characters of the truth, counted as `ocrtool.metrics.cer` counts them: ``3 / 833``."""
    expected = graphemes(normal(truth))
    return f"{edit_distance(expected, graphemes(normal(got)))} / {len(expected)}"
