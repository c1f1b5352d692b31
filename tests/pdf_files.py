"""Small PDFs as bytes, object by object, so that anything in them can be wrong."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

#: Size of a page in points, and the font of all text.
SIDE = (300, 200)
HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def stream(data: bytes, entries: bytes = b"", length: int | None = None) -> bytes:
    """A stream object. length: what it says of its length, if that is wrong."""
    return b"<< %s /Length %d >> stream\n%s\nendstream" % (entries, len(data) if length is None else length, data)


def file_of(objects: Sequence[bytes], entries: bytes = b"", header: bytes = b"%PDF-1.7\n") -> bytes:
    """A file of objects numbered from 1, of which the first is the catalogue. entries: of the trailer."""
    data, places = header, []
    for number, item in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, entries, len(data))
    )


def shown(text: str, x: int = 20, y: int = 100, size: int = 18) -> bytes:
    """The operators that draw a line of text."""
    return b"BT /F1 %d Tf %d %d Td (%s) Tj ET " % (size, x, y, text.encode("latin-1"))


def pages(contents: Sequence[bytes], page: bytes = b"", resources: bytes = b"", more: Sequence[bytes] = ()) -> bytes:
    """A file with a page for each content stream. page, resources: entries of each; more: objects from number 10 on."""
    return file_of(objects_of(contents, page, resources, more))


def objects_of(
    contents: Sequence[bytes], page: bytes = b"", resources: bytes = b"", more: Sequence[bytes] = ()
) -> list[bytes]:
    """Objects of `pages`: 1 catalogue, 2 pages, 3 font, 4 to 9 unused, then ``more``, then page and content in turn."""
    first = 10 + len(more)
    kids = b" ".join(b"%d 0 R" % (first + 2 * k) for k in range(len(contents)))
    box = b"" if b"/MediaBox" in page else b"/MediaBox [0 0 %d %d]" % SIDE
    found = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(contents)),
        HELVETICA,
        *[b"null"] * 6,
        *more,
    ]
    for number, content in enumerate(contents):
        inner = b"<< /Font << /F1 3 0 R >> %s >>" % resources
        found.append(
            b"<< /Type /Page /Parent 2 0 R %s /Contents %d 0 R /Resources %s %s >>"
            % (box, first + 2 * number + 1, inner, page)
        )
        found.append(stream(content))
    return found


def image_object(gray: np.ndarray, kind: str = "flate") -> bytes:
    """An image: (H, W) uint8 grey, or (H, W) bool for one bit."""
    height, width = gray.shape
    if kind == "jpeg":
        file = io.BytesIO()
        Image.fromarray(gray).save(file, "JPEG", quality=90)
        data, how = file.getvalue(), b"/Filter /DCTDecode"
    elif kind == "jpeg2000":
        file = io.BytesIO()
        Image.fromarray(gray).save(file, "JPEG2000", irreversible=False, no_jp2=True)
        data, how = file.getvalue(), b"/Filter /JPXDecode"
    else:
        packed = np.packbits(gray, axis=1).tobytes() if gray.dtype == bool else gray.tobytes()
        data, how = zlib.compress(packed), b"/Filter /FlateDecode"
    bits = 1 if gray.dtype == bool else 8
    about = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent %d %s"
    return stream(data, about % (width, height, bits, how))


def scan(gray: np.ndarray, dpi: float, page: bytes = b"", over: bytes = b"", kind: str = "flate") -> bytes:
    """A page that shows an image alone. over: what is drawn over it."""
    height, width = (side * 72 / dpi for side in gray.shape)
    drawn = b"q %f 0 0 %f 0 0 cm /Im Do Q " % (width, height) + over
    box = b"" if b"/MediaBox" in page else b"/MediaBox [0 0 %f %f]" % (width, height)
    return pages([drawn], box + page, b"/XObject << /Im 10 0 R >>", [image_object(gray, kind)])
