"""HDF5 files of strangers: only what lies in the file itself, uncompressed, and is no larger than the file.

HDF5 follows links to other files, takes parts of a dataset from any file of the machine (external storage, virtual
datasets), and makes gigabytes from a few bytes (chunks, filters, values never written, many references to one text).
Files that this program writes have none of these, so that all of them are refused.
"""

from __future__ import annotations

from typing import Any

import numpy as np

#: Bytes of the largest attribute that is read.
_LARGEST_ATTRIBUTE = 4096
#: Number of attributes and members of a group that are looked through.
_MOST_MEMBERS = 10_000
#: A text of a dataset is stored as its length in bytes and its place among the texts of the file.
_TEXT_LENGTH = np.dtype("<u4")


class NotPlain(ValueError):
    """A part of a file that is missing or not plain; the text says which and why."""


def plain_attribute(group: Any, name: str) -> str | int | None:
    """Return an attribute, a text or a whole number; None if it is missing. Raises NotPlain.

    group: an ``h5py.Group``.
    """
    import h5py

    if name not in group.attrs:
        return None
    attribute = group.attrs.get_id(name)
    kind = h5py.check_string_dtype(attribute.dtype)
    if attribute.shape != () or not (kind is not None or attribute.dtype.kind in "iu"):
        raise NotPlain(f"{name} is neither a text nor a number")
    if attribute.dtype.itemsize > _LARGEST_ATTRIBUTE:
        raise NotPlain(f"{name} is too long")
    value = group.attrs[name]
    if kind is None:
        return int(value)
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def plain_numbers(group: Any, name: str, size: int) -> np.ndarray:
    """Return a dataset of numbers, (N, D) float32. size: of the file in bytes. Raises NotPlain."""
    dataset = _plain_dataset(group, name)
    if dataset.dtype.kind not in "fiu" or dataset.ndim != 2:
        raise NotPlain(f"{name} is no table of numbers")
    if dataset.nbytes > size:
        raise NotPlain(f"{name} is larger than the file")
    return np.asarray(dataset[()], np.float32)


def plain_texts(group: Any, name: str, data: bytes) -> list[str]:
    """Return a dataset of texts. data: of the file. Raises NotPlain, UnicodeDecodeError."""
    import h5py

    dataset = _plain_dataset(group, name)
    kind = h5py.check_string_dtype(dataset.dtype)
    if kind is None or dataset.ndim != 1:
        raise NotPlain(f"{name} is no list of texts")
    if dataset.nbytes > len(data) or (kind.length is None and _length_of_texts(dataset, data) > len(data)):
        raise NotPlain(f"{name} is larger than the file")
    return [str(value) for value in dataset.asstr()[()]]


def _length_of_texts(dataset: Any, data: bytes) -> int:
    """Sum the lengths of the texts of a dataset in bytes, without reading them: all may refer to the same long one."""
    import h5py

    if dataset.id.get_create_plist().get_layout() != h5py.h5d.CONTIGUOUS:
        raise NotPlain(f"{dataset.name} is not in one piece")
    offset, stored = dataset.id.get_offset(), dataset.id.get_storage_size()
    if offset is None or not dataset.size:
        return 0  # never written: empty texts
    if offset + stored > len(data) or stored < dataset.size * _TEXT_LENGTH.itemsize:
        raise NotPlain("a part of it is not in the file")
    references = np.frombuffer(data, np.uint8, stored, offset).reshape(dataset.size, -1)
    lengths = np.ascontiguousarray(references[:, : _TEXT_LENGTH.itemsize]).view(_TEXT_LENGTH)
    return int(lengths.sum(dtype=np.uint64))


def _plain_dataset(group: Any, name: str) -> Any:
    """Open a dataset that is in the file itself, in one piece. Raises NotPlain."""
    import h5py

    if len(group) > _MOST_MEMBERS or not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise NotPlain(f"{name} is missing, or a link")
    dataset = group[name]
    if not isinstance(dataset, h5py.Dataset) or dataset.shape is None:
        raise NotPlain(f"{name} is no table")
    layout = dataset.id.get_create_plist()
    if layout.get_layout() not in (h5py.h5d.CONTIGUOUS, h5py.h5d.COMPACT) or layout.get_external_count():
        raise NotPlain(f"{name} is in pieces, compressed, or in another file")
    return dataset
