"""How a fit goes: when it stops, its learning rate, and which weights it keeps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from training.fit.run import Run

#: Steps over which the learning rate rises, at most, and the share of its peak that is left at the end.
WARM_UP, FINAL_SHARE = 300, 0.01
#: Of a fit of few steps this share is warm-up.
WARM_UP_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Steps:
    """Stop after ``count`` steps: a seed repeats such a fit. minutes: an end before that."""

    count: int
    minutes: float = math.inf

    @classmethod
    def of_epochs(cls, epochs: float, steps_per_epoch: int, minutes: float = math.inf) -> Steps:
        """``epochs`` may be broken; at least one step."""
        return cls(max(1, round(epochs * steps_per_epoch)), minutes)

    @property
    def warm_up(self) -> int:
        """Steps over which the learning rate rises."""
        return min(WARM_UP, max(1, int(WARM_UP_SHARE * self.count)))

    def share_used(self, run: Run) -> float:
        """How much of the budget is used up, 0 to 1."""
        return min(1.0, run.steps / self.count)

    def reached(self, run: Run) -> bool:
        """True where the fit ends."""
        return run.steps >= self.count or run.seconds >= 60 * self.minutes


@dataclass(frozen=True, slots=True)
class Minutes:
    """Stop after ``minutes`` by the clock on any machine, validation included. steps: an end before that; patience:
    end after so many validations that found no better weights.
    """

    minutes: float
    steps: float = math.inf
    warm_up: int = WARM_UP
    patience: float = math.inf

    def share_used(self, run: Run) -> float:
        """How much of the budget is used up, 0 to 1."""
        return min(1.0, run.seconds / (60 * self.minutes)) if self.minutes > 0 else 1.0

    def reached(self, run: Run) -> bool:
        """True where the fit ends."""
        tired = len(run.epochs) - run.best_epoch >= self.patience
        return tired or run.seconds >= 60 * self.minutes or run.steps >= self.steps


@dataclass(frozen=True, slots=True)
class Monitor:
    """Which figure of the validation decides which weights are kept, and whether the largest or the smallest wins."""

    name: str
    mode: Literal["max", "min"] = "max"

    def improves(self, value: float, best: float | None) -> bool:
        """Whether ``value`` beats ``best``; what is not a number never does, and anything beats None."""
        if math.isnan(value):
            return False
        if best is None:
            return True
        return value > best if self.mode == "max" else value < best


@dataclass(frozen=True, slots=True)
class Plan:
    """folder: of history and checkpoints; rate: peak learning rate; monitor: None keeps the last weights; resume: go
    on from the folder's last epoch; workers: processes that make batches, for a network on a GPU, which one thread
    cannot feed; 0: a thread.
    """

    folder: Path
    stop: Steps | Minutes
    rate: float
    monitor: Monitor | None = None
    resume: bool = False
    workers: int = 0

    def learning_rate(self, run: Run) -> float:
        """A linear warm-up times half a cosine over the budget of steps or of time."""
        cosine = 0.5 * (1 + math.cos(math.pi * self.stop.share_used(run)))
        warm = min(1.0, (run.steps + 1) / self.stop.warm_up)
        return self.rate * (FINAL_SHARE + (1 - FINAL_SHARE) * cosine) * warm
