"""Fonts without shapes: every character is as wide as the next, and reaches from descender to ascender.

Two fonts share a file. One has a byte for each character of western languages, and makes small documents; the other has
two bytes for each of all characters.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pikepdf

#: Units of an em and of the width of a character; ascender and descender, from the baseline up.
EM, WIDTH, ASCENT, DESCENT = 1000, 500, 750, -250
#: When the font was made: 2000-01-01, in seconds since 1904.
MADE = 3_029_529_600
NAME = "ocrtool-invisible"
#: The encoding of the small font, as PDF and Python call it, and its codes that are not taken.
_ENCODING, _CODEC, _NOT_TAKEN = "WinAnsiEncoding", "cp1252", frozenset(b"\x7f\xa0\xad")
#: First and last of its codes, and ranges of Unicode within which its characters are; the last ends the table.
_FIRST, _LAST = 0x20, 0xFF
_RANGES = ((_FIRST, _LAST), (0x152, 0x192), (0x2C6, 0x2DC), (0x2013, 0x203A), (0x20AC, 0x2122), (0xFFFF, 0xFFFF))
#: Codes of characters beyond U+FFFF: surrogates, which stand for no character of their own.
_FIRST_BEYOND, _LAST_BEYOND = 0xD800, 0xDFFF
_UNKNOWN = 0xFFFD
#: Two spaces in one, which Poppler does not take for the end of a word; and its code in the small font.
_WIDE_SPACE, _WIDE_CODE = "  ", 0xA0


class InvisibleFonts:
    """The fonts of a document, and the codes used so far.

    large, small: their names among the resources of a page.
    """

    def __init__(self, large: str = "OcrtoolF", small: str | None = "OcrtoolS") -> None:
        """small: None for a document that is to have the large one only."""
        self.large, self.small = large.encode(), small.encode() if small else None
        self._beyond: dict[str, int] = {}
        self._used, self._small_used = {ord(" ")}, {ord(" ")}
        self._objects: dict[bytes, Any] = {}

    def encode(self, text: str) -> tuple[bytes, bytes, int, bytes]:
        """Encode a word: name of its font, operand of an operator that shows it, number of codes, operand of a space.

        The large font has the codes of Unicode for characters up to U+FFFF.
        """
        codes = _western(text)
        if codes is not None and self.small is not None:
            self._small_used.update(codes)
            return self.small, _literal(codes), len(codes), b"( )"
        numbers = [self._code(character) for character in text]
        self._used.update(numbers)
        return self.large, f"<{''.join(f'{number:04x}' for number in numbers)}>".encode(), len(numbers), b"<0020>"

    def wide_space(self, name: bytes) -> bytes:
        """Return the operand of a space that is read as two. name: of the font."""
        if name == self.small:
            self._small_used.add(_WIDE_CODE)
            return _literal(bytes([_WIDE_CODE]))
        code = self._beyond.setdefault(_WIDE_SPACE, _FIRST_BEYOND + len(self._beyond))
        self._used.add(code)
        return f"<{code:04x}>".encode()

    def resources(self, pdf: pikepdf.Pdf, operators: bytes) -> dict[str, Any]:
        """Return the fonts that ``operators`` use, by name. Dictionaries are empty until `finish` fills them."""
        from pikepdf import Dictionary

        names = [name for name in (self.large, self.small) if name and b"/%s " % name in operators]
        for name in names:
            if name not in self._objects:
                self._objects[name] = pdf.make_indirect(Dictionary())
        return {f"/{name.decode()}": self._objects[name] for name in names}

    def finish(self, pdf: pikepdf.Pdf) -> None:
        """Fill the dictionaries of the fonts that were used. The layout is that of section 9 of ISO 32000-1."""
        from pikepdf import Name

        if not self._objects:
            return
        descriptor = _descriptor(pdf)
        if self.small in self._objects:
            _fill_small(self._objects[self.small], descriptor, max(self._small_used))
            if _WIDE_CODE in self._small_used:
                wide = f"<{_WIDE_CODE:02X}> <{_WIDE_SPACE.encode('utf-16-be').hex()}>"
                cmap = _character_codes("<00> <FF>", _sections("bfchar", [wide]))
                self._objects[self.small].ToUnicode = pdf.make_stream(_compressed(cmap), Filter=Name.FlateDecode)
        if self.large in self._objects:
            self._fill_large(pdf, self._objects[self.large], descriptor)

    def _fill_large(self, pdf: pikepdf.Pdf, target: Any, descriptor: Any) -> None:
        from pikepdf import Array, Dictionary, Name

        same_glyph = b"\0\1" * (1 + max(self._used))
        inner = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name(f"/{NAME}"),
            CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
            FontDescriptor=descriptor,
            DW=WIDTH,
            # Twice, since once leaves one byte of a thousand.
            CIDToGIDMap=pdf.make_stream(_compressed(_compressed(same_glyph)), Filter=Array([Name.FlateDecode] * 2)),
        )
        target.Type, target.Subtype, target.BaseFont = Name.Font, Name.Type0, Name(f"/{NAME}")
        target.Encoding = Name("/Identity-H")
        target.DescendantFonts = Array([pdf.make_indirect(inner)])
        target.ToUnicode = pdf.make_stream(_compressed(self._to_unicode()), Filter=Name.FlateDecode)

    def _code(self, character: str) -> int:
        code = ord(character)
        if code <= 0xFFFF:
            return _UNKNOWN if _FIRST_BEYOND <= code <= _LAST_BEYOND else code
        free = _FIRST_BEYOND + len(self._beyond)
        return self._beyond.setdefault(character, free) if free <= _LAST_BEYOND else _UNKNOWN

    def _to_unicode(self) -> bytes:
        """Map codes to UTF-16: ranges of those that have the same first byte, and the characters beyond U+FFFF."""
        firsts = sorted({code >> 8 for code in self._used if not _FIRST_BEYOND <= code <= _LAST_BEYOND})
        ranges = [f"<{first:02X}00> <{first:02X}FF> <{first:02X}00>" for first in firsts]
        single = [f"<{code:04X}> <{character.encode('utf-16-be').hex()}>" for character, code in self._beyond.items()]
        return _character_codes("<0000> <FFFF>", [*_sections("bfrange", ranges), *_sections("bfchar", single)])


def _character_codes(codes: str, sections: Iterable[str]) -> bytes:
    """Return the map to Unicode of a font with these codes."""
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) "
        "/Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n{codes}\nendcodespacerange\n" + "".join(sections) + "endcmap\n"
        "CMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")


def _descriptor(pdf: pikepdf.Pdf) -> Any:
    """Return the descriptor of both fonts, with their file."""
    from pikepdf import Array, Dictionary, Name

    data = _true_type()
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name(f"/{NAME}"),
        Flags=32,  # its characters are those of a usual encoding
        FontBBox=Array([0, DESCENT, WIDTH, ASCENT]),
        ItalicAngle=0,
        Ascent=ASCENT,
        Descent=DESCENT,
        CapHeight=ASCENT,
        StemV=80,
        FontFile2=pdf.make_stream(_compressed(data), Filter=Name.FlateDecode, Length1=len(data)),
    )
    return pdf.make_indirect(descriptor)


def _fill_small(target: Any, descriptor: Any, last: int) -> None:
    """Fill the dictionary of the small font. last: the highest of its codes that are used."""
    from pikepdf import Array, Name

    target.Type, target.Subtype, target.BaseFont = Name.Font, Name.TrueType, Name(f"/{NAME}")
    target.Encoding, target.FontDescriptor = Name(f"/{_ENCODING}"), descriptor
    target.FirstChar, target.LastChar, target.Widths = _FIRST, last, Array([WIDTH] * (last - _FIRST + 1))


def _western(text: str) -> bytes | None:
    """Encode characters of western languages; None if there are others."""
    try:
        codes = text.encode(_CODEC)
    except UnicodeEncodeError:
        return None
    return None if min(codes) < _FIRST or _NOT_TAKEN.intersection(codes) else codes


def _literal(codes: bytes) -> bytes:
    for special in (b"\\", b"(", b")"):
        codes = codes.replace(special, b"\\" + special)
    return b"(" + codes + b")"


def _sections(kind: str, rows: list[str]) -> Iterable[str]:
    """Split rows into sections of at most a hundred, as the specification of CMaps demands."""
    for start in range(0, len(rows), 100):
        some = rows[start : start + 100]
        yield f"{len(some)} begin{kind}\n" + "\n".join(some) + f"\nend{kind}\n"


def _true_type() -> bytes:
    """Make a TrueType file with two glyphs: one for missing characters, and one whose contour is a line.

    A line from corner to corner of the box of a character has that box, without which PDFium leaves out the characters
    of turned pages, and no area that could be filled.

    The tables are those that ISO 32000-1, section 9.9, demands of an embedded TrueType font.
    """
    box = (0, DESCENT, WIDTH, ASCENT)
    head = struct.pack(">IIIIHHqqhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, EM, MADE, MADE, *box, 0, 8, 2, 1, 0)
    hhea = struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, ASCENT, DESCENT, 0, WIDTH, 0, 0, WIDTH, 1, 0, 0, *[0] * 5, 2)
    # One contour, its box, its last point, no instructions, two points on it, and the steps to them in x and y.
    glyph = struct.pack(">hhhhhHHBBhhhh", 1, *box, 1, 0, 1, 1, 0, WIDTH, DESCENT, ASCENT - DESCENT)
    tables = {
        b"cmap": _character_map(),
        b"glyf": glyph,
        b"head": head,
        b"hhea": hhea,
        b"hmtx": struct.pack(">HhHh", WIDTH, 0, WIDTH, 0),
        b"loca": struct.pack(">III", 0, 0, len(glyph)),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, 2, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    data = _table_file(tables)
    adjustment = (0xB1B0AFBA - _checksum(data)) & 0xFFFFFFFF
    return _table_file(tables | {b"head": head[:8] + struct.pack(">I", adjustment) + head[12:]}, _checksum(head))


def _character_map() -> bytes:
    """Make the table that maps characters of the small font to the glyph: format 4, for Windows, in Unicode."""
    count = len(_RANGES)
    starts, ends = zip(*_RANGES, strict=True)
    # From the place of each distance to a row of ones that all ranges share, but for the last, which has no character.
    distances = [2 * (count - index) for index in range(count - 1)] + [0]
    search = 1 << count.bit_length() - 1
    segments = struct.pack(
        f">4H{count}HH{count}H{count}h{count}H",
        *(2 * count, 2 * search, search.bit_length() - 1, 2 * (count - search)),
        *(*ends, 0, *starts, *[0] * (count - 1), 1, *distances),
    )
    body = segments + b"\0\1" * (_LAST - _FIRST + 1)
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + struct.pack(">HHH", 4, 6 + len(body), 0) + body


def _table_file(tables: dict[bytes, bytes], head_checksum: int | None = None) -> bytes:
    """Join tables to a file. head_checksum: of the table ``head`` without its adjustment, if that is there."""
    place, records, body = 12 + 16 * len(tables), b"", b""
    for tag, data in sorted(tables.items()):
        checksum = head_checksum if tag == b"head" and head_checksum is not None else _checksum(data)
        records += struct.pack(">4sIII", tag, checksum, place + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    return struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, 16 * len(tables) - 64) + records + body


def _checksum(data: bytes) -> int:
    data += b"\0" * (-len(data) % 4)
    return int(sum(struct.unpack(f">{len(data) // 4}I", data))) & 0xFFFFFFFF


def _compressed(data: bytes) -> bytes:
    return zlib.compress(data, 9)
