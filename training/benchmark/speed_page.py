"""Draw the page for measuring reading speed: python -m training.benchmark.speed_page DIR.

Writes DIR/a4.png, an A4 page of 3,000 characters of print at 300 dpi, with its text in DIR/a4.txt. Then:
python -m training.benchmark DIR DIR --engine tesseract --engine ocrtool
"""

from __future__ import annotations

import textwrap
from pathlib import Path

import click
import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.command import errors_as_messages

#: A4 at 300 dpi, and where the text stands on it, in pixels.
SIZE = (2480, 3508)
MARGIN = (250, 260)
#: 10.5 points at 300 dpi, and the distance of the lines.
FONT_PIXELS, LEADING = 44, 68
CHARACTERS, COLUMNS = 3000, 78
#: Scanner noise: standard deviation in grey levels.
NOISE = 6.0


def speed_page() -> tuple[Image.Image, str]:
    """The page and its text: the beginning of this project's licence."""
    words = (Path(__file__).parents[2] / "LICENSE").read_text(encoding="utf-8").split()
    lines = textwrap.wrap(" ".join(words), COLUMNS)
    text = "\n".join(lines)[:CHARACTERS]
    font_file = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSerif.ttf"
    page = Image.new("L", SIZE, 255)
    draw = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(font_file), FONT_PIXELS)
    for number, line in enumerate(text.splitlines()):
        draw.text((MARGIN[0], MARGIN[1] + number * LEADING), line, 20, font)
    noise = np.random.default_rng(0).normal(-4.0, NOISE, (SIZE[1], SIZE[0]))
    return Image.fromarray(np.clip(np.asarray(page) + noise, 0, 255).astype(np.uint8)), text


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@errors_as_messages()
def main(folder: Path) -> None:
    """Write the page to FOLDER/a4.png and its text to FOLDER/a4.txt."""
    folder.mkdir(parents=True, exist_ok=True)
    page, text = speed_page()
    page.save(folder / "a4.png", dpi=(300, 300))
    (folder / "a4.txt").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
