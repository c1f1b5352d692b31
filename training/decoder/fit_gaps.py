"""Fit how the gaps of a line weigh in the line reader's spaces, on strips whose text is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrtool.decode.ctc_gaps import find_gaps
from training.decoder.logistic import fit_logistic


def fit_gaps(
    strips: Iterable[tuple[np.ndarray, np.ndarray, str]], labels: Sequence[str]
) -> tuple[tuple[float, ...], dict[str, float]]:
    """Weights of `ocrtool.decode.ctc_gaps.FEATURES`, and the shares of wrong gaps before and with them.

    strips: log-probabilities (T, C) of each strip's frames, its soft ink (rows, W) and its text; labels: of the
    classes. Raises ValueError where no strip has a space.
    """
    features, truth = [np.zeros((0, 4))], [np.zeros(0, bool)]
    for log_probs, soft, text in strips:
        gaps = find_gaps(log_probs, soft)
        spaces = spaces_after(text)
        position = _positions("".join(labels[k] for k in gaps.characters), text.replace(" ", ""))
        known = np.flatnonzero((position[:-1] >= 0) & (np.diff(position) == 1))
        features.append(gaps.features[known])
        truth.append(spaces[position[known]])
    x, y = np.concatenate(features), np.concatenate(truth)
    if y.all() or not y.any():
        raise ValueError("the strips have too few spaces to fit their gaps")
    weights = fit_logistic(x, y)
    wrong = {"gaps": float(len(y)), "wrong_before": float(np.mean((x[:, 0] > 0) != y))}
    return tuple(weights.round(4).tolist()), {**wrong, "wrong": float(np.mean((x @ weights > 0) != y))}


def spaces_after(text: str) -> np.ndarray:
    """(n,) bool: whether a space follows each of the n characters that are none."""
    printed = np.array([c != " " for c in text], bool)
    return np.asarray((~np.concatenate([printed[1:], [True]]))[printed])


def _positions(read: str, text: str) -> np.ndarray:
    """Where each character read is in the text, (n,) int64; -1 where it is not."""
    found = np.full(len(read), -1, np.int64)
    for op in Levenshtein.opcodes(read, text):
        if op.tag == "equal":
            found[op.src_start : op.src_end] = np.arange(op.dest_start, op.dest_end)
    return found
