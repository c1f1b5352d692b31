"""The paragraphs of an HTML page: its prose, without programs, tables, navigation and scripts."""

from __future__ import annotations

from html.parser import HTMLParser

#: Elements that begin and end a paragraph.
BLOCKS = frozenset(
    {"p", "li", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "div", "section", "blockquote", "ul", "ol", "dl", "br"}
)
#: Elements whose content is no prose.
SKIPPED = frozenset({"head", "script", "style", "pre", "table", "nav", "header", "footer", "form", "svg", "math"})
#: Classes of elements that a page's frame is made of, as Sphinx and DocBook write them.
FRAME = frozenset(
    {"headerlink", "sphinxsidebar", "related", "navheader", "navfooter", "toc", "mobile-nav", "footer", "highlight"}
)
#: Elements without an end.
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


class _Paragraphs(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._skipped: list[str] = []  # open elements from one that is skipped on

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self._end()
        if tag in VOID:
            return
        classes = (dict(attrs).get("class") or "").split() if attrs else ()
        if self._skipped or tag in SKIPPED or FRAME.intersection(classes):
            self._skipped.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self._end()
        if tag in self._skipped:  # elements left open inside end with it
            while self._skipped.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self._pieces.append(data)

    def _end(self) -> None:
        if text := " ".join("".join(self._pieces).split()):
            self.found.append(text)
        self._pieces.clear()


def paragraphs(html: str) -> list[str]:
    """The paragraphs, list entries and headings of a page in order, white space collapsed."""
    parser = _Paragraphs()
    parser.feed(f"{html}<p>")
    parser.close()
    return parser.found
