"""Keras's two backends, TensorFlow and JAX: what trains under one trains under the other and reads its weights."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
#: Convolutions, norms, dropout and dense layers, as few as there can be: JAX compiles each anew.
SIZES = {"filters": (4, 6), "depth": 1, "hidden": 12}

#: Run under the other backend: reads what this one wrote, in 32 and in 16 bits, trains two steps, writes weights anew.
OTHER_SIDE = """
import sys
from pathlib import Path
import numpy as np
from test_backends import build, probabilities, train_two_steps
folder = Path(sys.argv[1])
images = np.load(folder / "images.npy")
found = {}
for name in ("here", "half"):
    model = build()
    model.load_weights(folder / f"{name}.weights.h5")
    found[name] = probabilities(model, images)
found["loss"] = train_two_steps(model, folder / "there")
model.save_weights(folder / "there.weights.h5")
found["there"] = probabilities(model, images)
np.savez(folder / "there.npz", **found)
"""


def build() -> Any:
    from training.models.emnist import build_emnist

    return build_emnist("tuned", 5, **SIZES)


def probabilities(model: Any, images: np.ndarray) -> np.ndarray:
    return np.asarray(model.predict_on_batch(images), np.float32)


def train_two_steps(model: Any, folder: Path) -> float:
    """The suite's own training on a dozen noisy images; the loss."""
    from training.emnist.fit_classifier import FitData, RunOptions, fit_classifier
    from training.emnist.labelled import LabelledImages
    from training.emnist.recipes import chosen_recipe

    images = np.random.default_rng(1).integers(0, 255, (12, 28, 28), np.uint8)
    data = LabelledImages(images, np.arange(12) % 5, tuple("ABCDE"))
    recipe = chosen_recipe("tuned", batch=6, epochs=1)
    run = fit_classifier(model, FitData(data, data, augmented=True), recipe, RunOptions(folder))
    return run.epochs[0]["loss"]


@pytest.mark.slow
@pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ("jax", "tensorflow")),
    reason="needs TensorFlow and JAX: pip install '.[train,test]'",
)
def test_weights_go_from_one_backend_to_the_other_and_back(tmp_path: Path) -> None:
    import keras

    from training.publish.float16 import store_float16

    rng = np.random.default_rng(0)
    images = rng.uniform(0, 255, (8, 28, 28, 1)).astype(np.float32)
    np.save(tmp_path / "images.npy", images)
    model = build()
    # biases and norms too get numbers of their own; positive ones, for some are variances
    model.set_weights([w + rng.uniform(0.05, 0.3, w.shape) if w.ndim == 1 else w for w in model.get_weights()])
    model.save_weights(tmp_path / "here.weights.h5")
    store_float16(tmp_path / "here.weights.h5", tmp_path / "half.weights.h5")
    other = "jax" if keras.backend.backend() == "tensorflow" else "tensorflow"
    paths = os.pathsep.join(map(str, (ROOT, Path(__file__).parent)))
    environment = {**os.environ, "KERAS_BACKEND": other, "PYTHONPATH": paths, "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(
        [sys.executable, "-c", OTHER_SIDE, str(tmp_path)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    there = np.load(tmp_path / "there.npz")
    here = probabilities(model, images)
    assert np.ptp(here, axis=0).max() > 0.01  # the images are told apart, else all would agree
    assert np.abs(there["here"] - here).max() < 1e-4
    model.load_weights(tmp_path / "half.weights.h5")
    half = probabilities(model, images)
    assert np.abs(half - here).max() < 0.01
    assert np.abs(there["half"] - half).max() < 1e-4
    model.load_weights(tmp_path / "there.weights.h5")
    assert np.abs(there["there"] - probabilities(model, images)).max() < 1e-4
    assert np.abs(there["there"] - there["half"]).max() > 1e-3  # it was trained
    assert np.isfinite(there["loss"])
