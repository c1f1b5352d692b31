"""Splits of EMNIST in whatever form a folder holds them, as upright images with labels counted from 0.

Forms, in the order of the search, in the folder itself and in those that the archives unpack to (`SUBFOLDERS`):

- idx files of the official archive, plain or ``.gz``: ``emnist-SPLIT-PART-images-idx3-ubyte``, ``…-labels-idx1-ubyte``;
- for the split mnist also the files of the original MNIST, which are not transposed: ``train-images-idx3-ubyte``,
  ``t10k-labels-idx1-ubyte`` …, and ``mnist_train.csv``, ``mnist_test.csv``;
- CSV files of Kaggle: ``emnist-SPLIT-PART.csv``;
- MATLAB files: ``emnist-SPLIT.mat``;
- the pool: ``emnist-pool-PART-images-idx3-ubyte`` with up to three label files (`training.emnist.pool`).

Both parts are taken from the same form. Classes come from ``emnist-SPLIT-mapping.txt``, or from the mapping within a
MATLAB file, else from the official ones. All but the original MNIST store each image transposed: rows and columns are
exchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from training.emnist import pool
from training.emnist.csv_form import read_csv
from training.emnist.idx import read_pair
from training.emnist.labelled import LabelledImages, one_hot, split_validation
from training.emnist.locate import SUBFOLDERS, beside, find_file
from training.emnist.mapping import NO_LABEL, PARTS, SPLITS, LabelMap, check_split, default_map, read_map
from training.emnist.mat_form import read_mat

__all__ = ["SPLITS", "LabelledImages", "load_pair", "load_split", "one_hot", "split_validation"]

#: What a file holds: images and labels as they stand there, the file with the labels, and the mapping if it has one.
Content = tuple[np.ndarray, np.ndarray, Path, LabelMap | None]
#: Names that a file may have, of each part.
Names = dict[str, tuple[str, ...]]

#: Names of the original MNIST's images, in the archive and as Kaggle has them, and of its CSV files.
MNIST_IMAGES: Names = {
    "train": ("train-images-idx3-ubyte", "train-images.idx3-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-images.idx3-ubyte"),
}
MNIST_CSV: Names = {part: (f"mnist_{part}.csv",) for part in PARTS}


def load_split(folder: Path, split: str, part: str) -> LabelledImages:
    """The ``train`` or ``test`` part of a split, from whichever form lies in ``folder``.

    Raises ValueError or OSError (FileNotFoundError) with one sentence that names the file or folder and the fault.
    """
    check_split(split)
    if part not in PARTS:
        raise ValueError(f"unknown part {part!r}: expected train or test")
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is not a folder" if folder.exists() else f"no such folder: {folder}")
    tried: list[str] = []
    for names, read in _forms(split):
        found = {p: find_file(folder, names[p]) for p in PARTS}
        path = found[part]
        if path is not None:
            return _load(folder, path, split, read(path, part))
        other = next((other for other in found.values() if other), None)
        if other is not None:
            raise FileNotFoundError(f"{other} has no {part} part with it: {folder} holds no {names[part][0]}")
        tried += names[part]
    path = find_file(folder, pool.IMAGES[part])
    if path is not None:
        return _load_pool(folder, path, split)
    tried += pool.IMAGES[part]
    raise FileNotFoundError(
        f"no {part} part of EMNIST {split} in {folder}: searched for {', '.join(tried)} "
        f"(also with .gz), there and in its folders {', '.join(SUBFOLDERS[1:])}"
    )


def load_pair(images: Path, labels: Path, split: str, transposed: bool | None = None) -> LabelledImages:
    """Any two idx files with the labels of ``split``; images with label 255, no label, are left out.

    transposed: whether rows and columns are exchanged, as in all EMNIST files; by default decided by the name: only
    those of the original MNIST are upright. Labels are mapped by the file beside the images, else the official one.
    Raises ValueError or OSError with one sentence that names the file and the fault.
    """
    check_split(split)
    if transposed is None:
        transposed = not images.name.startswith(("train-images", "t10k-images"))
    mapping = _mapping(images.parent, images, split)
    pixels, marks = read_pair(images, labels)
    numbers = mapping.indices(marks, labels, none=NO_LABEL)
    return _labelled(pixels, numbers, mapping, transposed, labels)


def _forms(split: str) -> list[tuple[Names, Callable[[Path, str], Content]]]:
    """Names of the files to search for, and the function that reads the one found."""
    official: Names = {part: (f"emnist-{split}-{part}-images-idx3-ubyte",) for part in PARTS}
    csv: Names = {part: (f"emnist-{split}-{part}.csv",) for part in PARTS}
    mat: Names = dict.fromkeys(PARTS, (f"emnist-{split}.mat",))
    of_mnist = [(MNIST_IMAGES, _idx_content), (MNIST_CSV, _csv_content)] if split == "mnist" else []
    return [(official, _idx_content), *of_mnist, (csv, _csv_content), (mat, _mat_content)]


def _idx_content(path: Path, part: str) -> Content:
    name = path.name.removesuffix(".gz").replace("images", "labels").replace("idx3", "idx1")
    labels = beside(path, name)
    return *read_pair(path, labels), labels, None


def _csv_content(path: Path, part: str) -> Content:
    return *read_csv(path), path, None


def _mat_content(path: Path, part: str) -> Content:
    images, labels, mapping = read_mat(path, part)
    return images, labels, path, mapping


def _load(folder: Path, path: Path, split: str, content: Content) -> LabelledImages:
    images, labels, source, mapping = content
    mapping = mapping or _mapping(folder, path, split)
    return _labelled(images, mapping.indices(labels, source), mapping, path.name.startswith("emnist-"), source)


def _load_pool(folder: Path, path: Path, split: str) -> LabelledImages:
    mapping = _mapping(folder, path, split)
    images, numbers = pool.read_pool(path, split, mapping, lambda scheme: _mapping(folder, path, scheme))
    return _labelled(images, numbers, mapping, True, path)


def _mapping(folder: Path, found: Path, split: str) -> LabelMap:
    """Mapping of the split beside the file found, or elsewhere in the folder, else the official one."""
    name = (f"emnist-{split}-mapping.txt",)
    path = find_file(found.parent, name) or find_file(folder, name)
    return default_map(split) if path is None else read_map(path)


def _labelled(
    images: np.ndarray, numbers: np.ndarray, mapping: LabelMap, transposed: bool, source: Path
) -> LabelledImages:
    """images: (N, 28, 28) as in the file; numbers: (N,) int64, -1 = no label, which are left out."""
    upright = images.transpose(0, 2, 1) if transposed else images
    known = numbers >= 0
    if not known.any():
        raise ValueError(f"{source}: no image has a label")
    if known.all():
        return LabelledImages(upright, numbers, mapping.classes)
    all_images = LabelledImages(upright, np.maximum(numbers, 0), mapping.classes)
    return all_images.take(known)
