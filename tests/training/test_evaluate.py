"""``emnist.evaluate``: exact figures on idx pairs of drawn characters, and one sentence for whatever is wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from emnist_files import write_idx

from ocrtool.weights.store import sha256
from tests.tiny_data import drawn_character
from training.emnist.evaluate import main
from training.publish import architectures, compile_weights
from training.publish.architectures import Architecture

CLASSES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"
PER_CLASS = 4


@dataclass(frozen=True)
class TinySpec:
    classes: int


def build_tiny(spec: TinySpec) -> Any:
    """One dense layer over the pixels: enough to know drawn characters again."""
    import keras
    from keras import layers

    image = keras.Input((28, 28, 1), name="image")
    x = layers.Flatten()(layers.Rescaling(1 / 255)(image))
    return keras.Model(image, layers.Softmax(name="probabilities")(layers.Dense(spec.classes, name="logits")(x)))


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(architectures.ARCHITECTURES, "tiny", Architecture(TinySpec, build_tiny))


def make_weights(folder: Path, classes: str, split: str, **fields: Any) -> Path:
    """Weights that know each character of ``classes`` as `draw` draws it: the nearest is the likeliest."""
    folder.mkdir(parents=True)
    pixels = np.stack([drawn_character(c).ravel() for c in classes]).astype(np.float32) / 255  # (C, 784)
    model = build_tiny(TinySpec(len(classes)))
    model.get_layer("logits").set_weights([pixels.T, -np.sum(pixels**2, axis=1) / 2])
    h5 = folder / "tiny.weights.h5"
    model.save_weights(h5)
    manifest = {
        "name": "tiny",
        "architecture": "tiny",
        "parameters": {"classes": len(classes)},
        "labels": list(classes),
        "input": {},
        "temperature": 1.0,
        "data": "drawn",
        "split": split,
        "scores": {},
        "seed": 0,
        "versions": {},
        "licence": "none",
        "h5_sha256": sha256(h5),
        "tflite_sha256": "",
        "command": "",
    }
    (folder / "tiny.json").write_text(json.dumps(manifest | fields))
    return h5


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_weights(tmp_path_factory.mktemp("weights") / "tiny", CLASSES, "balanced")


def write_pair(
    folder: Path, labels: list[int], characters: str, transposed: bool = True, suffix: str = ""
) -> dict[str, Path]:
    """An idx pair as the official files are, in ``folder``."""
    images = np.stack([drawn_character(c) for c in characters])
    images = images.transpose(0, 2, 1) if transposed else images
    return {
        "images": write_idx(folder / f"emnist-x-test-images-idx3-ubyte{suffix}", images),
        "labels": write_idx(folder / f"emnist-x-test-labels-idx1-ubyte{suffix}", np.array(labels)),
    }


@pytest.fixture
def pair(tmp_path: Path) -> dict[str, Path]:
    """Every class a few times; two Os are called 0, and one image has no label: 186 of 188 are right."""
    labels = [i for i in range(len(CLASSES)) for _ in range(PER_CLASS)]
    characters = [CLASSES[i] for i in labels]
    characters[0] = characters[1] = "O"
    return write_pair(tmp_path, [*labels, 255], "".join([*characters, "?"]))


def evaluate(weights: Path, pair: dict[str, Path], *options: object) -> Result:
    files = [argument for name, path in pair.items() for argument in (f"--{name}", str(path))]
    return CliRunner().invoke(main, [str(weights), *files, *map(str, options)])


def figures(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def sentence(result: Result) -> str:
    """The one sentence of a failure."""
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_figures_are_exact(weights: Path, pair: dict[str, Path]) -> None:
    report = figures(evaluate(weights, pair, "--json"))
    assert report["images"] == len(CLASSES) * PER_CLASS  # the one without label is left out
    assert report["accuracy"] == round(186 / 188, 5)
    assert report["class_accuracy"] == round(46.5 / 47, 5)
    assert report["worst_confusions"] == [{"truth": "0", "read": "O", "times": 2, "share": 0.5}]
    assert report["glyphs_a_second"] > 0
    assert (report["weights"], report["form"], report["split"]) == ("tiny", "h5", "balanced")
    assert evaluate(weights.parent, pair, "--json").exit_code == 0  # the folder will do


def test_scores_as_text(weights: Path, pair: dict[str, Path]) -> None:
    result = evaluate(weights, pair)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:3] == [
        "weights              tiny (h5)",
        "images               188 of 47 classes",
        "accuracy             0.9894",
    ]
    assert "    0        O      2    50.0%" in result.stdout


def test_checkpoints_in_the_folder_do_not_count(weights: Path, pair: dict[str, Path]) -> None:
    (weights.parent / "best.weights.h5").write_bytes(b"a checkpoint, without a manifest")
    assert "accuracy" in evaluate(weights.parent, pair).output


def test_report_folder(weights: Path, pair: dict[str, Path], tmp_path: Path) -> None:
    report = figures(evaluate(weights, pair, "--json", "--report", tmp_path / "report"))
    assert json.loads((tmp_path / "report" / "report.json").read_text()) == report
    names = {path.name for path in (tmp_path / "report").iterdir()}
    assert names == {"report.json", "confusion.csv", "confusion.png", "worst.png", "errors-confident.png"}


def test_images_that_are_upright(weights: Path, tmp_path: Path) -> None:
    upright = write_pair(tmp_path, list(range(47)), CLASSES, transposed=False, suffix=".gz")
    assert figures(evaluate(weights, upright, "--json"))["accuracy"] < 0.6
    assert figures(evaluate(weights, upright, "--json", "--upright"))["accuracy"] == 1.0


def test_letters_count_from_one(weights: Path, tmp_path: Path) -> None:
    letters = CLASSES[10:36]
    known = make_weights(tmp_path / "letters", letters, "letters")
    pair = write_pair(tmp_path, list(range(1, 27)), letters)
    assert figures(evaluate(known, pair, "--json"))["accuracy"] == 1.0
    assert "has 47 classes" in sentence(evaluate(weights, pair, "--split", "letters"))
    write_idx(pair["labels"], np.arange(26))
    assert "label 0 of image 1 is outside" in sentence(evaluate(known, pair))


def test_digits_on_weights_that_know_more(weights: Path, tmp_path: Path) -> None:
    report = figures(
        evaluate(weights, write_pair(tmp_path, list(range(10)), CLASSES[:10]), "--json", "--split", "mnist")
    )
    assert (report["accuracy"], report["per_class"]["A"]["images"]) == (1.0, 0)


def test_temperature_changes_certainty_alone(weights: Path, pair: dict[str, Path], tmp_path: Path) -> None:
    warm = make_weights(tmp_path / "warm", CLASSES, "balanced", temperature=20.0)
    cold, tempered = (figures(evaluate(each, pair, "--json")) for each in (weights, warm))
    assert cold["accuracy"] == tempered["accuracy"]
    assert tempered["calibration_error"] > cold["calibration_error"] + 0.2


def test_compiled_form(weights: Path, pair: dict[str, Path], tmp_path: Path) -> None:
    own_weights = make_weights(tmp_path / "mine", CLASSES, "balanced")
    assert "run python -m training.publish.compile_weights" in sentence(evaluate(own_weights, pair, "--compiled"))
    import keras

    if keras.backend.backend() != "tensorflow":
        pytest.skip("Keras compiles under TensorFlow only")
    compile_weights.compile_folder(own_weights.parent, "tiny")
    report = figures(evaluate(own_weights, pair, "--compiled", "--json"))
    assert report["form"] == "compiled"
    assert report["accuracy"] == round(186 / 188, 5)
    own_weights.unlink()
    assert figures(evaluate(own_weights.parent, pair, "--compiled", "--json"))["accuracy"] == round(186 / 188, 5)
    (own_weights.parent / "tiny.tflite").write_bytes(b"other")
    assert "does not match its manifest" in sentence(evaluate(own_weights.parent, pair, "--compiled"))


def test_wrong_pairs(weights: Path, pair: dict[str, Path], tmp_path: Path) -> None:
    swapped = {"images": pair["labels"], "labels": pair["images"]}
    assert "swapped" in sentence(evaluate(weights, swapped))
    fewer = pair | {"labels": write_idx(tmp_path / "few", np.arange(5))}
    assert "189 images" in sentence(evaluate(weights, fewer))
    small = pair | {"images": write_idx(tmp_path / "small", np.zeros((189, 14, 14)))}
    assert "28 × 28" in sentence(evaluate(weights, small))
    beyond = pair | {"labels": write_idx(tmp_path / "beyond", np.full(189, 47))}
    assert "label 47 of image 1 is outside" in sentence(evaluate(weights, beyond))
    none = pair | {"labels": write_idx(tmp_path / "none", np.full(189, 255))}
    assert "no image has a label" in sentence(evaluate(weights, none))
    assert "no such file" in sentence(evaluate(weights, pair | {"images": tmp_path / "gone"}))


def test_wrong_weights(weights: Path, pair: dict[str, Path], tmp_path: Path) -> None:
    assert "no such file or folder" in sentence(evaluate(tmp_path / "gone", pair))
    assert "not a weight file" in sentence(evaluate(pair["images"], pair))
    assert "holds no NAME.weights.h5" in sentence(evaluate(tmp_path, pair))
    alone = tmp_path / "alone.weights.h5"
    alone.write_bytes(weights.read_bytes())
    assert "alone.json must stand beside it" in sentence(evaluate(alone, pair))
    (tmp_path / "b.weights.h5").write_bytes(b"")
    assert "several weights, name one: alone.weights.h5, b.weights.h5" in sentence(evaluate(tmp_path, pair))
    (tmp_path / "alone.json").write_text("{")
    assert "not valid JSON" in sentence(evaluate(alone, pair))
    manifest = json.loads((weights.parent / "tiny.json").read_text())
    for change, word in (
        ({"h5_sha256": "0"}, "does not match its manifest"),
        ({"architecture": "huge"}, "describes no model that can be built: missing or unknown 'huge'"),
        ({"parameters": {"width": 3}}, "describes no model that can be built"),
        ({"parameters": {"classes": 46}}, "does not fit the model"),
        ({"labels": list("abc")}, "has 3 classes"),
        ({"split": "own"}, "with --split"),
    ):
        (tmp_path / "alone.json").write_text(json.dumps(manifest | change))
        assert word in sentence(evaluate(alone, pair))


def test_weights_for_more_than_an_image(pair: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def build_two(spec: TinySpec) -> Any:
        import keras
        from keras import layers

        image, context = keras.Input((28, 28, 1), name="image"), keras.Input((47,), name="context")
        x = layers.Concatenate()([layers.Flatten()(image), context])
        return keras.Model([image, context], layers.Dense(spec.classes)(x))

    monkeypatch.setitem(architectures.ARCHITECTURES, "tiny", Architecture(TinySpec, build_two))
    path = make_weights(tmp_path / "w", CLASSES, "balanced")
    build_two(TinySpec(47)).save_weights(path)
    manifest = json.loads((path.parent / "tiny.json").read_text())
    (path.parent / "tiny.json").write_text(json.dumps(manifest | {"h5_sha256": sha256(path)}))
    assert "takes 28 × 28 × 1 and 47, not one image" in sentence(evaluate(path, pair))


def test_wrong_usage(weights: Path, pair: dict[str, Path]) -> None:
    assert evaluate(weights, {"images": pair["images"]}).exit_code == 2
    assert evaluate(weights, pair, "--split", "greek").exit_code == 2
