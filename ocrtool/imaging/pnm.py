"""PBM, PGM and PPM: several images may follow each other in a file or pipe, as scanners and pdftoppm write them."""

from __future__ import annotations

import re
from typing import BinaryIO

#: White space and comments, which separate the numbers of a header.
_GAP = rb"(?:\s|#[^\n\r]*[\n\r])+"
#: A header of raw pixels: bits, grey or colour. Those with pixels as text are the only image of their file.
_NUMBER = _GAP + rb"(\d{1,9})"
_HEADER = re.compile(rb"\s*(?:(P4)" + 2 * _NUMBER + rb"|(P[56])" + 3 * _NUMBER + rb")\s")
#: Bytes of the longest header, comments included.
_LONGEST = 4096


def images(file: BinaryIO, most: int) -> list[tuple[int, int]]:
    """Find where each image of a file begins and ends, at most ``most`` and one more; at least one.

    The last one reaches to the end of the file, whatever is there.
    """
    end = file.seek(0, 2)
    found: list[tuple[int, int]] = []
    start = 0
    while len(found) <= most:
        file.seek(start)
        header = _HEADER.match(file.read(_LONGEST))
        if header is None:
            break
        start_of_next = start + header.end() + _bytes_of(header)
        found.append((start + header.start(1 if header[1] else 4), min(start_of_next, end)))
        start = start_of_next
    return found or [(0, end)]


def _bytes_of(header: re.Match[bytes]) -> int:
    """Return the number of bytes of the pixels after a header."""
    if header[1]:
        return (int(header[2]) + 7) // 8 * int(header[3])
    width, height, most = (int(header[k]) for k in (5, 6, 7))
    return width * height * (3 if header[4] == b"P6" else 1) * (1 if most < 256 else 2)
