"""Kinds of files by their first bytes: those that are read, and names of others."""

from __future__ import annotations

from ocrtool.errors import NotAnImage

#: First bytes of each format; the Pillow plugin that decodes it and the class in it.
SIGNATURES: dict[bytes, tuple[str, str]] = (
    {b"\x89PNG\r\n\x1a\n": ("PngImagePlugin", "PngImageFile"), b"\xff\xd8\xff": ("JpegImagePlugin", "JpegImageFile")}
    | dict.fromkeys((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), ("TiffImagePlugin", "TiffImageFile"))
    | dict.fromkeys((b"P1", b"P2", b"P3", b"P4", b"P5", b"P6", b"Pf"), ("PpmImagePlugin", "PpmImageFile"))
    | {b"RIFF": ("WebPImagePlugin", "WebPImageFile"), b"BM": ("BmpImagePlugin", "BmpImageFile")}
)
#: The header of a PDF, which stands within so many of its first bytes.
_PDF, PDF_HEAD = b"%PDF-", 1024

#: Where and what the bytes are by which other kinds are known, and their names.
_OTHERS = (
    (0, b"GIF8", "a GIF image"),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 image"),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 image"),
    (0, b"\0\0\0\x0cJXL ", "a JPEG XL image"),
    (0, b"\xff\x0a", "a JPEG XL image"),
    (4, b"ftypavi", "an AVIF image"),
    (4, b"ftyphei", "a HEIC image"),
    (4, b"ftyphev", "a HEIC image"),
    (4, b"ftypmif1", "a HEIC or AVIF image"),
    (4, b"ftypmsf1", "a HEIC or AVIF image"),
    (0, b"II\xbc\x01", "a JPEG XR image"),
    (0, b"P7\n", "a PAM image"),
    (0, b"PF\n", "a PFM image in colour"),
    (0, b"qoif", "a QOI image"),
    (0, b"8BPS", "a Photoshop image"),
    (0, b"gimp xcf", "a GIMP image"),
    (0, b"\0\0\x01\0", "an icon"),
    (0, b"#?RADIANCE", "a Radiance image"),
    (0, b"v/1\x01", "an OpenEXR image"),
    (0, b"BPG\xfb", "a BPG image"),
    (0, b"\x97JB2\r\n", "a JBIG2 image"),
    (0, b"SIMPLE  =", "a FITS image"),
    (128, b"DICM", "a DICOM image"),
    (0, b"AT&TFORM", "a DjVu document"),
    (0, b"%!PS", "a PostScript document"),
    (0, b"\xc5\xd0\xd3\xc6", "a PostScript document"),
    (0, b"{\\rtf", "an RTF document"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of an old office program"),
    (0, b"\x89HDF\r\n", "an HDF5 file"),
    (0, b"PK\x03\x04", "a ZIP archive, as office documents are too"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ\0", "an xz archive"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"<svg", "an SVG drawing"),
)
_READ = "PNG, JPEG, TIFF, WebP, BMP, PBM, PGM or PPM"


def starts_pdf(head: bytes) -> bool:
    """Return True if ``head``, the first PDF_HEAD bytes, is a PDF's: junk may stand before its header."""
    return _PDF in head[:PDF_HEAD] and not head.startswith(tuple(SIGNATURES))


def is_read(head: bytes) -> bool:
    """Return True if the first PDF_HEAD bytes of a file are those of an image that is read, or of a PDF."""
    return starts_pdf(head) or _plugin(head) is not None


def plugin_of(head: bytes, name: str) -> tuple[str, str]:
    """Return the module and class of Pillow that decode an image. name: of the input. Raises NotAnImage."""
    if (found := _plugin(head)) is not None:
        return found
    other = next((kind for start, mark, kind in _OTHERS if head[start : start + len(mark)] == mark), None)
    if other is not None:
        raise NotAnImage(name, f"{other}, which is not read: only images ({_READ}) and PDFs are")
    raise NotAnImage(name, f"neither an image ({_READ}) nor a PDF")


def _plugin(head: bytes) -> tuple[str, str] | None:
    if head.startswith(b"RIFF") and head[8:12] != b"WEBP":
        return None
    return next((plugin for signature, plugin in SIGNATURES.items() if head.startswith(signature)), None)
