"""PHD08 as pairs of .npy files, as the known script writes them.

``phd08_data_N.npy`` (M, height, width) float32, 0 paper to 255 ink, and ``phd08_labels_N.npy``: (M,) int64, or (M,
classes) float64 one-hot; N counts from 1, each pair holds the samples of a few files. Beside them stand
``phd08_names_N.npy``, (M,) text, the names with font and variation, and ``phd08_index.json``: the classes in order
and what is in each pair. Unlike the script's, labels follow the code points of the syllables (or the order that
was asked for), not the order of the file system, and the last pair is written even if it is not full.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from ocrtool.files import atomic_write
from training.phd08.conversion import Conversion, Done, other_conversion
from training.phd08.shards import read_images, read_notes
from training.phd08.text_form import Fault
from training.report.write import write_json

INDEX = "phd08_index.json"


class NpyForm:
    """A folder of pairs that grows; the index names the pairs that are whole."""

    def __init__(self, conversion: Conversion) -> None:
        self._conversion = conversion
        self._waiting: list[tuple[int, Path]] = []  # labels and shards of the pair being filled
        self._index: dict[str, Any] = {"made_with": conversion.description(), "pairs": [], "complete": False}
        path = conversion.out / INDEX
        if path.is_file():
            self._index = _read_index(path)
            if self._index["made_with"] != json.loads(json.dumps(conversion.description())):
                raise other_conversion(conversion.out)

    def done(self) -> dict[str, Done]:
        files = [file for pair in self._index["pairs"] for file in pair["files"]]
        return {f["character"]: Done(f["samples"], [Fault(*fault) for fault in f["faults"]]) for f in files}

    def add(self, label: int, shard: Path) -> None:
        self._waiting.append((label, shard))
        if len(self._waiting) == self._conversion.batch:
            self._write_pair()

    def finish(self) -> None:
        if self._waiting:
            self._write_pair()
        if not self._index["complete"]:
            self._index["complete"] = True
            self._write_index()

    def _write_pair(self) -> None:
        folder, number = self._conversion.out, len(self._index["pairs"]) + 1
        folder.mkdir(parents=True, exist_ok=True)
        notes = [read_notes(shard) for _, shard in self._waiting]
        counts = [len(note.names) for note in notes]
        labels = np.repeat([label for label, _ in self._waiting], counts).astype(np.int64)
        names = np.array([name for note in notes for name in note.names], np.str_)
        self._write_images(folder / f"phd08_data_{number}.npy", sum(counts))
        self._write_labels(folder / f"phd08_labels_{number}.npy", labels)
        with atomic_write(folder / f"phd08_names_{number}.npy") as file:
            np.save(file, names, allow_pickle=False)
        characters = [self._conversion.sources[label].character for label, _ in self._waiting]
        files = [
            {"character": character, "samples": count, "faults": [[f.line, f.what] for f in note.faults]}
            for character, count, note in zip(characters, counts, notes, strict=True)
        ]
        self._index["pairs"].append({"number": number, "samples": sum(counts), "files": files})
        self._write_index()
        for _, shard in self._waiting:
            shard.unlink(missing_ok=True)
        self._waiting.clear()

    def _write_images(self, path: Path, count: int) -> None:
        shape = self._conversion.shape
        with atomic_write(path) as file:
            header = {"descr": "<f4", "fortran_order": False, "shape": (count, shape.height, shape.width)}
            np.lib.format.write_array_header_1_0(file, header)
            for _, shard in self._waiting:
                file.write(read_images(shard).astype("<f4").tobytes())

    def _write_labels(self, path: Path, labels: np.ndarray) -> None:
        with atomic_write(path) as file:
            if not self._conversion.one_hot:
                np.save(file, labels)
                return
            width = len(self._conversion.sources)
            header = {"descr": "<f8", "fortran_order": False, "shape": (len(labels), width)}
            np.lib.format.write_array_header_1_0(file, header)
            for label, _ in self._waiting:
                row = np.zeros(width, "<f8")
                row[label] = 1.0
                file.write(row.tobytes() * int((labels == label).sum()))

    def _write_index(self) -> None:
        write_json(self._conversion.out / INDEX, self._index)


def _read_index(path: Path) -> dict[str, Any]:
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(index["pairs"], list) and isinstance(index["made_with"], dict) and "complete" in index:
            return dict(index)
    except (ValueError, KeyError, TypeError):
        pass
    raise ValueError(f"{path} is no index of a PHD08 conversion: remove it, or name another output")
