"""Engines: a script with the networks and fitted weights that its lines are read with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from ocrtool.decode.alphabet import Alphabet
from ocrtool.decode.language_model import CharacterModel, LanguageModel, UniformModel
from ocrtool.decode.lattice import Lattice, build_lattice
from ocrtool.decode.settings import DecoderSettings, PathWeights
from ocrtool.decode.spaces import space_probabilities
from ocrtool.errors import WeightsRefused
from ocrtool.recognize.cascade import Classifier, Proposals, score_cascade
from ocrtool.script.registry import AUTO, load_script, parse_languages
from ocrtool.script.script import Script
from ocrtool.segment.edges import gaps_before
from ocrtool.segment.segmented import SegmentedLine
from ocrtool.weights.store import open_weights, read_as, read_manifest

#: Lines of a page, spread over it, that are looked at to tell whether it holds a script, where it was not asked for.
SAMPLE_LINES = 12


@dataclass(frozen=True, slots=True)
class ScoredLine:
    """A line whose edges are classified. ``line`` holds the edges that were scored, the lattice's."""

    line: SegmentedLine
    lattice: Lattice


@dataclass(frozen=True, slots=True)
class Engine:
    """Reads the lines of one script. sample_lines: of a page, to tell whether it holds the script; None: all."""

    script: Script
    classifier: Classifier
    language_model: CharacterModel
    settings: DecoderSettings
    path_weights: PathWeights
    alphabet: Alphabet
    sample_lines: int | None = SAMPLE_LINES

    def score(self, lines: Sequence[SegmentedLine], first: Sequence[Proposals] | None = None) -> list[ScoredLine]:
        """All edges of the lines through the classifier. first: of `propose`, where that has been done."""
        scored, candidates = score_cascade(lines, self.classifier, self.script, first)
        return [
            ScoredLine(line, build_lattice(line.edges, found, self.spaces(line)))
            for line, found in zip(scored, candidates, strict=True)
        ]

    def spaces(self, line: SegmentedLine) -> np.ndarray:
        """Probability of a space at each node of a line: (N + 1,) float32."""
        return space_probabilities(gaps_before(line.pieces), np.array(self.settings.space_weights))


#: What a run reads with; the first reads the lines that no other claims.
Engines: TypeAlias = tuple[Engine, ...]


def load_engines(
    language: str = AUTO, weights: Path | None = None, *, language_model: bool = True, threads: int = 1
) -> Engines:
    """The engines of a language, or of several joined by ``+``; of ``auto``, all.

    weights: folder of the user's own; language_model: False reads without one. Raises ValueError for an unknown
    language, WeightsNotFound, WeightsRefused.
    """
    sample = SAMPLE_LINES if language == AUTO else None
    engines = [load_engine(x, weights, language_model, threads) for x in parse_languages(language)]
    return tuple(replace(engine, sample_lines=sample) for engine in engines)


def load_engine(language: str, weights: Path | None = None, language_model: bool = True, threads: int = 1) -> Engine:
    """The engine of one language. Raises WeightsNotFound, WeightsRefused."""
    script = load_script(language)
    classifier = script.open_classifier(weights, threads)
    settings = _settings(script.weights.decoder, weights)
    model = UniformModel(script.symbols) if not language_model else _language_model(script, weights)
    try:
        alphabet = Alphabet.of(script.glyphs, model.symbols)
    except KeyError as error:
        raise WeightsRefused(
            f"{script.weights.language_model} is no model of {script.name}: {error.args[0]}"
        ) from error
    path_weights = settings.guided if language_model else settings.unguided
    return Engine(script, classifier, model, settings, path_weights, alphabet)


def _language_model(script: Script, weights: Path | None) -> LanguageModel:
    return LanguageModel(open_weights(script.weights.language_model, weights))  # one thread: its steps are short


def _settings(name: str, weights: Path | None) -> DecoderSettings:
    manifest = read_manifest(name, weights)
    with read_as("a decoder", name):
        return DecoderSettings.from_manifest(manifest["parameters"])
