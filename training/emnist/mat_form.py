"""The MATLAB form of EMNIST: one ``emnist-SPLIT.mat`` with both parts and the mapping.

A struct ``dataset`` holds ``train`` and ``test``, each with ``images`` (N, 784) uint8, ``labels`` (N, 1) and
``writers``, and ``mapping`` (K, 2), for letters (K, 3). MATLAB counts the pixels of an image down its columns, so that
``reshape(28, 28)`` there, or ``order="F"`` here, gives it upright. Read by rows, as here, it comes out transposed: the
same bytes in the same order as in the official idx files, and turned upright with them.

Files up to version 7 are read by SciPy, whole, those of version 7.3 (HDF5) by h5py, piece by piece; either only once,
into idx files in the cache, which are then mapped into memory.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from training.datasets.cache import DISK_FULL, unpacked
from training.emnist.idx import SIDE, read_pair
from training.emnist.idx_writer import IdxPairWriter
from training.emnist.mapping import PARTS, LabelMap, map_of_rows, read_map

#: Images turned from columns to rows at a time.
BLOCK = 8192
PIXELS = SIDE * SIDE


def read_mat(path: Path, part: str) -> tuple[np.ndarray, np.ndarray, LabelMap | None]:
    """Images (N, 28, 28) and labels (N,) as in the idx files, uint8, mapped from the cache; the mapping if it has one.

    Raises ValueError with one sentence that names the file if it is none, cut off, or lacks the part; OSError.
    """
    folder = unpacked(path, lambda folder: _convert(path, folder))
    if not (folder / f"{part}-images").exists():
        raise ValueError(f"{path} holds no {part} part")
    images, labels = read_pair(folder / f"{part}-images", folder / f"{part}-labels")
    mapping = folder / "mapping.txt"
    return images, labels, read_map(mapping) if mapping.exists() else None


def _convert(path: Path, folder: Path) -> None:
    import h5py

    with path.open("rb") as file:
        start = file.read(6)
    if h5py.is_hdf5(path):
        _convert_hdf5(path, folder)
    elif start == b"MATLAB":
        _write(_load_struct(path), folder, path)
    else:
        raise ValueError(f"{path} is not a MATLAB file")


def _load_struct(path: Path) -> dict[str, Any]:
    """Struct ``dataset`` of a file up to version 7, as dictionaries of arrays; {} if there is none."""
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        content = loadmat(path, variable_names=["dataset"])
    except (MatReadError, ValueError, TypeError, KeyError, IndexError, EOFError, OSError, struct.error, zlib.error):
        raise ValueError(f"{path} is cut off or damaged: its MATLAB data cannot be read") from None
    return _fields(content.get("dataset"))


def _fields(value: np.ndarray | None) -> dict[str, Any]:
    """Fields of a 1 × 1 struct, structs among them likewise; {} for anything else."""
    if value is None or value.dtype.names is None or value.size != 1:
        return {}
    record = value.reshape(-1)[0]
    return {name: _fields(record[name]) if record[name].dtype.names else record[name] for name in value.dtype.names}


def _convert_hdf5(path: Path, folder: Path) -> None:
    import h5py

    try:
        with h5py.File(path) as file:
            dataset = file.get("dataset")
            _write(dataset if isinstance(dataset, h5py.Group) else {}, folder, path, turned=True)
    except (OSError, KeyError, RuntimeError) as error:
        if getattr(error, "errno", None) in DISK_FULL:
            raise
        raise ValueError(f"{path} is cut off or damaged: its HDF5 data cannot be read") from None


def _write(dataset: Mapping[str, Any], folder: Path, path: Path, turned: bool = False) -> None:
    """Write ``PART-images``, ``PART-labels`` and ``mapping.txt``; ``turned``: tables are transposed, as in HDF5."""
    parts = [part for part in PARTS if part in dataset]
    if not parts:
        raise ValueError(f"{path} holds no struct dataset with train and test, as EMNIST's MATLAB files do")
    for part in parts:
        with IdxPairWriter(folder / f"{part}-images", folder / f"{part}-labels") as pair:
            _write_part(dataset[part], pair, f"{path}, dataset.{part}", turned)
    if "mapping" in dataset:
        rows = np.asarray(dataset["mapping"])
        rows = (rows.T if turned else rows).astype(np.int64)
        if rows.ndim != 2 or rows.shape[1] < 2:
            raise ValueError(f"{path}: dataset.mapping is no table of labels and characters")
        map_of_rows(rows.tolist(), path)
        (folder / "mapping.txt").write_text("".join(" ".join(map(str, row)) + "\n" for row in rows.tolist()))


def _write_part(part: Mapping[str, Any], pair: IdxPairWriter, name: str, turned: bool) -> None:
    try:
        images, labels = part["images"], np.asarray(part["labels"]).ravel()
    except (KeyError, TypeError, IndexError):
        raise ValueError(f"{name}: images or labels are missing") from None
    shape = images.shape[::-1] if turned else images.shape
    if images.dtype != np.uint8 or len(shape) != 2 or shape[1] != PIXELS:
        raise ValueError(f"{name}: images are {shape} {images.dtype}, expected (N, {PIXELS}) uint8")
    if len(labels) != shape[0]:
        raise ValueError(f"{name}: {shape[0]} images, but {len(labels)} labels")
    if not np.array_equal(labels, labels.astype(np.uint8)):
        raise ValueError(f"{name}: labels must be whole numbers from 0 to 255")
    for start in range(0, len(labels), BLOCK):
        end = start + BLOCK
        rows = images[:, start:end].T if turned else images[start:end]
        pair.add(rows.reshape(-1, SIDE, SIDE), labels[start:end])
