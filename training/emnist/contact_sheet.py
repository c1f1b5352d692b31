"""Picture of labelled EMNIST samples.

    python -m training.emnist.contact_sheet --data DIR --split balanced --out sheet.png

Each class has a block with its name, its count and a random sample of its images, to check that labels match images and
that images are upright. ``--augment`` shows augmented variants below each sample;
``--images F --labels F`` shows any two idx files in place of ``--data``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.command import PATH, errors_as_messages
from training.datasets.folder import default_data_folder
from training.emnist.idx import SIDE
from training.emnist.mapping import PARTS, SPLITS
from training.emnist.splits import LabelledImages, load_pair, load_split

#: Pixels of the sheet for one of the image, and between two cells.
SCALE, GAP = 2, 2
CELL = SCALE * SIDE + GAP
#: Width of the cell with the name, in pixels; margin around blocks; height of the title.
NAME_WIDTH, MARGIN, TITLE_HEIGHT = 84, 14, 44
#: Sizes of type, in pixels.
TITLE_SIZE, NAME_SIZE, COUNT_SIZE = 18, 40, 12
#: Width to height that the sheet is given where the number of columns is left open.
ASPECT = 1.3
#: Variants of each sample below it with --augment.
VARIANTS = 3

PAPER, TEXT, FAINT, ORIGINAL = (246, 246, 243), (20, 20, 20), (110, 110, 110), (255, 170, 0)


@dataclass(frozen=True, slots=True)
class Block:
    """A class: its name, how many images it has, and rows of images (R, K, 28, 28) uint8, ink bright."""

    name: str
    count: int
    rows: np.ndarray


def choose_blocks(
    data: LabelledImages, classes: Sequence[str], per_class: int, seed: int, augmented: bool = False
) -> list[Block]:
    """Up to ``per_class`` images of each class, at random but the same for the same seed; below them their variants.

    ``classes`` are among those of the data.
    """
    blocks = []
    for name in classes:
        number = data.classes.index(name)
        rng = np.random.default_rng((seed, number))  # so that a class shows the same images whichever others are shown
        members = np.flatnonzero(data.labels == number)
        chosen = np.sort(rng.choice(members, min(per_class, len(members)), replace=False))
        rows = [np.ascontiguousarray(data.images[chosen])]
        if augmented and len(chosen):
            rows += _variants(rows[0], rng)
        blocks.append(Block(name, len(members), np.stack(rows)))
    return blocks


def _variants(images: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    from training.emnist.augment import augment

    return [augment(images, rng) for _ in range(VARIANTS)]


def draw_sheet(blocks: Sequence[Block], title: str, per_class: int, columns: int | None = None) -> Image.Image:
    """The blocks side by side in ``columns``, read downward; without a number about as wide as high."""
    rows = max(len(block.rows) for block in blocks)
    width, height = NAME_WIDTH + per_class * CELL + MARGIN, rows * CELL + MARGIN // 2
    if columns is None:
        columns = max(1, round((ASPECT * len(blocks) * height / width) ** 0.5))
    columns = min(columns, len(blocks))
    down = -(-len(blocks) // columns)
    columns = -(-len(blocks) // down)
    total = max(columns * width, round(_font(TITLE_SIZE).getlength(title)) + MARGIN) + MARGIN
    sheet = Image.new("RGB", (total, TITLE_HEIGHT + down * height + MARGIN), PAPER)
    ImageDraw.Draw(sheet).text((MARGIN, TITLE_HEIGHT // 2), title, TEXT, _font(TITLE_SIZE), anchor="lm")
    for index, block in enumerate(blocks):
        column, row = divmod(index, down)
        _draw_block(sheet, block, MARGIN + column * width, TITLE_HEIGHT + row * height)
    return sheet


def _draw_block(sheet: Image.Image, block: Block, left: int, top: int) -> None:
    pen = ImageDraw.Draw(sheet)
    middle = top + (CELL - GAP) // 2
    pen.text((left + 2, middle), block.name, TEXT, _font(NAME_SIZE), anchor="lm")
    pen.text((left + NAME_WIDTH - 8, middle), f"{block.count}", FAINT, _font(COUNT_SIZE), anchor="rm")
    for row, images in enumerate(block.rows):
        for column, image in enumerate(images):
            corner = left + NAME_WIDTH + column * CELL, top + row * CELL
            sheet.paste(Image.fromarray(image).resize((SCALE * SIDE, SCALE * SIDE), Image.Resampling.NEAREST), corner)
            if row == 0 and len(block.rows) > 1:  # the sample itself, above its variants
                pen.rectangle((*corner, corner[0] + CELL - GAP - 1, corner[1] + CELL - GAP - 1), outline=ORIGINAL)


def _font(size: int) -> ImageFont.FreeTypeFont:
    """DejaVu Sans Mono, in which 0 and O, l and I differ; it comes with matplotlib."""
    import matplotlib

    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSansMono-Bold.ttf", size)


def _load(
    data: Path | None, split: str, part: str, images: Path | None, labels: Path | None, upright: bool
) -> LabelledImages:
    if (images is None) != (labels is None):
        raise click.UsageError("--images and --labels belong together")
    if images is not None and labels is not None:
        if data is not None:
            raise click.UsageError("--data and --images exclude each other")
        return load_pair(images, labels, split, transposed=False if upright else None)
    return load_split(data or default_data_folder(), split, part)


def _choice(text: str | None, classes: tuple[str, ...]) -> list[str]:
    """Names between commas; all classes if nothing is chosen."""
    names = [name.strip() for name in text.split(",")] if text else list(classes)
    unknown = [name for name in names if name not in classes]
    if unknown:
        raise click.UsageError(f"no class {', '.join(unknown)}: the classes are {' '.join(classes)}")
    return names


@click.command()
@click.option("--data", type=PATH, default=None, help="Folder of data (default: OCRTOOL_DATA).")
@click.option("--split", type=click.Choice(SPLITS), default="balanced", show_default=True)
@click.option("--part", type=click.Choice(PARTS), default="train", show_default=True)
@click.option("--images", type=PATH, help="An idx file of images, in place of --data.")
@click.option("--labels", type=PATH, help="The idx file of their labels, as in the split.")
@click.option("--upright", is_flag=True, help="The --images are not transposed, as EMNIST's are.")
@click.option("--classes", metavar="A,b,3", help="Classes to show (default: all).")
@click.option("--per-class", type=click.IntRange(1, 200), default=12, show_default=True, help="Samples of each class.")
@click.option("--columns", type=click.IntRange(1), help="Number of columns (default: for a nearly square sheet).")
@click.option("--augment", "augmented", is_flag=True, help=f"Show {VARIANTS} variants below each sample.")
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Random seed of samples and variants."
)
@click.option("--out", type=PATH, required=True, help="Picture to write.")
def main(
    data: Path | None,
    split: str,
    part: str,
    images: Path | None,
    labels: Path | None,
    upright: bool,
    classes: str | None,
    per_class: int,
    columns: int | None,
    augmented: bool,
    seed: int,
    out: Path,
) -> None:
    """Write a picture of labelled samples."""
    with errors_as_messages():
        samples = _load(data, split, part, images, labels, upright)
        blocks = choose_blocks(samples, _choice(classes, samples.classes), per_class, seed, augmented)
        source = images.name if images else f"EMNIST {split}, {part}"
        title = f"{source}: {len(samples):,} images, {len(samples.classes)} classes"
        sheet = draw_sheet(blocks, title, per_class, columns)
        try:
            sheet.save(out)
        except ValueError as error:  # no known picture format
            raise ValueError(f"{out}: {error}") from None
    print(f"{out}: {len(blocks)} classes, {sum(block.rows.shape[1] for block in blocks)} samples")


if __name__ == "__main__":
    main()
