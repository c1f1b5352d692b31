"""Objects of the JSON of ``read``: the types from which the schema is made, by which tests check what is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeAlias, TypedDict

from ocrtool.types import HALVES

#: Of keys that every document has.
NEEDED = object()


@dataclass(frozen=True, slots=True)
class About:
    """What a value means, and rules for it: keywords of JSON Schema.

    default: what it is in documents of the same version that lack the key, which are older; NEEDED if none does.
    """

    text: str
    rules: Mapping[str, Any] = field(default_factory=dict, hash=False)
    default: Any = field(default=NEEDED, hash=False)


_FOUR = {"minItems": 4, "maxItems": 4}
_COUNT = {"minimum": 1}
_INDEX = {"minimum": 0}

BoxArray: TypeAlias = Annotated[
    list[int], About("x0, y0, x1, y1 in pixels of the input; x1 and y1 are exclusive", _FOUR)
]
Probability: TypeAlias = Annotated[float, About("0 to 1, 4 decimals", {"minimum": 0, "maximum": 1})]


class AlternativeObject(TypedDict):
    """A possible label of a character."""

    label: Annotated[str, About("one character, NFC", {"minLength": 1})]
    probability: Probability


class CharacterObject(TypedDict):
    """A character."""

    box: BoxArray
    label: Annotated[str, About("what it was read as: one character, NFC", {"minLength": 1})]
    probability: Probability
    alternatives: Annotated[list[AlternativeObject], About("up to five, most likely first; label is one of them")]


class WordObject(TypedDict):
    """A word: characters without a space between them."""

    box: BoxArray
    text: Annotated[str, About("its characters", {"minLength": 1})]
    probability: Annotated[
        float, About("calibrated probability that the whole word is right", {"minimum": 0, "maximum": 1})
    ]
    characters: Annotated[list[CharacterObject], About("from left to right", {"minItems": 1})]


class LineObject(TypedDict):
    """A line of text."""

    block: Annotated[int, About("index into the blocks of the page", _INDEX)]
    box: BoxArray
    baseline: Annotated[list[float], About("its two ends: x0, y0, x1, y1 in pixels", _FOUR)]
    x_height: Annotated[float, About("height of small letters in pixels", {"minimum": 0})]
    orientation: Annotated[
        int, About("degrees by which it is turned clockwise to run to the right", {"enum": [0, 90, 180, 270]}, 0)
    ]
    text: Annotated[str, About("its words, joined by spaces")]
    words: Annotated[list[WordObject], About("from left to right")]


class BlockObject(TypedDict):
    """Lines that belong together: a column, a paragraph, a heading."""

    box: BoxArray


class CellObject(TypedDict):
    """A cell of a table that is not empty."""

    row: Annotated[int, About("where it begins, from 0", _INDEX)]
    column: Annotated[int, About("where it begins, from 0", _INDEX)]
    row_span: Annotated[int, About("rows that it extends over", _COUNT, 1)]
    column_span: Annotated[int, About("columns that it extends over", _COUNT, 1)]
    box: BoxArray
    text: Annotated[str, About("its words, joined by spaces")]


class TableObject(TypedDict):
    """A table; its text is in lines of the page too."""

    box: BoxArray
    line: Annotated[int, About("index of its first line into the lines of the page", _INDEX)]
    lines: Annotated[int, About("number of lines of the page that it takes; by default as many as rows", _COUNT, None)]
    rows: Annotated[int, About("number of rows", _COUNT)]
    columns: Annotated[int, About("number of columns", _COUNT)]
    cells: Annotated[list[CellObject], About("row by row from left to right")]


class MarkObject(TypedDict):
    """A tick box; it is a word of a line too."""

    box: BoxArray
    state: Annotated[str, About("what it shows", {"enum": ["empty", "ticked", "crossed", "filled"]})]
    probability: Annotated[float, About("that this is its state", {"minimum": 0, "maximum": 1})]


class TextObject(TypedDict):
    """The text of a page."""

    blocks: Annotated[list[BlockObject], About("in reading order")]
    lines: Annotated[list[LineObject], About("in reading order")]
    tables: Annotated[list[TableObject], About("in reading order", default=[])]
    marks: Annotated[list[MarkObject], About("tick boxes in reading order", default=[])]


class PageObject(TypedDict):
    """A page as read."""

    source: Annotated[str, About("the input as it was named")]
    number: Annotated[int, About("of the page in its file, from 1", _COUNT)]
    width: Annotated[int, About("in pixels, after EXIF rotation", _COUNT)]
    height: Annotated[int, About("in pixels, after EXIF rotation", _COUNT)]
    dpi: Annotated[float | None, About("pixels per inch as the file says, null if it does not say")]
    orientation: Annotated[
        int, About("degrees by which the page was turned clockwise to be read", {"enum": [0, 90, 180, 270]}, 0)
    ]
    mirrored: Annotated[bool, About("the page shows text mirrored, and is not read", default=False)]
    skew: Annotated[float, About("degrees counter-clockwise, after turning")]
    language: Annotated[str, About("ISO 639-3 codes of the engines that read its lines, joined by +")]
    from_pdf: Annotated[bool, About("the text was taken from the PDF, not read", default=False)]
    warnings: Annotated[list[str], About("what is wrong with the image, though it was read", default=[])]
    half: Annotated[
        str, About("of a double-page spread that was cut in two, empty for a whole image", {"enum": ["", *HALVES]}, "")
    ]
    part: Annotated[BoxArray | None, About("of that half in the image, null for all of it", default=None)]
    blocks: Annotated[list[BlockObject], About("in reading order")]
    lines: Annotated[list[LineObject], About("in reading order")]
    tables: Annotated[list[TableObject], About("in reading order", default=[])]
    marks: Annotated[list[MarkObject], About("tick boxes in reading order", default=[])]
    pdf_text: Annotated[
        TextObject | None,
        About("text that the PDF holds, where the page was read and --pdf-text keep asked for both", default=None),
    ]


class DocumentObject(TypedDict):
    """A document of format ``json``."""

    format: Annotated[str, About("kind of the document", {"const": "ocrtool"})]
    version: Annotated[int, About("rises when a program for the old one would misread the document", {"const": 1})]
    pages: Annotated[list[PageObject], About("of all inputs that could be read, in order")]


class PageLineObject(PageObject):
    """A line of format ``jsonl``: a page."""

    format: Annotated[str, About("kind of the line", {"const": "ocrtool-page"})]
    version: Annotated[int, About("as of format json", {"const": 1})]


class ErrorLineObject(TypedDict):
    """A line of format ``jsonl``: an input that could not be read."""

    format: Annotated[str, About("kind of the line", {"const": "ocrtool-error"})]
    version: Annotated[int, About("as of format json", {"const": 1})]
    source: Annotated[str, About("the input as it was named")]
    number: Annotated[int | None, About("of the page that failed, from 1; null for the whole input")]
    error: Annotated[str, About("what is wrong")]
