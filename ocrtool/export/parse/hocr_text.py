"""The text of hOCR, whichever program wrote it: lines of each paragraph, HTML that is no XML included."""

from __future__ import annotations

from html.parser import HTMLParser

#: Classes of elements that are lines, and of elements that separate them by an empty line.
LINES = frozenset(("ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat"))
BLOCKS = frozenset(("ocr_page", "ocr_carea", "ocr_par", "ocrx_block"))
#: HTML elements without an end tag.
_VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"))


def hocr_text(text: str) -> str:
    """Return the lines of an hOCR document, an empty line between blocks."""
    parser = _Lines()
    parser.feed(text)
    parser.close()
    blocks = ("\n".join(filter(None, map(" ".join, map(str.split, block)))) for block in parser.blocks)
    return "\n\n".join(filter(None, blocks))


class _Lines(HTMLParser):
    """Collects the text of lines by block. Deleted text, which is an alternative, is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[list[str]] = [[]]
        self._open: list[tuple[str, bool]] = []  # elements inside a line: name, and whether it is deleted text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        classes = set((dict(attrs).get("class") or "").split())
        if self._open:
            self._open.append((tag, tag == "del"))
        elif classes & LINES:
            self._open.append((tag, False))
            self.blocks[-1].append("")
        elif classes & BLOCKS:
            self.blocks.append([])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An empty element holds no text."""

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open and not any(deleted for _, deleted in self._open):
            self.blocks[-1][-1] += data
