"""Image files opened for their pages: how many there are, and each decoded to grey with what is wrong with it."""

from __future__ import annotations

import importlib
import io
import lzma
import re
import struct
import zlib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

import numpy as np

from ocrtool.errors import ImageTooLarge, ImageTooSmall, ImageTruncated, ImageUnsupported, InputError
from ocrtool.imaging import jpeg, pnm, tiff
from ocrtool.imaging.file_kinds import PDF_HEAD, plugin_of
from ocrtool.imaging.gray import to_gray
from ocrtool.imaging.limits import USUAL, Limits, check_pages, check_size
from ocrtool.stderr import silence_stderr

#: Resolutions outside these bounds (pixels per inch) are mistakes of a scanner or converter.
PLAUSIBLE_DPI = (40, 2400)
#: Exceptions that Pillow's decoders and tifffile raise on damaged data.
DECODING_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    RuntimeError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
)
_NEW_SUBFILE_TYPE = 254  # TIFF tag: bit 0, a smaller copy of another page; bit 2, a mask
#: What libtiff's decoders report on standard error; notes about tags concern no pixels.
_DECODERS = ("Fax", "LZW", "ZIP", "PackBits", "JPEG", "LZMA", "ZSTD", "TIFFFill", "TIFFReadEncoded", "TIFFReadScan")
_FAULT = re.compile(rf"^(?:{'|'.join(_DECODERS)})\w*: ", re.MULTILINE)
#: Images of an MPO that are no pages: smaller copies, and what shows how bright or far away things are.
_NO_PAGES = ("Thumbnail", "Gain Map", "Disparity")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page: (H, W) uint8 grey, its resolution in pixels per inch, and warnings as of `InputPage`."""

    gray: np.ndarray
    dpi: float | None
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class ImageFileOpened:
    """An image file, open for its pages.

    Parameters
    ----------
    file : binary file
        At any position.
    name : str
        Of the input, in messages.
    frames : list of int
        Numbers of the frames that are pages; of PNM, their positions in ``spans``.
    image : PIL.ImageFile.ImageFile, optional
        None if Pillow cannot open a TIFF.
    spans : list of pairs of int
        Of PNM: first and last position of each image in the file.
    places : dict of int
        Of TIFF: where the directory of each frame is.
    warnings : tuple of str
        Concerning each page, as of `InputPage`.
    """

    file: BinaryIO
    name: str
    limits: Limits
    frames: list[int] = field(default_factory=lambda: [0])
    image: Any = None
    spans: list[tuple[int, int]] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    _odd: tiff.TiffPages | None = None

    @property
    def count(self) -> int:
        """Number of pages, at least one."""
        return len(self.frames)

    def decode(self, number: int, where: str) -> Decoded:
        """Decode page ``number`` from 1. Raises InputError. where: name of the page in messages."""
        with silence_stderr() as notes:
            try:
                found = self._decoded(self.frames[number - 1], where)
            except InputError:
                raise
            except DECODING_ERRORS as error:
                raise self._damaged(self.frames[number - 1], where) from error
            except MemoryError as error:
                raise ImageTooLarge(where, "not enough memory to decode it") from error
        if faults := len(_FAULT.findall(notes.text)):
            times = "once" if faults == 1 else f"{faults} times"
            fault = f"the image is damaged, as its decoder reports {times}; it is read as far as it can be"
            found = replace(found, warnings=(*found.warnings, fault))
        return replace(found, warnings=(*self.warnings, *found.warnings))

    def frame(self, number: int) -> Any:
        """Return page ``number`` as Pillow's image, for its header or pixels as stored. Raises InputError."""
        with silence_stderr():
            try:
                image = self._image(self.frames[number - 1], self.name)
                if image is not None:
                    return image
            except DECODING_ERRORS as error:
                raise self._damaged(self.frames[number - 1], self.name) from error
        from PIL import Image

        return Image.fromarray(self.decode(number, self.name).gray)

    def _decoded(self, frame: int, where: str) -> Decoded:
        image = self._image(frame, where)
        if image is None:
            return Decoded(self._tifffile.decode(frame, where, self.limits), None)
        if image.info.get("progressive") and jpeg.too_many_scans(self._bytes()):
            raise ImageTooLarge(where, f"more than {jpeg.MOST_SCANS} scans, the most that are decoded")
        try:
            image.load()
        except OSError:
            if image.format != "JPEG" or (whole := jpeg.with_end(self._bytes())) is None:
                raise
            image = type(image)(io.BytesIO(whole))
            image.load()
            return replace(_gray_of(image), warnings=("the file lacks its end, but no pixels",))
        return _gray_of(image)

    def _image(self, frame: int, where: str) -> Any:
        """Open a frame with Pillow; None if it has to be decoded in another way. Raises InputError and others."""
        if self.spans:
            start, end = self.spans[frame]
            self.file.seek(start)
            image = type(self.image)(io.BytesIO(self.file.read(end - start))) if frame else self.image
        elif (image := self.image) is not None:
            try:
                image.seek(frame)
            except DECODING_ERRORS:
                if image.format != "TIFF":
                    raise
                return None
        if image is not None:
            width, height = image.size
            check_size(width, height, where, self.limits)
            if image.format == "TIFF" and tiff.is_misread(image.tag_v2):
                return None
        return image

    @property
    def _tifffile(self) -> tiff.TiffPages:
        if self._odd is None:
            self._odd = tiff.TiffPages(self.file, self.places)
        return self._odd

    def _bytes(self) -> bytes:
        self.file.seek(0)
        return self.file.read()

    def _damaged(self, frame: int, where: str) -> InputError:
        """Return the error for a page that cannot be decoded: its kind, if that is why."""
        kind = None
        try:
            if self.image is None or self.image.format == "TIFF":
                kind = tiff.unread_kind(self._tifffile.tags(frame))
            elif self.image.format == "JPEG":
                kind = jpeg.unread_kind(self._bytes())
        except DECODING_ERRORS:
            pass
        return damaged(where) if kind is None else ImageUnsupported(where, f"{kind}, which cannot be read")


def open_image(file: BinaryIO, name: str, limits: Limits = USUAL) -> ImageFileOpened:
    """Open an image file and read its headers only. ``Image.open`` is avoided: it loads every plugin.

    Raises InputError.
    """
    head = file.read(PDF_HEAD)
    module, decoder = plugin_of(head, name)
    plugin = importlib.import_module(f"PIL.{module}")
    opened = ImageFileOpened(file, name, limits)
    with silence_stderr():
        file.seek(0)
        try:
            opened.image = getattr(plugin, decoder)(file)
        except DECODING_ERRORS as error:
            _open_otherwise(opened, module, error)
            return opened
        try:
            if module == "TiffImagePlugin":
                _find_pages_of_tiff(opened)
            elif module == "PpmImagePlugin":
                opened.spans = pnm.images(file, limits.pages)
                opened.frames = list(range(len(opened.spans)))
            elif (others := _other_images(opened.image)) > 0:
                opened.warnings = (f"the first of {others + 1} images in the file is read, the others are not",)
        except DECODING_ERRORS as error:
            raise damaged(name) from error
    check_pages(opened.count, name, limits)
    return opened


def damaged(where: str) -> InputError:
    """Return the error for an image that cannot be decoded."""
    return ImageTruncated(where, "the image is truncated or damaged")


def _open_otherwise(opened: ImageFileOpened, module: str, error: Exception) -> None:
    """Open what Pillow cannot. Raises InputError."""
    if module == "JpegImagePlugin" and (kind := jpeg.unread_kind(opened._bytes())) is not None:
        raise ImageUnsupported(opened.name, f"{kind}, which cannot be read") from error
    if module == "TiffImagePlugin":
        try:
            _find_pages_of_tiff(opened)
            check_pages(opened.count, opened.name, opened.limits)
            opened._tifffile.tags(opened.frames[0])
        except (*DECODING_ERRORS, MemoryError):
            pass
        else:
            return
    if "not identified" in str(error):  # Pillow's message for an image without pixels
        raise ImageTooSmall(opened.name, "its header gives no size, or no known kind of pixels") from error
    raise damaged(opened.name) from error


def _find_pages_of_tiff(opened: ImageFileOpened) -> None:
    """Find the frames that are pages, at least one; if the file ends before them, the last cannot be decoded."""
    opened.places = tiff.frames(opened.file, opened.limits.pages)
    opened.frames = list(opened.places)


def _other_images(image: Any) -> int:
    """Count the images of an animation or of an MPO after the first."""
    if image.format == "JPEG":
        entries: list[Any] = []
        with suppress(*DECODING_ERRORS):  # a bad index of other images is no fault of the first
            entries = (image._getmp() or {}).get(0xB002, [])
        kinds = [str(entry.get("Attribute", {}).get("MPType")) for entry in entries]
        return max(0, sum(not any(word in kind for word in _NO_PAGES) for kind in kinds) - 1)
    return max(0, int(getattr(image, "n_frames", 1)) - 1)


def _gray_of(image: Any) -> Decoded:
    """Convert a decoded image, upright by its EXIF orientation."""
    from PIL import ImageChops, ImageOps

    dpi = _resolution(image.info.get("dpi"))
    ImageOps.exif_transpose(image, in_place=True)
    if image.format == "JPEG" and image.mode == "CMYK" and "adobe" not in image.info:
        image = ImageChops.invert(image)  # only Adobe's are stored inverted, as Pillow takes all to be
    return Decoded(to_gray(image), dpi)


def _resolution(dpi: object) -> float | None:
    try:
        value = float(dpi[1])  # type: ignore[index]
    except (TypeError, ValueError, LookupError, ArithmeticError):
        return None
    return value if PLAUSIBLE_DPI[0] <= value <= PLAUSIBLE_DPI[1] else None
