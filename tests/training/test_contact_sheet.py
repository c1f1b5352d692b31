"""The contact sheet shows samples of each class, upright, beside its name; bad input gets a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from emnist_files import upright, write_idx, write_plain
from PIL import Image

from training.emnist.contact_sheet import CELL, MARGIN, NAME_WIDTH, SCALE, TITLE_HEIGHT, main

FOLDER_NAMES = "emnist-digits-train-images-idx3-ubyte", "emnist-digits-train-labels-idx1-ubyte"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two images of 1, three of 4."""
    write_plain(tmp_path, "digits", "train", upright(5), np.array([4, 1, 4, 1, 4]))
    return tmp_path


def draw(data: Path, *options: str) -> Result:
    arguments = ["--data", str(data), "--split", "digits", "--out", str(data / "sheet.png"), *options]
    return CliRunner().invoke(main, arguments)


def cell(sheet: np.ndarray, row: int, column: int, top: int = TITLE_HEIGHT) -> np.ndarray:
    """The image in a cell of a sheet's first column of blocks, in its own size."""
    y, x = top + row * CELL, MARGIN + NAME_WIDTH + column * CELL
    return sheet[y : y + 28 * SCALE : SCALE, x : x + 28 * SCALE : SCALE]


def pixels(data: Path) -> np.ndarray:
    with Image.open(data / "sheet.png") as sheet:
        return np.asarray(sheet.convert("L"))


def test_samples_stand_upright_beside_their_class(data: Path) -> None:
    result = draw(data, "--classes", "4,1", "--per-class", "3", "--columns", "1")
    assert result.exit_code == 0 and "2 classes, 5 samples" in result.output
    sheet = pixels(data)
    of_four = [cell(sheet, 0, column) for column in range(3)]
    assert all(np.array_equal(a, b) for a, b in zip(of_four, upright(5)[::2], strict=True))
    below = TITLE_HEIGHT + CELL + MARGIN // 2
    assert np.array_equal(cell(sheet, 0, 1, below), upright(5)[3])
    name = sheet[TITLE_HEIGHT : TITLE_HEIGHT + CELL, MARGIN : MARGIN + NAME_WIDTH]
    assert (name < 100).sum() > 100  # dark type on light paper


def test_all_classes_by_default_also_those_without_images(data: Path) -> None:
    assert "10 classes, 5 samples" in draw(data).output
    wide, high = (draw(data, "--columns", n) and pixels(data).shape for n in ("5", "1"))
    assert wide[1] > high[1] and wide[0] < high[0]


def test_variants_stand_below_their_sample(data: Path) -> None:
    assert draw(data, "--classes", "4", "--augment", "--seed", "3").exit_code == 0
    sheet = pixels(data)
    sample, variant = cell(sheet, 0, 0), cell(sheet, 1, 0)
    assert np.array_equal(sample[2:26, 2:26], upright(5)[0, 2:26, 2:26])  # within its frame
    assert not np.array_equal(sample, variant) and (variant > 100).any()
    draw(data, "--classes", "4", "--augment", "--seed", "3")
    assert np.array_equal(sheet, pixels(data))
    draw(data, "--classes", "4", "--augment", "--seed", "4")
    assert not np.array_equal(sheet, pixels(data))


def test_any_pair_of_files(data: Path) -> None:
    write_idx(data / "images.gz", upright(2))
    write_idx(data / "labels", np.array([1, 26]))
    arguments = ["--images", str(data / "images.gz"), "--labels", str(data / "labels"), "--split", "letters"]
    arguments += ["--classes", "A,Z", "--columns", "1", "--upright", "--out", str(data / "sheet.png")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0 and np.array_equal(cell(pixels(data), 0, 0), upright(2)[0])


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--classes", "x,1"], 2, "no class x: the classes are 0 1 2 3 4 5 6 7 8 9"),
        (["--images", "some"], 2, "--images and --labels belong together"),
        (["--part", "test"], 1, "has no test part with it"),
        (["--data", "/nowhere"], 1, "no such folder: /nowhere"),
        (["--out", "/nowhere/sheet.png"], 1, "/nowhere/sheet.png: no such file or directory"),
        (["--out", "sheet.odd"], 1, "sheet.odd: unknown file extension"),
    ],
)
def test_bad_input_gets_a_sentence(data: Path, options: list[str], code: int, words: str) -> None:
    result = draw(data, *options)
    assert result.exit_code == code and words in result.output and "Traceback" not in result.output
    if code == 1:
        assert result.output.startswith("Error: ") and result.output.count("\n") == 1


def test_swapped_files_are_named(data: Path) -> None:
    images, labels = (data / name for name in FOLDER_NAMES)
    images.rename(data / "x")
    labels.rename(images)
    (data / "x").rename(labels)
    result = draw(data)
    assert result.exit_code == 1
    assert result.output == f"Error: {images} holds labels where images are expected: are the two files swapped?\n"
