"""A font whose glyphs are bar codes of their characters, so that a test can read a drawn page back without OCR."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

#: Units an em; advances of a character and of a space; height of every glyph.
EM, ADVANCE, SPACE, HEIGHT = 1000, 820, 300, 800
#: A glyph is a bar and four columns of four bits: their width, from one to the next.
WIDTH, STEP = 110, 150
#: Bits of a column: at these places above the baseline, so high.
ROWS, CELL = (30, 230, 430, 630), 140


def make_bar_font(path: Path, characters: str, advances: Mapping[str, int] | None = None) -> Path:
    """A TrueType font of ``characters`` (of the Basic Multilingual Plane) and the space.

    advances: of some of them, in units.
    """
    glyphs = {".notdef": _boxes([(0, 0, 900, HEIGHT)]), "space": _boxes([])}
    names = {ord(character): f"u{ord(character):04X}" for character in characters}
    for code, name in names.items():
        bits = [(column, row) for column in range(4) for row in range(4) if code >> (4 * column + row) & 1]
        cells = [(STEP * (c + 1), ROWS[r], STEP * (c + 1) + WIDTH, ROWS[r] + CELL) for c, r in bits]
        glyphs[name] = _boxes([(0, 0, WIDTH, HEIGHT), *cells])
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap(names | {0x20: "space"})
    builder.setupGlyf(glyphs)
    own = {f"u{ord(character):04X}": advance for character, advance in (advances or {}).items()}
    widths = {name: SPACE if name == "space" else own.get(name, ADVANCE) for name in glyphs}
    builder.setupHorizontalMetrics({name: (width, 0) for name, width in widths.items()})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Bars", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=880, usWinAscent=880, usWinDescent=120)
    builder.setupPost()
    builder.save(path)
    return path


def read_bars(gray: np.ndarray) -> list[str]:
    """The lines of an upright page set in such fonts. gray: (H, W) uint8, ink dark."""
    ink = gray < 128
    lines = []
    for top, bottom in _runs(ink.sum(1) >= 6):  # specks are smaller
        line = ink[top:bottom]
        unit = (bottom - top) / HEIGHT
        bars = [start for start, end in _runs(line.mean(0) > 0.85) if end - start > 40 * unit]
        text = ""
        for before, start in zip([None, *bars], bars, strict=False):
            if before is not None and start - before > (ADVANCE + SPACE / 2) * unit:
                text += " "
            text += chr(sum(_bit(line, start, unit, c, r) << (4 * c + r) for c in range(4) for r in range(4)))
        lines.append(text)
    return lines


def _bit(line: np.ndarray, start: int, unit: float, column: int, row: int) -> bool:
    x = start + unit * (STEP * (column + 1) + WIDTH / 2)
    y = unit * (HEIGHT - ROWS[row] - CELL / 2)
    reach = max(1, round(25 * unit))
    cell = line[round(y) - reach : round(y) + reach + 1, round(x) - reach : round(x) + reach + 1]
    return bool(cell.size) and bool(cell.mean() > 0.5)


def _runs(inside: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(np.int8), [0]])))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _boxes(boxes: list[tuple[int, int, int, int]]) -> object:
    pen = TTGlyphPen(None)
    for left, bottom, right, top in boxes:
        pen.moveTo((left, bottom))
        for x, y in ((left, top), (right, top), (right, bottom)):
            pen.lineTo((x, y))
        pen.closePath()
    return pen.glyph()
