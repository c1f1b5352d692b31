"""The examples in the docstrings of what is public from Python run and give what they show."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

#: Modules with examples; each has at least one.
PUBLIC = (
    "ocrtool",
    "ocrtool.errors",
    "ocrtool.export.registry",
    "ocrtool.metrics",
    "ocrtool.pipeline",
    "ocrtool.script.engines",
    "ocrtool.script.registry",
    "ocrtool.script.script",
    "ocrtool.types",
    "ocrtool.weights.store",
)


@pytest.mark.parametrize("name", PUBLIC)
def test_examples_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])  # samples/ is named in them
    results = doctest.testmod(import_module(name))
    assert results.attempted > 0 and results.failed == 0
