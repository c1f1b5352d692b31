"""Compile trained weights for reading: ``python -m training.publish.compile_weights FOLDER``.

Weights become 8-bit integers and activations are quantised at run time (dynamic range quantisation): this is as fast as
full integer arithmetic here, needs no sample data, and a glyph's scores do not depend on the rest of its batch.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import keras

from ocrtool.weights.store import sha256
from training.command import errors_as_messages
from training.publish.architectures import build, reading_form
from training.publish.manifest import write_manifest

#: Keras' backend that compiles.
COMPILER = "tensorflow"


def compile_model(model: keras.Model, path: Path, int8: bool = True) -> None:
    """Write the LiteRT form of ``model`` to ``path``, any number of rows; ``int8``: weights of 8 bits."""
    options: dict[str, Any] = {}
    if int8:
        from tensorflow import lite

        options["optimizations"] = [lite.Optimize.DEFAULT]
    model.export(path, format="litert", verbose=False, **options)


def compile_folder(folder: Path, name: str, int8: bool = True) -> dict[str, Any]:
    """Compile ``name`` in ``folder`` and set the hashes in its manifest. Returns the manifest.

    Only TensorFlow compiles: where Keras runs on another backend, a process of its own does it. Raises
    FileNotFoundError if the manifest or the h5 file is missing, ValueError if that process fails.
    """
    if keras.backend.backend() != COMPILER:
        return _compile_elsewhere(folder, name, int8)
    manifest_path, h5 = folder / f"{name}.json", folder / f"{name}.weights.h5"
    manifest: dict[str, Any] = json.loads(manifest_path.read_text(encoding="utf-8"))
    architecture = manifest["architecture"]
    model = build(architecture, manifest["parameters"])
    model.load_weights(h5)
    compiled = folder / f"{name}.tflite"
    compile_model(reading_form(architecture, manifest["parameters"], model), compiled, int8)
    manifest |= {"h5_sha256": sha256(h5), "tflite_sha256": sha256(compiled)}
    write_manifest(manifest_path, manifest)
    return manifest


def _compile_elsewhere(folder: Path, name: str, int8: bool) -> dict[str, Any]:
    command = [sys.executable, "-m", "training.publish.compile_weights", str(folder), "--name", name]
    done = subprocess.run(
        [*command, *([] if int8 else ["--float32"])],
        env={**os.environ, "KERAS_BACKEND": COMPILER},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ValueError(
            f"{name} could not be compiled: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}"
        )
    manifest: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return manifest


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--name", help="Name of the weights in FOLDER (default: all without a compiled form).")
@click.option("--float32", is_flag=True, help="Keep weights of 32 bits.")
@errors_as_messages()
def main(folder: Path, name: str | None, float32: bool) -> None:
    """Make FOLDER/NAME.tflite from FOLDER/NAME.weights.h5 and FOLDER/NAME.json."""
    names = [path.name.removesuffix(".weights.h5") for path in sorted(folder.glob("*.weights.h5"))]
    for each in [name] if name else [n for n in names if not (folder / f"{n}.tflite").is_file()]:
        compile_folder(folder, each, int8=not float32)
        print(folder / f"{each}.tflite")


if __name__ == "__main__":
    main()
