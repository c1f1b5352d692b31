"""Do word probabilities mean what they say? python -m training.benchmark.reliability --data DIR [--plot FILE.png].

Reads the test parts; a word is right if it stands in the best alignment of the words read with the words of the truth.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from ocrtool.options import Options
from ocrtool.script.engine import Engines, load_engine
from rapidfuzz.distance import Levenshtein

from ocrtool.pipeline import read_page
from training.benchmark.breakdown import sets
from training.datasets.transcribed import Transcript
from training.datasets.transcribed_sets import default_data

#: Upper bounds of the bins of told probability.
BINS = (0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 1.0001)


def word_outcomes(items: Iterable[Transcript], engines: Engines, options: Options) -> tuple[np.ndarray, np.ndarray]:
    """Told probability (n,) and whether it was right (n,) bool, of every word read."""
    told: list[float] = []
    right: list[bool] = []
    for item in items:
        page = read_page(item.gray, engines, options)
        words = [word for line in page.lines for word in line.words]
        same = np.zeros(len(words), bool)
        for op in Levenshtein.opcodes([word.text for word in words], item.text.split()):
            if op.tag == "equal":
                same[op.src_start : op.src_end] = True
        told += [word.probability for word in words]
        right += same.tolist()
    return np.array(told), np.array(right, bool)


def bins(told: np.ndarray, right: np.ndarray) -> list[tuple[int, float, float]]:
    """Of each bin of BINS: number of words, mean told probability, share right."""
    which = np.searchsorted(BINS, told, side="right")
    return [
        (int((which == k).sum()), float(told[which == k].mean()), float(right[which == k].mean()))
        for k in range(len(BINS))
        if (which == k).any()
    ]


def plot(outcomes: dict[str, tuple[np.ndarray, np.ndarray]], path: Path) -> None:
    """Reliability diagram: told probability against the share of right words, one line for each set."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for name, (told, right) in outcomes.items():
        rows = bins(told, right)
        axes.plot([row[1] for row in rows], [row[2] for row in rows], marker="o", label=name)
    axes.set_xlabel("word probability told")
    axes.set_ylabel("share of words right")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_data())
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--plot", type=Path)
    args = parser.parse_args()
    options = Options(weights=args.weights, threads=2)
    engines = Engines(load_engine(options), None)
    outcomes = {}
    for name, items, _ in sets(args.data, "test"):
        if name != "hand_printed_words":  # its crops hold other words than those of the truth
            outcomes[name] = word_outcomes(list(items)[:: args.every], engines, options)
            told, right = outcomes[name]
            sure = told >= 0.9
            print(f"{name}: of {sure.sum()} words at 0.9 and above {right[sure].mean():.3f} are right")
            for count, mean, share in bins(told, right):
                print(f"  told {mean:.3f}  right {share:.3f}  words {count}")
    if args.plot:
        plot(outcomes, args.plot)


if __name__ == "__main__":
    main()
