"""Results found on a flattened page, traced back to the pixels of the input."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from ocrtool.types import Box, Line, Page

#: Maps points (N, 2) of the flattened page to the input.
Trace = Callable[[np.ndarray], np.ndarray]


def trace_page(page: Page, trace: Trace, size: tuple[int, int]) -> Page:
    """Return a page whose boxes and baselines are those of the input. size: (H, W) of the input."""
    boxes = list(_boxes(page))
    if not boxes:
        return replace(page, width=size[1], height=size[0])
    moved = iter(trace_boxes(boxes, trace, size))
    lines = iter(_baselines(page.lines, trace))
    found = _rebuilt(page, moved, lines)
    assert isinstance(found, Page)
    return replace(found, width=size[1], height=size[0])


def trace_boxes(boxes: list[Box], trace: Trace, size: tuple[int, int]) -> list[Box]:
    """Return the upright boxes, in the input of the size (H, W), of what boxes of the flattened page hold."""
    edges = np.array([[box.x0, box.y0, box.x1, box.y1] for box in boxes], float)
    middle = (edges[:, [0, 1]] + edges[:, [2, 3]]) / 2
    rim = [edges[:, [0, 1]], edges[:, [2, 1]], edges[:, [2, 3]], edges[:, [0, 3]]]
    rim += [np.stack([middle[:, 0], edges[:, k]], axis=1) for k in (1, 3)]
    corners = trace(np.concatenate(rim)).reshape(len(rim), len(boxes), 2)
    low = np.clip(np.floor(corners.min(axis=0) + 0.25), 0, [size[1] - 1, size[0] - 1]).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0) - 0.25), low + 1, [size[1], size[0]]).astype(int)
    return [Box(*box) for box in np.concatenate([low, high], axis=1).tolist()]


def _baselines(lines: Sequence[Line], trace: Trace) -> list[tuple[tuple[float, float, float, float], float]]:
    """Return baseline and x-height of each line in the input."""
    if not lines:
        return []
    ends = np.array([line.baseline for line in lines]).reshape(-1, 2)
    middle = ends.reshape(-1, 2, 2).mean(axis=1)
    above = middle - np.array([[0.0, line.x_height] for line in lines])
    traced = trace(np.concatenate([ends, middle, above]))
    baselines = traced[: 2 * len(lines)].reshape(-1, 4).round(1).tolist()
    heights = np.linalg.norm(traced[2 * len(lines) : 3 * len(lines)] - traced[3 * len(lines) :], axis=1)
    return [(tuple(baseline), round(float(h), 1)) for baseline, h in zip(baselines, heights, strict=True)]


def _boxes(value: Any) -> Iterator[Box]:
    """List the boxes of a result in the order of its fields."""
    if isinstance(value, Box):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _boxes(each)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _boxes(getattr(value, field.name))


def _rebuilt(value: Any, moved: Iterator[Box], lines: Iterator[tuple[Any, float]]) -> Any:
    """Return a result with other boxes and baselines, taken in the order of its fields."""
    if isinstance(value, Box):
        return next(moved)
    if isinstance(value, tuple):
        return tuple(_rebuilt(each, moved, lines) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed = {field.name: _rebuilt(getattr(value, field.name), moved, lines) for field in fields(value)}
    if isinstance(value, Line):
        changed["baseline"], changed["x_height"] = next(lines)
    return replace(value, **changed)
