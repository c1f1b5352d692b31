"""Images that are bad or odd, each of a kind of its own, with what is said of it; drawn here, and small."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from odd_files import encoded, png_header
from PIL import Image

#: What is said: the image is read, without a word or with a warning, or one of these is said of it.
READ = ""
DAMAGED, SMALL, LARGE = "the image is truncated or damaged", "are too few to hold text", "are too many"
NO_SIZE, NOT_READ, NO_IMAGE = "its header gives no size", "which is not read", "neither an image"

NOISE = np.random.default_rng(3).integers(0, 256, (60, 80)).astype(np.uint8)
GRAY, COLOUR = Image.fromarray(NOISE), Image.fromarray(NOISE).convert("RGB")
BITS = GRAY.convert("1")

PNG, JPEG = encoded(GRAY, "PNG"), encoded(GRAY, "JPEG", quality=90)
TIFF, WEBP, BMP = encoded(GRAY, "TIFF"), encoded(COLOUR, "WEBP", quality=80), encoded(GRAY, "BMP")
PGM = encoded(GRAY, "PPM")


def bad_inputs() -> dict[str, tuple[bytes, str]]:
    """Return file name, content, and what is said."""
    return {name: found for kinds in (_cut, _png, _jpeg, _tiff, _webp, _bmp, _pnm, _others) for name, found in kinds()}


Kinds = Iterator[tuple[str, tuple[bytes, str]]]


def _cut() -> Kinds:
    """Whole files of many kinds, cut in the header, in the middle, and before the last bytes."""
    files: dict[str, bytes] = {
        "grey.png": PNG,
        "alpha.png": encoded(COLOUR.convert("RGBA"), "PNG"),
        "palette.png": encoded(GRAY.convert("P"), "PNG"),
        "long.png": encoded(Image.fromarray(NOISE.astype(np.uint16) * 257), "PNG"),
        "baseline.jpg": JPEG,
        "progressive.jpg": encoded(COLOUR, "JPEG", progressive=True),
        "four.jpg": encoded(COLOUR.convert("CMYK"), "JPEG"),
        "restarts.jpg": encoded(GRAY, "JPEG", restart_marker_blocks=2),
        "plain.tif": TIFF,
        **{
            f"{how}.tif": encoded(GRAY, "TIFF", compression=how)
            for how in ("tiff_lzw", "tiff_adobe_deflate", "packbits")
        },
        **{f"{how}.tif": encoded(BITS, "TIFF", compression=how) for how in ("group3", "group4", "tiff_ccitt")},
        "jpeg.tif": encoded(COLOUR, "TIFF", compression="jpeg"),
        "big.tif": tiff(NOISE, bigtiff=True),
        "big other.tif": tiff(NOISE, bigtiff=True, byteorder=">"),
        "tiles.tif": tiff(NOISE, tile=(16, 16)),
        "long.tif": tiff(NOISE.astype(np.uint32)),
        "double.tif": tiff(NOISE / 255.0),
        "lossy.webp": WEBP,
        "lossless.webp": encoded(COLOUR, "WEBP", lossless=True),
        "grey.bmp": BMP,
        "bits.bmp": encoded(BITS, "BMP"),
        "raw.pbm": encoded(BITS, "PPM"),
        "raw.pgm": PGM,
        "raw.ppm": encoded(COLOUR, "PPM"),
        "text.pgm": b"P2 80 60 255\n" + b" ".join(b"%d" % v for v in NOISE.ravel().tolist()),
        "float.pfm": b"Pf\n80 60\n-1.0\n" + (NOISE / 255).astype("<f4").tobytes(),
    }
    for name, data in files.items():
        yield f"whole {name}", (data, READ)
        yield f"half {name}", (data[: len(data) // 2], DAMAGED)
        yield f"head {name}", (data[:13], DAMAGED)


def _png() -> Kinds:
    body = chunks(PNG)
    header, pixels, end = body[0], next(c for c in body if c[0] == b"IDAT"), (b"IEND", b"")

    def made(*parts: tuple[bytes, bytes]) -> bytes:
        return PNG[:8] + b"".join(chunk(*part) for part in parts)

    def sized(width: int, height: int, bits: int = 8, kind: int = 0, *rest: int) -> tuple[bytes, bytes]:
        return b"IHDR", struct.pack(">IIBBBBB", width, height, bits, kind, *(rest or (0, 0, 0)))

    bomb = zlib.compress(bytes(200 << 20), 9)
    yield "no rows.png", (made(header, end), DAMAGED)
    yield "no end.png", (made(header, pixels), READ)
    yield "after the end.png", (PNG + b"more" * 100, READ)
    yield "two headers.png", (made(header, header, pixels, end), READ)
    yield "wrong sum.png", (PNG[:29] + b"\0\0\0\0" + PNG[33:], DAMAGED)
    yield "rows are noise.png", (made(header, (b"IDAT", bytes(range(256)) * 9), end), DAMAGED)
    yield "too few rows.png", (made(header, (b"IDAT", zlib.compress(bytes(81 * 20))), end), READ)
    yield "too many rows.png", (made(header, (b"IDAT", zlib.compress(bytes(81 * 90))), end), READ)
    yield "rows for ever.png", (made(header, (b"IDAT", bomb), end), READ)
    yield "filter of no kind.png", (made(header, (b"IDAT", zlib.compress(b"\x09" * 81 * 60)), end), DAMAGED)
    yield "no size.png", (made(sized(0, 60), pixels, end), NO_SIZE)
    yield "too large.png", (png_header(40_000, 40_000), LARGE)
    yield "largest number.png", (made(sized(2**32 - 1, 2**32 - 1), pixels, end), LARGE)
    yield "a row of a pixel.png", (png_header(1, 1), SMALL)
    yield "three bits.png", (made(sized(80, 60, 3), pixels, end), NO_SIZE)
    yield "colours of no kind.png", (made(sized(80, 60, 8, 5), pixels, end), NO_SIZE)
    yield "no palette.png", (made(sized(80, 60, 8, 3), pixels, end), DAMAGED)
    yield "short palette.png", (made(sized(80, 60, 8, 3), (b"PLTE", b"\0" * 9), pixels, end), READ)
    yield "interlaced otherwise.png", (made(sized(80, 60, 8, 0, 0, 0, 7), pixels, end), DAMAGED)
    yield "chunk without end.png", (PNG[:33] + b"\xff\xff\xff\xffIDAT" + PNG[41:], READ)
    yield "text bomb.png", (made(header, (b"zTXt", b"a\0\0" + bomb), pixels, end), DAMAGED)
    yield "profile bomb.png", (made(header, (b"iCCP", b"a\0\0" + bomb), pixels, end), DAMAGED)
    yield "bad exif.png", (made(header, (b"eXIf", b"MM\0*\xff\xff\xff\xff"), pixels, end), READ)
    yield "orientation of no kind.png", (made(header, (b"eXIf", exif(99)), pixels, end), READ)
    yield "no resolution.png", (made(header, (b"pHYs", b"\0" * 9), pixels, end), READ)
    yield "short chunks.png", (made(header, (b"pHYs", b"\0"), (b"tRNS", b""), pixels, end), DAMAGED)
    yield "animation without frames.png", (made(header, (b"acTL", b"\0" * 8), pixels, end), READ)
    yield "animation of too many.png", (made(header, (b"acTL", b"\xff" * 8), pixels, end), READ)


def _jpeg() -> Kinds:
    frame, scan = JPEG.index(b"\xff\xc0"), JPEG.index(b"\xff\xda")

    def without(marker: bytes) -> bytes:
        start = JPEG.index(marker)
        (length,) = struct.unpack(">H", JPEG[start + 2 : start + 4])
        return JPEG[:start] + JPEG[start + 2 + length :]

    def changed(place: int, *values: int) -> bytes:
        return JPEG[:place] + bytes(values) + JPEG[place + len(values) :]

    progressive = encoded(GRAY, "JPEG", progressive=True)
    last = progressive.rindex(b"\xff\xda")
    yield "only a start.jpg", (b"\xff\xd8\xff", NO_SIZE)
    yield "start and end.jpg", (b"\xff\xd8\xff\xd9", NO_SIZE)
    yield "no end.jpg", (JPEG[:-2], READ)
    yield "after the end.jpg", (JPEG + b"more" * 100, READ)
    yield "no quantisation.jpg", (without(b"\xff\xdb"), DAMAGED)
    yield "no codes.jpg", (without(b"\xff\xc4"), READ)
    yield "no frame.jpg", (without(b"\xff\xc0"), NO_SIZE)
    yield "no scan.jpg", (JPEG[:scan] + b"\xff\xd9", DAMAGED)
    yield "no rows.jpg", (changed(frame + 5, 0, 0), NO_SIZE)
    yield "too large.jpg", (changed(frame + 5, 0xFF, 0xFF, 0xFF, 0xFF), LARGE)
    yield "twelve bits.jpg", (changed(frame + 4, 12), "a JPEG of 12 bits a sample, which cannot be read")
    yield "lossless.jpg", (changed(frame + 1, 0xC3), "a lossless JPEG, which cannot be read")
    yield "hierarchical.jpg", (changed(frame + 1, 0xC5), "a hierarchical JPEG, which cannot be read")
    yield "arithmetic.jpg", (changed(frame + 1, 0xC9), READ)
    yield "no components.jpg", (changed(frame + 9, 0), DAMAGED)
    yield "seven components.jpg", (changed(frame + 9, 7), DAMAGED)
    yield "no sampling.jpg", (changed(frame + 11, 0), DAMAGED)
    yield "segment without end.jpg", (changed(JPEG.index(b"\xff\xdb") + 2, 0xFF, 0xFF), DAMAGED)
    yield "segment of no length.jpg", (changed(JPEG.index(b"\xff\xdb") + 2, 0, 0), DAMAGED)
    yield "markers in the scan.jpg", (changed(scan + 200, 0xFF, 0xD9, 0xFF, 0xD8), READ)
    yield "bad exif.jpg", (app(1, b"Exif\0\0MM\0*\xff\xff\xff\xff"), READ)
    yield "orientation of no kind.jpg", (app(1, b"Exif\0\0" + exif(0)), READ)
    yield "profile in pieces.jpg", (app(2, b"ICC_PROFILE\0\x09\x02x"), READ)
    yield "other images nowhere.jpg", (app(2, b"MPF\0II*\0\x08\0\0\0\xff\xff"), READ)
    yield "scans for ever.jpg", (progressive[:last] + progressive[last:-2] * 400 + b"\xff\xd9", "more than 200 scans")


def _tiff() -> Kinds:
    def tagged(tag: int, value: int, count: int | None = None, data: bytes = TIFF) -> bytes:
        return with_tag(data, tag, value, count)

    fax = encoded(BITS, "TIFF", compression="group4")
    start = struct.unpack("<I", TIFF[4:8])[0]
    yield "pages nowhere.tif", (TIFF[:4] + b"\xff\xff\xff\x7f" + TIFF[8:], DAMAGED)
    yield "no pages.tif", (TIFF[:4] + bytes(4) + TIFF[8:], DAMAGED)
    yield "tags for ever.tif", (TIFF[:start] + b"\xff\xff" + TIFF[start + 2 :], READ)
    yield "no tags.tif", (TIFF[:start] + bytes(6), SMALL)
    yield "loop of pages.tif", (loop(TIFF), READ)
    yield "loop of damaged pages.tif", (with_tag(loop(TIFF), 273, 2**31), DAMAGED)
    yield "loop of thumbnails.tif", (loop(tiff(NOISE, subfiletype=1)), READ)
    yield "many pages.tif", (tiff_pages(10_001), "more than 10000 pages, the most that are read")
    yield "no width.tif", (tagged(256, 0), SMALL)
    yield "too wide.tif", (tagged(256, 2**31), LARGE)
    yield "too large.tif", (tagged(256, 30_000, data=with_tag(TIFF, 257, 30_000)), LARGE)
    yield "thirteen bits.tif", (tagged(258, 13), "a TIFF of 13-bit samples, which cannot be read")
    yield "no bits.tif", (tagged(258, 0), "a TIFF of 0-bit samples, which cannot be read")
    yield "compression of no kind.tif", (tagged(259, 65_000), DAMAGED)
    yield "jpeg 2000.tif", (tagged(259, 34712), "a TIFF with JPEG 2000 compression, which cannot be read")
    yield "jbig.tif", (tagged(259, 34661), "a TIFF with JBIG compression, which cannot be read")
    yield "lzw that is none.tif", (tagged(259, 5), DAMAGED)
    yield "deflate that is none.tif", (tagged(259, 8), DAMAGED)
    yield "jpeg that is none.tif", (tagged(259, 7), DAMAGED)
    yield "fax that is none.tif", (with_tag(fax, 273, 2), READ)
    yield "ink of no kind.tif", (tagged(262, 50), "a TIFF of an unusual kind of colours, which cannot be read")
    yield "strips nowhere.tif", (tagged(273, 2**31), DAMAGED)
    yield "more strips than bytes.tif", (tagged(273, 8, 2**32 - 1), DAMAGED)
    yield "no samples.tif", (tagged(277, 0), READ)
    yield "too many samples.tif", (tagged(277, 65_535), READ)
    yield "strips of no rows.tif", (tagged(278, 0), DAMAGED)
    yield "strips of no bytes.tif", (tagged(279, 0), READ)
    yield "strips of too many bytes.tif", (tagged(279, 2**32 - 1), READ)
    yield "planes of no kind.tif", (tagged(284, 9), READ)
    yield "huge tiles.tif", (with_tag(with_tag(tiff(NOISE, tile=(16, 16)), 322, 65_520), 323, 65_520), DAMAGED)
    yield "no tiles.tif", (with_tag(tiff(NOISE, tile=(16, 16)), 322, 0), DAMAGED)
    yield "complex.tif", (tiff(NOISE.astype(np.complex64)), "a TIFF of 64-bit complex samples, which cannot be read")
    yield "no numbers.tif", (tiff(np.full((60, 80), np.nan)), READ)
    yield "infinite.tif", (tiff(np.where(NOISE > 99, np.inf, -np.inf)), READ)
    yield "largest floats.tif", (tiff(np.where(NOISE > 99, 1e308, -1e308)), READ)
    yield "offsets of four bytes.tif", (b"II+\0\x04\0\0\0" + tiff(NOISE, bigtiff=True)[8:], READ)
    yield "only a thumbnail.tif", (tiff(NOISE, subfiletype=1), READ)


def _webp() -> Kinds:
    yield "no chunks.webp", (b"RIFF\x04\0\0\0WEBP", DAMAGED)
    yield "size of nothing.webp", (WEBP[:4] + bytes(4) + WEBP[8:], DAMAGED)
    yield "size of everything.webp", (WEBP[:4] + b"\xff\xff\xff\xff" + WEBP[8:], DAMAGED)
    yield "only features.webp", (b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0" + bytes(10), DAMAGED)
    yield (
        "animation without frames.webp",
        (
            b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\x02" + bytes(9) + b"ANIM\x06\0\0\0" + bytes(6),
            DAMAGED,
        ),
    )
    yield "noise.webp", (WEBP[:40] + NOISE.tobytes()[: len(WEBP) - 40], DAMAGED)


def _bmp() -> Kinds:
    def changed(place: int, form: str, *values: int) -> bytes:
        new = struct.pack(form, *values)
        return BMP[:place] + new + BMP[place + len(new) :]

    yield "upside down.bmp", (changed(22, "<i", -60), READ)
    yield "backwards.bmp", (changed(18, "<i", -80), LARGE)
    yield "no size.bmp", (changed(18, "<ii", 0, 0), NO_SIZE)
    yield "too large.bmp", (changed(18, "<ii", 2**31 - 1, 2**31 - 1), LARGE)
    yield "header of no kind.bmp", (changed(14, "<I", 7), DAMAGED)
    yield "header without end.bmp", (changed(14, "<I", 2**32 - 1), DAMAGED)
    yield "three bits.bmp", (changed(28, "<H", 3), DAMAGED)
    yield "compression of no kind.bmp", (changed(30, "<I", 99), DAMAGED)
    yield "pixels nowhere.bmp", (changed(10, "<I", 2**31), DAMAGED)
    yield "palette without end.bmp", (changed(46, "<I", 2**31), DAMAGED)
    yield "runs without end.bmp", (changed(30, "<I", 1), DAMAGED)


def _pnm() -> Kinds:
    yield "no width.pgm", (b"P5 0 60 255\n", NO_SIZE)
    yield "negative.pgm", (b"P5 -80 60 255\n" + NOISE.tobytes(), NO_SIZE)
    yield "letters.pgm", (b"P5 eighty sixty 255\n" + NOISE.tobytes(), DAMAGED)
    yield "too large.pgm", (b"P5 99999 99999 255\n" + NOISE.tobytes(), LARGE)
    yield "number without end.pgm", (b"P5 " + b"9" * 5000, DAMAGED)
    yield "comment without end.pgm", (b"P5 #" + b"x" * 100_000, DAMAGED)
    yield "no white.pgm", (b"P5 80 60 0\n" + NOISE.tobytes(), DAMAGED)
    yield "too white.pgm", (b"P5 80 60 65536\n" + NOISE.tobytes(), DAMAGED)
    yield "whiter than white.pgm", (b"P2 8 8 9\n" + b"10 " * 64, DAMAGED)
    yield "words as pixels.pgm", (b"P2 8 8 255\n" + b"ten " * 64, DAMAGED)
    yield "long token.pgm", (b"P2 8 8 255\n" + b"1" * 100_000, DAMAGED)
    yield "no scale.pfm", (b"Pf\n80 60\n0.0\n" + bytes(80 * 60 * 4), DAMAGED)
    yield "scale that is no number.pfm", (b"Pf\n80 60\nnan\n" + bytes(80 * 60 * 4), DAMAGED)
    yield "no numbers.pfm", (b"Pf\n80 60\n-1.0\n" + b"\xff" * 80 * 60 * 4, READ)
    yield "image and junk.pgm", (PGM + b"junk" * 99, READ)


def _others() -> Kinds:
    yield "empty.png", (b"", "the file is empty")
    yield "a byte.png", (b"x", NO_IMAGE)
    yield "zeros.png", (bytes(5000), NO_IMAGE)
    yield "text.png", (b"Dear Sir or Madam,\n", NO_IMAGE)
    yield "wide text.png", ("\ufeffDear Sir".encode("utf-16"), NO_IMAGE)
    yield "page.html.png", (b"<!DOCTYPE html><html></html>", NO_IMAGE)
    yield "program.png", (b"\x7fELF\x02\x01\x01" + bytes(99), NO_IMAGE)
    yield "sound.png", (b"RIFF\x10\0\0\0WAVEfmt ", NO_IMAGE)
    yield "packed.png", (gzip.compress(PNG), "a gzip archive, " + NOT_READ)
    others = {
        "picture.gif": (encoded(GRAY, "GIF"), "a GIF image"),
        "picture.jp2": (encoded(GRAY, "JPEG2000"), "a JPEG 2000 image"),
        "stream.j2k": (b"\xff\x4f\xff\x51\0\x2f", "a JPEG 2000 image"),
        "picture.jxl": (b"\xff\x0a\xfa\x7f", "a JPEG XL image"),
        "picture.heic": (b"\0\0\0\x20ftypheic\0\0\0\0", "a HEIC image"),
        "picture.avif": (b"\0\0\0\x20ftypavif\0\0\0\0", "an AVIF image"),
        "picture.jxr": (b"II\xbc\x01\x20\0\0\0", "a JPEG XR image"),
        "picture.pam": (b"P7\nWIDTH 8\n", "a PAM image"),
        "colour.pfm": (b"PF\n8 8\n-1.0\n", "a PFM image in colour"),
        "picture.qoi": (b"qoif\0\0\0\x08", "a QOI image"),
        "picture.psd": (b"8BPS\0\x01", "a Photoshop image"),
        "picture.xcf": (b"gimp xcf v011\0", "a GIMP image"),
        "picture.ico": (b"\0\0\x01\0\x01\0", "an icon"),
        "picture.hdr": (b"#?RADIANCE\n", "a Radiance image"),
        "picture.exr": (b"v/1\x01\x02\0\0\0", "an OpenEXR image"),
        "picture.jb2": (b"\x97JB2\r\n\x1a\n", "a JBIG2 image"),
        "picture.fits": (b"SIMPLE  =                    T", "a FITS image"),
        "picture.dcm": (bytes(128) + b"DICM", "a DICOM image"),
        "drawing.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        "book.djvu": (b"AT&TFORM\0\0\0\0DJVU", "a DjVu document"),
        "page.ps": (b"%!PS-Adobe-3.0\n", "a PostScript document"),
        "letter.rtf": (b"{\\rtf1 Dear}", "an RTF document"),
        "letter.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of an old office program"),
        "letter.docx": (b"PK\x03\x04\x14\0", "a ZIP archive, as office documents are too"),
        "pages.7z": (b"7z\xbc\xaf\x27\x1c\0", "a 7z archive"),
        "pages.rar": (b"Rar!\x1a\x07\x01\0", "a RAR archive"),
        "pages.tar": (bytes(257) + b"ustar\x0000", "a tar archive"),
        "pages.bz2": (b"BZh91AY&SY", "a bzip2 archive"),
        "pages.xz": (b"\xfd7zXZ\0\0\x04", "an xz archive"),
        "pages.zst": (b"\x28\xb5\x2f\xfd\x04", "a Zstandard archive"),
        "data.h5": (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    }
    for name, (data, kind) in others.items():
        yield name, (data, f"{kind}, {NOT_READ}")


def tiff(values: np.ndarray, **options: Any) -> bytes:
    """A TIFF of an array."""
    file = io.BytesIO()
    tifffile.imwrite(file, values, photometric="minisblack", **options)
    return file.getvalue()


def tiff_pages(count: int) -> bytes:
    """A TIFF of many pages, which share their pixels: each takes few bytes."""
    entries = {256: 8, 257: 8, 258: 8, 259: 1, 262: 1, 273: 8, 278: 8, 279: 64}
    length = 2 + 12 * len(entries) + 4
    tags = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", tag, 4, 1, v) for tag, v in entries.items())
    starts = [8 + 64 + k * length for k in range(1, count)] + [0]
    return b"II*\0" + struct.pack("<I", 72) + bytes(64) + b"".join(tags + struct.pack("<I", next_) for next_ in starts)


def with_tag(data: bytes, tag: int, value: int, count: int | None = None) -> bytes:
    """A TIFF in which a tag of its first page has another value, and another number of values."""
    changed = bytearray(data)
    (start,) = struct.unpack("<I", data[4:8])
    for entry in range(start + 2, start + 2 + 12 * struct.unpack("<H", data[start : start + 2])[0], 12):
        if struct.unpack("<H", data[entry : entry + 2])[0] == tag:
            changed[entry + 2 : entry + 12] = struct.pack("<HII", 4, 1 if count is None else count, value)
    return bytes(changed)


def loop(data: bytes) -> bytes:
    """A TIFF whose first page is followed by itself."""
    (start,) = struct.unpack("<I", data[4:8])
    after = start + 2 + 12 * struct.unpack("<H", data[start : start + 2])[0]
    return data[:after] + struct.pack("<I", start) + data[after + 4 :]


def exif(orientation: int) -> bytes:
    """EXIF data that holds an orientation only."""
    return b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIHHI", 0x0112, 3, 1, orientation, 0, 0)


def app(number: int, body: bytes) -> bytes:
    """A JPEG with an application segment."""
    return JPEG[:2] + struct.pack(">BBH", 0xFF, 0xE0 + number, len(body) + 2) + body + JPEG[2:]


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Kinds and contents of the chunks of a PNG."""
    found, place = [], 8
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        found.append((kind, data[place + 8 : place + 8 + length]))
        place += 12 + length
    return found


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def main() -> None:
    """Read each kind in at most ten seconds, or end; print the number of kinds and the most bytes of memory."""
    import re
    import signal

    from ocrtool.errors import InputError
    from ocrtool.imaging.input import read_pages

    kinds = bad_inputs()
    for name, (data, _) in kinds.items():
        signal.alarm(10)
        try:
            for page in read_pages(data, name):
                assert page.gray.size
        except InputError:
            pass
    signal.alarm(0)
    # Not of getrusage, whose peak is that of the process that started this one, if that was larger.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert peak is not None
    print(len(kinds), 1024 * int(peak[1]))  # noqa: T201


if __name__ == "__main__":
    main()
