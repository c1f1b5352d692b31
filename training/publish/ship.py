"""Add trained runs to the weights in the repository: ``python -m training.publish.ship RUN... --compiled``.

For each RUN, the output folder of a training, OUT gets NAME.weights.h5 (float16 if the score holds), NAME.json,
NAME.architecture.json and with ``--compiled`` NAME.tflite. All forms are measured on the test part; a form that loses
too much is refused before anything is written. The LSTM of a fusion network must be given before the network itself.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ocrtool.weights.store import Weights, parse_manifest, sha256, verify
from training.command import PATH, data_option, errors_as_messages
from training.emnist.part_scores import COMPILED, part_scores
from training.emnist.trained_weights import find_weights
from training.publish.compile_weights import compile_folder
from training.publish.float16 import store_float16
from training.publish.manifest import write_manifest
from training.report.markdown import has_marks, put_between, table

#: Largest loss of mean class accuracy by numbers of 16 bits, and by the compiled form's integers of 8 bits.
MOST_LOST_FLOAT16, MOST_LOST_INT8 = 0.0005, 0.002
#: Mark in OUT/README.md between which the table of what is shipped stands.
MARK = "emnist"


def ship(run: Path, out: Path, data: Path, compiled: bool) -> dict[str, Any]:
    """Put the weights of ``run`` into ``out``. Returns their manifest.

    Raises OcrToolError, ValueError (also if the compiled form loses too much) and OSError; then ``out`` is unchanged.
    """
    trained = find_weights(run)
    verify(trained.h5_path, trained.manifest.get("h5_sha256"))
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".shipping-") as name:
        staged = Weights(trained.name, Path(name), trained.manifest)
        manifest = _store_h5(trained, staged, data)
        _store_architecture(trained, staged)
        if compiled and manifest["architecture"] in COMPILED:
            manifest = _compile(staged, data)
        for path in sorted(staged.folder.iterdir()):
            path.replace(out / path.name)
    if not manifest["tflite_sha256"]:
        Weights(trained.name, out, {}).tflite_path.unlink(missing_ok=True)  # that of other weights
    return manifest


def _store_h5(trained: Weights, staged: Weights, data: Path) -> dict[str, Any]:
    """Write the staged h5, of 16 bits unless the score falls, and its manifest, which has the scores of that file."""
    # measured there, as what a model needs besides is looked for in the folder above
    shutil.copyfile(trained.h5_path, staged.h5_path)
    full = _measured(staged, data, "float32")
    try:
        store_float16(trained.h5_path, staged.h5_path)
    except ValueError as error:
        print(f"{trained.name} stays float32: {error}")
        return full
    half = _measured(staged, data, "float16")
    lost = full["scores"]["test"]["class_accuracy"] - half["scores"]["test"]["class_accuracy"]
    if lost <= MOST_LOST_FLOAT16:
        return half
    print(f"{trained.name} stays float32: float16 loses {100 * lost:.2f} points")
    shutil.copyfile(trained.h5_path, staged.h5_path)
    write_manifest(staged.folder / f"{staged.name}.json", full)
    return full


def _measured(staged: Weights, data: Path, precision: str) -> dict[str, Any]:
    """The manifest of the staged h5, with its scores, written beside it."""
    path = staged.folder / f"{staged.name}.json"
    scores = {part: figures for part, figures in staged.manifest.get("scores", {}).items() if part != "int8_test"}
    manifest = {**staged.manifest, "h5_precision": precision, "h5_sha256": sha256(staged.h5_path), "tflite_sha256": ""}
    write_manifest(path, manifest)
    scores["test"] = part_scores(Weights(staged.name, staged.folder, manifest), data, compiled=False)
    manifest["scores"] = scores
    write_manifest(path, manifest)
    return manifest


def _store_architecture(trained: Weights, staged: Weights) -> None:
    source = trained.folder / "architecture.json"
    if not source.is_file():
        source = trained.folder / f"{trained.name}.architecture.json"  # weights shipped before
    text = json.dumps(json.loads(source.read_text(encoding="utf-8")), separators=(",", ":"))
    (staged.folder / f"{staged.name}.architecture.json").write_text(text + "\n", encoding="utf-8")


def _compile(staged: Weights, data: Path) -> dict[str, Any]:
    """Add the compiled form and its scores. Raises ValueError if it loses too much."""
    manifest = compile_folder(staged.folder, staged.name)
    scores = part_scores(Weights(staged.name, staged.folder, manifest), data, compiled=True)
    lost = manifest["scores"]["test"]["class_accuracy"] - scores["class_accuracy"]
    if lost > MOST_LOST_INT8:
        raise ValueError(f"{staged.name}: int8 loses {100 * lost:.2f} points of mean class accuracy, over 0.2")
    manifest["scores"]["int8_test"] = scores
    write_manifest(staged.folder / f"{staged.name}.json", manifest)
    return manifest


def shipped_table(folder: Path) -> str:
    """Table of the suite's weights in ``folder``, for its README."""
    rows = []
    for path in sorted(folder.glob("*.weights.h5")):
        weights = Weights(path.name.removesuffix(".weights.h5"), folder, {})
        manifest = parse_manifest(folder / f"{weights.name}.json")
        if "h5_precision" in manifest:
            rows.append([f"`{weights.name}`", f"{manifest.get('parameters_total', 0):,}", *_cells(weights, manifest)])
    return table(("weights", "parameters", "h5", "compiled", "test", "compiled, test", "licence"), rows)


def _cells(weights: Weights, manifest: dict[str, Any]) -> list[str]:
    paths = (weights.h5_path, weights.tflite_path)
    h5, compiled = (f"{path.stat().st_size / 1e6:.1f} MB" if path.is_file() else "–" for path in paths)
    accuracies = [_accuracies(manifest["scores"].get(part)) for part in ("test", "int8_test")]
    return [f"{h5}, {manifest['h5_precision']}", compiled, *accuracies, str(manifest["licence"]).split(". ")[0]]


def _accuracies(scores: dict[str, Any] | None) -> str:
    return f"{scores['accuracy']:.4f} / {scores['class_accuracy']:.4f}" if scores else "–"


@click.command()
@click.argument("runs", nargs=-1, required=True, type=PATH, metavar="RUN...")
@click.option("--out", type=PATH, default=Path("weights/emnist"), show_default=True)
@data_option("EMNIST files, and for fusion gutenberg/")
@click.option("--compiled", is_flag=True, help="Also compile image models to int8.")
def main(runs: Sequence[Path], out: Path, data: Path, compiled: bool) -> None:
    """Add trained RUNs (folders of weights) to OUT in their smallest form, and list them in its README."""
    with errors_as_messages():
        for run in runs:
            manifest = ship(run, out, data, compiled)
            h5, int8 = (_accuracies(manifest["scores"].get(part)) for part in ("test", "int8_test"))
            print(f"{out / manifest['name']}: {manifest['h5_precision']} {h5}, int8 {int8}")
        if has_marks(out / "README.md", MARK):
            put_between(out / "README.md", MARK, shipped_table(out))


if __name__ == "__main__":
    main()
