"""Weights of the decoder: fitted by ``training.decoder.fit_decoder``, stored in a manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar

from ocrtool.decode import ctc_gaps, ctc_words, spaces, text_filter
from ocrtool.weights.store import finite

#: Largest beam: memory and time grow with it, and a thousand hypotheses of a line are all alike.
MOST_HYPOTHESES = 1000
#: Keys of a decoder's manifest for the path weights with and without the language model.
_WITH_LM, _WITHOUT_LM = "guided", "unguided"


@dataclass(frozen=True, slots=True)
class PathWeights:
    """Weights of the path score, a log-linear model.

    Each edge adds ``span ** glyph_power * log p(label)`` (span: pieces covered), less ``reject * log p(reject class)``,
    plus ``character``, plus ``lm`` times the language model's log-probability. Each gap between characters adds
    ``space`` times the log-probability of a space or of none, plus ``word`` if it is a space. Each piece skipped as
    dirt adds ``skip`` plus ``log p(reject class)``. `ocrtool.decode.path_score` computes the score.

    Metadata of a field: step: how far fitting moves the weight at first, about what changes readings; least: lower
    bound of the weight.
    """

    glyph_power: float = field(default=0.7, metadata={"step": 0.25, "least": 0.0})
    reject: float = field(default=0.2, metadata={"step": 0.15})
    character: float = field(default=0.5, metadata={"step": 0.6})
    lm: float = field(default=0.6, metadata={"step": 0.2, "least": 0.0})
    space: float = field(default=1.0, metadata={"step": 0.4})
    word: float = field(default=0.0, metadata={"step": 0.7})
    skip: float = field(default=-6.0, metadata={"step": 2.5})


@dataclass(frozen=True, slots=True)
class CtcWeights:
    """Weights of the score of a CTC reader's line, a log-linear model; `ocrtool.decode.ctc_beam` has the formula.

    lm: of the language model's log-probability; character: added for each character, and word for each space, as each
    costs the language model a few nats; unsure_scale: where the best reading is wrong with this probability or more,
    the language model has its full weight against the ink; power: how fast its weight falls where the ink is surer;
    sign: factor of its weight where the ink shows a sign: which dash or quotation mark a page has, no text tells.
    """

    lm: float = field(default=0.4, metadata={"step": 0.2, "least": 0.0})
    character: float = field(default=2.0, metadata={"step": 0.6})
    word: float = field(default=0.0, metadata={"step": 0.7})
    unsure_scale: float = field(default=0.2, metadata={"step": 0.1, "least": 0.01})
    power: float = field(default=0.5, metadata={"step": 0.25, "least": 0.0})
    sign: float = field(default=0.4, metadata={"step": 0.3, "least": 0.05, "most": 1.0})


@dataclass(frozen=True, slots=True)
class BeamSize:
    """Size of the beam. hypotheses: kept per node; reach: a hypothesis this far (nats) below the best is dropped."""

    hypotheses: int = 8
    reach: float = 12.0


@dataclass(frozen=True, slots=True)
class CtcSettings:
    """All that decoding the lines of a CTC reader needs besides the networks.

    weights: of the score; text_weights: of `ocrtool.decode.text_filter`; gap_weights: of `ocrtool.decode.ctc_gaps`;
    word_weights: of `ocrtool.decode.ctc_words`.
    """

    weights: CtcWeights
    text_weights: tuple[float, ...]
    gap_weights: tuple[float, ...] = ctc_gaps.NEUTRAL
    word_weights: tuple[float, ...] = (0.0, 1.0, 0.0, 0.0, 0.0, 0.0)
    beam: BeamSize = BeamSize()

    @classmethod
    def from_manifest(cls, parameters: Mapping[str, Any]) -> CtcSettings:
        """Read the settings from the ``parameters`` of a manifest.

        Raises LookupError, TypeError, ValueError and other errors if they do not fit. For a block of
        ``ocrtool.weights.store.read_as``.
        """
        settings = cls(
            _weights_of(CtcWeights, parameters["weights"]),
            tuple(map(finite, parameters["text_weights"])),
            tuple(map(finite, parameters["gap_weights"])),
            tuple(map(finite, parameters["word_weights"])),
            BeamSize(int(parameters["beam"]["hypotheses"]), finite(parameters["beam"]["reach"])),
        )
        if len(settings.gap_weights) != len(ctc_gaps.FEATURES):
            raise ValueError(f"{len(settings.gap_weights)} gap_weights for {len(ctc_gaps.FEATURES)} features")
        if len(settings.word_weights) != len(ctc_words.FEATURES):
            raise ValueError(f"{len(settings.word_weights)} word_weights for {len(ctc_words.FEATURES)} features")
        _check(settings.text_weights, settings.beam)
        return settings

    def as_parameters(self) -> dict[str, Any]:
        """Return the ``parameters`` of a manifest, which `from_manifest` reads."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class DecoderSettings:
    """All that decoding needs besides the networks.

    with_lm, without_lm: path weights for reading with and without the language model; space_weights, text_weights: of
    `ocrtool.decode.spaces` and `ocrtool.decode.text_filter`; confidence: calibration points (raw, true), ascending.
    """

    with_lm: PathWeights
    without_lm: PathWeights
    space_weights: tuple[float, ...]
    text_weights: tuple[float, ...]
    confidence: tuple[tuple[float, float], ...] = ((0.0, 0.0), (1.0, 1.0))
    beam: BeamSize = BeamSize()

    @classmethod
    def from_manifest(cls, parameters: Mapping[str, Any]) -> DecoderSettings:
        """Read the settings from the ``parameters`` of a manifest.

        Raises LookupError, TypeError, ValueError and other errors if they do not fit; also if a weight of the path
        score is missing or unknown: with a term that was never fitted the decoder would read worse, and nobody would
        know why. For a block of ``ocrtool.weights.store.read_as``.
        """
        settings = cls(
            _weights_of(PathWeights, parameters[_WITH_LM]),
            _weights_of(PathWeights, parameters[_WITHOUT_LM]),
            tuple(map(finite, parameters["space_weights"])),
            tuple(map(finite, parameters["text_weights"])),
            tuple((finite(a), finite(b)) for a, b in parameters["confidence"]),
            BeamSize(int(parameters["beam"]["hypotheses"]), finite(parameters["beam"]["reach"])),
        )
        if len(settings.space_weights) != len(spaces.FEATURES):
            raise ValueError(f"{len(settings.space_weights)} space_weights for {len(spaces.FEATURES)} features")
        if not settings.confidence:
            raise ValueError("no points of the confidence of words")
        _check(settings.text_weights, settings.beam)
        return settings

    def as_parameters(self) -> dict[str, Any]:
        """Return the ``parameters`` of a manifest, which `from_manifest` reads."""
        values = asdict(self)
        return {_WITH_LM: values.pop("with_lm"), _WITHOUT_LM: values.pop("without_lm"), **values}


def _check(text_weights: Sequence[float], beam: BeamSize) -> None:
    """Raise ValueError for settings that cannot be decoded with."""
    if len(text_weights) != len(text_filter.FEATURES):
        raise ValueError(f"{len(text_weights)} text_weights for {len(text_filter.FEATURES)} features")
    if not 1 <= beam.hypotheses <= MOST_HYPOTHESES or beam.reach <= 0.0:
        raise ValueError(f"a beam of none or more than {MOST_HYPOTHESES} hypotheses, or without reach")


Kind = TypeVar("Kind", PathWeights, CtcWeights)


def _weights_of(kind: type[Kind], values: Mapping[str, Any]) -> Kind:
    names = {f.name for f in fields(kind)}
    if odd := names ^ values.keys():
        raise ValueError(f"missing or unknown weights of the path score: {', '.join(sorted(odd))}")
    return kind(**{name: finite(value) for name, value in values.items()})
