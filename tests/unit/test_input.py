"""Every format and kind of pixel reads equal to the grey original; everything else is refused by name."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import tifffile
from odd_files import encoded, png_header
from PIL import Image

from ocrtool import errors
from ocrtool.imaging import input as reader
from ocrtool.imaging.gray import scaled


@pytest.fixture(scope="module")
def gray() -> np.ndarray:
    """(40, 60) uint8: a ramp with a bar of ink."""
    picture = np.linspace(120, 255, 60, dtype=np.uint8)[None].repeat(40, 0)
    picture[10:20, 5:50] = 0
    return picture


def read_one(data: bytes) -> np.ndarray:
    (page,) = reader.read_pages(data, "page")
    assert page.gray.dtype == np.uint8
    return page.gray


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("BMP", {}),
        ("PPM", {}),
        ("WEBP", {"lossless": True}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}),
        ("TIFF", {"compression": "packbits"}),
    ],
)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_lossless_formats(gray: np.ndarray, kind: str, options: dict, mode: str) -> None:
    assert np.array_equal(read_one(encoded(Image.fromarray(gray).convert(mode), kind, **options)), gray)


@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_jpeg_is_close(gray: np.ndarray, options: dict) -> None:
    read = read_one(encoded(Image.fromarray(gray), "JPEG", quality=95, **options))
    assert np.abs(read.astype(int) - gray).mean() < 2


def test_palette(gray: np.ndarray) -> None:
    image = Image.fromarray(gray // 16 * 17)
    for kind in ("PNG", "BMP", "TIFF"):
        assert np.array_equal(read_one(encoded(image.convert("P"), kind)), np.asarray(image))


@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("TIFF", {"compression": "group4"}), ("TIFF", {}), ("BMP", {}), ("PPM", {})]
)
def test_one_bit(gray: np.ndarray, kind: str, options: dict) -> None:
    image = Image.fromarray(gray).point(lambda v: 255 if v > 100 else 0).convert("1")
    assert np.array_equal(read_one(encoded(image, kind, **options)), np.asarray(image.convert("L")))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PGM"])
def test_sixteen_bits(gray: np.ndarray, kind: str) -> None:
    values = gray.astype(np.uint16) * 257
    pgm = b"P5 60 40 65535\n" + values.astype(">u2").tobytes()
    assert np.array_equal(read_one(pgm if kind == "PGM" else encoded(Image.fromarray(values), kind)), gray)


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_fewer_bits_in_sixteen(gray: np.ndarray, bits: int) -> None:
    values = np.rint(gray * ((2**bits - 1) / 255)).astype(np.uint16)
    assert np.array_equal(read_one(encoded(Image.fromarray(values), "PNG")), gray)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.0, 255.0), (-3.0, 7.0)])
def test_float_tiff(gray: np.ndarray, low: float, high: float) -> None:
    values = (low + (gray / 255) * (high - low)).astype(np.float32)
    assert np.abs(read_one(encoded(Image.fromarray(values), "TIFF")).astype(int) - gray).max() <= 1


def test_float_that_is_no_number_is_paper() -> None:
    assert scaled(np.array([[np.nan, 0.0, 1.0]], np.float32)).tolist() == [[255, 0, 255]]
    assert scaled(np.full((1, 2), np.nan)).tolist() == [[255, 255]]


def test_sixteen_bit_tiff_where_zero_is_white(gray: np.ndarray) -> None:
    file = io.BytesIO()
    tifffile.imwrite(file, 65535 - gray.astype(np.uint16) * 257, photometric="miniswhite")
    assert np.array_equal(read_one(file.getvalue()), gray)


def test_tiled_and_big_tiff(gray: np.ndarray) -> None:
    for options in ({"tile": (16, 16)}, {"bigtiff": True}, {"byteorder": ">"}):
        file = io.BytesIO()
        tifffile.imwrite(file, gray, photometric="minisblack", **options)
        assert np.array_equal(read_one(file.getvalue()), gray)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk(gray: np.ndarray, kind: str) -> None:
    cmyk = np.zeros((*gray.shape, 4), np.uint8)
    cmyk[..., 3] = 255 - gray
    read = read_one(encoded(Image.fromarray(cmyk, "CMYK"), kind))
    assert np.abs(read.astype(int) - gray).max() <= (0 if kind == "TIFF" else 60)
    assert np.abs(read.astype(int) - gray).mean() < 3


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_opaque_alpha(gray: np.ndarray, kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    assert np.array_equal(read_one(encoded(Image.fromarray(gray).convert("RGBA"), kind, **options)), gray)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_paper_is_white(gray: np.ndarray, mode: str) -> None:
    image = Image.new("RGBA", gray.shape[::-1], "black")
    image.putalpha(Image.fromarray(255 - gray))
    assert np.abs(read_one(encoded(image.convert(mode), "PNG")).astype(int) - gray).max() <= 1


@pytest.mark.parametrize("ink", ["black", "white", "gray"])
def test_text_in_the_alpha_channel_alone_stays_legible(gray: np.ndarray, ink: str) -> None:
    image = Image.new("RGBA", gray.shape[::-1], ink)
    image.putalpha(Image.fromarray(np.where(gray < 100, 255, 0).astype(np.uint8)))
    read = read_one(encoded(image, "PNG")).astype(int)
    assert abs(read[15, 20] - read[30, 20]) > 100


def test_alpha_of_nothing_at_all_is_ignored(gray: np.ndarray) -> None:
    image = Image.fromarray(gray).convert("RGBA")
    image.putalpha(0)
    assert np.array_equal(read_one(encoded(image, "PNG")), gray)


def test_transparent_colour(gray: np.ndarray) -> None:
    assert read_one(encoded(Image.fromarray(gray), "PNG", transparency=255)).min() == 0


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_turned_by_exif(gray: np.ndarray, kind: str, orientation: int) -> None:
    turns = {1: gray, 2: gray[:, ::-1], 3: gray[::-1, ::-1], 4: gray[::-1], 5: gray.T, 6: np.rot90(gray, 1)}
    turns |= {7: gray[::-1, ::-1].T, 8: np.rot90(gray, -1)}  # each is undone by its orientation
    exif = Image.Exif()
    exif[0x0112] = orientation
    read = read_one(encoded(Image.fromarray(np.ascontiguousarray(turns[orientation])), kind, exif=exif))
    assert read.shape == gray.shape
    assert np.abs(read.astype(int) - gray).mean() < 5


def test_every_page_of_a_tiff(gray: np.ndarray) -> None:
    images = [Image.fromarray(gray), Image.fromarray(255 - gray).convert("RGB"), Image.fromarray(gray[:20])]
    data = encoded(images[0], "TIFF", save_all=True, append_images=images[1:])
    pages = list(reader.read_pages(data, "page"))
    assert [(p.number, p.count, p.gray.shape) for p in pages] == [(1, 3, (40, 60)), (2, 3, (40, 60)), (3, 3, (20, 60))]
    assert np.array_equal(pages[1].gray, 255 - gray)


def test_resolution(gray: np.ndarray) -> None:
    for kind in ("PNG", "TIFF", "JPEG"):
        (page,) = reader.read_pages(encoded(Image.fromarray(gray), kind, dpi=(300, 300)), "page")
        assert page.dpi == pytest.approx(300, abs=0.1)
    (page,) = reader.read_pages(encoded(Image.fromarray(gray), "PNG", dpi=(1, 1)), "page")
    assert page.dpi is None


@pytest.mark.parametrize(
    ("data", "error", "fault"),
    [
        (b"", errors.InputEmpty, "empty"),
        (b"Dear Sir or Madam,\n", errors.NotAnImage, "neither an image"),
        (b"RIFF\x10\0\0\0WAVEfmt ", errors.NotAnImage, "neither an image"),
        (b"%PDF-1.7\n", errors.ImageTruncated, "the PDF is truncated or damaged"),
        (b"\x89PNG\r\n\x1a\n", errors.ImageTruncated, "truncated"),
        (b"BMW", errors.ImageTruncated, "truncated"),
        (png_header(50_000, 50_000), errors.ImageTooLarge, "50000 × 50000"),
        (png_header(1, 40_000), errors.ImageTooSmall, "1 × 40000"),
        (png_header(40_000, 10), errors.ImageTooLarge, "40000 × 10"),
        (png_header(1, 1), errors.ImageTooSmall, "1 × 1"),
        (png_header(0, 0), errors.ImageTooSmall, "no size"),
    ],
)
def test_refused(data: bytes, error: type[errors.InputError], fault: str) -> None:
    with pytest.raises(error, match=fault) as caught:
        list(reader.read_pages(data, "odd\nname.png"))
    assert str(caught.value).startswith("odd\\nname.png: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "group4"}),
        ("WEBP", {}),
        ("BMP", {}),
        ("PPM", {}),
    ],
)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7])
def test_truncated(kind: str, options: dict, share: float, capfd: pytest.CaptureFixture) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (120, 90)).astype(np.uint8)
    image = Image.fromarray(noise)
    data = encoded(image.convert("1") if options.get("compression") == "group4" else image, kind, **options)
    with pytest.raises(errors.ImageTruncated, match="truncated or damaged"):
        list(reader.read_pages(data[: int(len(data) * share)], "page"))
    assert capfd.readouterr().err == ""


def test_truncated_second_page_is_named(gray: np.ndarray) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (120, 90)).astype(np.uint8)
    data = encoded(Image.fromarray(gray), "TIFF", save_all=True, append_images=[Image.fromarray(noise)])
    first, second = reader.read_pages(data[:-2000], "two.tif")
    assert np.array_equal(first.gray, gray)
    with pytest.raises(errors.ImageTruncated, match="page 2"):
        assert second.gray


def test_damage_never_escapes_as_anything_else() -> None:
    random = np.random.default_rng(7)
    image = Image.fromarray(random.integers(0, 256, (30, 30)).astype(np.uint8))
    for kind in ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "PPM"):
        whole = np.frombuffer(encoded(image, kind), np.uint8)
        for _ in range(60):
            data = whole.copy()
            data[random.integers(2, len(data), 4)] = random.integers(0, 256, 4)
            try:
                list(reader.read_pages(data.tobytes(), "page"))
            except errors.InputError:
                continue


def test_missing_and_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(errors.InputMissing, match="no such file"):
        list(reader.read_pages(tmp_path / "none.png", "none.png"))

    def refuse(self: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(errors.InputUnreadable, match="cannot be read: permission denied"):
        list(reader.read_pages(tmp_path / "locked.png", "locked.png"))


def test_any_file_name(tmp_path: Path, gray: np.ndarray) -> None:
    for raw in ("한글 'x'.png", "a\nb.png", b"caf\xe9.png".decode("utf-8", "surrogateescape")):
        path = tmp_path / raw
        path.write_bytes(encoded(Image.fromarray(gray), "PNG"))
        (page,) = reader.read_pages(path, str(path))
        assert np.array_equal(page.gray, gray)
