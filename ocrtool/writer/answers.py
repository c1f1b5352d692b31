"""What is answered about pages: whose hand, whether one hand, and what happened to a page that was enrolled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ocrtool.writer.compare import Calibration, rank

#: The answer for a page of none of the known writers.
UNKNOWN = "unknown"
#: Groups found are called by this and their number, from 1.
GROUP = "writer-"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible answer: the name of a writer, or UNKNOWN."""

    writer: str
    probability: float


@dataclass(frozen=True, slots=True)
class Answer:
    """Whose hand a page is in: ``candidates``, likeliest first; or ``refusal``, why there is no answer."""

    page: str
    candidates: tuple[Candidate, ...] = ()
    refusal: str | None = None

    def __post_init__(self) -> None:
        if bool(self.candidates) == (self.refusal is not None):
            raise ValueError("an answer has either candidates or a refusal")

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None

    @property
    def runner_up(self) -> Candidate | None:
        """The likeliest writer but for the answer; None if no other is known."""
        return next((one for one in self.candidates[1:] if one.writer != UNKNOWN), None)


@dataclass(frozen=True, slots=True)
class Pair:
    """Whether two pages are in one hand, as a probability; or why that cannot be told."""

    page: str
    other: str
    probability: float | None = None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What happened to a page to be enrolled: ``change`` as in ocrtool.writer.gallery; or why it was not."""

    page: str
    writer: str
    change: str | None = None
    refusal: str | None = None


def identify(page: str, vector: np.ndarray, writers: Mapping[str, np.ndarray], calibration: Calibration) -> Answer:
    """The answer for a page among ``writers``: name -> (pages, D) float32. vector: (D,) float32."""
    ranking = rank(vector, list(writers.values()), calibration)
    names = list(writers)
    candidates = [
        Candidate(names[number], float(probability))
        for number, probability in zip(ranking.order, ranking.probabilities, strict=True)
    ]
    unknown = float(ranking.unknown)
    place = next((k for k, one in enumerate(candidates) if unknown > one.probability), len(candidates))
    candidates.insert(place, Candidate(UNKNOWN, unknown))
    return Answer(page, tuple(candidates))
