"""Draw pages of PDFs: at the resolution of their own images, within bounds of size and time."""

from __future__ import annotations

import ctypes
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ocrtool.errors import ImageTooLarge, ImageTruncated
from ocrtool.imaging.limits import MAX_PIXELS, MAX_SIDE, millions

#: Resolution in pixels per inch of a page without images that tell one; nothing that scanners make is lost at it.
USUAL_DPI = 300
#: Bounds of a resolution that is derived from images: below, pages are drawn no coarser, since text beside the image
#: may be finer; above, letters do not become any clearer.
LOWEST_DPI, HIGHEST_DPI = 72, 600
#: Maximum number of pixels of a page whose resolution nobody asked for: A2 at 300 dpi has 35 million. The resolution is
#: lowered down to LARGE_PAGE_DPI to keep it.
PIXELS, LARGE_PAGE_DPI = 36_000_000, 100
#: Bound of one image within the page, in pixels.
MAX_IMAGE_PIXELS = 100_000_000
#: Share of the page that images of a resolution must cover to set that of the page.
COVER = 0.25
#: Objects of a page that are inspected at most, and forms within forms: enough to find its images.
MOST_OBJECTS, MOST_LEVELS = 20_000, 8
#: Seconds of processor time after which the drawing of a page is given up; a busy machine takes longer by the clock.
MOST_SECONDS = 6.0
#: Sizes above this one are negative numbers.
_NEGATIVE = 1 << 31
#: Value of a tick box that is not ticked, in UTF-16 with a zero at the end.
_OFF = [*map(ord, "Off"), 0]
#: Points per inch.
POINTS = 72.0


@dataclass(frozen=True, slots=True)
class PlacedImage:
    """An image of a page. dpi: at which it is drawn; pixels: of the image; area: in square points on the page."""

    dpi: float
    pixels: int
    area: float


@dataclass(frozen=True, slots=True)
class Contents:
    """What a page shows besides text.

    size: in points, upright; paths: number of drawn shapes; notes: number of annotations that may show text, such as
    fields that are filled in.
    """

    size: tuple[float, float]
    images: tuple[PlacedImage, ...]
    paths: int
    notes: int

    @property
    def image_share(self) -> float:
        """Share of the page under images; may exceed 1 where they overlap."""
        return sum(image.area for image in self.images) / max(self.size[0] * self.size[1], 1e-6)


def contents(page: Any) -> Contents:
    """List what ``page`` (a ``pypdfium2.PdfPage``) shows besides text."""
    import pypdfium2.raw as pdfium

    images, paths = [], 0
    for kind, item, matrix in _objects(page):
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            paths += 1
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE and (image := _placed(item, matrix)) is not None:
            images.append(image)
    return Contents(page.get_size(), tuple(images), paths, _notes(page))


def page_dpi(shown: Contents, asked: float | None, where: str, most: int = MAX_PIXELS) -> float:
    """Choose the resolution at which a page is drawn. Raises ImageTooLarge.

    where: its name in messages; most: number of pixels that are drawn at all.
    """
    width, height = shown.size
    largest = max((image.pixels for image in shown.images), default=0)
    if largest > min(MAX_IMAGE_PIXELS, most):
        fault = f"an image of {millions(largest)} pixels on it is too large"
        raise ImageTooLarge(where, f"{fault}: at most {millions(min(MAX_IMAGE_PIXELS, most))} are read")
    dpi = asked or _own_dpi(shown)
    inches = width / POINTS * height / POINTS
    if asked is None:
        dpi = min(dpi, max(LARGE_PAGE_DPI, math.sqrt(min(PIXELS, most) / max(inches, 1e-6))))
    if max(width, height) / POINTS * dpi > MAX_SIDE or inches * dpi * dpi > min(most, most if asked else PIXELS) * 1.01:
        raise ImageTooLarge(where, f"{width:.0f} × {height:.0f} points are too large to be drawn at {dpi:.0f} dpi")
    return float(dpi)


def draw(page: Any, size: tuple[int, int], where: str) -> np.ndarray:
    """Draw ``page`` with its annotations and filled form fields: (H, W) uint8 grey. size: width and height in pixels.

    Raises ImageTruncated if it cannot be drawn, or not in MOST_SECONDS.
    """
    import pypdfium2.raw as pdfium

    width, height = size
    gray = np.full((height, width), 255, np.uint8)
    bitmap = pdfium.FPDFBitmap_CreateEx(
        width, height, pdfium.FPDFBitmap_Gray, gray.ctypes.data_as(ctypes.c_void_p), gray.strides[0]
    )
    if not bitmap:
        raise ImageTruncated(where, "the page cannot be drawn")
    try:
        place = (bitmap, page, 0, 0, width, height, 0, pdfium.FPDF_ANNOT | pdfium.FPDF_GRAYSCALE)
        end = time.thread_time() + MOST_SECONDS
        pause = pdfium.IFSDK_PAUSE(version=1)
        pause.NeedToPauseNow = type(pause.NeedToPauseNow)(lambda _: time.thread_time() > end)
        status = pdfium.FPDF_RenderPageBitmap_Start(*place, pause)
        pdfium.FPDF_RenderPage_Close(page)
        if status == pdfium.FPDF_RENDER_TOBECONTINUED:
            raise ImageTruncated(where, f"the page takes more than {MOST_SECONDS:.0f} s to draw")
        if status != pdfium.FPDF_RENDER_DONE:
            raise ImageTruncated(where, "the page cannot be drawn")
        if page.formenv:
            pdfium.FPDF_FFLDraw(page.formenv, *place)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return gray


def _notes(page: Any) -> int:
    import pypdfium2.raw as pdfium

    found = 0
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), MOST_OBJECTS)):
        note = pdfium.FPDFPage_GetAnnot(page, index)
        if not note:
            continue
        kind = pdfium.FPDFAnnot_GetSubtype(note)
        found += kind in (pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_STAMP, pdfium.FPDF_ANNOT_INK)
        if kind == pdfium.FPDF_ANNOT_WIDGET and page.formenv:
            value = (ctypes.c_ushort * len(_OFF))()
            pdfium.FPDFAnnot_GetFormFieldValue(page.formenv, note, value, ctypes.sizeof(value))
            length = pdfium.FPDFAnnot_GetFormFieldValue(page.formenv, note, None, 0)
            found += length > 2 and (length != ctypes.sizeof(value) or list(value) != _OFF)
        pdfium.FPDFPage_CloseAnnot(note)
    return found


def _own_dpi(shown: Contents) -> float:
    """The finest resolution whose images cover COVER of the page; at least the usual one if there is more on it."""
    area, wanted = 0.0, COVER * shown.size[0] * shown.size[1]
    for image in sorted(shown.images, key=lambda image: -image.dpi):
        area += image.area
        if area >= wanted:
            return min(max(image.dpi, LOWEST_DPI), HIGHEST_DPI)
    return USUAL_DPI


def _placed(item: Any, matrix: np.ndarray) -> PlacedImage | None:
    """Measure an image. matrix: (3, 3), its unit square to points."""
    import pypdfium2.raw as pdfium

    width, height = ctypes.c_uint(), ctypes.c_uint()
    if not pdfium.FPDFImageObj_GetImagePixelSize(item, width, height) or max(width.value, height.value) > _NEGATIVE:
        return None
    across, down = math.hypot(*matrix[0, :2]), math.hypot(*matrix[1, :2])
    if not (across > 0 and down > 0 and math.isfinite(across * down)):
        return None
    dpi = POINTS * max(width.value / across, height.value / down)
    return PlacedImage(dpi, width.value * height.value, across * down)


def _objects(page: Any) -> Iterator[tuple[int, Any, np.ndarray]]:
    """Yield kind, handle and matrix (3, 3) to the page of each object, those of forms too."""
    import pypdfium2.raw as pdfium

    left = MOST_OBJECTS
    waiting: list[tuple[Any, np.ndarray, int]] = [(None, np.eye(3), 0)]
    while waiting:
        form, outer, level = waiting.pop()
        count = pdfium.FPDFPage_CountObjects(page) if form is None else pdfium.FPDFFormObj_CountObjects(form)
        for index in range(min(count, left)):
            left -= 1
            item = pdfium.FPDFPage_GetObject(page, index) if form is None else pdfium.FPDFFormObj_GetObject(form, index)
            kind = pdfium.FPDFPageObj_GetType(item) if item else pdfium.FPDF_PAGEOBJ_UNKNOWN
            matrix = outer
            if kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM):
                matrix = _matrix(item) @ outer
            if kind == pdfium.FPDF_PAGEOBJ_FORM and level < MOST_LEVELS:
                waiting.append((item, matrix, level + 1))
            yield kind, item, matrix


def _matrix(item: Any) -> np.ndarray:
    """Return the matrix of an object, (3, 3) for rows of x, y, 1."""
    import pypdfium2.raw as pdfium

    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, found):
        return np.eye(3)
    return np.array([[found.a, found.b, 0], [found.c, found.d, 0], [found.e, found.f, 1]], np.float64)
