"""Measure a Korean language model line by line, by characters whatever its symbols are, and its sense of spaces."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ocrtool.charset import LINE_START
from ocrtool.decode.language_model import CharacterModel
from ocrtool.text import is_syllable
from training.language.korean_alphabet import Alphabet
from training.language.korean_windows import ANYWHERE, NARROWEST, WIDEST, wrap_korean

#: Lines that go through the model at once: their scores of all symbols are held in memory.
ROWS = 128
_SPACE = " "


def printed_lines(paragraphs: list[str], seed: int = 0) -> list[str]:
    """All of the paragraphs in printed lines, each once; widths and ways to break are drawn, the same for a seed."""
    rng = np.random.default_rng(seed)
    lines: list[str] = []
    for paragraph in paragraphs:
        width, anywhere = int(rng.integers(NARROWEST, WIDEST + 1)), bool(rng.random() < ANYWHERE)
        lines += wrap_korean(paragraph, width, anywhere, rng)
    return lines


@dataclass(frozen=True, eq=False)
class HeldOutLines:
    """Lines never trained on, each measured by itself from its first character to its end, which counts as one.

    ``foreign_bits``: added for each character that is not among the symbols: log2 of how many syllables the alphabet of
    syllables does not list, the same whatever the symbols are, so that alphabets compare.
    """

    lines: Mapping[str, list[str]]  # by file
    alphabet: Alphabet
    foreign_bits: float

    def measure(self, log_probs_of: Callable[[np.ndarray], np.ndarray]) -> dict[str, Any]:
        """Scores of a model: ``log_probs_of`` symbols (N, T) int32 are natural log-probabilities (N, T, symbols).

        A space is predicted where its probability is above that of all visible characters together.
        """
        every = [line for lines in self.lines.values() for line in lines]
        length = 1 + max(len(self.alphabet.encode(line)) for line in every)
        bits, likeliest, gaps = [], [], []
        for begin in range(0, len(every), ROWS):
            part = every[begin : begin + ROWS]
            for line, scores in zip(part, log_probs_of(self._symbols(part, length)), strict=True):
                of_line, right = self._of_line(line, scores)
                bits.append(of_line)
                likeliest.append(right)
                gaps.append(self._gaps(line, scores))
        all_bits = np.concatenate(bits)
        hangul = np.array([is_syllable(c) for line in every for c in line + LINE_START])
        return {
            "bits_per_character": round(float(all_bits.mean()), 4),
            "bits_per_syllable": round(float(all_bits[hangul].mean()), 4),
            "accuracy": round(float(np.concatenate(likeliest).mean()), 4),
            "characters": len(all_bits),
            "syllables": int(hangul.sum()),
            "spaces_foretold": _space_scores(np.concatenate(gaps)),
            "bits_by_file": self._by_file(bits),
        }

    def _by_file(self, bits: list[np.ndarray]) -> dict[str, float]:
        """Bits per character of each file, of the bits of every line in order."""
        rest = iter(bits)
        by_file = {name: [next(rest) for _ in lines] for name, lines in self.lines.items()}
        return {name: round(float(np.concatenate(b).mean()), 3) for name, b in by_file.items() if b}

    def _symbols(self, lines: list[str], length: int) -> np.ndarray:
        symbols = np.zeros((len(lines), length), np.int32)
        for row, line in enumerate(lines):
            codes = self.alphabet.encode(LINE_START + line)
            symbols[row, : len(codes)] = codes
        return symbols

    def _of_line(self, line: str, log_probs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Bits of each character of a line and its end, and whether each of its symbols was the likeliest."""
        codes, owners = self.alphabet.codes(line + LINE_START)
        given = log_probs[: len(codes)]
        bits = np.bincount(owners, -given[np.arange(len(codes)), codes] / math.log(2))
        bits[owners[codes == self.alphabet.other]] += self.foreign_bits
        return bits, np.bincount(owners, given.argmax(axis=-1) != codes) == 0

    def _gaps(self, line: str, log_probs: np.ndarray) -> np.ndarray:
        """(gaps, 2) bool: before each visible character but the first, whether there is a space and is predicted."""
        owners = self.alphabet.codes(line)[1]
        firsts = np.searchsorted(owners, np.arange(len(line)))
        behind_visible = [k for k in range(1, len(line)) if line[k - 1] != _SPACE]
        scores = log_probs[firsts[behind_visible]]
        space = self.alphabet.labels.index(_SPACE)
        visible = np.logaddexp.reduce(scores[:, self.alphabet.begins], axis=-1)
        there = np.array([line[k] == _SPACE for k in behind_visible], bool)
        return np.stack([there, scores[:, space] > visible], axis=-1)


def _space_scores(gaps: np.ndarray) -> dict[str, Any]:
    there, predicted = gaps[:, 0], gaps[:, 1]
    return {
        "right": round(float((there == predicted).mean()), 4),
        "precision": round(float(there[predicted].mean()), 4) if predicted.any() else 0.0,
        "recall": round(float(predicted[there].mean()), 4) if there.any() else 0.0,
        "gaps": len(gaps),
        "with_space": int(there.sum()),
    }


def spaces_between(model: CharacterModel, alphabet: Alphabet, lines: list[str]) -> dict[str, Any]:
    """How well a model tells whether there is a space between two characters that are both known, as reading asks it.

    In each gap the two ways to the next character are compared, with a space and without, all before it given.
    """
    gaps: list[np.ndarray] = []
    for begin in range(0, len(lines), ROWS):
        part = lines[begin : begin + ROWS]
        state = model.start(len(part))
        codes = [[alphabet.encode(c) for c in LINE_START + line] for line in part]
        for k in range(max(map(len, codes))):
            rows = np.array([row for row, of_line in enumerate(codes) if k < len(of_line)])
            scores, state[rows] = _read(model, state[rows], [codes[row][k] for row in rows])
            asked = [i for i, row in enumerate(rows) if k and _gap(part[row], k)]
            if asked:
                following = [alphabet.encode(_next_visible(part[rows[i]], k)) for i in asked]
                spaced = _space_is_likelier(model, alphabet, scores[asked], state[rows[asked]], following)
                there = np.array([part[rows[i]][k] == _SPACE for i in asked])
                gaps.append(np.stack([there, spaced], axis=-1))
    return _space_scores(np.concatenate(gaps))


def _gap(line: str, k: int) -> bool:
    """Whether the first ``k`` characters end with a visible one and another follows."""
    return line[k - 1] != _SPACE and bool(_next_visible(line, k))


def _next_visible(line: str, k: int) -> str:
    return next((c for c in line[k : k + 2] if c != _SPACE), "")


def _space_is_likelier(
    model: CharacterModel, alphabet: Alphabet, scores: np.ndarray, state: np.ndarray, following: list[np.ndarray]
) -> np.ndarray:
    """Whether a space and the ``following`` symbols are likelier than these alone, (B,) bool."""
    space = alphabet.labels.index(_SPACE)
    spaced, spaced_state = model.step(np.full(len(state), space, np.int32), state)
    return scores[:, space] + _follow(model, spaced, spaced_state, following) > _follow(model, scores, state, following)


def _read(model: CharacterModel, state: np.ndarray, codes: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Scores and state after rows of one to three symbols each."""
    scores, state = model.step(np.array([c[0] for c in codes], np.int32), state)
    for place in (1, 2):
        longer = np.array([row for row, c in enumerate(codes) if len(c) > place], int)
        if len(longer):
            symbols = np.array([codes[row][place] for row in longer], np.int32)
            scores[longer], state[longer] = model.step(symbols, state[longer])
    return scores, state


def _follow(model: CharacterModel, scores: np.ndarray, state: np.ndarray, codes: list[np.ndarray]) -> np.ndarray:
    """Log-probability (B,) of a character of one to three symbols a row, given the scores of its first."""
    total = scores[np.arange(len(codes)), [c[0] for c in codes]]
    rows, state = np.arange(len(codes)), state
    for place in (1, 2):
        longer = np.array([i for i, row in enumerate(rows) if len(codes[row]) > place], int)
        if not len(longer):
            break
        rows = rows[longer]
        scores, state = model.step(np.array([codes[row][place - 1] for row in rows], np.int32), state[longer])
        total[rows] += scores[np.arange(len(rows)), [codes[row][place] for row in rows]]
    return total
