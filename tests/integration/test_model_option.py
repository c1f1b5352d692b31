"""``--model``: weights for any use, or those for research where there are some, wherever weights are opened."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_embedder import CALIBRATION, load_fake
from fake_engine import fake_reader, slow_classifier
from PIL import Image

import ocrtool
from ocrtool.cli import main as cli
from ocrtool.errors import ExitCode, WeightsNotFound, WeightsRefused
from ocrtool.jobs import classify, embed, read
from ocrtool.jobs.options import EmbedOptions
from ocrtool.script.engines import load_engines
from ocrtool.script.glyph_engine import load_engine
from ocrtool.script.registry import load_script
from ocrtool.script.script import WeightNames
from ocrtool.script.single import load_single_classifier
from ocrtool.weights.store import packaged_folder

COMMANDS = (["read"], ["classify"], ["writer-id"], ["writer-id", "enrol"], ["writer-id", "verify"])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that jobs are asked to load."""
    models: list[str] = []

    def noted(load: Any) -> Any:
        return lambda options: (models.append(options.model), load(options))[1]

    monkeypatch.setenv("FAKE_SECONDS", "0")
    monkeypatch.setattr(read, "load_reader", noted(fake_reader))
    monkeypatch.setattr(classify, "load_classifier", noted(slow_classifier))
    monkeypatch.setattr(embed, "load_embedder", noted(load_fake))
    monkeypatch.setattr(embed, "load_calibration", lambda options: CALIBRATION)
    return models


def run(command: list[str], folder: Path, *options: str) -> int:
    """Run a command on a folder with one writer."""
    (folder / "anna").mkdir(exist_ok=True)
    page = folder / "anna" / "1.png"
    Image.new("L", (50, 30), 11).save(page)
    inputs = {"verify": [page, page], "enrol": [folder, "-o", folder / "w.h5"]}.get(command[-1], [folder / "anna"])
    return cli.run([*command, *map(str, inputs), *options])


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_jobs_load_what_is_asked_for(
    command: list[str], asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for options, variable, model in (
        ([], "", "any"),
        (["--model", "research"], "", "research"),
        ([], "research", "research"),
    ):
        asked.clear()
        monkeypatch.setenv("OCRTOOL_MODEL", variable)
        assert run(command, tmp_path, *options) == 0 and set(asked) == {model}
    assert run(command, tmp_path, "--model", "writer_free") == ExitCode.USAGE


def folder_of(folder: Path, *names: str, **changes: Any) -> Path:
    """Weights of the package under other names: ``new=old``, each with ``changes`` to its parameters."""
    for pair in names:
        new, old = pair.split("=")
        manifest = json.loads((packaged_folder() / f"{old}.json").read_text())
        manifest["parameters"] |= changes
        (folder / f"{new}.json").write_text(json.dumps(manifest))
        if (compiled := packaged_folder() / f"{old}.tflite").exists():
            shutil.copy(compiled, folder / f"{new}.tflite")
    return folder


def test_reading_takes_each_of_the_research_weights_that_are_there(tmp_path: Path) -> None:
    folder_of(tmp_path, "decoder_kor_research=decoder_kor", space_weights=[1.0] * 6)
    default, research = (
        load_engine("kor", tmp_path, language_model=False, model=model).settings for model in ("any", "research")
    )
    assert tuple(research.space_weights) == (1.0,) * 6 != tuple(default.space_weights)
    assert default == load_engine("kor", language_model=False, model="research").settings
    folder_of(tmp_path, "lstm_kor_research=lstm_eng")
    with pytest.raises(WeightsRefused, match=r"^lstm_kor_research is no model of Hangul"):
        load_engine("kor", tmp_path, model="research")


def test_a_line_reader_too(tmp_path: Path) -> None:
    for name in ("lines", "lines_research", "decoder_lines_research", "lstm_eng_research"):
        (tmp_path / f"{name}.json").write_text("{}")
    names = load_script("eng").weights
    assert names.of("research", tmp_path) == WeightNames(
        "latin_research", "lstm_eng_research", "decoder_eng", "lines_research", "decoder_lines_research"
    )
    assert names.of("any", tmp_path) == names
    for model, missing in (("any", "lines"), ("research", "lines_research")):
        with pytest.raises(WeightsNotFound, match=rf"/{missing}\.tflite is missing"):
            load_engines("eng", tmp_path, model=model)


def test_a_classifier_too(tmp_path: Path) -> None:
    folder_of(tmp_path, "latin_research=latin")
    (tmp_path / "latin_research.tflite").write_bytes(b"other")
    load_single_classifier("eng", tmp_path)
    with pytest.raises(WeightsRefused, match=r"latin_research\.tflite does not match its manifest"):
        load_single_classifier("eng", tmp_path, model="research")


def test_each_choice_for_writers_has_its_own_network_and_calibration() -> None:
    for model, name in (("any", "writer"), ("research", "writer_research")):
        manifest = json.loads((packaged_folder() / f"{name}.json").read_text())
        options = EmbedOptions(model=model)
        assert embed.load_embedder(options).digest == manifest["h5_sha256"]
        assert embed.load_calibration(options).slope == manifest["calibration"]["slope"]


def test_from_python() -> None:
    blank = np.full((400, 300), 255, np.uint8)
    assert ocrtool.read(blank, "kor", model="research") == ocrtool.read(blank, "kor")
    with pytest.raises(ValueError, match="model 'writer' is not one of any, research"):
        ocrtool.read(blank, "kor", model="writer")
