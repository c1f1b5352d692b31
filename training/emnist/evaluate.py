"""Measure a classifier on any pair of idx files: ``python -m training.emnist.evaluate WEIGHTS --images F --labels F``.

WEIGHTS is NAME.weights.h5, or the folder that holds it; its manifest NAME.json stands beside it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ocrtool.errors import WeightsRefused
from ocrtool.jobs.machine import cores
from ocrtool.weights.store import open_weights
from training.command import PATH, errors_as_messages
from training.emnist.mapping import SPLITS
from training.emnist.predict import BATCH
from training.emnist.splits import load_pair
from training.emnist.trained_weights import COMPILED, H5, find_weights, run_classifier, with_labels_of
from training.report.write import make_report, write_report

#: Confusions shown as text; the report has more.
SHOWN = 12


@dataclass(frozen=True, slots=True)
class IdxPair:
    """Files of images and labels. split: of the labels, None = the one in the manifest of the weights; upright: whether
    images are stored upright, None = by the name of the file.
    """

    images: Path
    labels: Path
    split: str | None = None
    upright: bool | None = None


def evaluate(path: Path, pair: IdxPair, compiled: bool, folder: Path | None) -> dict[str, Any]:
    """Scores of the weights at ``path`` on a pair of idx files; a whole report in ``folder`` unless that is None.

    Raises OcrToolError, ValueError and OSError, one sentence each.
    """
    weights = find_weights(path, COMPILED if compiled else H5)
    if compiled:
        weights = open_weights(weights.name, weights.folder)  # proves that the files belong together
    split = pair.split or str(weights.manifest.get("split"))
    if split not in SPLITS:
        raise WeightsRefused(f"{weights.name}.json names no split of EMNIST: give the split of the labels with --split")
    transposed = None if pair.upright is None else not pair.upright
    data = with_labels_of(weights, load_pair(pair.images, pair.labels, split, transposed))
    probabilities, rate = run_classifier(weights, data, compiled)
    facts = {
        "weights": weights.name,
        "form": "compiled" if compiled else "h5",
        "split": split,
        "files": [pair.images.name, pair.labels.name],
        "glyphs_a_second": round(rate, 1),
        "batch": BATCH,
        "cores": cores(),
    }
    if folder is None:
        return make_report(data.labels, data.classes, probabilities, facts)
    return write_report(folder, data.images, data.labels, data.classes, probabilities, None, facts)


def as_text(report: dict[str, Any]) -> str:
    """The scores as text: a line each, then the worst classes and the worst confusions."""
    rows = [
        ("weights", f"{report['weights']} ({report['form']})"),
        ("images", f"{report['images']:,} of {sum(1 for c in report['per_class'].values() if c['images'])} classes"),
        ("accuracy", f"{report['accuracy']:.4f}"),
        ("mean class accuracy", f"{report['class_accuracy']:.4f}"),
        ("top-3 accuracy", f"{report['top3']:.4f}"),
        ("loss", f"{report['loss']:.4f}"),
        ("calibration error", f"{report['calibration_error']:.4f}"),
        ("glyphs per second", f"{report['glyphs_a_second']:,.0f} on {report['cores']} cores"),
    ]
    lines = [f"{name:<21}{value}" for name, value in rows]
    seen = {name: row["accuracy"] for name, row in report["per_class"].items() if row["images"]}
    worst = sorted(seen, key=lambda name: seen[name])[:SHOWN]
    lines.append(f"{'worst classes':<21}" + "  ".join(f"{name} {seen[name]:.2f}" for name in worst))
    if report["worst_confusions"]:
        lines += ["", "truth  read as  count  share of the class"]
    for pair in report["worst_confusions"][:SHOWN]:
        lines.append(f"{pair['truth']:>5}  {pair['read']:>7}  {pair['times']:>5}  {pair['share']:>7.1%}")
    return "\n".join(lines)


@click.command()
@click.argument("weights", type=PATH)
@click.option("--images", type=PATH, required=True, help="Images: an idx file, plain or gzip.")
@click.option(
    "--labels",
    type=PATH,
    required=True,
    help="Labels: an idx file; images with label 255 are left out.",
)
@click.option("--split", type=click.Choice(SPLITS), help="Split of the labels (default: the weights' split).")
@click.option("--upright/--transposed", default=None, help="How images are stored (default: by the file's name).")
@click.option("--compiled", is_flag=True, help="Measure the compiled form (int8) instead of the h5 file.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--report", "folder", type=PATH, help="Folder for figures and pictures.")
@errors_as_messages()
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
    report = evaluate(weights, IdxPair(images, labels, split, upright), compiled, folder)
    print(json.dumps(report, ensure_ascii=False, indent=1) if as_json else as_text(report))


if __name__ == "__main__":
    main()
