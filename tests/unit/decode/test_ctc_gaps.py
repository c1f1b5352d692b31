"""The gaps of a line: spaces that the line reader leaves open, told by the widths of the line's own gaps."""

from __future__ import annotations

import numpy as np
import pytest

from ocrtool.decode import ctc
from ocrtool.decode.ctc_gaps import NEUTRAL, find_gaps, weigh_gaps
from training.decoder.fit_gaps import fit_gaps, spaces_after

LABELS = ("", " ", "a", "b")
WEIGHTS = (1.0, 0.5, -0.5, 1.0)
COLUMNS = 2  # of a frame


def drawn_line(gaps: list[int], spaces: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Frames and soft ink of letters 8 columns wide. gaps: columns between them; spaces: probabilities of a space."""
    parts = [np.full((40, 8), 255, np.uint8)]
    middles = [4]
    for gap in gaps:
        parts += [np.zeros((40, gap), np.uint8), np.full((40, 8), 255, np.uint8)]
        middles.append(middles[-1] + 8 + gap)
    soft = np.hstack(parts)
    probabilities = np.full((soft.shape[1] // COLUMNS, len(LABELS)), 1e-5)
    probabilities[:, 0] = 1.0
    at = np.array(middles) // COLUMNS
    probabilities[at, 0], probabilities[at, 2] = 1e-4, 1.0
    for before, after, p in zip(at[:-1], at[1:], spaces, strict=True):
        probabilities[(before + after) // 2, :2] = 1.0 - p, p
    return np.log(probabilities / probabilities.sum(axis=1, keepdims=True)).astype(np.float32), soft


def text(log_probs: np.ndarray) -> str:
    return ctc.greedy(log_probs).text(LABELS[1:])


def test_gaps_are_measured_between_characters() -> None:
    log_probs, soft = drawn_line([2, 10, 3, 40], [1e-4, 0.999, 0.5, 0.9999])
    gaps = find_gaps(log_probs, soft)
    odds, width, word_gap, constant = gaps.features.T
    assert gaps.characters.tolist() == [2] * 5 and (gaps.first < gaps.end).all() and (constant == 1).all()
    assert width.tolist() == [2, 10, 3, 16], "the columns of a table are no wider than this"
    assert odds[[0, 3]] == pytest.approx([-8, 8], abs=1.3) and odds[2] == pytest.approx(0, abs=0.05)
    assert word_gap[0] == pytest.approx((2 * 7 + 10 + 0.5 * 3) / 3.5, abs=0.05), "the column gap does not count"
    assert word_gap[1] == pytest.approx((2 * 7 + 0.5 * 3) / 2.5, abs=0.05), "nor does a gap for itself"


@pytest.mark.parametrize(("gap", "expected"), [(9, "aa a aa"), (3, "aa aaa")])
def test_an_open_gap_is_a_space_where_it_is_as_wide_as_the_others(gap: int, expected: str) -> None:
    log_probs, soft = drawn_line([2, 9, gap, 2], [1e-4, 0.999, 0.45 if gap == 9 else 0.55, 1e-4])
    assert text(log_probs) != expected
    weighed = weigh_gaps(log_probs, soft, WEIGHTS)
    assert text(weighed) == expected
    assert np.exp(weighed.astype(np.float64)).sum(axis=1) == pytest.approx(1.0, abs=1e-5)


def test_what_is_sure_stays_as_it_is() -> None:
    log_probs, soft = drawn_line([9, 2], [1e-4, 0.9999])
    assert weigh_gaps(log_probs, soft, WEIGHTS) is log_probs, "narrow and wide, but the reader is sure"
    unsure, soft = drawn_line([9, 2], [0.3, 0.7])
    assert weigh_gaps(unsure, soft, NEUTRAL) is unsure
    one, soft = drawn_line([], [])
    nothing = np.log(np.tile([0.97, 0.01, 0.01, 0.01], (5, 1))).astype(np.float32)
    assert weigh_gaps(one, soft, WEIGHTS) is one and weigh_gaps(nothing, soft, WEIGHTS) is nothing


def test_weights_are_fitted_that_tell_spaces_by_their_widths() -> None:
    rng = np.random.default_rng(0)
    strips = []
    for _ in range(60):
        spaces = rng.random(8) < 0.3
        gaps = np.where(spaces, 9, 2) + rng.integers(-1, 2, 8)
        said = 1.0 / (1.0 + np.exp(-(np.where(spaces, 0.5, -0.5) + rng.normal(0.0, 1.0, 8))))
        line = "a" + "".join(" a" if space else "a" for space in spaces)
        strips.append((*drawn_line(gaps.tolist(), said.tolist()), line))
    weights, scores = fit_gaps(strips, LABELS)
    assert weights[1] > 0.3 and scores["gaps"] == 480
    assert scores["wrong_before"] == pytest.approx(0.31, abs=0.05) and scores["wrong"] < 0.005
    with pytest.raises(ValueError, match="too few spaces"):
        fit_gaps([(*drawn_line([2], [0.1]), "aa")], LABELS)
    assert spaces_after("a bc d").tolist() == [True, False, True, False]
