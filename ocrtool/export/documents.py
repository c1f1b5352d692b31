"""Inputs of format writers: pages with image and resolution, single characters, lines, tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocrtool.errors import InputError, page_name, printable
from ocrtool.types import Alternative, Box, Page

if TYPE_CHECKING:
    import numpy as np

    from ocrtool.export.comparison import Comparison


class PageImage:
    """The image of a page. It is kept as it is, and as PNG on its way between processes or to a file."""

    def __init__(self, gray: np.ndarray) -> None:
        """gray: (H, W) uint8."""
        self.gray = gray

    @classmethod
    def from_png(cls, png: bytes) -> PageImage:
        """Decode an image that `png` encoded."""
        import cv2
        import numpy as np

        return cls(np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)))

    @property
    def png(self) -> bytes:
        """The image as PNG, compressed for speed rather than size."""
        import cv2

        return cv2.imencode(".png", self.gray, (cv2.IMWRITE_PNG_COMPRESSION, 1))[1].tobytes()

    def __reduce__(self) -> tuple[Callable[[bytes], PageImage], tuple[bytes]]:
        return self.from_png, (self.png,)


@dataclass(frozen=True, slots=True)
class PageFile:
    """The file that a page is from, for formats that open it again.

    number: of the page in it, from 1; password: of an encrypted PDF; all_pages: False if only some of them are read.
    """

    path: Path
    number: int
    password: str | None = field(default=None, repr=False)
    all_pages: bool = True


@dataclass(frozen=True, slots=True)
class ExportPage:
    """A page as read.

    dpi: pixels per inch of the input, None if unknown; image: only for formats that need it; file: where it is from,
    None if that is not known; json: the page as a JSON object, once a format has encoded it.
    """

    page: Page
    dpi: float | None = None
    image: PageImage | None = field(default=None, compare=False)
    file: PageFile | None = field(default=None, compare=False)
    json: str | None = field(default=None, init=False, compare=False, repr=False)

    @classmethod
    def from_page(
        cls, page: Page, gray: np.ndarray | None, dpi: float | None, file: PageFile | None = None
    ) -> ExportPage:
        """Pack a page. gray: (H, W) uint8, or None for a format that needs no image."""
        return cls(page, dpi, None if gray is None else PageImage(gray), file)

    @property
    def gray(self) -> np.ndarray:
        """The image, (H, W) uint8, as in the input. Raises ValueError for other formats."""
        if self.image is None:
            raise ValueError("the image is kept for formats with needs_image=True only")
        return self.image.gray


@dataclass(frozen=True, slots=True)
class FailedInput:
    """An input that could not be read, for formats with ``errors_inline``.

    source: the input as the user wrote it; number: of the page that failed, None for the whole input; error: what is
    wrong, as the second half of a sentence.
    """

    source: str
    number: int | None
    error: str

    @classmethod
    def of(cls, source: str, failure: InputError) -> FailedInput:
        """Pack the failure of ``source``, whose name says which page failed."""
        page = failure.name.removeprefix(page_name(source, 0, 2).removesuffix("0"))
        return cls(source, int(page) if page.isdecimal() and failure.name != source else None, printable(failure.fault))


@dataclass(frozen=True, slots=True)
class CharacterImage:
    """An image that was read as a single character.

    source: the input as the user wrote it; number: from 1 in its input; label: its name in messages; size: width and
    height in pixels; box: of the character, None if the image is blank; alternatives: most likely first; gray: (H, W)
    uint8, kept for plots only.
    """

    source: str
    number: int
    label: str
    size: tuple[int, int]
    box: Box | None
    alternatives: tuple[Alternative, ...] = ()
    gray: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class LineGeometry:
    """A line of text, in pixels of the input. baseline: its two ends, x0, y0, x1, y1."""

    box: Box
    baseline: tuple[float, float, float, float]
    x_height: float


@dataclass(frozen=True, slots=True)
class CutPatch:
    """A patch of handwriting.

    line: number of its line, from 0; corners: (4, 2) float, in pixels of the input; file: its path below the folder of
    patches.
    """

    line: int
    corners: np.ndarray
    file: str


@dataclass(frozen=True, slots=True)
class SegmentedPage:
    """The lines of a page. number: from 1 in its input; size: height and width in pixels."""

    source: str
    number: int
    size: tuple[int, int]
    lines: tuple[LineGeometry, ...]
    patches: tuple[CutPatch, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Readings compared with true texts. top: number of confusions to show."""

    comparisons: tuple[Comparison, ...]
    top: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    values: by name, with ``reason`` if there is no answer; text: the same as a line of text, without the line end.
    """

    values: Mapping[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as they arrive. columns: names in order; each item of a list of candidates has columns of its own."""

    columns: tuple[str, ...]
    rows: Iterable[Row]
