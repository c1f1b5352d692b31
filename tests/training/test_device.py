"""What a manifest says of the device that a training ran on."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from training.publish.device import device_name


@pytest.fixture
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    import keras

    monkeypatch.setattr(keras.backend, "backend", lambda: request.param)
    return request.param


def fake_backends(monkeypatch: pytest.MonkeyPatch, accelerators: int) -> None:
    """JAX and TensorFlow as on a machine with so many GPUs."""
    gpu = SimpleNamespace(platform="gpu", device_kind="NVIDIA H200")
    found = [gpu] * accelerators or [SimpleNamespace(platform="cpu", device_kind="cpu")]
    monkeypatch.setitem(sys.modules, "jax", SimpleNamespace(devices=lambda: found))
    details = SimpleNamespace(get_device_details=lambda device: {"device_name": "NVIDIA H200"})
    config = SimpleNamespace(get_visible_devices=lambda kind: [gpu] * accelerators, experimental=details)
    monkeypatch.setitem(sys.modules, "tensorflow", SimpleNamespace(config=config))


@pytest.mark.parametrize("backend", ["tensorflow", "jax"], indirect=True)
def test_a_gpu_is_named(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_backends(monkeypatch, 2)
    assert device_name() == "NVIDIA H200"


@pytest.mark.parametrize(
    ("backend", "variable"), [("tensorflow", "TF_NUM_INTRAOP_THREADS"), ("jax", "NPROC")], indirect=["backend"]
)
def test_a_cpu_is_told_with_its_threads(backend: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_backends(monkeypatch, 0)
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {0, 2, 3}, raising=False)
    for limit, expected in (("1", "1 thread"), ("2", "2 threads"), ("0", "3 threads"), ("", "3 threads")):
        monkeypatch.setenv(variable, limit)
        assert device_name() == f"CPU, {expected}"
    monkeypatch.delenv(variable)
    assert device_name() == "CPU, 3 threads"
