"""What comes next in a text: the character LSTM, one step for many beams at a time.

The step runs as LiteRT int8. Measured with 512 units on one thread of an AVX-512 machine busy with other work: 160,000
rows a second at 8 rows, 210,000 to 250,000 at 64 to 512; the same step in NumPy float32: 24,000 and 45,000 to 49,000.
There, with both cores taken, a second thread slowed both; an idle machine was not measured.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ocrtool.charset import LINE_START, Labels
from ocrtool.errors import WeightsRefused
from ocrtool.weights.store import Weights, open_weights, read_as

#: Rows of a step are filled up to the next of these sizes, with an interpreter each: resizing one at every step of a
#: beam search, where the number of beams changes, costs more than the step. More rows than the last go in several runs.
BUCKETS = (8, 16, 32, 64, 96, 128, 192, 256, 384, 512)


class CharacterModel(Protocol):
    """What the beam search needs of a language model.

    A state is one float32 array (B, S), a row per beam: rows are gathered, repeated and dropped by plain indexing.
    """

    @property
    def symbols(self) -> Labels:
        """The alphabet, in the order of the scores."""

    def start(self, rows: int) -> np.ndarray:
        """State (rows, S) of beams that have read nothing; the first symbol to step is the line start."""

    def step(self, symbols: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read ``symbols`` (B,) int32; natural log-probabilities (B, len(symbols)) float32 of the next, and the state.

        The arrays given are left as they are; those returned are new.
        """


class UniformModel:
    """Knows nothing: every symbol is equally likely. For reading without a language model."""

    def __init__(self, symbols: Labels) -> None:
        self.symbols = symbols

    def start(self, rows: int) -> np.ndarray:
        """State (rows, 0) float32."""
        return np.zeros((rows, 0), np.float32)

    def step(self, symbols: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Constant log-probabilities (B, len(symbols)); the state stays empty."""
        size = len(self.symbols)
        return np.full((len(symbols), size), -np.log(size), np.float32), self.start(len(symbols))


class LanguageModel:
    """The character LSTM of opened weights. Not to be shared between threads."""

    def __init__(self, weights: Weights, threads: int = 1) -> None:
        """Raises WeightsRefused if the manifest's alphabet or the compiled form is not that of a language model."""
        self._weights, self._threads = weights, threads
        with read_as("a language model", weights.name):
            self.symbols = Labels(weights.manifest["labels"])
            self._state_size = 2 * int(weights.manifest["parameters"]["units"])
        if LINE_START not in self.symbols:
            raise WeightsRefused(f"{weights.name}.json names no line start among its labels")
        self._steps: dict[int, _Step] = {}

    @classmethod
    def open(cls, name: str, folder: Path | None = None) -> LanguageModel:
        """Open the weights ``name``. Raises WeightsNotFound, WeightsRefused."""
        return cls(open_weights(name, folder))

    def start(self, rows: int) -> np.ndarray:
        """State (rows, S) float32 of lines of which nothing is read yet."""
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
        """Log-probability (len(text),) float32 of each character of a line. Raises KeyError for an unknown one."""
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
    """An interpreter of a fixed number of rows. Raises KeyError, ValueError or RuntimeError for another model."""

    def __init__(self, interpreter: Any, rows: int, state_size: int, symbols: int) -> None:
        self._symbols, self._state, self._logits, self._new_state = _tensor_numbers(interpreter)
        self._padded_symbols = np.zeros(rows, np.int32)
        self._padded_state = np.zeros((rows, state_size), np.float32)
        interpreter.resize_tensor_input(self._symbols, [rows])
        interpreter.resize_tensor_input(self._state, [rows, state_size])
        interpreter.allocate_tensors()
        self._interpreter = interpreter
        if self(self._padded_symbols, self._padded_state)[0].shape[1] != symbols:
            raise ValueError("as many scores as symbols are needed")

    def __call__(self, symbols: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Logits (B, symbols) and state (B, S) of B rows, B at most the fixed number."""
        rows = len(symbols)
        self._padded_symbols[:rows] = symbols
        self._padded_state[:rows] = state
        self._interpreter.set_tensor(self._symbols, self._padded_symbols)
        self._interpreter.set_tensor(self._state, self._padded_state)
        self._interpreter.invoke()
        get = self._interpreter.get_tensor
        return get(self._logits)[:rows], get(self._new_state)[:rows]


def _tensor_numbers(interpreter: Any) -> tuple[int, int, int, int]:
    """Numbers of the tensors symbols, state, logits, new state. The runner must be gone before tensors are resized."""
    runner = interpreter.get_signature_runner()
    inputs, outputs = runner.get_input_details(), runner.get_output_details()
    tensors = inputs["symbols"], inputs["state"], outputs["output_0"], outputs["output_1"]
    symbols, state, logits, new_state = (int(tensor["index"]) for tensor in tensors)
    return symbols, state, logits, new_state


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Natural log of the softmax over the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))
