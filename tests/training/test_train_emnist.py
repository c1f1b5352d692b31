"""``training.emnist.train_emnist``: every model trains, runs can be interrupted, resumed and repeated."""

from __future__ import annotations

import json
from functools import partialmethod
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from emnist_files import DRAWN, drawn_images, write_plain

from training.emnist.augment import STANDARD, Augmentation, augment, augmented_test_set
from training.emnist.batches import ImageBatches
from training.emnist.labelled import LabelledImages, split_validation
from training.emnist.loss import LogitAdjustedCrossEntropy, log_prior
from training.publish.device import device_name

LARGE = ("resnet34", "vgg16", "resnet50v2", "mobilenetv2")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for part, count in (("train", 12), ("test", 3)):
        data = drawn_images(count, seed=count)
        write_plain(folder, "balanced", part, data.images, data.labels)
    return folder


def command(*words: str) -> str:
    from training.emnist.train_emnist import main

    result = CliRunner().invoke(main, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize(
    "name",
    [
        *("vanilla", "lenet5", "lenet5_v2", "lenet5_v2_32", "tuned", "compact_resnet"),
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("resnet_small", *LARGE)),
    ],
)
def test_every_model_trains(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two steps change the weights and leave a finite loss."""
    import keras

    from training.emnist.fit_classifier import FitData, RunOptions, fit_classifier
    from training.emnist.recipes import chosen_recipe
    from training.models.emnist import build_emnist

    if name in LARGE:  # to trace their graphs takes a minute, two steps without one take seconds
        monkeypatch.setattr(keras.Model, "compile", partialmethod(keras.Model.compile, run_eagerly=True))
    kept, held = split_validation(drawn_images(2), 0.2, 0)
    model = build_emnist(name, len(DRAWN))
    before = [w.copy() for w in model.get_layer("logits").get_weights()]
    data = FitData(kept, held, augmented=True)
    run = fit_classifier(model, data, chosen_recipe(name, batch=4, epochs=0.4), RunOptions(tmp_path))
    assert run.steps == 2 and np.isfinite(run.epochs[0]["loss"]) and np.isfinite(run.epochs[0]["val_loss"])
    assert any(np.abs(a - b).max() > 0 for a, b in zip(before, model.get_layer("logits").get_weights(), strict=True))


@pytest.mark.slow
def test_a_training_learns_and_leaves_everything(files: Path, tmp_path: Path) -> None:
    import keras

    from ocrtool.weights.store import sha256

    out = tmp_path / "out"
    words = ["--model", "lenet5", "--data", str(files), "--epochs", "25", "--batch-size", "16", "--rate", "0.005"]
    said = command(*words, "--out", str(out))
    assert "mean class accuracy" in said
    manifest = json.loads((out / "emnist_lenet5_balanced.json").read_text())
    assert manifest["scores"]["test"]["class_accuracy"] > 0.8
    assert manifest["scores"]["test"]["images"] == 3 * len(DRAWN)
    assert manifest["h5_sha256"] == sha256(out / "emnist_lenet5_balanced.weights.h5")
    assert str(tmp_path) not in json.dumps(manifest)
    assert manifest["training"]["device"] == device_name()
    report = json.loads((out / "report" / "report.json").read_text())
    assert report["class_accuracy"] == manifest["scores"]["test"]["class_accuracy"]
    assert {"curves.png", "confusion.png", "worst.png"} <= {p.name for p in (out / "report").iterdir()}
    # as the report says: the network as JSON, then its weights
    model = keras.models.model_from_json((out / "architecture.json").read_text())
    model.load_weights(out / "emnist_lenet5_balanced.weights.h5")
    test = drawn_images(3, seed=3)
    read = model.predict_on_batch(test.images[..., None].astype("float32")).argmax(axis=1)
    hits = [np.mean(read[test.labels == c] == c) for c in range(len(DRAWN))]
    assert np.mean(hits) == pytest.approx(report["class_accuracy"], abs=1e-4)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_run(files: Path, tmp_path: Path) -> None:
    words = ["--model", "lenet5", "--data", str(files), "--epochs", "2", "--batch-size", "16", "--augment"]
    epochs = []
    for name in ("one", "two"):
        command(*words, "--seed", "3", "--out", str(tmp_path / name))
        epochs.append(json.loads((tmp_path / name / "history.json").read_text())["epochs"])
    for first, second in zip(*epochs, strict=True):
        assert first["loss"] == pytest.approx(second["loss"], rel=1e-3)
        assert first["val_class_accuracy"] == pytest.approx(second["val_class_accuracy"], abs=0.003)


@pytest.mark.slow
def test_an_interrupted_run_keeps_its_best_and_goes_on(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["--model", "lenet5", "--data", str(files), "--epochs", "4", "--batch-size", "16", "--rate", "0.005"]
    command(*words, "--out", str(tmp_path / "whole"))
    real = ImageBatches.__getitem__

    def until_the_third_epoch(self: ImageBatches, step: int) -> tuple[np.ndarray, np.ndarray]:
        if step == 2 * self.steps_per_epoch + 1:
            raise KeyboardInterrupt
        return real(self, step)

    with monkeypatch.context() as patch:
        patch.setattr(ImageBatches, "__getitem__", until_the_third_epoch)
        said = command(*words, "--out", str(tmp_path / "broken"))
    assert "interrupted" in said and (tmp_path / "broken" / "emnist_lenet5_balanced.weights.h5").is_file()
    command(*words, "--out", str(tmp_path / "broken"), "--resume")
    whole, broken = (json.loads((tmp_path / n / "history.json").read_text()) for n in ("whole", "broken"))
    assert broken["steps"] == whole["steps"]
    # the third epoch begins where the second ended, optimizer and all: no step is counted or shown twice
    for first, second in zip(whole["epochs"], broken["epochs"], strict=True):
        assert first["loss"] == pytest.approx(second["loss"], rel=2e-3)


@pytest.mark.parametrize(
    "words, expected",
    [
        (["--model", "compact_resnet", "--size", "colour=3"], "compact_resnet has no size colour"),
        (["--model", "vanilla", "--split", "letters"], "letters"),
    ],
)
def test_bad_input_is_reported_in_one_sentence(files: Path, tmp_path: Path, words: list[str], expected: str) -> None:
    from training.emnist.train_emnist import main

    result = CliRunner().invoke(main, [*words, "--data", str(files), "--out", str(tmp_path / "out")])
    assert result.exit_code == 1 and expected in result.output and "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


def test_going_on_from_other_classes_keeps_what_fits(tmp_path: Path) -> None:
    from training.emnist.fit_classifier import copy_matching_layers
    from training.models.emnist import build_emnist

    source = build_emnist("compact_resnet", 47)
    source.save_weights(tmp_path / "s.weights.h5")
    model = build_emnist("compact_resnet", 26)
    kept = model.get_layer("logits").get_weights()
    copy_matching_layers(model, tmp_path / "s.weights.h5", build_emnist("compact_resnet", 47))
    stem, other = model.get_layer("stem_conv").get_weights(), source.get_layer("stem_conv").get_weights()
    assert np.array_equal(stem[0], other[0])
    assert np.array_equal(kept[0], model.get_layer("logits").get_weights()[0])


def test_logit_adjustment_undoes_unequal_classes() -> None:
    labels = np.array([0] * 90 + [1] * 10)
    prior = log_prior(labels, 2, 1.0)
    truth, logits = labels[:, None], np.zeros((100, 2), np.float32)
    plain, adjusted = LogitAdjustedCrossEntropy(np.zeros(2)), LogitAdjustedCrossEntropy(prior)
    assert float(plain(truth, logits)) == pytest.approx(np.log(2), abs=1e-5)
    # equal logits are right if both classes are equally frequent: their loss is the entropy of the class frequencies
    assert float(adjusted(truth, logits)) == pytest.approx(0.325, abs=0.01)
    assert log_prior(labels, 2, 0.0).tolist() == [0.0, 0.0]


def test_augmentation_varies_each_image_and_repeats() -> None:
    images = drawn_images(4).images
    first, second = augmented_test_set(images), augmented_test_set(images)
    assert np.array_equal(first, second) and first.dtype == np.uint8 and first.shape == images.shape
    assert np.mean([np.array_equal(a, b) for a, b in zip(first, images, strict=True)]) < 0.2
    ink = first.sum(axis=(1, 2)) / images.sum(axis=(1, 2))
    assert ink.min() > 0.25 and ink.max() < 2.2  # no character is lost or blotted out
    still = Augmentation(share=0.0, restroked=0.0, noisy=0.0, recontrasted=0.0)
    assert np.array_equal(augment(images, np.random.default_rng(0), still), images)


@pytest.mark.parametrize("part", ["rotation", "shift", "scale", "shear", "elastic"])
def test_each_part_of_the_policy_moves_the_image(part: str) -> None:
    nothing = dict.fromkeys(("rotation", "shift", "scale", "shear", "elastic", "restroked", "noisy", "recontrasted"), 0)
    policy = Augmentation(**(nothing | {"share": 1.0, part: getattr(STANDARD, part)}))
    images = drawn_images(2).images
    moved = augment(images, np.random.default_rng(0), policy)
    assert (np.abs(moved.astype(int) - images).mean(axis=(1, 2)) > 0.3).mean() > 0.9


def test_an_epoch_shows_every_image_once() -> None:
    data = drawn_images(3)
    marked = data.images.copy()
    marked[:, 0, 0] = np.arange(len(data))
    batches = ImageBatches(LabelledImages(marked, data.labels, data.classes), 10, seed=1)
    seen = np.concatenate([batches[i][0][:, 0, 0, 0] for i in range(batches.steps_per_epoch)])
    assert sorted(seen.astype(int)) == list(range(60))
    later = batches[batches.steps_per_epoch][0]
    assert not np.array_equal(later, batches[0][0]) and np.array_equal(later, batches[batches.steps_per_epoch][0])
