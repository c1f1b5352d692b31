"""Fit the text filter: what tells lines of text from what pictures give."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ocrtool.decode.text_filter import common_x_height, line_features
from training.decoder.engines import AnyEngine, assembled_line, search_lattices
from training.decoder.logistic import fit_logistic
from training.decoder.samples import LabelledPage


def fit_text(pages: Iterable[LabelledPage], engine: AnyEngine) -> tuple[np.ndarray, dict[str, float]]:
    """Weights for `ocrtool.decode.text_filter`, and how often they are wrong.

    The lines of a page are read together, since their x-height in common is a feature. Raises ValueError where all
    lines are text, or none.
    """
    features: list[np.ndarray] = []
    truth: list[bool] = []
    for page in pages:
        paths = search_lattices([line.lattice for line, _ in page], engine)
        read = [assembled_line(line, path, engine) for (line, _), path in zip(page, paths, strict=True)]
        x_height = common_x_height([line for line in read if line is not None])
        for line, (_, is_text) in zip(read, page, strict=True):
            if line is not None:
                features.append(line_features(line, x_height))
                truth.append(is_text)
    x, y = np.array(features), np.array(truth, bool)
    if y.all() or not y.any():
        raise ValueError("lines of text and lines of pictures are needed to tell one from the other")
    weights = fit_logistic(x, y)
    return weights, filter_scores(x @ weights > 0, y)


def filter_scores(kept: np.ndarray, text: np.ndarray) -> dict[str, float]:
    """How often text is lost and what is none is kept. kept, text: (n,) bool."""
    return {
        "text": float(text.sum()),
        "text_lost": round(float(np.mean(~kept[text])), 4),
        "no_text": float((~text).sum()),
        "no_text_kept": round(float(np.mean(kept[~text])), 4),
    }
