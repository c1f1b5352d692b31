"""Selections of pages: ``1-3,7,-1`` are the first three, the seventh and the last."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ocrtool.errors import NoSuchPage

#: A page, or a first and a last one; the last may be missing. Negative numbers count from the end.
_RANGE = re.compile(r"(-?\d{1,9})(?:(-)(-?\d{1,9})?)?")


@dataclass(frozen=True, slots=True)
class PageRanges:
    """Pages of a file.

    text: as the user wrote it; ranges: pairs of first and last page, from 1; negative ones count from the end, -1 is
    the last page.

    Examples
    --------
    >>> from ocrtool.imaging.page_ranges import PageRanges
    >>> PageRanges.parse("1-3,7,-1").of(9)
    [1, 2, 3, 7, 9]
    """

    text: str
    ranges: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, text: str) -> PageRanges:
        """Parse ranges joined by commas; ``5-`` reaches to the end. Raises ValueError."""
        ranges = []
        for part in text.replace(" ", "").split(","):
            found = _RANGE.fullmatch(part)
            if found is None:
                raise ValueError(f"{part!r} is neither a page nor a range of pages")
            first = int(found[1])
            last = int(found[3]) if found[3] else -1 if found[2] else first
            if 0 in (first, last) or (first > last and first * last > 0):
                raise ValueError(f"{part!r} holds no page: pages are counted from 1, or from the end as -1, -2, …")
            ranges.append((first, last))
        return cls(text, tuple(ranges))

    @classmethod
    def only(cls, number: int) -> PageRanges:
        """Return the selection of one page."""
        return cls(str(number), ((number, number),))

    def of(self, count: int) -> list[int]:
        """List the selected pages, from 1, of a file with ``count`` pages, in the file's order and each once."""
        chosen: set[int] = set()
        for first, last in self.ranges:
            start, end = (page if page > 0 else count + 1 + page for page in (first, last))
            chosen.update(range(max(1, start), min(count, end) + 1))
        return sorted(chosen)


def chosen_pages(ranges: PageRanges | None, count: int, name: str) -> list[int]:
    """List the pages to read of a file with ``count`` pages. Raises NoSuchPage if there is none; name: of the file."""
    chosen = list(range(1, count + 1)) if ranges is None else ranges.of(count)
    if not chosen and ranges is not None:
        held = "one page" if count == 1 else f"{count} pages"
        raise NoSuchPage(name, f"it has {held}, and none of {ranges.text}")
    return chosen
