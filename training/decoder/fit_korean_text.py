"""Fit what tells lines of Korean from what pictures give, read as Korean."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from ocrtool.recognize.score import SegmentedLine
from ocrtool.script.engine import Engine, KoreanEngine, ScoredLine

from ocrtool.decode.assemble import LineAssembler
from ocrtool.decode.beam import Step, search
from ocrtool.decode.text_filter import common_x_height, line_features
from ocrtool.script.hangul.segment import cut_syllables
from ocrtool.segment.edges import find_edges
from ocrtool.types import Line
from training.datasets.transcribed import book_pages
from training.decoder.align_pages import line_texts, read_lines, score_page
from training.decoder.fit_text import MOST_JUNK, told_scores
from training.decoder.logistic import fit_logistic
from training.decoder.samples import Sample

#: Of the book pages, every so manieth is searched for pictures.
EVERY_PAGE = 3
#: Pages whose lines of text are taken one by one too: short pages have no x-height in common.
ALONE_SHARE = 0.3


def fit_korean_text(
    data: Path, engine: KoreanEngine, latin: Engine, samples: list[Sample], seed: int
) -> tuple[np.ndarray, dict[str, float]]:
    """Weights for `ocrtool.decode.text_filter`, and how often they are wrong.

    Text: the samples, page by page. No text: lines of the training books' pages that stand in no text.
    """
    rng = np.random.default_rng(seed)
    features: list[np.ndarray] = []
    truth: list[bool] = []

    def add(lines: list[ScoredLine], is_text: bool) -> None:
        paths = search(
            [x.lattice for x in lines], engine.guide, engine.path_weights, engine.settings.beam, engine.alphabet
        )
        found = [line for x, p in zip(lines, paths, strict=True) if (line := assembled(x, p, engine)) is not None]
        x_height = common_x_height(found)
        features.extend(line_features(line, x_height) for line in found)
        truth.extend([is_text] * len(found))

    for group in dict.fromkeys(s.group for s in samples):
        lines = [ScoredLine(x.line, x.lattice) for s in samples if s.group == group for x in s.lines]
        for part in [[line] for line in lines] if rng.random() < ALONE_SHARE else [lines]:
            add(part, True)
    for page in list(book_pages(data, "train"))[::EVERY_PAGE]:
        junk = _pictures(page.gray, page.text, latin)
        if junk:
            add(engine.score([junk[k] for k in rng.permutation(len(junk))[:MOST_JUNK]]), False)
    x, y = np.array(features), np.array(truth)
    weights = fit_logistic(x, y)
    return weights, told_scores(x @ weights > 0, y)


def _pictures(gray: np.ndarray, text: str, latin: Engine) -> list[SegmentedLine]:
    """Lines found on an English page that are not in its text, cut up as Hangul."""
    lines = score_page(gray, latin, settling=True)
    texts = line_texts(read_lines(lines, latin), text) if lines else []
    cut = []
    for line, told in zip(lines, texts, strict=True):
        pieces = cut_syllables(line.line.image) if told is None else ()
        if len(pieces):
            cut.append(SegmentedLine(line.line.image, pieces, find_edges(pieces)))  # type: ignore[arg-type]
    return cut


def assembled(line: ScoredLine, path: list[Step], engine: KoreanEngine) -> Line | None:
    """A scored line as reading would give it, boxes and x-height in pixels of the working page."""
    size, glyphs = (100_000, 100_000), engine.alphabet.glyphs
    uncalibrated = ((0.0, 0.0), (1.0, 1.0))
    assembler = LineAssembler(line.line.image, np.eye(2, 3), size, engine.path_weights.lm, uncalibrated, glyphs)
    return assembler.assemble(path, line.line.edges, line.lattice)
