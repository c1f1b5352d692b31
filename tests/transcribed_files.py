"""A small folder of transcribed sets in the form of the real ones, drawn in a font that comes with Matplotlib."""

from __future__ import annotations

import zlib
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

#: What stands on the pages of each book, line by line.
BOOK = (
    "The keeper climbed the stair at dusk",
    "as he had done for thirty years and lit",
    "the lamp before the first ship passed.",
    "It was long, and he read it twice.",
)
#: A line on each page that is not in its text, as the caption of a picture.
CAPTION = "Plate XII drawn after nature"
LINES = ("A letter came from the harbour", "and was read with great care")
NAMES = ("HANNAH", "MARTIN")
#: Strokes of a word, x and y up, each letter 10 wide.
WORD, STROKES = "LIT", (((0, 20), (0, 0), (8, 0)), ((15, 20), (15, 0)), ((20, 20), (32, 20)), ((26, 20), (26, 0)))


def draw_lines(lines: tuple[str, ...], size: int = 44) -> tuple[np.ndarray, list[tuple[int, int, int, int]]]:
    """A page (H, W) uint8 of printed lines, and the box of each."""
    file = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSerif.ttf"
    font = ImageFont.truetype(str(file), size)
    width = max(round(font.getlength(line)) for line in lines) + 4 * size
    page = Image.new("L", (width, 2 * size * (len(lines) + 1)), 255)
    draw, boxes = ImageDraw.Draw(page), []
    for number, line in enumerate(lines):
        draw.text((2 * size, size + 2 * size * number), line, 20, font)
        boxes.append((size, 2 * size * number + size // 2, width - size, 2 * size * (number + 1) + size // 2))
    return np.asarray(page), boxes


def held_out(stem: str, ending: str = "") -> str:
    """A name of a group that is kept to choose weights by, one in twelve."""
    return next(n for n in (f"{stem}{i}{ending}" for i in range(1000)) if zlib.crc32(n.encode()) % 12 == 0)


def make_transcribed(root: Path) -> Path:
    """Write old_books, iam, hand_printed_words and unipen to ``root``, each with a train and a test part."""
    _books(root / "old_books")
    _iam(root / "iam")
    _names(root / "hand_printed_words")
    _pen_words(root / "unipen")
    return root


def _books(folder: Path) -> None:
    folder.mkdir(parents=True)
    parts = {"a1.png": "train", "b1.png": "train", "c1.png": "test"}
    for name in parts:
        Image.fromarray(draw_lines((*BOOK, CAPTION))[0]).save(folder / name)
        (folder / name).with_suffix(".txt").write_text("\n".join(BOOK) + "\n", encoding="utf-8")
    (folder / "parts.tsv").write_text("".join(f"{name}\t{part}\n" for name, part in parts.items()))


def _iam(folder: Path) -> None:
    (folder / "pages").mkdir(parents=True)
    page, boxes = draw_lines(LINES)
    pages = ["form\twriter\trole\treading\ttop50\thand_printed\tlines"]
    lines = ["line\tform\twriter\tsegmentation\tx0\ty0\tx1\ty1\ttext"]
    for form, writer, part in (("f1", "w1", "train"), ("f2", "w2", "test")):
        Image.fromarray(page).save(folder / "pages" / f"{form}.png")
        pages.append(f"{form}\t{writer}\t{part}\t{part}\t0\t1\t{len(LINES)}")
        for number, (text, box) in enumerate(zip(LINES, boxes, strict=True)):
            lines.append(f"{form}-{number}\t{form}\t{writer}\tok\t" + "\t".join(map(str, box)) + f"\t{text}")
    (folder / "pages.tsv").write_text("\n".join(pages) + "\n", encoding="utf-8")
    (folder / "lines.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _names(folder: Path) -> None:
    folder.mkdir(parents=True)
    files = {held_out("n", ".png"): ("train", NAMES[0]), "m.png": ("test", NAMES[1])}
    for name, (_, text) in files.items():
        Image.fromarray(draw_lines((f"SURNAME: {text}",))[0]).save(folder / name)
    (folder / "parts.tsv").write_text("".join(f"{name}\t{part}\n" for name, (part, _) in files.items()))
    (folder / "truth.tsv").write_text("".join(f"{name}\t{text}\n" for name, (_, text) in files.items()))


def _pen_words(folder: Path) -> None:
    folder.mkdir(parents=True)
    for part in ("train", "test"):
        np.savez(
            folder / f"unipen-words-{part}.npz",
            points=np.concatenate([np.array(stroke, np.int16) for stroke in STROKES]),
            stroke_length=np.array([len(stroke) for stroke in STROKES]),
            strokes_per_word=np.array([len(STROKES)]),
            label=np.array([WORD]),
            writer=np.array([held_out("writer-")]),
        )
