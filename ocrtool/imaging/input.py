"""Read image files as grey pages: format detected by content, size checked before decoding."""

from __future__ import annotations

import importlib
import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ocrtool.errors import (
    ImageTooLarge,
    ImageTooSmall,
    ImageTruncated,
    InputEmpty,
    InputError,
    InputMissing,
    InputUnreadable,
    NotAnImage,
    page_name,
    reason,
)
from ocrtool.imaging.gray import to_gray
from ocrtool.imaging.input_page import MAX_PIXELS, MAX_SIDE, MIN_SIDE, InputPage
from ocrtool.imaging.page_ranges import chosen_pages
from ocrtool.imaging.pdf_options import ALL_PAGES, PdfOptions
from ocrtool.stderr import silence_stderr

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

#: Maximum number of bytes read from one input: a pipe may never end.
MAX_BYTES = 1 << 30
#: Resolutions outside these bounds (pixels per inch) are mistakes of a scanner or converter.
PLAUSIBLE_DPI = (40, 2400)

#: First bytes of each format; the Pillow plugin that decodes it and the class in it.
_SIGNATURES: dict[bytes, tuple[str, str]] = (
    {b"\x89PNG\r\n\x1a\n": ("PngImagePlugin", "PngImageFile"), b"\xff\xd8\xff": ("JpegImagePlugin", "JpegImageFile")}
    | dict.fromkeys((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), ("TiffImagePlugin", "TiffImageFile"))
    | dict.fromkeys((b"P1", b"P2", b"P3", b"P4", b"P5", b"P6", b"Pf"), ("PpmImagePlugin", "PpmImageFile"))
    | {b"RIFF": ("WebPImagePlugin", "WebPImageFile"), b"BM": ("BmpImagePlugin", "BmpImageFile")}
)

#: The header of a PDF, which stands within so many of its first bytes.
_PDF, _PDF_HEAD = b"%PDF-", 1024

#: Exceptions that Pillow's decoders raise on damaged data.
_DECODING_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    RuntimeError,
    struct.error,
)

_NEW_SUBFILE_TYPE = 254  # TIFF tag: bit 0, a smaller copy of another page; bit 2, a mask


def read_pages(source: Path | bytes, name: str, options: PdfOptions = ALL_PAGES) -> Iterator[InputPage]:
    """Decode the pages of an image file or a PDF one at a time; ``name`` is its name in messages.

    Raises InputError. A file is damaged as a whole if one page cannot be decoded, so use no page before the last.
    """
    if is_pdf(source):
        from ocrtool.imaging.pdf import pdf_pages

        yield from pdf_pages(source, name, options)
        return
    data = source if isinstance(source, bytes) else read_bytes(source, name)
    if is_pdf(data):  # from a pipe
        yield from read_pages(data, name, options)
        return
    if not data:
        raise InputEmpty(name, "the file is empty")
    with silence_stderr():
        image = _open(data, name)
        frames = _frames(image)
    for number in chosen_pages(options.pages, len(frames), name):
        where = page_name(name, number, len(frames))
        with silence_stderr():
            gray, dpi = _decode(image, frames[number - 1], where)
        yield InputPage(gray, number, len(frames), dpi, name)


def is_pdf(source: Path | bytes) -> bool:
    """Return True if the bytes, or those of the regular file, are a PDF's: junk may stand before its header."""
    if isinstance(source, bytes):
        return _PDF in source[:_PDF_HEAD] and not source.startswith(tuple(_SIGNATURES))
    try:
        if not source.is_file():
            return False
        with source.open("rb") as file:
            return is_pdf(file.read(_PDF_HEAD))
    except (OSError, ValueError):
        return False


def read_bytes(path: Path, name: str) -> bytes:
    """Read the bytes of a file. Raises InputMissing, InputUnreadable or ImageTooLarge."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise InputMissing(name, "no such file or folder") from error
    except OSError as error:
        raise InputUnreadable(name, f"cannot be read: {reason(error)}") from error
    if len(data) > MAX_BYTES:
        raise ImageTooLarge(name, f"more than {MAX_BYTES >> 20} MiB, the most that is read")
    return data


def open_frame(data: bytes, number: int, name: str) -> ImageFile:
    """Open page ``number`` (from 1) of an image file for its header or pixels as stored. Raises InputError."""
    with silence_stderr():
        image = _open(data, name)
        frames = _frames(image)
        if not 1 <= number <= len(frames):
            raise _damaged(name)
        image.seek(frames[number - 1])
        check_size(*image.size, name)
    return image


def _open(data: bytes, name: str) -> ImageFile:
    """Open the file and read its header only. ``Image.open`` is avoided: it loads every plugin."""
    found = next((plugin for signature, plugin in _SIGNATURES.items() if data.startswith(signature)), None)
    if found is None or (data.startswith(b"RIFF") and data[8:12] != b"WEBP"):
        raise NotAnImage(name, "neither an image (PNG, JPEG, TIFF, WebP, BMP, PBM, PGM or PPM) nor a PDF")
    module, decoder = found
    plugin = importlib.import_module(f"PIL.{module}")
    try:
        image: ImageFile = getattr(plugin, decoder)(BytesIO(data))
        return image
    except _DECODING_ERRORS as error:
        if "not identified" in str(error):  # Pillow's message for an image without pixels
            raise ImageTooSmall(name, "its header gives no size, or no known kind of pixels") from error
        raise _damaged(name) from error


def _frames(image: ImageFile) -> list[int]:
    """List the frames that are pages: all of a TIFF but thumbnails and masks; else the first."""
    if image.format != "TIFF":
        return [0]
    pages = []
    try:
        for frame in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(frame)
            if not int(image.tag_v2.get(_NEW_SUBFILE_TYPE, 0)) & 0b101:  # type: ignore[attr-defined]
                pages.append(frame)
    except _DECODING_ERRORS:
        return [*pages, len(pages)]  # decoding it again names the page
    return pages or [0]


def _decode(image: ImageFile, frame: int, where: str) -> tuple[np.ndarray, float | None]:
    """Decode one frame: (H, W) uint8 grey, and its resolution."""
    from PIL import ImageOps

    try:
        image.seek(frame)
        check_size(*image.size, where)
        image.load()
        dpi = _resolution(image.info.get("dpi"))
        ImageOps.exif_transpose(image, in_place=True)
        return to_gray(image), dpi
    except _DECODING_ERRORS as error:
        raise _damaged(where) from error
    except MemoryError as error:
        raise ImageTooLarge(where, "not enough memory to decode it") from error


def check_size(width: int, height: int, where: str) -> None:
    """Raises ImageTooSmall or ImageTooLarge for an image that is not read. where: what messages call it."""
    size = f"{width} × {height} pixels"
    if min(width, height) < MIN_SIDE:
        raise ImageTooSmall(where, f"{size} are too few to hold text")
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise ImageTooLarge(
            where, f"{size} are too many: at most {MAX_SIDE} a side and {MAX_PIXELS // 10**6} million in all are read"
        )


def _damaged(where: str) -> InputError:
    return ImageTruncated(where, "the image is truncated or damaged")


def _resolution(dpi: object) -> float | None:
    try:
        value = float(dpi[1])  # type: ignore[index]
    except (TypeError, ValueError, LookupError, ArithmeticError):
        return None
    return value if PLAUSIBLE_DPI[0] <= value <= PLAUSIBLE_DPI[1] else None
