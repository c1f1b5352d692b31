"""The user's weights are tried where they can be ended, before they run in the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ocrtool.cli import main as cli
from ocrtool.errors import WeightsNotFound, WeightsRefused
from ocrtool.imaging.confined import ConfinedError
from ocrtool.jobs import trial
from ocrtool.weights.store import packaged_folder


def mine(folder: Path, *names: str) -> Path:
    """A folder with some of the packaged weights."""
    for name in names:
        for path in packaged_folder().glob(f"{name}.*"):
            (folder / path.name).symlink_to(path)
    return folder


def ending(count: int) -> object:
    """A process that ends after so many models."""

    def run(*arguments: object) -> Iterator[tuple[dict, bytes]]:
        for _ in range(count):
            yield {}, b""
        raise ConfinedError

    return run


def test_weights_that_work_are_taken(tmp_path: Path) -> None:
    trial.try_weights(mine(tmp_path, "lines", "lstm_eng", "latin"))


def test_a_file_that_is_no_model_is_left_to_the_one_who_opens_it(tmp_path: Path) -> None:
    (tmp_path / "lines.tflite").write_bytes(b"no model")
    trial.try_weights(tmp_path)


def test_a_model_that_ends_its_process_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "confined", ending(1))
    with pytest.raises(WeightsRefused, match=r"lines\.tflite is not a model that can be run: reading it ends the proc"):
        trial.try_weights(mine(tmp_path, "latin", "lines", "lstm_eng"))


def test_a_model_that_takes_too_much_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "_SECONDS", 0.01)
    with pytest.raises(WeightsRefused, match=r"latin\.tflite is not a model that can be run: it takes too long"):
        trial.try_weights(mine(tmp_path, "latin"))


@pytest.mark.parametrize("command", ["read", "classify", "writer-id"])
def test_commands_try_them(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(trial, "confined", ending(0))
    folder = mine(tmp_path, "lines", "latin", "writer")
    assert cli.run([command, str(packaged_folder().parent / "samples" / "letter.png"), "--weights", str(folder)]) == 3
    assert "is not a model that can be run" in capfd.readouterr().err
    monkeypatch.setenv("OCRTOOL_WEIGHTS", str(folder))
    assert cli.run([command, str(packaged_folder().parent / "samples" / "letter.png")]) == 3


def test_the_packaged_ones_are_not_tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(trial, "confined", ending(0))
    trial.try_weights(None)
    trial.try_weights(packaged_folder())
    trial.try_weights(tmp_path)
    with pytest.raises(WeightsNotFound):
        trial.try_weights(tmp_path / "gone")
