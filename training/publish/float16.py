"""Weight files of half the size: Keras weights as numbers of 16 bits, which Keras reads into models of 32 bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

#: Smaller arrays, in numbers, are never compressed: what HDF5 adds to a compressed array is more than it saves.
LEAST_COMPRESSED = 4096


def store_float16(source: Path, target: Path) -> None:
    """Write the Keras weights in ``source`` to ``target`` with all float32 arrays as float16.

    Compressed if that makes the file smaller. Raises OSError, and ValueError naming an array whose numbers float16
    cannot hold; ``target`` appears whole or not at all.
    """
    partial = {compressed: target.with_name(f"part{int(compressed)}.{target.name}") for compressed in (False, True)}
    try:
        for compressed, path in partial.items():
            _copy(source, path, compressed)
        min(partial.values(), key=lambda path: path.stat().st_size).replace(target)
    finally:
        for path in partial.values():
            path.unlink(missing_ok=True)


def _copy(source: Path, target: Path, compressed: bool) -> None:
    # HDF5's later form of groups takes a tenth of the room; every h5py that Keras 3 runs with reads it
    with h5py.File(source, "r") as old, h5py.File(target, "w", libver=("v110", "v110")) as new:
        new.attrs.update(old.attrs)

        def copy(name: str, item: Any) -> None:
            if isinstance(item, h5py.Dataset):
                values = _halved(source, name, item[()])
                pack = {"compression": "gzip", "compression_opts": 9, "shuffle": True} if compressed else {}
                made = new.create_dataset(name, data=values, **(pack if values.size >= LEAST_COMPRESSED else {}))
            else:
                made = new.require_group(name)
            made.attrs.update(item.attrs)

        old.visititems(copy)


def _halved(source: Path, name: str, stored: Any) -> np.ndarray:
    values: np.ndarray = np.asarray(stored)
    if values.dtype != np.float32:
        return values
    with np.errstate(over="ignore"):
        small: np.ndarray = values.astype(np.float16)
    if not np.isfinite(small).all():
        raise ValueError(f"{source}: {name} has numbers that float16 cannot hold, up to {np.abs(values).max():g}")
    return small
