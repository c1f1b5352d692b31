"""Output names and output files."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrtool.errors import OutputError
from ocrtool.files import atomic_write, unique_stems


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
    ],
)
def test_stems_are_all_different(paths: list[str], stems: list[str]) -> None:
    found = unique_stems([Path(path) for path in paths])
    assert len({stem.casefold() for stem in found}) == len(paths)
    assert found == stems


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
