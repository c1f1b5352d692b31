"""Character language models: the LSTM, run one step at a time for many hypotheses, and a uniform model.

The step runs as LiteRT int8. Measured on one thread of a busy AVX-512 machine: 250,000 rows a second at 8 rows, 350,000
at 32 and more. A second thread slowed it while both cores were busy; an idle machine was not measured.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ocrtool.charset import LINE_START, Labels
from ocrtool.errors import WeightsRefused
from ocrtool.recognize.network import log_softmax
from ocrtool.weights.store import Weights, open_weights, read_as

#: Steps are padded to one of these numbers of rows, each with its own interpreter: resizing one at every step of a beam
#: search, where the number of hypotheses changes, costs more than the step. More rows than the last take several runs,
#: which is as fast as one; and an interpreter costs as much as 20 to 50 steps.
BUCKETS = (8, 32)
#: Numbers of a state at most: memory grows with it, and ours have 512.
MOST_STATE = 1 << 16


class LanguageModel(Protocol):
    """What the beam search needs from a language model.

    A state is one float32 array (B, S), a row per hypothesis: rows are gathered, repeated and dropped by indexing.
    """

    @property
    def symbols(self) -> Labels:
        """The alphabet, in the order of the scores."""

    def start(self, rows: int) -> np.ndarray:
        """Return the initial state (rows, S); the first symbol to step is the line start."""

    def step(self, symbols: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read ``symbols`` (B,) int32: natural log-probabilities (B, len(symbols)) float32 of the next, and the state.

        The arguments are not modified; the arrays returned are new.
        """


class UniformModel:
    """A uniform distribution over the symbols, for reading without a language model."""

    def __init__(self, symbols: Labels) -> None:
        self.symbols = symbols

    def start(self, rows: int) -> np.ndarray:
        """Return the empty state (rows, 0) float32."""
        return np.zeros((rows, 0), np.float32)

    def step(self, symbols: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return constant log-probabilities (B, len(symbols)) and the empty state."""
        size = len(self.symbols)
        return np.full((len(symbols), size), -np.log(size), np.float32), self.start(len(symbols))


class CharacterLSTM:
    """A character LSTM from its weights. Not to be shared between threads."""

    def __init__(self, weights: Weights, threads: int = 1) -> None:
        """Open the model. Raises WeightsRefused if the manifest or the compiled form is not that of one."""
        self._weights, self._threads = weights, threads
        with read_as("a language model", weights.name):
            self.symbols = Labels(weights.manifest["labels"])
            self._state_size = 2 * int(weights.manifest["parameters"]["units"])
        if not 0 < self._state_size <= MOST_STATE:
            raise WeightsRefused(f"{weights.name}.json has a state of {self._state_size} numbers")
        if LINE_START not in self.symbols:
            raise WeightsRefused(f"{weights.name}.json names no line start among its labels")
        self._steps: dict[int, _Step] = {}

    @classmethod
    def open(cls, name: str, folder: Path | None = None) -> CharacterLSTM:
        """Open the weights ``name``. Raises WeightsNotFound, WeightsRefused."""
        return cls(open_weights(name, folder))

    def start(self, rows: int) -> np.ndarray:
        """Return the initial state (rows, S) float32."""
        return np.zeros((rows, self._state_size), np.float32)

    def step(self, symbols: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read symbols (B,) int32 in state (B, S): log-probabilities (B, len(symbols)) float32 and the new state."""
        rows = len(symbols)
        log_probs = np.empty((rows, len(self.symbols)), np.float32)
        new_state = np.empty((rows, self._state_size), np.float32)
        for begin in range(0, rows, BUCKETS[-1]):
            part = slice(begin, min(begin + BUCKETS[-1], rows))
            count = part.stop - begin
            logits, new_state[part] = self._step_of(count)(symbols[part], state[part])
            log_probs[part] = log_softmax(logits)
        return log_probs, new_state

    def score(self, text: str) -> np.ndarray:
        """Score each character of a line: log-probabilities (len(text),) float32. Raises KeyError if one is unknown."""
        ids = np.array([self.symbols.index(c) for c in LINE_START + text], np.int32)
        state, scores = self.start(1), np.empty(len(text), np.float32)
        for i in range(len(text)):
            log_probs, state = self.step(ids[i : i + 1], state)
            scores[i] = log_probs[0, ids[i + 1]]
        return scores

    def _step_of(self, rows: int) -> _Step:
        size = next(bucket for bucket in BUCKETS if bucket >= rows)
        if size not in self._steps:
            interpreter = self._weights.open_interpreter(self._threads)
            try:
                self._steps[size] = _Step(interpreter, size, self._state_size, len(self.symbols))
            except (KeyError, ValueError, RuntimeError) as error:
                raise WeightsRefused(f"{self._weights.tflite_path} is not a step of {self._weights.name}") from error
        return self._steps[size]


class _Step:
    """An interpreter for a fixed number of rows. Raises KeyError, ValueError or RuntimeError for another model."""

    def __init__(self, interpreter: Any, rows: int, state_size: int, symbols: int) -> None:
        self._symbols, self._state, self._logits, self._new_state = _tensor_numbers(interpreter)
        self._padded_symbols = np.zeros(rows, np.int32)
        self._padded_state = np.zeros((rows, state_size), np.float32)
        interpreter.resize_tensor_input(self._symbols, [rows])
        interpreter.resize_tensor_input(self._state, [rows, state_size])
        interpreter.allocate_tensors()
        self._interpreter = interpreter
        if self(self._padded_symbols, self._padded_state)[0].shape[1] != symbols:
            raise ValueError("the number of scores differs from that of symbols")

    def __call__(self, symbols: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the logits (B, symbols) and state (B, S) of B rows, at most the fixed number."""
        rows = len(symbols)
        self._padded_symbols[:rows] = symbols
        self._padded_state[:rows] = state
        self._interpreter.set_tensor(self._symbols, self._padded_symbols)
        self._interpreter.set_tensor(self._state, self._padded_state)
        self._interpreter.invoke()
        get = self._interpreter.get_tensor
        return get(self._logits)[:rows], get(self._new_state)[:rows]


def _tensor_numbers(interpreter: Any) -> tuple[int, int, int, int]:
    """Find the tensors symbols, state, logits, new state. The runner must be freed before tensors are resized."""
    runner = interpreter.get_signature_runner()
    inputs, outputs = runner.get_input_details(), runner.get_output_details()
    tensors = inputs["symbols"], inputs["state"], outputs["output_0"], outputs["output_1"]
    symbols, state, logits, new_state = (int(tensor["index"]) for tensor in tensors)
    return symbols, state, logits, new_state
