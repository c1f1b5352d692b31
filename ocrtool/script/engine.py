"""The networks and fitted weights that a language is read with, and how its lines become lattices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrtool.decode.alphabet import Alphabet, korean_alphabet, latin_alphabet
from ocrtool.decode.beam import Guide
from ocrtool.decode.lattice import Lattice, build_lattice, candidate_lattice
from ocrtool.decode.settings import DecoderSettings, PathWeights
from ocrtool.decode.spaces import space_probabilities
from ocrtool.errors import WeightsRefused
from ocrtool.options import Options
from ocrtool.recognize.score import Classifier, SegmentedLine, score_cascade
from ocrtool.script.hangul.cascade import Proposals, SyllableClassifier, score_hangul_cascade
from ocrtool.segment.edges import gaps_before
from ocrtool.weights.store import open_weights, read_manifest


@dataclass(frozen=True, slots=True)
class ScoredLine:
    """A line whose edges are classified. ``line`` holds the edges that were looked at, the lattice's."""

    line: SegmentedLine
    lattice: Lattice


@dataclass(frozen=True, slots=True)
class _Decoding:
    """What decoding needs, whatever the script."""

    guide: Guide
    settings: DecoderSettings
    path_weights: PathWeights
    alphabet: Alphabet

    def spaces(self, line: SegmentedLine) -> np.ndarray:
        """Probability of a space at each node of a line: (N + 1,) float32."""
        return space_probabilities(gaps_before(line.pieces), np.array(self.settings.space_weights))


@dataclass(frozen=True, slots=True)
class Engine(_Decoding):
    """Reads Latin lines."""

    classifier: Classifier

    def score(self, lines: list[SegmentedLine]) -> list[ScoredLine]:
        """All edges of the lines through the classifier."""
        lines, scores = score_cascade(lines, self.classifier)
        return [ScoredLine(x, build_lattice(x.edges, s, self.spaces(x))) for x, s in zip(lines, scores, strict=True)]


@dataclass(frozen=True, slots=True)
class KoreanEngine(_Decoding):
    """Reads lines of Hangul with what stands among it."""

    classifier: SyllableClassifier

    def score(self, lines: list[SegmentedLine], first: list[Proposals] | None = None) -> list[ScoredLine]:
        """As `Engine.score`. first: what has been looked at already."""
        lines, found = score_hangul_cascade(lines, self.classifier, first)
        return [ScoredLine(x, candidate_lattice(x.edges, c, self.spaces(x))) for x, c in zip(lines, found, strict=True)]


@dataclass(frozen=True, slots=True)
class Engines:
    """Those a run reads with; one of them may be None. all_lines: each line's script is looked at, not a sample's."""

    latin: Engine | None
    korean: KoreanEngine | None
    all_lines: bool = False


def load_engines(options: Options) -> Engines:
    """Open the weights that ``options`` ask for. Raises WeightsNotFound, WeightsRefused."""
    language = options.language
    latin = None if language == "kor" else load_engine(options)
    korean = None if language == "eng" else load_korean_engine(options)
    return Engines(latin, korean, language == "eng+kor")


def load_engine(options: Options) -> Engine:
    """The engine of Latin lines. Raises WeightsNotFound, WeightsRefused."""
    from ocrtool.decode.language_model import LanguageModel, UniformModel
    from ocrtool.script.latin.classifier import LatinClassifier

    classifier = LatinClassifier(open_weights("latin", options.weights), options.threads)
    settings = _settings("decoder_eng", options)
    if not options.language_model:
        return Engine(UniformModel(), settings, settings.unguided, latin_alphabet(), classifier)
    guide = LanguageModel(open_weights("lstm_eng", options.weights))  # one thread: its steps are too short for more
    return Engine(guide, settings, settings.guided, latin_alphabet(), classifier)


def load_korean_engine(options: Options) -> KoreanEngine:
    """The engine of Korean lines. Raises WeightsNotFound, WeightsRefused."""
    from ocrtool.charset import LINE_START, Labels
    from ocrtool.decode.language_model import LanguageModel, UniformModel
    from ocrtool.script.hangul.charset import OTHER
    from ocrtool.script.hangul.classifier import HangulClassifier

    classifier = HangulClassifier(open_weights("hangul", options.weights), options.threads)
    settings = _settings("decoder_kor", options)
    if not options.language_model:
        plain = UniformModel(Labels([LINE_START, " ", OTHER]))
        return KoreanEngine(plain, settings, settings.unguided, korean_alphabet(plain.symbols), classifier)
    guide = LanguageModel(open_weights("lstm_kor", options.weights))
    try:
        alphabet = korean_alphabet(guide.symbols)
    except KeyError as error:
        raise WeightsRefused(f"lstm_kor is not a model of Korean: {error.args[0]}") from error
    return KoreanEngine(guide, settings, settings.guided, alphabet, classifier)


def _settings(name: str, options: Options) -> DecoderSettings:
    manifest = read_manifest(name, options.weights)
    try:
        return DecoderSettings.from_manifest(manifest["parameters"])
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsRefused(f"{name}.json is not a decoder's manifest: {error!r}") from error
