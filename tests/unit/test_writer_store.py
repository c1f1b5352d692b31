"""The gallery file: nothing lost, nothing twice, and nothing taken for one that is none."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import h5py
import numpy as np
import pytest
from fake_embedder import DIGEST, DIMENSIONS, FakeEmbedder

from ocrtool.errors import GalleryRefused
from ocrtool.jobs import gallery_file
from ocrtool.jobs.gallery_file import add_to_file, read_gallery
from ocrtool.writer.gallery import Gallery, GalleryEntry, from_parts, stored_parts, to_bytes


def from_bytes(data: bytes, name: str = "x.h5") -> Gallery:
    """What `read_gallery` makes of a file, in this process."""
    (parts,) = stored_parts(BytesIO(data))
    return from_parts(parts, name, DIGEST, DIMENSIONS)


def entry(writer: str, number: int, page: str = "") -> GalleryEntry:
    vector = np.zeros(DIMENSIONS, np.float32)
    vector[number % DIMENSIONS] = 1.0
    return GalleryEntry(writer, page or f"{writer}/{number}.png", f"{number:064x}", vector)


def test_comes_back_as_it_went() -> None:
    entries = (entry("Jürgen Müller", 1), entry("가나", 2), entry("Jürgen Müller", 3))
    back = from_bytes(to_bytes(Gallery(DIGEST, entries)))
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
    gallery = from_bytes(file.getvalue())
    assert [(one.writer, one.page, int(one.vector.argmax())) for one in gallery.entries] == [
        ("anna", "anna/1.png", 0),
        ("가나", "가나/2.png", 1),
    ]


def test_an_empty_one_comes_back_too() -> None:
    assert from_bytes(to_bytes(Gallery(DIGEST))).by_writer() == {}


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
    return altered("vectors", lambda h5: h5.create_dataset("vectors", (10_000_000, DIMENSIONS), np.float32))


def altered(name: str, make: Callable[[h5py.File], object]) -> bytes:
    """A file whose part ``name`` is what ``make`` puts in its place."""
    file = BytesIO(to_bytes(Gallery(DIGEST, (entry("anna", 1),))))
    with h5py.File(file, "r+") as h5:
        del h5[name]
        make(h5)
    return file.getvalue()


def link(target: object) -> Callable[[h5py.File], object]:
    return lambda h5: h5.__setitem__("pages", target)


def elsewhere(h5: h5py.File) -> None:
    """External storage: HDF5 takes the values from any file that can be read."""
    h5.create_dataset("pages", (1,), "S64", external=[(__file__, 0, 64)])


def virtual(h5: h5py.File) -> None:
    layout = h5py.VirtualLayout((1,), "S64")
    layout[:] = h5py.VirtualSource(__file__, "pages", (1,), "S64")
    h5.create_virtual_dataset("pages", layout)


def chunked(h5: h5py.File) -> None:
    """One row, in a chunk that would take 8 GB."""
    h5.create_dataset("vectors", (1, DIMENSIONS), np.float32, chunks=(1, 1 << 29), maxshape=(None, None))


def deflated(h5: h5py.File) -> None:
    h5.create_dataset("vectors", (1, DIMENSIONS), np.float32, data=np.zeros((1, DIMENSIONS)), compression="gzip")


def grown() -> bytes:
    """A thousand texts, all of which are the same long one: 1 GB from a file of 1 MB."""
    entries = tuple(entry("anna", number) for number in range(1000))
    data = bytearray(to_bytes(Gallery(DIGEST, (*entries, entry("x" * 10**6, 0)))))
    with h5py.File(BytesIO(data), "r") as h5:
        start, width = h5["writers"].id.get_offset(), 16
    data[start : start + 1000 * width] = data[start + 1000 * width : start + 1001 * width] * 1000
    return bytes(data)


UNUSABLE = {
    "empty": (b"", "is not a gallery of writers, or is damaged"),
    "text": (b"anna, bert", "is not a gallery of writers, or is damaged"),
    "cut": (to_bytes(Gallery(DIGEST, (entry("anna", 1),)))[:1500], "damaged"),
    "foreign": (foreign(), "is an HDF5 file, but not a gallery of writers"),
    "newer": (changed("version", 2), "newer version"),
    "more rows": (changed("vectors", np.zeros((2, DIMENSIONS))), "its parts do not match"),
    "not a number": (changed("vectors", np.full((1, DIMENSIONS), np.nan)), "its parts do not match"),
    "smaller network": (changed("vectors", np.zeros((1, 3))), "made with other weights"),
    "without writers": (changed("writers", None), "writers is missing, or a link"),
    "other network": (changed("weights", "0" * 64), "made with other weights"),
    "weights are numbers": (changed("weights", np.arange(5)), "weights is neither a text nor a number"),
    "version of numbers": (changed("version", np.arange(5)), "version is neither a text nor a number"),
    "long attribute": (changed("version", np.array(b"x" * 20_000, "S20000")), "version is too long"),
    "hollow": (hollow(), "vectors is larger than the file"),
    "texts as vectors": (changed("vectors", np.array([[b"x"]], "S1")), "vectors is no table of numbers"),
    "complex": (changed("vectors", np.zeros((1, DIMENSIONS), complex)), "vectors is no table of numbers"),
    "flat vectors": (changed("vectors", np.zeros(DIMENSIONS)), "vectors is no table of numbers"),
    "numbers as texts": (changed("pages", np.zeros(1)), "pages is no list of texts"),
    "null": (changed("pages", h5py.Empty("S1")), "pages is no table"),
    "group": (altered("pages", lambda h5: h5.create_group("pages")), "pages is no table"),
    "no UTF-8": (changed("pages", np.array([b"\xff\xfe"], "S2")), "is not a gallery of writers, or is damaged"),
    "soft link": (altered("pages", link(h5py.SoftLink("/writers"))), "pages is missing, or a link"),
    "loop of links": (altered("pages", link(h5py.SoftLink("/pages"))), "pages is missing, or a link"),
    "external link": (altered("pages", link(h5py.ExternalLink(__file__, "/x"))), "pages is missing, or a link"),
    "external storage": (altered("pages", elsewhere), "pages is in pieces, compressed, or in another file"),
    "virtual": (altered("pages", virtual), "pages is in pieces, compressed, or in another file"),
    "huge chunk": (altered("vectors", chunked), "vectors is in pieces, compressed, or in another file"),
    "compressed": (altered("vectors", deflated), "vectors is in pieces, compressed, or in another file"),
    "one text a thousand times": (grown(), "writers is larger than the file"),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_what_cannot_be_used_is_refused_in_a_sentence(kind: str) -> None:
    data, words = UNUSABLE[kind]
    with pytest.raises(GalleryRefused, match=words) as error:
        from_bytes(data, "odd\n.h5")
    assert str(error.value).startswith("odd\\n.h5 ") and "\n" not in str(error.value)


def test_a_refused_file_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "w.h5"
    path.write_bytes(data := UNUSABLE["external storage"][0])
    for attempt in (lambda: read_gallery(path, FakeEmbedder()), lambda: add_to_file(path, [], FakeEmbedder())):
        with pytest.raises(GalleryRefused, match="in another file") as error:
            attempt()
        assert str(error.value).startswith(str(path))
    assert path.read_bytes() == data


def test_damage_that_makes_hdf5_search_for_ever_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery_file, "_SECONDS", 2.0)
    data = bytearray(to_bytes(Gallery(DIGEST, tuple(entry("anna", number) for number in range(5)))))
    data[1472] = 255
    (tmp_path / "w.h5").write_bytes(data)
    with pytest.raises(GalleryRefused, match=r"w\.h5 is "):
        read_gallery(tmp_path / "w.h5", FakeEmbedder())


def test_what_is_no_file_is_not_read() -> None:
    with pytest.raises(GalleryRefused, match="/dev/zero is not a regular file"):
        read_gallery(Path("/dev/zero"), FakeEmbedder())


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(GalleryRefused, match=r"gone\.h5: no such file"):
        read_gallery(tmp_path / "gone.h5", FakeEmbedder())
