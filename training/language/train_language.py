"""Train the character language model of a language.

python -m training.language.train_language --lang eng --modern TEXT --minutes 60 --out runs/lstm_eng
"""

from __future__ import annotations

import json
import logging
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import keras

from training.command import (
    EXISTING,
    PATH,
    bfloat16_option,
    data_option,
    errors_as_messages,
    minutes_option,
    resume_option,
    seed_option,
    workers_option,
)
from training.fit import Run
from training.language.corpus import Corpus
from training.language.export import Export, export
from training.language.fit_language import Budget, fit_language, spec_of
from training.language.languages import LANGUAGES, Language, Recipe


@click.command()
@click.option("--lang", type=click.Choice(list(LANGUAGES)), default="eng", show_default=True, help="Language.")
@data_option("text")
@click.option("--modern", type=EXISTING, help="Folder of text made by fetch_modern, for English.")
@click.option("--out", type=PATH, help="Folder of the run (default: runs/lstm_LANG).")
@minutes_option(60.0, "Total training time, without the evaluation at the end.")
@click.option("--units", type=click.IntRange(min=1), help="Units of the LSTM (default: as the packaged model).")
@click.option("--batch", type=click.IntRange(min=1), help="Windows per batch (default: as the packaged model).")
@seed_option(1)
@click.option("--limit", type=click.IntRange(min=1), help="Evaluate on at most N lines or windows of each test text.")
@resume_option("--out")
@bfloat16_option()
@workers_option()
@errors_as_messages()
def main(lang: str, data: Path, modern: Path | None, out: Path | None, limit: int | None, **options: Any) -> None:
    """Train the language model of --lang and write its weights, manifest and compiled form to --out."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    language = LANGUAGES[lang]
    sizes = {name: options.pop(name) for name in ("units", "batch")}
    recipe = replace(language.recipe, **{name: size for name, size in sizes.items() if size is not None})
    corpus = language.load(data, modern)
    manifest = train_lstm(lang, recipe, corpus, Budget(out or Path("runs") / f"lstm_{lang}", **options), limit)
    click.echo(json.dumps(manifest["scores"], indent=1))


def train_lstm(lang: str, recipe: Recipe, corpus: Corpus, budget: Budget, limit: int | None = None) -> dict[str, Any]:
    """Fit ``lstm_LANG`` within the budget, export and measure it. Returns the manifest. Raises OSError, ValueError."""
    language = LANGUAGES[lang]
    run = fit_language(corpus, recipe, budget)
    plan = Export(f"lstm_{lang}", budget.folder, recipe.float16, language.licence)
    facts = corpus.facts() | run_facts(language, recipe, budget, run)
    return export(plan, spec_of(recipe, corpus), corpus.vocabulary, corpus.held_out(limit), facts)


def run_facts(language: Language, recipe: Recipe, budget: Budget, run: Run) -> dict[str, Any]:
    """What the manifest says of the run."""
    best = int(run.best.get("steps", 0))
    return {
        "purpose": f"language model, {language.name}",
        "seed": budget.seed,
        "run": {
            "backend": keras.backend.backend() + (", bfloat16" if budget.bfloat16 else ""),
            "minutes": round(run.seconds / 60, 1),
            "batches": run.steps,
            "best_after_batches": best,
            "windows_seen": best * recipe.batch,
            "characters_seen": best * recipe.batch * recipe.window,
            "validation_bits_per_character": round(run.best.get("val_loss", math.inf) / math.log(2), 4),
        },
    }


if __name__ == "__main__":
    main()
