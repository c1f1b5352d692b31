"""Shipping trained runs: small files whose score holds, one manifest for them, nothing there that lost too much."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result
from emnist_files import unpadded, write_plain

from ocrtool.cli import main as cli
from ocrtool.errors import WeightsRefused
from ocrtool.weights.store import Weights, open_weights, sha256
from tests.tiny_data import drawn_character
from training.emnist import part_scores
from training.publish import ship
from training.publish.manifest import write_manifest
from training.report.markdown import put_between, table

CLASSES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"
NAME = "emnist_tuned_balanced"
#: Sizes of a network that costs nothing.
SIZES = {"filters": (4,), "depth": 1, "size": 1, "hidden": 784, "norm": False}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the test part of balanced: every class drawn six times."""
    folder = tmp_path_factory.mktemp("data")
    write_plain(folder, "balanced", "test", np.stack([drawn_character(c) for c in 6 * CLASSES]), np.arange(282) % 47)
    return folder


def make_run(folder: Path, name: str = NAME, scale: float = 1.0, **fields: Any) -> Path:
    """A run whose network knows each class as `drawn_character` draws it: its logits compare pooled pixels."""
    from training.models.emnist import build_emnist

    folder.mkdir(parents=True)
    model = build_emnist("tuned", 47, **SIZES)
    pooled = [cv2.dilate(drawn_character(c), np.ones((2, 2)), anchor=(0, 0))[::2, ::2].ravel() / 255 for c in CLASSES]
    kernel, bias = model.get_layer("stage0_0_conv").get_weights()
    model.get_layer("stage0_0_conv").set_weights([np.ones_like(kernel), bias])
    model.get_layer("hidden").set_weights([np.eye(784, dtype=np.float32), np.zeros(784, np.float32)])
    rows = np.repeat(pooled, 4, axis=1).astype(np.float32)  # (47, 784): each pixel in all four channels
    model.get_layer("logits").set_weights([scale * rows.T, -scale * np.sum(rows**2, axis=1) / 2])
    h5 = folder / f"{name}.weights.h5"
    model.save_weights(h5)
    (folder / "architecture.json").write_text(model.to_json(indent=1))
    (folder / "best.weights.h5").write_bytes(b"a checkpoint, such as a training leaves")
    manifest = {
        "name": name,
        "purpose": "single characters, EMNIST balanced",
        "architecture": "emnist",
        "parameters": {"model": "tuned", "classes": 47, **SIZES},
        "parameters_total": model.count_params(),
        "labels": list(CLASSES),
        "input": {},
        "temperature": 1.0,
        "data": {},
        "split": "balanced",
        "scores": {"test": {"accuracy": 0.1, "class_accuracy": 0.1}, "augmented_test": {"accuracy": 0.2}},
        "seed": 0,
        "versions": {},
        "licence": "Apache-2.0. Trained on drawn characters.",
        "h5_sha256": sha256(h5),
        "tflite_sha256": "",
        "command": "python -m training.emnist.train_emnist",
    }
    write_manifest(folder / f"{name}.json", manifest | fields)
    return folder


def shipped(*words: object) -> Result:
    return CliRunner().invoke(ship.main, [str(word) for word in words])


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return make_run(tmp_path / "runs" / "tuned-balanced")


def test_a_run_is_shipped_small_and_compiled(
    run: Path, data: Path, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    import keras

    if keras.backend.backend() != "tensorflow":
        pytest.skip("Keras compiles under TensorFlow only")
    out = tmp_path / "weights"
    out.mkdir()
    (out / "README.md").write_text("# Weights\n\n<!-- emnist -->\n<!-- /emnist -->\n\nThe rest.\n")
    result = shipped(run, "--out", out, "--data", data, "--compiled")
    assert result.exit_code == 0, result.output
    assert f"{NAME}: float16 1.0000 / 1.0000, int8 1.0000 / 1.0000" in result.output
    names = {f"{NAME}{end}" for end in (".weights.h5", ".json", ".architecture.json", ".tflite")}
    assert {path.name for path in out.iterdir()} == {*names, "README.md"}
    weights = open_weights(NAME, out)  # hashes are right
    assert weights.h5_path.stat().st_size < 0.6 * (run / f"{NAME}.weights.h5").stat().st_size
    assert weights.manifest["h5_precision"] == "float16"
    scores = weights.manifest["scores"]
    assert list(scores) == ["test", "augmented_test", "int8_test"]
    assert {scores[part]["class_accuracy"] for part in ("test", "int8_test")} == {1.0}
    # as anyone would load them
    model = keras.models.model_from_json((out / f"{NAME}.architecture.json").read_text())
    model.load_weights(weights.h5_path)
    image = drawn_character("Q")[None, ..., None].astype(np.float32)
    assert model.predict_on_batch(image).argmax() == CLASSES.index("Q")
    readme = unpadded((out / "README.md").read_text())
    assert f"| `{NAME}` | " in readme and "1.0000 / 1.0000 | 1.0000 / 1.0000 | Apache-2.0 |" in readme
    assert readme.startswith("# Weights\n\n<!-- emnist -->\n") and readme.endswith("<!-- /emnist -->\n\nThe rest.\n")
    assert cli.run(["models", "--weights", str(out)]) == 0
    rows = [line.split()[0] for line in capfd.readouterr().out.splitlines() if "emnist" in line.split()[0]]
    assert rows.count(NAME) == 1
    assert shipped(out / f"{NAME}.weights.h5", "--out", out, "--data", data).exit_code == 0  # once more, not compiled
    assert not weights.tflite_path.exists()
    assert "int8_test" not in json.loads((out / f"{NAME}.json").read_text())["scores"]


def test_what_float16_cannot_hold_stays_float32(data: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", scale=1e5)
    result = shipped(run, "--out", tmp_path / "out", "--data", data)
    assert result.exit_code == 0, result.output
    assert "stays float32" in result.output and "numbers that float16 cannot hold" in result.output
    manifest = json.loads((tmp_path / "out" / f"{NAME}.json").read_text())
    assert manifest["h5_precision"] == "float32"
    assert (
        manifest["h5_sha256"] == sha256(run / f"{NAME}.weights.h5") == sha256(tmp_path / "out" / f"{NAME}.weights.h5")
    )


def test_a_score_that_falls_keeps_float32(run: Path, data: Path, tmp_path: Path, monkeypatch: Any) -> None:
    def falls(weights: Weights, folder: Path, compiled: bool) -> dict[str, Any]:
        lost = 0.0006 if weights.manifest.get("h5_precision") == "float16" else 0.0
        return {"accuracy": 0.9, "class_accuracy": 0.9 - lost}

    monkeypatch.setitem(part_scores.SCORERS, "emnist", falls)
    result = shipped(run, "--out", tmp_path / "out", "--data", data)
    assert "stays float32: float16 loses 0.06 points" in result.output
    assert json.loads((tmp_path / "out" / f"{NAME}.json").read_text())["scores"]["test"]["class_accuracy"] == 0.9


def test_a_compiled_form_that_loses_too_much_is_refused(
    run: Path, data: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    def compile_nothing(folder: Path, name: str) -> dict[str, Any]:
        (folder / f"{name}.tflite").write_bytes(b"compiled")
        return json.loads((folder / f"{name}.json").read_text())

    monkeypatch.setattr(ship, "compile_folder", compile_nothing)
    scores = {False: 0.9, True: 0.8979}
    monkeypatch.setitem(
        part_scores.SCORERS,
        "emnist",
        lambda w, d, compiled: dict.fromkeys(("accuracy", "class_accuracy"), scores[compiled]),
    )
    result = shipped(run, "--out", tmp_path / "out", "--data", data, "--compiled")
    assert result.exit_code == 1
    assert result.output.strip() == f"Error: {NAME}: int8 loses 0.21 points of mean class accuracy, over 0.2"
    assert not list((tmp_path / "out").iterdir())
    scores[True] = 0.8981
    assert shipped(run, "--out", tmp_path / "out", "--data", data, "--compiled").exit_code == 0


def test_bad_runs_are_reported_in_one_sentence(run: Path, data: Path, tmp_path: Path) -> None:
    def fault(folder: Path, data: Path = data) -> str:
        result = shipped(folder, "--out", tmp_path / "out", "--data", data)
        assert result.exit_code == 1 and result.output.count("\n") == 1, result.output
        return result.output

    assert "holds no NAME.weights.h5" in fault(tmp_path)
    assert "no such folder" in fault(run, tmp_path / "nowhere")
    assert "is no model of the suite: its architecture is glyph" in fault(
        make_run(tmp_path / "glyph", architecture="glyph")
    )
    (run / f"{NAME}.weights.h5").write_bytes(b"other")
    assert "does not match its manifest" in fault(run)
    bare = make_run(tmp_path / "bare")
    (bare / "architecture.json").unlink()
    assert f"{NAME}.architecture.json: no such file" in fault(bare)
    assert not list((tmp_path / "out").iterdir())
    assert CliRunner().invoke(ship.main, []).exit_code == 2


def test_marks_and_tables(tmp_path: Path) -> None:
    assert table(("a", "n"), [["x|y", "1"]], {"n"}) == "| a    |   n |\n|:-----|----:|\n| x\\|y |   1 |\n"
    with pytest.raises(ValueError, match="needs 2 cells"):
        table(("a", "n"), [["x"]])
    page = tmp_path / "page.md"
    page.write_text("<!-- /x --> then <!-- x -->")
    with pytest.raises(ValueError, match=r"page\.md has no place for it: a line <!-- x -->"):
        put_between(page, "x", "new")


def test_scores_need_a_model_of_the_suite(tmp_path: Path) -> None:
    with pytest.raises(WeightsRefused, match="latin is no model of the suite"):
        part_scores.part_scores(Weights("latin", tmp_path, {"architecture": "glyph"}), tmp_path, compiled=False)
