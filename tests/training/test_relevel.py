"""``training.emnist.adjust_logits``: probabilities as another level of training would have given them."""

from __future__ import annotations

import numpy as np
import pytest

from training.emnist.adjust_logits import relevelled


def test_shares_are_put_in_and_taken_out_again() -> None:
    shares = np.log(np.array([0.9, 0.1]))
    level = np.array([[0.5, 0.5], [0.2, 0.8]])  # of a network that holds both classes for equally frequent
    plain = relevelled(level, shares, trained=1.0, wanted=0.0)
    # by Bayes: 0.2 * 0.9 against 0.8 * 0.1
    assert plain[0].tolist() == pytest.approx([0.9, 0.1])
    assert plain[1].tolist() == pytest.approx([0.18 / 0.26, 0.08 / 0.26])
    assert np.allclose(relevelled(plain, shares, trained=0.0, wanted=1.0), level)
    assert np.allclose(relevelled(level, shares, 1.0, 1.0), level)
