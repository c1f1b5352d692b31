"""How resolution, skew, polarity and light change the error on one page: python -m training.benchmark.robustness.

The page is that of ``training.benchmark.speed_page``, or PAGE with its text, resampled, turned, inverted and shaded
before reading: ``python -m training.benchmark.robustness PAGE.png PAGE.gt.txt``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from ocrtool.options import Options
from ocrtool.script.engine import load_engines

from ocrtool.imaging.input import read_pages
from ocrtool.metrics import cer
from ocrtool.pipeline import read_page
from training.benchmark.speed_page import speed_page

DPI = 300
RESOLUTIONS = (75, 100, 150, 200, 300, 400, 600)
ANGLES = (-15.0, -7.0, -1.0, 0.5, 3.0, 10.0, 15.0)
#: Turned pages are shrunk so that no corner leaves the sheet; light falls off to this share across the page.
TURN_SCALE, DARKEST = 0.7, 0.4


def variants(gray: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Name and (H, W) uint8 page of each variant. gray: the page at DPI."""
    h, w = gray.shape
    for dpi in RESOLUTIONS:
        how = cv2.INTER_AREA if dpi < DPI else cv2.INTER_CUBIC
        yield f"{dpi} dpi", cv2.resize(gray, None, fx=dpi / DPI, fy=dpi / DPI, interpolation=how)
    for angle in ANGLES:
        matrix = cv2.getRotationMatrix2D((w / 2, h / 2), angle, TURN_SCALE)
        yield f"turned {angle:+g} degrees", cv2.warpAffine(gray, matrix, (w, h), flags=cv2.INTER_AREA, borderValue=250)
    yield "negative", 255 - gray
    yield "uneven light", (gray * np.linspace(DARKEST, 1.0, w)[None, :]).astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path, nargs="?", help=f"image of {DPI} dpi")
    parser.add_argument("text", type=Path, nargs="?", help="what stands on it")
    parser.add_argument("--weights", type=Path)
    args = parser.parse_args()
    if (args.page is None) != (args.text is None):
        parser.error("a page needs its text")
    options = Options(weights=args.weights, threads=2)
    engines = load_engines(options)
    if args.page is None:
        image, text = speed_page()
        page = np.asarray(image)
    else:
        page = next(iter(read_pages(args.page, str(args.page)))).gray
        text = args.text.read_text(encoding="utf-8")
    for name, gray in variants(page):
        read = read_page(gray, engines, options)
        print(f"{name}: CER {cer(text, read.text):.4f}, skew found {read.skew:+.2f}", flush=True)


if __name__ == "__main__":
    main()
