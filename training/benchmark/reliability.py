"""Calibration of word probabilities: python -m training.benchmark.reliability --data DIR [--plot FILE.png].

Reads the test parts; a word is right if it matches in the best alignment of the words read with those of the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import click
import numpy as np
from tabulate import tabulate

from ocrtool.types import Page
from training.command import PATH, data_option, errors_as_messages, every_option, weights_option
from training.datasets.transcribed import Transcript, book_pages, iam_lines
from training.decoder.engines import page_reader
from training.decoder.fit_confidence import SURE, words_right

#: Upper bounds of the bins of word probability.
BINS = (0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 1.0001)
#: Loader of each set's part. The crops of hand_printed_words are left out: they hold other words than the truth.
SETS: dict[str, Callable[[Path, str], Iterable[Transcript]]] = {
    "old_books": book_pages,
    "iam_hand_printed": partial(iam_lines, hand_printed=True),
}


def word_outcomes(items: Iterable[Transcript], read: Callable[[np.ndarray], Page]) -> tuple[np.ndarray, np.ndarray]:
    """Probability (n,) of every word read, and whether it is right (n,) bool."""
    probability: list[float] = []
    right: list[bool] = []
    for item in items:
        words = [word for line in read(item.gray).lines for word in line.words]
        probability += [word.probability for word in words]
        right += words_right([word.text for word in words], item.text.split()).tolist()
    return np.array(probability), np.array(right, bool)


def bins(probability: np.ndarray, right: np.ndarray) -> list[tuple[int, float, float]]:
    """Of each bin of BINS: number of words, mean probability, share right."""
    which = np.searchsorted(BINS, probability, side="right")
    return [
        (int((which == k).sum()), float(probability[which == k].mean()), float(right[which == k].mean()))
        for k in range(len(BINS))
        if (which == k).any()
    ]


def calibration_error(rows: list[tuple[int, float, float]]) -> float:
    """Expected calibration error of the bins (Naeini et al., "Obtaining well calibrated probabilities", 2015)."""
    return sum(count * abs(mean - share) for count, mean, share in rows) / max(1, sum(count for count, _, _ in rows))


def plot(outcomes: dict[str, tuple[np.ndarray, np.ndarray]], path: Path) -> None:
    """Reliability diagram: word probability against the share of right words, one line for each set."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for name, (probability, right) in outcomes.items():
        rows = bins(probability, right)
        axes.plot([row[1] for row in rows], [row[2] for row in rows], marker="o", label=name)
    axes.set_xlabel("word probability")
    axes.set_ylabel("share of words right")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


@click.command()
@data_option("transcribed sets")
@weights_option()
@every_option()
@click.option("--plot", "picture", type=PATH, help="Write a reliability diagram to this file.")
@errors_as_messages()
def main(data: Path, weights: Path | None, every: int, picture: Path | None) -> None:
    """Compare word probabilities with the share of correct words."""
    read = page_reader(weights, "eng")
    outcomes = {}
    for name, load in SETS.items():
        probability, right = outcomes[name] = word_outcomes(list(load(data, "test"))[::every], read)
        sure = probability >= SURE
        share = f"{right[sure].mean():.3f} of them right" if sure.any() else "none"
        click.echo(f"\n{name}: {sure.sum()} words at {SURE} and above, {share}\n")
        rows = bins(probability, right)
        click.echo(f"expected calibration error {calibration_error(rows):.3f}\n")
        click.echo(tabulate(rows, ["words", "mean probability", "share right"], tablefmt="github", floatfmt=".3f"))
    if picture is not None:
        plot(outcomes, picture)


if __name__ == "__main__":
    main()
