"""PageEmbedder pages without a network: what a page of one grey value stands for is told by that value."""

from __future__ import annotations

import os

import numpy as np

from ocrtool.jobs.embed import Chosen
from ocrtool.writer.compare import Calibration
from ocrtool.writer.embed import PageEmbedding

#: SHA-256 of the weights it pretends to have.
DIGEST = "5eed" * 16
DIMENSIONS = 32
#: Grey values with a meaning: of a page that is a defect of the program, of one that kills its process, of print.
DEFECT, DEATH, PRINT = 1, 2, 3
#: Same hands have a cosine of 0.97 or more, others about 0.
CALIBRATION = Calibration(20.0, -10.0)


class FakeDescriber:
    """A page of the value 10 h + k is in hand h, its k-th page; a white one is blank."""

    digest = DIGEST
    dimensions = DIMENSIONS

    def describe(self, gray: np.ndarray) -> PageEmbedding:
        value = int(gray.flat[0])
        if value == DEFECT:
            raise KeyError("no such thing")
        if value == DEATH:
            os._exit(9)
        if value in (PRINT, 255):
            return PageEmbedding(None, refusal="blank page" if value == 255 else "printed text, no handwriting")
        vector = np.zeros(DIMENSIONS, np.float32)
        vector[value // 10] = 1.0
        vector[DIMENSIONS - 1] = 0.03 * (value % 10)
        return PageEmbedding(vector / np.linalg.norm(vector), 100)


def load_fake(weights: Chosen, threads: int) -> FakeDescriber:
    """As ``ocrtool.jobs.embed.load_embedder``."""
    return FakeDescriber()
