"""Charts of a report: curves of a training, confusion matrix, comparison of models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from training.report.style import AMBER, BLUE, BLUES, GRID, INK, NAMES, PAPER, QUIET, RED, new_figure, plain_axes, save

#: Smallest share of a class that the confusion matrix shows: one image in a thousand.
LEAST_SHARE = 1e-3
#: Share of a class from which a cell of the confusion matrix is also given as a number, in per cent.
NUMBERED_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Comparison:
    """Accuracies (0 to 1) of one model on the clean and on the augmented test set, by how it was trained.

    ``plain`` and ``augmented`` are (clean, augmented test set) of the model trained without and with augmentation;
    None for a training that was not done.
    """

    model: str
    plain: tuple[float, float] | None
    augmented: tuple[float, float] | None


def curves(history: Sequence[Mapping[str, float]], path: Path) -> None:
    """Accuracy and loss by epoch, training and validation; rows as of ``history.json``, validation may be missing.

    Raises ValueError if there is no epoch.
    """
    from matplotlib.ticker import MaxNLocator

    if not history:
        raise ValueError("there is no epoch to draw")
    figure = new_figure(11, 4.2)
    for axes, key, best in zip(figure.subplots(1, 2), ("accuracy", "loss"), (max, min), strict=True):
        plain_axes(axes)
        for prefix, label, color, z in (("", "training", AMBER, 2), ("val_", "validation", BLUE, 3)):
            rows = [(row["epoch"], row[prefix + key]) for row in history if row.get(prefix + key) is not None]
            if not rows:
                continue
            epochs, values = zip(*rows, strict=True)
            mark = "o" if len(rows) == 1 else None
            axes.plot(epochs, values, color=color, linewidth=2, marker=mark, label=label, zorder=z)
            if prefix:
                value, epoch = best(rows, key=lambda row: row[1])[::-1]
                axes.plot([epoch], [value], "o", color=color, markersize=7, markeredgecolor=PAPER, zorder=4)
                best_of = f"{'highest' if best is max else 'lowest'} {value:.4f}, epoch {epoch:g}"
                axes.set_title(f"validation: {best_of}", loc="right", fontsize=9, color=QUIET)
        axes.set_title(key, loc="left", fontsize=12, color=INK, fontweight="bold")
        axes.set_xlabel("epoch", color=QUIET, fontsize=9)
        axes.set_xlim(0.5, max(row["epoch"] for row in history) + 0.5)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        if axes.lines:
            axes.legend(frameon=False, fontsize=9, labelcolor=INK)
    save(figure, path)


def confusion_picture(matrix: np.ndarray, classes: Sequence[str], path: Path) -> None:
    """Confusion ``matrix`` (C, C) of counts, each row as shares of its class, on a logarithmic scale of colour.

    The bars to the right are the share of each class that was read wrongly. Classes without images stay blank.
    Raises ValueError if there is no image at all.
    """
    if not matrix.sum():
        raise ValueError("there is no image to draw confusions of")
    from matplotlib.colors import LinearSegmentedColormap, LogNorm

    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    side = min(14.0, 4.5 + 0.165 * len(classes))
    figure = new_figure(side * 1.17, side)
    axes, errors, scale = figure.subplots(1, 3, width_ratios=(len(classes), max(2.0, len(classes) / 9), 0.45))
    colors = LinearSegmentedColormap.from_list("blues", BLUES)
    shown = np.ma.masked_less(shares, LEAST_SHARE / 2)
    picture = axes.imshow(shown, cmap=colors, norm=LogNorm(LEAST_SHARE, 1.0), aspect="auto", interpolation="nearest")
    _class_axes(axes, classes)
    _numbers(axes, shares, size=10.0 if len(classes) <= 12 else 7.0 if len(classes) <= 30 else 5.0)
    bar = figure.colorbar(picture, cax=scale)
    bar.outline.set_visible(False)
    bar.ax.tick_params(which="both", colors=QUIET, labelsize=8, length=0)
    bar.ax.yaxis.set_major_formatter(_per_cent)
    bar.set_label("share of the images of a class", color=QUIET, fontsize=9)
    _error_bars(errors, 1.0 - np.diag(shares), matrix.sum(axis=1) > 0)
    right = f"{matrix.sum():,} images, {np.trace(matrix) / matrix.sum():.2%} right"
    axes.set_title(f"Confusions: {right}", loc="left", fontsize=12, color=INK, fontweight="bold", pad=12)
    save(figure, path)


def _class_axes(axes: Any, classes: Sequence[str]) -> None:
    """Class names on all four sides, faint lines between classes, stronger ones between digits, capitals and others."""
    count = len(classes)
    size = 11 if count <= 12 else 9 if count <= 30 else 7.5
    axes.set_xticks(range(count), classes, fontfamily=NAMES, fontsize=size)
    axes.set_yticks(range(count), classes, fontfamily=NAMES, fontsize=size)
    axes.tick_params(length=0, colors=INK, labeltop=True, labelright=count > 12, pad=3)
    axes.set_xlabel("read as", color=QUIET, fontsize=10)
    axes.set_ylabel("truth", color=QUIET, fontsize=10)
    for spine in axes.spines.values():
        spine.set_color(GRID)
    axes.set_xticks(np.arange(1, count) - 0.5, minor=True)
    axes.set_yticks(np.arange(1, count) - 0.5, minor=True)
    axes.tick_params(which="minor", length=0)
    axes.grid(which="minor", color=GRID, linewidth=0.5)
    lengths = [len(list(group)) for _, group in groupby(classes, key=_kind)]
    for edge in np.cumsum(lengths)[:-1] - 0.5:
        axes.axhline(edge, color=QUIET, linewidth=0.9)
        axes.axvline(edge, color=QUIET, linewidth=0.9)


def _kind(name: str) -> str:
    return "digit" if name.isdigit() else "lower" if name.islower() else "upper" if name.isupper() else "other"


def _numbers(axes: Any, shares: np.ndarray, size: float) -> None:
    """Per cent of a class in every cell that has a good part of it."""
    for row, column in np.argwhere(shares >= NUMBERED_SHARE):
        axes.text(
            column,
            row,
            f"{100 * shares[row, column]:.0f}",
            ha="center",
            va="center",
            fontsize=size,
            color=PAPER if shares[row, column] > 0.04 else INK,
        )


def _error_bars(axes: Any, errors: np.ndarray, present: np.ndarray) -> None:
    """Share read wrongly, class by class, in line with the rows of the matrix."""
    plain_axes(axes, grid="x")
    axes.barh(np.arange(len(errors)), np.where(present, errors, 0.0), height=0.7, color=RED)
    axes.set_ylim(len(errors) - 0.5, -0.5)
    axes.set_yticks([])
    axes.xaxis.set_major_formatter(_per_cent)
    axes.tick_params(labelsize=8)
    axes.locator_params(axis="x", nbins=3)
    axes.set_xlabel("read wrongly", color=QUIET, fontsize=9)


def _per_cent(share: float, _: object = None) -> str:
    return f"{100 * share:g}%"


def bar_chart(rows: Sequence[Comparison], path: Path) -> None:
    """Models compared on the clean and on the augmented test set, trained without and with augmentation."""
    if not rows:
        raise ValueError("there is no model to compare")
    figure = new_figure(12, 1.5 + 0.5 * len(rows))
    panels = figure.subplots(1, 2, sharey=True)
    for panel, (axes, title) in enumerate(zip(panels, ("clean test set", "augmented test set"), strict=True)):
        plain_axes(axes, grid="x")
        for offset, color, label in ((-0.19, AMBER, "trained without augmentation"), (0.19, BLUE, "with augmentation")):
            pairs = [row.plain if offset < 0 else row.augmented for row in rows]
            values = [(i, 100 * pair[panel]) for i, pair in enumerate(pairs) if pair is not None]
            axes.barh([i + offset for i, _ in values], [v for _, v in values], 0.36, color=color, label=label)
            for i, value in values:
                axes.text(value + 0.8, i + offset, f"{value:.1f}", va="center", fontsize=8.5, color=INK)
        axes.set_title(title, loc="left", fontsize=12, color=INK, fontweight="bold")
        axes.set_xlim(0, 108)
        axes.margins(y=0.02)
        axes.set_xticks(range(0, 101, 20), [f"{share}%" for share in range(0, 101, 20)])
    panels[0].set_yticks(range(len(rows)), [row.model for row in rows], fontsize=10, color=INK)
    panels[0].invert_yaxis()
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=2, frameon=False, fontsize=10, labelcolor=INK)
    save(figure, path)
