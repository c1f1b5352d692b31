"""Text in XML and HTML documents."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from ocrtool.errors import printable

#: Number of strings kept escaped: nearly all are labels of characters, which recur.
CACHED = 4096
#: Characters that are percent-encoded in the title attributes of hOCR, where readers split at semicolons.
_DELIMITERS = frozenset('%"\\;')


@lru_cache(maxsize=CACHED)
def marked_up(text: str) -> str:
    """Escape text for elements and for attributes in double quotes; what XML cannot hold is escaped as in messages."""
    return escape(text if text.isprintable() else printable(text))


@lru_cache(maxsize=CACHED)
def delimited(text: str) -> str:
    """Quote a string for a title attribute of hOCR: ``%``, quotes, backslashes and semicolons as in URLs."""
    shown = text if text.isprintable() else printable(text)
    return '"' + "".join(f"%{ord(c):02X}" if c in _DELIMITERS else c for c in shown) + '"'
