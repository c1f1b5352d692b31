"""Reading from Python: `ocrtool.read` and `ocrtool.read_pages`."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from ocrtool.errors import ImageTruncated, InputError
from ocrtool.imaging.gray import to_gray
from ocrtool.imaging.input import read_pages as decode_pages
from ocrtool.imaging.limits import check_size
from ocrtool.imaging.page_ranges import PageRanges
from ocrtool.imaging.pdf_options import ALL_PAGES, PDF_TEXT, PdfOptions
from ocrtool.pipeline import read_input, read_page
from ocrtool.script.engines import Engines, load_engines
from ocrtool.types import Page

if TYPE_CHECKING:
    from PIL.Image import Image

#: What `read` takes: a path, the bytes of a file, pixels, or a Pillow image.
ImageLike: TypeAlias = "str | Path | bytes | bytearray | memoryview | np.ndarray | Image"

#: Sets of engines kept loaded: enough for two languages in two threads.
ENGINES_KEPT = 4
#: Name of an input given as bytes, for messages.
UNNAMED = "image"


def read(image: ImageLike, lang: str, *, weights: str | Path | None, model: str, language_model: bool) -> Page:
    """Read one page; see `ocrtool.read`."""
    if isinstance(image, (str, Path, bytes, bytearray, memoryview)):
        return next(read_pages(image, lang, PdfOptions(), weights=weights, model=model, language_model=language_model))
    return read_page(gray_of(image), _engines(lang, weights, model, language_model))


def read_pages(
    file: str | Path | bytes | bytearray | memoryview,
    lang: str,
    options: PdfOptions = ALL_PAGES,
    *,
    weights: str | Path | None,
    model: str,
    language_model: bool,
    split_spreads: bool = False,
) -> Iterator[Page]:
    """Read the pages of a file; see `ocrtool.read_pages`."""
    engines = _engines(lang, weights, model, language_model)
    place = Path(file) if isinstance(file, (str, Path)) else bytes(file)
    name = UNNAMED if isinstance(place, bytes) else str(file)
    for page in decode_pages(place, name, options):
        if split_spreads:
            from ocrtool.jobs.spreads import read_halves

            yield from (half for half, _ in read_halves(page, lambda gray: (read_page(gray, engines), ())))
        else:
            yield read_input(page, lambda gray: (read_page(gray, engines), None))[0]


def page_options(pages: str | None, pdf_text: str, dpi: int | None, password: str | None) -> PdfOptions:
    """Check the options of files with pages; see `ocrtool.read_pages`. Raises ValueError."""
    if pdf_text not in PDF_TEXT:
        raise ValueError(f"{pdf_text!r} is none of {', '.join(PDF_TEXT)}")
    return PdfOptions(None if pages is None else PageRanges.parse(pages), pdf_text, dpi, password)


def gray_of(image: np.ndarray | Image) -> np.ndarray:
    """Convert pixels or a Pillow image to (H, W) uint8 grey.

    Raises TypeError for anything else, ValueError for an array of another form or an image of a size that is not read,
    InputError for a Pillow image whose file is damaged.
    """
    from PIL import Image as pillow

    if isinstance(image, pillow.Image):
        _check_size(*image.size)
        try:
            return to_gray(image)
        except (OSError, SyntaxError) as error:  # decoded only now
            raise ImageTruncated(UNNAMED, "the image is truncated or damaged") from error
    if not isinstance(image, np.ndarray):
        raise TypeError(
            f"a path, the bytes of a file, an array or a Pillow image is needed, not {type(image).__name__}"
        )
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (3, 4)):
        form = "(H, W), (H, W, 3) or (H, W, 4) of uint8"
        raise ValueError(f"an array of {image.dtype} {image.shape} is no image: {form} is needed")
    _check_size(image.shape[1], image.shape[0])
    return image if image.ndim == 2 else to_gray(pillow.fromarray(image))


def _check_size(width: int, height: int) -> None:
    try:
        check_size(width, height, UNNAMED)
    except InputError as error:
        raise ValueError(error.fault) from error


def _engines(lang: str, weights: str | Path | None, model: str, language_model: bool) -> Engines:
    return _loaded(lang, None if weights is None else Path(weights), model, language_model, threading.get_ident())


@lru_cache(maxsize=ENGINES_KEPT)
def _loaded(lang: str, weights: Path | None, model: str, language_model: bool, thread: int) -> Engines:
    """Load engines once per thread: interpreters cannot be shared between threads."""
    return load_engines(lang, weights, model=model, language_model=language_model)
