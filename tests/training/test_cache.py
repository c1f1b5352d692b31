"""Where the cache is, and what becomes of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from training.datasets.cache import cache_folder, unpacked


@pytest.mark.skipif(sys.platform != "linux", reason="XDG base directories")
def test_the_cache_is_the_users_unless_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCRTOOL_CACHE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    assert cache_folder() == tmp_path / "home" / ".cache" / "ocrtool"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "ocrtool"
    monkeypatch.setenv("OCRTOOL_CACHE", str(tmp_path / "named"))
    assert cache_folder() == tmp_path / "named"
    assert cache_folder().is_dir()


def test_what_fails_leaves_nothing_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRTOOL_CACHE", str(tmp_path / "cache"))
    source = tmp_path / "source"
    source.write_text("some")

    def half(folder: Path) -> None:
        (folder / "part").write_text("begun")
        raise ValueError("damaged")

    with pytest.raises(ValueError, match="damaged"):
        unpacked(source, half)
    assert list((tmp_path / "cache").iterdir()) == []
    entry = unpacked(source, lambda folder: (folder / "all").touch())
    assert [path.name for path in entry.iterdir()] == ["all"]
    assert unpacked(source, half) == entry  # it is not made again
