"""The gallery file: nothing lost, nothing twice, and nothing taken for one that is none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import h5py
import numpy as np
import pytest
from fake_embedder import DIGEST, DIMENSIONS, FakeEmbedder

from ocrtool.errors import GalleryRefused
from ocrtool.jobs.gallery_file import add_to_file, read_gallery
from ocrtool.writer.gallery import Gallery, GalleryEntry, from_bytes, to_bytes


def entry(writer: str, number: int, page: str = "") -> GalleryEntry:
    vector = np.zeros(DIMENSIONS, np.float32)
    vector[number % DIMENSIONS] = 1.0
    return GalleryEntry(writer, page or f"{writer}/{number}.png", f"{number:064x}", vector)


def test_comes_back_as_it_went() -> None:
    entries = (entry("Jürgen Müller", 1), entry("가나", 2), entry("Jürgen Müller", 3))
    back = from_bytes(to_bytes(Gallery(DIGEST, entries)), "x.h5", DIGEST, DIMENSIONS)
    assert [(one.writer, one.page, one.fingerprint) for one in back.entries] == [
        (one.writer, one.page, one.fingerprint) for one in entries
    ]
    writers = back.by_writer()
    assert list(writers) == ["Jürgen Müller", "가나"]
    assert writers["Jürgen Müller"].shape == (2, DIMENSIONS) and writers["Jürgen Müller"].dtype == np.float32
    assert (writers["가나"] == entries[1].vector).all()


def test_a_file_of_the_first_version_is_read() -> None:
    """As it lies on people's disks, whatever the program calls its parts now."""
    file = BytesIO()
    with h5py.File(file, "w") as h5:
        h5.attrs.update({"format": "ocrtool-writers", "version": 1, "weights": DIGEST})
        h5["vectors"] = np.eye(2, DIMENSIONS, dtype=np.float32)
        for name, values in (("writers", ["anna", "가나"]), ("pages", ["anna/1.png", "가나/2.png"])):
            h5.create_dataset(name, data=np.array(values, object), dtype=h5py.string_dtype("utf-8"))
        h5["fingerprints"] = ["0" * 64, "1" * 64]
    gallery = from_bytes(file.getvalue(), "x.h5", DIGEST, DIMENSIONS)
    assert [(one.writer, one.page, int(one.vector.argmax())) for one in gallery.entries] == [
        ("anna", "anna/1.png", 0),
        ("가나", "가나/2.png", 1),
    ]


def test_an_empty_one_comes_back_too() -> None:
    assert from_bytes(to_bytes(Gallery(DIGEST)), "x.h5", DIGEST, DIMENSIONS).by_writer() == {}


def test_adding_says_what_became_of_each_page() -> None:
    first, statuses = Gallery(DIGEST).adding([entry("anna", 1), entry("anna", 1), entry("bert", 2)])
    assert statuses == ["added", "replaced", "added"]
    second, statuses = first.adding([entry("anna", 1, "new name.png"), entry("carla", 2), entry("anna", 3)])
    assert statuses == ["replaced", "moved", "added"]
    assert [(one.writer, one.page) for one in second.entries] == [
        ("anna", "new name.png"),
        ("carla", "carla/2.png"),
        ("anna", "anna/3.png"),
    ]
    assert len(first.entries) == 2


def test_pages_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "w.h5"
    add_to_file(path, [entry("anna", 1, "anna/1.png")], FakeEmbedder())
    add_to_file(path, [entry("anna", 2, "anna/1.png")], FakeEmbedder())
    assert read_gallery(path, FakeEmbedder()).by_writer()["anna"].shape[0] == 2
    assert list(tmp_path.iterdir()) == [path]


def test_runs_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "w.h5"
    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(add_to_file, path, [entry(f"writer {k}", k)], FakeEmbedder()) for k in range(8)]
    assert [one.result() for one in done] == [["added"]] * 8
    assert sorted(read_gallery(path, FakeEmbedder()).by_writer()) == [f"writer {k}" for k in range(8)]


def test_a_link_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "real.h5", tmp_path / "link.h5"
    add_to_file(real, [entry("anna", 1)], FakeEmbedder())
    link.symlink_to(real)
    add_to_file(link, [entry("bert", 2)], FakeEmbedder())
    assert link.is_symlink() and list(read_gallery(real, FakeEmbedder()).by_writer()) == ["anna", "bert"]


def foreign() -> bytes:
    file = BytesIO()
    with h5py.File(file, "w") as h5:
        h5["weights"] = np.zeros(3)
    return file.getvalue()


def changed(name: str, value: object) -> bytes:
    """A file with one part of another kind."""
    file = BytesIO(to_bytes(Gallery(DIGEST, (entry("anna", 1),))))
    with h5py.File(file, "r+") as h5:
        if name in h5.attrs:
            h5.attrs[name] = value
        else:
            del h5[name]
            if value is not None:
                h5[name] = value
    return file.getvalue()


def hollow() -> bytes:
    """A small file that says it holds 2.6 GB: never written, so HDF5 makes zeros of them."""
    file = BytesIO(to_bytes(Gallery(DIGEST, (entry("anna", 1),))))
    with h5py.File(file, "r+") as h5:
        del h5["vectors"]
        h5.create_dataset("vectors", (10_000_000, DIMENSIONS), np.float32)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is not a gallery of writers, or is damaged"),
        (b"anna, bert", "is not a gallery of writers, or is damaged"),
        (to_bytes(Gallery(DIGEST, (entry("anna", 1),)))[:1500], "damaged"),
        (foreign(), "is an HDF5 file, but not a gallery of writers"),
        (changed("version", 2), "newer version"),
        (changed("vectors", np.zeros((2, DIMENSIONS))), "its parts do not match"),
        (changed("vectors", np.full((1, DIMENSIONS), np.nan)), "its parts do not match"),
        (changed("vectors", np.zeros((1, 3))), "made with other weights"),
        (changed("writers", None), "damaged"),
        (changed("weights", "0" * 64), "made with other weights"),
        (changed("weights", np.arange(5)), "made with other weights"),
        (changed("version", np.arange(5)), "damaged"),
        (hollow(), "its parts are larger than the file"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(data: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "w.h5"
    path.write_bytes(data)
    for attempt in (lambda: read_gallery(path, FakeEmbedder()), lambda: add_to_file(path, [], FakeEmbedder())):
        with pytest.raises(GalleryRefused, match=words) as error:
            attempt()
        assert str(error.value).startswith(str(path)) and "\n" not in str(error.value)
    assert path.read_bytes() == data


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(GalleryRefused, match=r"gone\.h5: no such file"):
        read_gallery(tmp_path / "gone.h5", FakeEmbedder())
