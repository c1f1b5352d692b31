"""Compile trained weights for reading: ``python -m training.compile_weights FOLDER`` makes FOLDER/NAME.tflite.

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

from ocrtool.models.glyph import GlyphSpec, build_glyph
from training.manifest import sha256, write_manifest

#: Architecture name in a manifest -> its spec and its builder.
ARCHITECTURES: dict[str, tuple[Callable[..., Any], Callable[[Any], keras.Model]]] = {"glyph": (GlyphSpec, build_glyph)}


def build(architecture: str, parameters: Mapping[str, Any]) -> keras.Model:
    """An untrained model as a manifest describes it. Raises KeyError for an architecture not known."""
    spec, builder = ARCHITECTURES[architecture]
    plain = {key: tuple(value) if isinstance(value, list) else value for key, value in parameters.items()}
    return builder(spec(**plain))


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
    model = build(manifest["architecture"], manifest["parameters"])
    model.load_weights(h5)
    compiled = folder / f"{name}.tflite"
    compile_model(model, compiled)
    manifest |= {"h5_sha256": sha256(h5), "tflite_sha256": sha256(compiled)}
    write_manifest(manifest_path, manifest)
    return manifest


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--name", default="latin", show_default=True, help="Which weights in FOLDER.")
def main(folder: Path, name: str) -> None:
    """Make FOLDER/NAME.tflite from FOLDER/NAME.weights.h5 and FOLDER/NAME.json."""
    compile_folder(folder, name)
    print(folder / f"{name}.tflite")


if __name__ == "__main__":
    main()
