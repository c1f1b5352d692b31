"""Assembles the best path of a line into words and characters with boxes in pixels of the input."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ocrtool.decode.beam import SPACE, Step
from ocrtool.decode.confidence import alternatives, character_posterior, word_probability
from ocrtool.decode.lattice import Lattice
from ocrtool.imaging.affine import compose, input_boxes, scale_of
from ocrtool.segment.edges import Edges
from ocrtool.segment.types import BASELINE_ROW, X_HEIGHT, LineImage
from ocrtool.types import Box, Character, Line, Word


class LineAssembler:
    """Turns one line's best path into a ``Line``.

    to_input: (2, 3) line image -> input; size: (H, W) of the input; lm_weight: the language model's weight in the path
    score; calibration: see `word_probability`; glyphs: the characters of the labels.
    """

    def __init__(
        self,
        line: LineImage,
        to_input: np.ndarray,
        size: tuple[int, int],
        lm_weight: float,
        calibration: tuple[tuple[float, float], ...],
        glyphs: Sequence[str],
    ) -> None:
        self.width, self.matrix, self.size = line.soft.shape[1], compose(to_input, line.to_page), size
        self.lm_weight, self.calibration, self.glyphs = lm_weight, calibration, glyphs

    def assemble(self, path: list[Step], edges: Edges, lattice: Lattice) -> Line | None:
        """Build the line; None if nothing was read."""
        words: list[Word] = []
        characters: list[Character] = []
        read = [step.edge for step in path if step.label != SPACE]
        boxes = iter(input_boxes(edges.boxes[read], self.matrix, self.size) if read else ())
        for step in path:
            if step.label == SPACE:
                self._close(characters, words)
                characters = []
            else:
                characters.append(self._character(step, next(boxes), lattice))
        self._close(characters, words)
        if not words:
            return None
        ends = np.array([[[0.0, BASELINE_ROW], [float(self.width), BASELINE_ROW]]])
        (x0, y0), (x1, y1) = cv2.transform(ends, self.matrix)[0].round(1).tolist()
        x_height = round(X_HEIGHT * scale_of(self.matrix), 1)
        return Line(Box.around([w.box for w in words]), tuple(words), (x0, y0, x1, y1), x_height)

    def _character(self, step: Step, box: Box, lattice: Lattice) -> Character:
        posterior = character_posterior(step, lattice, self.lm_weight)
        probability = round(posterior[step.label], 4)
        return Character(box, self.glyphs[step.label], probability, alternatives(posterior, step.label, self.glyphs))

    def _close(self, characters: list[Character], words: list[Word]) -> None:
        if characters:
            probability = word_probability([c.probability for c in characters], self.calibration)
            box = Box.around([c.box for c in characters])
            words.append(Word(box, tuple(characters), round(probability, 4)))
