"""Publishing: the files that reading opens, what a manifest must say, and the registry of architectures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from ocrtool.weights.store import open_weights, packaged_folder, sha256
from training.fit import precision
from training.models.dense import DenseSpec, build_dense
from training.models.emnist import EmnistSpec
from training.models.fusion import FusionSpec
from training.models.glyph import GlyphSpec, build_glyph
from training.publish.architectures import ARCHITECTURES, architecture_of, build, make_spec
from training.publish.manifest import REQUIRED, check, training_command
from training.publish.publish import EXPERIMENT, Card, publish

SPEC = DenseSpec(classes=3, hidden=8)
FACTS = {"input": {}, "data": {}, "split": "", "scores": {}, "seed": 0, "licence": "Apache-2.0."}


def trained() -> keras.Model:
    """A network with numbers that 16 bits round, compiled and fitted a step in bfloat16."""
    with precision(bfloat16=True):
        model = build_dense(SPEC)
    model.compile("adam", "sparse_categorical_crossentropy")
    images = np.random.default_rng(0).uniform(0, 255, (4, 28, 28, 1)).astype(np.float32)
    model.train_on_batch(images, np.array([0, 1, 2, 0]))
    return model


def test_reading_opens_what_is_published(tmp_path: Path) -> None:
    model = trained()
    seen: list[np.ndarray] = []

    def measure(stored: keras.Model) -> dict[str, Any]:
        seen.extend(stored.get_weights())
        return {"scores": {"test": 0.5}, "temperature": 1.3}

    manifest = publish(model, Card("small", SPEC, "abc", FACTS), tmp_path, measure)
    assert {path.name for path in tmp_path.iterdir()} == {"small.json", "small.tflite", "small.weights.h5"}
    weights = open_weights("small", tmp_path)  # hashes are right
    assert weights.manifest == manifest == json.loads((tmp_path / "small.json").read_text())
    assert manifest["labels"] == ["a", "b", "c"] and manifest["temperature"] == 1.3
    assert manifest["scores"] == {"test": 0.5} and manifest["parameters"] == {"classes": 3, "hidden": 8}
    # measured were the numbers that are stored, of 16 bits
    for stored, full in zip(seen, model.get_weights(), strict=True):
        assert np.array_equal(stored, full.astype(np.float16).astype(np.float32))
    again = build(manifest["architecture"], manifest["parameters"])
    again.load_weights(weights.h5_path)
    assert all(np.array_equal(a, b) for a, b in zip(again.get_weights(), seen, strict=True))


def test_an_experiment_keeps_its_numbers_and_its_network(tmp_path: Path) -> None:
    model = trained()
    manifest = publish(model, Card("small", SPEC, "abc", FACTS), tmp_path, form=EXPERIMENT)
    assert manifest["tflite_sha256"] == "" and manifest["h5_sha256"] == sha256(tmp_path / "small.weights.h5")
    network = keras.models.model_from_json((tmp_path / "architecture.json").read_text())
    network.load_weights(tmp_path / "small.weights.h5")
    assert all(np.array_equal(a, b) for a, b in zip(network.get_weights(), model.get_weights(), strict=True))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"licence": None}, "lacks licence"),
        ({"licence": " "}, "states no licence"),
        ({"labels": ["a", "b", "a"]}, "has a label twice"),
        ({"temperature": [1.0, 0.0]}, "temperatures above 0"),
        ({"h5_sha256": "abc"}, "no SHA-256"),
    ],
)
def test_a_faulty_manifest_is_refused(change: dict[str, Any], fault: str) -> None:
    fields = dict.fromkeys(REQUIRED, "") | {"name": "x", "licence": "MIT", "temperature": 1.0, "h5_sha256": "0" * 64}
    check(fields)
    fields |= change
    with pytest.raises(ValueError, match=fault):
        check({key: value for key, value in fields.items() if value is not None})


def test_nothing_is_written_over_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="lacks seed"):
        publish(trained(), Card("s", SPEC, "abc", {k: v for k, v in FACTS.items() if k != "seed"}), tmp_path)
    assert not (tmp_path / "s.json").exists()


def test_every_shipped_manifest_holds_what_is_required() -> None:
    shipped = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(packaged_folder().glob("*.json"))]
    networks = [manifest for manifest in shipped if "h5_sha256" in manifest]
    assert len(networks) >= 5
    for manifest in networks:
        check(manifest)
        architecture, parameters = manifest["architecture"], manifest["parameters"]
        known = json.loads(json.dumps(architecture_of(make_spec(architecture, parameters))))
        assert known[0] == architecture and known[1].items() >= parameters.items()


def test_specs_name_their_architecture() -> None:
    assert architecture_of(GlyphSpec())[0] == "glyph"
    assert architecture_of(EmnistSpec("tuned", 5, {"hidden": 12})) == (
        "emnist",
        {"model": "tuned", "classes": 5, "hidden": 12},
    )
    assert architecture_of(FusionSpec(sizes={"hidden": 3}))[1]["sizes"] == {"hidden": 3}
    with pytest.raises(ValueError, match="int belongs to no architecture"):
        architecture_of(7)
    assert all(name == architecture_of(entry.spec())[0] for name, entry in ARCHITECTURES.items() if name != "emnist")
    assert (
        build("glyph", architecture_of(GlyphSpec(widths=(4, 4, 4)))[1]).count_params()
        < build_glyph(GlyphSpec()).count_params()
    )


def test_the_command_names_the_module_and_no_path_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["train.py", "--data", "/home/me/data", "--out=/home/me/out", "--shards", "/home/me/a b.npz", "--seed", "1"]
    monkeypatch.setattr("sys.argv", words)
    command = training_command()
    assert command.startswith("python -m ") and "/" not in command
    assert command.endswith("--data DATA --out=OUT --shards 'a b.npz' --seed 1")
