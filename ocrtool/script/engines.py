"""Engines: a script with what reads its lines: a line reader, or a classifier over a lattice of glyphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ocrtool.decode.alphabet import Alphabet
from ocrtool.decode.language_model import CharacterLSTM, LanguageModel, UniformModel
from ocrtool.decode.lattice import Lattice, build_lattice
from ocrtool.decode.settings import DecoderSettings, PathWeights
from ocrtool.decode.spaces import space_probabilities
from ocrtool.errors import WeightsRefused
from ocrtool.recognize.cascade import Classifier, Proposals, score_cascade
from ocrtool.script.registry import AUTO, load_script, parse_languages
from ocrtool.script.script import Script
from ocrtool.script.strip_engine import StripEngine, load_strip_engine
from ocrtool.segment.edges import gaps_before
from ocrtool.segment.segmented import SegmentedLine
from ocrtool.weights.store import ANY, open_weights, read_as, read_manifest

#: Number of lines, spread over a page, that are sampled to detect a script that was not asked for.
SAMPLE_LINES = 12


@dataclass(frozen=True, slots=True)
class ScoredLine:
    """A line with its lattice. line: holds the edges that were scored, those of the lattice."""

    line: SegmentedLine
    lattice: Lattice


@dataclass(frozen=True, slots=True)
class Engine:
    """Reads the lines of one script glyph by glyph. sample_lines: number of lines sampled to detect the script; None:
    all; second: reads words of Latin letters and figures in its lines again where their glyphs are in doubt.
    """

    script: Script
    classifier: Classifier
    language_model: LanguageModel
    settings: DecoderSettings
    path_weights: PathWeights
    alphabet: Alphabet
    sample_lines: int | None = SAMPLE_LINES
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


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines of a run. strips: reads the lines that no other engine claims, None if the first of ``others`` does;
    others: read glyph by glyph, in the order of their scripts.
    """

    strips: StripEngine | None
    others: tuple[Engine, ...] = ()

    @property
    def first(self) -> StripEngine | Engine:
        """The engine of the lines that no other claims."""
        return self.others[0] if self.strips is None else self.strips

    def __iter__(self) -> Iterator[StripEngine | Engine]:
        return iter(self.others if self.strips is None else (self.strips, *self.others))


def load_engines(
    language: str = AUTO,
    weights: Path | None = None,
    *,
    model: str = ANY,
    language_model: bool = True,
    threads: int = 1,
) -> Engines:
    """Load the engines of one or more languages.

    Parameters
    ----------
    language : str
        ``auto`` for all languages, a language (``eng``), or several joined by ``+``.
    weights : path, optional
        Folder of your own weights; those that it lacks are taken from the package.
    model : str
        ``any`` for weights for any use, ``research`` for those for non-commercial research only where there are some.
    language_model : bool
        False reads without the language model.
    threads : int
        For each network.

    Returns
    -------
    Engines
        For `ocrtool.pipeline.read_page`. Not to be shared between threads.

    Raises
    ------
    ValueError
        The language or the model is unknown.
    WeightsNotFound, WeightsRefused
        The weights are missing or do not match their manifest.

    Examples
    --------
    >>> from ocrtool.script.engines import load_engines
    >>> [engine.script.name for engine in load_engines("eng+kor")]
    ['Latin', 'Hangul']
    """
    sample = SAMPLE_LINES if language == AUTO else None
    strips, others = None, []
    for each in parse_languages(language):
        script = load_script(each)
        if script.weights.line_reader is not None:
            strips = load_strip_engine(script, weights, language_model, threads, model)
        else:
            engine = load_engine(each, weights, language_model, threads, model)
            others.append(replace(engine, sample_lines=sample))
    second = None if strips is None else replace(strips, guided=False)
    return Engines(strips, tuple(replace(engine, second=second) for engine in others))


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
