"""The Latin script: the 94 printable characters of ASCII."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ocrtool.charset import ENGLISH, LATIN, Labels
from ocrtool.recognize.crops import CropShape
from ocrtool.script.script import Script, WeightNames
from ocrtool.segment.types import X_HEIGHT
from ocrtool.weights.store import ANY, open_weights

if TYPE_CHECKING:
    from ocrtool.recognize.candidates import Candidates
    from ocrtool.recognize.cascade import Proposals
    from ocrtool.script.latin.classifier import LatinClassifier
    from ocrtool.segment.edges import Edges

#: Crops show the neighbours of a letter too.
LATIN_CROP = CropShape(32, 22)


class Latin(Script):
    """Case is decided by height on lines with both heights."""

    name = "Latin"
    language = "eng"
    glyphs = LATIN
    symbols = Labels(ENGLISH)
    crop = LATIN_CROP
    weights = WeightNames("latin", "lstm_eng", "decoder_eng", "lines", "decoder_lines")

    def open_classifier(self, folder: Path | None, threads: int = 1, model: str = ANY) -> LatinClassifier:
        from ocrtool.script.latin.classifier import LatinClassifier

        return LatinClassifier(open_weights(self.weights.of(model, folder).classifier, folder), threads)

    def adjust(self, first: Proposals, edges: Edges, candidates: Candidates) -> Candidates:
        from ocrtool.recognize.candidates import Candidates
        from ocrtool.script.latin.case import adjust_case, reads_small, shows_both_heights
        from ocrtool.segment.pieces import above_baseline

        whole = first.candidates
        scores = np.concatenate([whole.log_probs, whole.reject[:, None]], axis=1)
        tops = above_baseline(first.edges.boxes[:, 1])
        if not (shows_both_heights(tops) and reads_small(scores, _heights(first.edges))):
            return candidates
        log_probs = adjust_case(candidates.log_probs, _heights(edges))
        return Candidates(candidates.labels, log_probs, candidates.reject)


def _heights(edges: Edges) -> np.ndarray:
    """Return the heights of the glyphs in x-heights: (E,) float."""
    return np.asarray((edges.boxes[:, 3] - edges.boxes[:, 1]) / X_HEIGHT)


SCRIPT = Latin()
