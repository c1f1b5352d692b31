"""A grid of trainings as a heat map."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from training.emnist.grid_search import Combination, latest
from training.emnist.tables import Table
from training.report.style import AMBER, BLUES, INK, PAPER, QUIET, new_figure, save

#: Smallest range of the colour scale, in points of accuracy, so that noise does not look like a difference.
LEAST_SPAN = 1.0
#: Lowest value of the colour scale, in points below the best: a failed training must not hide how the others differ.
MOST_SPAN = 15.0
#: Inches of a cell, and around the cells.
CELL_WIDTH, CELL_HEIGHT, SIDE_WIDTH, SIDE_HEIGHT = 0.95, 0.5, 2.2, 1.7
#: Inches of a letter of the title.
LETTER_WIDTH = 0.115


def heat_map(grid: Sequence[Combination], log: Table, title: str, path: Path) -> None:
    """Mean class accuracy on validation images: rows by optimizer and batch size, columns by epochs and dropout.

    The best cell is framed; failed and missing trainings stay blank. Raises ValueError if nothing was trained.
    """
    from matplotlib.colors import LinearSegmentedColormap

    down = list(dict.fromkeys((point.optimizer, point.batch) for point in grid))
    right = list(dict.fromkeys((point.epochs, point.dropout) for point in grid))
    values = np.full((len(down), len(right)), np.nan)
    rows = latest(log)
    for point in grid:
        row = rows.get(point.key, {})
        if row.get("outcome") == "done":
            cell = down.index((point.optimizer, point.batch)), right.index((point.epochs, point.dropout))
            values[cell] = 100 * float(row["class_accuracy"])
    if not np.isfinite(values).any():
        raise ValueError(f"{log.path}: no training finished, there is nothing to draw")
    high = float(np.nanmax(values))
    low = min(max(float(np.nanmin(values)), high - MOST_SPAN), high - LEAST_SPAN)
    width = max(SIDE_WIDTH + CELL_WIDTH * len(right), LETTER_WIDTH * len(title))
    figure = new_figure(width, SIDE_HEIGHT + CELL_HEIGHT * len(down))
    axes = figure.subplots()
    colors = LinearSegmentedColormap.from_list("blues", BLUES[:5])
    axes.imshow(np.ma.masked_invalid(values), cmap=colors, vmin=low, vmax=high, aspect="auto")
    _cells(axes, values, (low + high) / 2)
    _rows_and_columns(axes, down, right)
    figure.suptitle(title, x=0.02, ha="left", fontsize=11, color=INK, fontweight="bold")
    axes.set_xlabel("mean class accuracy, %, validation images", fontsize=9, color=QUIET, labelpad=8)
    save(figure, path)


def _cells(axes: Any, values: np.ndarray, dark_from: float) -> None:
    """The value of each cell, a frame around the best."""
    from matplotlib.patches import Rectangle

    for (row, column), value in np.ndenumerate(values):
        known = np.isfinite(value)
        axes.text(
            column,
            row,
            f"{value:.1f}" if known else "–",
            ha="center",
            va="center",
            fontsize=10,
            color=PAPER if known and value > dark_from else INK,
        )
    row, column = np.unravel_index(np.nanargmax(values), values.shape)
    axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=AMBER, linewidth=3, zorder=3))


def _rows_and_columns(axes: Any, down: Sequence[tuple[str, int]], right: Sequence[tuple[float, float]]) -> None:
    """Labels of rows and columns, and white lines between the cells."""
    axes.set_yticks(range(len(down)), [f"{optimizer}, batch {batch}" for optimizer, batch in down])
    names = [f"{epochs:g} epoch{'s' * (epochs != 1)}\ndropout {dropout:g}" for epochs, dropout in right]
    axes.set_xticks(range(len(right)), names)
    axes.tick_params(length=0, colors=INK, labelsize=9)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xticks(np.arange(1, len(right)) - 0.5, minor=True)
    axes.set_yticks(np.arange(1, len(down)) - 0.5, minor=True)
    axes.grid(which="minor", color=PAPER, linewidth=2)
    axes.tick_params(which="minor", length=0)
