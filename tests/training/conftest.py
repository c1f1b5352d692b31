"""Fixtures of the tests of training."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def no_system_fonts(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Only fonts that a test makes are found, whatever is installed on this machine; an empty folder."""
    empty = tmp_path_factory.mktemp("no_fonts")
    for name in ("OCRTOOL_SYSTEM_FONTS", "OCRTOOL_FONTS", "OCRTOOL_KOREAN_FONTS"):
        monkeypatch.setenv(name, str(empty))
    return empty


@pytest.fixture
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is kept between runs is kept in a folder of the test's own."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("OCRTOOL_CACHE", str(folder))
    return folder
