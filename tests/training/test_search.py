"""``emnist.tune`` keeps its limits and ``emnist.grid`` its promises: everything tried is told, nothing twice."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from emnist_files import unpadded, upright, write_plain

from training.emnist.batches import ImageBatches


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ten digits, six images of each to learn from, two to measure with."""
    folder = tmp_path / "data"
    for part, each in (("train", 6), ("test", 2)):
        write_plain(folder, "digits", part, upright(10 * each), np.tile(np.arange(10), each))
    return folder


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small models, and no graph of them: to trace one takes longer than two steps."""
    from functools import partialmethod

    import keras

    from training.emnist import search

    small = {"first": (4, 8, 12), "growth": (1.0, 2.0), "stages": (2,), "depth": (1,), "hidden": (8, 16, 32)}
    monkeypatch.setattr(search, "SPACE", search.SPACE | small)
    monkeypatch.setattr(keras.Model, "compile", partialmethod(keras.Model.compile, run_eagerly=True))


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with every batch that is trained on."""
    shown: list[int] = []
    real = ImageBatches.__getitem__

    def noted(self: ImageBatches, step: int) -> tuple[np.ndarray, np.ndarray]:
        shown.append(step)
        return real(self, step)

    monkeypatch.setattr(ImageBatches, "__getitem__", noted)
    return shown


def stop_at(count: int, steps: list[int], monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Press Ctrl-C trial so many batches were shown; returns what undoes it."""
    noted = ImageBatches.__getitem__

    def until(self: ImageBatches, step: int) -> tuple[np.ndarray, np.ndarray]:
        if len(steps) == count:
            raise KeyboardInterrupt
        return noted(self, step)

    monkeypatch.setattr(ImageBatches, "__getitem__", until)
    return lambda: monkeypatch.setattr(ImageBatches, "__getitem__", noted)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def tune(data: Path, *options: str) -> Result:
    from training.emnist.tune import main

    common = ["--data", str(data), "--split", "digits", "--out", str(data / "tuned"), "--images", "16"]
    return CliRunner().invoke(main, [*common, "--batch-size", "16", "--trials", "2", "--finalists", "1", *options])


def grid(data: Path, *options: str) -> Result:
    from training.emnist.grid import main

    common = ["--data", str(data), "--split", "digits", "--out", str(data / "grid"), "--model", "lenet5"]
    return CliRunner().invoke(main, [*common, "--limit", "16", "--dropouts", "0.1", *options])


AXES = ["--optimizers", "adam,adadelta", "--batch-sizes", "8,16", "--epochs", "1"]


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_no_model_over_the_limits_is_trained(data: Path, monkeypatch: pytest.MonkeyPatch, steps: list[int]) -> None:
    from training.models.emnist import build_emnist

    monkeypatch.setattr("training.emnist.tune.most_parameters", lambda classes: 8_000)
    result = tune(data, "--macs", "0.3")
    assert result.exit_code == 0, result.output
    log = rows(data / "tuned" / "search.tsv")
    done, refused = ([row for row in log if row["outcome"] == kind] for kind in ("done", "refused"))
    assert len(done) == 3 and refused and len(log) == len(done) + len(refused)
    for row in log:
        over = int(row["parameters"]) > 8_000 or int(row["macs"]) > 300_000
        assert over == (row["outcome"] == "refused")
        assert ("over" in row["note"]) == over
    assert len(steps) == 2 + 3  # two trials of a batch, one finalist of three; nothing else was trained
    best = json.loads((data / "tuned" / "best.json").read_text())
    assert best["trial"] == done[-1]["trial"] == "2"
    model = build_emnist("tuned", 10, **best["sizes"])
    assert model.count_params() == best["parameters"] == int(done[-1]["parameters"])
    first = max(done[:2], key=lambda row: float(row["class_accuracy"]))
    assert all(done[-1][key] == first[key] for key in ("filters", "depth", "size", "hidden", "dropout", "norm", "rate"))


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_a_search_goes_on_where_it_was_stopped(data: Path, steps: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    unlock = stop_at(1, steps, monkeypatch)
    result = tune(data)
    assert result.exit_code == 130 and "interrupted" in result.output
    finished = [row for row in rows(data / "tuned" / "search.tsv") if row["outcome"] == "done"]
    assert len(finished) == 1
    unlock()
    steps.clear()
    result = tune(data)
    assert result.exit_code == 0, result.output
    log = [row for row in rows(data / "tuned" / "search.tsv") if row["outcome"] == "done"]
    assert log[0] == finished[0] and [row["trial"] for row in log] == ["0", "1", "2"]
    assert len(steps) == 1 + 3
    steps.clear()
    assert tune(data).exit_code == 0 and not steps
    other = tune(data, "--macs", "4")
    assert other.exit_code == 1 and "limits" in other.output and "Traceback" not in other.output


@pytest.mark.usefixtures("quick")
def test_limits_that_leave_nothing_are_told(data: Path, steps: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.emnist.search.MOST_REFUSALS", 5)
    result = tune(data, "--macs", "0.001")
    assert result.exit_code == 1 and "over 1000 multiplications" in result.output and not steps


def test_the_limit_is_half_of_mobilenetv2() -> None:
    from training.emnist.search import most_parameters
    from training.models.emnist import build_emnist

    assert most_parameters(47) == build_emnist("mobilenetv2", 47).count_params() // 2


def test_shipped_sizes_are_those_that_were_found() -> None:
    from training import emnist
    from training.emnist.search import best_row, most_parameters
    from training.models.compact import TunedSpec
    from training.models.emnist import build_emnist

    folder = Path(str(emnist.__file__)).parent
    best = json.loads((folder / "tuned_search.json").read_text())
    row = best_row(rows(folder / "tuned_search.tsv"))
    assert row is not None and row["trial"] == best["trial"]
    spec = TunedSpec()
    assert {name: getattr(spec, name) for name in best["sizes"]} == {
        name: tuple(value) if isinstance(value, list) else value for name, value in best["sizes"].items()
    }
    assert build_emnist("tuned", 47).count_params() == best["parameters"] <= most_parameters(47)


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_a_grid_has_every_combination_and_trains_none_twice(data: Path, steps: list[int]) -> None:
    result = grid(data, *AXES)
    assert result.exit_code == 0, result.output
    log = rows(data / "grid" / "grid.tsv")
    tried = {(row["optimizer"], row["batch"], row["epochs"]) for row in log}
    assert tried == {(o, b, "1") for o in ("adam", "adadelta") for b in ("8", "16")}
    assert len(log) == 4 and all(row["outcome"] == "done" for row in log)
    assert len(steps) == 2 * (2 + 1)  # an epoch is two batches of 8, or one of 16
    text = unpadded((data / "grid" / "grid.md").read_text())
    assert text.count("| adam |") + text.count("| adadelta |") + text.count("| **ada") == 4 and "16 images" in text
    assert (data / "grid" / "grid.png").stat().st_size > 5000
    steps.clear()
    said = grid(data, *AXES).output
    assert (
        not steps
        and rows(data / "grid" / "grid.tsv") == log
        and said.splitlines()[-1] == result.output.splitlines()[-1]
    )
    result = grid(data, "--optimizers", "adam", "--batch-sizes", "8", "--epochs", "1,2")
    assert result.exit_code == 0 and len(steps) == 4  # only what is new
    assert grid(data, "--augment", *AXES).exit_code == 1


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_validation_images_choose_and_the_best_alone_meets_the_test_part(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.emnist import grid as command

    measured: list[int] = []
    real = command.measure
    monkeypatch.setattr(command, "measure", lambda model, test: measured.append(len(test)) or real(model, test))
    accuracies = iter([0.3, 0.9, 0.5, 0.7])
    wanted: list[float] = []

    def scored(*words: object) -> object:
        wanted.append(next(accuracies))
        return lambda model: dict.fromkeys(("val_loss", "val_accuracy", "val_class_accuracy"), wanted[-1])

    monkeypatch.setattr("training.emnist.fit_classifier.validation_figures", scored)
    result = grid(data, *AXES)
    assert result.exit_code == 0, result.output
    best = json.loads((data / "grid" / "grid.json").read_text())
    assert (best["chosen"]["optimizer"], best["chosen"]["batch"]) == ("adam", "16")
    assert measured == [20] and best["scores"]["test"]["images"] == 20
    assert "Best mean class accuracy: adam-16-1-0.1" in (data / "grid" / "grid.md").read_text()
    assert "| **adam** |" in unpadded((data / "grid" / "grid.md").read_text())


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_a_failing_combination_is_named_and_the_others_go_on(
    data: Path, monkeypatch: pytest.MonkeyPatch, steps: list[int]
) -> None:
    from training.emnist import trial

    real = trial.fit_classifier

    def failing(model: object, *words: object, **more: object) -> object:
        if words[1].optimizer == "adadelta":  # type: ignore[attr-defined]
            raise MemoryError("no room\nfor it")
        return real(model, *words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(trial, "fit_classifier", failing)
    result = grid(data, "--optimizers", "adadelta,adam", "--batch-sizes", "8", "--epochs", "1")
    assert result.exit_code == 0 and "Best mean class accuracy: adam-8-1-0.1" in result.output
    assert [row["outcome"] for row in rows(data / "grid" / "grid.tsv")] == ["failed", "done"]
    assert "failed: MemoryError: no room for it" in (data / "grid" / "grid.md").read_text()
    monkeypatch.setattr(trial, "fit_classifier", real)
    steps.clear()
    assert grid(data, "--optimizers", "adadelta,adam", "--batch-sizes", "8", "--epochs", "1").exit_code == 0
    assert len(steps) == 2 and "failed" not in (data / "grid" / "grid.md").read_text()


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_an_interrupted_grid_keeps_what_it_has(data: Path, steps: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    unlock = stop_at(5, steps, monkeypatch)
    axes = ["--optimizers", "adam", "--batch-sizes", "8", "--epochs", "1,2"]
    result = grid(data, *axes)
    assert result.exit_code == 130 and "interrupted" in result.output
    assert [row["epochs"] for row in rows(data / "grid" / "grid.tsv")] == ["1"]  # the other ended in its second epoch
    assert (data / "grid" / "grid.md").read_text().count("not yet trained") == 1
    assert not (data / "grid" / "grid.json").exists()
    unlock()
    steps.clear()
    assert grid(data, *axes).exit_code == 0
    assert len(steps) == 2  # without the first, and the first epoch of the second


@pytest.mark.parametrize(
    "words, code, expected",
    [
        (["--optimizers", "adam,sgd"], 2, "'adam,sgd' is not some of adam, adamax, adadelta"),
        (["--batch-sizes", "8,x"], 2, "whole numbers"),
        (["--dropouts", "0.5,1"], 2, "shares from 0 to below 1"),
        (["--split", "letters"], 1, "no train part of EMNIST letters"),
    ],
)
def test_wrong_input_gets_a_sentence(data: Path, words: list[str], code: int, expected: str) -> None:
    result = grid(data, *words)
    assert result.exit_code == code and expected in result.output and "Traceback" not in result.output
    assert not (data / "grid").exists()
