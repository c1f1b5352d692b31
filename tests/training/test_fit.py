"""The fit loop: budgets, schedule, which weights are kept, resuming, interrupts."""

from __future__ import annotations

import json
import math
from pathlib import Path

import keras
import numpy as np
import pytest

from training.fit import Minutes, Monitor, Plan, Run, Steps, compile_trainee, fit, held_out_loss, make_optimizer
from training.fit import loop as loop_module


class Lines:
    """Points near y = 2x - 1; raises an interrupt at the step ``broken``."""

    def __init__(self, steps_per_epoch: int = 5, broken: int = -1) -> None:
        self.steps_per_epoch, self.broken = steps_per_epoch, broken
        self.shown: list[int] = []

    def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        if step == self.broken:
            raise KeyboardInterrupt
        self.shown.append(step)
        x = np.random.default_rng((3, step)).normal(size=(8, 1)).astype(np.float32)
        return x, 2.0 * x - 1.0


def model(rate: float = 0.05) -> keras.Model:
    keras.utils.set_random_seed(1)
    built = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    built = keras.Model(built.inputs, built.outputs)
    compile_trainee(
        built,
        make_optimizer("adam", rate),
        keras.losses.MeanSquaredError(),
        keras.metrics.MeanAbsoluteError(name="off"),
    )
    return built


def values(fitted: keras.Model) -> list[float]:
    return [float(w.ravel()[0]) for w in fitted.get_weights()]


def test_steps_may_end_within_an_epoch(tmp_path: Path) -> None:
    run = fit(model(), Lines(), Plan(tmp_path, Steps.of_epochs(2.4, 5), 0.05))
    assert run.steps == 12
    assert [epoch["steps"] for epoch in run.epochs] == [5, 10, 12]
    assert run.epochs[-1]["loss"] < run.epochs[0]["loss"] and run.epochs[-1]["off"] < run.epochs[0]["off"]
    assert json.loads((tmp_path / "history.json").read_text())["steps"] == 12


def test_minutes_end_by_the_clock_and_count_the_validation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(loop_module.time, "monotonic", lambda: now[0])

    def validate(_: keras.Model) -> dict[str, float]:
        now[0] += 45.0
        return {"val_loss": 1.0}

    fitted, plan = model(), Plan(tmp_path, Minutes(1.0), 0.05, Monitor("val_loss", "min"))
    run = fit(fitted, Lines(), plan, validate)
    assert len(run.epochs) == 2  # 45 s after the first epoch, 90 s after the second
    assert run.seconds == 90.0
    assert fit(fitted, Lines(), Plan(tmp_path, Minutes(1.0), 0.05, resume=True)).steps == run.steps  # used up: no step


@pytest.mark.slow
def test_workers_make_the_batches_of_a_thread(tmp_path: Path) -> None:
    plans = [Plan(tmp_path / str(workers), Steps.of_epochs(2.0, 5), 0.05, workers=workers) for workers in (0, 1)]
    fitted = [model(), model()]
    for one, plan in zip(fitted, plans, strict=True):
        assert fit(one, Lines(), plan).steps == 10
    assert values(fitted[1]) == pytest.approx(values(fitted[0]), abs=1e-6)


def test_the_wait_for_the_first_batch_is_none_of_the_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(loop_module.time, "monotonic", lambda: now[0])

    class Slow(Lines):
        def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray]:
            now[0] += 100.0 if step == 0 else 0.0
            return super().__getitem__(step)

    run = fit(model(), Slow(), Plan(tmp_path, Steps(5, minutes=1.0), 0.05))
    assert (run.steps, run.seconds) == (5, 0.0)


def test_the_learning_rate_rises_and_falls_along_a_cosine() -> None:
    plan = Plan(Path(), Steps(1000), 0.5)
    rates = [plan.learning_rate(Run(steps=step)) for step in range(1000)]
    assert rates[0] == pytest.approx(0.5 / 200)  # a fifth of the steps warms up
    assert 0.4 < max(rates) < 0.5 and 100 < int(np.argmax(rates)) < 250
    assert rates[500] == pytest.approx(0.5 * (0.01 + 0.99 * 0.5))
    assert rates[-1] == pytest.approx(0.005, rel=0.01)
    timed = Plan(Path(), Minutes(2.0), 0.5)
    assert timed.learning_rate(Run(steps=10_000, seconds=60.0)) == pytest.approx(0.5 * (0.01 + 0.99 * 0.5))


@pytest.mark.parametrize(("mode", "epoch"), [("max", 2), ("min", 3)])
def test_the_monitor_decides_which_weights_are_kept(tmp_path: Path, mode: str, epoch: int) -> None:
    figures, seen = iter([0.5, 0.9, 0.1, math.nan, 0.5]), []

    def validate(fitted: keras.Model) -> dict[str, float]:
        seen.append(values(fitted))
        return {"val_figure": next(figures)}

    fitted = model()
    plan = Plan(tmp_path, Steps(25), 0.05, Monitor("val_figure", mode))  # type: ignore[arg-type]
    run = fit(fitted, Lines(), plan, validate)
    assert run.best_epoch == epoch and run.best["epoch"] == epoch
    assert values(fitted) == seen[epoch - 1] != seen[-1]
    bare = keras.Model(fitted.inputs, fitted.outputs)
    bare.set_weights([np.zeros_like(w) for w in bare.get_weights()])
    bare.load_weights(tmp_path / "best.weights.h5")
    assert values(bare) == seen[epoch - 1]


def test_without_a_monitor_the_last_weights_are_kept(tmp_path: Path) -> None:
    seen = []

    def validate(fitted: keras.Model) -> dict[str, float]:
        seen.append(values(fitted))
        return {"val_figure": 1.0 / len(seen)}

    fitted = model()
    run = fit(fitted, Lines(), Plan(tmp_path, Steps(15), 0.05), validate)
    assert run.best_epoch == 3 and values(fitted) == seen[-1]


def test_a_resumed_run_is_the_whole_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole, broken = model(), model()
    plan = {name: Plan(tmp_path / name, Steps(20), 0.05) for name in ("whole", "broken")}
    wanted = fit(whole, Lines(), plan["whole"])
    run = fit(broken, Lines(broken=12), plan["broken"])
    assert run.steps == 12 and "interrupted after 12 batches" in capsys.readouterr().out
    stored = json.loads((tmp_path / "broken" / "history.json").read_text())
    assert stored["steps"] == 10  # the last whole epoch
    again, batches = model(), Lines()
    run = fit(again, batches, Plan(tmp_path / "broken", Steps(20), 0.05, resume=True))
    assert sorted(batches.shown)[0] == 10 and run.steps == 20
    assert values(again) == values(whole)  # optimizer and all
    assert [e["loss"] for e in run.epochs] == [e["loss"] for e in wanted.epochs]


def test_a_fresh_run_does_not_take_the_weights_of_an_earlier_one(tmp_path: Path) -> None:
    fit(model(), Lines(), Plan(tmp_path, Steps(10), 0.05))
    fitted = model()
    before = values(fitted)
    run = fit(fitted, Lines(broken=0), Plan(tmp_path, Steps(10), 0.05))
    assert run.steps == 0 and values(fitted) == before
    assert not (tmp_path / "best.weights.h5").exists()


def test_a_checkpoint_of_another_model_or_optimizer_is_refused(tmp_path: Path) -> None:
    fit(model(), Lines(), Plan(tmp_path, Steps(5), 0.05))
    wide = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2), keras.layers.Dense(1)])
    wide = keras.Model(wide.inputs, wide.outputs)
    other = model()
    for fitted, optimizer in ((wide, "adam"), (other, "adadelta")):
        compile_trainee(
            fitted,
            make_optimizer(optimizer, 0.05),
            keras.losses.MeanSquaredError(),
            keras.metrics.MeanAbsoluteError(name="off"),
        )
        with pytest.raises(ValueError, match=r"last\.weights\.h5 is of another model or optimizer"):
            fit(fitted, Lines(), Plan(tmp_path, Steps(10), 0.05, resume=True))


def test_a_loss_that_is_no_number_ends_the_fit(tmp_path: Path) -> None:
    class Broken(Lines):
        def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray]:
            x, y = super().__getitem__(step)
            return x, y * (np.nan if step == 7 else 1.0)

    with pytest.raises(ValueError, match="loss of batch 8 is not a number"):
        fit(model(), Broken(), Plan(tmp_path, Steps(20), 0.05))
    assert (tmp_path / "best.weights.h5").is_file()  # of the epoch before


def test_held_out_loss_names_its_figures(tmp_path: Path) -> None:
    x = np.zeros((4, 1), np.float32)
    fitted = model()
    run = fit(fitted, Lines(), Plan(tmp_path, Steps(5), 0.05, Monitor("val_loss", "min")), held_out_loss(x, x))
    assert run.best["val_loss"] == pytest.approx(values(fitted)[1] ** 2, rel=1e-4)


def test_optimizers_have_names() -> None:
    with pytest.raises(ValueError, match="no optimizer named sgd; there are adam, adamax, adadelta"):
        make_optimizer("sgd", 0.1)
