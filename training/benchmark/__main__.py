"""Score OCR engines side by side on sets of images with known text.

    python -m training.benchmark DATA SET... [--engine ENGINE]... [--part test|train|all] [--markdown]

SET is old_books, iam_pages, iam_lines, iam_hand_printed, hand_printed_words, receipts, modern_pages, korean_pages,
cases, or a folder of images with .gt.txt or .txt beside them; a folder with "korean" in its name is read as Korean and
English. ENGINE is ``ocrtool`` (default), ``tesseract`` or ``tesseract6``, each with options of its own if any
(``'ocrtool --no-lm'``, ``'tesseract -l kor --psm 6'``), ``ocrad``, ``gocr``, or a shell command with {image} in it that
prints text.

CER is the edit distance per character of truth over the whole set; typographic quotes and dashes are folded, and a run
of white space is one space. ``strict`` folds white space only; ``folded`` also ignores case and punctuation; ``jamo``
counts the letters of Hangul syllables, if the truth has any. On word crops, which show more than the word, the distance
is the partial one, to the best substring of the reading. ``bag`` is the F1 of words with order ignored. Seconds are per
image for the whole process: wall time, and processor time, which depends less on other load. Memory is the peak
resident size of one process.
"""

from __future__ import annotations

import fnmatch
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from training.benchmark.engines import read_set
from training.benchmark.scores import Score, markdown_table, score_set
from training.benchmark.sets import PARTS, ImageSet, Item, load_set
from training.command import PATH, errors_as_messages, every_option


@dataclass(frozen=True, slots=True)
class Choice:
    """Which items of a set. only: pattern of the images' names; every: every so many; limit: so many, None: all."""

    part: str = "test"
    only: str = "*"
    every: int = 1
    limit: int | None = None

    def items(self, images: ImageSet) -> list[Item]:
        """Raises ValueError if there is none."""
        items = [item for item in images.items if fnmatch.fnmatch(item.image.name, self.only)]
        if not items:
            raise ValueError(f"no image of {images.name} has a name like {self.only}")
        return items[:: self.every][: self.limit]


@click.command()
@click.argument("data", type=PATH)
@click.argument("sets", nargs=-1, required=True, metavar="SET...")
@click.option(
    "--engine",
    "engines",
    multiple=True,
    default=("ocrtool",),
    help="Engine to score; repeatable. Ratios are relative to the first.",
)
@click.option(
    "--part", type=click.Choice(PARTS), default="test", show_default=True, help="Part of the sets that have parts."
)
@click.option("--only", default="*", metavar="PATTERN", help="Only images whose names match, such as '*_noisy.png'.")
@every_option()
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Use the first N items only.")
@click.option("--json", "record", type=PATH, help="Append scores and worst items as JSON lines.")
@click.option("--markdown", is_flag=True, help="Print a table for each set.")
@errors_as_messages()
def main(
    data: Path, sets: Sequence[str], engines: Sequence[str], record: Path | None, markdown: bool, **choice: Any
) -> None:
    """Score every engine on every SET of the folder DATA; print a JSON object for each, or a table.

    SET: old_books, iam_pages, iam_lines, iam_hand_printed, hand_printed_words, receipts, modern_pages, korean_pages,
    cases, or a folder of images with .gt.txt or .txt beside them.

    --engine: ocrtool (default), tesseract or tesseract6 (pages as one block), ocrad or gocr, each with options of its
    own if any, as 'ocrtool --no-lm'; or a shell command with {image} in it that prints text.
    """
    chosen = Choice(**choice)
    for name in sets:
        scores = []
        with tempfile.TemporaryDirectory() as folder:
            images = load_set(data, name, Path(folder), chosen.part)
            items = chosen.items(images)
            for engine in engines:
                scores.append(score_set(name, engine, images.kind, read_set(engine, images, items, Path(folder))))
                _report(scores[-1], record, markdown)
        if markdown:
            click.echo(markdown_table(scores))


def _report(score: Score, record: Path | None, markdown: bool) -> None:
    fields = asdict(score)
    if record is not None:
        with record.open("a", encoding="utf-8") as file:
            file.write(json.dumps(fields, ensure_ascii=False) + "\n")
    if not markdown:
        del fields["worst"]
        click.echo(json.dumps(fields))


if __name__ == "__main__":
    main()
