"""The tables of all trained models: what stands in them, what is kept of measuring, what is told of bad folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from emnist_files import unpadded, upright, write_plain

from ocrtool.weights.store import sha256
from training.emnist import compiled_forms
from training.emnist.models_table import main, time_spent
from training.publish.manifest import write_manifest

PAGE = "# Models\n\n<!-- balanced -->\nold\n<!-- /balanced -->\n\nText.\n\n<!-- variants -->\n<!-- /variants -->\n"
RECIPE = {"epochs": 12, "batch": 128, "optimizer": "adam", "rate": None, "smoothing": 0.0, "decay": 0.0, "tau": 0.0}


def manifest_of(
    model: str, split: str, augmented: bool, clean: float, on_augmented: float, **training: Any
) -> dict[str, Any]:
    scores = {"test": clean, "augmented_test": on_augmented}
    return {
        "name": f"emnist_{model}_{split}",
        "architecture": "emnist",
        "parameters": {"model": model, "classes": 47},
        "parameters_total": 484_719,
        "labels": [],
        "input": {},
        "temperature": 1.0,
        "data": {},
        "split": split,
        "scores": {k: {"images": 900, "accuracy": v + 0.01, "class_accuracy": v} for k, v in scores.items()},
        "training": {
            "augmented": augmented,
            "images": 5000,
            "minutes": 9.44,
            "epochs": 12.0,
            "recipe": RECIPE,
            **training,
        },
        "seed": 0,
        "versions": {},
        "licence": "none",
        "h5_sha256": "",
        "tflite_sha256": "",
        "command": "",
    }


def make_run(runs: Path, folder: str, manifest: dict[str, Any], int8: float | None = None) -> None:
    """A run whose weights are no weights; with ``int8`` its compiled form is measured already."""
    run = runs / folder
    run.mkdir(parents=True)
    h5 = run / f"{manifest['name']}.weights.h5"
    h5.write_bytes(folder.encode())
    write_manifest(run / f"{manifest['name']}.json", manifest | {"h5_sha256": sha256(h5)})
    for name in ("architecture", "history"):
        (run / f"{name}.json").write_text("{}")
    if int8 is not None:
        compiled = run / f"{manifest['name']}.tflite"
        compiled.write_bytes(folder.encode())
        facts = {"h5_sha256": sha256(h5), "tflite_sha256": sha256(compiled), "macs": 17_366_912}
        facts["scores"] = {"accuracy": int8 + 0.01, "class_accuracy": int8}
        (run / "compiled.json").write_text(json.dumps(facts))


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    make_run(folder, "vanilla-balanced", manifest_of("vanilla", "balanced", False, 0.86, 0.7), 0.8599)
    make_run(folder, "vanilla-balanced-aug", manifest_of("vanilla", "balanced", True, 0.87, 0.8), 0.8685)
    long = manifest_of("mobilenetv2", "balanced", False, 0.88, 0.75, minutes=59.7, device="NVIDIA H200", epochs=11.98)
    make_run(folder, "mobilenetv2-balanced", long, 0.88)
    own = manifest_of("compact_resnet", "balanced", True, 0.9, 0.85, device="CPU, 2 threads")
    make_run(folder, "compact_resnet-balanced-aug", own, 0.9)
    (folder / "compact_resnet-letters-aug").mkdir()  # still in training
    (folder / "compact_resnet-letters-aug" / "history.json").write_text("{}")
    paths = {
        m: folder / f / f"emnist_{m}_balanced.tflite"
        for m, f in (
            ("vanilla", "vanilla-balanced-aug"),
            ("mobilenetv2", "mobilenetv2-balanced"),
            ("compact_resnet", "compact_resnet-balanced-aug"),
        )
    }
    speeds = {"vanilla": 6000.0, "mobilenetv2": 1500.4, "compact_resnet": 5000.0}
    race = {"files": {m: sha256(path) for m, path in paths.items()}, "images_a_second": speeds}
    (folder / "speed.json").write_text(json.dumps(race))
    (tmp_path / "models.md").write_text(PAGE)
    return folder


def tables(runs: Path, *words: object) -> Result:
    out = runs.parent / "models"
    return CliRunner().invoke(
        main, [str(runs), "--out", str(out), "--data", str(runs.parent / "data"), *map(str, words)]
    )


def test_the_table_the_chart_and_the_lead(runs: Path) -> None:
    result = tables(runs)
    assert result.exit_code == 0, result.output
    page = unpadded((runs.parent / "models.md").read_text())
    assert page.startswith("# Models\n\n<!-- balanced -->\n\nTrained on 5,000 images, tested on 900;")
    assert "old" not in page and page.endswith("Text.\n\n<!-- variants -->\n\nNone yet.\n\n<!-- /variants -->\n")
    rows = [line for line in page.splitlines() if line.startswith("| ")][1:]
    assert rows == [
        "| vanilla | 484,719 | 17.4 | plain | 9.4 min, 12 epochs | 87.00 / 86.00 | 71.00 / 70.00 | 86.99 / 85.99 "
        "| 6,000 (1.20) |",
        "| | | | augmented | 9.4 min, 12 epochs | 88.00 / 87.00 | 81.00 / 80.00 | 87.85 / 86.85 | |",
        "| mobilenetv2 | 484,719 | 17.4 | plain | 60 min (NVIDIA H200), 12 epochs | 89.00 / 88.00 | 76.00 / 75.00 "
        "| 89.00 / 88.00 | 1,500 (0.30) |",
        "| compact_resnet | 484,719 | 17.4 | augmented | 9.4 min, 12 epochs | 91.00 / 90.00 | 86.00 / 85.00 "
        "| 91.00 / 90.00 | 5,000 (1.00) |",
    ]
    assert "Compiling to int8 loses at most 0.15 points (vanilla, augmented)." in page
    assert (
        "*compact_resnet* (augmented): compared with the best of the vanilla CNN and the LeNets (vanilla, augmented) "
        "+3.00 points of mean class accuracy, +3.00 of accuracy; compared with the best of the others (mobilenetv2, "
        "plain) +2.00 points" in page
    )
    chart = runs.parent / "models" / "augmentation.png"
    assert chart.read_bytes().startswith(b"\x89PNG")
    before = (runs.parent / "models.md").read_text(), chart.read_bytes()
    assert tables(runs).exit_code == 0
    assert ((runs.parent / "models.md").read_text(), chart.read_bytes()) == before


def test_runs_of_other_names_are_variants(runs: Path) -> None:
    manifest = manifest_of("vanilla", "balanced", True, 0.85, 0.8, recipe={**RECIPE, "tau": 1.0}, images=4000)
    manifest["parameters"]["dropout"] = 0.3
    make_run(runs, "vanilla-balanced-aug-tau1", manifest)
    make_run(runs, "fusion-balanced", {**manifest, "name": "fusion", "architecture": "fusion"})  # has its own table
    assert tables(runs).exit_code == 0
    page = unpadded((runs.parent / "models.md").read_text())
    assert (
        "| vanilla-balanced-aug-tau1 | balanced | tau 1.0, dropout 0.3 | augmented, 4,000 | 9.4 min, 12 epochs "
        "| 86.00 / 85.00 | 81.00 / 80.00 |" in page
    )
    assert "Trained on 5,000 images" in page
    assert "fusion" not in page


def test_bad_folders_are_reported_in_one_sentence(runs: Path) -> None:
    def fault() -> str:
        result = tables(runs)
        assert result.exit_code == 1 and result.output.count("\n") == 1, result.output
        return result.output

    damaged = runs / "vanilla-balanced" / "emnist_vanilla_balanced.json"
    manifest = json.loads(damaged.read_text())
    damaged.write_text(json.dumps({**manifest, "scores": {}}))
    assert "emnist_vanilla_balanced.json is not the manifest of a trained model" in fault()
    damaged.write_text("{")
    assert "not valid JSON" in fault()
    damaged.write_text(json.dumps(manifest))
    (runs.parent / "models.md").write_text("# Models\n")
    assert "models.md has no place for any table" in fault()
    empty = runs.parent / "empty"
    empty.mkdir()
    assert "empty holds no folder of a trained model" in tables(empty).output


def test_compiled_forms_are_made_and_raced_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    from ocrtool.weights.store import Weights
    from training.models.emnist import build_emnist

    if keras.backend.backend() != "tensorflow":
        pytest.skip("Keras compiles under TensorFlow only")
    images = upright(300)
    images[::3] = images[::3].transpose(0, 2, 1)
    write_plain(tmp_path, "balanced", "test", images, np.arange(300) % 47)
    monkeypatch.setattr(compiled_forms, "ROUND_SECONDS", 0.0)
    sizes = {"filters": [2], "depth": 1, "size": 3, "hidden": 4, "norm": False}
    manifest = manifest_of("tuned", "balanced", False, 0.1, 0.1)
    manifest["parameters"] |= sizes
    manifest["labels"] = list("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt")
    run = tmp_path / "tuned-balanced"
    make_run(tmp_path, run.name, manifest)
    build_emnist("tuned", 47, **sizes).save_weights(run / "emnist_tuned_balanced.weights.h5")
    weights = Weights("emnist_tuned_balanced", run, manifest)
    facts = compiled_forms.compiled_facts(weights, tmp_path)
    assert facts["macs"] == 28 * 28 * 9 * 2 + 14 * 14 * 2 * 4 + 4 * 47
    assert facts["scores"]["images"] == 300
    speeds = compiled_forms.race({"tuned": weights}, tmp_path / "speed.json")
    assert speeds["tuned"] > 0
    monkeypatch.setattr(compiled_forms, "compile_folder", None)  # would fail if it were called again
    monkeypatch.setattr(compiled_forms, "compiled_run", None)
    assert compiled_forms.compiled_facts(weights, tmp_path) == facts
    assert compiled_forms.race({"tuned": weights}, tmp_path / "speed.json") == speeds
    with pytest.raises(TypeError):
        compiled_forms.race({"tuned": weights}, tmp_path / "speed.json", again=True)
    weights.h5_path.write_bytes(b"other")  # trained again
    with pytest.raises(TypeError):
        compiled_forms.compiled_facts(weights, tmp_path)


def test_a_training_that_went_on_tells_all_its_stages() -> None:
    from types import SimpleNamespace

    first = {"minutes": 40.0, "epochs": 16.0}
    run = SimpleNamespace(training={"minutes": 9.5, "epochs": 8.0, "started_from": {"training": first}})
    assert time_spent(run) == "40 min, 16 epochs, then 9.5 min, 8 epochs"
