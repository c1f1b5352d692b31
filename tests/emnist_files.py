"""Small EMNIST files in every form, as the official archives, Kaggle and the pool have them."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from training.emnist.idx import idx_header
from training.emnist.labelled import LabelledImages
from training.emnist.mapping import default_map

#: folder, split, part, upright images, labels as in the files.
Write = Callable[[Path, str, str, np.ndarray, np.ndarray], None]


def upright(count: int) -> np.ndarray:
    """Letters L, one a little unlike the other: (count, 28, 28)."""
    images = np.zeros((count, 28, 28), np.uint8)
    images[:, 4:24, 6], images[:, 23, 6:20] = 255, 200
    images[np.arange(count), 2, 20] = np.arange(count) % 251
    return images


def write_idx(path: Path, array: np.ndarray) -> Path:
    content = idx_header(array.shape) + array.astype(np.uint8).tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def write_plain(folder: Path, split: str, part: str, images: np.ndarray, labels: np.ndarray, end: str = "") -> None:
    write_idx(folder / f"emnist-{split}-{part}-images-idx3-ubyte{end}", images.transpose(0, 2, 1))
    write_idx(folder / f"emnist-{split}-{part}-labels-idx1-ubyte{end}", labels)


def write_packed(folder: Path, split: str, part: str, images: np.ndarray, labels: np.ndarray) -> None:
    write_plain(folder / "gzip", split, part, images, labels, ".gz")


def write_csv(folder: Path, split: str, part: str, images: np.ndarray, labels: np.ndarray) -> None:
    rows = np.column_stack([labels, images.transpose(0, 2, 1).reshape(len(images), -1)])
    np.savetxt(folder / f"emnist-{split}-{part}.csv", rows, "%d", ",")


def mat_content(images: np.ndarray, labels: np.ndarray, split: str, part: str) -> dict[str, dict[str, Any]]:
    columns = np.stack([image.ravel(order="F") for image in images])  # MATLAB walks down the columns of each image
    known = default_map(split)
    table = [[n, ord(c), ord(c.lower())] for n, c in zip(known.numbers, known.classes, strict=True)]
    rows = np.array(table, float)[:, : 3 if split == "letters" else 2]
    content = {"images": columns, "labels": labels[:, None].astype(float), "writers": labels[:, None]}
    return {"dataset": {part: content, "mapping": rows}}


def write_mat(folder: Path, split: str, part: str, images: np.ndarray, labels: np.ndarray) -> None:
    from scipy.io import savemat

    (folder / "matlab").mkdir(exist_ok=True)
    savemat(folder / "matlab" / f"emnist-{split}.mat", mat_content(images, labels, split, part), do_compression=True)


def write_hdf5(folder: Path, split: str, part: str, images: np.ndarray, labels: np.ndarray) -> None:
    import h5py

    content = mat_content(images, labels, split, part)["dataset"]
    with h5py.File(folder / f"emnist-{split}.mat", "w", userblock_size=512) as file:
        for name, table in content[part].items():
            file[f"dataset/{part}/{name}"] = table.T
        file["dataset/mapping"] = content["mapping"].T


def write_pool(folder: Path, split: str, part: str, images: np.ndarray, labels: np.ndarray) -> None:
    write_idx(folder / f"emnist-pool-{part}-images-idx3-ubyte.gz", images.transpose(0, 2, 1))
    write_idx(folder / f"emnist-pool-{part}-{split}-labels-idx1-ubyte.gz", labels)


#: Every form; only the first is not unpacked to the cache, and the last knows some splits only.
FORMS: tuple[Write, ...] = (write_plain, write_packed, write_csv, write_mat, write_hdf5, write_pool)


#: Classes of `drawn_images`.
DRAWN = "0123456789ABCDEFGHIJ"


def drawn_images(per_class: int, seed: int = 0) -> LabelledImages:
    """Characters in a plotter font, each moved a little."""
    rng = np.random.default_rng(seed)
    images = []
    for character in DRAWN:
        for _ in range(per_class):
            image = np.zeros((28, 28), np.uint8)
            origin = (int(rng.integers(3, 8)), int(rng.integers(20, 25)))
            cv2.putText(image, character, origin, cv2.FONT_HERSHEY_SIMPLEX, 0.75, 255, 2)
            images.append(image)
    return LabelledImages(np.stack(images), np.repeat(np.arange(len(DRAWN)), per_class), tuple(DRAWN))


def unpadded(markdown: str) -> str:
    """``markdown`` without the spaces that align the columns of tables."""
    return re.sub(r" +", " ", markdown)
