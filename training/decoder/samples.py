"""Scored lines with known text that the decoder's weights are fitted on; training parts only.

The glyph classifier learned from most of these lines, so its certainty there says little. Of names and pen words only
those of forms and writers kept from it are taken; books and handwritten lines are many and were seen but once or twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ocrtool.script.engine import Engine

from training.datasets.transcribed import Transcript, book_pages, iam_lines, name_crops, pen_words
from training.decoder.align_pages import ScoredLine, is_held_out, line_texts, read_lines, score_page


@dataclass(frozen=True, slots=True)
class Sample:
    """A line (or the lines of a crop) with its text. group: book, writer or form; infix: see ``Transcript``."""

    kind: str
    group: str
    lines: list[ScoredLine]
    text: str
    infix: bool


def _page_samples(item: Transcript, engine: Engine) -> list[Sample]:
    lines = score_page(item.gray, engine, settling=True)
    texts = line_texts(read_lines(lines, engine), item.text) if lines else []
    return [Sample("books", item.group, [line], t, False) for line, t in zip(lines, texts, strict=True) if t]


def _crop_samples(kind: str, items: Iterable[Transcript], engine: Engine) -> list[Sample]:
    scored = ((item, score_page(item.gray, engine, settling=True)) for item in items)
    return [Sample(kind, item.group, lines, item.text, item.infix) for item, lines in scored if lines]


def load_samples(data: Path, engine: Engine, count: int, seed: int) -> list[Sample]:
    """About ``count`` lines of each kind, drawn at random over all groups."""
    rng = np.random.default_rng(seed)

    def some(items: list, most: int) -> list:
        return [items[i] for i in rng.permutation(len(items))[:most]]

    pages = some(list(book_pages(data, "train")), max(4, count // 6))
    samples = some([sample for page in pages for sample in _page_samples(page, engine)], count)
    samples += _crop_samples("iam", some(list(iam_lines(data, "train", hand_printed=True)), count), engine)
    names = [item for item in name_crops(data, "train") if is_held_out(item.group)]
    samples += _crop_samples("names", some(names, count), engine)
    words = [item for item in pen_words(data, "train") if is_held_out(item.group)]
    return samples + _crop_samples("pen", some(words, count), engine)
