"""What a training runs on, in words for its manifest."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ocrtool.jobs.machine import cores

#: The words for a CPU begin so; any others name an accelerator.
CPU = "CPU"
#: By backend, the variable that limits the threads which compute; without it there is one for each core lent.
THREADS = {"tensorflow": "TF_NUM_INTRAOP_THREADS", "jax": "NPROC"}


def device_name() -> str:
    """The device that Keras's backend computes on: ``CPU, 2 threads``, or the name of an accelerator."""
    import keras

    backend = keras.backend.backend()
    return _accelerator(backend) or _cpu(backend, os.environ)


def _accelerator(backend: str) -> str:
    """Name of the first one, which is the one that is used; empty where there is none or the backend is another."""
    if backend == "jax":
        import jax

        first = jax.devices()[0]
        return "" if first.platform == "cpu" else str(first.device_kind)
    if backend == "tensorflow":
        import tensorflow as tf

        for device in tf.config.get_visible_devices("GPU"):
            return str(tf.config.experimental.get_device_details(device).get("device_name", "GPU"))
    return ""


def _cpu(backend: str, environment: Mapping[str, str]) -> str:
    limit = environment.get(THREADS.get(backend, ""), "")
    threads = int(limit) if limit.isdecimal() and int(limit) > 0 else cores()
    return f"{CPU}, {threads} thread{'s' * (threads != 1)}"
