"""The architectures that a manifest can name: of each its spec, its builder, and what of it is compiled for reading.

A new model is its module in `training.models` and a line in `ARCHITECTURES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import keras

from training.models.dense import DenseSpec, build_dense
from training.models.emnist import EmnistSpec, build_emnist_spec
from training.models.fusion import FusionSpec, build_fusion
from training.models.glyph import GlyphSpec, build_glyph
from training.models.hangul import HangulSpec, build_hangul
from training.models.line_reader import LineReaderSpec, build_line_reader
from training.models.lstm import LstmSpec, build_sequence_model, build_step_model
from training.models.writer import TutorialSpec, WriterSpec, build_describer, build_tutorial


@dataclass(frozen=True, slots=True)
class Architecture:
    """spec: dataclass of the sizes; build: an untrained model, as the h5 file holds it, of a spec; reading_form: of a
    spec and a model, what is compiled for reading, where that is not the model itself; glyphs_of: the script whose
    glyphs the model classifies, for `training.glyphs.train`.
    """

    spec: type[Any]
    build: Callable[[Any], keras.Model]
    reading_form: Callable[[Any, keras.Model], keras.Model] | None = None
    glyphs_of: str | None = None


ARCHITECTURES: dict[str, Architecture] = {
    "glyph": Architecture(GlyphSpec, build_glyph, glyphs_of="latin"),
    "hangul": Architecture(HangulSpec, build_hangul, glyphs_of="hangul"),
    "line_reader": Architecture(LineReaderSpec, build_line_reader),
    "character_lstm": Architecture(LstmSpec, build_sequence_model, build_step_model),
    "emnist": Architecture(EmnistSpec, build_emnist_spec),
    "fusion": Architecture(FusionSpec, build_fusion),
    "writer": Architecture(WriterSpec, build_describer),
    "writer_tutorial": Architecture(TutorialSpec, build_tutorial),
    "dense": Architecture(DenseSpec, build_dense),
}


def build(architecture: str, parameters: Mapping[str, Any]) -> keras.Model:
    """An untrained model as a manifest describes it. Raises KeyError for an architecture not known."""
    return ARCHITECTURES[architecture].build(make_spec(architecture, parameters))


def build_spec(spec: Any) -> keras.Model:
    """An untrained model of ``spec``. Raises ValueError if the spec is of no architecture here."""
    return ARCHITECTURES[architecture_of(spec)[0]].build(spec)


def glyph_models(script: str) -> list[str]:
    """Names of the architectures that classify the glyphs of ``script``."""
    return [name for name, architecture in ARCHITECTURES.items() if architecture.glyphs_of == script]


def make_spec(architecture: str, parameters: Mapping[str, Any]) -> Any:
    """The spec of a manifest's parameters. Raises KeyError for an architecture not known."""
    plain: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in parameters.items()
    }
    if architecture == "emnist":  # its manifests hold the model's sizes beside its name
        return EmnistSpec(str(plain.pop("model")), int(plain.pop("classes")), plain)
    return ARCHITECTURES[architecture].spec(**plain)


def architecture_of(spec: Any) -> tuple[str, dict[str, Any]]:
    """Architecture and parameters of a spec, as a manifest has them; the reverse of `make_spec`.

    Raises ValueError if the spec is of no architecture here.
    """
    for name, architecture in ARCHITECTURES.items():
        if isinstance(spec, architecture.spec):
            parameters = asdict(spec)
            return name, parameters | parameters.pop("sizes") if name == "emnist" else parameters
    raise ValueError(f"{type(spec).__name__} belongs to no architecture of training.publish.architectures")


def reading_form(architecture: str, parameters: Mapping[str, Any], model: keras.Model) -> keras.Model:
    """What of the trained ``model`` is compiled."""
    form = ARCHITECTURES[architecture].reading_form
    return model if form is None else form(make_spec(architecture, parameters), model)
