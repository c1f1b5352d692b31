"""Bounds of what is read of an input; imports nothing heavy, for ``--help``."""

from __future__ import annotations

from dataclasses import dataclass

from ocrtool.errors import ImageTooLarge, ImageTooSmall

#: Maximum number of pixels decoded: an A0 sheet at 300 dpi has 139 million.
MAX_PIXELS = 150_000_000
#: Longest side in pixels: OpenCV's resampling counts in 16 bits.
MAX_SIDE = 32_767
#: Shortest side in pixels: the smallest bitmap fonts need 5 rows.
MIN_SIDE = 4
#: Maximum number of pages of an input: a PDF or TIFF of a few kilobytes can have a million.
MAX_PAGES = 10_000
#: Maximum number of bytes read from one input: a pipe may never end.
MAX_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of an input.

    pixels: of a page; pages: of a file; seconds: for decoding or drawing a page, None for no bound; untrusted: decode
    in a process of its own, which has bounds of memory and time.
    """

    pixels: int = MAX_PIXELS
    pages: int = MAX_PAGES
    seconds: float | None = None
    untrusted: bool = False

    @property
    def confined(self) -> bool:
        """True if a process of its own is needed: nothing else can end a decoder that takes too long."""
        return self.untrusted or self.seconds is not None


#: The bounds if nobody sets others.
USUAL = Limits()


def check_size(width: int, height: int, where: str, limits: Limits = USUAL) -> None:
    """Raises ImageTooSmall or ImageTooLarge for an image that is not read. where: what messages call it."""
    size = f"{width} × {height} pixels"
    if min(width, height) < MIN_SIDE:
        raise ImageTooSmall(where, f"{size} are too few to hold text")
    if max(width, height) > MAX_SIDE or width * height > limits.pixels:
        most = f"at most {MAX_SIDE} a side and {millions(limits.pixels)} in all are read"
        raise ImageTooLarge(where, f"{size} are too many: {most}")


def millions(pixels: int) -> str:
    """Write a number of pixels: ``150 million``, or ``2400`` as it is."""
    return f"{pixels // 10**6} million" if pixels >= 10**6 else str(pixels)


def check_pages(count: int, name: str, limits: Limits = USUAL) -> None:
    """Raises ImageTooLarge for a file of too many pages."""
    if count > limits.pages:
        raise ImageTooLarge(name, f"more than {limits.pages} pages, the most that are read")
