"""The transcribed sets that characters are learned from, by name: training parts only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from training.datasets.transcribed import Transcript, book_pages, iam_lines, name_crops, pen_words

Loader = Callable[[Path], Iterator[Transcript]]

#: name -> (loader of the training part, True if the text runs over the lines of a whole page)
SETS: dict[str, tuple[Loader, bool]] = {
    "books": (partial(book_pages, part="train"), True),
    "iam": (partial(iam_lines, reading="train"), False),
    "iam_printed": (partial(iam_lines, reading="train", hand_printed=True), False),
    "pen": (partial(pen_words, part="train"), False),
    "names": (partial(name_crops, part="train"), False),
}
