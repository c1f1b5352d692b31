"""HTML: one self-contained page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ocrtool.export.registry import Format
from ocrtool.files import utf8

if TYPE_CHECKING:
    from ocrtool.export.documents import Evaluation


def evaluation(results: Evaluation) -> Iterator[bytes]:
    """Encode error rates, confusions, and the aligned texts with their differences."""
    from ocrtool.export.evaluation import html_parts

    return utf8(html_parts(results))


FORMAT = Format("html", ".html", {"eval": evaluation})
