"""A converted PHD08 file, kept beside the output until that is complete, so that a conversion can be resumed."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ocrtool.files import atomic_write
from training.phd08.files import Source, file_name
from training.phd08.resize import to_size
from training.phd08.text_form import Fault, Samples, parse

#: Changes when the same file would be converted otherwise.
FORM = 1


@dataclass(frozen=True, slots=True)
class Shape:
    """What pictures are brought to: pixels, and standard deviation of the blur before, in pixels of the original."""

    height: int = 28
    width: int = 28
    sigma: float = 0.3


@dataclass(frozen=True, slots=True)
class Notes:
    """What is known of a converted file beside its images: names of its samples as written, and its damage."""

    names: list[str]
    faults: list[Fault]


@dataclass(frozen=True, slots=True)
class ShardTask:
    """A file to convert, where its shard goes, and, if PNGs are wanted, the folder of their folders."""

    source: Source
    shape: Shape
    shard: Path
    pictures: Path | None = None


def shard_path(folder: Path, source: Source, shape: Shape, pictures: bool) -> Path:
    """Path of the shard of a file; it changes with the file and the requested shape."""
    facts = json.dumps([FORM, source.path.name, source.size, source.changed, asdict(shape), pictures])
    return folder / f"{ord(source.character):05X}-{hashlib.sha256(facts.encode()).hexdigest()[:16]}.npz"


def convert_file(task: ShardTask) -> Path:
    """Write the shard of a file, and a PNG of each sample before it, unless that is done. Returns its path.

    A file that cannot be read becomes a shard without samples and with a fault on line 0. Raises OSError, OutputError.
    """
    if task.shard.is_file():
        return task.shard
    shape = task.shape
    samples = _read(task.source.path)
    images = to_size(samples.images, shape.height, shape.width, shape.sigma)
    if task.pictures is not None:
        _write_pictures(samples.names, images, task.pictures / Path(file_name(task.source.character)).stem)
    with atomic_write(task.shard) as file:
        notes = json.dumps([samples.names, [(fault.line, fault.what) for fault in samples.faults]])
        np.savez(file, images=images, notes=np.frombuffer(notes.encode(), np.uint8))
    return task.shard


def _read(path: Path) -> Samples:
    try:
        samples = parse(path.read_bytes())
    except OSError as error:
        return Samples([], [], [Fault(0, f"cannot be read: {error.strerror or error}")])
    if not samples.names and not samples.faults:
        samples.faults.append(Fault(0, "holds no samples"))
    return samples


def read_notes(path: Path) -> Notes:
    """What is known of a shard, without its images."""
    with np.load(path, allow_pickle=False) as content:
        names, faults = json.loads(content["notes"].tobytes())
    return Notes(names, [Fault(line, what) for line, what in faults])


def read_images(path: Path) -> np.ndarray:
    """(N, height, width) uint8 of a shard, ink bright."""
    with np.load(path, allow_pickle=False) as content:
        return np.asarray(content["images"])


def _write_pictures(names: list[str], images: np.ndarray, folder: Path) -> None:
    """One PNG a sample, ink dark; the folder appears once all of them are there."""
    import cv2

    scratch = folder.with_name(f".{folder.name}.part")
    for path in (folder, scratch):
        shutil.rmtree(path, ignore_errors=True)
    scratch.mkdir(parents=True)
    taken: set[str] = set()
    for number, (name, image) in enumerate(zip(names, images, strict=True)):
        stem = "".join(c if c.isalnum() or c in "_-+" else "-" for c in name)[:100]
        stem = f"{stem}-{number}" if stem in taken else stem
        taken.add(stem)
        (scratch / f"{stem}.png").write_bytes(cv2.imencode(".png", 255 - image)[1].tobytes())
    scratch.rename(folder)
