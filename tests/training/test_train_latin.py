"""A tiny fit of the glyph classifier, its export, and that the compiled form says the same as the network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrtool.charset import LATIN, LATIN_CLASSES
from ocrtool.weights.store import open_weights
from training.glyphs.examples import REJECT_LABEL, Examples, alone
from training.glyphs.scores import FOLDED, edge_scores, fit_temperature, mean_class_accuracy
from training.report.scores import calibration_error


def noise_examples(count: int, seed: int) -> Examples:
    """Random images whose brightness tells one of three labels."""
    rng = np.random.default_rng(seed)
    labels = rng.choice([3, 40, REJECT_LABEL], count).astype(np.int16)
    images = rng.integers(0, 60, (count, 32, 32, 2)) + (labels[:, None, None, None] == 40) * 150
    images[labels == REJECT_LABEL, :16] += 120
    return alone(images.astype(np.uint8), labels, "noise")


def test_batches_repeat_and_differ_between_epochs() -> None:
    from training.glyphs.batches import GlyphBatches

    data = noise_examples(50, 0)
    one, two = (GlyphBatches(data, {}, steps_per_epoch=2, batch=8, seed=4) for _ in range(2))
    assert np.array_equal(one[1][0]["image"], two[1][0]["image"])
    assert not np.array_equal(one[1][0]["image"], two[3][0]["image"])
    assert one[0][1].shape == (8, len(LATIN_CLASSES))


def test_sources_and_rare_classes_get_their_share() -> None:
    from training.glyphs.batches import REJECT_SHARE, example_weights

    labels = np.array([1] * 90 + [2] * 10 + [REJECT_LABEL] * 100, np.int16)
    data = Examples(np.zeros((200, 32, 32, 2), np.uint8), np.zeros((200, 8), np.float32), labels, np.array(["a"] * 200))
    weights = example_weights(data, {"a": 2.0})
    assert weights.sum() == pytest.approx(1.0)
    assert weights[100:].sum() == pytest.approx(REJECT_SHARE)
    assert weights[:90].sum() / weights[90:100].sum() == pytest.approx(3.0)


def test_unknown_places_stay_unknown() -> None:
    from training.glyphs.batches import jitter_geometry

    geometry = np.array([[1, 1, 0, 1, 0.6, 0.2, 0.2, 0], [0] * 8], np.float32)
    moved = jitter_geometry(geometry, np.random.default_rng(0))
    assert moved[0, 0] == 1.0 and not np.array_equal(moved[0], geometry[0])
    assert not moved[1].any()


SMALL = {"widths": (4, 8, 8), "blocks": (0, 0, 0), "hidden": 16, "place_units": 4}


def task(train: Examples, held: Examples) -> Any:
    """The Latin task on these examples, in a network that costs nothing."""
    from training.glyphs.latin import LatinTask
    from training.models.glyph import GlyphSpec

    class OnThese(LatinTask):
        def gather(self, *_: Any) -> tuple[Examples, Examples]:
            return train, held

    return OnThese(Path(), GlyphSpec(**SMALL))


@pytest.mark.slow
def test_a_tiny_fit_is_published_and_the_pair_agrees(tmp_path: Path) -> None:
    from ocrtool.recognize.network import log_softmax
    from ocrtool.script.latin.classifier import LatinClassifier
    from training.glyphs.train import TrainSettings, train
    from training.publish.architectures import build

    held = noise_examples(60, 2)
    settings = TrainSettings(tmp_path / "run", tmp_path / "out", epochs=2, rate=1e-2, batch=16, steps=10)
    manifest = train(task(noise_examples(200, 1), held), settings)
    assert manifest["run"]["batches"] == 20 and (tmp_path / "run" / "best.weights.h5").is_file()
    assert manifest["scores"]["validation"]["noise"]["examples"] > 0
    assert manifest["data"] == {"examples": {"noise": 200}, "weights": {"noise": 0.1}}
    weights = open_weights("latin", tmp_path / "out")
    model = build(manifest["architecture"], manifest["parameters"])
    model.load_weights(weights.h5_path)
    classifier = LatinClassifier(weights)
    compiled = classifier.log_probs(held.images, held.geometry)
    inputs = {"image": held.images, "place": held.geometry}
    exact = log_softmax(model.predict(inputs, verbose=0) / manifest["temperature"])
    assert compiled.shape == (60, 95)
    assert np.allclose(np.exp(compiled).sum(axis=1), 1.0, atol=1e-4)
    assert np.abs(np.exp(compiled) - np.exp(exact)).max() < 0.1
    # a glyph's scores do not depend on its batch
    alone_again = classifier.log_probs(held.images[7:8], held.geometry[7:8])
    assert np.allclose(alone_again[0], compiled[7], atol=1e-5)
    assert classifier.log_probs(held.images[:0], held.geometry[:0]).shape == (0, 95)


@pytest.mark.slow
def test_runs_go_on_where_they_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from training.glyphs import train as train_module
    from training.glyphs.train import TrainSettings, train

    monkeypatch.setattr(train_module, "publish", lambda model, card, *_: card.facts)

    data = noise_examples(40, 1)
    settings = TrainSettings(tmp_path / "run", tmp_path / "out", epochs=1, batch=8, steps=2)
    assert train(task(data, data), settings)["run"]["batches"] == 2
    manifest = train(task(data, data), replace(settings, epochs=2, resume=True))
    assert manifest["run"]["batches"] == 4


def test_the_budget_is_the_one_asked_for() -> None:
    from training.fit import Minutes, Steps
    from training.glyphs.hangul import HangulTask
    from training.glyphs.latin import LatinTask
    from training.glyphs.train import TrainSettings

    latin, hangul = LatinTask(Path()).default_stop, HangulTask().default_stop
    settings = TrainSettings(Path(), Path(), steps=100)
    assert settings.stop(latin) == Minutes(35.0) and settings.stop(hangul) == Steps(1600)
    assert replace(settings, minutes=2.0).stop(hangul) == Minutes(2.0)
    assert replace(settings, epochs=1.5).stop(latin) == Steps(150)
    assert replace(settings, epochs=1.5, minutes=2.0).stop(latin) == Steps(150, 2.0)


def test_shares_of_sources_are_numbers() -> None:
    from training.glyphs.latin import source_weights

    assert source_weights(np.array(["pen", "books"]), ["books=0.5"]) == {"books": 0.5, "pen": 0.17}
    with pytest.raises(ValueError, match="books=many is no SOURCE=SHARE"):
        source_weights(np.array(["pen"]), ["books=many"])


def test_scores() -> None:
    a, b = LATIN.index("o"), LATIN.index("O")
    assert FOLDED[a] == FOLDED[b] and FOLDED[LATIN.index("a")] != FOLDED[LATIN.index("A")]
    assert mean_class_accuracy(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])) == pytest.approx((2 / 3 + 1) / 2)
    log_probs = np.full((4, 95), -10.0)
    for row, guess in enumerate([a, b, REJECT_LABEL, REJECT_LABEL]):
        log_probs[row, guess] = -0.01
    scores = edge_scores(log_probs, np.array([a, a, REJECT_LABEL, a]))
    assert scores["reject_precision"] == 0.5 and scores["reject_recall"] == 1.0
    assert scores["accuracy_with_reject"] == 0.5
    assert calibration_error(np.exp(log_probs), np.array([a, b, REJECT_LABEL, REJECT_LABEL])) < 0.02


def test_temperature_undoes_overconfidence() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0.0, 2.0, (4000, 10))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.array([rng.choice(10, p=p) for p in probabilities])
    assert fit_temperature(logits * 2.0, labels) == pytest.approx(2.0, rel=0.08)


def drawn_glyphs() -> tuple[np.ndarray, np.ndarray]:
    """Crops of all characters in a plotter font, with and without a place."""
    import cv2

    from ocrtool.recognize.crops import isolated_image
    from ocrtool.script.latin.script import LATIN_CROP

    images = []
    for character in LATIN:
        canvas = np.zeros((96, 96), np.uint8)
        cv2.putText(canvas, character, (20, 66), cv2.FONT_HERSHEY_COMPLEX, 1.8, 255, 3, cv2.LINE_AA)
        images.append(isolated_image(canvas, LATIN_CROP))
    geometry = np.zeros((2 * len(images), 8), np.float32)
    geometry[len(images) :] = [1.0, 1.4, 0.0, 1.4, 0.9, 0.2, 0.2, 0.5]
    return np.stack(images * 2), geometry


def test_the_shipped_pair_agrees() -> None:
    """Probabilities of the compiled form differ from the network's by at most 0.1, by 0.01 on average."""
    from ocrtool.recognize.network import log_softmax
    from ocrtool.script.latin.classifier import LatinClassifier
    from training.publish.architectures import build

    weights = open_weights("latin")
    images, geometry = drawn_glyphs()
    manifest = weights.manifest
    model = build(manifest["architecture"], manifest["parameters"])
    model.load_weights(weights.h5_path)
    logits = model.predict({"image": images, "place": geometry}, verbose=0)
    exact = np.exp(log_softmax(logits / manifest["temperature"]))
    compiled = np.exp(LatinClassifier(weights).log_probs(images, geometry))
    assert np.abs(compiled - exact).max() < 0.03
    assert np.abs(compiled - exact).max(axis=1).mean() < 0.005
    read = exact[: len(LATIN)].argmax(axis=1)  # alone, without a line to show a letter's height
    missed = {
        c for i, c in enumerate(LATIN) if c.isalnum() and (read[i] == REJECT_LABEL or FOLDED[read[i]] != FOLDED[i])
    }
    assert missed <= {"I", "l"}  # a bare bar is both
