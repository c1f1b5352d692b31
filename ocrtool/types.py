"""The result of reading: page, blocks, lines, words and characters; frozen, boxes in pixels of the input image."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

#: Pages of a double-page spread, in reading order.
HALVES = ("left", "right")


class _Plain:
    """What is pickled as its constructor and the values of its fields.

    A page has thousands of these; what `dataclass` makes for frozen ones asks for their fields each time, which takes
    the process that gathers pages two to three times as long.
    """

    __slots__: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), tuple([getattr(self, name) for name in self.__slots__])


@dataclass(frozen=True, slots=True)
class Box(_Plain):
    """Half-open pixel rectangle: columns x0..x1-1, rows y0..y1-1.

    Parameters
    ----------
    x0, y0, x1, y1 : int
        Left, top, right and bottom edge; right and bottom are exclusive.

    Raises
    ------
    ValueError
        The right edge is left of the left edge, or the bottom above the top.

    Examples
    --------
    >>> from ocrtool.types import Box
    >>> box = Box(10, 20, 13, 28)
    >>> box.width, box.height
    (3, 8)
    >>> Box.around([box, Box(0, 25, 5, 30)])
    Box(x0=0, y0=20, x1=13, y1=30)
    """

    x0: int
    y0: int
    x1: int
    y1: int

    def __post_init__(self) -> None:
        if self.x1 < self.x0 or self.y1 < self.y0:
            raise ValueError(f"box turned inside out: {self}")

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        """Number of rows."""
        return self.y1 - self.y0

    @classmethod
    def around(cls, boxes: list[Box]) -> Box:
        """Return the smallest box around all of ``boxes`` (at least one)."""
        return cls(
            min(b.x0 for b in boxes),
            min(b.y0 for b in boxes),
            max(b.x1 for b in boxes),
            max(b.y1 for b in boxes),
        )


@dataclass(frozen=True, slots=True)
class Alternative(_Plain):
    """A possible label of a character.

    Parameters
    ----------
    label : str
        One character.
    probability : float
        That this label is right, 0..1.

    Examples
    --------
    >>> from ocrtool.types import Alternative
    >>> Alternative("O", 0.25)
    Alternative(label='O', probability=0.25)
    """

    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Character(_Plain):
    """One recognized character.

    Parameters
    ----------
    box : Box
        Of its ink.
    label : str
        What it was read as.
    probability : float
        That the label is right, 0..1.
    alternatives : tuple of Alternative
        Up to five labels, most likely first; ``label`` is one of them.

    Raises
    ------
    ValueError
        The label is empty, or the probability is outside 0..1.

    Examples
    --------
    >>> from ocrtool.types import Box, Character
    >>> Character(Box(0, 0, 4, 8), "l", 0.9).label
    'l'
    """

    box: Box
    label: str
    probability: float
    alternatives: tuple[Alternative, ...] = ()

    def __post_init__(self) -> None:
        if not self.label:
            raise ValueError("a character needs a label")
        if not 0.0 <= self.probability <= 1.0:
            raise ValueError(f"probability outside 0..1: {self.probability}")


@dataclass(frozen=True, slots=True)
class Word(_Plain):
    """Characters without a space between them.

    Parameters
    ----------
    box : Box
        Around all characters.
    characters : tuple of Character
        From left to right, at least one.
    probability : float
        That every character is right, 0..1; calibrated on pages of known text.

    Raises
    ------
    ValueError
        There are no characters.

    Examples
    --------
    >>> from ocrtool.types import Box, Character, Word
    >>> box = Box(0, 0, 4, 8)
    >>> Word(box, (Character(box, "N", 0.9), Character(box, "o", 0.8)), 0.7).text
    'No'
    """

    box: Box
    characters: tuple[Character, ...]
    probability: float

    def __post_init__(self) -> None:
        if not self.characters:
            raise ValueError("a word needs characters")

    @property
    def text(self) -> str:
        return "".join(c.label for c in self.characters)


@dataclass(frozen=True, slots=True)
class Line(_Plain):
    """One line of text.

    Parameters
    ----------
    box : Box
        Around all words.
    words : tuple of Word
        From left to right.
    baseline : tuple of float
        Its two ends, (x0, y0, x1, y1), in pixels.
    x_height : float
        Height of the small letters, in pixels.

    Examples
    --------
    >>> from ocrtool.types import Box, Character, Line, Word
    >>> box = Box(0, 0, 4, 8)
    >>> word = Word(box, (Character(box, "a", 0.9),), 0.9)
    >>> Line(box, (word, word), (0.0, 8.0, 4.0, 8.0), 5.0).text
    'a a'
    """

    box: Box
    words: tuple[Word, ...]
    baseline: tuple[float, float, float, float]
    x_height: float

    @property
    def text(self) -> str:
        return " ".join(w.text for w in self.words)

    @property
    def orientation(self) -> int:
        """By how many degrees the line is to be turned clockwise to run to the right: 0, 90, 180 or 270."""
        x0, y0, x1, y1 = self.baseline
        if abs(x1 - x0) >= abs(y1 - y0):
            return 0 if x1 >= x0 else 180
        return 270 if y1 > y0 else 90


@dataclass(frozen=True, slots=True)
class Block(_Plain):
    """Lines that belong together: a column, a paragraph, a heading.

    Parameters
    ----------
    box : Box
        Around all lines.
    lines : tuple of Line
        From top to bottom.

    Examples
    --------
    >>> from ocrtool.types import Block, Box
    >>> Block(Box(0, 0, 10, 10), ()).text
    ''
    """

    box: Box
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class TableCell(_Plain):
    """A cell of a table that holds text.

    Parameters
    ----------
    row, column : int
        Where it begins, from 0.
    text : str
        Its words, joined by spaces.
    box : Box
        Around its words.
    row_span, column_span : int
        Rows and columns that it extends over.

    Examples
    --------
    >>> from ocrtool.types import Box, TableCell
    >>> TableCell(0, 1, "Total", Box(40, 0, 90, 20), column_span=2).column_span
    2
    """

    row: int
    column: int
    text: str
    box: Box
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class PageTable:
    """Successive lines of a page whose words stand in common columns.

    Parameters
    ----------
    box : Box
        Around all cells.
    line : int
        Index of its first line into the lines of the page.
    rows, columns : int
        Their numbers.
    cells : tuple of TableCell
        Those that are not empty, row by row from left to right.
    lines : int
        How many lines of the page it takes: as many as it has rows, unless cells have several lines.

    Examples
    --------
    >>> from ocrtool.types import Box, PageTable, TableCell
    >>> box = Box(0, 0, 40, 20)
    >>> PageTable(box, 0, 1, 3, (TableCell(0, 0, "Net", box), TableCell(0, 2, "9.50", box)), 1).grid
    [['Net', '', '9.50']]
    """

    box: Box
    line: int
    rows: int
    columns: int
    cells: tuple[TableCell, ...]
    lines: int

    @property
    def grid(self) -> list[list[str]]:
        """The text of each row and column; a cell that spans several columns is followed by empty ones."""
        grid = [[""] * self.columns for _ in range(self.rows)]
        for cell in self.cells:
            grid[cell.row][cell.column] = cell.text
        return grid


class MarkState(Enum):
    """What a tick box shows: nothing, a tick, a cross, or ink all over it.

    Examples
    --------
    >>> from ocrtool.types import MarkState
    >>> MarkState.CROSSED.sign, MarkState.EMPTY.is_marked
    ('☒', False)
    """

    EMPTY = "empty"
    TICKED = "ticked"
    CROSSED = "crossed"
    FILLED = "filled"

    @property
    def sign(self) -> str:
        """The character that stands for it in the text."""
        return {MarkState.EMPTY: "☐", MarkState.TICKED: "☑"}.get(self, "☒")

    @property
    def is_marked(self) -> bool:
        """True unless the box is empty."""
        return self is not MarkState.EMPTY


@dataclass(frozen=True, slots=True)
class Mark:
    """A tick box.

    Parameters
    ----------
    box : Box
        Of its frame.
    state : MarkState
        What it shows.
    probability : float
        That this is its state, 0..1.

    Raises
    ------
    ValueError
        The probability is outside 0..1.

    Examples
    --------
    >>> from ocrtool.types import Box, Mark, MarkState
    >>> Mark(Box(0, 0, 30, 30), MarkState.TICKED, 0.98).state.value
    'ticked'
    """

    box: Box
    state: MarkState
    probability: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.probability <= 1.0:
            raise ValueError(f"probability outside 0..1: {self.probability}")


@dataclass(frozen=True, slots=True)
class Page:
    """One page as read.

    Parameters
    ----------
    width, height : int
        Of the input, in pixels.
    blocks : tuple of Block
        In reading order.
    skew : float
        Measured on the input, in degrees counter-clockwise.
    language : str
        ISO 639-3 code of the language, or several joined by ``+``.
    source : str
        The input as the user wrote it. Not compared.
    number : int
        Of the page in its file, from 1.
    orientation : int
        By how many degrees the page was turned clockwise to be read: 0, 90, 180 or 270. Boxes stay those of the input.
    mirrored : bool
        The page shows text mirrored, as paper does from behind. It is not read.
    tables : tuple of PageTable
        Found among the lines, in reading order.
    from_pdf : bool
        The text was not read, but taken from a PDF, which holds it beside what the page shows.
    pdf_text : Page, optional
        The text that the PDF holds, where it was read anew and is to be kept beside.
    warnings : tuple of str
        What is wrong with the image, though it can be read, such as damaged lines of a fax.
    half : str
        ``left`` or ``right`` for a page of a double-page spread that was cut in two, empty for a whole image.
    part : Box, optional
        Of such a page, in the image of the spread.
    marks : tuple of Mark
        The tick boxes, in reading order. Each is also a word of a line, ☐, ☑ or ☒.

    Examples
    --------
    >>> import ocrtool
    >>> page = ocrtool.read("samples/letter.png")
    >>> word = page.lines[0].words[0]
    >>> word.text, word.box.height > 0
    ('The', True)
    """

    width: int
    height: int
    blocks: tuple[Block, ...] = ()
    skew: float = 0.0
    language: str = "eng"
    source: str = field(default="", compare=False)
    number: int = 1
    orientation: int = 0
    mirrored: bool = False
    tables: tuple[PageTable, ...] = ()
    from_pdf: bool = False
    pdf_text: Page | None = None
    warnings: tuple[str, ...] = ()
    half: str = ""
    part: Box | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def frame(self) -> Box:
        """What of the image the page is: its half of a spread, or all."""
        return self.part or Box(0, 0, self.width, self.height)

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines in reading order."""
        return tuple(line for block in self.blocks for line in block.lines)

    @property
    def text(self) -> str:
        """The text: one line per line of the page, an empty line between blocks, no trailing newline.

        The columns of a table are separated by tabs, empty ones too.
        """
        texts: list[str | None] = [line.text for line in self.lines]
        for table in self.tables:
            texts[table.line : table.line + table.lines] = [None] * table.lines
            texts[table.line] = "\n".join(map("\t".join, table.grid))
        lines = iter(texts)
        blocks = [[text for _ in block.lines if (text := next(lines)) is not None] for block in self.blocks]
        return "\n\n".join("\n".join(block) for block in blocks if block)
