"""Train the Korean character model.

    python -m training.language.train_korean_language --minutes 50 --out runs/lstm_kor

Its symbols are whole syllables, or with --jamo the letters that they are made of. OUT gets weights, manifest and
compiled form, lstm_kor.* or lstm_kor_jamo.*.
"""

from __future__ import annotations

import json
import logging
import math
from pathlib import Path
from typing import Any

import click
import keras

from ocrtool.decode.language_model import LanguageModel
from ocrtool.weights.store import Weights
from training.command import errors_as_messages
from training.fit.budget import Progress
from training.language.corpus import default_data_folder
from training.language.export import export
from training.language.fit_language import Settings, fit_windows
from training.language.korean_alphabet import Alphabet, coverage, make_alphabet
from training.language.korean_corpus import (
    BLOCK,
    REPEATS,
    TEST_SHARE,
    VALIDATION_SHARE,
    Parts,
    character_counts,
    load_korean,
    training_text,
)
from training.language.korean_scores import HeldOutLines, printed_lines, spaces_between
from training.language.korean_windows import ADDED_MARKS, CHARACTERS, JAMO_WINDOW, WINDOW, KoreanWindows, fixed_windows
from training.models.lstm import LstmSpec
from training.publish.float16 import store_float16
from training.publish.manifest import sha256, write_manifest

#: A syllable or mark is listed if it occurs so often in the train part.
LEAST = 2
VALIDATION_WINDOWS = 512
BATCHES_PER_EPOCH = 300
#: Numbers between the LSTM and the scores of whole syllables: with them a step is under a million products.
PROJECTION = 128
#: Share of the LSTM's output dropped while training: the text is gone through several times.
DROPOUT = 0.2

LICENCE = (
    "Apache-2.0 as far as this project holds rights. Trained on UD Korean Kaist and GSD and KLUE (CC BY-SA 4.0: who "
    "holds weights to be an adaptation of their text passes them on under that licence), KorNLU (CC BY-SA 4.0), the "
    "Korean Rust book (MIT or Apache-2.0), songys chatbot data (MIT), law texts and stories in the public domain."
)


def fit(
    spec: LstmSpec, settings: Settings, parts: Parts, alphabet: Alphabet, folder: Path, resume: bool = False
) -> Progress:
    """Fit until the time is used up; leaves best.weights.h5 and what resuming needs in ``folder``."""
    text = training_text(parts["train"])

    def windows_from(first: int) -> KoreanWindows:
        return KoreanWindows(
            text, alphabet, settings.batch, settings.window, settings.batches_per_epoch, settings.seed, first
        )

    validation = "\n".join(line for lines in parts["validation"].values() for line in lines)
    validating = fixed_windows(validation, alphabet, settings.window, VALIDATION_WINDOWS)
    return fit_windows(spec, settings, windows_from, validating, folder, resume)


def held_out(parts: Parts, alphabet: Alphabet, syllables: Alphabet, limit: int | None) -> HeldOutLines:
    """The test part in printed lines; what is not listed costs the same in both alphabets."""
    lines = {name: printed_lines(paragraphs)[:limit] for name, paragraphs in parts["test"].items()}
    return HeldOutLines(lines, alphabet, math.log2(max(1, syllables.unlisted_syllables)))


def facts(parts: Parts, alphabet: Alphabet, progress: Progress, settings: Settings) -> dict[str, Any]:
    """What the manifest says of the data, the split and the run."""
    sizes = {part: sum(len(line) for lines in files.values() for line in lines) for part, files in parts.items()}
    return {
        "purpose": "language model, Korean",
        "data": {
            "korean_text": {name: sum(map(len, lines)) for name, lines in parts["train"].items()},
            "repeats": REPEATS,
            "characters": sizes,
            "coverage": {
                part: round(coverage(character_counts(parts[part]), alphabet), 6) for part in ("train", "test")
            },
        },
        "split": {
            "rule": f"blocks of {BLOCK} lines of each file ranked by the SHA-256 of their text: the first "
            f"{TEST_SHARE:.1%} test, the next {VALIDATION_SHARE:.2%} validation; a line of test is in no other part",
        },
        "seed": settings.seed,
        "run": {
            "backend": keras.backend.backend(),
            "minutes": round(progress.seconds / 60, 1),
            "batches": progress.batches,
            "best_after_batches": progress.best_batches,
            "windows_seen": progress.best_batches * settings.batch,
            "characters_a_window": CHARACTERS,
            "validation_bits_per_symbol": round(progress.best_loss / math.log(2), 4),
        },
    }


def finish(
    name: str, spec: LstmSpec, out: Path, texts: HeldOutLines, about: dict[str, Any], alphabet: Alphabet
) -> dict[str, Any]:
    """Export the best weights, kept in 16 bits, and measure them; the manifest also says how spaces are told."""
    rounded, h5 = out / "best16.weights.h5", out / f"{name}.weights.h5"
    store_float16(out / "best.weights.h5", rounded)
    manifest = export(name, spec, rounded, out, {"test_lines": texts}, about, list(alphabet.labels), LICENCE)
    store_float16(h5, h5)
    reading = LanguageModel(Weights(name, out, manifest))
    lines = [line for of_file in texts.lines.values() for line in of_file]
    manifest["scores"]["tflite"]["test_lines"]["spaces_between"] = spaces_between(reading, alphabet, lines)
    write_manifest(out / f"{name}.json", manifest | {"h5_sha256": sha256(h5)})
    return manifest


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=default_data_folder, help="Holds korean_text/.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs/lstm_kor"), show_default=True)
@click.option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True),
    default=50.0,
    show_default=True,
    help="Training time in all, evaluation not counted.",
)
@click.option("--units", type=click.IntRange(min=1), default=384, show_default=True)
@click.option("--jamo", is_flag=True, help="Take syllables apart.")
@click.option("--batch", type=click.IntRange(min=1), default=32, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--limit", type=click.IntRange(min=1), help="Measure on so many lines of each file only.")
@click.option("--resume", is_flag=True, help="Go on with the run in --out.")
@errors_as_messages()
def main(
    data: Path,
    out: Path,
    minutes: float,
    units: int,
    jamo: bool,
    batch: int,
    seed: int,
    limit: int | None,
    resume: bool,
) -> None:
    """Train the Korean language model; leave its weights, manifest and compiled form in --out."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    parts = load_korean(data)
    counts = character_counts(parts["train"])
    syllables = make_alphabet(counts, LEAST, jamo=False, always=ADDED_MARKS)
    alphabet = make_alphabet(counts, LEAST, jamo=True, always=ADDED_MARKS) if jamo else syllables
    spec = LstmSpec(len(alphabet.labels), units=units, dropout=DROPOUT, projection=0 if jamo else PROJECTION)
    settings = Settings(minutes, seed, batch, JAMO_WINDOW if jamo else WINDOW, batches_per_epoch=BATCHES_PER_EPOCH)
    progress = fit(spec, settings, parts, alphabet, out, resume)
    texts = held_out(parts, alphabet, syllables, limit)
    name = "lstm_kor_jamo" if jamo else "lstm_kor"
    manifest = finish(name, spec, out, texts, facts(parts, alphabet, progress, settings), alphabet)
    click.echo(json.dumps(manifest["scores"], indent=1))


if __name__ == "__main__":
    main()
