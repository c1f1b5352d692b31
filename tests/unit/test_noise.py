"""Lines found in pictures are dropped; lines that are only hard to read are not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from ocrtool.script.noise import are_noise


@dataclass(frozen=True)
class Scored:
    """What `are_noise` sees of a line: ten characters with this mean probability."""

    sureness: float

    @property
    def log_probs(self) -> np.ndarray:
        rows = np.full((20, 30), (1 - self.sureness) / 29)
        rows[np.arange(0, 20, 2), np.arange(2, 12)] = self.sureness
        rows[1::2] = 1e-4
        rows[1::2, 0] = 1 - 29e-4
        return np.log(rows).astype(np.float32)


def dropped(*surenesses: float, mostly_text: bool = True) -> list[int]:
    lines = [Scored(each) for each in surenesses]
    found = are_noise(lines, [0] * len(lines), mostly_text)  # type: ignore[arg-type]
    return [k for k, noise in enumerate(found) if noise]


def test_lines_of_a_picture_beside_text() -> None:
    assert dropped(0.95, 0.93, 0.5, 0.45, 0.52, 0.96) == [2, 3, 4]
    assert dropped(0.95, 0.93, 0.5, 0.45, 0.52, 0.76, 0.5, 0.52, 0.5, 0.96) == [2, 3, 4, 6, 7, 8], "of two parts"
    assert dropped(0.95, 0.93, 0.5, 0.96) == [], "one line that is hard to read"
    assert dropped(0.95, 0.93, 0.65, 0.6, 0.62) == [], "handwriting"


def test_a_page_that_is_hard_to_read_is_kept() -> None:
    assert dropped(0.5, 0.45, 0.52, 0.5) == []
    assert dropped(0.3, 0.45, 0.35, 0.4) == [0, 1, 2, 3], "but dots of a halftone are not"


@pytest.mark.parametrize("sureness", [0.4, 0.55])
def test_a_page_of_pictures_has_no_lines(sureness: float) -> None:
    assert dropped(*[sureness] * 5, mostly_text=False) == list(range(5))
    assert dropped(0.75, 0.9, 0.65, mostly_text=False) == []


def test_blocks_are_judged_apart() -> None:
    lines = [Scored(each) for each in (0.95, 0.95, 0.5, 0.5, 0.5)]
    assert not any(are_noise(lines, [0, 0, 1, 2, 3], True))  # type: ignore[arg-type]
