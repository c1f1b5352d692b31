"""The classifiers around a fake network: batches, temperature, refusals."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrtool.charset import LATIN_CLASSES
from ocrtool.errors import WeightsRefused
from ocrtool.recognize import network
from ocrtool.recognize.network import log_softmax
from ocrtool.script.hangul.charset import KINDS
from ocrtool.script.hangul.classifier import HangulClassifier
from ocrtool.script.latin.classifier import LatinClassifier


class FakeInterpreter:
    """Logits: class n of an image filled with n gets 2."""

    def __init__(self, names: tuple[str, ...] = ("serving_default_place:0", "serving_default_image:0")) -> None:
        self._names, self._images, self.sizes = names, np.zeros(0), []

    def get_input_details(self) -> list[dict[str, Any]]:
        shapes = {"place": [1, 8], "image": [1, 32, 32, 2]}
        return [
            {"name": name, "index": i, "shape": np.array(shapes["image" if "image" in name else "place"])}
            for i, name in enumerate(self._names)
        ]

    def get_output_details(self) -> list[dict[str, Any]]:
        return [{"index": 9}]

    def resize_tensor_input(self, index: int, shape: list[int]) -> None:
        self.sizes.append(shape[0])

    def allocate_tensors(self) -> None:
        pass

    def set_tensor(self, index: int, value: np.ndarray) -> None:
        assert value.dtype == np.float32
        if value.ndim == 4:
            self._images = value

    def invoke(self) -> None:
        pass

    def get_tensor(self, index: int) -> np.ndarray:
        return 2.0 * np.eye(95, dtype=np.float32)[self._images[:, 0, 0, 0].astype(int)]


def weights(interpreter: FakeInterpreter, **changes: Any) -> Any:
    manifest = {"labels": list(LATIN_CLASSES), "temperature": 2.0, **changes}
    return SimpleNamespace(name="latin", manifest=manifest, open_interpreter=lambda threads: interpreter)


def test_scores_are_log_probabilities_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "BATCH", 4)
    interpreter = FakeInterpreter()
    images = np.zeros((10, 32, 32, 2), np.uint8) + np.arange(10, dtype=np.uint8)[:, None, None, None]
    log_probs = LatinClassifier(weights(interpreter)).log_probs(images, np.zeros((10, 8), np.float32))
    assert log_probs.argmax(axis=1).tolist() == list(range(10))
    assert log_probs[0, 0] == pytest.approx(1.0 - np.log(np.e + 94), abs=1e-4)  # logit 2, temperature 2
    assert interpreter.sizes == [4, 4, 2, 2]  # both inputs, resized only when the size changes


def test_other_labels_or_inputs_are_refused() -> None:
    with pytest.raises(WeightsRefused, match="other labels"):
        LatinClassifier(weights(FakeInterpreter(), labels=["a", "b"]))
    with pytest.raises(WeightsRefused, match="temperature"):
        LatinClassifier(weights(FakeInterpreter(), temperature=0.0))
    with pytest.raises(WeightsRefused, match="does not have the inputs image and place"):
        LatinClassifier(weights(FakeInterpreter(("serving_default_image:0", "other:0"))))


@pytest.mark.parametrize("temperature", [1.0, [1.0, 1.0], [1.0, 1.0, 0.0, 1.0], None])
def test_korean_weights_need_a_temperature_for_each_head(temperature: Any) -> None:
    with pytest.raises(WeightsRefused, match=r"4 temperatures|not the manifest of a classifier of Korean"):
        HangulClassifier(weights(FakeInterpreter(), labels=list(KINDS), temperature=temperature))


def test_log_softmax_does_not_overflow() -> None:
    assert np.allclose(log_softmax(np.array([[1000.0, 1000.0]], np.float32)), np.log(0.5))
