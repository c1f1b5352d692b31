"""The sample pages, read with the real weights: exactly as many errors as today."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from error_count import errors

from ocrtool.cli import main as cli

SAMPLES = Path(__file__).parents[2] / "samples"

#: Edits out of characters of each page. A change that reads better or worse changes the figure here. It does not depend
#: on the processor: with LiteRT's optimised or reference kernels, with or without AVX2 and AVX-512, it is the same.
ERRORS = {
    "letter": "0 / 833",
    "form": "0 / 272",
    "columns": "2 / 1515",
    "scan": "14 / 634",
    "slanted": "8 / 511",
    "capitals": "4 / 644",
}
#: The same for `form` without the language model.
FORM_UNGUIDED = "3 / 272"


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Text of every sample, read in one run."""
    folder = tmp_path_factory.mktemp("readings")
    images = [str(SAMPLES / f"{name}.png") for name in ERRORS]
    assert cli.run(["read", *images, "-o", str(folder)]) == 0
    return {name: (folder / f"{name}.txt").read_text(encoding="utf-8") for name in ERRORS}


@pytest.mark.parametrize("name", ERRORS)
def test_as_many_errors_as_today(name: str, readings: dict[str, str]) -> None:
    truth = (SAMPLES / f"{name}.txt").read_text(encoding="utf-8")
    assert errors(truth, readings[name]) == ERRORS[name], readings[name]


def test_from_another_folder_as_json(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ocrtool", "read", "--format", "json", str(SAMPLES / "form.png")]
    runs = [subprocess.run(command, capture_output=True, check=True, cwd=tmp_path) for _ in range(2)]
    assert runs[0].stdout == runs[1].stdout
    assert runs[0].stderr == b""
    (page,) = json.loads(runs[0].stdout)["pages"]
    assert (page["width"], page["height"]) == (1165, 1339)
    characters = [c for line in page["lines"] for word in line["words"] for c in word["characters"]]
    assert len(characters) >= 230
    for character in characters:
        x0, y0, x1, y1 = character["box"]
        assert 0 <= x0 < x1 <= page["width"]
        assert 0 <= y0 < y1 <= page["height"]
        assert 0 <= character["probability"] <= 1
        likely = [other["probability"] for other in character["alternatives"]]
        assert 1 <= len(likely) <= 5
        assert likely == sorted(likely, reverse=True)


def test_without_the_language_model(capfd: pytest.CaptureFixture) -> None:
    assert cli.run(["read", "--no-lm", str(SAMPLES / "form.png")]) == 0
    truth = (SAMPLES / "form.txt").read_text(encoding="utf-8")
    assert errors(truth, capfd.readouterr().out) == FORM_UNGUIDED
