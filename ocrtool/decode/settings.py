"""Weights of the decoder, fitted by ``training.decoder.fit_decoder`` and kept in a manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ocrtool.decode import spaces, text_filter
from ocrtool.weights.store import finite


@dataclass(frozen=True, slots=True)
class PathWeights:
    """How a path's score is made up.

    Over its edges: ``span ** glyph_power * log p(label)`` (span: pieces covered), less ``reject * log p(bad cut)``,
    plus ``character`` each, plus ``lm`` times the language model's log-probability. Over the gaps between characters:
    ``space`` times the log-probability of a space or of none, plus ``word`` for each space. ``skip`` plus
    ``log p(bad cut)`` for each piece left out as dirt. Computed by `ocrtool.decode.path_score`.

    step: how far fitting moves a weight at first, about what changes readings; least: it stays at or above this.
    """

    glyph_power: float = field(default=0.7, metadata={"step": 0.25, "least": 0.0})
    reject: float = field(default=0.2, metadata={"step": 0.15})
    character: float = field(default=0.5, metadata={"step": 0.6})
    lm: float = field(default=0.6, metadata={"step": 0.2, "least": 0.0})
    space: float = field(default=1.0, metadata={"step": 0.4})
    word: float = field(default=0.0, metadata={"step": 0.7})
    skip: float = field(default=-6.0, metadata={"step": 2.5})


@dataclass(frozen=True, slots=True)
class BeamSize:
    """hypotheses: kept at each node; reach: nats below the best one at which a hypothesis is dropped."""

    hypotheses: int = 8
    reach: float = 12.0


@dataclass(frozen=True, slots=True)
class DecoderSettings:
    """All that decoding needs besides the networks."""

    guided: PathWeights
    unguided: PathWeights
    space_weights: tuple[float, ...]
    text_weights: tuple[float, ...]
    confidence: tuple[tuple[float, float], ...] = ((0.0, 0.0), (1.0, 1.0))
    beam: BeamSize = BeamSize()

    @classmethod
    def from_manifest(cls, parameters: Mapping[str, Any]) -> DecoderSettings:
        """Settings from a manifest's ``parameters``.

        Raises LookupError, TypeError, ValueError and other errors where it does not fit; also where a weight of the
        path score is missing or unknown: with a term that was never fitted it would read worse, and nobody would know
        why. For a block of ``ocrtool.weights.store.read_as``.
        """
        settings = cls(
            _path_weights(parameters["guided"]),
            _path_weights(parameters["unguided"]),
            tuple(map(finite, parameters["space_weights"])),
            tuple(map(finite, parameters["text_weights"])),
            tuple((finite(a), finite(b)) for a, b in parameters["confidence"]),
            BeamSize(int(parameters["beam"]["hypotheses"]), finite(parameters["beam"]["reach"])),
        )
        for name, weights, features in (
            ("space_weights", settings.space_weights, spaces.FEATURES),
            ("text_weights", settings.text_weights, text_filter.FEATURES),
        ):
            if len(weights) != len(features):
                raise ValueError(f"{len(weights)} {name} for {len(features)} features")
        if not settings.confidence:
            raise ValueError("no points of the confidence of words")
        if settings.beam.hypotheses < 1 or settings.beam.reach <= 0.0:
            raise ValueError("a beam of no hypotheses, or without reach")
        return settings


def _path_weights(values: Mapping[str, Any]) -> PathWeights:
    names = {f.name for f in fields(PathWeights)}
    if odd := names ^ values.keys():
        raise ValueError(f"missing or unknown weights of the path score: {', '.join(sorted(odd))}")
    return PathWeights(**{name: finite(value) for name, value in values.items()})
