"""Train a network that identifies writers: ``python -m training.writer.train_writer --data DIR --out OUT``.

DIR is a folder with IAM pages (or one that holds ``iam``), a folder WRITER/PAGE.png, or a TSV table with the columns
page, writer and, if wanted, part. Of the embedder OUT gets checkpoints, of which `training.writer.fit_writer` makes
the program's weights; of the tutorial's network its weights, manifest and compiled form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import cv2
import keras

from training.command import (
    all_of,
    bfloat16_option,
    data_option,
    epochs_option,
    errors_as_messages,
    init_option,
    minutes_option,
    out_option,
    rate_option,
    resume_option,
    seed_option,
)
from training.fit import precision
from training.models.writer import WriterSpec
from training.writer.artifacts import Trained, write_embedder, write_tutorial
from training.writer.known_pages import WriterPage, find_pages, writers_of
from training.writer.strips import CutPage, cut_pages
from training.writer.train_embedder import EmbedderSettings, fit_embedder, fit_tutorial
from training.writer.training_pages import OTHERS, Pages, gather, pages_options

#: Pages a step and peak learning rate of each model, unless others are asked for.
DEFAULTS = {"embedder": (32, 2e-3), "tutorial": (128, 1e-3)}


@dataclass(frozen=True, slots=True)
class Job:
    """pages: to learn from; share: of the groups that further pages have; bfloat16: what is computed in."""

    pages: Pages
    share: float = 0.25
    bfloat16: bool = False


def train_embedder(job: Job, settings: EmbedderSettings, spec: WriterSpec) -> None:
    """Fit the embedder and write it to the settings' folder. Raises OSError, ValueError, InputError."""
    train, choice = gather(job.pages)
    if job.pages.more and job.share and not job.pages.without_data:
        settings = replace(settings, shares=((OTHERS, job.share),))
    _report(train, writers_of(p.page for p in train), choice)
    with precision(job.bfloat16):
        embedder, run = fit_embedder(spec, train, choice, settings)
    write_embedder(settings.folder, embedder, spec, Trained(run, settings, train, choice))


def train_tutorial(job: Job, settings: EmbedderSettings) -> dict[str, Any]:
    """Fit the tutorial's network to pages of the part train, and publish it. Returns its scores."""
    pages = find_pages(job.pages.data)
    known = [page for page in pages if page.part == "train"]
    chosen = last_pages(known)
    writers = writers_of(known)
    train, choice = cut_pages([p for p in known if p not in chosen]), cut_pages(chosen)
    _report(train, writers, choice)
    with precision(job.bfloat16):
        net, run = fit_tutorial(train, choice, writers, settings)
    test = cut_pages([p for p in pages if p.part == "test"])
    return write_tutorial(settings.folder, net, writers, test, Trained(run, settings, train, choice))


def last_pages(known: list[WriterPage]) -> list[WriterPage]:
    """The last page of each writer who has three or more to learn from: what the tutorial's weights are chosen by."""
    by_writer: dict[str, list[WriterPage]] = {}
    for page in known:
        by_writer.setdefault(page.writer, []).append(page)
    return [pages[-1] for pages in by_writer.values() if len(pages) >= 3]


def _report(train: Sequence[CutPage], writers: Sequence[str], choice: Sequence[CutPage]) -> None:
    print(f"{len(train)} pages of {len(writers)} writers, {len(choice)} pages to choose by")


learning_options = all_of(
    epochs_option(10.0, "Of 500 steps each."),
    click.option("--groups", type=click.IntRange(min=1), help="Pages a step.  [default: 32; tutorial: 128]"),
    click.option("--size", type=click.IntRange(min=1), default=8, show_default=True, help="Patches of each."),
    rate_option(None, "Peak learning rate.  [default: 0.002; tutorial: 0.001]"),
    click.option("--margin", type=float, default=0.2, show_default=True, help="Of the loss; 0: none."),
    click.option("--scale", type=float, default=20.0, show_default=True, help="Of the cosines in the loss."),
    click.option("--plain", is_flag=True, help="Show patches as they are, not augmented."),
    init_option("An embedder.weights.h5 to start from."),
    minutes_option(60.0),
)


@click.command()
@click.option("--model", type=click.Choice(list(DEFAULTS)), default="embedder", show_default=True)
@data_option("pages of known writers")
@pages_options
@click.option(
    "--share",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.25,
    show_default=True,
    help="Share of the pages of --more in what is shown.",
)
@out_option("weights and report")
@learning_options
@bfloat16_option()
@seed_option()
@resume_option("--out")
@errors_as_messages()
def main(model: str, data: Path, out: Path, bfloat16: bool, share: float, seed: int, **options: Any) -> None:
    """Train a network that identifies writers, and write its weights and report."""
    cv2.setNumThreads(1)
    keras.utils.set_random_seed(seed)
    pages = Pages(data, options.pop("more"), options.pop("without_data"), options.pop("held"))
    groups, rate = DEFAULTS[model]
    asked = {key: value for key, value in options.items() if key != "plain" and value is not None}
    settings = EmbedderSettings(
        out, **{"groups": groups, "rate": rate, **asked}, seed=seed, augmented=not options["plain"]
    )
    job = Job(pages, share, bfloat16)
    if model == "tutorial":
        print(train_tutorial(job, replace(settings, size=1)))
    else:
        train_embedder(job, settings, WriterSpec())


if __name__ == "__main__":
    main()
