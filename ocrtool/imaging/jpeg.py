"""JPEG files: their kind, which Pillow does not always decode, and those without their end marker."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np

#: Markers: of a frame, by which the kind is known; of a scan; of the end; those without a length.
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_SCAN, _END = 0xDA, b"\xff\xd9"
_ALONE = {0x01, *range(0xD0, 0xD9)}
#: Kinds of frames that libjpeg does not decode, by their markers.
_UNREAD = {0xC3: "lossless", 0xC5: "hierarchical", 0xC6: "hierarchical", 0xC7: "lossless", 0xCB: "lossless"} | {
    0xCD: "hierarchical",
    0xCE: "hierarchical",
    0xCF: "lossless",
}
#: Bits of a sample that are decoded.
_BITS = 8
#: Scans of a file at most: progressive ones have about ten, and each takes as long as the whole of another file.
MOST_SCANS = 200
#: What may follow in a file that was cut: where all pixels are there, it changes none of them.
_FILLERS = (b"", bytes(range(1, 97)))


def unread_kind(data: bytes) -> str | None:
    """Name a kind that cannot be decoded: ``a JPEG of 12 bits a sample``; None for one that can."""
    for marker, body in _segments(data):
        if marker in _FRAMES:
            if marker in _UNREAD:
                return f"a {_UNREAD[marker]} JPEG"
            if body and body[0] != _BITS:
                return f"a JPEG of {body[0]} bits a sample"
            return None
    return None


def too_many_scans(data: bytes) -> bool:
    """Return True for a file of so many scans that decoding it would take minutes."""
    return data.count(b"\xff\xda") > MOST_SCANS


def with_end(data: bytes) -> bytes | None:
    """Return a file with the end marker that it lacks; None if pixels are missing too, or it cannot be decoded."""
    from PIL import JpegImagePlugin

    whole = data.rstrip(b"\xff\0")
    pixels: list[np.ndarray] = []
    for filler in _FILLERS:
        image = JpegImagePlugin.JpegImageFile(io.BytesIO(whole + filler + _END))
        image.load()
        pixels.append(np.asarray(image))
    return whole + _END if np.array_equal(pixels[0], pixels[1]) else None


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and content of each segment before the first scan."""
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == _SCAN:
            return
        if marker in _ALONE or marker == 0xFF:
            place += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        yield marker, data[place + 4 : place + 2 + length]
        place += 2 + length
