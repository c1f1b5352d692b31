"""Lines in fonts: the faces of a page, and a line drawn in one of them."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from training.lines.faces import LineFace, Pen
from training.lines.families import fallback_files
from training.lines.pages import LEADING, InkLine, LineMaker, canvas, cropped

#: Share of the pages by the kind of their family.
KIND_SHARES = {"sans": 0.34, "serif": 0.26, "old": 0.1, "mono": 0.1, "typewriter": 0.03, "hand": 0.17}
#: Leading of handwriting in x-heights, which letters leave farther.
HAND_LEADING = (2.6, 5.0)
#: Share of pages in which each line has a family of its own; share of lines in another style of their family.
MIXED, OTHER_STYLE = 0.25, 0.25
#: Sizes of single lines about that of the page (natural logarithm), on the pages where sizes differ, and their share.
SIZE_SPREAD, SIZED = 0.22, 0.2
#: Share of lines with words whose small letters are small capitals, by the kind of the family: what they say stays as
#: it is, since a transcript writes Smith whatever the printer took for it. Of these lines, the share that begins so and
#: the share that is so throughout, while the others hold a name or two; how many words in a row are so.
SMALL_CAPITALS, BEGINS_SMALL, ALL_SMALL, SMALL_WORDS = {"serif": 0.12, "old": 0.3}, 0.4, 0.25, 5
#: Share of headings in capitals that are spaced out, by how much, in x-heights; most characters of a heading.
HEADING_SPACED, SPACED, LONGEST_HEADING = 0.3, (0.15, 0.8), 40
#: Share of lines that are justified, and how much wider or narrower their spaces are than the font's, in x-heights;
#: share of lines that are rows of cells, of their spaces those that part cells, and how much wider these are.
JUSTIFIED, JUSTIFIED_WIDER, ROWS, CELLS, CELL_WIDER = 0.2, (-0.12, 0.7), 0.16, 0.4, (0.5, 9.0)
#: Share of lines stretched or squeezed, and of lines sheared besides what a font's italic does.
STRETCHED, STRETCH = 0.12, 0.14
#: Share of lines in double height or double width, as receipts have them, and how far they are stretched.
DOUBLED, DOUBLE_HEIGHT, DOUBLE_WIDTH = 0.07, (0.5, 0.8), (1.3, 2.0)


def small_capitals(text: str, rng: np.random.Generator) -> np.ndarray:
    """(n,) bool: small letters of some of the words, drawn by lot; none in a line without a capital, whose size says
    that the others are smaller.
    """
    words = [word.span() for word in re.finditer(r"\S+", text)]
    capital = [k for k, (begin, end) in enumerate(words) if text[begin:end] != text[begin:end].lower()]
    chosen = np.zeros(len(text), bool)
    if not capital:
        return chosen
    draw = rng.random()
    first, many = 0, len(words)
    if draw >= ALL_SMALL:
        many = int(rng.integers(1, SMALL_WORDS + 1))
        begins = draw < ALL_SMALL + BEGINS_SMALL and capital[0] < many
        first = 0 if begins else capital[int(rng.integers(len(capital)))]
    last = min(first + many, len(words)) - 1
    chosen[words[first][0] : words[last][1]] = True
    return np.asarray(chosen & np.array([c != c.upper() and len(c.upper()) == 1 for c in text]))


def wider_spaces(text: str, rng: np.random.Generator) -> np.ndarray:
    """(n,) x-heights that each space is wider than the font's, 0 elsewhere: of a justified line all by the same, of a
    row some by as much as parts the cells of a table, so that a space within a cell differs from the gap beside it.
    """
    space = np.array([character == " " for character in text])
    wider = np.zeros(len(text))
    kind = rng.random()
    if kind < JUSTIFIED:
        wider[space] = rng.uniform(*JUSTIFIED_WIDER)
    elif kind < JUSTIFIED + ROWS:
        parting = space & (rng.random(len(text)) < CELLS)
        wider[parting] = rng.uniform(*CELL_WIDER, int(parting.sum()))
    return wider


class PrintedLines:
    """Draws lines in fonts. text: of a line."""

    def __init__(self, faces: dict[str, list[LineFace]], text: Callable[[np.random.Generator], str]) -> None:
        self._text = text
        self._by_kind: dict[str, list[list[LineFace]]] = {}
        for styles in faces.values():
            self._by_kind.setdefault(styles[0].kind, []).append(styles)
        shares = np.array([KIND_SHARES.get(kind, 0.0) for kind in self._by_kind])
        self._shares = shares / shares.sum()
        self._fallback = {kind: fallback_files(kind) for kind in self._by_kind}

    def page(self, rng: np.random.Generator) -> LineMaker:
        """A maker of the lines of one page."""
        family = self._family(rng)
        mixed, sized = rng.random() < MIXED, rng.random() < SIZED
        first = family[0] if rng.random() < 0.7 else family[rng.integers(len(family))]

        def make(rng: np.random.Generator, x_height: float) -> InkLine | None:
            face = first
            if mixed:
                other = self._family(rng)
                face = other[rng.integers(len(other))]
            elif rng.random() < OTHER_STYLE:
                face = family[rng.integers(len(family))]
            size = x_height * float(np.exp(rng.normal(0.0, SIZE_SPREAD))) if sized else x_height
            return self.line(face, size, rng)

        return LineMaker(make, HAND_LEADING if family[0].kind == "hand" else LEADING)

    def any_face(self, rng: np.random.Generator) -> LineFace:
        """A face of print or handwriting, by the shares of the kinds."""
        family = self._family(rng)
        return family[rng.integers(len(family))]

    def line(
        self, face: LineFace, x_height: float, rng: np.random.Generator, text: str | None = None
    ) -> InkLine | None:
        """One line in a face; None if its text cannot be drawn. text: None = drawn by lot."""
        text = self._text(rng) if text is None else text
        if face.capitals_only:
            text = "".join(c.upper() if len(c.upper()) == 1 else c for c in text)
        pen = Pen.any(face, self._fallback[face.kind], x_height, rng)
        text = pen.as_seen(text)
        pictured, small = text, None
        if rng.random() < SMALL_CAPITALS.get(face.kind, 0.03):
            small = small_capitals(text, rng)
            pictured = "".join(c.upper() if own else c for c, own in zip(text, small, strict=True))
        stretch = float(np.exp(rng.normal(0.0, STRETCH))) if rng.random() < STRETCHED else 1.0
        if rng.random() < DOUBLED:
            stretch = float(rng.uniform(*(DOUBLE_HEIGHT if rng.random() < 0.6 else DOUBLE_WIDTH)))
        if text.isupper() and len(text) <= LONGEST_HEADING and rng.random() < HEADING_SPACED:
            pen.tracking = float(rng.uniform(*SPACED))
        try:
            runs, middles, width = pen.place(pictured, small, wider_spaces(text, rng))
        except (OSError, ValueError):
            return None
        picture, drawer, start, baseline = canvas(width, x_height)
        pen.draw(drawer, runs, start, baseline, 255)
        middles = middles + start
        if stretch != 1.0:
            picture = picture.resize((max(1, round(picture.width * stretch)), picture.height))
            middles = middles * stretch
        return cropped(picture, baseline, text, middles, x_height)

    def _family(self, rng: np.random.Generator) -> list[LineFace]:
        kinds = list(self._by_kind.values())
        of_kind = kinds[int(rng.choice(len(kinds), p=self._shares))]
        return of_kind[rng.integers(len(of_kind))]
