"""The common style of the pictures of a report: colours, the font of class names, how a figure becomes a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

#: Paper, text, quiet text, lines of grids.
PAPER, INK, QUIET, GRID = "#ffffff", "#1f2328", "#6b7280", "#e5e7eb"
#: Of two things compared: the subject and its reference. Distinct to colour-blind people too.
BLUE, AMBER = "#1f6fb4", "#e08a1e"
#: The truth, and what was read in its place.
GREEN, RED = "#1a7f4b", "#c8372d"
#: Ever more of one thing, on paper: near white to near black within one hue.
BLUES = ("#eef4fb", "#c6dcf0", "#8fbbe0", "#4a90c8", "#1d63a5", "#0b3c74", "#061f42")

#: Class names are set in this: 0 and O, 1 and l and I differ in it. It comes with matplotlib.
NAMES = "DejaVu Sans Mono"
TEXT = "DejaVu Sans"

#: Pixels to an inch in the files.
RESOLUTION = 120
#: Inches around a chart and between its parts.
MARGIN = 0.12


def new_figure(width: float, height: float) -> Any:
    """A matplotlib figure of ``width`` × ``height`` inches that belongs to no window and to no global list."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(w_pad=MARGIN, h_pad=MARGIN)
    return Figure(figsize=(width, height), dpi=RESOLUTION, facecolor=PAPER, layout=layout)


def plain_axes(axes: Any, grid: str = "y") -> None:
    """Leave of the axes only what is needed: no frame, quiet ticks, a faint ``grid`` (x or y) behind the data."""
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(colors=QUIET, labelsize=9, length=0)
    axes.grid(axis=grid, color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def save(figure: Any, path: Path) -> None:
    """Write ``figure`` as PNG. The same figure gives the same bytes. Raises OSError."""
    figure.savefig(path, metadata={"Software": None})


def font(name: str, size: int, bold: bool = False) -> Any:
    """A Pillow font of `NAMES` or `TEXT`, ``size`` in pixels."""
    from matplotlib.font_manager import FontProperties, findfont
    from PIL import ImageFont

    return ImageFont.truetype(findfont(FontProperties(family=name, weight="bold" if bold else "normal")), size)
