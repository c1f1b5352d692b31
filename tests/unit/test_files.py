"""Output files: whole or not there; devices, pipes and links written to and never replaced; names unique and safe."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ocrtool.errors import OutputError
from ocrtool.files import atomic_write, is_stream
from ocrtool.jobs.names import output_names, safe_name, unique_stems


@pytest.mark.parametrize(
    ("paths", "stems"),
    [
        (["a.png", "b.png"], ["a", "b"]),
        (["a.png", "a.jpg"], ["a.png", "a.jpg"]),
        (["x/a.png", "y/a.png"], ["x_a", "y_a"]),
        (["x/a.png", "x/a.jpg", "y/a.png"], ["x_a.png", "a.jpg", "y_a"]),
        (["a.png", "A.png"], ["a-1", "A-2"]),
        (["a.png", "a.png"], ["a-1", "a-2"]),
        (["a.png", "a.png", "a-1.png"], ["a-2", "a-3", "a-1"]),
        (["a.png.tif", "a.png", "a.jpg"], ["a.png", "a-1", "a.jpg"]),
        (["x/...png", "y/..png", ".."], ["...png", "_", "__"]),
        (["a\nb.png", "a\tb.png"], ["a_b-1", "a_b-2"]),
    ],
)
def test_stems_are_all_different(paths: list[str], stems: list[str]) -> None:
    found = unique_stems([Path(path) for path in paths])
    assert len({stem.casefold() for stem in found}) == len(paths)
    assert found == stems


@pytest.mark.parametrize(
    "name", ["..", ".", "", "...", "a/b", "../x", "a\\b", "a\0b", "a\x1b[2J", "line\nfeed", "\x85"]
)
def test_no_name_leads_out_of_its_folder_or_hides_what_it_is(name: str) -> None:
    safe = safe_name(name)
    assert safe.isprintable() and safe.strip(".") and not set(safe) & set("/\\")
    assert Path("out", safe).resolve().parent == Path("out").resolve()


@pytest.mark.parametrize(
    ("paths", "pages"),
    [
        (["a.tif", "b.png"], ["a.2", "b.2"]),
        (["a.tif", "a.2.png"], ["a.page2", "a.2.2"]),
        (["A.tif", "a.10.png", "a.page3.png"], ["A.pagepage2", "a.10.2", "a.page3.2"]),
        (["a.tif", "a.1.tif", "a.1.1.tif"], ["a.page2", "a.1.page2", "a.1.1.2"]),
    ],
)
def test_pages_of_an_input_share_no_name_with_others(paths: list[str], pages: list[str]) -> None:
    names = output_names([Path(path) for path in paths])
    assert [name.of_page(2, 3) for name in names] == pages
    every = [name.stem for name in names] + [name.of_page(k, 30) for name in names for k in range(1, 31)]
    assert len({name.casefold() for name in every}) == len(every)


def test_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    with atomic_write(target) as file:
        file.write(b"first")
        assert not target.exists()
    assert target.read_bytes() == b"first"
    assert target.stat().st_mode & 0o600 == 0o600

    def fail() -> None:
        with atomic_write(target) as file:
            file.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert target.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [target]


def test_unwritable_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written: no such file"), atomic_write(tmp_path / "x" / "out.txt"):
        pass


def test_a_name_too_long_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="file name too long"), atomic_write(tmp_path / ("x" * 300)) as file:
        file.write(b"text")
    assert list(tmp_path.iterdir()) == []


def test_a_replaced_file_keeps_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    target.write_bytes(b"before")
    target.chmod(0o640)
    with atomic_write(target) as file:
        file.write(b"after")
    assert (target.read_bytes(), target.stat().st_mode & 0o777) == (b"after", 0o640)


def test_a_write_protected_file_is_refused_to_root_too(tmp_path: Path) -> None:
    target, link = tmp_path / "out.txt", tmp_path / "link"
    target.write_bytes(b"precious")
    target.chmod(0o444)
    link.symlink_to(target)
    for path in (target, link):
        with pytest.raises(OutputError, match=r"cannot be written: the file is write-protected"), atomic_write(path):
            pass
    assert target.read_bytes() == b"precious" and len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_stays_and_its_target_is_written(tmp_path: Path, exists: bool) -> None:
    target, link = tmp_path / "there" / "out.txt", tmp_path / "link"
    target.parent.mkdir()
    if exists:
        target.write_bytes(b"before")
    link.symlink_to(Path("there") / "out.txt")
    with atomic_write(link) as file:
        file.write(b"after")
    assert link.is_symlink() and target.read_bytes() == b"after"
    assert list(target.parent.iterdir()) == [target]


@contextmanager
def reading(descriptor: int) -> Iterator[list[bytes]]:
    """Collects what comes within the block by a descriptor that ends, or the first of what comes by a terminal."""
    found: list[bytes] = []
    thread = threading.Thread(target=lambda: found.append(os.read(descriptor, 100)))
    thread.start()
    yield found
    thread.join(10)


def test_a_fifo_is_written_to_and_stays(tmp_path: Path) -> None:
    fifo, link = tmp_path / "fifo", tmp_path / "link"
    os.mkfifo(fifo)
    link.symlink_to(fifo)
    for path in (fifo, link):
        reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        with atomic_write(path) as file:
            file.write(b"through")
        assert os.read(reader, 100) == b"through"
        os.close(reader)
        assert fifo.is_fifo()
    assert len(list(tmp_path.iterdir())) == 2


def test_a_character_device_is_written_to_and_stays() -> None:
    ours, theirs = os.openpty()
    device = Path(os.ttyname(theirs))
    with reading(ours) as found, atomic_write(device) as file:
        file.write(b"through")
    assert found == [b"through"] and device.is_char_device()
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize("form", ["/dev/fd/{}", "/proc/self/fd/{}"])
def test_a_descriptor_is_written_to_where_it_is(tmp_path: Path, form: str) -> None:
    """As the shell's >(gzip) and /dev/stdout; a regular file behind it is neither replaced nor begun anew."""
    reader, writer = os.pipe()
    with atomic_write(Path(form.format(writer))) as file:
        file.write(b"through")
    assert os.read(reader, 100) == b"through"
    target = tmp_path / "file"
    with target.open("wb", 0) as behind:
        behind.write(b"before ")
        inode = target.stat().st_ino
        link = tmp_path / "link"
        link.symlink_to(form.format(behind.fileno()))
        with atomic_write(link) as file:
            file.write(b"after")
    assert (target.read_bytes(), target.stat().st_ino) == (b"before after", inode)
    os.close(reader)
    os.close(writer)


def test_what_is_a_stream(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    found = {name for name in ("file", "gone", ".", "loop") if is_stream(tmp_path / name)}
    assert found == set()
    assert all(map(is_stream, map(Path, ("/dev/null", "/dev/stdout", "/dev/stderr", "/dev/fd/63"))))
