"""Batch OCR for scanned documents: ``ocrtool read page.png``, or from Python ``ocrtool.read("page.png").text``."""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers know it; nothing is imported here, not even typing
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ocrtool.api import ImageLike
    from ocrtool.errors import InputError, OcrToolError, WeightsNotFound, WeightsRefused
    from ocrtool.types import (
        Alternative,
        Block,
        Box,
        Character,
        Line,
        Mark,
        MarkState,
        Page,
        PageTable,
        TableCell,
        Word,
    )

__version__ = "0.1.0"

__all__ = [
    "Alternative",
    "Block",
    "Box",
    "Character",
    "InputError",
    "Line",
    "Mark",
    "MarkState",
    "OcrToolError",
    "Page",
    "PageTable",
    "TableCell",
    "WeightsNotFound",
    "WeightsRefused",
    "Word",
    "read",
    "read_pages",
]


_ERRORS = ("InputError", "OcrToolError", "WeightsNotFound", "WeightsRefused")


def __getattr__(name: str) -> object:
    """The classes, when they are first used: the command line guards its start, which comes after this module, against
    interrupts, so that this module must take no time.
    """
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("ocrtool.errors" if name in _ERRORS else "ocrtool.types"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def read(
    image: ImageLike,
    lang: str = "auto",
    *,
    weights: str | Path | None = None,
    model: str = "any",
    language_model: bool = True,
) -> Page:
    """Read one page.

    Parameters
    ----------
    image : path, bytes, numpy array or PIL image
        A file of any format that ``ocrtool read`` takes, its bytes, or pixels: (H, W) grey, (H, W, 3) RGB or
        (H, W, 4) RGBA of uint8. Of a file with several pages the first is read; see `read_pages`.
    lang : str
        ``auto``, a language (``eng``, ``kor``), or several joined by ``+``.
    weights : path, optional
        Folder of your own weights; those that are not there are taken from the program's.
    model : str
        ``any`` for weights for any use, ``research`` for those for non-commercial research only where there are some.
    language_model : bool
        False decodes without the language model.

    Returns
    -------
    Page
        Blocks, lines, words and characters, each with its box in pixels of the image and its probability;
        ``page.text`` is the text.

    Raises
    ------
    InputError
        The image cannot be read; the message names it and says why.
    WeightsNotFound, WeightsRefused
        The weights are missing or do not match their manifest.
    ValueError
        The language or the model is unknown, or the pixels have another shape or type, or are too few or too many.
    TypeError
        The image is none of the above.

    Examples
    --------
    >>> import ocrtool
    >>> page = ocrtool.read("samples/letter.png")
    >>> page.lines[0].text
    'The Hollow Lane Allotment Society'
    """
    from ocrtool import api

    return api.read(image, lang, weights=weights, model=model, language_model=language_model)


def read_pages(
    file: str | Path | bytes,
    lang: str = "auto",
    *,
    weights: str | Path | None = None,
    model: str = "any",
    language_model: bool = True,
    pages: str | None = None,
    pdf_text: str = "auto",
    dpi: int | None = None,
    password: str | None = None,
    split_spreads: bool = False,
) -> Iterator[Page]:
    """Read the pages of a file, one at a time; parameters and errors as of `read`, and those of files with pages.

    Parameters
    ----------
    pages : str, optional
        Those to read, such as ``1-3,7,-1``; by default all.
    pdf_text : str
        For PDFs. ``auto`` takes the text that a page holds if it is all of the page, ``ocr`` reads every page, ``keep``
        reads it and keeps the text that it holds as ``page.pdf_text``.
    dpi : int, optional
        At which pages of PDFs are drawn; by default that of their images, or 300.
    password : str, optional
        Of an encrypted PDF.
    split_spreads : bool
        True gives an image of an open book as two pages, each with its ``half``, ``left`` or ``right``, and its box in
        the image as ``part``; all boxes are in pixels of the image.

    Yields
    ------
    Page
        With its ``number``, counted from 1.
    """
    from ocrtool import api

    options = api.page_options(pages, pdf_text, dpi, password)
    return api.read_pages(
        file,
        lang,
        options,
        weights=weights,
        model=model,
        language_model=language_model,
        split_spreads=split_spreads,
    )
