"""Weights of the decoder, fitted by ``training.decoder.fit_decoder`` and kept in a manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class PathWeights:
    """How a path's score is made up.

    Over its edges: ``span ** glyph_power * log p(label)`` (span: pieces covered), less ``reject * log p(bad cut)``,
    plus ``character`` each, plus ``lm`` times the language model's log-probability. Over its nodes: ``space`` times the
    log-probability of space or none, plus ``word`` for each space. ``skip`` for each piece left out as dirt.

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
        """Settings from a manifest's ``parameters``; raises KeyError or TypeError where it does not fit."""
        names = {f.name for f in fields(PathWeights)}
        guided, unguided = (
            PathWeights(**{k: float(v) for k, v in parameters[key].items() if k in names})
            for key in ("guided", "unguided")
        )
        return cls(
            guided,
            unguided,
            tuple(float(w) for w in parameters["space_weights"]),
            tuple(float(w) for w in parameters["text_weights"]),
            tuple((float(a), float(b)) for a, b in parameters["confidence"]),
            BeamSize(int(parameters["beam"]["hypotheses"]), float(parameters["beam"]["reach"])),
        )
