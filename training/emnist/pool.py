"""The pool: a part of EMNIST's images with up to three label files, of the schemes byclass, balanced and letters.

The label 255 means no label in that scheme. The other splits are derived: bymerge has the classes of balanced, and
takes an image's byclass label, with the cases merged, where the balanced one is missing; digits are the images that
either scheme labels as a digit. Which images belong to mnist is not known.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from training.emnist.idx import read_images, read_labels
from training.emnist.locate import beside
from training.emnist.mapping import NO_LABEL, PARTS, LabelMap

IMAGES: dict[str, tuple[str, ...]] = {part: (f"emnist-pool-{part}-images-idx3-ubyte",) for part in PARTS}
#: Label files of a split; the first that has a label for an image decides.
SCHEMES = {
    "byclass": ("byclass",),
    "balanced": ("balanced",),
    "letters": ("letters",),
    "bymerge": ("balanced", "byclass"),
    "digits": ("byclass", "balanced"),
}


def read_pool(
    images: Path, split: str, mapping: LabelMap, mapping_of: Callable[[str], LabelMap]
) -> tuple[np.ndarray, np.ndarray]:
    """All images (N, 28, 28) uint8, transposed as in the file, and the class of each: (N,) int64, -1 = none.

    mapping: the split's; mapping_of: that of a scheme. Raises ValueError or OSError with one sentence that names
    the file and the fault.
    """
    if split not in SCHEMES:
        raise ValueError(f"{images} does not contain the split {split}: put the files of {split} into its folder")
    pixels = read_images(images)
    classes = np.full(len(pixels), -1, np.int64)
    for scheme in SCHEMES[split]:
        path = beside(images, images.name.removesuffix(".gz").replace("images-idx3", f"{scheme}-labels-idx1"))
        labels = read_labels(path)
        if len(labels) != len(pixels):
            raise ValueError(f"{images} holds {len(pixels)} images, but {path} {len(labels)} labels")
        finer = mapping_of(scheme)
        numbers = finer.indices(labels, path, none=NO_LABEL)
        table = np.append(mapping.classes_of(finer), -1)  # the last is reached with -1
        classes = np.where(classes < 0, table[numbers], classes)
    return pixels, classes
