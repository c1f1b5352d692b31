"""Layers that PyTorch runs as one operation against those of Keras, in a process that has PyTorch as its backend."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

COMPARE = """
import json, keras, numpy as np
from keras import layers, ops
from training.models import torch_layers
rng = np.random.default_rng(0)
x = rng.normal(1.0, 2.0, (3, 5, 7, 4)).astype(np.float32)
off = {}
for name, one, other, training in [
    ("norm", layers.BatchNormalization(momentum=0.9), torch_layers.BatchNormalization(momentum=0.9), True),
    ("pointwise", layers.Conv2D(6, 1), torch_layers.Conv2D(6, 1), False),
]:
    for layer in (one, other):
        layer.build(x.shape)
    other.set_weights(one.get_weights())
    options = {"training": True} if training else {}
    a, b = (ops.convert_to_numpy(layer(x, **options)) for layer in (one, other))
    off[name] = float(np.abs(a - b).max())
    off[name + " weights"] = max(float(np.abs(u - v).max()) for u, v in zip(one.get_weights(), other.get_weights()))
    a, b = (ops.convert_to_numpy(layer(x)) for layer in (one, other))
    off[name + " read"] = float(np.abs(a - b).max())
print(json.dumps(off))
"""


@pytest.mark.slow
@pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not among the requirements")
def test_layers_compute_what_those_of_keras_do() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COMPARE],
        env=os.environ | {"KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
        check=True,
    )
    off = json.loads(done.stdout.splitlines()[-1])
    assert max(off["norm"], off["pointwise"], off["pointwise weights"], off["pointwise read"]) < 1e-5
    assert max(off["norm weights"], off["norm read"]) < 0.02, "the variance of a sample of 105 is a hundredth more"
