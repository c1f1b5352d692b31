"""EMNIST in every form people have gives the same upright images and the same classes."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from emnist_files import FORMS, Write, upright, write_csv, write_idx, write_plain, write_pool

from training.emnist import csv_form, idx, labelled, mapping
from training.emnist.splits import LabelledImages, load_pair, load_split, one_hot, split_validation

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.mark.parametrize("write", FORMS)
@pytest.mark.parametrize("split", ["balanced", "byclass", "letters"])
@pytest.mark.parametrize("part", ["train", "test"])
def test_every_form_gives_the_same_upright_images(tmp_path: Path, write: Write, split: str, part: str) -> None:
    images = upright(5)
    write(tmp_path, split, part, images, np.array([21, 1, 12, 26, 3], np.uint8))
    data = load_split(tmp_path, split, part)
    assert np.array_equal(data.images, images)
    first = 1 if split == "letters" else 0
    assert data.labels.tolist() == [21 - first, 1 - first, 12 - first, 26 - first, 3 - first]
    named = {"balanced": "L1CQ3", "byclass": "L1CQ3", "letters": "UALZC"}[split]
    assert "".join(data.classes[i] for i in data.labels) == named
    assert data.labels.dtype == np.int64


def test_classes_of_the_splits() -> None:
    counts = {split: len(mapping.default_map(split).classes) for split in mapping.SPLITS}
    assert counts == {"balanced": 47, "byclass": 62, "bymerge": 47, "letters": 26, "digits": 10, "mnist": 10}


def test_the_mapping_file_has_the_say(tmp_path: Path) -> None:
    write_plain(tmp_path, "digits", "train", upright(3), np.array([7, 3, 5]))
    (tmp_path / "emnist-digits-mapping.txt").write_text("7 65\n3 48\n5 1044\n")
    data = load_split(tmp_path, "digits", "train")
    assert data.classes == ("0", "Д", "A") and data.labels.tolist() == [2, 0, 1]


def test_plain_mnist_is_upright_as_it_lies(tmp_path: Path) -> None:
    images, labels = upright(3), np.array([1, 2, 9])
    write_idx(tmp_path / "MNIST/raw/t10k-images-idx3-ubyte", images)
    write_idx(tmp_path / "MNIST/raw/t10k-labels-idx1-ubyte.gz", labels)
    data = load_split(tmp_path, "mnist", "test")
    assert np.array_equal(data.images, images) and data.labels.tolist() == [1, 2, 9]
    np.savetxt(
        tmp_path / "mnist_train.csv", np.column_stack([labels, images.reshape(3, -1)]), "%d", ",", header="label"
    )
    (tmp_path / "MNIST/raw/t10k-images-idx3-ubyte").unlink()
    text = (tmp_path / "mnist_train.csv").read_text().removeprefix("# ")
    (tmp_path / "mnist_train.csv").write_text(text)
    assert np.array_equal(load_split(tmp_path, "mnist", "train").images, images)
    write_plain(tmp_path, "mnist", "train", images, labels)  # EMNIST's own mnist is transposed as the rest of it
    assert np.array_equal(load_split(tmp_path, "mnist", "train").images, images)


def test_splits_drawn_from_the_pool(tmp_path: Path) -> None:
    images = upright(6)
    write_pool(tmp_path, "byclass", "train", images, np.array([10, 38, 255, 255, 7, 36]))  # A c - - 7 a
    write_pool(tmp_path, "balanced", "train", images, np.array([10, 255, 12, 4, 255, 255]))  # A - C 4 - -
    write_pool(tmp_path, "letters", "train", images, np.array([1, 255, 3, 255, 255, 1]))

    def named(split: str) -> list[str]:
        data = load_split(tmp_path, split, "train")
        numbers = data.images[:, 2, 20].tolist()
        return [f"{n}{data.classes[label]}" for n, label in zip(numbers, data.labels, strict=True)]

    assert named("byclass") == ["0A", "1c", "47", "5a"]
    assert named("balanced") == ["0A", "2C", "34"]
    assert named("bymerge") == ["0A", "1C", "2C", "34", "47", "5a"]
    assert named("letters") == ["0A", "2C", "5A"]
    assert named("digits") == ["34", "47"]
    with pytest.raises(ValueError, match="does not contain the split mnist"):
        load_split(tmp_path, "mnist", "train")


def test_large_sets_stay_on_disk(tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idx, "READ_WHOLE", 1000)
    monkeypatch.setattr(csv_form, "BLOCK", 3000)  # less than two lines, more than one
    monkeypatch.setattr(labelled, "COPY_TO_MEMORY", 1000)
    images, labels = upright(9), np.arange(9, dtype=np.uint8) % 3
    for index, write in enumerate(FORMS[:5]):
        folder = tmp_path / str(index)
        folder.mkdir()
        write(folder, "digits", "train", images, labels)
        data = load_split(folder, "digits", "train")
        assert isinstance(data.images, np.memmap)
        part = data.take(np.array([8, 0, 3]))
        assert isinstance(part.images, np.memmap) and np.array_equal(part.images, images[[8, 0, 3]])
    assert len(list(own_cache.iterdir())) == 4  # all but the plain one, which is mapped where it lies


def test_the_cache_follows_the_file(tmp_path: Path, own_cache: Path) -> None:
    for count in (3, 5):
        write_csv(tmp_path, "digits", "test", upright(count), np.zeros(count, np.uint8))
        assert len(load_split(tmp_path, "digits", "test")) == count
        assert len(list(own_cache.iterdir())) == 1
    made = next(own_cache.iterdir()).stat().st_mtime_ns
    assert len(load_split(tmp_path, "digits", "test")) == 5
    assert next(own_cache.iterdir()).stat().st_mtime_ns == made


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    monkeypatch.setenv("OCRTOOL_CACHE", str(tmp_path / "taken"))
    write_csv(tmp_path, "digits", "test", upright(2), np.zeros(2, np.uint8))
    assert len(load_split(tmp_path, "digits", "test")) == 2


def test_csv_as_people_have_them(tmp_path: Path) -> None:
    images, labels = upright(4), np.array([1, 2, 3, 4])
    write_csv(tmp_path, "digits", "train", images, labels)
    path = tmp_path / "emnist-digits-train.csv"
    text = path.read_text()
    variants = {
        "header": "label," + ",".join(f"pixel{i}" for i in range(784)) + "\n" + text,
        "windows": "\ufeff" + text.replace("\n", "\r\n"),
        "no line end, empty lines": text.rstrip() + "\n\n\n",
        "no line end": text.rstrip(),
    }
    for name, content in variants.items():
        path.write_bytes(content.encode())
        data = load_split(tmp_path, "digits", "train")
        assert np.array_equal(data.images, images) and data.labels.tolist() == [1, 2, 3, 4], name
    path.unlink()
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(text.encode()))
    assert np.array_equal(load_split(tmp_path, "digits", "train").images, images)


def test_a_gz_that_was_unpacked_on_the_way(tmp_path: Path) -> None:
    write_plain(tmp_path, "digits", "train", upright(2), np.array([1, 2]))
    for path in list(tmp_path.glob("emnist-*")):
        path.rename(f"{path}.gz")
    assert load_split(tmp_path, "digits", "train").labels.tolist() == [1, 2]


def test_any_pair_of_files(tmp_path: Path) -> None:
    images = upright(3)
    write_idx(tmp_path / "mine.gz", images.transpose(0, 2, 1))
    write_idx(tmp_path / "truth", np.array([1, 255, 26]))
    data = load_pair(tmp_path / "mine.gz", tmp_path / "truth", "letters")
    assert np.array_equal(data.images, images[[0, 2]]) and data.labels.tolist() == [0, 25]
    turned = load_pair(tmp_path / "mine.gz", tmp_path / "truth", "letters", transposed=False)
    assert np.array_equal(turned.images, images[[0, 2]].transpose(0, 2, 1))
    write_idx(tmp_path / "truth", np.full(3, 255))
    with pytest.raises(ValueError, match="truth: no image has a label"):
        load_pair(tmp_path / "mine.gz", tmp_path / "truth", "letters")


def test_validation_images_are_a_share_of_every_class() -> None:
    labels = np.repeat([0, 1, 2], [100, 3, 1])
    data = LabelledImages(upright(len(labels)), labels, ("a", "b", "c"))
    train, held = split_validation(data, 0.1, seed=4)
    assert held.counts().tolist() == [10, 1, 0] and train.counts().tolist() == [90, 2, 1]
    marks = np.concatenate([train.images[:, 2, 20], held.images[:, 2, 20]])
    assert sorted(marks) == sorted(data.images[:, 2, 20])
    again = split_validation(data, 0.1, seed=4)[1]
    assert np.array_equal(held.images, again.images)
    assert not np.array_equal(held.images, split_validation(data, 0.1, seed=5)[1].images)
    with pytest.raises(ValueError, match="between 0 and 1"):
        split_validation(data, 1.5, seed=4)


def test_one_hot_labels() -> None:
    assert one_hot(np.array([2, 0]), 3).tolist() == [[0, 0, 1], [1, 0, 0]]
    with pytest.raises(ValueError, match="between 0 and 2"):
        one_hot(np.array([3]), 3)


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="but labels are"):
        LabelledImages(upright(2), np.array([0]), ("a",))
    with pytest.raises(ValueError, match="between 0 and 0"):
        LabelledImages(upright(1), np.array([1]), ("a",))
    with pytest.raises(ValueError, match="expected"):
        LabelledImages(upright(1).astype(float), np.array([0]), ("a",))
