"""Results of writer identification, verification and enrolment, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ocrtool.writer.compare import Calibration, rank

#: Answer for a page by none of the known writers.
UNKNOWN = "unknown"
#: Prefix of the names of groups of unknown writers, before a number from 1.
GROUP = "writer-"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible answer: the name of a writer, or UNKNOWN."""

    writer: str
    probability: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The writer of a page. candidates: most likely first; reason: why there is no answer, None if there is one."""

    page: str
    candidates: tuple[Candidate, ...] = ()
    reason: str | None = None

    def __post_init__(self) -> None:
        if bool(self.candidates) == (self.reason is not None):
            raise ValueError("an answer has either candidates or a reason for having none")

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None

    @property
    def runner_up(self) -> Candidate | None:
        """The second most likely writer; None if no other is known."""
        return next((candidate for candidate in self.candidates[1:] if candidate.writer != UNKNOWN), None)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pages. probability: that they have the same writer; reason: why there is none."""

    page: str
    other: str
    probability: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A page to be enrolled. status: as in `ocrtool.writer.gallery`; reason: why it was not enrolled."""

    page: str
    writer: str
    status: str | None = None
    reason: str | None = None


def identify(page: str, vector: np.ndarray, writers: Mapping[str, np.ndarray], calibration: Calibration) -> Answer:
    """Identify the writer of a page. vector: (D,) float32; writers: name -> embeddings (pages, D) float32."""
    ranking = rank(vector, list(writers.values()), calibration)
    names = list(writers)
    candidates = [
        Candidate(names[number], float(probability))
        for number, probability in zip(ranking.order, ranking.probabilities, strict=True)
    ]
    unknown = float(ranking.unknown)
    index = next((k for k, candidate in enumerate(candidates) if unknown > candidate.probability), len(candidates))
    candidates.insert(index, Candidate(UNKNOWN, unknown))
    return Answer(page, tuple(candidates))
