"""Train the character language model.

python -m training.language.train_language --lang eng --minutes 60 --out runs/lstm
"""

from __future__ import annotations

import json
import logging
import math
from pathlib import Path

import click
import keras

from training.fit.budget import Progress
from training.language.corpus import TEST_BOOKS, VALIDATION_BOOKS, Books, default_data_folder, load_books
from training.language.export import export
from training.language.fit_language import Settings, fit_windows
from training.language.lm_windows import MIX, LineWindows, Sources, fixed_windows
from training.language.scores import held_out_texts
from training.models.lstm import LstmSpec

VALIDATION_WINDOWS = 640


def fit(
    spec: LstmSpec, settings: Settings, sources: Sources, validation: Books, folder: Path, resume: bool = False
) -> Progress:
    """Fit until the time is used up; leaves best.weights.h5 and what resuming needs in ``folder``.

    An interrupt ends it early: the best weights so far stay.
    """

    def windows_from(first: int) -> LineWindows:
        return LineWindows(
            sources, settings.batch, settings.window, settings.batches_per_epoch, settings.seed, first=first
        )

    validating = fixed_windows(validation.text, settings.window, VALIDATION_WINDOWS)
    return fit_windows(spec, settings, windows_from, validating, folder, resume)


@click.command()
@click.option("--lang", type=click.Choice(["eng"]), default="eng", show_default=True)
@click.option("--data", type=click.Path(path_type=Path, exists=True), default=default_data_folder)
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs/lstm_eng"), show_default=True)
@click.option("--minutes", type=float, default=60.0, show_default=True, help="Training time, evaluation not counted.")
@click.option("--units", type=int, default=512, show_default=True)
@click.option("--batch", type=int, default=64, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--resume", is_flag=True, help="Go on with the run in --out.")
def main(lang: str, data: Path, out: Path, minutes: float, units: int, batch: int, seed: int, resume: bool) -> None:
    """Train the character language model of --lang; leave its weights, manifest and compiled form in --out."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    spec, settings = LstmSpec(units=units), Settings(minutes=minutes, seed=seed, batch=batch)
    books = load_books(data)
    progress = fit(spec, settings, Sources.load(data, books["train"]), books["validation"], out, resume)
    manifest = export(
        f"lstm_{lang}",
        spec,
        out / "best.weights.h5",
        out,
        held_out_texts(books["test"].text, data),
        facts(progress, settings),
    )
    click.echo(json.dumps(manifest["scores"], indent=1))


def facts(progress: Progress, settings: Settings) -> dict[str, object]:
    """What the manifest says of the data, the split and the run."""
    return {
        "data": {
            "mix": MIX,
            "books": "Project Gutenberg, English books but those of the split, re-wrapped to lines",
            "form": "faker names, dates, addresses; names of hand_printed_words, train part",
            "handwriting": "transcripts of IAM pages with reading=train",
            "receipt": "SROIE receipts, train part",
        },
        "split": {"test_books": sorted(TEST_BOOKS), "validation_books": sorted(VALIDATION_BOOKS)},
        "seed": settings.seed,
        "run": {
            "backend": keras.backend.backend(),
            "minutes": round(progress.seconds / 60, 1),
            "batches": progress.batches,
            "best_after_batches": progress.best_batches,
            "characters_seen": progress.best_batches * settings.batch * settings.window,
            "validation_bits_per_character": round(progress.best_loss / math.log(2), 4),
        },
    }


if __name__ == "__main__":
    main()
