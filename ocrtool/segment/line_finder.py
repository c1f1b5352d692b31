"""Groups the components of a block into lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ocrtool.imaging.components import inside_image
from ocrtool.segment.baseline import LineContour, trace_line
from ocrtool.segment.clean import Components
from ocrtool.segment.level_rows import UNCLEAR, disagree, level_rows, middle_lines
from ocrtool.segment.lines import assign, find_ridges, reassign_enclosed, reassign_strays, split_rows, split_stacks
from ocrtool.segment.quantiles import percentile
from ocrtool.segment.runs import large_height, split_runs, written_height
from ocrtool.segment.single_character import level_of_stop, single_character
from ocrtool.segment.type_sizes import by_type_size

#: A line that the page's edge cuts lengthwise cannot be read if it is lower than this (x-heights).
SLIVER = 0.6
#: Of a line that is struck out, a rule cut at least this share of the components: its halves are no lines of their own.
STRUCK = 0.5
#: With more pairs of a component and a line a block is noise: the lines of a page of newspaper have a third.
MOST_PAIRS = 4_000_000
#: Passes over a block; later ones find lines among the leftovers (page numbers, signatures).
MAX_PASSES = 3
#: Cells stand beside a line whose middle is within this share of their height from theirs.
BESIDE = 0.75


class LineFinder:
    """Numbers the lines of all blocks of a page, and records the line of each component.

    line_of: (components + 1,) uint16, the line of each component. Slivers of lines cut by the page's edge are numbered
    too, so that their ink stays out of the images of neighbouring lines.
    """

    def __init__(self, components: Components, x_height: float, part_height: float, whole: bool = True) -> None:
        """whole: most characters are one component, or one with marks, as those of an alphabet are."""
        self.components = components
        self.x_height = x_height
        self.part_height = part_height
        self.whole = whole
        self.line_of = np.zeros(int(components.number.max(initial=0)) + 1, np.uint16)
        self.count = 0
        #: What is there to be written on: level rules, and dots and dashes of rows.
        self.fills = np.concatenate([components.rules.level, components.leaders])
        self.cell_row = np.full(len(components.boxes), -1)  # the row of cells that each component is written into
        for number, row in enumerate(components.rows):
            self.cell_row[row.members(components.boxes) & (self.cell_row < 0)] = number

    def lines(self, members: np.ndarray, rows: Sequence[int] = ()) -> list[LineContour]:
        """Find the lines of the block of components ``members``, top to bottom, and of ``rows`` of cells.

        What stands beside each other on a line may be several lines, those behind the first joined to it: entries in
        cells, and runs of other sizes.
        """
        are_capitals = self.components.capitals[members]
        others = members[~are_capitals]
        found = [self._runs(line) for line in self._by_size(others)] if len(others) else []
        lines = [line for line in found if line]
        for capital in members[are_capitals].tolist():
            self._add_capital(lines, capital)
        for number in rows:
            self._add(lines, number)
        return [replace(run, joined=k > 0) for line in lines for k, run in enumerate(line)]

    def _add_capital(self, lines: list[list[LineContour]], capital: int) -> None:
        """Add a drop capital as a line before those at its right."""
        self.count += 1
        self.line_of[self.components.number[capital]] = self.count
        x0, y0, x1, y1 = self.components.boxes[capital].tolist()
        own = LineContour((x0, y0, x1, y1), np.zeros(0), 0.0, y1, self.count, True, is_capital=True)
        beside = (k for k, line in enumerate(lines) if line[-1].box[2] > x1 and y0 < _level(line))
        lines.insert(next(beside, len(lines)), [own])

    def _add(self, lines: list[list[LineContour]], number: int) -> None:
        """Add what is written into a row of cells to the line beside it, or as a line of its own."""
        entry = self._line(np.flatnonzero(self.cell_row == number), number)
        if entry is None:
            return
        x0, y0, x1, y1 = self.components.rows[number].box
        best, least = None, BESIDE * (y1 - y0)
        for line in lines:
            near = min(line, key=lambda run: _gap(run.box, entry.box))
            level = near.slope * (x0 + x1) / 2 + near.intercept - self.x_height / 2
            off = abs(level - (y0 + y1) / 2)
            if off < least and all(_gap(run.box, entry.box) >= 0 for run in line):
                best, least = line, off
        if best is None:
            above = sum(_level(line) < _level([entry]) for line in lines)
            lines.insert(above, [entry])
        else:
            best.append(entry)
            best.sort(key=lambda run: run.box[0])

    def _by_size(self, members: np.ndarray, passes: int = 1) -> list[np.ndarray]:
        """Split the components of a block into those of each line, part by part where it has type of several sizes."""
        whole = [(np.arange(len(members)), self.part_height)]
        parts = by_type_size(self.components.boxes[members], self.part_height) if self.whole else whole
        if any(self._struck(members[part]) for part, _ in parts if len(parts) > 1):
            parts = whole
        return [line for part, height in parts for line in self._split(members[part], height, passes)]

    def _split(self, members: np.ndarray, part_height: float, passes: int) -> list[np.ndarray]:
        """Split components of about the same size into those of each line. part_height: their typical height."""
        boxes = self.components.boxes[members]
        margin = round(part_height)
        left, top, right, bottom = self._extent(members)
        ink = np.pad(self._ink(members, (left, top, right, bottom)), margin)
        ridges = find_ridges(ink, part_height)
        if not ridges or len(ridges) * len(members) > MOST_PAIRS:
            return []
        origin = np.array([left - margin, top - margin] * 2)
        cut = ~inside_image(boxes, self.components.labels.shape)
        row, far = assign(boxes - origin, ridges, part_height, cut)
        level = level_rows(boxes) if self.whole else None
        if level is not None and disagree(row, far, level):
            kept = [ridge for k, ridge in enumerate(ridges) if (level[(row == k) & ~far] == UNCLEAR).any()]
            ridges = sorted([*middle_lines(boxes - origin, level, ink.shape[1]), *kept], key=np.mean)
            row, far = assign(boxes - origin, ridges, part_height, cut)
        row, far = reassign_enclosed(boxes, row, far, len(ridges))
        if self.whole:
            row = reassign_strays(boxes, row, far, len(ridges))
        lines = [
            members[part]
            for k, ridge in enumerate(ridges)
            for part in self._rows(np.flatnonzero((row == k) & ~far), boxes, ridge, origin)
        ]
        if far.any() and not far.all() and passes < MAX_PASSES and _is_text(boxes[far], self.x_height):
            lines += self._by_size(members[far], passes + 1)
            lines.sort(key=self._middle)
        return lines

    def _middle(self, members: np.ndarray) -> float:
        """Row of the middle of components."""
        extent = self._extent(members) if len(members) else (0, 0, 0, 0)
        return (extent[1] + extent[3]) / 2

    def _runs(self, members: np.ndarray) -> list[LineContour]:
        """Find the runs of a line: parts of other sizes behind wide gaps."""
        if len(members) == 0 or not _is_text(self.components.boxes[members], self.x_height):
            return []
        boxes, runs = self.components.boxes[members], []
        parts = split_runs(boxes, self.fills, self.x_height)
        for own in parts:
            run = self._line(members[own])
            if run is not None:
                large = large_height(boxes[own], self.x_height) if len(parts) > 1 else 0.0
                runs.append(replace(run, size=large))
        return runs

    def _struck(self, members: np.ndarray) -> bool:
        """Return True if a rule cut most of the components: they are halves of characters."""
        return bool(_severed(self.components.boxes[members], self.components.removed).mean() >= STRUCK)

    def _rows(self, members: np.ndarray, boxes: np.ndarray, ridge: np.ndarray, origin: np.ndarray) -> list[np.ndarray]:
        """Split the components of a ridge, indices into ``boxes``, into those of each text line."""
        own = boxes[members]
        column = np.clip((own[:, 0] + own[:, 2]) // 2 - origin[0], 0, len(ridge) - 1)
        if len(own) == 0:
            return []
        about = column - column.mean()
        straight = about * (about @ ridge[column] / max(1.0, about @ about))  # a ridge of two lines wanders between
        number = max(split_rows(own, ridge[column]), split_rows(own, straight), key=lambda found: int(found.max()))
        if number.max() > 0 and self._struck(members):
            return [members]
        lines = [members[number == k] for k in range(int(number.max()) + 1)]
        if not self.whole:
            return lines
        return [line[part] for line in lines for part in split_stacks(boxes[line], self.x_height) if len(part)]

    def _extent(self, members: np.ndarray) -> tuple[int, int, int, int]:
        boxes = self.components.boxes[members]
        return int(boxes[:, 0].min()), int(boxes[:, 1].min()), int(boxes[:, 2].max()), int(boxes[:, 3].max())

    def _ink(self, members: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
        wanted = np.zeros(len(self.line_of), bool)
        wanted[self.components.number[members]] = True
        return np.asarray(wanted[self.components.labels[box[1] : box[3], box[0] : box[2]]])

    def _line(self, members: np.ndarray, cells: int = -1) -> LineContour | None:
        if len(members) == 0 or (cells < 0 and not _is_text(self.components.boxes[members], self.x_height)):
            return None
        self.count += 1  # slivers are counted too
        self.line_of[self.components.number[members]] = self.count
        box, boxes = self._extent(members), self.components.boxes[members]
        heights = boxes[:, 3] - boxes[:, 1]
        body = heights[heights > 0.4 * heights.max()]
        whole = bool(2 * np.count_nonzero(inside_image(boxes, self.components.labels.shape)) >= len(boxes))
        if not whole and body.max() < SLIVER * self.x_height:
            return None
        core = single_character(boxes) if cells < 0 else None
        if core is not None:
            ink = self._ink(members[core : core + 1], box)
            line = replace(trace_line(ink, box, float(heights[core]), self.count, whole), is_single=True)
            level = level_of_stop(boxes, core)
            if level is None:
                return line
            return replace(line, slope=0.0, intercept=float(level), ascents=np.array([level - float(boxes[core, 1])]))
        ink = self._ink(members, box)
        contour = trace_line(ink, box, percentile(body, 50.0), self.count, whole)
        if cells < 0:
            return contour
        return replace(contour, cells=cells, size=written_height(boxes, self.components.rows[cells]))


def _level(line: list[LineContour]) -> float:
    """Where a line stands: the middle of its first run."""
    return (line[0].box[1] + line[0].box[3]) / 2


def _gap(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> int:
    """Columns between two boxes; negative if they overlap."""
    return max(a[0], b[0]) - min(a[2], b[2])


def _severed(boxes: np.ndarray, removed: np.ndarray) -> np.ndarray:
    """Return (N,) bool: True for components that a removed rule cut off above or below: it runs along their edge.

    boxes: (N, 4); removed: (H, W) bool, as in `Components`.
    """
    middle = (boxes[:, 0] + boxes[:, 2]) // 2
    beyond = np.concatenate([boxes[:, 1:2] - [1, 2], boxes[:, 3:4] + [0, 1]], axis=1)
    return np.asarray(removed[np.clip(beyond, 0, len(removed) - 1), middle[:, None]].any(axis=1))


def _is_text(boxes: np.ndarray, x_height: float) -> bool:
    """Return False for a 'line' of specks only, or of dashes only (the remains of a rule)."""
    heights = boxes[:, 3] - boxes[:, 1]
    widths = boxes[:, 2] - boxes[:, 0]
    return bool((heights > 0.4 * x_height).any() and (np.maximum(heights, widths) > 0.5 * x_height).any())
