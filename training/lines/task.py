"""What the fit of a line reader needs: validation by character error rate, measuring, the facts of its manifest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ocrtool.charset import LINE_CHARACTERS
from ocrtool.recognize.line_reader import BLANK_LABEL
from ocrtool.segment.strip import STRIP_BASELINE, STRIP_ROWS, STRIP_X_HEIGHT
from training.lines.batches import WIDTH_STEP, LineBatches
from training.lines.ctc import BLANK, CLASSES, LineLoss, encode, greedy
from training.lines.pages import Sample
from training.lines.shards import read_shard, shard_files
from training.models.line_reader import COLUMN, LineReaderSpec

#: Temperatures that are compared.
TEMPERATURES = tuple(np.round(np.exp(np.linspace(-0.3, 0.7, 11)), 3).tolist())
LABELS = (BLANK_LABEL, *LINE_CHARACTERS)
SPEC = LineReaderSpec(CLASSES)
INPUT = {
    "strip": [STRIP_ROWS, None, 1],
    "values": "soft ink, 0..255",
    "x_height": STRIP_X_HEIGHT,
    "baseline_row": STRIP_BASELINE,
    "columns": f"a multiple of {COLUMN}",
}
#: What the weights owe to each source of lines.
_OWED = {
    "print": "lines drawn in openly licensed fonts (SIL OFL, Apache-2.0, Ubuntu Font License, GPL with font exception "
    "and alike) that say made-up text, lists of names of faker (MIT) and Project Gutenberg books (public domain in the "
    "US)",
    "pen": "UNIPEN train_r01_v07 (CC-BY-4.0) and EMNIST (NIST Special Database 19, public domain in the US)",
    "form": "labels in such fonts with entries of UNIPEN and EMNIST",
    "books": "scans of books of 1850-1920 (public domain in the US)",
    "names": "hand-printed names (CC0)",
    "iam": "IAM, whose licence allows non-commercial research only",
    "iam_printed": "hand-printed lines of IAM, whose licence allows non-commercial research only",
}


#: Larger gradients are cut to this norm; decoupled weight decay.
GRADIENT_NORM, DECAY = 1.0, 1e-4


def compile_reader(model: keras.Model, rate: float) -> None:
    """Make ``model`` ready to fit."""
    optimizer = keras.optimizers.AdamW(rate, weight_decay=DECAY, global_clipnorm=GRADIENT_NORM)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    model.compile(optimizer=optimizer, loss=LineLoss(), jit_compile=keras.backend.backend() == "jax")
    optimizer.build(model.trainable_variables)


def predict(model: keras.Model, samples: Sequence[Sample], batch: int = 32) -> list[np.ndarray]:
    """Logits (T, CLASSES) of each sample, computed in batches of about one width."""
    order = sorted(range(len(samples)), key=lambda k: samples[k].soft.shape[1])
    logits: list[np.ndarray] = [np.zeros((0, CLASSES))] * len(samples)
    for first in range(0, len(order), batch):
        chosen = order[first : first + batch]
        width = max(samples[k].soft.shape[1] for k in chosen)
        strips = np.zeros((len(chosen), STRIP_ROWS, -(-width // WIDTH_STEP) * WIDTH_STEP, 1), np.float32)
        for row, k in enumerate(chosen):
            strips[row, :, : samples[k].soft.shape[1], 0] = samples[k].soft
        found = model.predict_on_batch(strips)
        for row, k in enumerate(chosen):
            frames = -(-samples[k].soft.shape[1] * found.shape[1] // strips.shape[2])
            logits[k] = found[row, :frames]
    return logits


def error_rate(samples: Sequence[Sample], logits: Sequence[np.ndarray]) -> float:
    """Character error rate of the best paths, nothing folded."""
    from rapidfuzz.distance import Levenshtein

    pairs = zip(samples, logits, strict=True)
    errors = sum(Levenshtein.distance(sample.text, greedy(rows)) for sample, rows in pairs)
    return errors / max(1, sum(len(sample.text) for sample in samples))


def fit_temperature(samples: Sequence[Sample], logits: Sequence[np.ndarray], batch: int = 32) -> float:
    """Divisor of the logits that makes the texts of samples most probable (Guo et al., "On calibration of modern neural
    networks", 2017, with the CTC likelihood)."""
    order = sorted(range(len(samples)), key=lambda k: len(logits[k]))
    total = np.zeros(len(TEMPERATURES))
    for first in range(0, len(order), batch):
        chosen = order[first : first + batch]
        frames = np.array([len(logits[k]) for k in chosen], np.int32)
        rows = np.zeros((len(chosen), int(frames.max()), CLASSES), np.float32)
        classes = [encode(samples[k].text) for k in chosen]
        labels = np.zeros((len(chosen), max(map(len, classes))), np.int32)
        for row, (k, text) in enumerate(zip(chosen, classes, strict=True)):
            rows[row, : len(logits[k])] = logits[k]
            labels[row, : len(text)] = text
        counts = np.array([len(text) for text in classes], np.int32)
        fits = counts < frames
        for i, temperature in enumerate(TEMPERATURES):
            loss = keras.ops.ctc_loss(labels, rows / np.float32(temperature), counts, frames, mask_index=BLANK)
            total[i] += float(np.sum(keras.ops.convert_to_numpy(loss)[fits]))
    return float(TEMPERATURES[int(np.argmin(total))])


def measure(model: keras.Model, held: Mapping[str, Sequence[Sample]]) -> dict[str, Any]:
    """Temperature and scores of the stored model, for the manifest."""
    logits = {source: predict(model, items) for source, items in held.items()}
    rates = {source: error_rate(held[source], rows) for source, rows in logits.items()}
    everything = [item for items in held.values() for item in items], [row for rows in logits.values() for row in rows]
    mean = round(float(np.mean(list(rates.values()))), 4)
    by_source = {f"{source}_character_error_rate": round(rate, 4) for source, rate in rates.items()}
    return {
        "temperature": fit_temperature(*everything),
        "scores": {"validation": {"character_error_rate": mean, **by_source}},
    }


def load_held(folder: Path, most: int) -> dict[str, list[Sample]]:
    """At most so many samples of each source in a folder of shards, spread evenly."""
    found: dict[str, list[Sample]] = {}
    for source, path in shard_files(folder):
        shard = read_shard(path)
        found.setdefault(source, []).extend(shard.sample(k) for k in range(len(shard)))
    return {source: [items[k] for k in _spread(len(items), most)] for source, items in found.items()}


def _spread(count: int, most: int) -> np.ndarray:
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int))


def error_rates(model: keras.Model, held: Mapping[str, Sequence[Sample]]) -> dict[str, float]:
    """Character error rate of each source, and ``val_cer``, their mean."""
    rates = {f"cer_{source}": error_rate(items, predict(model, items)) for source, items in held.items()}
    return {"val_cer": float(np.mean(list(rates.values()))), **rates}


def licence(sources: Iterable[str]) -> str:
    """Terms of weights trained on lines of these sources."""
    owed = "; ".join(_OWED.get(source, f"lines of {source}") for source in sources)
    return f"Weights: Apache-2.0 as far as this project holds rights. Trained on {owed}."


def facts(batches: LineBatches, held: Mapping[str, Sequence[Sample]]) -> dict[str, Any]:
    """input, data, split and licence, for the manifest."""
    return {
        "input": INPUT,
        "data": {"lines": batches.counts},
        "split": "by writer, font family and book; chosen on "
        + ", ".join(f"{len(items)} lines of {source}" for source, items in held.items()),
        "licence": licence(batches.counts),
    }
