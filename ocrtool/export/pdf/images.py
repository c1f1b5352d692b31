"""Images of pages as objects of a PDF, without encoding them anew where the PDF can hold what the file has."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocrtool.errors import InputError, OutputError

if TYPE_CHECKING:
    import pikepdf
    from PIL.Image import Image

#: Kinds of PNG that a PDF holds as they are: number of colours of grey, true colour and palette.
_PNG_COLOURS = {0: 1, 2: 3, 3: 1}
#: The marker of PNG chunks with transparency.
_TRANSPARENT = b"tRNS"
#: Effort of compression: 9 takes three times as long for 3 % less. And not the strategy of Pillow, which takes a fifth
#: more for scans.
LEVEL = 6
#: TIFF tags: rows of a strip, where strips are and how long they are, and whether zero is white.
_ROWS, _OFFSETS, _LENGTHS, _INK = 278, 273, 279, 262
#: Image modes that a PDF holds, with the number of their colours; others are converted.
_COLOURS = {"L": 1, "RGB": 3, "CMYK": 4}


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """An image as a PDF holds it.

    size: width and height in pixels as stored; colours: of a pixel; entries: of its dictionary, such as filter and
    parameters; turn: EXIF orientation, 1 to 8, by which it is shown; profile: ICC profile.
    """

    data: bytes
    size: tuple[int, int]
    colours: int
    bits: int
    filter: str
    entries: dict[str, Any] = field(default_factory=dict)
    palette: bytes | None = None
    turn: int = 1
    profile: bytes | None = None

    def object(self, pdf: pikepdf.Pdf) -> pikepdf.Stream:
        """Make the image an object of ``pdf``."""
        from pikepdf import Array, Dictionary, Name

        space: Any = {1: Name.DeviceGray, 3: Name.DeviceRGB, 4: Name.DeviceCMYK}[self.colours]
        if self.palette is not None:
            space = Array([Name.Indexed, Name.DeviceRGB, len(self.palette) // 3 - 1, self.palette])
        elif self.profile is not None:
            stream = pdf.make_stream(zlib.compress(self.profile, 9), Filter=Name.FlateDecode, N=self.colours)
            space = Array([Name.ICCBased, stream])
        found = pdf.make_stream(self.data)
        found.Type, found.Subtype, found.Filter = Name.XObject, Name.Image, Name(f"/{self.filter}")
        found.Width, found.Height = self.size
        found.ColorSpace, found.BitsPerComponent = space, self.bits
        for key, value in self.entries.items():
            found[f"/{key}"] = Dictionary(value) if isinstance(value, dict) else value
        return found


def encode_image(path: Path, number: int) -> EncodedImage:
    """Encode page ``number`` (from 1) of an image file. Raises OutputError if the file cannot be read again."""
    from ocrtool.imaging.input import open_frame

    try:
        data = path.read_bytes()
        image = open_frame(data, number, str(path))
        if image.format == "JPEG" and image.mode in _COLOURS:
            return _jpeg(data, image)
        if image.format == "PNG" and (found := _png(data)) is not None:
            return found
        return _converted(image)
    except (OSError, ValueError, SyntaxError, InputError, struct.error) as error:
        raise OutputError(f"{path}: the image cannot be read again for the PDF") from error


def _jpeg(data: bytes, image: Image) -> EncodedImage:
    """Take a JPEG file as it is. Adobe's files of four colours are inverted."""
    entries = {"Decode": [1, 0] * 4} if image.mode == "CMYK" and "adobe" in image.info else {}
    profile = image.info.get("icc_profile")
    colours, turn = _COLOURS[image.mode], _turn(image)
    return EncodedImage(data, image.size, colours, 8, "DCTDecode", entries, None, turn, _fitting(profile, colours))


def _png(data: bytes, turn: int | None = None) -> EncodedImage | None:
    """Take the compressed rows of a PNG file as they are; None for one with transparency or interlaced rows.

    turn: instead of that of the file.
    """
    chunks: dict[bytes, bytes] = {}
    rows, place = [], 8
    while place + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        body = data[place + 8 : place + 8 + length]
        place += 12 + length
        if kind == b"IDAT":
            rows.append(body)
        else:
            chunks.setdefault(kind, body)
    width, height, bits, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    if interlaced or kind not in _PNG_COLOURS or _TRANSPARENT in chunks:
        return None
    colours = _PNG_COLOURS[kind]
    parameters = {"/Predictor": 15, "/Columns": width}
    if (colours, bits) != (1, 8):  # which is understood
        parameters |= {"/Colors": colours, "/BitsPerComponent": bits}
    palette = chunks.get(b"PLTE") if kind == 3 else None
    if turn is None:
        from PIL import PngImagePlugin

        turn = _turn(PngImagePlugin.PngImageFile(io.BytesIO(data)))
    entries = {"DecodeParms": parameters}
    return EncodedImage(b"".join(rows), (width, height), colours, bits, "FlateDecode", entries, palette, turn)


def _converted(image: Image) -> EncodedImage:
    """Encode the pixels without loss: one bit as fax, others as PNG does."""
    image.load()  # which turns TIFF files upright
    turn, profile = _turn(image), image.info.get("icc_profile")
    if image.mode == "1":
        return _fax(image, turn)
    if image.mode == "CMYK":
        data = zlib.compress(image.tobytes(), 9)
        return EncodedImage(data, image.size, 4, 8, "FlateDecode", {}, None, turn, _fitting(profile, 4))
    file = io.BytesIO()
    _storable(image).save(file, "PNG", compress_level=LEVEL, compress_type=zlib.Z_DEFAULT_STRATEGY)
    found = _png(file.getvalue(), turn)
    assert found is not None
    return found


def _storable(image: Image) -> Image:
    """Return an image that PNG and PDF can hold: palette, grey of 8 and 16 bits, or colours, without transparency."""
    from PIL import Image as images

    from ocrtool.imaging.gray import opaque, to_gray

    if image.has_transparency_data:
        return opaque(image)
    if image.mode in ("I", "F") or (image.mode.startswith("I;") and getattr(image, "tag_v2", {}).get(_INK) == 0):
        return images.fromarray(to_gray(image))
    return image if image.mode in ("L", "P", "RGB") or image.mode.startswith("I;") else image.convert("RGB")


def _fax(image: Image, turn: int) -> EncodedImage:
    """Encode one bit per pixel as group 4 of T.6, by way of a TIFF file with a single strip."""
    from PIL import TiffImagePlugin

    width, height = image.size
    file = io.BytesIO()
    plain = image.copy()
    plain.info = {}
    plain.save(file, "TIFF", compression="group4", tiffinfo={_ROWS: height})
    tags = TiffImagePlugin.TiffImageFile(io.BytesIO(file.getvalue())).tag_v2
    offsets, lengths = tags[_OFFSETS], tags[_LENGTHS]
    data = b"".join(file.getvalue()[start : start + size] for start, size in zip(offsets, lengths, strict=True))
    white_is_zero = tags[_INK] == 0
    parameters = {"/K": -1, "/Columns": width, "/Rows": height, "/BlackIs1": not white_is_zero}
    return EncodedImage(data, image.size, 1, 1, "CCITTFaxDecode", {"DecodeParms": parameters}, None, turn)


def _turn(image: Image) -> int:
    turn = image.getexif().get(0x0112, 1)
    return turn if turn in range(1, 9) else 1


def _fitting(profile: bytes | None, colours: int) -> bytes | None:
    """Return an ICC profile if it is one for so many colours: bytes 16 to 19 name them."""
    names = {1: b"GRAY", 3: b"RGB ", 4: b"CMYK"}
    return profile if profile is not None and profile[16:20] == names[colours] else None
