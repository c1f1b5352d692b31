"""Scores of the glyph classifier: accuracy by class and case, reject class, calibration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from ocrtool.charset import LATIN, SAME_SHAPE_IN_BOTH_CASES
from training.glyphs.examples import REJECT_LABEL, Examples

#: Log-probabilities (E, 95) of images and geometry features.
Predict = Callable[[np.ndarray, np.ndarray], np.ndarray]

#: Class -> class with letters of one shape in both cases folded together.
FOLDED = np.array(
    [LATIN.index(c.upper()) if c in SAME_SHAPE_IN_BOTH_CASES else i for i, c in enumerate(LATIN)] + [REJECT_LABEL]
)


def mean_class_accuracy(labels: np.ndarray, guesses: np.ndarray) -> float:
    """Mean over the classes in ``labels`` of the share of each that is guessed right."""
    return float(np.mean([np.mean(guesses[labels == c] == c) for c in np.unique(labels)]))


def character_scores(log_probs: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Accuracies of examples that are all characters; the reject class is out of the question.

    log_probs: (E, 95); labels: (E,). "folded" keys take letters of one shape in both cases as one class.
    """
    guesses = log_probs[:, :REJECT_LABEL].argmax(axis=1)
    folded, folded_guesses = FOLDED[labels], FOLDED[guesses]
    return {
        "examples": len(labels),
        "accuracy": float(np.mean(guesses == labels)),
        "folded_accuracy": float(np.mean(folded == folded_guesses)),
        "class_accuracy": mean_class_accuracy(labels, guesses),
        "folded_class_accuracy": mean_class_accuracy(folded, folded_guesses),
    }


def edge_scores(log_probs: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Accuracies of the edges of lines: characters among all classes, the reject class by precision and recall."""
    guesses = log_probs.argmax(axis=1)
    good = labels != REJECT_LABEL
    rejected = guesses == REJECT_LABEL
    caught = float(np.sum(rejected & ~good))
    return {
        **character_scores(log_probs[good], labels[good]),
        "non_characters": int(np.sum(~good)),
        "accuracy_with_reject": float(np.mean(guesses == labels)),
        "reject_precision": caught / max(1.0, float(np.sum(rejected))),
        "reject_recall": caught / max(1.0, float(np.sum(~good))),
    }


def confusions(log_probs: np.ndarray, labels: np.ndarray, most: int = 40) -> list[tuple[str, str, int]]:
    """The commonest (truth, guess, count) of wrong guesses; "" stands for the reject class."""
    guesses = log_probs.argmax(axis=1)
    names = [*LATIN, ""]
    wrong = guesses != labels
    pairs = Counter(zip(labels[wrong].tolist(), guesses[wrong].tolist(), strict=True))
    return [(names[a], names[b], n) for (a, b), n in pairs.most_common(most)]


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """Temperature that makes the labels likeliest (Guo et al., "On calibration of modern neural networks", 2017)."""
    best = (np.inf, 1.0)
    for temperature in np.geomspace(0.4, 2.5, 106):
        scaled = logits / temperature
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        loss = float(np.mean(np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(labels)), labels]))
        best = min(best, (loss, float(temperature)))
    return round(best[1], 4)


def score_all(predict: Predict, sets: dict[str, Examples]) -> dict[str, dict[str, float]]:
    """Scores of each set; sets with non-characters are edges of lines, the others isolated characters."""
    result = {}
    for name, data in sets.items():
        log_probs = predict(data.images, data.geometry)
        score = edge_scores if (data.labels == REJECT_LABEL).any() else character_scores
        result[name] = {key: round(value, 5) for key, value in score(log_probs, data.labels).items()}
    return result
