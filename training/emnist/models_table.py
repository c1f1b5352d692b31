"""Tables and chart of all trained models.

    python -m training.emnist.models_table RUNS --data DATA --out docs/models

RUNS holds the folders of the runs: MODEL-SPLIT, trained without, and MODEL-SPLIT-aug, with augmentation; runs of
other names are variants, with a table of their own. The tables go into OUT.md, between marks such as
``<!-- balanced -->``, the chart to OUT/augmentation.png beside confusions and curves of compact_resnet. Runs
without a compiled form are compiled and measured once.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from training.command import PATH, data_option, errors_as_messages
from training.emnist.compiled_forms import compiled_facts, race
from training.emnist.mapping import SPLITS
from training.emnist.suite_runs import SuiteRun, find_runs
from training.models.emnist import MODELS
from training.publish.device import CPU
from training.report.markdown import has_marks, put_between, table
from training.report.pictures import Comparison, bar_chart

#: The split that the models are compared on, and drawn for.
MAIN_SPLIT = "balanced"
#: This project's model, and the classic small ones.
COMPACT, CLASSIC = "compact_resnet", ("vanilla", "lenet5", "lenet5_v2", "lenet5_v2_32")
#: Columns of numbers.
NUMBERS = frozenset(("parameters", "MMACs", "images", "clean test", "augmented test", "int8", "glyphs/s"))
#: Mark of the table of variants.
VARIANTS = "variants"


@dataclass(frozen=True, slots=True)
class Row:
    """A run and the facts of its compiled form, as returned by `compiled_facts`."""

    run: SuiteRun
    facts: Mapping[str, Any]


def rank(run: SuiteRun) -> tuple[int, bool]:
    """Order in a table: as in `MODELS`, first without, then with augmentation."""
    return list(MODELS).index(run.model), run.augmented


def accuracies(scores: Mapping[str, Any]) -> str:
    """Accuracy of all images and mean class accuracy, in per cent."""
    return " / ".join(f"{100 * scores[key]:.2f}" for key in ("accuracy", "class_accuracy"))


def time_spent(run: SuiteRun) -> str:
    """Minutes and epochs of each training stage, and the device unless it is a CPU."""
    stages: list[str] = []
    training: Mapping[str, Any] | None = run.training
    while training:
        stages.append(_stage(training))
        training = (training.get("started_from") or {}).get("training")
    return ", then ".join(reversed(stages))


def _stage(training: Mapping[str, Any]) -> str:
    minutes, device = training["minutes"], training.get("device", CPU)
    text = f"{minutes:.0f} min" if minutes >= 10 else f"{minutes:.1f} min"
    return f"{text}{'' if device.startswith(CPU) else f' ({device})'}, {round(training['epochs'], 1):g} epochs"


def how(run: SuiteRun) -> str:
    """Whether it was trained on augmented or plain images."""
    return "augmented" if run.augmented else "plain"


def comparison_table(rows: Sequence[Row], speeds: Mapping[str, float]) -> str:
    """Models of one split. speeds: images per second by model; if empty there is no column for them."""
    header = ["model", "parameters", "MMACs", "images", "training", "clean test", "augmented test", "int8"]
    lines = []
    listed: set[str] = set()
    for row in rows:
        run, first = row.run, row.run.model not in listed
        listed.add(run.model)
        size = [f"{run.weights.manifest['parameters_total']:,}", f"{row.facts['macs'] / 1e6:.1f}"]
        scores = [accuracies(part) for part in (run.clean, run.augmented_scores, row.facts["scores"])]
        cells = [run.model, *size] if first else ["", "", ""]
        cells += [how(run), time_spent(run), *scores]
        lines.append(cells + [speed_cell(run.model, speeds) if first else ""] * bool(speeds))
    return table(header + ["glyphs/s"] * bool(speeds), lines, NUMBERS)


def speed_cell(model: str, speeds: Mapping[str, float]) -> str:
    """Glyphs per second, and the ratio to compact_resnet."""
    if model not in speeds:
        return "–"
    return f"{speeds[model]:,.0f}" + (f" ({speeds[model] / speeds[COMPACT]:.2f})" if COMPACT in speeds else "")


def variants_table(runs: Sequence[SuiteRun]) -> str:
    """Runs that differ from those of the comparison in recipe, sizes or images."""
    lines = []
    for run in sorted(runs, key=lambda run: (run.split, rank(run), run.folder.name)):
        changes = ", ".join(f"{key} {value}" for key, value in run.changes.items()) or "–"
        count = f"{how(run)}, {run.training['images']:,}"
        scores = accuracies(run.clean), accuracies(run.augmented_scores)
        lines.append([run.folder.name, run.split, changes, count, time_spent(run), *scores])
    return table(("run", "split", "differs in", "images", "training", "clean test", "augmented test"), lines, NUMBERS)


def lead(runs: Sequence[SuiteRun]) -> str:
    """By how much compact_resnet is better than other models; empty if it or all others are missing.

    Its training with augmentation is compared, if there is one, with the training of the others that has the best mean
    class accuracy.
    """
    compact = [run for run in runs if run.model == COMPACT]
    parts = []
    for what, group in (
        ("the best of the vanilla CNN and the LeNets", [run for run in runs if run.model in CLASSIC]),
        ("the best of the others", [run for run in runs if run.model not in (*CLASSIC, COMPACT)]),
    ):
        if compact and group:
            rival = max(group, key=lambda run: run.clean["class_accuracy"])
            points = {key: 100 * (compact[-1].clean[key] - rival.clean[key]) for key in ("accuracy", "class_accuracy")}
            parts.append(
                f"compared with {what} ({rival.model}, {how(rival)}) {points['class_accuracy']:+.2f} points of mean "
                f"class accuracy, {points['accuracy']:+.2f} of accuracy"
            )
    return f"*{COMPACT}* ({how(compact[-1])}): {'; '.join(parts)}." if parts else ""


def int8_loss(rows: Sequence[Row]) -> str:
    """The largest loss of mean class accuracy by compiling, in points."""
    losses = [row.run.clean["class_accuracy"] - row.facts["scores"]["class_accuracy"] for row in rows]
    worst = max(range(len(rows)), key=losses.__getitem__)
    run = rows[worst].run
    return f"Compiling to int8 loses at most {100 * max(losses[worst], 0.0):.2f} points ({run.model}, {how(run)})."


def section(rows: Sequence[Row], speeds: Mapping[str, float]) -> str:
    """The text between the marks of a split."""
    images = sorted({row.run.training["images"] for row in rows})
    tests = sorted({row.run.clean["images"] for row in rows})
    count = " or ".join(f"{n:,}" for n in images), " or ".join(f"{n:,}" for n in tests)
    scores = "accuracy of all images / mean class accuracy, in per cent"
    intro = f"Trained on {count[0]} images, tested on {count[1]}; {scores}."
    return "\n".join((intro + "\n", comparison_table(rows, speeds), int8_loss(rows), lead([row.run for row in rows])))


def comparisons(runs: Sequence[SuiteRun]) -> list[Comparison]:
    """For the bar chart: mean class accuracy, one row per model."""
    pairs: dict[str, dict[bool, tuple[float, float]]] = {}
    for run in runs:
        scores = run.clean["class_accuracy"], run.augmented_scores["class_accuracy"]
        pairs.setdefault(run.model, {})[run.augmented] = scores
    return [Comparison(model, both.get(False), both.get(True)) for model, both in pairs.items()]


def write_pictures(runs: Sequence[SuiteRun], out: Path) -> list[str]:
    """The chart, and two pictures from the report of compact_resnet; the files written."""
    out.mkdir(parents=True, exist_ok=True)
    bar_chart(comparisons(runs), out / "augmentation.png")
    written = [out / "augmentation.png"]
    for run in [run for run in runs if run.model == COMPACT][-1:]:
        for name in ("confusion", "curves"):
            if (run.folder / "report" / f"{name}.png").is_file():
                written.append(out / f"{COMPACT}-{name}.png")
                shutil.copyfile(run.folder / "report" / f"{name}.png", written[-1])
    return [str(path) for path in written]


def write_tables(folder: Path, data: Path, out: Path, race_again: bool) -> list[str]:
    """Write all tables and pictures; returns the files written. Raises OcrToolError, ValueError and OSError."""
    page = out.with_name(out.name + ".md")
    runs = sorted(find_runs(folder), key=rank)
    written = []
    for split in SPLITS:
        regular = [run for run in runs if run.split == split and run.regular]
        if not regular or not has_marks(page, split):
            continue
        bar = tqdm(regular, desc=f"compiled forms, {split}", disable=None, leave=False)
        rows = [Row(run, compiled_facts(run.weights, data)) for run in bar]
        speeds: dict[str, float] = {}
        if split == MAIN_SPLIT:
            speeds = race({run.model: run.weights for run in regular}, folder / "speed.json", race_again)
            written += write_pictures(regular, out)
        put_between(page, split, section(rows, speeds))
        written.append(f"{page}: {split}, {len(rows)} runs")
    others = [run for run in runs if not run.regular]
    if has_marks(page, VARIANTS):
        put_between(page, VARIANTS, variants_table(others) if others else "None yet.")
        written.append(f"{page}: {VARIANTS}, {len(others)} runs")
    if not written:
        raise ValueError(f"{page} has no place for any table: marks such as <!-- {MAIN_SPLIT} --> are missing")
    return written


@click.command()
@click.argument("runs", type=click.Path(path_type=Path, exists=True, file_okay=False))
@data_option("EMNIST files")
@click.option("--out", type=PATH, default=Path("docs/models"), show_default=True)
@click.option("--race", "race_again", is_flag=True, help="Measure the speeds again.")
def main(runs: Path, data: Path, out: Path, race_again: bool) -> None:
    """Write the tables of all trained models in RUNS into OUT.md, and their chart into OUT."""
    with errors_as_messages():
        for line in write_tables(runs, data, out, race_again):
            print(line)


if __name__ == "__main__":
    main()
