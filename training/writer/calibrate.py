"""From a trained embedder to weights the program reads: whitening, calibration, and the test for print."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ocrtool.writer.compare import Calibration, l2_normalize
from ocrtool.writer.group import group
from training.decoder.logistic import fit_logistic
from training.fit import precision
from training.models.writer import PATCH_SIDE, WriterSpec, build_describer
from training.publish.publish import Card, publish
from training.writer.embed import Embedded
from training.writer.scores import equal_error_rate, pairwise_f1
from training.writer.whitening import fit_whitening

#: Share of the covariance that is that of one writer's pages, and what is added in all directions.
WITHIN_SHARE, SHRINK = 0.8, 0.3
#: Log odds tried as the limit of a group.
LIMITS = np.arange(-2.0, 12.01, 0.25)
#: Weight of the ridge in the test for print.
PRINT_RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Finished:
    """Map of unit embeddings (D,) to what describes them, calibration, and weights and bias of the test for print."""

    matrix: np.ndarray
    bias: np.ndarray
    calibration: Calibration
    print_weights: np.ndarray
    print_bias: float

    def means(self, embedded: Embedded) -> np.ndarray:
        """(pages, described), not of unit length."""
        return np.asarray(embedded.page_means() @ self.matrix + self.bias)


def fit_finish(
    train: Embedded, held: Embedded | None, printed: Embedded, described: int, calibration: Calibration | None = None
) -> Finished:
    """held: pages of writers that the embedder has not seen, to calibrate by; without them ``calibration`` stands.

    Raises ValueError if there is neither.
    """
    matrix, bias = fit_whitening(train.page_means(), train.writers, described, WITHIN_SHARE, SHRINK)
    if held is not None:
        calibration = fit_calibration(l2_normalize(held.page_means() @ matrix + bias), held.writers)
    if calibration is None:
        raise ValueError("similarities cannot be calibrated: no writers are held out, and no calibration is given")
    weights, offset = fit_print(*(embedded.line_means()[0] @ matrix + bias for embedded in (printed, train)))
    return Finished(matrix, bias, calibration, weights, offset)


def fit_calibration(vectors: np.ndarray, writers: np.ndarray) -> Calibration:
    """Slope and offset by logistic regression on all pairs, those of one writer weighing as much as the others; the
    limit of groups is the one by which these pages are grouped best. vectors: (N, D) of unit length.
    """
    upper = np.triu_indices(len(vectors), 1)
    similar = (vectors @ vectors.T)[upper].astype(np.float64)
    same = (writers[:, None] == writers[None])[upper]
    times = max(1, round(np.sum(~same) / max(1, np.sum(same))))
    repeated = np.concatenate([similar[~same], np.repeat(similar[same], times)])
    truth = np.arange(len(repeated)) >= np.sum(~same)
    slope, offset = fit_logistic(np.stack([repeated, np.ones(len(repeated))], 1), truth)
    calibration = Calibration(float(slope), float(offset))
    found = [
        pairwise_f1(group(vectors, replace(calibration, grouping_threshold=float(limit))).number, writers)[0]
        for limit in LIMITS
    ]
    best = np.flatnonzero(np.array(found) >= max(found) - 1e-9)
    return replace(calibration, grouping_threshold=float(LIMITS[best[len(best) // 2]]))


def fit_print(printed: np.ndarray, written: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights (D,) and bias of a logistic that is positive for print. printed, written: (N, D), (M, D)."""
    scale = float(np.abs(written).mean())
    rows = np.concatenate([printed, written]) / scale
    both = np.column_stack([rows, np.ones(len(rows))])
    fitted = fit_logistic(both, np.arange(len(rows)) < len(printed), PRINT_RIDGE)
    return fitted[:-1] / scale, float(fitted[-1])


def verification(vectors: np.ndarray, writers: np.ndarray) -> dict[str, float]:
    """Pairs of pages: how many, and the equal error rate."""
    upper = np.triu_indices(len(vectors), 1)
    similar, same = (vectors @ vectors.T)[upper], (writers[:, None] == writers[None])[upper]
    rate = equal_error_rate(similar[same], similar[~same])
    return {"same": int(same.sum()), "different": int((~same).sum()), "equal_error_rate": round(rate, 4)}


def publish_writer(
    name: str, embedder: keras.Model, spec: WriterSpec, finished: Finished, out: Path, facts: dict[str, Any]
) -> dict[str, Any]:
    """Write the embedder with its whitening as weights of the program. Returns the manifest."""
    with precision():
        model = build_describer(spec)
    for layer in embedder.layers:
        model.get_layer(layer.name).set_weights(layer.get_weights())
    model.get_layer("whiten").set_weights([finished.matrix.astype(np.float32), finished.bias.astype(np.float32)])
    about = {
        "input": {"image": [PATCH_SIDE, PATCH_SIDE, 1], "normalisation": "0..255 divided by 255 within the network"},
        "calibration": {k: round(v, 4) for k, v in asdict(finished.calibration).items()},
        "print": {"weights": np.round(finished.print_weights, 5).tolist(), "bias": round(finished.print_bias, 5)},
    }
    return publish(model, Card(name, spec, (), {**about, **facts}), out)
