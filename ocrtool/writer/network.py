"""A compiled embedding network: patches to embeddings, in batches."""

from __future__ import annotations

import numpy as np

from ocrtool.errors import WeightsRefused
from ocrtool.weights.store import Weights
from ocrtool.writer.patches import PATCH_SIDE

#: Patches per batch: few enough for the layers' outputs to stay in the cores' caches.
BATCH = 16


class PatchNetwork:
    """Embeds patches. Not to be shared between threads."""

    def __init__(self, weights: Weights, threads: int = 1) -> None:
        """Open the network. Raises WeightsRefused if its input is not a patch."""
        self._interpreter = weights.open_interpreter(threads)
        inputs = self._interpreter.get_input_details()
        if len(inputs) != 1 or tuple(inputs[0]["shape"][1:]) != (PATCH_SIDE, PATCH_SIDE, 1):
            raise WeightsRefused(f"{weights.name} does not take patches of {PATCH_SIDE} × {PATCH_SIDE} pixels")
        self._input = inputs[0]["index"]
        self._size = 0

    @property
    def dimensions(self) -> int:
        """Size of an embedding."""
        return int(self._interpreter.get_output_details()[0]["shape"][-1])

    def embed(self, patches: np.ndarray) -> np.ndarray:
        """Embed patches (N, 113, 113) uint8, 255 = ink. Returns (N, dimensions) float32."""
        out = np.empty((len(patches), self.dimensions), np.float32)
        for first in range(0, len(patches), BATCH):
            part = patches[first : first + BATCH]
            out[first : first + len(part)] = self._run(part)
        return out

    def _run(self, patches: np.ndarray) -> np.ndarray:
        if len(patches) != self._size:
            self._interpreter.resize_tensor_input(self._input, [len(patches), PATCH_SIDE, PATCH_SIDE, 1])
            self._interpreter.allocate_tensors()
            self._size = len(patches)
        self._interpreter.set_tensor(self._input, patches[..., None].astype(np.float32))
        self._interpreter.invoke()
        embeddings: np.ndarray = self._interpreter.get_tensor(self._interpreter.get_output_details()[0]["index"])
        return embeddings
