"""``training.emnist.adjust_logits``: scores of a trained model at other values of tau, without training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from emnist_files import drawn_images, write_plain

from training.emnist import train_emnist
from training.emnist.adjust_logits import adjusted, main


def test_class_frequencies_are_applied_and_removed_again() -> None:
    log_frequencies = np.log(np.array([0.9, 0.1]))
    balanced = np.array([[0.5, 0.5], [0.2, 0.8]])  # of a network trained with tau 1
    plain = adjusted(balanced, log_frequencies, trained=1.0, wanted=0.0)
    # by Bayes: 0.2 * 0.9 against 0.8 * 0.1
    assert plain[0].tolist() == pytest.approx([0.9, 0.1])
    assert plain[1].tolist() == pytest.approx([0.18 / 0.26, 0.08 / 0.26])
    assert np.allclose(adjusted(plain, log_frequencies, trained=0.0, wanted=1.0), balanced)
    assert np.allclose(adjusted(balanced, log_frequencies, 1.0, 1.0), balanced)


def test_the_table_of_a_trained_model(tmp_path: Path) -> None:
    """The column of the tau that a model was trained with has the scores of its manifest."""
    for part, count in (("train", 6), ("test", 3)):
        data = drawn_images(count, seed=count)
        write_plain(tmp_path / "data", "balanced", part, data.images, data.labels)
    words = ["--model", "lenet5", "--data", str(tmp_path / "data"), "--epochs", "1", "--tau", "0.5"]
    trained = CliRunner().invoke(train_emnist.main, [*words, "--out", str(tmp_path / "run")], catch_exceptions=False)
    accuracy = float(trained.output.split("test: accuracy ")[1].split(",")[0])
    result = CliRunner().invoke(main, [str(tmp_path / "run"), "--data", str(tmp_path / "data")])
    assert result.exit_code == 0, result.output
    header, rule, row = result.output.splitlines()
    assert [cell.strip() for cell in header.split("|")] == ["", "model", "tau 0", "tau 0.5", "tau 1", ""]
    cells = [cell.strip() for cell in row.split("|")]
    assert cells[1] == "lenet5, plain" and rule.startswith("|")
    assert float(cells[3].split(" / ")[0]) == pytest.approx(100 * accuracy, abs=0.006)
