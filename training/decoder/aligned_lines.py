"""Lines of transcribed images with the alignment of their text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from training.datasets.transcribed import Transcript
from training.decoder.align import Alignment, Spelling, align
from training.decoder.engines import Engine, ScoredLine, read_lines, score_all_edges

#: A character's label is believed when its own score (nats) is above the first, or above the second between good ones.
GOOD_SCORE, FAIR_SCORE = -4.0, -8.5
#: A line is used when at least this share of its characters is good.
LINE_SHARE = 0.6
#: A page line is used when what was read there differs from the page's text by less than this share.
LINE_DISTANCE = 0.35


@dataclass(frozen=True, slots=True)
class AlignedLine:
    """A scored line and where each character of its text is in it."""

    line: ScoredLine
    alignment: Alignment

    @property
    def good_share(self) -> float:
        """Share of the aligned characters whose score is good; 0 where there are none."""
        scores = self.alignment.scores
        return float(np.mean(scores > GOOD_SCORE)) if len(scores) else 0.0

    def trusted(self) -> np.ndarray:
        """(n,) bool: characters whose label can be believed."""
        good = self.alignment.scores > GOOD_SCORE
        beside = np.concatenate([[True], good[:-1]]) & np.concatenate([good[1:], [True]])
        fair: np.ndarray = good | (beside & (self.alignment.scores > FAIR_SCORE))
        return fair


def line_texts(read: list[str], truth: str) -> list[str | None]:
    """The stretch of a page's running text that each read line stands for; None where they are too far apart."""
    joined = " ".join(read)
    # position in truth of each position in joined
    where = np.zeros(len(joined) + 1, np.int64)
    for op in Levenshtein.opcodes(joined, truth):
        span = op.src_end - op.src_start
        where[op.src_start : op.src_end + 1] = np.round(np.linspace(op.dest_start, op.dest_end, span + 1)).astype(int)
    texts: list[str | None] = []
    begin = 0
    for text in read:
        stretch = truth[where[begin] : where[begin + len(text)]].strip()
        begin += len(text) + 1
        if text.endswith("-") and not stretch.endswith("-"):
            stretch += "-"  # a word broken at the line's end is whole in the running text
        distance = Levenshtein.normalized_distance(text, stretch) if text else 1.0
        texts.append(stretch if distance <= LINE_DISTANCE and len(stretch) > 1 else None)
    return texts


def align_line(line: ScoredLine, text: str, item: Transcript, engine: Engine) -> AlignedLine | None:
    """A line of a transcript with its text, whose paths are scored as the engine does without a language model."""
    spelling = Spelling.from_text(text, engine.alphabet.glyphs, infix=item.infix, any_case=item.any_case)
    found = align(line.lattice, spelling, engine.settings.without_lm)
    return None if found is None else AlignedLine(line, found)


def aligned_lines(item: Transcript, engine: Engine, page: bool) -> Iterator[AlignedLine]:
    """The lines of a transcript that could be aligned. page: the text runs over the lines of a whole page."""
    lines = score_all_edges(item.gray, engine)
    if not lines:
        return
    if page:
        texts = line_texts(read_lines(lines, engine), item.text)
        pairs: Iterable[tuple[ScoredLine, str | None]] = zip(lines, texts, strict=True)
    else:
        pairs = [(line, item.text) for line in lines]
    found = [a for line, text in pairs if text and (a := align_line(line, text, item, engine))]
    if not page and found:  # of the lines in a crop the one that fits: the others are bits of its neighbours
        found = [max(found, key=lambda a: a.alignment.score)]
    yield from (a for a in found if a.good_share >= LINE_SHARE)
