"""Search for the tuned model's sizes with keras-tuner: random trials within limits, the best of them trained longer.

There are too few trials for Bayesian optimisation (keras-tuner's starts with three random trials per searched size),
and short trials favour sizes that learn fast: so the best are trained again for longer, and the sizes are chosen from
those. keras-tuner runs on any backend of Keras; its own fit is replaced by the suite's.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import keras_tuner
from keras_tuner.errors import FatalError

from training.emnist.recipes import Recipe
from training.emnist.tables import Table
from training.emnist.trial import OutOfTime, TrialTask, train_once
from training.models.emnist import build_emnist
from training.models.macs import macs

#: The search space. first: channels of the first stage; growth: from a stage to the next; the others as in TunedSpec;
#: rate: peak learning rate.
SPACE: dict[str, tuple[Any, ...]] = {
    "first": (16, 20, 24, 32, 40),
    "growth": (1.5, 2.0),
    "stages": (2, 3),
    "depth": (1, 2, 3),
    "size": (3, 5),
    "hidden": (64, 96, 128, 192, 256),
    "dropout": (0.2, 0.3, 0.4, 0.5),
    "norm": (True, False),
    "rate": (1e-3, 2e-3, 4e-3),
}
#: Channels are multiples of this, as processors like them.
CHANNEL_STEP = 4
SIZES = ("filters", "depth", "size", "hidden", "dropout", "norm")
COLUMNS = (
    "trial",
    "outcome",
    *SIZES,
    "rate",
    "parameters",
    "macs",
    "images",
    "epochs",
    "accuracy",
    "class_accuracy",
    "seconds",
    "note",
)
#: Epochs of the repeated trials, as a multiple of the first ones'.
FINAL_FACTOR = 3
#: Draws in a row over the limits after which the search ends: the limits leave nothing to try.
MOST_REFUSALS = 100
OBJECTIVE = "class_accuracy"
#: The tuned model may have at most MobileNetV2's parameters divided by this.
SHARE_OF_MOBILENET = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest model that is trained: parameters, multiplications per image."""

    parameters: int
    macs: int

    def broken_by(self, parameters: int, work: int) -> str:
        """The limit that a model of so many parameters and multiplications exceeds; empty if it is within both."""
        if parameters > self.parameters:
            return f"over {self.parameters} parameters"
        return f"over {self.macs} multiplications" if work > self.macs else ""


@dataclass(frozen=True, slots=True)
class Plan:
    """trials: random ones; finalists: how many of them are trained longer; epochs: of a trial; minutes: in total."""

    trials: int
    finalists: int
    epochs: float
    minutes: float
    seed: int

    @property
    def final_epochs(self) -> float:
        """Epochs of a finalist."""
        return self.epochs * FINAL_FACTOR


def sizes_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The sizes of TunedSpec for values of `SPACE`."""
    widths = [values["first"] * values["growth"] ** stage for stage in range(values["stages"])]
    filters = tuple(CHANNEL_STEP * round(width / CHANNEL_STEP) for width in widths)
    plain = {name: values[name] for name in SIZES[1:]}
    return {"filters": filters, **plain, "norm": bool(values["norm"])}  # keras-tuner turns booleans into numbers


def cost_of(sizes: Mapping[str, Any], classes: int) -> tuple[int, int]:
    """Parameters and multiplications of the tuned model with these sizes."""
    model = build_emnist("tuned", classes, **sizes)
    return model.count_params(), macs(model)


def most_parameters(classes: int) -> int:
    """Most parameters of a tuned model of so many classes: half of MobileNetV2's."""
    return int(build_emnist("mobilenetv2", classes).count_params()) // SHARE_OF_MOBILENET


def best_row(rows: list[dict[str, str]]) -> dict[str, str] | None:
    """The finished trial to choose: the best of the longest, of equals the cheapest. None if there is none."""
    done = [row for row in rows if row["outcome"] == "done"]
    return max(done, key=lambda r: (float(r["epochs"]), float(r[OBJECTIVE]), -int(r["macs"])), default=None)


class LimitedOracle(keras_tuner.oracles.RandomSearchOracle):  # type: ignore[misc]  # keras-tuner is untyped
    """Proposes random sizes within the limits, then the best of them again with more epochs.

    Sizes over a limit are logged as refused, once each, and are not counted as trials. After ``deadline``
    (time.monotonic) it proposes nothing.
    """

    def __init__(self, plan: Plan, limits: Limits, classes: int, log: Table, deadline: float) -> None:
        space = keras_tuner.HyperParameters()
        for name, choices in SPACE.items():
            space.Choice(name, list(choices))
        super().__init__(
            objective=keras_tuner.Objective(OBJECTIVE, "max"),
            max_trials=plan.trials + plan.finalists,
            hyperparameters=space,
            allow_new_entries=False,
            seed=plan.seed + 1,  # keras-tuner treats 0 as no seed
            max_consecutive_failed_trials=plan.trials + plan.finalists + 1,  # one failure does not end the search
        )
        self._plan, self._limits, self._classes = plan, limits, classes
        self._log, self._deadline = log, deadline

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Values of the next trial, as keras-tuner asks for them."""
        number = len(self.trials)
        values = None
        if time.monotonic() < self._deadline:
            first_round = number < self._plan.trials
            values = self._draw() if first_round else self._finalist(number - self._plan.trials)
        return {"status": "STOPPED" if values is None else "RUNNING", "values": values}

    def _draw(self) -> dict[str, Any] | None:
        for _ in range(MOST_REFUSALS):
            values = self._random_values()
            if values is None:  # the whole space was tried
                return None
            self._tried_so_far.add(self._compute_values_hash(values))  # keras-tuner adds the epochs
            sizes = sizes_of(values)
            parameters, work = cost_of(sizes, self._classes)
            over = self._limits.broken_by(parameters, work)
            if not over:
                return {**values, "epochs": self._plan.epochs}
            rate = values["rate"]
            self._log.add(outcome="refused", **sizes, rate=rate, parameters=parameters, macs=work, note=over)
        return None

    def _finalist(self, rank: int) -> dict[str, Any] | None:
        """Values of the trial at ``rank`` in the first round."""
        ranking = [
            trial
            for trial in self.get_best_trials(len(self.trials))
            if trial.status == "COMPLETED" and trial.hyperparameters.values["epochs"] == self._plan.epochs
        ]
        if rank >= len(ranking):
            return None
        return {**ranking[rank].hyperparameters.values, "epochs": self._plan.final_epochs}


class SearchOutOfTime(OutOfTime, FatalError):  # type: ignore[misc]
    """Ends keras-tuner's search; the next search resumes the trial."""


class SizeTuner(keras_tuner.Tuner):  # type: ignore[misc]
    """Trains each trial with the suite's own loop and writes it to the log."""

    def __init__(self, oracle: LimitedOracle, task: TrialTask, recipe: Recipe, log: Table, deadline: float, out: Path):
        self._task, self._recipe, self._log, self._deadline = task, recipe, log, deadline
        oracle.verbose = 0
        super().__init__(oracle, directory=str(out), project_name="trials")

    def run_trial(self, trial: Any, *_: Any, **__: Any) -> dict[str, float]:
        """Validation figures of one trial."""
        values = trial.hyperparameters.values
        sizes = sizes_of(values)
        recipe = replace(self._recipe, epochs=values["epochs"], rate=values["rate"])
        folder = Path(self.get_trial_dir(trial.trial_id))
        minutes = max(0.0, self._deadline - time.monotonic()) / 60
        stored = folder / "history.json"
        spent = json.loads(stored.read_text())["seconds"] / 60 if stored.is_file() else 0.0
        print(f"trial {trial.trial_id}: {sizes}, rate {recipe.rate:g}, {recipe.epochs:g} epochs")
        try:
            outcome = train_once(self._task, sizes, recipe, folder, spent + minutes)
        except OutOfTime as error:
            raise SearchOutOfTime(*error.args) from None
        self._log.add(
            trial=trial.trial_id,
            outcome="done",
            parameters=outcome.parameters,
            **_settings(self._task, values),
            macs=cost_of(sizes, len(self._task.data.train.classes))[1],
            accuracy=outcome.figures["accuracy"],
            class_accuracy=outcome.figures[OBJECTIVE],
            seconds=round(outcome.seconds, 1),
        )
        return {OBJECTIVE: outcome.figures[OBJECTIVE]}

    def on_trial_end(self, trial: Any) -> None:
        """Log a trial that failed."""
        if trial.status != "COMPLETED":
            fault = (trial.message or "no reason given").strip().splitlines()[-1]
            values = trial.hyperparameters.values
            self._log.add(trial=trial.trial_id, outcome="failed", **_settings(self._task, values), note=fault)
        super().on_trial_end(trial)


def _settings(task: TrialTask, values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of a trial that are known before it runs."""
    return {**sizes_of(values), "rate": values["rate"], "images": len(task.data.train), "epochs": values["epochs"]}


def search(task: TrialTask, recipe: Recipe, plan: Plan, limits: Limits, log: Table, out: Path) -> None:
    """Search for sizes of the tuned model, resuming what keras-tuner left in ``out``; fills the log.

    Raises KeyboardInterrupt; the log then has the finished trials.
    """
    deadline = time.monotonic() + 60 * plan.minutes
    oracle = LimitedOracle(plan, limits, len(task.data.train.classes), log, deadline)
    tuner = SizeTuner(oracle, task, recipe, log, deadline, out)
    try:
        tuner.search()
    except SearchOutOfTime as error:
        print(f"{error}: the same command resumes it")


def choice_of(row: Mapping[str, str], recipe: Recipe) -> dict[str, Any]:
    """The sizes, cost, recipe and scores of a row of the log, plain values."""
    numbers = [int(width) for width in row["filters"].split(",")]
    sizes = {
        "filters": numbers,
        "depth": int(row["depth"]),
        "size": int(row["size"]),
        "hidden": int(row["hidden"]),
        "dropout": float(row["dropout"]),
        "norm": row["norm"] == "True",
    }
    return {
        "trial": row["trial"],
        "sizes": sizes,
        "recipe": asdict(replace(recipe, rate=float(row["rate"]), epochs=float(row["epochs"]))),
        "parameters": int(row["parameters"]),
        "macs": int(row["macs"]),
        "images": int(row["images"]),
        "validation": {key: float(row[key]) for key in ("accuracy", OBJECTIVE)},
    }
