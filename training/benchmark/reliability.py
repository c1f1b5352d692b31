"""Calibration of word probabilities: python -m training.benchmark.reliability --data DIR [--plot FILE.png].

Reads the test parts, and any folder of images with transcripts given by ``--drawn``. A word is right if it stands in
the best alignment of the words read with those of the truth. What a transcript cannot tell is no error: quotes, dashes
and accents where it has them folded, capitals where a line of IAM is written in them though the text to copy was not.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import click
import numpy as np
from tabulate import tabulate

from ocrtool.imaging.input import read_pages
from ocrtool.types import Page
from training.benchmark.sets import load_set
from training.command import EXISTING, PATH, data_option, errors_as_messages, every_option, weights_option
from training.datasets.transcribed import Transcript, book_pages, iam_lines
from training.decoder.engines import page_reader
from training.decoder.fit_confidence import SURE, words_found, words_right
from training.language.fold_text import normalise

#: Upper bounds of the bins of word probability.
BINS = (0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 1.0001)
#: Bins with fewer words are left out of the diagram: their shares say nothing.
LEAST_DRAWN = 20
#: From this share of capitals on a line is written in capitals.
IN_CAPITALS = 0.8


@dataclass(frozen=True, slots=True)
class WordSet:
    """What is read, and what its transcripts tell.

    load: the items; folded: quotes, dashes and accents are folded; copied: the text that writers had before them, in
    whatever case they wrote it; any_case: always capitals; ordered: the lines stand in reading order.
    """

    load: Callable[[], Iterable[Transcript]]
    folded: bool = False
    copied: bool = False
    any_case: bool = False
    ordered: bool = True


def word_sets(data: Path, drawn: Sequence[Path]) -> dict[str, WordSet]:
    """The sets by name. The crops of hand_printed_words are left out: they hold other words than the truth."""
    sets = {
        "old_books": WordSet(partial(book_pages, data, "test"), folded=True),
        "iam_hand_printed": WordSet(partial(iam_lines, data, "test", hand_printed=True), folded=True, copied=True),
        "iam_joined": WordSet(partial(iam_lines, data, "test", hand_printed=False), folded=True, copied=True),
    }
    if (data / "receipts").is_dir():
        sets["receipts"] = WordSet(partial(images, data, "receipts"), any_case=True, ordered=False)
    return sets | {folder.name: WordSet(partial(images, data, str(folder)), ordered=False) for folder in drawn}


def images(data: Path, name: str) -> Iterator[Transcript]:
    """The images of a set of `load_set`, with their text as it stands."""
    with tempfile.TemporaryDirectory() as work:
        for item in load_set(data, name, Path(work)).items:
            gray = next(iter(read_pages(item.image, str(item.image)))).gray
            yield Transcript(item.image.name, item.image.name, gray, item.truth)


def right_words(words: Sequence[str], text: str, of: WordSet) -> np.ndarray:
    """(len(words),) bool: which of the words read of an item are right. text: its truth."""
    read, truth = [normalise(word) for word in words] if of.folded else list(words), text.split()
    if of.any_case or (of.copied and in_capitals(" ".join(read)) and not in_capitals(text)):
        read, truth = [word.upper() for word in read], [word.upper() for word in truth]
    if of.ordered:
        return words_right(read, truth)
    return words_found(read, truth)


def in_capitals(text: str) -> bool:
    """True if nearly all letters are capitals."""
    letters = [character for character in text if character.isalpha()]
    return sum(character.isupper() for character in letters) > IN_CAPITALS * len(letters)


def word_outcomes(of: WordSet, read: Callable[[np.ndarray], Page], every: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Probability (n,) of every word read, and whether it is right (n,) bool. every: step through the items."""
    probability: list[float] = []
    right: list[bool] = []
    for item in islice(of.load(), 0, None, every):
        words = [word for line in read(item.gray).lines for word in line.words]
        probability += [word.probability for word in words]
        right += right_words([word.text for word in words], item.text, of).tolist()
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
        rows = [row for row in bins(probability, right) if row[0] >= LEAST_DRAWN]
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
@click.option("--drawn", type=EXISTING, multiple=True, help="A folder of images with NAME.gt.txt. May be given again.")
@click.option("--plot", "picture", type=PATH, help="Write a reliability diagram to this file.")
@errors_as_messages()
def main(data: Path, weights: Path | None, every: int, drawn: tuple[Path, ...], picture: Path | None) -> None:
    """Compare word probabilities with the share of correct words."""
    read = page_reader(weights, "eng")
    outcomes = {}
    for name, of in word_sets(data, drawn).items():
        probability, right = outcomes[name] = word_outcomes(of, read, every)
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
