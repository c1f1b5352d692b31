"""Draw the lines of cursive handwriting that reading is measured on: pen strokes of writers never trained on.

    python -m training.synthesis.pen_lines OUT --data DATA [--part test|validation] [--count N] [--seed N]

OUT/unipen_lines holds NAME.png, a line as a pen draws it, and NAME.gt.txt: lines of UNIPEN's test part in a cursive or
mixed hand whose texts are not among those of the training part. ``--part validation`` draws lines of the writers that
weights are chosen by. Then for example:

    python -m training.benchmark OUT unipen_lines --engine ocrtool --engine tesseract --markdown

The same data and seed give the same lines.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
from tqdm import tqdm

from training.command import data_option, errors_as_messages, part_option, seed_option
from training.datasets import unipen
from training.lines.pen_parts import indices_by_writer, ink_file, names_of_part
from training.synthesis.page_files import write_page

#: Folder of the set, and styles that are drawn.
SET, STYLES = "unipen_lines", ("cursive", "mixed")
#: Height of the ink of a line, widest ink and paper around it in pixels; thickness of pens; dots per inch, about.
HEIGHT, WIDEST, MARGIN, PENS, DPI = 70.0, 3500, 20, (2.0, 4.0), 200


def chosen(data: Path, part: str = "test") -> tuple[unipen.PenTracks, np.ndarray]:
    """Lines of "test" or "validation", and the numbers of those that are drawn. Raises FileNotFoundError."""
    tracks = unipen.load_tracks(ink_file(data, "line", part), "line")
    cursive = np.isin(tracks.styles, STYLES)
    if part == "test":
        trained = unipen.load_tracks(ink_file(data, "line", "train"), "line").labels
        cursive &= ~np.isin(tracks.labels, np.unique(trained))
    numbers = np.concatenate([*indices_by_writer(tracks.writers, names_of_part(data, part)).values(), []]).astype(int)
    return tracks, np.sort(numbers[cursive[numbers]])


def draw_line(strokes: list[np.ndarray], rng: np.random.Generator) -> np.ndarray | None:
    """The strokes of a line drawn by a pen, (h, w) uint8 with dark ink; None if it has no height or is too wide."""
    width, height = unipen.extent(strokes)
    if height <= 0 or width * HEIGHT / height > WIDEST:
        return None
    ink, _ = unipen.draw_strokes([stroke.astype(np.float32) for stroke in strokes], HEIGHT / height, rng.uniform(*PENS))
    return np.asarray(255 - np.pad(ink, MARGIN))


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@data_option("unipen/")
@click.option("--count", type=click.IntRange(min=1), default=250, show_default=True, help="Lines at most.")
@part_option("test", ("test", "validation"))
@seed_option(3)
@errors_as_messages()
def main(out: Path, data: Path, count: int, part: str, seed: int) -> None:
    """Draw lines of cursive handwriting, to read them, to OUT."""
    tracks, numbers = chosen(data, part)
    rng = np.random.default_rng(seed)
    for number in tqdm(rng.permutation(numbers)[:count].tolist(), unit="line", disable=None):
        image = draw_line(tracks.strokes(number), rng)
        if image is not None:
            write_page(out / SET / f"{number:05d}.png", image, [str(tracks.labels[number])], DPI)


if __name__ == "__main__":
    main()
