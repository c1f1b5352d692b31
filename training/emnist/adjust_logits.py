"""Compare trained models at equal logit adjustment: ``python -m training.emnist.adjust_logits RUN... --data DATA``.

A network trained with logit adjustment estimates probabilities as if all classes were equally frequent, one trained
with plain cross-entropy those at the class frequencies of the train images. By Bayes' rule either follows from the
other's probabilities without training: multiply by the class frequencies to some power and normalise.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from training.command import data_option, errors_as_messages
from training.emnist.loss import log_prior
from training.emnist.predict import keras_run, predict, softmax
from training.emnist.splits import load_split
from training.emnist.trained_weights import find_weights, open_model
from training.report.markdown import table
from training.report.scores import LEAST_PROBABILITY, split_scores

#: Plain cross-entropy, half way, and equal class frequencies.
TAUS = (0.0, 0.5, 1.0)


def adjusted(probabilities: np.ndarray, log_frequencies: np.ndarray, trained: float, wanted: float) -> np.ndarray:
    """``probabilities`` (N, C) of a network trained with tau ``trained`` as they would be with tau ``wanted``.

    log_frequencies: (C,) of the classes among the train images. Menon et al., "Long-tail learning via logit
    adjustment" (2020), eq. 9.
    """
    return softmax(np.log(np.maximum(probabilities, LEAST_PROBABILITY)) + (trained - wanted) * log_frequencies)


def row(folder: Path, data: Path) -> list[str]:
    """Name and scores, accuracy of all images / mean class accuracy in per cent, of the model in ``folder``."""
    weights = find_weights(folder)
    split, training = weights.manifest["split"], weights.manifest["training"]
    log_frequencies = log_prior(load_split(data, split, "train").labels, len(weights.manifest["labels"]), 1.0)
    test = load_split(data, split, "test")
    probabilities = predict(keras_run(open_model(weights)), test.images)[0]
    cells = [f"{weights.manifest['parameters']['model']}, {'augmented' if training['augmented'] else 'plain'}"]
    for tau in TAUS:
        changed = adjusted(probabilities, log_frequencies, training["recipe"]["tau"], tau)
        scores = split_scores(changed, test.labels, test.classes)
        cells.append(f"{100 * scores['accuracy']:.2f} / {100 * scores['class_accuracy']:.2f}")
    return cells


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, file_okay=False))
@data_option("EMNIST files", inside="emnist")
@errors_as_messages()
def main(runs: tuple[Path, ...], data: Path) -> None:
    """Print, as Markdown, the scores of trained models at several values of tau."""
    header = ["model", *(f"tau {tau:g}" for tau in TAUS)]
    print(table(header, [row(run, data) for run in runs], header[1:]), end="")


if __name__ == "__main__":
    main()
