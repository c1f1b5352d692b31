"""Kinds of TIFF that Pillow refuses or misreads: by way of tifffile, which is imported only for them."""

from __future__ import annotations

import logging
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from ocrtool.errors import ImageTooLarge, ImageUnsupported
from ocrtool.imaging.gray import scaled, to_gray
from ocrtool.imaging.limits import Limits, check_size

if TYPE_CHECKING:
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

#: TIFF tags.
_BITS, _COMPRESSION, _PLANES, _FORMAT, _SUBFILE = 258, 259, 284, 339, 254
#: Type of values of 16 bits.
_SHORT = 3
#: Values of _FORMAT: what a sample is.
_UNSIGNED, _SIGNED, _FLOAT = 1, 2, 3
_FORMATS = {_UNSIGNED: "", _SIGNED: "signed ", _FLOAT: "floating-point ", 4: "", 5: "complex ", 6: "complex "}
#: Bits of samples of each format that can be decoded.
_USUAL_BITS = {_UNSIGNED: (1, 2, 4, 8, 16, 32, 64), _SIGNED: (8, 16, 32, 64), _FLOAT: (16, 32, 64)}
#: Compressions that neither library decodes, or only some builds of them, and names of the others.
_UNREAD = {
    **dict.fromkeys((9, 10, 34661), "JBIG"),
    **dict.fromkeys((33003, 33004, 33005, 34712), "JPEG 2000"),
    **dict.fromkeys((34676, 34677), "SGI log"),
    34887: "LERC",
    34892: "lossy JPEG",
    22610: "JPEG XR",
    34934: "JPEG XR",
    50001: "WebP",
    50002: "JPEG XL",
    50000: "Zstandard",
    34925: "LZMA",
    32809: "ThunderScan",
    32908: "PixarFilm",
    32909: "PixarLog",
}
_OTHERS = {2: "CCITT", 3: "group 3", 4: "group 4", 5: "LZW", 6: "JPEG", 7: "JPEG", 8: "deflate", 32946: "deflate"}
#: Compressions that tifffile decodes without help of other libraries: none, deflate, PackBits.
_DECODED = (1, 8, 32946, 32773)
#: Tags of a directory among which the kind of its frame is; they are in order, and it has one of the lowest numbers.
_FIRST_TAGS = 16
#: Frames that are looked through for each page that may be read: a page can have masks and smaller copies.
_FRAMES_A_PAGE = 4
#: Bytes that a pixel may take before it becomes grey: four samples of 16 bits, or one of 64.
_MOST_BYTES = 8
#: Photometric interpretations: zero is white, zero is black, and modes of Pillow for others, by number of samples.
_WHITE, _BLACK = 0, 1
_MODES = {2: ("RGB", 3), 5: ("CMYK", 4), 6: ("YCbCr", 3)}


def is_misread(tags: ImageFileDirectory_v2) -> bool:
    """Return True for pages that Pillow decodes to other pixels: signed, long and planar samples."""
    bits, kind = _largest(tags, _BITS, 1), _largest(tags, _FORMAT, _UNSIGNED)
    compression = int(tags.get(_COMPRESSION, 1))
    planar = int(tags.get(_PLANES, 1)) == 2 and bits > 8 and compression == 1
    signed = kind == _SIGNED and (bits == 8 or (bits == 16 and compression in _DECODED))
    return planar or signed or (kind == _UNSIGNED and bits > 16)


def unread_kind(tags: Mapping[int, Any]) -> str | None:
    """Name a kind of TIFF that cannot be decoded: ``a TIFF with JPEG 2000 compression``; None for usual ones."""
    compression, bits = int(tags.get(_COMPRESSION, 1)), _largest(tags, _BITS, 1)
    kind = _largest(tags, _FORMAT, _UNSIGNED)
    if compression in _UNREAD:
        return f"a TIFF with {_UNREAD[compression]} compression"
    if compression in (6, 7) and bits == 12:
        return "a TIFF with JPEG compression of 12 bits a sample"
    if bits in _USUAL_BITS.get(kind, ()) and (bits <= 16 or compression in _DECODED):
        return None
    packed = f" and {_OTHERS[compression]} compression" if compression in _OTHERS else ""
    return f"a TIFF of {bits}-bit {_FORMATS.get(kind, '')}samples{packed}"


def frames(file: BinaryIO, most: int) -> dict[int, int]:
    """Find the frames that are pages, neither thumbnails nor masks, at most ``most`` and one more, and their places.

    There is at least one; where the file ends before a directory, it is the last. Only the begin and the end of each
    directory are read, which is quicker than by either library: a small file may have very many.
    """
    file.seek(0)
    head = file.read(16)
    order, big = ("<" if head.startswith(b"II") else ">"), 43 in head[2:4]
    count_of, entry, offset = (
        struct.Struct(order + form) for form in (("Q", "HHQQ", "Q") if big else ("H", "HHII", "I"))
    )
    short = 0 if order == "<" else 8 * (offset.size - 2)  # values are at the left of their field
    (first,) = offset.unpack_from(head, 8 if big else 4)
    place = first
    pages: dict[int, int] = {}
    seen: set[int] = set()
    while place and place not in seen and len(pages) <= most and len(seen) <= _FRAMES_A_PAGE * most:
        seen.add(place)
        file.seek(place)
        start = file.read(count_of.size)
        if len(start) < count_of.size:
            return {**pages, len(seen) - 1: place}
        (count,) = count_of.unpack(start)
        entries = file.read(entry.size * min(count, _FIRST_TAGS))
        file.seek(place + count_of.size + entry.size * count)
        end = file.read(offset.size)
        if len(end) < offset.size:
            return {**pages, len(seen) - 1: place}
        found = ((kind, value) for tag, kind, _, value in entry.iter_unpack(entries) if tag == _SUBFILE)
        kinds = [value >> short if kind == _SHORT else value for kind, value in found]
        if not (kinds and kinds[0] & 0b101):
            pages[len(seen) - 1] = place
        (place,) = offset.unpack(end)
    return pages or {0: first}


class TiffPages:
    """The pages of a file by way of tifffile, each opened where `frames` found it."""

    def __init__(self, file: BinaryIO, places: Mapping[int, int]) -> None:
        """places: of each frame in the file. Raises errors of any kind for a damaged file."""
        import tifffile

        logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # what matters is raised
        file.seek(0)
        self._file = tifffile.TiffFile(file)
        self._places = places

    def _page(self, frame: int) -> Any:
        import tifffile

        self._file.filehandle.seek(self._places[frame])
        return tifffile.TiffPage(self._file, index=frame)

    def tags(self, frame: int) -> dict[int, Any]:
        """Return the values of the tags of a frame."""
        return _tags(self._page(frame))

    def decode(self, frame: int, where: str, limits: Limits) -> np.ndarray:
        """Decode a frame to (H, W) uint8 grey. Raises InputError, and errors of any kind for a damaged file."""
        page = self._page(frame)
        check_size(page.imagewidth, page.imagelength, where, limits)
        if page.nbytes > _MOST_BYTES * limits.pixels:
            raise ImageTooLarge(where, "its samples are too many")
        tags = _tags(page)
        if page.dtype is None or page.dtype.kind not in "biuf" or page.imagedepth != 1:
            raise ImageUnsupported(where, f"{unread_kind(tags) or 'an unusual TIFF'}, which cannot be read")
        values = page.asarray(maxworkers=1).squeeze()
        if values.ndim == 3 and page.planarconfig == 2:
            values = np.moveaxis(values, 0, -1)
        return _to_gray(values, int(page.photometric), where)


def _tags(page: Any) -> dict[int, Any]:
    return {int(tag.code): tag.value for tag in page.tags}


def _to_gray(values: np.ndarray, photometric: int, where: str) -> np.ndarray:
    """Convert samples, (H, W) or (H, W, S) of any number type, to (H, W) uint8 grey."""
    from PIL import Image

    if photometric in (_WHITE, _BLACK):
        gray = scaled(values if values.ndim == 2 else values[..., 0])
        return 255 - gray if photometric == _WHITE else gray
    mode, samples = _MODES.get(photometric, ("", 0))
    if not mode or values.ndim != 3 or values.shape[2] < samples:
        raise ImageUnsupported(where, "a TIFF of an unusual kind of colours, which cannot be read")
    return to_gray(Image.fromarray(np.ascontiguousarray(scaled(values[..., :samples])), mode))


def _largest(tags: Mapping[int, Any], tag: int, default: int) -> int:
    value = tags.get(tag, default)
    values = value if isinstance(value, (tuple, list)) else (value,)
    return max((int(one) for one in values), default=default)
