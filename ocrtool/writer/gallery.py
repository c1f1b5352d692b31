"""The gallery of known writers: an embedding of each of their pages, stored as an HDF5 file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

import numpy as np

from ocrtool.errors import GalleryRefused, printable
from ocrtool.imaging.confined import Message
from ocrtool.weights.plain_hdf5 import NotPlain, plain_attribute, plain_numbers, plain_texts

#: Format name in the file, and its version, raised when readers of the older one would misread the file.
FORMAT, VERSION = "ocrtool-writers", 1
#: Status of an enrolled page: new, enrolled before, or enrolled before for another writer.
ADDED, REPLACED, MOVED = "added", "replaced", "moved"

_REMEDY = "choose its weights by --model or --weights, or enrol its pages again in a new file"
_COLUMNS = ("writers", "pages", "fingerprints")


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    """One page of a known writer. fingerprint: SHA-256 of its pixels; vector: (D,) float32 of unit length."""

    writer: str
    page: str
    fingerprint: str
    vector: np.ndarray


@dataclass(frozen=True, slots=True)
class Gallery:
    """Pages of known writers. weights: SHA-256 of the weights that embedded them."""

    weights: str
    entries: tuple[GalleryEntry, ...] = ()

    def by_writer(self) -> dict[str, np.ndarray]:
        """Return the embeddings (pages, D) float32 of each writer, in the order of enrolment."""
        vectors: dict[str, list[np.ndarray]] = {}
        for entry in self.entries:
            vectors.setdefault(entry.writer, []).append(entry.vector)
        return {writer: np.stack(each) for writer, each in vectors.items()}

    def adding(self, entries: Iterable[GalleryEntry]) -> tuple[Gallery, list[str]]:
        """Return the gallery with ``entries`` added, and the status of each: ADDED, REPLACED or MOVED.

        A page that is enrolled again keeps its position and takes the new writer, name and vector.
        """
        held = {entry.fingerprint: entry for entry in self.entries}
        statuses = []
        for entry in entries:
            before = held.get(entry.fingerprint)
            statuses.append(ADDED if before is None else REPLACED if before.writer == entry.writer else MOVED)
            held[entry.fingerprint] = entry
        return Gallery(self.weights, tuple(held.values())), statuses


def to_bytes(gallery: Gallery) -> bytes:
    """Encode a gallery as an HDF5 file."""
    import h5py

    text = h5py.string_dtype("utf-8")
    entries = gallery.entries
    file = BytesIO()
    with h5py.File(file, "w") as h5:
        h5.attrs.update({"format": FORMAT, "version": VERSION, "weights": gallery.weights})
        vectors = np.stack([entry.vector for entry in entries]) if entries else np.zeros((0, 0))
        h5.create_dataset("vectors", data=vectors.astype(np.float32))
        for name, values in (
            ("writers", [entry.writer for entry in entries]),
            ("pages", [entry.page for entry in entries]),
            ("fingerprints", [entry.fingerprint for entry in entries]),
        ):
            h5.create_dataset(name, data=np.array(values, object), dtype=text)
    return file.getvalue()


def stored_parts(file: BinaryIO) -> Iterator[Message]:
    """Take the parts out of a gallery file: its texts, and its embeddings as bytes; or what is wrong with it.

    For `ocrtool.imaging.confined`: HDF5 may take all memory for a damaged file, or read it for ever.
    """
    import h5py

    data = file.read()
    try:
        with h5py.File(BytesIO(data), "r") as h5:
            values: dict[str, Any] = {key: plain_attribute(h5, key) for key in ("format", "version", "weights")}
            if values["format"] == FORMAT and values["version"] == VERSION:
                vectors = plain_numbers(h5, "vectors", len(data))
                values |= {column: plain_texts(h5, column, data) for column in _COLUMNS}
                yield {**values, "shape": vectors.shape}, vectors.tobytes()
            else:
                yield values, b""
    except NotPlain as error:
        yield {"fault": f"damaged, or was not written by this program: {error}"}, b""
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - h5py and HDF5 raise nearly anything on damaged files
        yield {"fault": "not a gallery of writers, or is damaged"}, b""


def from_parts(parts: Message, name: str, weights: str, dimensions: int) -> Gallery:
    """Make a gallery of the parts of a file. name: of the file, for messages; weights, dimensions: of the network.

    Raises GalleryRefused if the file is damaged or not a gallery, or if another network made its embeddings, which
    cannot be compared.
    """
    where, values = printable(name), parts[0]
    if "fault" in values:
        raise GalleryRefused(f"{where} is {values['fault']}")
    if values.get("format") != FORMAT:
        raise GalleryRefused(f"{where} is an HDF5 file, but not a gallery of writers")
    if values.get("version") != VERSION:
        raise GalleryRefused(f"{where} was written by a newer version of this program")
    try:
        vectors = np.frombuffer(parts[1], np.float32).reshape(values["shape"])
        columns = [list(map(str, values[column])) for column in _COLUMNS]
    except (LookupError, TypeError, ValueError) as error:
        raise GalleryRefused(f"{where} is damaged: its parts do not match") from error
    if vectors.ndim != 2 or any(len(column) != len(vectors) for column in columns) or not np.isfinite(vectors).all():
        raise GalleryRefused(f"{where} is damaged: its parts do not match")
    if values.get("weights") != weights or (len(vectors) and vectors.shape[1] != dimensions):
        raise GalleryRefused(f"{where} was made with other weights than those in use; {_REMEDY}")
    return Gallery(weights, tuple(GalleryEntry(*row) for row in zip(*columns, vectors, strict=True)))
