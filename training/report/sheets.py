"""Contact sheets of a report: images read wrongly with the predictions, and examples of the worst confusions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from training.report.scores import confusion_matrix, worst_confusions
from training.report.style import BLUE, GREEN, GRID, INK, NAMES, PAPER, QUIET, RED, TEXT, font

#: Images on a sheet of errors, and per row.
PER_SHEET, PER_ROW = 100, 10
#: Predictions shown beside an image.
GUESSES = 3
#: Confusions on the sheet of the worst, and examples of each.
PAIRS, EXAMPLES = 16, 14

#: Sizes in pixels: an image as drawn, the room for its guesses, the space around, the head of a sheet.
IMAGE, ROOM, GAP, HEAD = 84, 84, 12, 60


@dataclass(frozen=True, slots=True)
class Readings:
    """images (N, H, W) uint8, ink bright; labels (N,) int64; probabilities (N, C) float; the names of C classes."""

    images: np.ndarray
    labels: np.ndarray
    probabilities: np.ndarray
    classes: Sequence[str]

    def wrong(self) -> np.ndarray:
        """Numbers of the images read wrongly, the most confident first: (E,) int."""
        guesses = self.probabilities.argmax(axis=1)
        wrong = np.flatnonzero(guesses != self.labels)
        return wrong[np.argsort(-self.probabilities[wrong, guesses[wrong]], kind="stable")]


def error_sheets(
    images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, classes: Sequence[str], folder: Path
) -> list[Path]:
    """Sheets of images read wrongly: ``errors-confident.png``, and ``errors-random.png`` where there are more.

    Beside each image stand the truth and the three likeliest classes with their probabilities in per cent. The random
    sample is in the order of the classes and the same for the same errors. Returns the files written: none, if
    everything is right, and sheets that stood in ``folder`` before are gone then.
    """
    readings = Readings(images, labels, probabilities, classes)
    wrong = readings.wrong()
    chosen = {"errors-confident.png": ("the most confident first", wrong[:PER_SHEET])}
    remaining = np.sort(wrong[PER_SHEET:])
    sample = np.random.default_rng(0).choice(remaining, min(PER_SHEET, len(remaining)), replace=False)
    sample = np.sort(sample)[np.argsort(labels[np.sort(sample)], kind="stable")]
    chosen["errors-random.png"] = ("a random sample of the others, by class", sample)
    written = []
    for name, (order, numbers) in chosen.items():
        if not len(numbers):
            (folder / name).unlink(missing_ok=True)
            continue
        subtitle = f"{len(numbers)} of {len(wrong):,} errors in {len(labels):,} images: {order}"
        _error_sheet(readings, numbers, subtitle).save(folder / name)
        written.append(folder / name)
    return written


def worst_picture(
    images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, classes: Sequence[str], path: Path
) -> bool:
    """The worst confusions, one to a row: how often, and examples, the most confident first. False if there is none."""
    readings = Readings(images, labels, probabilities, classes)
    guesses = probabilities.argmax(axis=1)
    pairs = worst_confusions(confusion_matrix(labels, guesses, len(classes)), classes, PAIRS)
    if not pairs:
        path.unlink(missing_ok=True)
        return False
    left, side, line = 250, 56, 68  # pixels: room for names and count, an example, a row
    sheet, draw = _blank(left + EXAMPLES * (side + 8) + GAP, HEAD + len(pairs) * line + GAP)
    errors = int(np.sum(guesses != labels))
    _head(draw, "Worst confusions", f"by number; the bar is the share of the class's images; {errors:,} errors in all")
    wrong, names = readings.wrong(), list(classes)
    top = max(pair["share"] for pair in pairs)
    for row, pair in enumerate(pairs):
        y = HEAD + row * line
        _pair(draw, pair, y, top)
        same = (labels[wrong] == names.index(pair["truth"])) & (guesses[wrong] == names.index(pair["read"]))
        for column, number in enumerate(wrong[same][:EXAMPLES]):
            _paste(sheet, images[number], left + column * (side + 8), y + 4, side)
    sheet.save(path)
    return True


def _error_sheet(readings: Readings, numbers: np.ndarray, subtitle: str) -> Any:
    """A Pillow image of the errors ``numbers``, row by row."""
    rows = -(-len(numbers) // PER_ROW)
    wide, high = IMAGE + ROOM + GAP + GAP // 2, IMAGE + GAP
    sheet, draw = _blank(GAP + PER_ROW * wide, HEAD + rows * high + GAP)
    _head(draw, "Read wrongly", subtitle)
    draw.text((sheet.width - GAP, 22), "truth", GREEN, font(TEXT, 15, bold=True), anchor="rm")
    draw.text((sheet.width - GAP - 54, 22), "guesses, %", QUIET, font(TEXT, 15), anchor="rm")
    for index, number in enumerate(numbers):
        x, y = GAP + index % PER_ROW * wide, HEAD + index // PER_ROW * high
        _paste(sheet, readings.images[number], x, y, IMAGE)
        _guesses(draw, readings, number, x + IMAGE + 8, y)
    return sheet


def _guesses(draw: Any, readings: Readings, number: int, x: int, y: int) -> None:
    """The truth in green, below it the guesses with a bar each: red, or green where it is the truth."""
    chances = readings.probabilities[number]
    truth = readings.labels[number]
    draw.text((x, y + 11), readings.classes[truth], GREEN, font(NAMES, 24, bold=True), anchor="lm")
    for rank, guess in enumerate(np.argsort(-chances, kind="stable")[:GUESSES]):
        middle = y + 36 + 20 * rank
        color = GREEN if guess == truth else RED if rank == 0 else QUIET
        draw.text((x, middle), readings.classes[guess], color, font(NAMES, 16, bold=rank == 0), anchor="lm")
        draw.rectangle((x + 14, middle + 8, x + 72, middle + 9), GRID)
        draw.rectangle((x + 14, middle + 8, x + 14 + round(58 * float(chances[guess])), middle + 9), color)
        draw.text((x + 72, middle), f"{100 * chances[guess]:.0f}", INK, font(TEXT, 13), anchor="rm")


def _pair(draw: Any, pair: dict[str, Any], y: int, top: float) -> None:
    """Truth and reading of a confusion, its count and its share beside a bar; ``top`` is the largest share."""
    big = font(NAMES, 30, bold=True)
    draw.text((GAP + 4, y + 32), pair["truth"], GREEN, big, anchor="lm")
    draw.text((GAP + 34, y + 32), "→", QUIET, font(TEXT, 22), anchor="lm")
    draw.text((GAP + 64, y + 32), pair["read"], RED, big, anchor="lm")
    draw.text((GAP + 108, y + 24), f"{pair['times']:,} ×", INK, font(TEXT, 16, bold=True), anchor="lm")
    draw.text((GAP + 216, y + 24), f"{100 * pair['share']:.1f} %", QUIET, font(TEXT, 14), anchor="rm")
    draw.rectangle((GAP + 108, y + 40, GAP + 216, y + 45), GRID)
    draw.rectangle((GAP + 108, y + 40, GAP + 108 + round(108 * pair["share"] / top), y + 45), BLUE)


def _blank(width: int, height: int) -> tuple[Any, Any]:
    from PIL import Image, ImageDraw

    sheet = Image.new("RGB", (width, height), PAPER)
    return sheet, ImageDraw.Draw(sheet)


def _head(draw: Any, title: str, subtitle: str) -> None:
    draw.text((GAP, 22), title, INK, font(TEXT, 22, bold=True), anchor="lm")
    draw.text((GAP + draw.textlength(title, font(TEXT, 22, bold=True)) + 14, 23), subtitle, QUIET, font(TEXT, 15), "lm")


def _paste(sheet: Any, image: np.ndarray, x: int, y: int, side: int) -> None:
    """``image`` with dark ink on paper, ``side`` pixels wide, in a faint frame."""
    from PIL import Image, ImageOps

    shown = ImageOps.invert(Image.fromarray(np.ascontiguousarray(image))).resize((side, side), Image.Resampling.BICUBIC)
    sheet.paste(ImageOps.expand(shown, 1, 222).convert("RGB"), (x - 1, y - 1))
