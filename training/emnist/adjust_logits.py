"""Trained models on the same footing: ``python -m training.emnist.adjust_logits RUN... --data DATA``.

A network trained with a levelled loss speaks as if all classes were equally frequent, one trained plainly as if they
were as frequent as in training. Either can be had from the other's probabilities, without training: by Bayes' rule they
are multiplied by the classes' shares to some power, and scaled to sum 1 again.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from training.command import errors_as_messages
from training.emnist.evaluate import find_weights, open_model
from training.emnist.loss import log_prior
from training.emnist.predict import keras_run, predict, softmax
from training.emnist.splits import load_split
from training.language.corpus import default_data_folder
from training.report.scores import LEAST_PROBABILITY, split_scores

#: As trained plainly, half way, and as if all classes were equally frequent.
LEVELS = (0.0, 0.5, 1.0)


def relevelled(probabilities: np.ndarray, shares: np.ndarray, trained: float, wanted: float) -> np.ndarray:
    """``probabilities`` (N, C) of a network trained at one level as they would be at another.

    shares: (C,) log share of each class among the train images. Menon et al., "Long-tail learning via logit
    adjustment" (2021), eq. 9.
    """
    return softmax(np.log(np.maximum(probabilities, LEAST_PROBABILITY)) + (trained - wanted) * shares)


def row(folder: Path, data: Path) -> list[str]:
    """Name and scores, accuracy of all images / mean of classes in per cent, of the model in ``folder``."""
    weights = find_weights(folder)
    split, training = weights.manifest["split"], weights.manifest["training"]
    shares = log_prior(load_split(data, split, "train").labels, len(weights.manifest["labels"]), 1.0)
    test = load_split(data, split, "test")
    probabilities = predict(keras_run(open_model(weights)), test.images)[0]
    cells = [f"{weights.manifest['parameters']['model']}, {'augmented' if training['augmented'] else 'plain'}"]
    for level in LEVELS:
        adjusted = relevelled(probabilities, shares, training["recipe"]["level"], level)
        scores = split_scores(adjusted, test.labels, test.classes)
        cells.append(f"{100 * scores['accuracy']:.2f} / {100 * scores['class_accuracy']:.2f}")
    return cells


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Folder of EMNIST files.")
@errors_as_messages()
def main(runs: tuple[Path, ...], data: Path | None) -> None:
    """Print, as Markdown, what each trained model scores at several levels."""
    folder = data or default_data_folder() / "emnist"
    print("| model | " + " | ".join(f"level {level:g}" for level in LEVELS) + " |")
    print("|---" * (1 + len(LEVELS)) + "|")
    for run in runs:
        print("| " + " | ".join(row(run, folder)) + " |")


if __name__ == "__main__":
    main()
