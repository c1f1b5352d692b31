"""Latin lines that the decoder is fitted on: training parts of transcribed sets.

The glyph classifier learned from most of these lines, so its certainty there says little. Of names and pen words only
those of forms and writers kept from it are taken; books and handwritten lines are many and were seen but once or twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from training.datasets.transcribed import Transcript, book_pages, name_crops, pen_words
from training.decoder.aligned_lines import line_texts
from training.decoder.engines import Engine, read_lines, score_page
from training.decoder.samples import LabelledPage, Sample, SourceOptions, folder_samples, is_held_out

#: Lines of each kind; book lines are drawn from one page for so many of them, and at least so many pages.
LINES, LINES_PER_PAGE, LEAST_PAGES = 160, 6, 4
#: Lines without text taken from one page: a page of foliage must not outvote all others.
MOST_PICTURES = 25
#: To tell text from pictures, every so many of the book pages, written words and names are used.
PAGE_STEP, WORD_STEP, NAME_STEP = 2, 500, 6

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class LatinSource:
    """Books, names on forms and words written with a pen: whoever may use these may use what is fitted on them."""

    options: SourceOptions

    def samples(self, engine: Engine) -> list[Sample]:
        """About ``count`` lines of each kind, drawn at random over all groups."""
        data, count = self.options.data, self.options.count or LINES
        rng = np.random.default_rng(self.options.seed)

        def drawn(items: Sequence[_T], most: int) -> list[_T]:
            return [items[i] for i in rng.permutation(len(items))[:most]]

        pages = drawn(list(book_pages(data, "train")), max(LEAST_PAGES, count // LINES_PER_PAGE))
        samples = drawn([sample for page in pages for sample in _page_samples(page, engine)], count)
        names = [item for item in name_crops(data, "train") if is_held_out(item.group)]
        samples += _crop_samples("names", drawn(names, count), engine)
        words = [item for item in pen_words(data, "train") if is_held_out(item.group)]
        samples += _crop_samples("pen", drawn(words, count), engine)
        return samples + (folder_samples(self.options.drawn, engine) if self.options.drawn is not None else [])

    def labelled_pages(self, engine: Engine, samples: list[Sample]) -> Iterator[LabelledPage]:
        """Text: lines of book pages that stand in their text, written words, names. Not: the other lines of the book
        pages, at most MOST_PICTURES of each.
        """
        data, rng = self.options.data, np.random.default_rng(self.options.seed)
        for page in list(book_pages(data, "train"))[::PAGE_STEP]:
            lines = score_page(page.gray, engine)
            texts = line_texts(read_lines(lines, engine), page.text) if lines else []
            pictures = [k for k, text in enumerate(texts) if text is None]
            dropped = set(rng.permutation(pictures)[MOST_PICTURES:].tolist())
            yield [(lines[k], text is not None) for k, text in enumerate(texts) if k not in dropped]
        words, names = list(pen_words(data, "train"))[::WORD_STEP], list(name_crops(data, "train"))[::NAME_STEP]
        for item in [*words, *names]:
            if lines := score_page(item.gray, engine):
                yield [(max(lines, key=lambda line: len(line.line.pieces)), True)]

    def facts(self) -> dict[str, str]:
        """As `SampleSource.facts`."""
        return {
            "data": "training parts of old_books, hand_printed_words and UNIPEN words",
            "split": "over books, writers and forms",
            "licence": "Apache-2.0",
        }


def _page_samples(item: Transcript, engine: Engine) -> list[Sample]:
    lines = score_page(item.gray, engine)
    texts = line_texts(read_lines(lines, engine), item.text) if lines else []
    return [Sample("books", item.group, [line], t) for line, t in zip(lines, texts, strict=True) if t]


def _crop_samples(kind: str, items: Iterable[Transcript], engine: Engine) -> list[Sample]:
    scored = ((item, score_page(item.gray, engine)) for item in items)
    return [Sample(kind, item.group, lines, item.text, item.infix) for item, lines in scored if lines]
