"""Compile trained weights for reading: ``python -m training.publish.compile_weights FOLDER`` makes its compiled forms.

The weights become integers of 8 bits, the activations are quantised as they come (dynamic range): as fast as full
integer arithmetic here, needs no sample data, and a glyph's scores do not depend on what else is in its batch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
import keras

from training.models.emnist import EmnistSpec, build_emnist_spec
from training.models.fusion import FusionSpec, build_fusion
from training.models.glyph import GlyphSpec, build_glyph
from training.models.hangul import HangulSpec, build_hangul
from training.models.lstm import LstmSpec, build_sequence_model, build_step_model
from training.models.writer import TutorialSpec, WriterSpec, build_describer, build_tutorial
from training.publish.manifest import sha256, write_manifest

#: Architecture name in a manifest -> its spec, and the builder of the model that the h5 file holds.
ARCHITECTURES: dict[str, tuple[Callable[..., Any], Callable[[Any], keras.Model]]] = {
    "glyph": (GlyphSpec, build_glyph),
    "hangul": (HangulSpec, build_hangul),
    "character_lstm": (LstmSpec, build_sequence_model),
    "emnist": (lambda model, classes, **sizes: EmnistSpec(model, classes, sizes), build_emnist_spec),
    "fusion": (FusionSpec, build_fusion),
    "writer": (WriterSpec, build_describer),
    "writer_tutorial": (TutorialSpec, build_tutorial),
}
#: Architecture name -> what of its model is compiled, where that is not the model itself: spec and model to model.
COMPILED_FORM: dict[str, Callable[[Any, keras.Model], keras.Model]] = {"character_lstm": build_step_model}


def build(architecture: str, parameters: Mapping[str, Any]) -> keras.Model:
    """An untrained model as a manifest describes it. Raises KeyError for an architecture not known."""
    return ARCHITECTURES[architecture][1](make_spec(architecture, parameters))


def make_spec(architecture: str, parameters: Mapping[str, Any]) -> Any:
    """The spec of a manifest's parameters. Raises KeyError for an architecture not known."""
    plain = {key: tuple(value) if isinstance(value, list) else value for key, value in parameters.items()}
    return ARCHITECTURES[architecture][0](**plain)


def compile_model(model: keras.Model, path: Path) -> None:
    """Write the LiteRT form of ``model`` to ``path``, any number of rows."""
    from tensorflow import lite

    model.export(path, format="litert", verbose=False, optimizations=[lite.Optimize.DEFAULT])


def compile_folder(folder: Path, name: str) -> dict[str, Any]:
    """Compile ``name`` in ``folder`` and set the hashes in its manifest. Returns the manifest.

    Raises FileNotFoundError if the manifest or the h5 file is missing.
    """
    manifest_path, h5 = folder / f"{name}.json", folder / f"{name}.weights.h5"
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    architecture = manifest["architecture"]
    model = build(architecture, manifest["parameters"])
    model.load_weights(h5)
    if architecture in COMPILED_FORM:
        model = COMPILED_FORM[architecture](make_spec(architecture, manifest["parameters"]), model)
    compiled = folder / f"{name}.tflite"
    compile_model(model, compiled)
    manifest |= {"h5_sha256": sha256(h5), "tflite_sha256": sha256(compiled)}
    write_manifest(manifest_path, manifest)
    return manifest


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--name", help="Which weights in FOLDER (default: all that lack their compiled form).")
def main(folder: Path, name: str | None) -> None:
    """Make FOLDER/NAME.tflite from FOLDER/NAME.weights.h5 and FOLDER/NAME.json."""
    every = [path.name.removesuffix(".weights.h5") for path in sorted(folder.glob("*.weights.h5"))]
    for each in [name] if name else [n for n in every if not (folder / f"{n}.tflite").is_file()]:
        compile_folder(folder, each)
        print(folder / f"{each}.tflite")


if __name__ == "__main__":
    main()
