"""Every combination of optimizer, batch size, epochs and dropout, trained separately, compared on validation images.

A run of many epochs does not give the score of a shorter run on its way, as its learning rate is still high by then: so
each number of epochs is trained by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from tqdm import tqdm

from training.command import sentence
from training.emnist.recipes import Recipe
from training.emnist.tables import Table, as_cell
from training.emnist.trial import TrialTask, train_once
from training.report.markdown import table

AXES = ("optimizer", "batch", "epochs", "dropout")
FIGURES = ("accuracy", "class_accuracy", "loss")
#: Characters of an error message kept in the table: some frameworks add pages.
LONGEST_NOTE = 200
COLUMNS = (*AXES, "outcome", *FIGURES, "rate", "parameters", "seconds", "note")


@dataclass(frozen=True, slots=True)
class Combination:
    """A point of the grid."""

    optimizer: str
    batch: int
    epochs: float
    dropout: float

    @property
    def key(self) -> tuple[str, ...]:
        """Its cells in the columns `AXES` of the table."""
        return tuple(as_cell(getattr(self, axis)) for axis in AXES)

    @property
    def name(self) -> str:
        """For messages, and of its folder."""
        return "-".join(self.key)

    @property
    def sizes(self) -> dict[str, float]:
        """The part that belongs to the model's spec."""
        return {"dropout": self.dropout}


def combinations(
    optimizers: Sequence[str], batches: Sequence[int], epochs: Sequence[float], dropouts: Sequence[float]
) -> list[Combination]:
    """All combinations, each once, optimizers varying slowest and dropouts fastest."""
    return list(dict.fromkeys(Combination(*values) for values in product(optimizers, batches, epochs, dropouts)))


def latest(log: Table) -> dict[tuple[str, ...], dict[str, str]]:
    """The last row of each combination in the log."""
    return {tuple(row[axis] for axis in AXES): row for row in log.rows}


def run_grid(
    task: TrialTask, grid: Sequence[Combination], recipe_of: Callable[[Combination], Recipe], log: Table, out: Path
) -> None:
    """Train the combinations that are not finished yet, each in its folder of out/runs; fills the log.

    A failed one is logged, and tried again the next time. Raises KeyboardInterrupt.
    """
    done = {key for key, row in latest(log).items() if row["outcome"] == "done"}
    missing = [point for point in grid if point.key not in done]
    for point in tqdm(missing, unit="training", disable=None):
        axes = dict(zip(AXES, point.key, strict=True))
        recipe = recipe_of(point)
        try:
            outcome = train_once(task, point.sizes, recipe, out / "runs" / point.name)
        except Exception as error:  # noqa: BLE001 - out of memory and the like have no common base
            log.add(**axes, outcome="failed", rate=recipe.peak_rate, note=_fault(error))
            tqdm.write(f"{point.name}: failed: {log.rows[-1]['note']}")
            continue
        log.add(
            **axes,
            outcome="done",
            **outcome.figures,
            rate=recipe.peak_rate,
            parameters=outcome.parameters,
            seconds=round(outcome.seconds, 1),
        )
        tqdm.write(
            f"{point.name}: validation accuracy {outcome.figures['accuracy']:.4f}, "
            f"mean class accuracy {outcome.figures['class_accuracy']:.4f}"
        )


def _fault(error: Exception) -> str:
    return f"{type(error).__name__}: {sentence(error)}"[:LONGEST_NOTE]


def best_of(rows: Sequence[dict[str, str]]) -> dict[str, str] | None:
    """The finished row with the best mean class accuracy on validation images; the first of equals."""
    done = [row for row in rows if row["outcome"] == "done"]
    return max(done, key=lambda row: float(row["class_accuracy"]), default=None)


def markdown(grid: Sequence[Combination], log: Table) -> str:
    """The grid as a table with the best row in bold; failed and missing trainings are marked."""
    rows = latest(log)
    best = best_of([rows[point.key] for point in grid if point.key in rows])
    header = ("optimizer", "rate", "batch", "epochs", "dropout", "accuracy", "mean class accuracy", "loss", "seconds")
    lines = []
    for point in grid:
        row: dict[str, Any] = rows.get(point.key, dict.fromkeys(COLUMNS, "") | {"note": "not yet trained"})
        setting = [point.optimizer, row["rate"], *point.key[1:]]
        if row.get("outcome") == "done":
            cells = [*setting, *(f"{float(row[name]):.4f}" for name in FIGURES), row["seconds"]]
        else:
            cells = [*setting, row["note"] if not row.get("outcome") else f"failed: {row['note']}", "", "", ""]
        lines.append([f"**{cell}**" if row is best and cell else cell for cell in cells])
    return table(header, lines, numbers=header[1:])
