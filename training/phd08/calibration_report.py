"""The comparison of generated with real samples as Markdown, and pictures of samples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.phd08.calibrate import LEVEL_FACTOR, RealSamples, Row
from training.phd08.counterparts import COUNTERPARTS
from training.synthesis.phd08_variations import LEVELS

#: Side of a cell and height of a font's name, in pixels; enlargement of the picture.
CELL, NAME_HEIGHT, SCALE = 58, 14, 2
#: Samples of each font in a picture.
SHOWN = 16
INK, PAPER, FAINT = 0, 255, 120

_TEXT = """\
# Similarity of generated and real PHD08 samples

Written by `{command}`.

Real files of PHD08 ({characters}; {count:,} samples of its nine fonts) compared with as many generated samples: for
each real one another of the same character and variation, in the free font that substitutes its font. No real sample
was used for training, but the sizes of the variations (`training/synthesis/phd08_variations.py`) and size, width and
weight of the nine fonts (`training/phd08/counterparts.py`) were fitted to these same figures.

**{verdict}**

![generated samples](generated.png)

Generated samples, one row per font; random variations.

## All samples

Lengths in pixels. *stem* and *bar*: thickness of vertical and horizontal strokes (mean of the shorter half of the runs
of ink). *roughness*: share of the border's pixels without a neighbour in the next row (vertical borders) or column
(horizontal ones). *bumps*: pixels changed by a 3×3 median, per pixel of border. *specks*, *pinholes*: components of
ink, and of paper within ink, of up to 4 pixels, per sample. *distance*: largest difference of the two cumulative
distributions.

| measurement | real | generated | tolerance | |
|---|---|---|---|---|
{figures}

## By variation

Means, real → generated. Tolerance: {factor} times the one above. a: size, b: darkness, c: resolution,
d: threshold, e: rotation.

| level | {names} | |
|---|{rules}---|
{levels}

## Fonts

| PHD08 | substitute | size | width | weight, vertical and horizontal (pixels at 240 dpi) |
|---|---|---|---|---|
{fonts}
"""


def report(real: RealSamples, rows: Sequence[Row], command: str) -> str:
    """Markdown."""
    failed = [row.what for row in rows if not row.passed]
    verdict = f"{len(rows) - len(failed)} of {len(rows)} comparisons within tolerance"
    verdict += f"; not: {', '.join(failed)}." if failed else "."
    levels: dict[str, dict[str, Row]] = {}
    for row in rows:
        if ": " in row.what:
            level, name = row.what.removesuffix(", mean").split(": ")
            levels.setdefault(level, {})[name] = row
    names = list(next(iter(levels.values())))
    return _TEXT.format(
        command=command,
        characters=" ".join(dict.fromkeys(real.characters)),
        count=len(real.images),
        verdict=verdict,
        figures="\n".join(_figure_line(row) for row in rows if ": " not in row.what),
        factor=LEVEL_FACTOR,
        names=" | ".join(names),
        rules="---|" * len(names),
        levels="\n".join(_level_line(level, list(cells.values())) for level, cells in levels.items()),
        fonts="\n".join(
            f"| {name} | {c.font} | {c.size:.2f} | {c.stretch:.2f} | {c.weight[0]:+.2f}, {c.weight[1]:+.2f} |"
            for name, c in COUNTERPARTS.items()
        ),
    )


def _figure_line(row: Row) -> str:
    values = f"{row.real:.3f} | {row.generated:.3f}" if "distance" not in row.what else f"| {row.generated:.3f}"
    return f"| {row.what} | {values} | {row.tolerance:.3f} | {_verdict(row.passed)} |"


def _level_line(level: str, rows: Sequence[Row]) -> str:
    cells = " | ".join(f"{_short(row.real)} → {_short(row.generated)}" for row in rows)
    return f"| {level} | {cells} | {_verdict(all(row.passed for row in rows))} |"


def _short(value: float) -> str:
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def _verdict(passed: bool) -> str:
    return "pass" if passed else "**fail**"


def picture(real: RealSamples, generated: Sequence[np.ndarray], beside: bool, seed: int = 0) -> Image.Image:
    """Some generated samples, a row for each font; beside: above each row the real samples they stand for."""
    rng = np.random.default_rng(seed)
    upright = real.variations[:, 4] == LEVELS // 2
    rows: list[tuple[str, list[np.ndarray]]] = []
    for font in dict.fromkeys(real.fonts):
        members = np.flatnonzero(np.array(real.fonts) == font)
        members = np.concatenate([rng.permutation(members[upright[members]]), rng.permutation(members)])[:SHOWN]
        chosen = rng.permutation(members)
        if beside:
            rows.append((f"{font}, real", [real.images[i] for i in chosen]))
        rows.append((f"{font}, generated" if beside else COUNTERPARTS[font].font, [generated[i] for i in chosen]))
    return _rows_of_samples(rows)


def _rows_of_samples(rows: Sequence[tuple[str, list[np.ndarray]]]) -> Image.Image:
    height = max(image.shape[0] for _, images in rows for image in images) + 4
    width = max(max(image.shape[1] for _, images in rows for image in images) + 4, CELL)
    sheet = Image.new("L", (SHOWN * width, len(rows) * (height + NAME_HEIGHT)), PAPER)
    for number, (_, images) in enumerate(rows):
        for index, image in enumerate(images):
            corner = index * width + 4, number * (height + NAME_HEIGHT) + NAME_HEIGHT
            sheet.paste(Image.fromarray(np.where(image, INK, PAPER).astype(np.uint8)), corner)
    sheet = sheet.resize((sheet.width * SCALE, sheet.height * SCALE), Image.Resampling.NEAREST)
    pen = ImageDraw.Draw(sheet)
    for number, (name, _) in enumerate(rows):
        pen.text((4, number * (height + NAME_HEIGHT) * SCALE + 6), name, FAINT, ImageFont.load_default(NAME_HEIGHT))
    return sheet
