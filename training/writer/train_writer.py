"""Train a network that tells hands apart: ``python -m training.writer.train_writer --data DIR --out OUT``.

DIR is a folder with IAM pages (or one that holds ``iam``), a folder WRITER/PAGE.png, or a TSV table with the columns
page, writer and, if wanted, part. Of ours OUT gets checkpoints, of which `training.writer.fit_writer` makes the
program's weights; of the tutorial's network its weights, manifest and compiled form.
"""

from __future__ import annotations

from pathlib import Path

import click
import cv2
import keras

from training.command import errors_as_messages
from training.language.corpus import default_data_folder
from training.models.writer import WriterSpec
from training.writer.artifacts import write_ours, write_tutorial
from training.writer.known_pages import WriterPage, find_pages, writers_of
from training.writer.strips import cut_pages
from training.writer.train_embedder import Settings, fit_ours, fit_tutorial
from training.writer.training_pages import OTHERS, gather

MODELS = ("ours", "tutorial")


@click.command()
@click.option("--model", type=click.Choice(MODELS), default="ours", show_default=True)
@click.option("--data", type=click.Path(path_type=Path), help="Pages (default: OCRTOOL_DATA).")
@click.option(
    "--more",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="More pages to learn from: a folder WRITER/PAGE.png or a table.",
)
@click.option(
    "--share",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.25,
    show_default=True,
    help="Of these in what is shown.",
)
@click.option("--without-data", is_flag=True, help="Learn from the pages of --more alone.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for weights and report.")
@click.option(
    "--hold-out",
    "held",
    type=click.IntRange(min=0),
    default=12,
    show_default=True,
    help="Writers left out, by whom weights are chosen; 0: the last ones are taken.",
)
@click.option(
    "--epochs", type=click.FloatRange(min=0, min_open=True), default=10.0, show_default=True, help="Of 500 steps each."
)
@click.option("--groups", type=click.IntRange(min=1), help="Pages a step.  [default: 32; tutorial: 128]")
@click.option("--size", type=click.IntRange(min=1), default=8, show_default=True, help="Patches of each.")
@click.option("--rate", type=float, help="Peak learning rate.  [default: 0.002; tutorial: 0.001]")
@click.option("--margin", type=float, default=0.2, show_default=True, help="Of the loss; 0: none.")
@click.option("--scale", type=float, default=20.0, show_default=True, help="Of the cosines in the loss.")
@click.option("--plain", is_flag=True, help="Show patches as they are, not augmented.")
@click.option("--init", type=click.Path(path_type=Path, exists=True), help="Its embedder.weights.h5 to go on from.")
@click.option("--minutes", type=float, default=60.0, show_default=True, help="An end before that.")
@click.option("--bfloat16", is_flag=True, help="Compute in bfloat16: up to twice as fast where the CPU has it.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--resume", is_flag=True, help="Go on from the last checkpoint in --out.")
@errors_as_messages()
def main(
    model: str,
    data: Path | None,
    more: tuple[Path, ...],
    share: float,
    without_data: bool,
    out: Path,
    held: int,
    epochs: float,
    groups: int | None,
    size: int,
    rate: float | None,
    margin: float,
    scale: float,
    plain: bool,
    init: Path | None,
    minutes: float,
    bfloat16: bool,
    seed: int,
    resume: bool,
) -> None:
    """Train a network that tells hands apart and write its weights and report."""
    cv2.setNumThreads(1)
    keras.utils.set_random_seed(seed)
    data = data or default_data_folder()
    if bfloat16:
        keras.mixed_precision.set_dtype_policy("mixed_bfloat16")
    if model == "tutorial":
        pages = find_pages(data)
        known = [page for page in pages if page.part == "train"]
        chosen = _chosen(known)
        settings = Settings(
            groups or 128, 1, rate or 1e-3, epochs=epochs, minutes=minutes, seed=seed, augmented=not plain
        )
        writers = writers_of(known)
        train, choice = cut_pages([p for p in known if p not in chosen]), cut_pages(chosen)
        print(f"{len(train)} pages of {len(writers)} writers, {len(choice)} pages to choose by")
        net, run = fit_tutorial(train, choice, writers, out, settings, resume)
        test = cut_pages([p for p in pages if p.part == "test"])
        print(write_tutorial(out, net, run, settings, writers, test, train, choice))
        return
    train, choice = gather(data, more, without_data, held)
    shares = ((OTHERS, share),) if more and share and not without_data else ()
    settings = Settings(groups or 32, size, rate or 2e-3, scale, margin, epochs, minutes, seed, not plain, shares)
    writers = writers_of(p.page for p in train)
    print(f"{len(train)} pages of {len(writers)} writers, {len(choice)} pages to choose by")
    spec = WriterSpec()
    embedder, run = fit_ours(spec, train, choice, out, settings, init, resume)
    write_ours(out, embedder, spec, run, settings, train, choice)


def _chosen(known: list[WriterPage]) -> list[WriterPage]:
    """The last page of each writer who has three or more to learn from: what the tutorial's weights are chosen by."""
    own: dict[str, list[WriterPage]] = {}
    for page in known:
        own.setdefault(page.writer, []).append(page)
    return [pages[-1] for pages in own.values() if len(pages) >= 3]


if __name__ == "__main__":
    main()
