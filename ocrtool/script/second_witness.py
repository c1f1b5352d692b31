"""Characters of which the line reader is not sure, seen by the glyph classifier too where their ink stands alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ocrtool.decode.ctc_places import SPACE
from ocrtool.decode.ctc_reading import Reading
from ocrtool.recognize.crops import GEOMETRY_SIZE, isolated_image
from ocrtool.script.script import GlyphClassifier, Script
from ocrtool.segment.character_boxes import lone_glyphs
from ocrtool.segment.layout import Layout
from ocrtool.segment.strip import Strip
from ocrtool.segment.types import LineRegion

#: A character is in doubt if another is as likely as this.
LIKELY = 0.02
#: Exponent of what the classifier gives a character, and its floor.
WEIGHT, LEAST = 0.5, 1e-3
#: Characters of one shape, which only their size and their neighbours tell apart.
SHAPES = ("0Oo", "1Il|", "cC", "kK", "mM", "pP", "sS", "uU", "vV", "wW", "xX", "zZ")


def ask_glyphs(
    line: tuple[Layout, LineRegion, Strip],
    reading: Reading,
    columns: np.ndarray,
    reader: tuple[Sequence[str], Script, Callable[[], GlyphClassifier]],
) -> Reading:
    """Return a line's reading with its characters in doubt settled by what the glyph classifier sees too.

    columns: (n,) where the characters stand in the strip, ascending; reader: labels of the classes, the blank and the
    space first; the script, and what opens its glyph classifier.
    """
    labels, script, open_classifier = reader
    doubtful = np.flatnonzero(reading.alternative_probabilities[:, 1] >= LIKELY)
    if not len(doubtful):
        return reading
    glyphs = lone_glyphs(*line, columns, doubtful)
    seen = [(k, glyph) for k, glyph in zip(doubtful.tolist(), glyphs, strict=True) if glyph is not None]
    if not seen:
        return reading
    crops = np.stack([isolated_image(glyph, script.crop) for _, glyph in seen])
    shares, _ = open_classifier().probabilities(crops, np.zeros((len(crops), GEOMETRY_SIZE), np.float32))
    known = {label: k for k, label in enumerate(script.glyphs)}
    groups = {c: [known[each] for each in shape if each in known] for shape in SHAPES for c in shape}
    factors = np.ones(reading.alternative_probabilities.shape)
    for (k, _), share in zip(seen, shares, strict=True):
        own = [labels[label] if label > SPACE else "" for label in reading.alternative_labels[k].tolist()]
        says = [_share(share, groups.get(c, [known[c]] if c in known else [])) for c in own]
        factors[k] = np.array(says) ** WEIGHT
    return reading.weighed(factors)


def _share(shares: np.ndarray, classes: Sequence[int]) -> float:
    return max(LEAST, float(shares[list(classes)].sum())) if classes else LEAST
