"""Hangul lines that the decoder is fitted on: pages drawn in the validation families with the validation text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from tqdm import tqdm

from training.datasets.transcribed import book_pages
from training.decoder.aligned_lines import line_texts
from training.decoder.engines import Engine, open_engine, read_lines, score_page, segment_again
from training.decoder.latin_samples import MOST_PICTURES
from training.decoder.samples import LabelledPage, Sample, SourceOptions, folder_samples, page_samples
from training.glyphs.hangul_lines import KoreanPages
from training.synthesis.fonts import find_fonts
from training.synthesis.fonts import part_of as latin_part
from training.synthesis.hangul_fonts import find_korean_fonts
from training.synthesis.hangul_line_text import KoreanLineText

#: Pages drawn, of a few lines each; characters of a line, from and below; how often each kind of line.
PAGES, LENGTHS = 60, (2, 34)
KINDS = {"text": 0.8, "mixed": 0.05, "marks": 0.08, "signs": 0.07}
#: To tell text from pictures: every so many of the training books' pages is searched for pictures.
PAGE_STEP = 3
#: Share of drawn pages whose lines are taken one by one too: short pages have no x-height in common.
ALONE_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class HangulSource:
    """Drawn pages, and pictures of scanned English books."""

    options: SourceOptions

    def samples(self, engine: Engine) -> list[Sample]:
        """Lines of ``count`` drawn pages, and of the pages in the folder of further ones.

        Raises FileNotFoundError without the Korean text, ValueError without fonts.
        """
        cv2.setNumThreads(1)
        options = self.options
        latin_fonts = [f for f in find_fonts(options.latin_fonts) if latin_part(f.family) == "validation"]
        text = KoreanLineText(options.data, "validation", KINDS)
        pages = KoreanPages(find_korean_fonts(options.fonts, "validation"), latin_fonts, text, LENGTHS)
        samples: list[Sample] = []
        for number in tqdm(range(options.count or PAGES), unit="page", disable=None):
            page, lines = pages.page(np.random.default_rng((options.seed, number)))
            samples += page_samples(page.gray, lines, engine, "lines", str(number))
        return samples + (folder_samples(options.drawn, engine) if options.drawn is not None else [])

    def labelled_pages(self, engine: Engine, samples: list[Sample]) -> Iterator[LabelledPage]:
        """Text: the samples, page by page. Not: lines of the training books' pages that stand in no text."""
        rng = np.random.default_rng(self.options.seed)
        for group in dict.fromkeys(s.group for s in samples):
            page = [(line, True) for s in samples if s.group == group for line in s.lines]
            yield from [[line] for line in page] if rng.random() < ALONE_SHARE else [page]
        latin = open_engine("latin", self.options.weights)
        for item in list(book_pages(self.options.data, "train"))[::PAGE_STEP]:
            lines = score_page(item.gray, latin)
            texts = line_texts(read_lines(lines, latin), item.text) if lines else []
            cut = [segment_again(line.line) for line, text in zip(lines, texts, strict=True) if text is None]
            pictures = [line for line in cut if line is not None]
            if pictures:
                chosen = [pictures[k] for k in rng.permutation(len(pictures))[:MOST_PICTURES]]
                yield [(line, False) for line in engine.score(chosen)]

    def facts(self) -> dict[str, str]:
        """As `SampleSource.facts`."""
        drawn = ", and pages of training.synthesis.korean_pages in them" if self.options.drawn is not None else ""
        return {
            "data": f"lines of {self.options.count or PAGES} pages drawn in the validation families, {KINDS}{drawn}; "
            "pictures of old_books, train part",
            "split": "by font family and block of text, over pages",
            "licence": "Apache-2.0",
        }
