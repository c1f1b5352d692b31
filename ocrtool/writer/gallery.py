"""Enrolled writers: whose pages are known, with a vector of each; to and from the bytes of an HDF5 file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np

from ocrtool.errors import WritersRefused, printable

#: What the file says it is. The version is raised when a reader of an older one would misread the file.
FORMAT, VERSION = "ocrtool-writers", 1
#: What may happen to a page that is enrolled: it is new, was there, or was there as another writer's.
ADDED, REPLACED, MOVED = "added", "replaced", "moved"

_COLUMNS = ("writers", "pages", "fingerprints")


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of a known writer. fingerprint: SHA-256 of its pixels, by which the same page is known again;
    vector: (D,) float32 of unit length.
    """

    writer: str
    page: str
    fingerprint: str
    vector: np.ndarray


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Pages of known writers. weights: SHA-256 of the weights that the vectors were made with."""

    weights: str
    entries: tuple[Entry, ...] = ()

    def by_writer(self) -> dict[str, np.ndarray]:
        """(pages, D) float32 of each writer, in the order in which they were enrolled."""
        vectors: dict[str, list[np.ndarray]] = {}
        for entry in self.entries:
            vectors.setdefault(entry.writer, []).append(entry.vector)
        return {writer: np.stack(each) for writer, each in vectors.items()}

    def adding(self, entries: Iterable[Entry]) -> tuple[Enrolment, list[str]]:
        """With ``entries`` too, and what happened to each: ADDED, REPLACED or MOVED.

        A page that is there already keeps its place, and takes the new writer, name and vector: a page has one hand.
        """
        held = {entry.fingerprint: entry for entry in self.entries}
        changes = []
        for entry in entries:
            before = held.get(entry.fingerprint)
            changes.append(ADDED if before is None else REPLACED if before.writer == entry.writer else MOVED)
            held[entry.fingerprint] = entry
        return Enrolment(self.weights, tuple(held.values())), changes


def to_bytes(enrolment: Enrolment) -> bytes:
    """The HDF5 file of an enrolment."""
    import h5py

    text = h5py.string_dtype("utf-8")
    entries = enrolment.entries
    file = BytesIO()
    with h5py.File(file, "w") as h5:
        h5.attrs.update({"format": FORMAT, "version": VERSION, "weights": enrolment.weights})
        vectors = np.stack([entry.vector for entry in entries]) if entries else np.zeros((0, 0))
        h5.create_dataset("vectors", data=vectors.astype(np.float32))
        for name, values in (
            ("writers", [entry.writer for entry in entries]),
            ("pages", [entry.page for entry in entries]),
            ("fingerprints", [entry.fingerprint for entry in entries]),
        ):
            h5.create_dataset(name, data=np.array(values, object), dtype=text)
    return file.getvalue()


def from_bytes(data: bytes, name: str, weights: str, dimensions: int) -> Enrolment:
    """An enrolment from its file, which messages call ``name``.

    weights, dimensions: of the network in use. Raises WritersRefused if the file is another thing or damaged, or its
    vectors come from another network, which tell nothing here.
    """
    import h5py

    where = printable(name)
    try:
        with h5py.File(BytesIO(data), "r") as h5:
            attributes = {key: h5.attrs[key] for key in ("format", "version", "weights") if key in h5.attrs}
            if attributes.get("format") != FORMAT:
                raise WritersRefused(f"{where} is an HDF5 file, but not one of enrolled writers")
            if attributes.get("version") != VERSION:
                raise WritersRefused(f"{where} was written by a newer version of this program")
            vectors = np.asarray(h5["vectors"][()], np.float32)
            columns = [_texts(h5[column]) for column in _COLUMNS]
    except WritersRefused:
        raise
    except Exception as error:  # h5py and HDF5 raise nearly anything on damaged files
        raise WritersRefused(f"{where} is not a file of enrolled writers, or is damaged") from error
    if vectors.ndim != 2 or any(len(column) != len(vectors) for column in columns) or not np.isfinite(vectors).all():
        raise WritersRefused(f"{where} is damaged: its parts do not go together")
    if attributes.get("weights") != weights or (len(vectors) and vectors.shape[1] != dimensions):
        raise WritersRefused(f"{where} was made with other weights than those in use; enrol its pages anew")
    rows = zip(*columns, vectors, strict=True)
    return Enrolment(weights, tuple(Entry(*row) for row in rows))


def _texts(dataset: Any) -> Sequence[str]:
    return [str(value) for value in dataset.asstr()[()]]
