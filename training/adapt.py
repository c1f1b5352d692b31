"""Fit the line reader to your own pages.

    python -m training.adapt PAGES --out DIR
    ocrtool read page.png --weights DIR

PAGES holds images of pages, each with its text in NAME.gt.txt or NAME.txt; line breaks may be missing there. Some pages
are held out, and the error rate on these is given before and after. DIR/lines.weights.h5, .tflite and .json are written
only if the pages held out are read better.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import cv2
import keras
import numpy as np
from tqdm import tqdm

from ocrtool.errors import WeightsRefused
from ocrtool.pipeline import read_page
from ocrtool.script.engines import load_engines
from ocrtool.script.registry import load_script
from ocrtool.script.strip_engine import StripEngine, load_strip_engine
from ocrtool.weights.store import Weights, find_folder, open_weights
from training.command import errors_as_messages, minutes_option, out_option, rate_option, seed_option, weights_option
from training.lines import task
from training.lines.aligned import align_page, simplified
from training.lines.further import Fitted, Lines, ModelReader, fit_further, keep_aside, step_back, weights_of
from training.lines.others import draw_others
from training.lines.own_pages import OwnPage, error_rate, find_pages, hold_out
from training.lines.pages import Sample
from training.models.line_reader import LineReaderSpec
from training.publish.architectures import build_spec, make_spec
from training.publish.manifest import write_manifest
from training.publish.publish import Card, publish

LANGUAGE = "eng"
SCRIPT = load_script(LANGUAGE)
NAME = str(SCRIPT.weights.line_reader)
#: Share of the time for each round: after the first more lines are read well enough to be used.
ROUNDS = (0.4, 0.6)
#: Drawn lines of other kinds: some to see what is forgotten, others shown between the user's so that little is.
OTHERS, AGAIN = 300, 1500
#: Fewer lines are not worth a fit.
FEWEST = 8


@dataclass(frozen=True, slots=True)
class Start:
    """The line reader to start from."""

    weights: Weights
    spec: LineReaderSpec
    model: keras.Model
    engine: StripEngine


def open_start(folder: Path | None) -> Start:
    """Open the line reader in ``folder``, else the program's. Raises WeightsNotFound, WeightsRefused."""
    engine = load_strip_engine(SCRIPT, folder, language_model=False)
    weights = open_weights(NAME, folder)
    if weights.manifest.get("architecture") != "line_reader" or not weights.h5_path.is_file():
        raise WeightsRefused(f"{weights.folder} lacks {NAME}.weights.h5, the line reader's weights to start from")
    spec = make_spec("line_reader", weights.manifest["parameters"])
    model = build_spec(spec)
    model.load_weights(weights.h5_path)
    return Start(weights, spec, model, engine)


def align(pages: Sequence[OwnPage], engine: StripEngine, plain: str) -> tuple[list[Sample], int]:
    """The lines of pages that could be aligned with their text, and the number of all lines that were found.

    plain: quotes and dashes that take the form of the ink; all else is learned as the transcripts have it.
    """
    found = [
        align_page(page.gray(), page.text, engine, plain, believed=True)
        for page in tqdm(pages, desc="align", unit="page", leave=False, disable=None)
    ]
    samples = [sample for each in found for sample in each.samples]
    return samples, len(samples) + sum(each.dropped for each in found)


def fit_to(
    pages: Sequence[OwnPage], start: Start, minutes: float, rate: float, seed: int, plain: str
) -> tuple[list[Fitted], int]:
    """Fit the model of ``start`` in rounds; also returns the number of lines of the last. plain: as of `align`.

    Raises ValueError if too few lines agree with their text.
    """
    engine, origin, fitted, count = start.engine, weights_of(start.model), [], 0
    drawn = draw_others(OTHERS + AGAIN, seed)
    if not drawn:
        click.echo("no fonts to draw other lines in are installed, so what is forgotten is not seen")
    for number, share in enumerate(ROUNDS):
        samples, found = align(pages, engine, plain)
        count = len(samples)
        if count < FEWEST:
            raise ValueError(
                f"only {count} of {found} lines agree with the transcripts, too few to learn from: "
                "are these the texts of these pages?"
            )
        click.echo(f"round {number + 1}: {count} of {found} lines agree with their text")
        lines = Lines(*keep_aside(samples), again=drawn[OTHERS:])
        done = fit_further(start.model, start.spec, lines, share * minutes, rate, seed + number)
        fitted.append(done)
        click.echo(f"round {number + 1}: CER of lines kept aside {done.before:.4f} before, {done.rate:.4f} after")
        if done.interrupted:
            break
        reader = ModelReader(start.model, engine.reader.labels, float(start.weights.manifest["temperature"]))
        engine = replace(engine, reader=reader)
    way = step_back(start.model, origin, lines.aside, drawn[:OTHERS])
    click.echo(f"{way:.0%} of the way from the first weights to the last is kept")
    return fitted, count


def measure(pages: Sequence[OwnPage], folder: Path | None, plain: str = "") -> float:
    """Character error rate of pages, read as ``ocrtool read`` does with the weights in ``folder``.

    plain: as of `own_pages.error_rate`.
    """
    engines = load_engines(LANGUAGE, folder)

    def read(gray: np.ndarray) -> str:
        return read_page(gray, engines).text

    return error_rate(tqdm(pages, desc="read", unit="page", leave=False, disable=None), read, plain)


def facts(start: Start, fitted: Sequence[Fitted], lines: int, pages: int, held: int, seed: int) -> dict[str, Any]:
    """input, data, split, temperature, seed and licence, for the manifest."""
    manifest = start.weights.manifest
    return {
        "input": manifest["input"],
        "data": {"lines": {"pages": lines}, "pages": pages},
        "start": {"h5_sha256": manifest["h5_sha256"], "data": manifest["data"]},
        "split": f"{held} whole pages held out; chosen on one line in eight of the others",
        "temperature": manifest["temperature"],
        "scores": {},
        "seed": seed,
        "licence": f"{manifest['licence']} Fitted further to pages of its user.",
        "run": {
            "minutes": round(sum(each.run.seconds for each in fitted) / 60, 1),
            "batches": sum(each.run.steps for each in fitted),
        },
    }


def write(start: Start, card_facts: dict[str, Any], folder: Path, weights: Path | None) -> None:
    """Write the line reader to ``folder``, with what else of the user's own weights reads with it."""
    publish(start.model, Card(NAME, start.spec, task.LABELS, card_facts), folder)
    for name in (SCRIPT.weights.line_decoder, SCRIPT.weights.language_model):
        own = find_folder(str(name), weights)
        if weights is not None and own == weights:
            for path in (own / f"{name}{ending}" for ending in (".json", ".tflite", ".weights.h5")):
                if path.is_file():
                    shutil.copyfile(path, folder / path.name)


@click.command()
@click.argument("pages", type=click.Path(path_type=Path, exists=True, file_okay=False))
@out_option()
@click.option(
    "--held",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.2,
    show_default=True,
    help="Share of the pages to measure on, at least one.",
)
@minutes_option(6.0)
@rate_option(3e-4)
@weights_option()
@click.option(
    "--marks",
    type=click.Choice(("ink", "transcript")),
    default="transcript",
    show_default=True,
    help="Where the transcripts have straight quotes only, or short dashes only: learn to write these, or what the ink "
    "shows, and measure without the difference.",
)
@click.option("--force", is_flag=True, help="Write the weights even if the pages held out are not read better.")
@seed_option()
@errors_as_messages()
def main(
    pages: Path,
    out: Path,
    held: float,
    minutes: float,
    rate: float,
    weights: Path | None,
    marks: str,
    force: bool,
    seed: int,
) -> None:
    """Fit the line reader to your own pages and write its weights."""
    cv2.setNumThreads(1)
    keras.utils.set_random_seed(seed)
    found = find_pages(pages)
    fit_pages, held_pages = hold_out(found, held)
    plain = simplified(page.text for page in found) if marks == "ink" else ""
    start = open_start(weights)
    before = measure(held_pages, weights, plain)
    click.echo(f"CER of {len(held_pages)} pages held out, before: {before:.4f}")
    fitted, lines = fit_to(fit_pages, start, minutes, rate, seed, plain)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".fitted-") as scratch:
        folder = Path(scratch)
        about = facts(start, fitted, lines, len(fit_pages), len(held_pages), seed)
        write(start, about, folder, weights)
        after = measure(held_pages, folder, plain)
        click.echo(f"CER of {len(held_pages)} pages held out, after: {after:.4f}")
        if after >= before and not force:
            raise click.ClickException("the pages held out are not read better, so nothing is written")
        manifest = open_weights(NAME, folder).manifest
        scores = {"cer_held_before": round(before, 4), "cer_held_after": round(after, 4)}
        write_manifest(folder / f"{NAME}.json", manifest | {"scores": scores})
        for path in sorted(folder.iterdir()):
            path.replace(out / path.name)
    click.echo(f"{lines} lines of {len(fit_pages)} pages learned: ocrtool read PAGE --weights {out}")


if __name__ == "__main__":
    main()
