"""A font without shapes: every character is one em wide and as high, so that text can be placed without being seen."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pikepdf

#: Units of an em; ascent and descent are those of a box from the baseline up.
EM, ASCENT, DESCENT = 1000, 1000, 0
#: When the font was made: 2000-01-01, in seconds since 1904.
MADE = 3_029_529_600
NAME = "ocrtool-invisible"
#: Codes of characters beyond U+FFFF: surrogates, which stand for no character of their own.
_FIRST_BEYOND, _LAST_BEYOND = 0xD800, 0xDFFF
_UNKNOWN = 0xFFFD


class InvisibleFont:
    """Codes of the characters used so far: two bytes each, in Unicode's order where that suffices."""

    def __init__(self, name: str = "OcrtoolF") -> None:
        """name: among the resources of a page."""
        self.name = name
        self._beyond: dict[str, int] = {}
        self._used: set[int] = set()

    def encode(self, text: str) -> bytes:
        """Return the codes of ``text``, two bytes for each code point."""
        codes = [self._code(character) for character in text]
        self._used.update(codes)
        return b"".join(code.to_bytes(2, "big") for code in codes)

    def objects(self, pdf: pikepdf.Pdf, target: Any) -> None:
        """Fill the dictionary ``target``, which text refers to, with the font for all characters encoded so far.

        pdf: to which the streams are added. The layout of the font is that of section 9.7 of ISO 32000-1.
        """
        from pikepdf import Array, Dictionary, Name

        file = pdf.make_stream(_compressed(_true_type()), Filter=Name.FlateDecode, Length1=len(_true_type()))
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name(f"/{NAME}"),
            Flags=4,
            FontBBox=Array([0, DESCENT, EM, ASCENT]),
            ItalicAngle=0,
            Ascent=ASCENT,
            Descent=DESCENT,
            CapHeight=ASCENT,
            StemV=80,
            FontFile2=file,
        )
        same_glyph = pdf.make_stream(_compressed(b"\0\1" * 0x10000), Filter=Name.FlateDecode)
        inner = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name(f"/{NAME}"),
            CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
            FontDescriptor=pdf.make_indirect(descriptor),
            DW=EM,
            CIDToGIDMap=same_glyph,
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
        parts = [*_sections("bfrange", ranges), *_sections("bfchar", single)]
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) "
            "/Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n" + "".join(parts) + "endcmap\n"
            "CMapName currentdict /CMap defineresource pop\nend\nend\n"
        ).encode("ascii")


def _sections(kind: str, rows: list[str]) -> Iterable[str]:
    """Split rows into sections of at most a hundred, as the specification of CMaps demands."""
    for start in range(0, len(rows), 100):
        some = rows[start : start + 100]
        yield f"{len(some)} begin{kind}\n" + "\n".join(some) + f"\nend{kind}\n"


def _true_type() -> bytes:
    """Make a TrueType file with two glyphs: one for missing characters, and one whose contour is a line.

    A line from corner to corner of the em has a box, without which PDFium leaves out the characters of turned pages,
    and no area that could be filled.

    The tables are those that ISO 32000-1, section 9.9, demands of an embedded TrueType font.
    """
    head = struct.pack(
        ">IIIIHHqqhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, EM, MADE, MADE, 0, DESCENT, EM, ASCENT, 0, 8, 2, 1, 0
    )
    hhea = struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, ASCENT, DESCENT, 0, EM, 0, 0, EM, 1, 0, 0, *[0] * 5, 2)
    # One contour, its box, its last point, no instructions, two points on it, and the steps to them in x and y.
    glyph = struct.pack(">hhhhhHHBBhhhh", 1, 0, DESCENT, EM, ASCENT, 1, 0, 1, 1, 0, EM, DESCENT, ASCENT - DESCENT)
    tables = {
        b"glyf": glyph,
        b"head": head,
        b"hhea": hhea,
        b"hmtx": struct.pack(">HhHh", EM, 0, EM, 0),
        b"loca": struct.pack(">III", 0, 0, len(glyph)),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, 2, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    data = _table_file(tables)
    adjustment = (0xB1B0AFBA - _checksum(data)) & 0xFFFFFFFF
    return _table_file(tables | {b"head": head[:8] + struct.pack(">I", adjustment) + head[12:]}, _checksum(head))


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
