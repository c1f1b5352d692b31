"""Lines from what was read part by part: runs of a line are joined, tick boxes take their places among the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from ocrtool.script.lines import EngineLine, EngineStrip
from ocrtool.types import Alternative, Block, Box, Character, Line, Mark, Word

#: A mark stands on a line if its middle is this near to the middle of the line's small letters, in heights of the mark
#: and in x-heights; it belongs to words within so many of its widths.
ON_LINE, ON_LINE_X_HEIGHTS, BESIDE = 0.35, 0.5, 12.0
#: Dots of a leader are so near to the baseline (x-heights), and so many at least.
DOTS_OFF, LEAST_DOTS = 0.6, 4


def is_joined(source: EngineLine | EngineStrip) -> bool:
    """Return True if a line goes on with the one before it."""
    if isinstance(source, EngineStrip):
        return source.line.region.joined
    return source.source is not None and source.source[1].joined


def join_runs(
    sources: Sequence[EngineLine | EngineStrip], lines: Sequence[Line | None]
) -> list[tuple[EngineLine | EngineStrip, Line | None]]:
    """Join the runs of each line; with what its longest run was read by. None for lines without characters."""
    starts = [k for k, source in enumerate(sources) if not is_joined(source) or k == 0]
    joined: list[tuple[EngineLine | EngineStrip, Line | None]] = []
    for start, end in pairwise([*starts, len(sources)]):
        runs = [(sources[k], line) for k in range(start, end) if (line := lines[k]) is not None]
        if len(runs) < 2:
            joined.append(runs[0] if runs else (sources[start], None))
        else:
            longest = max(runs, key=lambda run: run[1].box.width)[0]
            joined.append((longest, _joined([line for _, line in runs])))
    return joined


def _joined(runs: list[Line]) -> Line:
    """Join runs from left to right; baseline and x-height are the first one's."""
    first, box = runs[0], Box.around([run.box for run in runs])
    x0, y0, _, _ = first.baseline
    end = float(box.x1)
    words = tuple(word for run in runs for word in run.words)
    return replace(first, box=box, words=words, baseline=(x0, y0, end, round(_level_at(first, end), 1)))


def _level_at(line: Line, x: float) -> float:
    """Return the row of a line's baseline, or of its continuation, at a column."""
    x0, y0, x1, y1 = line.baseline
    return y0 + ((y1 - y0) / (x1 - x0) if x1 > x0 else 0.0) * (x - x0)


def place_leaders(blocks: Sequence[Block], leaders: Sequence[Sequence[Box]]) -> tuple[Block, ...]:
    """Put a word of full stops for each row of dots into the line that it runs along, between two of its words.

    Dots below words, and those with words on one side only, are lines to write on.
    """
    lines = [list(block.lines) for block in blocks]
    for dots in leaders:
        for block in lines:
            for number, line in enumerate(block):
                block[number] = _with_leader(line, dots)
    return tuple(Block(block.box, tuple(own)) for block, own in zip(blocks, lines, strict=True))


def _with_leader(line: Line, dots: Sequence[Box]) -> Line:
    near = [d for d in dots if abs(_level_at(line, d.x0) - (d.y0 + d.y1) / 2) <= DOTS_OFF * line.x_height]
    words: list[Word] = []
    for word, following in zip(line.words, [*line.words[1:], None], strict=True):
        words.append(word)
        inside = [d for d in near if following and word.box.x1 <= d.x0 and d.x1 <= following.box.x0]
        if len(inside) >= LEAST_DOTS and set(word.text) != {"."}:
            every = tuple(Character(d, ".", 1.0, (Alternative(".", 1.0),)) for d in inside)
            words.append(Word(Box.around(inside), every, 1.0))
    return replace(line, words=tuple(words)) if len(words) > len(line.words) else line


def place_marks(blocks: Sequence[Block], marks: Sequence[Mark]) -> tuple[tuple[Block, ...], tuple[Mark, ...]]:
    """Put a word for each tick box into the line that it stands on, or into a line of its own.

    Returns the blocks, and the marks in reading order.
    """
    if not marks:
        return tuple(blocks), ()
    lines = [list(block.lines) for block in blocks]
    alone: list[Mark] = []
    for mark in marks:
        place = _line_of(lines, mark)
        if place is None:
            alone.append(mark)
        else:
            block, number = place
            lines[block][number] = _with_word(lines[block][number], mark)
    found = [Block(Box.around([line.box for line in block]), tuple(block)) for block in lines]
    for row in _rows(alone):
        found = _with_block(found, row)
    order = {(c.box.x0, c.box.y0): k for k, c in enumerate(_characters(found))}
    ordered = sorted(marks, key=lambda mark: order[mark.box.x0, mark.box.y0])
    return tuple(found), tuple(ordered)


def _characters(blocks: Sequence[Block]) -> list[Character]:
    return [c for block in blocks for line in block.lines for word in line.words for c in word.characters]


def _word(mark: Mark) -> Word:
    sign, probability = mark.state.sign, round(mark.probability, 4)
    return Word(mark.box, (Character(mark.box, sign, probability, (Alternative(sign, probability),)),), probability)


def _line_of(blocks: list[list[Line]], mark: Mark) -> tuple[int, int] | None:
    """Return the block and the line that a mark stands on, None if there is none."""
    box = mark.box
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    best, least = None, BESIDE * box.width
    for k, block in enumerate(blocks):
        for number, line in enumerate(block):
            level = _level_at(line, x) - line.x_height / 2
            distance = float(min(max(w.box.x0 - box.x1, box.x0 - w.box.x1, 0) for w in line.words))
            if abs(level - y) <= max(ON_LINE * box.height, ON_LINE_X_HEIGHTS * line.x_height) and distance < least:
                best, least = (k, number), distance
    return best


def _with_word(line: Line, mark: Mark) -> Line:
    """Insert the word of a mark into a line; a word that is written across it is parted."""
    x = (mark.box.x0 + mark.box.x1) / 2
    before: list[Word] = []
    after: list[Word] = []
    for word in line.words:
        left = tuple(c for c in word.characters if (c.box.x0 + c.box.x1) / 2 < x)
        right = word.characters[len(left) :]
        for part, words in ((left, before), (right, after)):
            if part:
                words.append(word if len(part) == len(word.characters) else _part(word, part))
    every = (*before, _word(mark), *after)
    return replace(line, box=Box.around([w.box for w in every]), words=every)


def _part(word: Word, characters: tuple[Character, ...]) -> Word:
    return Word(Box.around([c.box for c in characters]), characters, word.probability)


def _rows(marks: list[Mark]) -> list[list[Mark]]:
    """Group marks that stand side by side."""
    rows: list[list[Mark]] = []
    for mark in sorted(marks, key=lambda each: each.box.y0):
        if rows and mark.box.y0 < (rows[-1][0].box.y0 + rows[-1][0].box.y1) / 2:
            rows[-1].append(mark)
        else:
            rows.append([mark])
    return [sorted(row, key=lambda mark: mark.box.x0) for row in rows]


def _with_block(blocks: list[Block], row: list[Mark]) -> list[Block]:
    """Add marks that stand on no line, before the first block that begins below them."""
    box = Box.around([mark.box for mark in row])
    line = Line(
        box, tuple(map(_word, row)), (float(box.x0), float(box.y1), float(box.x1), float(box.y1)), box.height / 2
    )
    above = next((k for k, block in enumerate(blocks) if block.box.y0 >= box.y1), len(blocks))
    return [*blocks[:above], Block(box, (line,)), *blocks[above:]]


def blocks_of(numbered: Sequence[tuple[int, Line]]) -> tuple[Block, ...]:
    """Group lines by the numbers of their blocks, which follow each other."""
    grouped = [tuple(line for _, line in group) for _, group in groupby(numbered, key=lambda pair: pair[0])]
    return tuple(Block(Box.around([line.box for line in block]), block) for block in grouped)
