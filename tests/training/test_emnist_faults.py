"""Wrong, cut and swapped EMNIST files get one sentence that names the file."""

from __future__ import annotations

import errno
import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from emnist_files import (
    Write,
    mat_content,
    upright,
    write_csv,
    write_hdf5,
    write_idx,
    write_mat,
    write_plain,
    write_pool,
)

from training.emnist import idx
from training.emnist.idx import idx_header, read_idx
from training.emnist.idx_writer import IdxPairWriter
from training.emnist.splits import load_split

pytestmark = pytest.mark.usefixtures("own_cache")


IMAGES, LABELS = "emnist-balanced-train-images-idx3-ubyte", "emnist-balanced-train-labels-idx1-ubyte"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


def swap(path: Path) -> None:
    """The images change places with the labels."""
    labels = path.with_name(path.name.replace("images", "labels").replace("idx3", "idx1"))
    content = path.read_bytes()
    path.write_bytes(labels.read_bytes())
    labels.write_bytes(content)


def replace(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def replace_array(*shape: int) -> Callable[[Path], None]:
    return lambda path: write_idx(path, np.zeros(shape, np.uint8))


@pytest.mark.parametrize(
    ("end", "name", "harm", "sentence"),
    [
        ("", IMAGES, cut, r"images-idx3-ubyte is cut off: its header declares 3 × 28 × 28 bytes, it holds 2347$"),
        ("", IMAGES, lambda p: p.write_bytes(p.read_bytes() + b"xx"), "longer than its header says"),
        ("", LABELS, replace(b""), "labels-idx1-ubyte is empty"),
        ("", LABELS, replace(b"\0\0\x08\1\0"), "cut off within its header"),
        ("", IMAGES, replace(b"<!DOCTYPE html>"), "images-idx3-ubyte is not an idx file of bytes"),
        ("", IMAGES, replace(b"\0\0\x0d\1\0\0\0\1abcd"), "not an idx file of bytes"),
        ("", IMAGES, replace_array(3, 20, 20), "holds an array of 3 × 20 × 20, expected N × 28 × 28"),
        ("", IMAGES, replace_array(0, 28, 28), "holds nothing"),
        ("", IMAGES, replace_array(4, 28, 28), "images-idx3-ubyte holds 4 images, but .*labels-idx1-ubyte 3 labels"),
        ("", IMAGES, swap, "images-idx3-ubyte holds labels where images are expected: are the two files swapped"),
        ("", LABELS, replace_array(3, 28, 28), "labels-idx1-ubyte holds images where labels are expected"),
        ("", LABELS, lambda p: write_idx(p, np.array([1, 2, 47])), "labels-idx1-ubyte: label 47 of image 3 is outside"),
        (".gz", IMAGES, cut, "images-idx3-ubyte.gz is cut off: its gzip data end early"),
        (".gz", LABELS, replace(b"\x1f\x8b\x08" + bytes(40)), "labels-idx1-ubyte.gz is damaged"),
        (".gz", LABELS, replace(b"PK\3\4"), "labels-idx1-ubyte.gz is not an idx file of bytes"),
        (".gz", LABELS, Path.unlink, "has no emnist-balanced-train-labels-idx1-ubyte .* beside it"),
    ],
)
def test_faulty_idx_files(tmp_path: Path, end: str, name: str, harm: Callable[[Path], object], sentence: str) -> None:
    write_plain(tmp_path, "balanced", "train", upright(3), np.array([0, 1, 46]), end)
    harm(tmp_path / (name + end))
    with pytest.raises((ValueError, FileNotFoundError), match=sentence) as error:
        load_split(tmp_path, "balanced", "train")
    assert str(tmp_path) in str(error.value) and "\n" not in str(error.value)


def test_a_large_packed_file_that_is_cut_leaves_nothing_behind(
    tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idx, "READ_WHOLE", 100)
    path = tmp_path / "some.gz"
    write_idx(path, upright(3))
    cut(path)
    with pytest.raises(ValueError, match=r"some\.gz is cut off: its gzip data end early"):
        read_idx(path)
    assert list(own_cache.iterdir()) == []
    path.write_bytes(gzip.compress(idx_header((3, 28, 28)) + bytes(5)))
    with pytest.raises(ValueError, match=r"some\.gz is cut off: its header declares 3 × 28 × 28 bytes, it holds 5"):
        read_idx(path)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda lines: [*lines[:2], lines[2] + ",0", lines[3]], "line 3: 786 columns, expected 785"),
        (lambda lines: [*lines[:3], lines[3][:100]], r"line 4: \d+ columns, expected 785"),
        (lambda lines: [lines[0], lines[1].replace("255", "256", 1)], "line 2: expected whole numbers from 0 to 255"),
        (lambda lines: [lines[0], lines[1].replace("255", "x", 1)], "line 2: expected whole numbers"),
        (lambda lines: [lines[0], lines[1].replace("255", "", 1)], "line 2: expected whole numbers"),
        (lambda lines: [lines[0], lines[1].replace("255", "1.5", 1)], "line 2: expected whole numbers"),
        (lambda lines: ["label,1x1"], "holds no images"),
        (lambda lines: [], "holds no images"),
        (lambda lines: ["9" + line[1:] for line in lines[:1]] + ["77" + lines[1][1:]], "label 77 of image 2"),
    ],
)
def test_faulty_csv_files(tmp_path: Path, change: Callable[[list[str]], list[str]], sentence: str) -> None:
    write_csv(tmp_path, "balanced", "test", upright(4), np.array([1, 2, 3, 4]))
    path = tmp_path / "emnist-balanced-test.csv"
    path.write_text("\n".join(change(path.read_text().splitlines())))
    with pytest.raises(ValueError, match=sentence) as error:
        load_split(tmp_path, "balanced", "test")
    assert str(path) in str(error.value)


@pytest.mark.parametrize("write", [write_mat, write_hdf5])
def test_faulty_matlab_files(tmp_path: Path, write: Write) -> None:
    write(tmp_path, "letters", "train", upright(40), np.full(40, 2, np.uint8))
    path = next(tmp_path.rglob("*.mat"))
    whole = path.read_bytes()
    with pytest.raises(ValueError, match=r"emnist-letters\.mat holds no test part"):
        load_split(tmp_path, "letters", "test")
    for share in (0.02, 0.1, 0.5, 0.9):
        path.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(ValueError, match=r"emnist-letters\.mat (is cut off|is not a MATLAB|holds no)"):
            load_split(tmp_path, "letters", "train")
    path.write_bytes(b"PK\3\4 something else")
    with pytest.raises(ValueError, match=r"emnist-letters\.mat is not a MATLAB file"):
        load_split(tmp_path, "letters", "train")


def test_matlab_tables_that_do_not_fit(tmp_path: Path) -> None:
    from scipy.io import savemat

    content = mat_content(upright(3), np.array([1, 2, 3]), "digits", "train")
    tables = content["dataset"]["train"]
    faults = {
        "images or labels are missing": {"labels": tables["labels"]},
        "3 images, but 2 labels": {**tables, "labels": np.array([[1], [2]])},
        r"images are \(3, 784\) float64": {**tables, "images": tables["images"] / 255.0},
        "whole numbers from 0 to 255": {**tables, "labels": np.array([[1], [2], [2.5]])},
    }
    path = tmp_path / "emnist-digits.mat"
    for sentence, tables in faults.items():
        savemat(path, {"dataset": {"train": tables}})
        with pytest.raises(ValueError, match=rf"emnist-digits\.mat, dataset\.train: .*{sentence}"):
            load_split(tmp_path, "digits", "train")
    savemat(path, {"other": 1})
    with pytest.raises(ValueError, match="holds no struct dataset"):
        load_split(tmp_path, "digits", "train")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"0 48\n1 forty\n", "line 2: expected a label"),
        (b"0 48\n0 49\n", "a label comes twice"),
        (b"0 48\n1 48\n", "0 stands for two labels"),
        (b"0 48\n255 49\n", "between 0 and 254"),
        (b"0 99999999\n", "not a mapping"),
        (b"", "one at least"),
        (b"\xff\xfe0", "not plain text"),
    ],
)
def test_faulty_mapping_files(tmp_path: Path, content: bytes, sentence: str) -> None:
    write_plain(tmp_path, "digits", "train", upright(2), np.array([0, 1]))
    (tmp_path / "emnist-digits-mapping.txt").write_bytes(content)
    with pytest.raises(ValueError, match=sentence) as error:
        load_split(tmp_path, "digits", "train")
    assert "emnist-digits-mapping.txt" in str(error.value)


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such folder"):
        load_split(tmp_path / "none", "balanced", "train")
    with pytest.raises(FileNotFoundError, match=r"no train part of EMNIST letters in .*emnist-letters-train\.csv"):
        load_split(tmp_path, "letters", "train")
    write_plain(tmp_path, "letters", "train", upright(2), np.array([1, 2]))
    write_pool(tmp_path, "letters", "test", upright(2), np.array([1, 2]))  # another form is no stand-in
    with pytest.raises(FileNotFoundError, match="letters-train-images-idx3-ubyte has no test part with it"):
        load_split(tmp_path, "letters", "test")
    for split, part in (("letter", "train"), ("letters", "valid")):
        with pytest.raises(ValueError, match=r"unknown (split|part)"):
            load_split(tmp_path, split, part)


def test_a_full_disk_is_named(tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    write_csv(tmp_path, "digits", "train", upright(2), np.array([1, 2]))
    monkeypatch.setattr(IdxPairWriter, "add", full)
    with pytest.raises(OSError, match=r"no room for the unpacked .*train\.csv in .*; OCRTOOL_CACHE names another"):
        load_split(tmp_path, "digits", "train")
    assert list(own_cache.iterdir()) == []
