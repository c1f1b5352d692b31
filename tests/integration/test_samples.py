"""The sample pages, read with the real weights, each within a stated error."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ocrtool.cli import main as cli
from ocrtool.metrics import cer, wer

SAMPLES = Path(__file__).parents[2] / "samples"

#: Most character error rate of each page.
BARS = {"letter": 0.02, "form": 0.10, "columns": 0.02, "scan": 0.03}


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Text of every sample, read in one run."""
    folder = tmp_path_factory.mktemp("readings")
    images = [str(SAMPLES / f"{name}.png") for name in BARS]
    assert cli.run(["read", *images, "-o", str(folder)]) == 0
    return {name: (folder / f"{name}.txt").read_text(encoding="utf-8") for name in BARS}


@pytest.mark.parametrize("name", BARS)
def test_error_is_within_the_bar(name: str, readings: dict[str, str]) -> None:
    truth = (SAMPLES / f"{name}.txt").read_text(encoding="utf-8")
    assert cer(truth, readings[name]) <= BARS[name], readings[name]


def test_columns_are_read_one_after_the_other(readings: dict[str, str]) -> None:
    truth = (SAMPLES / "columns.txt").read_text(encoding="utf-8")
    assert wer(truth, readings["columns"]) <= 0.08


def test_from_another_folder_as_json(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ocrtool", "read", "--format", "json", str(SAMPLES / "form.png")]
    runs = [subprocess.run(command, capture_output=True, check=True, cwd=tmp_path) for _ in range(2)]
    assert runs[0].stdout == runs[1].stdout
    assert runs[0].stderr == b""
    (page,) = json.loads(runs[0].stdout)["pages"]
    assert (page["width"], page["height"]) == (1165, 1339)
    characters = [c for line in page["lines"] for word in line["words"] for c in word["characters"]]
    assert len(characters) > 150
    for character in characters:
        x0, y0, x1, y1 = character["box"]
        assert 0 <= x0 < x1 <= page["width"]
        assert 0 <= y0 < y1 <= page["height"]
        assert 0 <= character["probability"] <= 1
        likely = [other["probability"] for other in character["alternatives"]]
        assert 1 <= len(likely) <= 5
        assert likely == sorted(likely, reverse=True)


def test_without_the_language_model(capfd: pytest.CaptureFixture, readings: dict[str, str]) -> None:
    assert cli.run(["read", "--no-lm", str(SAMPLES / "form.png")]) == 0
    assert cer(readings["form"], capfd.readouterr().out) < 0.5
