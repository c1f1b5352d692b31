"""Scores of a Latin classifier on what it never saw.

EMNIST test part (byclass labels, shape only), UNIPEN test writers, photographs of characters, and lines set in font
families and by writers held out (shards of ``python -m training.glyphs.make latin --part test``).
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocrtool.charset import LATIN
from ocrtool.script.latin.classifier import LatinClassifier
from training.datasets import unipen
from training.glyphs import examples, isolated
from training.glyphs.examples import Examples
from training.glyphs.scores import Predict, confusions, score_all
from training.report.scores import calibration_error


def held_out_sets(data: Path, shards: list[Path]) -> dict[str, Examples]:
    """Every set of held-out examples that is there, by name."""
    rng = np.random.default_rng(0)
    marks = unipen.load(data / "unipen" / "unipen-test.npz")
    sets = {
        "emnist_test": isolated.emnist_examples(data / "emnist", "test", byclass_only=True),
        "unipen_test": isolated.unipen_examples(marks, rng),
        "photos62": isolated.photo_examples(data / "photos62" / "photos62.zip"),
    }
    loaded = [examples.load(path) for path in shards]
    for source in sorted({str(s) for part in loaded for s in np.unique(part.sources)}):
        sets[f"lines_{source}"] = examples.join(part.take(part.sources == source) for part in loaded)
    return sets


def error_sheet(predict: Predict, data: Examples, path: Path, rng: np.random.Generator, most: int = 160) -> None:
    """A picture of wrongly read glyphs, own ink cyan and context red: truth, then the three best guesses."""
    log_probs = predict(data.images, data.geometry)
    wrong = np.flatnonzero(log_probs.argmax(axis=1) != data.labels)
    wrong = np.sort(rng.choice(wrong, min(most, len(wrong)), replace=False))
    names = [*LATIN, "R"]
    tiles = []
    for i in wrong:
        glyph = data.images[i]
        tile = np.zeros((64, 112, 3), np.uint8)
        picture = np.dstack([glyph[..., 0], glyph[..., 0], glyph[..., 1]])
        tile[:, :64] = cv2.resize(picture, (64, 64), interpolation=cv2.INTER_NEAREST)
        cv2.putText(tile, names[data.labels[i]], (68, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (120, 255, 120), 1)
        for row, guess in enumerate(np.argsort(-log_probs[i])[:3]):
            text = f"{names[guess]} {np.exp(log_probs[i, guess]):.2f}"
            cv2.putText(tile, text, (66, 34 + 13 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (220, 220, 220), 1)
        tiles.append(tile)
    tiles += [np.zeros((64, 112, 3), np.uint8)] * (-len(tiles) % 10)
    if tiles:
        cv2.imwrite(str(path), np.vstack([np.hstack(tiles[i : i + 10]) for i in range(0, len(tiles), 10)]))


def rate(predict: Predict, data: Examples) -> float:
    """Glyphs a second."""
    started = time.perf_counter()
    predict(data.images, data.geometry)
    return len(data) / (time.perf_counter() - started)


def evaluate(classifier: LatinClassifier, sets: dict[str, Examples], sheets: Path | None) -> dict[str, Any]:
    """Of each set scores, calibration error and the commonest confusions, truth first (the reject class is ""); and the
    classifier's rate on the largest. sheets: folder for pictures of wrong glyphs.
    """
    scores: dict[str, Any] = score_all(classifier.log_probs, sets)
    for name, held in sets.items():
        log_probs = classifier.log_probs(held.images, held.geometry)
        scores[name]["calibration_error"] = round(calibration_error(np.exp(log_probs), held.labels), 4)
        scores[name]["confusions"] = [list(one) for one in confusions(log_probs, held.labels)]
        if sheets is not None:
            sheets.mkdir(parents=True, exist_ok=True)
            error_sheet(classifier.log_probs, held, sheets / f"{name}.png", np.random.default_rng(0))
    largest = max(sets.values(), key=len)
    return {"sets": scores, "glyphs_a_second": round(rate(classifier.log_probs, largest))}
