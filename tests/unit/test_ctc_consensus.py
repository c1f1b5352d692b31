"""The text that several views of a line make the most likely."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, product

import numpy as np
import pytest
from ctc_frames import ALPHABET, CHARACTERS, Bigrams, frames

from ocrtool.decode.ctc import greedy
from ocrtool.decode.ctc_beam import Classes
from ocrtool.decode.ctc_consensus import Consensus, Frames, Text, agreements, mean_certainty, words_of
from ocrtool.decode.settings import CtcWeights

NO_BONUS = CtcWeights(lm=0.0, character=0.0, word=0.0)


def classes(text: str) -> np.ndarray:
    return np.array([CHARACTERS.index(c) + 1 for c in text])


def text_of(words: Text) -> str:
    return " ".join("".join(CHARACTERS[k - 1] for k in word.labels) for word in words)


def agree(views: Sequence[np.ndarray], model: Bigrams | None = None, lm: float = 0.0) -> Text:
    readings = [greedy(rows) for rows in views]
    consensus = Consensus(model or Bigrams.favouring(), lm, Classes.of(ALPHABET, NO_BONUS), ALPHABET.start)
    return consensus.find(views, [mean_certainty(reading) for reading in readings], readings)


@pytest.mark.parametrize("text", ["a", "ab", "aa", "a b"])
def test_a_text_is_as_likely_as_all_its_alignments_together(text: str) -> None:
    rng = np.random.default_rng(3)
    rows = np.log(rng.dirichlet(np.ones(len(CHARACTERS) + 1), 5)).astype(np.float32)
    rows[3] = frames("_")[0]  # surely blank frames in a run are one
    rows[4] = frames("_")[0]
    wanted = [0, *classes(text)]
    total = 0.0
    for path in product(sorted(set(wanted)), repeat=len(rows)):
        if [k for k, _ in groupby(path) if k] == wanted[1:]:
            total += np.exp(sum(float(rows[t, k]) for t, k in enumerate(path)))
    found = Frames([rows, rows]).log_likelihood([classes(text), classes("abab")])
    assert found[0] == pytest.approx([np.log(total)] * 2, abs=1e-3)


def test_words_of_two_views_make_one_text() -> None:
    first = frames("a", "b", " ", {"c": 0.55, "d": 0.45}, "_", {"a": 0.55, "b": 0.45})
    second = frames({"b": 0.55, "a": 0.45}, {"d": 0.55, "b": 0.45}, " ", "d", "_", "b")
    found = agree([first, second])
    assert text_of(found) == "ab db"
    assert [word.reading for word in found] == [0, 1]
    assert [(word.first, word.end) for word in found] == [(0, 2), (3, 5)]


def test_the_share_of_the_views_that_have_a_word_in_its_place() -> None:
    texts = [frames("a", " ", "b", " ", "d"), frames("a", " ", "c", " ", "d"), frames("c", "b", " ", "d")]
    words = [words_of(greedy(rows), number) for number, rows in enumerate(texts)]
    assert agreements(words[0], words) == pytest.approx([2 / 3, 1 / 3, 1.0])
    assert agreements((), words) == []


def test_two_views_outvote_a_third_that_is_no_surer() -> None:
    yes, no = frames({"a": 0.7, "b": 0.3}), frames({"b": 0.7, "a": 0.3})
    assert text_of(agree([no, yes, yes])) == "a"


def test_a_view_that_is_less_sure_counts_less() -> None:
    sure, unsure = frames("c", {"a": 0.9, "b": 0.1}, "c"), frames("c", {"b": 0.5, "a": 0.01, "d": 0.49}, "c")
    assert text_of(agree([unsure, sure])) == "cac"


def test_the_language_model_decides_between_views() -> None:
    views = [frames("d", {"a": 0.6, "b": 0.4}), frames("d", {"b": 0.6, "a": 0.4})]
    assert text_of(agree(views, Bigrams.favouring("db"), 1.0)) == "db"
    assert text_of(agree(views, Bigrams.favouring("da"), 1.0)) == "da"


def test_spaces_at_the_ends_and_views_without_text_are_no_words() -> None:
    assert text_of(words_of(greedy(frames(" ", "a", " ", "b", " ")), 0)) == "a b"
    assert agree([frames("_"), frames(" ", "_")]) == ()
    assert text_of(agree([frames("_", "_"), frames("a", "_")])) == "a"
