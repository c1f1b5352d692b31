"""The text of a document in whatever format: plain text, our JSON, hOCR, ALTO, PAGE, TSV."""

from __future__ import annotations

import csv
import io
from itertools import groupby
from xml.etree import ElementTree

from ocrtool.errors import InputError
from ocrtool.export.documents import ExportPage
from ocrtool.export.parse.hocr_text import hocr_text
from ocrtool.export.parse.own import parse_pages
from ocrtool.export.parse.xml_text import alto_text, page_text
from ocrtool.export.word_table import COLUMNS, WORD

#: Columns of a TSV that say which line a word belongs to.
_LINE_KEYS = COLUMNS[1:5]
#: Extensions of files that hold plain text, whatever it looks like.
PLAIN_EXTENSIONS = (".txt", ".text", ".md")


def document_text(data: bytes, name: str) -> str:
    """Return the text of a document, recognized by its content. name: for messages; ``.txt`` is always plain text.

    Lines are lines, blocks and pages are separated by empty lines. Raises InputError if the document is damaged.
    """
    start = data.removeprefix(b"\xef\xbb\xbf")[:2000].lstrip()
    plain = name.lower().endswith(PLAIN_EXTENSIONS)
    try:
        if not plain and start.startswith(b"{"):
            pages = (one for one in parse_pages(data, name) if isinstance(one, ExportPage))
            return "\n\n".join(export.page.text for export in pages)
        if not plain and start.startswith(b"<"):
            return _xml_text(data, name)
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(name, "the text is not UTF-8") from error
    return _table_text(text) if not plain and text.startswith("\t".join(COLUMNS)) else text


def _xml_text(data: bytes, name: str) -> str:
    if b"ocr_page" in data:
        return hocr_text(data.decode("utf-8-sig"))
    try:
        root = ElementTree.fromstring(data)
        kind = root.tag.rpartition("}")[2].lower()
        if kind in ("alto", "pcgts"):
            return alto_text(root) if kind == "alto" else page_text(root)
    except (ElementTree.ParseError, ValueError) as error:
        raise InputError(name, f"the XML is damaged: {error}") from error
    raise InputError(name, "neither hOCR nor ALTO nor PAGE")


def _table_text(text: str) -> str:
    """Join the words of each line of a TSV with Tesseract's columns."""
    rows = csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    words = [row for row in rows if row["level"] == str(WORD)]
    blocks = []
    for _, block in groupby(words, lambda row: [row[key] for key in _LINE_KEYS[:2]]):
        lines = groupby(block, lambda row: [row[key] for key in _LINE_KEYS])
        blocks.append("\n".join(" ".join(row["text"] or "" for row in line) for _, line in lines))
    return "\n\n".join(blocks)
