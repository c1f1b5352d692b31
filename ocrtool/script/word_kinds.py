"""Characters in doubt in words of figures or of letters: ``0`` among figures, ``O`` among letters.

What only looks like a mark between two figures, as ``/`` for a slanted ``1``, is a figure too, but in dates.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ocrtool.decode.ctc_reading import Reading
from ocrtool.script.cell_kinds import kind_posterior, kinds_of
from ocrtool.script.second_witness import LIKELY

#: Kinds of characters: figures, letters, marks. Kinds that a character is not known to have are as likely as this.
FIGURE, LETTER, MARK = KINDS = range(3)
UNLIKELY = 1e-4
#: Words that are so long can tell.
SHORTEST = 4
#: Marks that look like a figure.
STROKES = frozenset("/\\|()[]!")
#: Words whose marks are their own.
DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}([/.-]\d{2,4})?")


def agree_words(reading: Reading, starts: np.ndarray, labels: Sequence[str]) -> Reading:
    """Return a reading whose characters in doubt have the kind of their neighbours in the word, where they may have it.

    reading: without spaces; starts: (w,) first character of each word; labels: of the classes.
    """
    kind = np.array([FIGURE, LETTER, LETTER, MARK])[kinds_of(labels)]
    found, odds = reading.alternative_labels, reading.alternative_probabilities
    factors = np.ones(odds.shape)
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(odds)], strict=True):
        doubt = odds[start:end, 1] >= LIKELY
        text = "".join(labels[label] for label in reading.labels[start:end].tolist())
        if end - start < SHORTEST or not doubt.any() or DATE.fullmatch(text):
            continue
        own_kinds = kind[found[start:end]]
        own = np.stack([((own_kinds == k) * odds[start:end]).sum(axis=1) for k in KINDS], axis=1)
        own = np.log(np.maximum(own, UNLIKELY))
        posterior = np.exp(kind_posterior(own, np.zeros(end - start - 1, bool)) - own)
        doubt[[0, -1]] &= own_kinds[[0, -1], 0] != MARK
        doubt &= np.array([kinds[0] != MARK or c in STROKES for kinds, c in zip(own_kinds, text, strict=True)])
        factors[start:end][doubt] = np.take_along_axis(posterior, own_kinds, axis=1)[doubt]
    return reading.weighed(factors)
