"""Measure a classifier on any pair of idx files: ``python -m training.emnist.evaluate WEIGHTS --images F --labels F``.

WEIGHTS is NAME.weights.h5, or the folder that holds it; its manifest NAME.json stands beside it.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from ocrtool.errors import OcrToolError, WeightsNotFound, WeightsRefused, reason
from ocrtool.weights.store import Weights, open_weights, read_manifest, verify
from training.emnist.mapping import SPLITS
from training.emnist.predict import BATCH, check_inputs, compiled_run, cores, keras_run, predict, tempered
from training.emnist.splits import LabelledImages, load_pair
from training.report.write import make_report, write_report

if TYPE_CHECKING:
    import keras

#: What the name of a weight file ends with.
H5, COMPILED = ".weights.h5", ".tflite"
#: Confusions shown as text; the report has more.
SHOWN = 12


def find_weights(path: Path, suffix: str = H5) -> Weights:
    """The weights that ``path`` means: the file itself, or the only one in a folder that ends with ``suffix``.

    Where some have a manifest, those without one, such as the checkpoints of a training, do not count. Nothing is
    verified yet. Raises WeightsNotFound and WeightsRefused, one sentence each.
    """
    if path.is_dir():
        every = sorted(path.glob("*" + suffix))
        found = [one for one in every if (path / f"{one.name.removesuffix(suffix)}.json").is_file()] or every
        if len(found) != 1:
            names = ", ".join(one.name for one in found)
            raise WeightsNotFound(
                f"{path} holds several weights, name one: {names}" if found else f"{path} holds no NAME{suffix}"
            )
        folder, name = path, found[0].name.removesuffix(suffix)
    elif not path.is_file():
        raise WeightsNotFound(f"no such file or folder: {path}")
    elif not path.name.endswith(H5):
        raise WeightsRefused(f"{path} is not a weight file: its name must end with {H5}")
    else:
        folder, name = path.parent, path.name.removesuffix(H5)
    if not (folder / f"{name}.json").is_file():
        raise WeightsNotFound(f"{folder / name}{suffix} has no manifest: {name}.json must stand beside it")
    return Weights(name, folder, read_manifest(name, folder))


def open_model(weights: Weights) -> keras.Model:
    """The model of a manifest with the weights of its h5 file. Raises WeightsRefused."""
    from training.publish.compile_weights import build

    manifest = weights.manifest
    verify(weights.h5_path, manifest.get("h5_sha256"))
    try:
        model = build(manifest["architecture"], manifest["parameters"])
    except (KeyError, TypeError, ValueError) as error:
        fault = f"missing or unknown {error}" if isinstance(error, KeyError) else str(error)
        raise WeightsRefused(f"{weights.name}.json describes no model that can be built: {fault}") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras warns of each layer before it raises
            model.load_weights(weights.h5_path)
    except (KeyError, OSError, ValueError) as error:
        raise WeightsRefused(f"{weights.h5_path} does not fit the model that its manifest describes") from error
    return model


def fitting(data: LabelledImages, weights: Weights) -> LabelledImages:
    """``data`` with its labels counted among the classes of ``weights``: the same ones, or digits among others.

    Raises WeightsRefused where a class of the one means something else in the other.
    """
    known = tuple(weights.manifest.get("labels", ()))
    if set(data.classes) != set(known) and not (set(data.classes) <= set(known) and "".join(data.classes).isdigit()):
        raise WeightsRefused(
            f"{weights.name} tells {len(known)} classes ({_some(known)}), "
            f"the labels are of {len(data.classes)} others ({_some(data.classes)}): see --split"
        )
    places = np.array([known.index(name) for name in data.classes], np.int64)
    return LabelledImages(data.images, places[data.labels], known)


def _some(names: Sequence[str]) -> str:
    return " ".join(names) if len(names) <= 4 else f"{names[0]} {names[1]} … {names[-1]}"


def score(weights: Weights, data: LabelledImages, compiled: bool) -> tuple[np.ndarray, float]:
    """Probabilities (N, C) of ``data`` as the weights' temperature makes them, and images done a second.

    Raises WeightsRefused for weights that do not take such images.
    """
    shape = data.images.shape[1:]
    if compiled:
        run = compiled_run(weights, shape)
    else:
        model = open_model(weights)
        check_inputs(weights.name, [tuple(one.shape[1:]) for one in model.inputs], shape)
        run = keras_run(model)
    probabilities, rate = predict(run, data.images)
    if probabilities.ndim != 2 or probabilities.shape[1] != len(data.classes):
        raise WeightsRefused(f"{weights.name} gives {probabilities.shape[1:]} scores for {len(data.classes)} classes")
    return tempered(probabilities, float(weights.manifest.get("temperature", 1.0))), rate


def evaluate(
    path: Path, images: Path, labels: Path, split: str | None, upright: bool | None, compiled: bool, folder: Path | None
) -> dict[str, Any]:
    """Figures of the weights at ``path`` on a pair of idx files; a whole report in ``folder`` unless that is None.

    split: that of the labels, None = the one of the manifest; upright: None = what the file's name tells. Raises
    OcrToolError, ValueError and OSError, one sentence each.
    """
    weights = find_weights(path, COMPILED if compiled else H5)
    if compiled:
        weights = open_weights(weights.name, weights.folder)  # proves that the files belong together
    split = split or str(weights.manifest.get("split"))
    if split not in SPLITS:
        raise WeightsRefused(f"{weights.name}.json names none of EMNIST's splits: say with --split what the labels are")
    data = fitting(load_pair(images, labels, split, None if upright is None else not upright), weights)
    probabilities, rate = score(weights, data, compiled)
    facts = {
        "weights": weights.name,
        "form": "compiled" if compiled else "h5",
        "split": split,
        "files": [images.name, labels.name],
        "glyphs_a_second": round(rate, 1),
        "batch": BATCH,
        "cores": cores(),
    }
    if folder is None:
        return make_report(data.labels, data.classes, probabilities, facts)
    return write_report(folder, data.images, data.labels, data.classes, probabilities, None, facts)


def as_text(report: dict[str, Any]) -> str:
    """The figures for people: a line each, then the classes read worst and the worst confusions."""
    rows = [
        ("weights", f"{report['weights']} ({report['form']})"),
        ("images", f"{report['images']:,} of {sum(1 for c in report['per_class'].values() if c['images'])} classes"),
        ("accuracy", f"{report['accuracy']:.4f}"),
        ("mean of classes", f"{report['class_accuracy']:.4f}"),
        ("among first three", f"{report['top3']:.4f}"),
        ("loss", f"{report['loss']:.4f}"),
        ("calibration error", f"{report['calibration_error']:.4f}"),
        ("glyphs a second", f"{report['glyphs_a_second']:,.0f} on {report['cores']} cores"),
    ]
    lines = [f"{name:<20}{value}" for name, value in rows]
    seen = {name: one["accuracy"] for name, one in report["per_class"].items() if one["images"]}
    worst = sorted(seen, key=lambda name: seen[name])[:SHOWN]
    lines.append(f"{'worst classes':<20}" + "  ".join(f"{name} {seen[name]:.2f}" for name in worst))
    if report["worst_confusions"]:
        lines += ["", "truth  read as  times  share of the class"]
    for one in report["worst_confusions"][:SHOWN]:
        lines.append(f"{one['truth']:>5}  {one['read']:>7}  {one['times']:>5}  {one['share']:>7.1%}")
    return "\n".join(lines)


@click.command()
@click.argument("weights", type=click.Path(path_type=Path))
@click.option("--images", type=click.Path(path_type=Path), required=True, help="Images: an idx file, .gz or not.")
@click.option("--labels", type=click.Path(path_type=Path), required=True, help="Their labels; 255: left out.")
@click.option("--split", type=click.Choice(SPLITS), help="What the labels count (default: the weights' split).")
@click.option("--upright/--transposed", default=None, help="How the images lie (default: told from the file's name).")
@click.option("--compiled", is_flag=True, help="Measure the compiled form (int8) instead of the h5 file.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--report", "folder", type=click.Path(path_type=Path), help="Folder for figures and pictures.")
def main(
    weights: Path,
    images: Path,
    labels: Path,
    split: str | None,
    upright: bool | None,
    compiled: bool,
    as_json: bool,
    folder: Path | None,
) -> None:
    """Measure WEIGHTS, an h5 file or its folder, on images and labels.

    Exit code: 0 measured, 1 a file is missing or wrong (one sentence on standard error), 2 wrong usage.
    """
    try:
        report = evaluate(weights, images, labels, split, upright, compiled, folder)
    except OSError as error:
        fault = f"{error.filename}: {reason(error)}" if error.filename else str(error)
        raise click.ClickException(fault) from error
    except (OcrToolError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    print(json.dumps(report, ensure_ascii=False, indent=1) if as_json else as_text(report))


if __name__ == "__main__":
    main()
