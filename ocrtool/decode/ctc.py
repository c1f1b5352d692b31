"""The text of lines from a CTC reader: along the best path, and with a language model where that is unsure.

A reader gives for each line (T, C) float32 natural logarithms of probabilities: class 0 is the blank, class 1 the
space, and class k + 2 the glyph k of an `Alphabet`. `ocrtool.decode.ctc_beam` has the formula of the score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocrtool.decode.alphabet import Alphabet
from ocrtool.decode.ctc_beam import Classes, Search
from ocrtool.decode.ctc_places import Places, find_places, spikes
from ocrtool.decode.ctc_posterior import Posterior
from ocrtool.decode.ctc_reading import Ink, Reading, ask_ink, best_path, describe, find_peaks
from ocrtool.decode.ctc_windows import Windows, build_windows, unsureness
from ocrtool.decode.language_model import LanguageModel
from ocrtool.decode.settings import BeamSize, CtcWeights

#: A place whose text is wrong with more than this probability is unsure.
UNSURE = 0.02
#: A page with so many frames that hold a character, of a lower mean probability than this, is a picture or dirt: the
#: language model would make words of it. Of handwriting the worst pages have 0.63.
PICTURE_FRAMES, PICTURE = 200, 0.53


def greedy(log_probs: np.ndarray) -> Reading:
    """Read a line along the best path. log_probs: (T, C) float32, natural logarithms, class 0 the blank."""
    return best_path(find_places(log_probs))


def search(
    lines: Sequence[np.ndarray],
    model: LanguageModel,
    weights: CtcWeights,
    beam: BeamSize,
    alphabet: Alphabet,
    unsure: float = UNSURE,
    hopeless: float = 0.0,
) -> list[Reading]:
    """Read the lines of a page; the language model is asked of unsure places alone.

    lines: (T, C) float32 each, natural logarithms, class 0 the blank, 1 the space, and k + 2 ``alphabet.glyphs[k]``;
    unsure: a place whose best path is wrong with more than this probability is searched; hopeless: lines whose
    characters have a lower mean probability on the best path are read along it, and so are all lines of a page that is
    a picture.
    """
    places = [find_places(line) for line in lines]
    if _is_picture(places):
        return [best_path(found) for found in places]
    none = np.zeros(0, np.int64)
    which = [
        np.flatnonzero(found.probability < 1.0 - unsure) if _mean_probability(found) >= hopeless else none
        for found in places
    ]
    if not any(len(x) for x in which):
        return [best_path(found) for found in places]
    sign = np.array([False, False, *(not glyph.isalnum() for glyph in alphabet.glyphs)])  # blank, space, glyphs
    doubt = [
        unsureness(found.probability[x], found.any_of(sign)[x], weights) for found, x in zip(places, which, strict=True)
    ]
    windows = build_windows(places, which, [1.0 / u for u in doubt])
    classes = Classes.of(alphabet, weights)
    found = Search(windows, model, weights, beam, classes)
    found.run(alphabet.start)
    decided = _decided(windows, found)
    characters = [_characters(line, x, decided.get(k)) for k, (line, x) in enumerate(zip(places, which, strict=True))]
    inks = [found.ink for found in characters]
    posterior = Posterior(model, weights, classes, alphabet.start)
    probabilities = posterior.weigh(inks, [found.doubt for found in characters])
    return [describe(*line) for line in zip(places, inks, probabilities, strict=True)]


def _is_picture(lines: Sequence[Places]) -> bool:
    """Return True if the characters of all lines together are so improbable that there can be none."""
    read = [found.read for found in lines]
    frames = sum(map(len, read))
    return frames >= PICTURE_FRAMES and float(sum(each.sum() for each in read)) < PICTURE * frames


def _mean_probability(places: Places) -> float:
    """Return the mean probability of the frames with a character on the best path; 1 if there are none."""
    read = places.read
    return float(read.mean()) if len(read) else 1.0


@dataclass(frozen=True, slots=True, eq=False)
class _Decided:
    """Characters read at the unsure places of a line, ascending: (m,) class, index of the active frame where each
    starts, and u of its place."""

    labels: np.ndarray
    starts: np.ndarray
    doubt: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class _Characters:
    """All characters of a line: what the ink says of them, and (n,) u of their places, 0 where that is sure."""

    ink: Ink
    doubt: np.ndarray


def _decided(windows: Windows, found: Search) -> dict[int, _Decided]:
    """Trace back the best hypothesis of each window; the characters of each line that has one."""
    parent, event, label = found.store.joined()
    paths: dict[int, list[int]] = {int(line): [] for line in windows.line}
    for line, hypothesis in zip(windows.line.tolist(), found.ended.tolist(), strict=True):
        path = []
        while hypothesis >= 0:
            path.append(hypothesis)
            hypothesis = int(parent[hypothesis])
        paths[line] += reversed(path)
    result = {}
    for line, ids in paths.items():
        at = event[np.array(ids, np.int64)]
        read = windows.source[at] >= 0  # the others are sure characters
        labels = label[np.array(ids, np.int64)][read]
        result[line] = _Decided(labels, windows.source[at[read]], 1.0 / windows.weight[at[read]])
    return result


def _characters(places: Places, unsure: np.ndarray, decided: _Decided | None) -> _Characters:
    """Join the sure characters of a line and those decided."""
    path = spikes(places)
    sure = ~np.isin(places.place[path.first], unsure)
    labels, starts, doubt = path.labels[sure], path.first[sure], np.zeros(np.count_nonzero(sure))
    if decided is not None:
        labels, starts = np.concatenate([labels, decided.labels]), np.concatenate([starts, decided.starts])
        doubt = np.concatenate([doubt, decided.doubt])
    order = np.argsort(starts, kind="stable")
    labels, starts = labels[order], starts[order]
    return _Characters(ask_ink(places, labels, find_peaks(places, labels, starts)), doubt[order])
