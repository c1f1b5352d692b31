"""Table of fusion trainings: ``python -m training.emnist.fusion_table RUNS... [--into docs/models.md]``, in Markdown.

RUNS are folders of `training.emnist.train_fusion`. With ``--into``, the table is also written between the marks
``<!-- fusion -->`` and ``<!-- /fusion -->`` of that file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from training.command import PATH, errors_as_messages
from training.emnist.fusion.artifacts import find_trained
from training.emnist.mapping import SPLITS
from training.models.emnist import MODELS
from training.report.markdown import put_between, table

HEADER = ("image branch", "split", "image alone", "with LSTM", "LSTM alone", "fewer errors")
#: Mark of the table in a file.
MARK = "fusion"


def fusion_table(runs: Sequence[Path]) -> str:
    """A row for each run: accuracy / mean class accuracy, in per cent. Raises WeightsNotFound, WeightsRefused."""
    manifests = [find_trained(run, "fusion", "training.emnist.train_fusion").manifest for run in runs]
    manifests.sort(key=lambda m: (SPLITS.index(m["split"]), list(MODELS).index(m["parameters"]["model"])))
    return table(HEADER, [_row(manifest) for manifest in manifests], HEADER[2:])


def _row(manifest: dict[str, Any]) -> list[str]:
    scores = manifest["scores"]
    reduction = scores["error_reduction"]
    return [
        str(manifest["parameters"]["model"]),
        str(manifest["split"]),
        *(_per_cent(scores[key], 2) for key in ("without_lstm", "with_lstm", "lstm_alone")),
        _per_cent(reduction, 1) + " %",
    ]


def _per_cent(values: dict[str, float], decimals: int) -> str:
    return " / ".join(f"{100 * values[key]:.{decimals}f}" for key in ("accuracy", "class_accuracy"))


@click.command()
@click.argument("runs", nargs=-1, required=True, type=PATH, metavar="RUNS...")
@click.option("--into", type=PATH, help="Markdown file with marks to put the table between.")
@errors_as_messages()
def main(runs: tuple[Path, ...], into: Path | None) -> None:
    """Print a table of the fusion trainings in RUNS: accuracy of all images / mean class accuracy, per cent."""
    text = fusion_table(runs)
    if into is not None:
        put_between(into, MARK, text)
    print(text, end="")


if __name__ == "__main__":
    main()
