"""Measure the effect of resolution, skew, polarity and light on the error: python -m training.benchmark.robustness.

The page is that of ``training.benchmark.speed_page``, or PAGE with its text; it is resampled, rotated, inverted and
shaded before reading: ``python -m training.benchmark.robustness PAGE.png PAGE.gt.txt``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import cv2
import numpy as np

from ocrtool.imaging.input import read_pages
from ocrtool.metrics import cer
from ocrtool.script.registry import language_choices
from training.benchmark.speed_page import speed_page
from training.command import EXISTING, errors_as_messages, weights_option
from training.decoder.engines import page_reader

DPI = 300
RESOLUTIONS = (75, 100, 150, 200, 300, 400, 600)
ANGLES = (-15.0, -7.0, -1.0, 0.5, 3.0, 10.0, 15.0)
#: Turned pages are shrunk so that no corner leaves the sheet; light falls off to this share across the page.
TURN_SCALE, DARKEST = 0.7, 0.4


def variants(gray: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Name and (H, W) uint8 page of each variant. gray: the page at DPI."""
    h, w = gray.shape
    for dpi in RESOLUTIONS:
        method = cv2.INTER_AREA if dpi < DPI else cv2.INTER_CUBIC
        yield f"{dpi} dpi", cv2.resize(gray, None, fx=dpi / DPI, fy=dpi / DPI, interpolation=method)
    for angle in ANGLES:
        matrix = cv2.getRotationMatrix2D((w / 2, h / 2), angle, TURN_SCALE)
        yield f"turned {angle:+g} degrees", cv2.warpAffine(gray, matrix, (w, h), flags=cv2.INTER_AREA, borderValue=250)
    yield "negative", 255 - gray
    yield "uneven light", (gray * np.linspace(DARKEST, 1.0, w)[None, :]).astype(np.uint8)


@click.command()
@click.argument("page", type=EXISTING, required=False)
@click.argument("text", type=EXISTING, required=False)
@weights_option()
@click.option(
    "--lang",
    "language",
    type=click.Choice(language_choices()),
    default="auto",
    show_default=True,
    help="As for `ocrtool read`.",
)
@errors_as_messages()
def main(page: Path | None, text: Path | None, weights: Path | None, language: str) -> None:
    """Measure the error on variants of PAGE, an image of 300 dpi with the text in TEXT."""
    if page is None:
        image, truth = speed_page()
        gray = np.asarray(image)
    elif text is None:
        raise click.UsageError("PAGE needs its TEXT")
    else:
        gray = next(iter(read_pages(page, str(page)))).gray
        truth = text.read_text(encoding="utf-8")
    read = page_reader(weights, language)
    for name, variant in variants(gray):
        found = read(variant)
        click.echo(f"{name}: CER {cer(truth, found.text):.4f}, skew found {found.skew:+.2f}")


if __name__ == "__main__":
    main()
