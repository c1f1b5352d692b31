"""The engine that reads a script glyph by glyph: a classifier over a lattice of pieces, and a language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocrtool.decode.alphabet import Alphabet
from ocrtool.decode.language_model import CharacterLSTM, LanguageModel, UniformModel
from ocrtool.decode.lattice import Lattice, build_lattice
from ocrtool.decode.settings import DecoderSettings, PathWeights
from ocrtool.decode.spaces import space_probabilities
from ocrtool.errors import WeightsRefused
from ocrtool.recognize.cascade import Classifier, Proposals, score_cascade
from ocrtool.script.registry import load_script
from ocrtool.script.script import Script
from ocrtool.script.strip_engine import StripEngine
from ocrtool.segment.edges import gaps_before
from ocrtool.segment.segmented import SegmentedLine
from ocrtool.weights.store import ANY, open_weights, read_as, read_manifest


@dataclass(frozen=True, slots=True)
class ScoredLine:
    """A line with its lattice. line: holds the edges that were scored, those of the lattice."""

    line: SegmentedLine
    lattice: Lattice


@dataclass(frozen=True, slots=True)
class Engine:
    """Reads the lines of one script glyph by glyph.

    second: reads words of Latin letters and figures in its lines again where their glyphs are in doubt.
    """

    script: Script
    classifier: Classifier
    language_model: LanguageModel
    settings: DecoderSettings
    path_weights: PathWeights
    alphabet: Alphabet
    second: StripEngine | None = None

    def score(self, lines: Sequence[SegmentedLine], first: Sequence[Proposals] | None = None) -> list[ScoredLine]:
        """Classify all edges of the lines and build their lattices. first: results of `propose`, if it has been run."""
        scored, candidates = score_cascade(lines, self.classifier, self.script, first)
        return [
            ScoredLine(line, build_lattice(line.edges, found, self.spaces(line)))
            for line, found in zip(scored, candidates, strict=True)
        ]

    def spaces(self, line: SegmentedLine) -> np.ndarray:
        """Return the probability of a space at each node of a line: (N + 1,) float32."""
        return space_probabilities(gaps_before(line.pieces), np.array(self.settings.space_weights))


def load_engine(
    language: str, weights: Path | None = None, language_model: bool = True, threads: int = 1, model: str = ANY
) -> Engine:
    """Load the engine that reads one language glyph by glyph. Raises WeightsNotFound, WeightsRefused."""
    script = load_script(language)
    names = script.weights.of(model, weights)
    classifier = script.open_classifier(weights, threads, model)
    settings = _settings(names.decoder, weights)
    text_model: LanguageModel = UniformModel(script.symbols)
    if language_model:
        text_model = CharacterLSTM(open_weights(names.language_model, weights))  # one thread: its steps are short
    try:
        alphabet = Alphabet.from_symbols(script.glyphs, text_model.symbols)
    except KeyError as error:
        raise WeightsRefused(f"{names.language_model} is no model of {script.name}: {error.args[0]}") from error
    path_weights = settings.with_lm if language_model else settings.without_lm
    return Engine(script, classifier, text_model, settings, path_weights, alphabet)


def _settings(name: str, weights: Path | None) -> DecoderSettings:
    manifest = read_manifest(name, weights)
    with read_as("a decoder", name):
        return DecoderSettings.from_manifest(manifest["parameters"])
