"""How much the content of a page of a PDF is when unpacked, found out before PDFium unpacks it, which nothing stops.

Files are searched for streams that may be too much as they are, which is quick; the pages of those that have any are
measured with pikepdf.
"""

from __future__ import annotations

import io
import mmap
import re
import zlib
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocrtool.errors import ImageTooLarge, PdfUnmeasured

#: Bytes of the operators of a page, those of forms as often as they are drawn. PDFium takes up to 0.4 s and 90 MB for a
#: million; dense drawings have three million. A tile of a pattern costs as much as a byte.
MOST_BYTES = 10 << 20
#: A file with a stream of more bytes, with so many forms, or with a pattern is measured.
LARGE, SEVERAL_FORMS = 4 << 20, 3
#: Levels of forms within forms, more than PDFium draws, and what drawing one costs, in bytes of operators.
MOST_LEVELS, FORM_BYTES = 48, 500
#: What no deflated stream exceeds: bytes of one byte.
_HIGHEST_RATIO = 1032

#: A glyph of a Type 3 font of more bytes than those of text have makes a file be measured. PDFium draws such a glyph
#: anew wherever it stands, without a pause within a line, at up to 0.1 s for a million bytes of strokes; so many of its
#: bytes count as one of operators. Bytes of images within glyphs cost nothing again.
LARGE_GLYPH, GLYPH_SHARE = 4000, 2
_GLYPH = re.compile(rb"\s*(?:[-+.\d]+\s+){2,6}d[01]\b")
_GLYPH_START = 200
_INLINE_IMAGE = re.compile(rb"\bBI\b.*?\bEI\b", re.DOTALL)
#: A font that is chosen, or a string that is shown in it.
_SHOWN = re.compile(rb"/([^\s/<>\[\](){}%]+)\s+[-+.\d]+\s+Tf\b|\(((?:\\.|[^\\)])*)\)|<([0-9A-Fa-f\s]+)>", re.DOTALL)

_STREAM, _END = re.compile(rb"stream\r?\n"), re.compile(rb"endstream")
#: Longest dictionary of a stream that is searched.
_DICTIONARY = 1000
#: Streams that are no operators.
_OTHERS = re.compile(rb"/(?:Image|Length1|Type1C|CIDFontType0C|OpenType|XRef|ObjStm|EmbeddedFile|Metadata)\b")
_DRAWN = re.compile(rb"/([^\s/<>\[\](){}%]+)\s+Do\b")


@dataclass(slots=True)
class PageBounds:
    """Measures the pages of a file. source, password: of the file; is_suspect: whether that is needed, if known."""

    source: Path | bytes
    password: str | None
    is_suspect: bool | None = None
    _pdf: Any = None
    _forms: dict[tuple[int, int], int] = field(default_factory=dict)
    _pages: dict[int, int | None] = field(default_factory=dict)

    def check(self, number: int, where: str, apart: bool = False) -> None:
        """Raise ImageTooLarge if page ``number``, from 1, is too much, PdfUnmeasured if damage hides how much it is.

        where: its name in messages; apart: it is drawn in a process of its own, which can be ended, so that nothing
        is wrong with a page that cannot be measured.
        """
        if self.is_suspect is None:
            self.is_suspect = _is_suspect(self.source)
        if not self.is_suspect:
            return
        if number not in self._pages:
            self._pages[number] = None
            with suppress(Exception):  # damage of every kind, about which PDFium has its own say
                size = self._page_bytes(number - 1)
                if size > MOST_BYTES or not self._pdf.get_warnings():  # else PDFium may find more in a damaged file
                    self._pages[number] = size
        found = self._pages[number]
        if found is None:
            if not apart:
                raise PdfUnmeasured(where, "the page is damaged, and may be too much to be drawn")
        elif found > MOST_BYTES:
            fault = "its content is too much to be drawn"
            raise ImageTooLarge(where, f"{fault}: more than {MOST_BYTES >> 20} MB, with what it draws again and again")

    def close(self) -> None:
        if self._pdf is not None:
            self._pdf.close()
        self._pdf = None

    def _page_bytes(self, index: int) -> int:
        import pikepdf

        if self._pdf is None:
            file = self.source if isinstance(self.source, Path) else io.BytesIO(self.source)
            self._pdf = pikepdf.open(file, password=self.password or "", suppress_warnings=True)
        page = self._pdf.pages[index]
        contents = page.obj.get("/Contents")
        streams = contents if isinstance(contents, pikepdf.Array) else [contents]
        content, left = b"", MOST_BYTES + 1
        for part in streams:
            if isinstance(part, pikepdf.Stream) and left > 0:
                content += _unpacked(part, left) + b"\n"
                left = MOST_BYTES + 1 - len(content)
        x0, y0, x1, y1 = map(float, page.mediabox)
        area = abs((x1 - x0) * (y1 - y0))
        return self._bytes(content, page.resources, 0) + _tiles(page.resources, area)

    def _bytes(self, content: bytes, resources: Any, level: int) -> int:
        """Return the length of operators, with that of the forms that they draw."""
        size = len(content)
        if size > MOST_BYTES or level > MOST_LEVELS:
            return size
        objects = resources.get("/XObject", {}) if resources is not None else {}
        for name, times in Counter(_DRAWN.findall(content)).items():
            item = objects.get(f"/{name.decode('iso8859-1')}")
            if item is not None and item.get("/Subtype") == "/Form":
                size += times * self._form_bytes(item, resources, level + 1)
        return size + _glyph_bytes(content, resources) // GLYPH_SHARE

    def _form_bytes(self, form: Any, outer: Any, level: int) -> int:
        key = form.objgen
        if key not in self._forms:
            self._forms[key] = 0  # what a form within itself adds
            resources = form.get("/Resources", outer)
            self._forms[key] = FORM_BYTES + self._bytes(_unpacked(form, MOST_BYTES + 1), resources, level)
        return self._forms[key]


def _glyph_bytes(content: bytes, resources: Any) -> int:
    """Return the bytes of glyphs of Type 3 fonts, each as often as it is shown."""
    fonts = resources.get("/Font", {}) if resources is not None else {}
    drawn = {name: font for name, font in fonts.items() if font.get("/Subtype") == "/Type3"}
    if not drawn:
        return 0
    shown: dict[str, Counter[int]] = {name: Counter() for name in drawn}
    chosen: Counter[int] = Counter()
    for name, text, codes in (found.groups() for found in _SHOWN.finditer(content)):
        if name is not None:
            chosen = shown.get(f"/{name.decode('iso8859-1')}", Counter())
        elif text is not None:
            chosen.update(text)
        else:
            digits = b"".join(codes.split())
            chosen.update(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()))
    return sum(_shown_bytes(font, shown[name]) for name, font in drawn.items())


def _shown_bytes(font: Any, counts: Counter[int]) -> int:
    """Return the bytes of the glyphs of a font. counts: how often each of its codes is shown."""
    import pikepdf

    found, code = 0, 0
    for item in font.get("/Encoding", {}).get("/Differences", ()):
        if not isinstance(item, pikepdf.Name):
            code = int(item)
            continue
        glyph = font.CharProcs.get(str(item)) if counts[code] else None
        if isinstance(glyph, pikepdf.Stream):
            found += counts[code] * len(_INLINE_IMAGE.sub(b"", _unpacked(glyph, MOST_BYTES)))
        code += 1
    return found


def _tiles(resources: Any, area: float) -> int:
    """Return how often the patterns of a page are repeated on it. area: of the page, in square points."""
    found = 0.0
    for pattern in resources.get("/Pattern", {}).values():
        if pattern.get("/PatternType") == 1:
            a, b, c, d, *_ = map(float, pattern.get("/Matrix", (1, 0, 0, 1)))
            tile = abs(float(pattern.get("/XStep", 1)) * float(pattern.get("/YStep", 1)) * (a * d - b * c))
            found += area / max(tile, 1e-9)
    return int(found)


def _unpacked(stream: Any, most: int) -> bytes:
    """Return at most ``most`` bytes of a stream, of one that is packed in another way than deflated as it is packed."""
    import pikepdf

    filters = stream.get("/Filter", pikepdf.Array())
    names = [str(name) for name in (filters if isinstance(filters, pikepdf.Array) else [filters])]
    deflated = len(names) if all(name in ("/FlateDecode", "/Fl") for name in names) else 0
    return _inflated(stream.read_raw_bytes(), deflated, most)


def _inflated(data: bytes, times: int, most: int) -> bytes:
    for _ in range(times):
        inflate = zlib.decompressobj()
        with suppress(zlib.error):
            data = inflate.decompress(data, most)
    return data[:most]


def _is_suspect(source: Path | bytes) -> bool:
    """Whether a file has a large stream, several forms, a pattern, a large glyph, or is encrypted, which hides them."""
    if isinstance(source, bytes):
        return _has_much(source)
    with source.open("rb") as file:
        if not (size := source.stat().st_size):
            return False
        with mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) as data:
            return _has_much(data)


def _is_large_glyph(data: Any, start: int, raw: int, deflated: int) -> bool:
    """start, raw: where a stream begins, and its length as it is packed."""
    if _GLYPH.match(_inflated(data[start : start + min(raw, LARGE_GLYPH)], deflated, _GLYPH_START)) is None:
        return False
    return len(_INLINE_IMAGE.sub(b"", _inflated(data[start : start + raw], deflated, LARGE))) > LARGE_GLYPH


def _has_much(data: Any) -> bool:
    """data: bytes, or a map of a file."""
    forms = 0
    for found in _STREAM.finditer(data):
        start = found.start()
        before = data[max(0, start - _DICTIONARY) : start]
        if before.endswith(b"end"):
            continue
        before = before[before.rfind(b"obj") :]
        if _OTHERS.search(before):
            continue
        forms += SEVERAL_FORMS if b"/PatternType" in before else b"/Form" in before
        end = _END.search(data, found.end())
        raw = (end.start() if end else len(data)) - found.end()
        deflated = before.count(b"/Fl")
        highest = raw * _HIGHEST_RATIO if deflated == 1 else LARGE + 1 if deflated else raw
        if (
            forms >= SEVERAL_FORMS
            or _is_large_glyph(data, found.end(), raw, deflated)
            or (highest > LARGE and len(_inflated(data[found.end() : found.end() + raw], deflated, LARGE + 1)) > LARGE)
        ):
            return True
    return re.search(rb"/Encrypt\b", data) is not None
