"""PHD08 as one HDF5 file.

| dataset | shape | what |
|---|---|---|
| images | (N, height, width) uint8 | 0 paper to 255 ink |
| labels | (N,) int64, or (N, classes) uint8 one-hot | index in ``classes`` |
| classes | (classes,) text | the syllables |
| counts | (classes,) int64 | samples of each |
| font | (N,) int64 | index in ``fonts`` |
| fonts | (fonts,) text | names of the fonts |
| variation | (N, 5) int8 | size, darkness, resolution, threshold, turn; -1: not in the sample's name |
| faults | (faults,) text | JSON: syllable, line and what is damaged there |
| made_with | text | JSON: files and options |
"""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np

from ocrtool.errors import OutputError, printable, reason
from training.phd08.conversion import Conversion, Done, other_conversion
from training.phd08.shards import read_images, read_notes
from training.phd08.text_form import VARIATIONS, Fault, split_name

#: Bytes of a chunk before compression: well below HDF5's cache of 1 MiB, so that none is compressed twice.
CHUNK = 1 << 18
#: Of zlib: higher ones take several times as long for a few percent.
COMPRESSION = 1


class Hdf5Form:
    """A file that is written once every shard is there."""

    def __init__(self, conversion: Conversion) -> None:
        self._conversion = conversion
        self._shards: list[Path] = []
        self._there = conversion.out.exists()
        if self._there and _made_with(conversion.out) != _description(conversion):
            raise other_conversion(conversion.out)

    def done(self) -> dict[str, Done]:
        if not self._there:
            return {}
        with h5py.File(self._conversion.out) as file:
            counts = zip(_texts(file["classes"]), file["counts"][:], strict=True)
            found = {character: Done(int(count), []) for character, count in counts}
            for row in _texts(file["faults"]):
                character, line, what = json.loads(row)
                found[character].faults.append(Fault(line, what))
        return found

    def add(self, label: int, shard: Path) -> None:
        self._shards.append(shard)

    def finish(self) -> None:
        if self._there:
            return
        out = self._conversion.out
        partial = out.with_name(f".{out.name}.part")
        try:
            with h5py.File(partial, "w") as file:
                self._write(file)
            partial.replace(out)
        except OSError as error:
            raise OutputError(f"{printable(str(out))}: cannot be written: {reason(error)}") from error
        finally:
            partial.unlink(missing_ok=True)

    def _write(self, file: h5py.File) -> None:
        characters = [source.character for source in self._conversion.sources]
        counts = np.array([len(read_notes(shard).names) for shard in self._shards], np.int64)
        file["made_with"] = _description(self._conversion)
        file["counts"] = counts
        _write_texts(file, "classes", characters)
        self._make_datasets(file, int(counts.sum()))
        fonts: dict[str, int] = {}
        faults: list[str] = []
        for label, (end, count, shard) in enumerate(zip(np.cumsum(counts), counts, self._shards, strict=True)):
            rows, notes = slice(int(end - count), int(end)), read_notes(shard)
            file["images"][rows] = read_images(shard)
            file["labels"][rows] = np.arange(len(counts)) == label if self._conversion.one_hot else label
            _write_names(file, rows, notes.names, fonts)
            faults += (json.dumps([characters[label], f.line, f.what], ensure_ascii=False) for f in notes.faults)
        _write_texts(file, "fonts", list(fonts))
        _write_texts(file, "faults", faults)

    def _make_datasets(self, file: h5py.File, total: int) -> None:
        shape, classes = self._conversion.shape, len(self._conversion.sources)
        _dataset(file, "images", (total, shape.height, shape.width), np.uint8)
        one_hot = self._conversion.one_hot
        _dataset(file, "labels", (total, classes) if one_hot else (total,), np.uint8 if one_hot else np.int64)
        _dataset(file, "font", (total,), np.int64)
        _dataset(file, "variation", (total, VARIATIONS), np.int8)


def _write_names(file: h5py.File, rows: slice, names: list[str], fonts: dict[str, int]) -> None:
    """Font and variation of some samples; ``fonts``: numbers of those met so far, which new ones join."""
    split = [split_name(name) for name in names]
    file["font"][rows] = [fonts.setdefault(font, len(fonts)) for font, _ in split]
    file["variation"][rows] = np.array([variation for _, variation in split], np.int8).reshape(-1, VARIATIONS)


def _dataset(file: h5py.File, name: str, shape: tuple[int, ...], kind: type) -> h5py.Dataset:
    """A chunked and compressed one."""
    row = int(np.prod(shape[1:])) * np.dtype(kind).itemsize
    rows = max(1, min(CHUNK // max(row, 1), shape[0]))
    return file.create_dataset(
        name, shape, kind, chunks=(rows, *shape[1:]), compression="gzip", compression_opts=COMPRESSION
    )


def _write_texts(file: h5py.File, name: str, texts: list[str]) -> None:
    file.create_dataset(name, data=[text.encode() for text in texts], shape=(len(texts),), dtype=h5py.string_dtype())


def _texts(dataset: h5py.Dataset) -> list[str]:
    return [text.decode() for text in dataset[:]]


def _description(conversion: Conversion) -> str:
    return json.dumps(conversion.description(), ensure_ascii=False, sort_keys=True)


def _made_with(path: Path) -> str | None:
    """What an earlier conversion noted in its file; None if it is something else."""
    try:
        with h5py.File(path) as file:
            return bytes(file["made_with"][()]).decode()
    except (OSError, KeyError, TypeError):
        return None
