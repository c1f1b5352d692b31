"""PDFs with faults, each with the pages that can be read in spite of it, or with what is said of it."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import pikepdf
from pdf_files import HELVETICA, file_of, objects_of, pages, shown, stream

GOOD = shown("a good page")
ONE = pages([GOOD])
TWO = pages([GOOD, shown("another one")])


@dataclass(frozen=True)
class Fault:
    """A faulty file. reads: number of its pages that can be read; says: patterns of the sentences, in order."""

    data: bytes
    reads: int = 1
    says: tuple[str, ...] = ()


def faults() -> dict[str, Fault]:
    """All faults by name."""
    return {**_files(), **_trees(), **_boxes(), **_contents(), **_images(), **_extras()}


def _damaged(data: bytes, fault: str = "the PDF is truncated or damaged") -> Fault:
    return Fault(data, 0, (fault,))


def _locked(**encryption: object) -> bytes:
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(ONE)) as pdf:
        pdf.save(file, encryption=pikepdf.Encryption(**encryption))
    return file.getvalue()


def _objects(change: Callable[[list[bytes]], None], *contents: bytes, **options: object) -> bytes:
    found = objects_of(contents or (GOOD,), **options)
    change(found)
    return file_of(found)


def _put(number: int, item: bytes, *contents: bytes, **options: object) -> bytes:
    """A file whose object ``number`` is replaced."""
    return _objects(lambda found: found.__setitem__(number - 1, item), *contents, **options)


def _files() -> dict[str, Fault]:
    """What is wrong with the file as a whole."""
    start = ONE.index(b"xref\n0")
    needed = "the PDF is encrypted, and its password is needed"
    return {
        "header alone": _damaged(b"%PDF-1.7\n"),
        "header and noise": _damaged(b"%PDF-1.7\n" + bytes(range(256)) * 20),
        "a web page": Fault(b"<html>no such file</html>", 0, ("neither an image .* nor a PDF",)),
        "cut in half": _damaged(ONE[: len(ONE) // 2], "truncated or damaged|no pages"),
        "cut before the table": Fault(ONE[:start]),
        "no table": Fault(ONE[:start] + ONE[ONE.index(b"trailer") :]),
        "table elsewhere": Fault(re.sub(rb"startxref\n\d+", b"startxref\n7", ONE)),
        "table beyond the end": Fault(re.sub(rb"startxref\n\d+", b"startxref\n99999999999", ONE)),
        "wrong offsets": Fault(re.sub(rb"(\d{9})\d 00000 n", rb"\g<1>0 00000 n", ONE)),
        "junk before the header": Fault(b"junk " * 100 + ONE),
        "junk after the end": Fault(ONE + b"\0" * 5000),
        "older standard, password": Fault(_locked(user="a", owner="b", R=3, aes=False, metadata=False), 0, (needed,)),
        "password": Fault(_locked(user="a", owner="b", R=6), 0, (needed,)),
        "owner's password alone": Fault(_locked(user="", owner="b", R=6)),
        "unknown encryption": Fault(
            file_of(objects_of([GOOD]), b"/Encrypt << /Filter /Odd /V 9 >> /ID [<00> <00>]"), 0, ("encrypted|damaged",)
        ),
        "table in a damaged stream": _damaged(
            b"%PDF-1.7\n" + stream(b"x", b"/Type /XRef /W [1 2 1] /Filter /FlateDecode")
        ),
    }


def _trees() -> dict[str, Fault]:
    """What is wrong with the tree of pages."""
    return {
        "no pages": _damaged(_put(2, b"<< /Type /Pages /Kids [] /Count 0 >>"), "the PDF has no pages"),
        "no tree": _damaged(_put(1, b"<< /Type /Catalog >>"), "no pages|damaged"),
        "a tree in a circle": _damaged(_put(2, b"<< /Type /Pages /Kids [2 0 R] /Count 1000000000 >>")),
        "a circle beside a page": Fault(
            _put(2, b"<< /Type /Pages /Kids [10 0 R 2 0 R] /Count 2 >>"), 1, ("the page is damaged",)
        ),
        "too many counted": Fault(_put(2, b"<< /Type /Pages /Kids [10 0 R] /Count 3 >>")),
        "fewer than none counted": Fault(_put(2, b"<< /Type /Pages /Kids [10 0 R] /Count -5 >>")),
        "a page that is missing": Fault(_put(2, b"<< /Type /Pages /Kids [10 0 R 99 0 R] /Count 2 >>")),
        "a page that is a number": Fault(_put(12, b"42", GOOD, GOOD)),
        "a page that is its own parent": Fault(ONE.replace(b"/Parent 2 0 R", b"/Parent 10 0 R")),
    }


def _boxes() -> dict[str, Fault]:
    """What is wrong with the size of the page."""

    def boxed(box: bytes) -> bytes:
        return pages([GOOD], b"/MediaBox [%s]" % box)

    large = "points are too large to be drawn"
    return {
        "20,000 points": Fault(boxed(b"0 0 20000 20000"), 0, (large,)),
        "endless": Fault(boxed(b"0 0 1e38 1e38")),
        "no area": Fault(boxed(b"0 0 0 0")),
        "turned inside out": Fault(boxed(b"300 200 0 0")),
        "words for numbers": Fault(boxed(b"/a /b /c /d")),
        "a slip": Fault(boxed(b"0 0 2000 0.5"), 0, ("too few",)),
        "cropped to nothing": Fault(pages([GOOD], b"/CropBox [900 900 950 950]")),
        "turned by 45 degrees": Fault(pages([GOOD], b"/Rotate 45")),
    }


def _contents() -> dict[str, Fault]:
    """What is wrong with what is drawn."""
    bomb, packed = zlib.compress(b" " * (1 << 25), 9), b"/Filter /FlateDecode"
    much = "its content is too much to be drawn"
    tile = stream(
        b"0 0 1 1 re f",
        b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.01 /YStep 0.01",
    )
    fill = b"/Pattern cs /P scn 0 0 300 200 re f "
    itself = stream(
        b"/X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 10 0 R >> >>"
    )
    font = stream(b"no font at all" * 50, b"/Length1 700")
    embedded = (
        b"<< /Type /Font /Subtype /TrueType /BaseFont /Odd /FirstChar 32 /LastChar 33 /Widths [500] /FontDescriptor "
        b"<< /Type /FontDescriptor /FontName /Odd /Flags 32 /FontBBox [0 0 1 1] /FontFile2 10 0 R >> >>"
    )
    return {
        "stream longer than it says": Fault(_put(11, stream(GOOD, length=5))),
        "stream shorter than it says": Fault(_put(11, stream(GOOD, length=99999))),
        "stream that says no length": Fault(_put(11, stream(GOOD).replace(b"/Length %d" % len(GOOD), b""))),
        "no contents": Fault(ONE.replace(b"/Contents 11 0 R", b"/Contents 77 0 R")),
        "unknown operators": Fault(pages([b"q 1 2 foo ( << ] " + GOOD + b" bar ET ET Q Q Q"])),
        "states within states": Fault(pages([b"q " * 1_000_000 + GOOD])),
        "form within itself": Fault(pages([b"/X Do " + GOOD], b"", b"/XObject << /X 10 0 R >>", [itself])),
        "a stream that swells": Fault(_put(11, stream(bomb, packed), GOOD, GOOD), 1, (much,)),
        "a stream that swells twice": Fault(
            _put(11, stream(zlib.compress(bomb, 9), b"/Filter [/FlateDecode /FlateDecode]")), 0, (much,)
        ),
        "forms within forms": Fault(_forms(30, 2), 0, (much,)),
        "forms many times": Fault(_forms(7, 10), 0, (much,)),
        "forms to a great depth": Fault(_forms(2000, 1)),
        "tiles of nothing": Fault(pages([fill + GOOD], b"", b"/Pattern << /P 10 0 R >>", [tile]), 0, (much,)),
        "damaged font": Fault(_put(3, embedded, more=[font])),
        "no font": Fault(ONE.replace(b"/F1 3 0 R", b"/F9 3 0 R")),
        "font of another kind": Fault(ONE.replace(HELVETICA, b"<< /Type /Font /Subtype /Type0 /BaseFont /X >>")),
    }


def _forms(depth: int, times: int) -> bytes:
    """A page that draws a form, which draws another so many times, and so on; the last draws text."""
    inner = b"/Type /XObject /Subtype /Form /BBox [0 0 300 200] /Resources << /XObject << /X %d 0 R >> >>"
    forms = [stream(b"/X Do " * times, inner % number) for number in range(11, 10 + depth)]
    last = stream(b"0 0 5 5 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 300 200]")
    return pages([GOOD + b"/X Do"], b"", b"/XObject << /X 10 0 R >>", [*forms, last])


def _images() -> dict[str, Fault]:
    """What is wrong with images."""

    def placed(entries: bytes, data: bytes = b"\0" * 100) -> bytes:
        drawn = b"q 300 0 0 200 0 0 cm /Im Do Q " + GOOD
        return pages(
            [drawn], b"", b"/XObject << /Im 10 0 R >>", [stream(data, b"/Type /XObject /Subtype /Image " + entries)]
        )

    gray = b"/ColorSpace /DeviceGray /BitsPerComponent 8 "
    usual = b"/Width 60 /Height 40 " + gray
    return {
        "huge image": Fault(placed(b"/Width 100000 /Height 100000 " + gray), 0, ("10000 million pixels",)),
        "image without data": Fault(placed(usual, b"")),
        "image of negative size": Fault(placed(b"/Width -60 /Height -40 " + gray)),
        "damaged JPEG": Fault(placed(usual + b"/Filter /DCTDecode", b"\xff\xd8\xff\xe0 no more")),
        "damaged JPEG 2000": Fault(placed(usual + b"/Filter /JPXDecode")),
        "damaged JBIG2": Fault(placed(usual + b"/Filter /JBIG2Decode")),
        "damaged fax": Fault(placed(usual + b"/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 60 >>")),
        "unknown colours": Fault(placed(b"/Width 60 /Height 40 /ColorSpace /Odd /BitsPerComponent 8")),
    }


def _extras() -> dict[str, Fault]:
    """What is beside the pages."""
    loop = b"<< /Type /Outlines /First 4 0 R /Last 4 0 R >>"

    def catalogue(entries: bytes) -> bytes:
        return _put(1, b"<< /Type /Catalog /Pages 2 0 R %s >>" % entries)

    files = b"/Names << /EmbeddedFiles << /Names [(a) << /F (a) /EF << /F 11 0 R >> >>] >> >>"
    return {
        "JavaScript": Fault(catalogue(b"/OpenAction << /S /JavaScript /JS (while (true) app.alert\\(1\\);) >>")),
        "attachment": Fault(catalogue(files)),
        "outlines in a circle": Fault(_put(4, loop).replace(b"/Pages 2 0 R", b"/Pages 2 0 R /Outlines 4 0 R", 1)),
        "fields in a circle": Fault(
            _put(4, b"<< /Kids [4 0 R] /Parent 4 0 R >>").replace(
                b"/Pages 2 0 R", b"/Pages 2 0 R /AcroForm << /Fields [4 0 R] >>", 1
            )
        ),
        "an object that is itself": Fault(_put(4, b"4 0 R").replace(b"/F1 3 0 R", b"/F1 4 0 R")),
    }
