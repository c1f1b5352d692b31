"""Plain text: a line per line, an empty line between blocks, a form feed between pages; a blank page is empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocrtool.types import Page

EXTENSION = ".txt"


def document(pages: Iterable[Page]) -> Iterator[str]:
    """Parts of one text, as the pages come in."""
    for i, page in enumerate(pages):
        if i:
            yield "\f"
        if page.text:
            yield page.text + "\n"
