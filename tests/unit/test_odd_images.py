"""Kinds of images that are rare: read as they are meant, or named for what they are."""

from __future__ import annotations

import io
import os
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from odd_files import encoded, png_header
from PIL import Image

from ocrtool import errors
from ocrtool.imaging import input as reader
from ocrtool.imaging.input_page import InputPage
from ocrtool.imaging.limits import Limits
from ocrtool.imaging.pdf_options import PdfOptions

GRAY = np.linspace(120, 255, 60, dtype=np.uint8)[None].repeat(40, 0)
GRAY[10:20, 5:50] = 0
NOISE = np.random.default_rng(0).integers(0, 256, (120, 90)).astype(np.uint8)


def tiff(values: np.ndarray, **options: Any) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, values, **{"photometric": "minisblack", **options})
    return file.getvalue()


def pages(data: bytes, options: PdfOptions | None = None) -> list[InputPage]:
    return list(reader.read_pages(data, "page", options or PdfOptions()))


def close(data: bytes, most: int = 1) -> None:
    """Check that the only page is GRAY, without a warning."""
    (page,) = pages(data)
    assert page.gray.dtype == np.uint8 and np.abs(page.gray.astype(int) - GRAY).max() <= most
    assert not page.warnings


def samples(kind: str) -> np.ndarray:
    """GRAY in a number type, over all its range."""
    if kind.startswith("float"):
        return (GRAY / 255).astype(kind)
    if kind == "int8":
        return (GRAY.astype(int) - 128).astype(kind)
    return GRAY.astype(kind) * np.array(np.iinfo(kind).max // 255, kind)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(
    "kind",
    ["int8", "int16", "int32", "uint16", "uint32", "uint64", "float16", "float32", "float64"],
)
def test_numbers_of_every_kind_in_tiff(kind: str, order: str) -> None:
    close(tiff(samples(kind), byteorder=order))


@pytest.mark.parametrize("kind", ["int8", "int16", "uint32", "float64"])
@pytest.mark.parametrize("options", [{"compression": "zlib"}, {"tile": (16, 16)}, {"bigtiff": True}])
def test_they_may_be_packed(kind: str, options: dict) -> None:
    close(tiff(samples(kind), **options))


def test_signed_values_below_zero_are_dark() -> None:
    (page,) = pages(tiff(np.array([[-32768, -1, 32767]] * 8, np.int16).repeat(8, 1)))
    assert page.gray[0, ::8].tolist() == [0, 127, 255]


@pytest.mark.parametrize("order", "<>")
def test_big_tiff_of_either_byte_order(order: str) -> None:
    close(tiff(GRAY, bigtiff=True, byteorder=order))
    first, second = pages(tiff(np.stack([GRAY, 255 - GRAY]), bigtiff=True, byteorder=order))
    assert (first.gray == GRAY).all() and (second.gray == 255 - GRAY).all() and second.number == 2


@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("kind", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("planes", ["contig", "separate"])
def test_colours_side_by_side_and_in_planes(kind: str, planes: str, compression: str | None) -> None:
    colours = np.stack([samples(kind)] * 3, -1 if planes == "contig" else 0)
    close(tiff(colours, photometric="rgb", planarconfig=planes, compression=compression))


def test_long_samples_where_zero_is_white() -> None:
    close(tiff(np.uint32(2**32 - 1) - samples("uint32"), photometric="miniswhite"))


def inked(data: bytes) -> bytes:
    """A JPEG of four colours without the marker by which Adobe's are known, and so with ink as it is."""
    start = data.find(b"\xff\xee")
    return data[:start] + data[start + 2 + struct.unpack(">H", data[start + 2 : start + 4])[0] :]


def test_four_colours_without_the_marker_of_adobe() -> None:
    ink = np.zeros((*GRAY.shape, 4), np.uint8)
    ink[..., 3] = 255 - GRAY
    close(encoded(Image.fromarray(ink, "CMYK"), "JPEG", quality=97), 12)
    close(inked(encoded(Image.fromarray(255 - ink, "CMYK"), "JPEG", quality=97)), 12)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 3}])
@pytest.mark.parametrize("tail", [b"", b"\0\0", b"\xff"])
def test_a_jpeg_without_its_end_is_read_with_a_warning(options: dict, tail: bytes) -> None:
    whole = encoded(Image.fromarray(NOISE), "JPEG", quality=90, **options)
    (expected,), (page,) = pages(whole), pages(whole[:-2] + tail)
    assert np.array_equal(page.gray, expected.gray)
    assert page.warnings == ("the file lacks its end, but no pixels",)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 3}])
@pytest.mark.parametrize("lost", [4, 40, 1000])
def test_a_jpeg_that_lacks_pixels_is_truncated(options: dict, lost: int) -> None:
    whole = encoded(Image.fromarray(NOISE), "JPEG", quality=90, **options)
    with pytest.raises(errors.ImageTruncated):
        pages(whole[:-lost])


def frame_marker(marker: int, bits: int = 8) -> bytes:
    """A JPEG with another frame marker, or number of bits."""
    data = bytearray(encoded(Image.fromarray(GRAY), "JPEG"))
    start = data.find(b"\xff\xc0")
    data[start + 1], data[start + 4] = marker, bits
    return bytes(data)


def compressed_as(number: int, **options: Any) -> bytes:
    """A TIFF that says its data is compressed in another way."""
    data = bytearray(tiff(GRAY, **options))
    (start,) = struct.unpack("<I", data[4:8])
    for entry in range(start + 2, start + 2 + 12 * struct.unpack("<H", data[start : start + 2])[0], 12):
        if struct.unpack("<H", data[entry : entry + 2])[0] == 259:
            data[entry + 8 : entry + 10] = struct.pack("<H", number)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (frame_marker(0xC1, 12), errors.ImageUnsupported, "a JPEG of 12 bits a sample, which cannot be read"),
        (frame_marker(0xC3), errors.ImageUnsupported, "a lossless JPEG, which"),
        (frame_marker(0xC5), errors.ImageUnsupported, "a hierarchical JPEG, which"),
        (compressed_as(34712), errors.ImageUnsupported, "a TIFF with JPEG 2000 compression, which"),
        (compressed_as(33003), errors.ImageUnsupported, "a TIFF with JPEG 2000 compression, which"),
        (compressed_as(34661), errors.ImageUnsupported, "a TIFF with JBIG compression, which"),
        (compressed_as(34887), errors.ImageUnsupported, "a TIFF with LERC compression, which"),
        (compressed_as(50002), errors.ImageUnsupported, "a TIFF with JPEG XL compression, which"),
        (tiff(GRAY.astype(np.complex64)), errors.ImageUnsupported, "a TIFF of 64-bit complex samples, which"),
        (encoded(Image.fromarray(GRAY), "GIF"), errors.NotAnImage, "a GIF image, which is not read: only images"),
        (encoded(Image.fromarray(GRAY), "JPEG2000"), errors.NotAnImage, "a JPEG 2000 image, which"),
        (b"\0\0\0\x20ftypheic\0\0\0\0mif1heic", errors.NotAnImage, "a HEIC image, which"),
        (b"\0\0\0\x20ftypavif\0\0\0\0mif1avif", errors.NotAnImage, "an AVIF image, which"),
        (b"\xff\x0a\xfa\x7f\x01", errors.NotAnImage, "a JPEG XL image, which"),
        (b"II\xbc\x01\x08\0\0\0", errors.NotAnImage, "a JPEG XR image, which"),
        (b"P7\nWIDTH 60\n", errors.NotAnImage, "a PAM image, which"),
        (b"PK\x03\x04\x14\0\0\0", errors.NotAnImage, "a ZIP archive, as office documents are too, which"),
        (b"\x1f\x8b\x08\0", errors.NotAnImage, "a gzip archive, which"),
        (b"AT&TFORM\0\0", errors.NotAnImage, "a DjVu document, which"),
        (b"%!PS-Adobe-3.0\n", errors.NotAnImage, "a PostScript document, which"),
        (bytes(128) + b"DICM", errors.NotAnImage, "a DICOM image, which"),
    ],
)
def test_what_is_not_read_is_named(data: bytes, error: type[errors.InputError], words: str) -> None:
    with pytest.raises(error) as caught:
        pages(data)
    assert caught.value.fault.startswith(words)


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_ccitt"])
def test_damage_of_a_fax_is_a_warning(compression: str, capfd: pytest.CaptureFixture) -> None:
    image = Image.fromarray(NOISE).convert("1")
    whole = encoded(image, "TIFF", compression=compression)
    (page,) = pages(whole)
    assert not page.warnings and np.array_equal(page.gray, np.asarray(image.convert("L")))
    data = bytearray(whole)
    for place in range(100, 1500, 3):
        data[place] ^= 0x5A
    (page,) = pages(bytes(data))
    (warning,) = page.warnings
    assert warning.startswith("the image is damaged, as its decoder reports ")
    assert page.gray.shape == NOISE.shape and capfd.readouterr().err == ""


def test_tags_that_nobody_knows_are_no_damage() -> None:
    close(tiff(GRAY, extratags=[(65000, "s", 0, "hello", True)], compression="zlib"))


def test_a_damaged_page_of_a_tiff_costs_only_itself() -> None:
    data = bytearray(tiff(np.stack([GRAY, NOISE[:40, :60], 255 - GRAY]), compression="zlib"))
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        start = file.pages[1].dataoffsets[0]
    data[start + 50 : start + 90] = bytes(40)
    first, second, third = pages(bytes(data))
    assert np.array_equal(first.gray, GRAY) and np.array_equal(third.gray, 255 - GRAY)
    with pytest.raises(errors.ImageTruncated, match=r"^page, page 2: "):
        assert second.gray


def test_pages_of_one_file_may_be_of_several_kinds() -> None:
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for values in (GRAY, samples("uint32"), samples("float64"), samples("int8")):
            writer.write(values, photometric="minisblack")
    for page in pages(file.getvalue()):
        assert np.abs(page.gray.astype(int) - GRAY).max() <= 1


@pytest.mark.parametrize("kind", ["PBM", "PGM", "PPM"])
def test_images_of_pnm_may_follow_each_other(kind: str) -> None:
    image = Image.fromarray(GRAY).convert({"PBM": "1", "PGM": "L", "PPM": "RGB"}[kind])
    data = encoded(image, "PPM")
    found = pages(data + b"\n" + data + data.replace(b"\n", b" # a comment\n", 1))
    assert [(page.number, page.count) for page in found] == [(1, 3), (2, 3), (3, 3)]
    assert all(np.array_equal(page.gray, np.asarray(image.convert("L"))) for page in found)
    whole, cut = pages(data + data[:-100])
    assert np.array_equal(whole.gray, np.asarray(image.convert("L")))
    with pytest.raises(errors.ImageTruncated, match="page 2"):
        assert cut.gray


def test_sixteen_bits_of_pnm_follow_each_other_too() -> None:
    data = b"P5 60 40 65535\n" + (GRAY.astype(np.uint16) * 257).astype(">u2").tobytes()
    assert all(np.array_equal(page.gray, GRAY) for page in pages(data * 3)) and len(pages(data * 3)) == 3


@pytest.mark.parametrize(("kind", "count"), [("PNG", 2), ("WEBP", 3), ("MPO", 3)])
def test_images_that_are_not_read_are_counted(kind: str, count: int) -> None:
    images = [Image.fromarray(value) for value in (GRAY, 255 - GRAY, NOISE[:40, :60])]
    (page,) = pages(encoded(images[0], kind, save_all=True, append_images=images[1:count]))
    assert page.warnings == (f"the first of {count} images in the file is read, the others are not",)
    assert np.abs(page.gray.astype(int) - GRAY).mean() < 10


def test_limits_can_be_set() -> None:
    for data in (encoded(Image.fromarray(GRAY), "PNG"), tiff(samples("uint32"))):
        with pytest.raises(errors.ImageTooLarge, match="at most 32767 a side and 2399 in all"):
            pages(data, PdfOptions(limits=Limits(pixels=2399)))
        assert len(pages(data, PdfOptions(limits=Limits(pixels=2400)))) == 1
    for data in (tiff(np.stack([GRAY] * 4)), tiff(np.stack([GRAY] * 4), bigtiff=True, byteorder=">")):
        with pytest.raises(errors.ImageTooLarge, match="more than 3 pages"):
            pages(data, PdfOptions(limits=Limits(pages=3)))
        assert len(pages(data, PdfOptions(limits=Limits(pages=4)))) == 4


def test_a_jpeg_of_endless_scans_is_not_decoded() -> None:
    data = encoded(Image.fromarray(NOISE), "JPEG", progressive=True)
    start = data.rfind(b"\xff\xda")
    with pytest.raises(errors.ImageTooLarge, match="more than 200 scans"):
        pages(data[:start] + data[start:-2] * 300 + data[-2:])


def test_what_never_ends_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(errors.NotAnImage):
        list(reader.read_pages(Path("/dev/zero"), "/dev/zero"))
    with (tmp_path / "huge.png").open("wb") as file:
        file.write(png_header(100, 100))
        os.truncate(file.fileno(), 1 << 40)
    with pytest.raises(errors.ImageTooLarge, match="more than 1024 MiB"):
        list(reader.read_pages(tmp_path / "huge.png", "huge.png"))


class Endless(io.RawIOBase):
    """A stream of one line, over and over, that counts what was read."""

    def __init__(self) -> None:
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        self.count += size
        return (b"no image\n" * (size // 9 + 1))[:size]


def test_standard_input_of_another_kind_is_left_alone() -> None:
    stream = Endless()
    assert len(reader.read_stream(stream)) == 1024 and stream.count == 1024  # type: ignore[arg-type]
