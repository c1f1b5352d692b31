"""Lines of filled forms: a printed label, if any, and an entry written by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from training.lines.pages import InkLine, LineMaker
from training.lines.pen import PenLines
from training.lines.pen_ink import WrittenLine
from training.lines.printed import PrintedLines
from training.synthesis.form_text import FIELD_LABELS, NAME_LABELS, FormText

#: Share of the lines with a printed label, of the entries in capitals, and of entries by source of the handwriting.
LABELLED, CAPITALS = 0.45, 0.72
ENTRY_SHARES = {"char": 0.5, "emnist": 0.35, "word": 0.15}
#: Share of entries whose letters stand far apart, and of those in capitals that are written with a dotted i.
WIDE, DOTTED = 0.5, 0.3
#: x-height of an entry over that of its label; gap between them in x-heights; how far baselines differ.
ENTRY_SIZE, ENTRY_GAP, ENTRY_SHIFT = (0.9, 1.9), (0.7, 5.0), 0.2
#: Leading in x-heights, size beside print, and share of pages with lines to write on or boxes.
LEADING, SIZE, RULED = (3.2, 6.5), 0.75, 0.45
LONGEST = 40


class FormLines:
    """Draws lines of forms. data: the folder that ``data/README.md`` describes; printed: what labels are drawn with."""

    def __init__(self, data: Path, part: str, printed: PrintedLines) -> None:
        self._fields = FormText()
        self._printed = printed
        self._pen = PenLines(data, part, self._entry, WIDE)
        self._edges = np.cumsum(list(ENTRY_SHARES.values()))

    def page(self, rng: np.random.Generator) -> LineMaker:
        """A maker of the lines of one form."""
        labels = self._printed.any_face(rng)
        labelled = rng.random() < 2 * LABELLED

        def make(rng: np.random.Generator, x_height: float) -> InkLine | None:
            source = list(ENTRY_SHARES)[int(np.searchsorted(self._edges, rng.random() * self._edges[-1]))]
            label = None
            if labelled and rng.random() < 0.5:
                label = self._printed.line(labels, x_height, rng, _label(rng))
            size = x_height * (rng.uniform(*ENTRY_SIZE) if label is not None else 1.2)
            entry = self._pen.draw_from(source, rng, size, LONGEST)
            if entry is None:
                return None
            if entry.text.replace("i", "").isupper():
                entry = replace(entry, text=entry.text.upper())
            return beside(label, entry, rng)

        return LineMaker(make, LEADING, SIZE, RULED)

    def _entry(self, rng: np.random.Generator) -> str:
        text = self._fields.line(rng)[1]
        if rng.random() >= CAPITALS:
            return text
        return text.upper().replace("I", "i") if rng.random() < DOTTED else text.upper()


def _label(rng: np.random.Generator) -> str:
    names = NAME_LABELS if rng.random() < 0.6 else FIELD_LABELS
    text = names[rng.integers(len(names))]
    text = text.upper() if rng.random() < 0.35 else text
    return text + ("", ":", " :", ":")[rng.integers(4)]


def beside(label: InkLine | None, entry: WrittenLine, rng: np.random.Generator) -> InkLine:
    """A label with an entry to its right, on about one baseline."""
    if label is None:
        return InkLine(entry.ink, entry.baseline, entry.text, entry.centres, entry.x_height)
    left = label.ink.shape[1] + round(float(rng.uniform(*ENTRY_GAP)) * label.x_height)
    shift = float(rng.normal(0.0, ENTRY_SHIFT)) * label.x_height
    above = max(label.baseline, entry.baseline - shift)
    below = max(label.ink.shape[0] - label.baseline, entry.ink.shape[0] - entry.baseline + shift)
    ink = np.zeros((int(np.ceil(above + below)) + 2, left + entry.ink.shape[1]), np.uint8)
    top = round(above - label.baseline)
    ink[top : top + label.ink.shape[0], : label.ink.shape[1]] = label.ink
    top = round(above - entry.baseline + shift)
    ink[top : top + entry.ink.shape[0], left:] = entry.ink
    text = f"{label.text} {entry.text}"
    middles = None
    if label.middles is not None and entry.centres is not None:
        gap = (label.ink.shape[1] + left) / 2
        middles = np.concatenate([label.middles, [gap], entry.centres + left])
    return InkLine(ink, above, text, middles, entry.x_height)
