"""HTML: one self-contained page, which fetches nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ocrtool.export.markup import marked_up
from ocrtool.export.registry import Format
from ocrtool.files import utf8

if TYPE_CHECKING:
    from ocrtool.export.documents import Evaluation, ExportPage

#: What the page may load: its own style and script, and images that it holds.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def pages(read: Iterable[ExportPage]) -> Iterator[bytes]:
    """Encode each page as an image with its text over it and beside it, to search, check and correct."""
    return utf8(_document(read))


def evaluation(results: Evaluation) -> Iterator[bytes]:
    """Encode error rates, confusions, and the aligned texts with their differences."""
    from ocrtool.export.evaluation import html_parts

    return utf8(html_parts(results))


def _document(read: Iterable[ExportPage]) -> Iterator[str]:
    from ocrtool.export.html_page import page_parts
    from ocrtool.export.viewer import viewer_file

    started = False
    for export in read:
        if not started:
            started = True
            yield from _head(export.page.source)
        yield from page_parts(export)
    if not started:
        yield from _head("ocrtool")
    yield '</main>\n<footer><canvas id="crop" width="1" height="1"></canvas>'
    yield '<div id="word" role="status"></div></footer>\n'
    yield f"<script>\n{viewer_file('viewer.js')}</script>\n</body>\n</html>\n"


def _head(title: str) -> Iterator[str]:
    from ocrtool.export.viewer import viewer_file

    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<title>{marked_up(title)}</title>\n<style>\n{viewer_file('viewer.css')}</style>\n</head>\n<body>\n"
    yield viewer_file("viewer.html").replace("{title}", marked_up(title)) + "<main>\n"


FORMAT = Format("html", ".html", {"read": pages, "eval": evaluation}, needs_image=True, needs_file=True)
