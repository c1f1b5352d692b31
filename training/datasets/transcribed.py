"""Pages, lines and words with known text, from the folders that ``data/README.md`` describes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocrtool.imaging.input import read_pages
from ocrtool.text import normal
from training.datasets import unipen
from training.datasets.tables import read_table
from training.language.fold_text import normalise

#: Transcripts with this mark hold struck-out words: what stands on paper is not what is written down.
STRUCK_OUT = "#"


@dataclass(frozen=True, slots=True)
class Transcript:
    """gray: (H, W) uint8; text: normalised, unless its loader says otherwise; group: book, writer or form, never to be
    split; infix: the image holds more than the text (printed labels, bits of other lines); any_case: the text is upper
    case whatever was written.
    """

    name: str
    group: str
    gray: np.ndarray
    text: str
    infix: bool = False
    any_case: bool = False


def _parts(folder: Path, part: str) -> set[str]:
    rows = (line.split("\t") for line in (folder / "parts.tsv").read_text(encoding="utf-8").splitlines())
    return {row[0] for row in rows if row[1] == part}


def _gray(path: Path) -> np.ndarray:
    return next(iter(read_pages(path, str(path)))).gray


def book_pages(data: Path, part: str, as_printed: bool = False) -> Iterator[Transcript]:
    """Scanned book pages with running text; group: the book. as_printed: keep the accents, quotes and dashes."""
    folder = data / "old_books"
    for name in sorted(_parts(folder, part)):
        text = (folder / name).with_suffix(".txt").read_text(encoding="utf-8")
        plain = normal(text) if as_printed else normalise(text).replace("\n", " ")
        yield Transcript(name, name[0], _gray(folder / name), plain)


def iam_lines(data: Path, reading: str, hand_printed: bool | None = None) -> Iterator[Transcript]:
    """Handwritten lines as cut by their boxes; group: the writer. hand_printed None: both kinds."""
    folder = data / "iam"
    wanted = {
        row["form"]
        for row in read_table(folder / "pages.tsv")
        if row["reading"] == reading and (hand_printed is None or (row["hand_printed"] == "1") == hand_printed)
    }
    page: tuple[str, np.ndarray] | None = None
    for row in read_table(folder / "lines.tsv"):
        if row["form"] not in wanted or STRUCK_OUT in row["text"]:
            continue
        if page is None or page[0] != row["form"]:
            page = (row["form"], _gray(folder / "pages" / f"{row['form']}.png"))
        x0, y0, x1, y1 = (int(row[key]) for key in ("x0", "y0", "x1", "y1"))
        yield Transcript(row["line"], row["writer"], page[1][y0:y1, x0:x1], normalise(row["text"]))


def name_crops(data: Path, part: str) -> Iterator[Transcript]:
    """Hand-printed names cut from forms; each its own group."""
    folder = data / "hand_printed_words"
    keep = _parts(folder, part)
    for line in (folder / "truth.tsv").read_text(encoding="utf-8").splitlines():
        name, _, text = line.partition("\t")
        text = normalise(text)
        if name in keep and text and text not in ("UNREADABLE", "EMPTY"):
            yield Transcript(name, name, _gray(folder / name), text, infix=True, any_case=True)


def receipts(data: Path, part: str) -> Iterator[Transcript]:
    """Receipts, the texts of their boxes in any order and in capitals, as they stand; each its own group."""
    folder = data / "receipts"
    for name in sorted(_parts(folder, part)):
        yield Transcript(name, name, _gray(folder / name), receipt_text(folder / name), any_case=True)


def receipt_text(image: Path) -> str:
    """The texts of the boxes of a receipt, one a line: the file beside its image has eight coordinates and the text."""
    lines = image.with_suffix(".csv").read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(line.split(",", 8)[8] for line in lines if line.count(",") >= 8)


#: Pen thickness range of drawn words in pixels, and the height their tallest mark is drawn to.
PEN_THICKNESS = (2.0, 5.0)
WORD_HEIGHT = (45.0, 75.0)


def pen_words(data: Path, part: str) -> Iterator[Transcript]:
    """Words written with a digital pen, drawn as if scanned; group: the writer."""
    words = unipen.load(data / "unipen" / f"unipen-words-{part}.npz", "word")
    rng = np.random.default_rng(1)  # the same words at every call
    for i in range(len(words)):
        text = normalise(str(words.labels[i]))
        strokes = words.characters[i]
        width, height = unipen.extent(strokes)
        if not text or height <= 0 or width > 30 * height:
            continue
        ink, _ = unipen.draw_strokes(strokes, rng.uniform(*WORD_HEIGHT) / height, rng.uniform(*PEN_THICKNESS))
        gray = 255 - np.pad(ink, 12)
        yield Transcript(f"pen-{i}", str(words.writers[i]), gray, text)
