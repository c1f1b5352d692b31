"""Writing images and their labels, a few at a time, as a pair of idx files."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import numpy as np

from training.emnist.idx import SIDE, idx_header


class IdxPairWriter:
    """A file of images and one of labels that grow together; the headers are right once it is closed."""

    def __init__(self, images: Path, labels: Path) -> None:
        self.count = 0
        self._files = images.open("wb"), labels.open("wb")
        self._write_headers()

    def add(self, images: np.ndarray, labels: np.ndarray) -> None:
        """images: (N, 28, 28) uint8; labels: (N,) uint8."""
        for file, array in zip(self._files, (images, labels), strict=True):
            file.write(np.ascontiguousarray(array, np.uint8).tobytes())
        self.count += len(labels)

    def _write_headers(self) -> None:
        for file, shape in zip(self._files, ((self.count, SIDE, SIDE), (self.count,)), strict=True):
            file.seek(0)
            file.write(idx_header(shape))

    def __enter__(self) -> IdxPairWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._write_headers()
        for file in self._files:
            file.close()
