"""The language model as the beam search uses it, with the shipped weights."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ocrtool.charset import ENGLISH, LATIN, LINE_CHARACTERS, LINE_START, Labels
from ocrtool.decode.language_model import BUCKETS, CharacterLSTM, UniformModel
from ocrtool.errors import WeightsRefused
from ocrtool.recognize.network import log_softmax
from ocrtool.weights.store import Weights, open_weights

SENTENCE = "It was the best of times, it was the worst of times."


@pytest.fixture(scope="module")
def model() -> CharacterLSTM:
    return CharacterLSTM.open("lstm_eng")


def _states(model: CharacterLSTM, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """``rows`` symbols, and states that have read something."""
    rng = np.random.default_rng(3)
    symbols = rng.integers(0, len(model.symbols), rows).astype(np.int32)
    return symbols, model.step(symbols[::-1].copy(), model.start(rows))[1]


def test_alphabet_is_that_of_english(model: CharacterLSTM) -> None:
    assert "".join(model.symbols) == LINE_START + LINE_CHARACTERS


@pytest.mark.parametrize("rows", [0, 1, BUCKETS[0] + 1, BUCKETS[-1] + 3])
def test_step_gives_log_probabilities_and_a_state_per_row(model: CharacterLSTM, rows: int) -> None:
    symbols, state = _states(model, rows)
    log_probs, new = model.step(symbols, state)
    assert log_probs.shape == (rows, len(model.symbols)) and log_probs.dtype == np.float32
    assert new.shape == state.shape and new.dtype == np.float32
    np.testing.assert_allclose(np.exp(log_probs).sum(axis=1), 1.0, atol=1e-5)


def test_a_row_does_not_depend_on_the_rows_beside_it(model: CharacterLSTM) -> None:
    symbols, state = _states(model, 40)
    together = model.step(symbols, state)
    alone = model.step(symbols[7:8], state[7:8])
    np.testing.assert_allclose(together[0][7:8], alone[0], atol=1e-4)
    np.testing.assert_allclose(together[1][7:8], alone[1], atol=1e-4)


def test_step_leaves_what_it_is_given_and_repeats_itself(model: CharacterLSTM) -> None:
    symbols, state = _states(model, 5)
    before = state.copy()
    first = model.step(symbols, state)
    second = model.step(symbols, state)
    np.testing.assert_array_equal(state, before)
    np.testing.assert_array_equal(first[0], second[0])
    assert not np.shares_memory(first[1], second[1])


def test_english_is_likelier_than_the_same_letters_shuffled(model: CharacterLSTM) -> None:
    letters = list(SENTENCE)
    np.random.default_rng(1).shuffle(letters)
    assert model.score(SENTENCE).mean() > model.score("".join(letters)).mean() + 2.0


@pytest.mark.parametrize(("right", "wrong"), [("the", "tbe"), ("will", "wi11"), ("said", "sald"), ("would", "wou1d")])
def test_a_word_is_likelier_than_what_it_is_misread_as(model: CharacterLSTM, right: str, wrong: str) -> None:
    before, after = "and in the afternoon ", " he went away"
    assert model.score(before + right + after).sum() > model.score(before + wrong + after).sum()


def test_names_in_capitals_are_likelier_than_noise(model: CharacterLSTM) -> None:
    for name, noise in (("MARTIN", "MRATNI"), ("CAROLINE", "C4R0L1NE"), ("BERNARD", "8ERNARD")):
        assert model.score(name).mean() > model.score(noise).mean()


def test_unknown_character_is_an_error(model: CharacterLSTM) -> None:
    with pytest.raises(KeyError):
        model.score("카페")


def test_compiled_form_agrees_with_the_h5() -> None:
    """The step in plain NumPy, from the h5: i, f, c, o gates of a Keras LSTM."""
    import h5py

    weights = open_weights("lstm_eng")
    with h5py.File(weights.h5_path) as file:
        layers = {name: [np.array(v, np.float32) for v in _datasets(file["layers"][name])] for name in file["layers"]}
    table, (kernel, recurrent, bias), (out, out_bias) = layers["embedding"][0], layers["lstm"], layers["dense"]
    units = recurrent.shape[0]
    h = c = np.zeros((1, units), np.float32)
    model = CharacterLSTM(weights)
    state = model.start(1)
    errors = []
    for symbol in [model.symbols.index(s) for s in LINE_START + SENTENCE]:
        i, f, g, o = np.split(table[[symbol]] @ kernel + h @ recurrent + bias, 4, axis=1)
        c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
        h = _sigmoid(o) * np.tanh(c)
        log_probs, state = model.step(np.array([symbol], np.int32), state)
        exact = log_softmax(h @ out + out_bias)
        errors.append(np.abs(np.exp(log_probs) - np.exp(exact)).max())
    assert np.mean(errors) < 0.02, "probabilities of the int8 step within two points of the h5's on average"


def _datasets(group: object) -> list[object]:
    import h5py

    found: list[object] = []
    group.visititems(lambda _, item: found.append(item) if isinstance(item, h5py.Dataset) else None)  # type: ignore[attr-defined]
    return found


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-x))


def test_uniform_model_has_the_same_face() -> None:
    uniform = UniformModel(Labels(ENGLISH))
    log_probs, state = uniform.step(np.zeros(3, np.int32), uniform.start(3))
    assert log_probs.shape == (3, len(ENGLISH)) and state.shape == (3, 0)
    np.testing.assert_allclose(np.exp(log_probs).sum(axis=1), 1.0, atol=1e-5)


@pytest.mark.parametrize(
    "manifest",
    [
        {},
        {"labels": list(ENGLISH)},
        {"labels": ["a", "a"], "parameters": {"units": 4}},
        {"labels": list(LATIN), "parameters": {"units": 4}},
        {"labels": list(ENGLISH), "parameters": {"units": "many"}},
    ],
)
def test_manifest_of_something_else_is_refused(manifest: dict, tmp_path: Path) -> None:
    with pytest.raises(WeightsRefused):
        CharacterLSTM(Weights("other", tmp_path, manifest))


def test_compiled_form_of_another_size_is_refused() -> None:
    weights = open_weights("lstm_eng")
    manifest = weights.manifest | {"labels": [LINE_START, *LINE_CHARACTERS, "한"]}
    model = CharacterLSTM(Weights(weights.name, weights.folder, manifest))
    with pytest.raises(WeightsRefused):
        model.step(np.zeros(1, np.int32), model.start(1))


def test_neither_tensorflow_nor_keras_is_loaded() -> None:
    program = (
        "import sys, numpy as np; from ocrtool.decode.language_model import CharacterLSTM as L; m = L.open('lstm_eng');"
        "m.step(np.zeros(1, np.int32), m.start(1));"
        "print(any(name in sys.modules for name in ('tensorflow', 'keras', 'h5py')))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"
