"""Fit what tells text from what pictures give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from ocrtool.script.engine import Engine

from ocrtool.decode.assemble import LineAssembler
from ocrtool.decode.beam import Step, search
from ocrtool.decode.text_filter import common_x_height, line_features
from ocrtool.types import Line
from training.datasets.transcribed import book_pages, iam_lines, name_crops
from training.decoder.align_pages import ScoredLine, line_texts, read_lines, score_page
from training.decoder.logistic import fit_logistic

#: Lines that are no text taken from one page: a page of foliage must not outvote all others.
MOST_JUNK = 25
#: Of book pages, handwritten lines and names every so manieth is looked at.
EVERY_PAGE, EVERY_LINE, EVERY_NAME = 2, 40, 6


def read_line(line: ScoredLine, path: list[Step], lm: float) -> Line | None:
    """A scored line as reading would give it, boxes and x-height in pixels of the working page."""
    size = (100_000, 100_000)
    assembler = LineAssembler(line.line.image, np.eye(2, 3), size, lm, ((0.0, 0.0), (1.0, 1.0)))
    return assembler.assemble(path, line.line.edges, line.lattice)


def fit_text(data: Path, engine: Engine, lm: float, seed: int) -> tuple[np.ndarray, dict[str, float]]:
    """Weights that tell text from what pictures give, and how often they are wrong.

    Text: the lines of book pages that stand in their text, handwritten lines, names. No text: all other lines of the
    book pages, at most MOST_JUNK of each.
    """
    rng = np.random.default_rng(seed)
    features, truth = [], []

    def add(lines: list[ScoredLine], is_text: list[bool]) -> None:
        paths = search([x.lattice for x in lines], engine.guide, engine.path_weights, engine.settings.beam)
        read = [read_line(x, p, lm) for x, p in zip(lines, paths, strict=True)]
        found = [line for line in read if line is not None]
        x_height = common_x_height(found)
        for line, told in zip(read, is_text, strict=True):
            if line is not None:
                features.append(line_features(line, x_height))
                truth.append(told)

    for page in list(book_pages(data, "train"))[::EVERY_PAGE]:
        lines = score_page(page.gray, engine, settling=True)
        texts = line_texts(read_lines(lines, engine), page.text) if lines else []
        junk = [k for k, text in enumerate(texts) if text is None]
        dropped = set(rng.permutation(junk)[MOST_JUNK:].tolist())
        kept = [k for k in range(len(lines)) if k not in dropped]
        add([lines[k] for k in kept], [texts[k] is not None for k in kept])
    crops = [*list(iam_lines(data, "train"))[::EVERY_LINE], *list(name_crops(data, "train"))[::EVERY_NAME]]
    for item in crops:
        lines = score_page(item.gray, engine, settling=True)
        if lines:
            longest = max(lines, key=lambda line: len(line.line.pieces))
            add([longest], [True])
    x, y = np.array(features), np.array(truth)
    weights = fit_logistic(x, y)
    return weights, told_scores(x @ weights > 0, y)


def told_scores(told: np.ndarray, text: np.ndarray) -> dict[str, float]:
    """How often text is lost and what is none is told. told, text: (n,) bool."""
    return {
        "text": float(text.sum()),
        "text_lost": round(float(np.mean(~told[text])), 4),
        "no_text": float((~text).sum()),
        "no_text_told": round(float(np.mean(told[~text])), 4),
    }
