"""Score the compiled glyph classifier of a script: ``python -m training.glyphs.evaluate latin``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import cv2

from training.command import (
    EXISTING,
    PATH,
    data_option,
    errors_as_messages,
    korean_fonts_option,
    part_option,
    seed_option,
    weights_option,
)


@click.group()
def main() -> None:
    """Print the scores of the glyph classifier of a script as JSON."""
    cv2.setNumThreads(1)


@main.command()
@data_option("emnist/, unipen/ and photos62/")
@weights_option()
@click.option("--shards", type=EXISTING, multiple=True, help="Shards of held-out lines.")
@click.option("--sheets", type=PATH, help="Folder for pictures of wrong glyphs.")
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True)
@errors_as_messages()
def latin(data: Path, weights: Path | None, shards: tuple[Path, ...], sheets: Path | None, threads: int) -> None:
    """Score on held-out characters, writers, photographs and lines."""
    from ocrtool.script.latin.classifier import LatinClassifier
    from ocrtool.weights.store import open_weights
    from training.glyphs.evaluate_latin import evaluate, held_out_sets

    classifier = LatinClassifier(open_weights("latin", weights), threads)
    _print(evaluate(classifier, held_out_sets(data, list(shards)), sheets))


@main.command()
@data_option("phd08/")
@korean_fonts_option()
@weights_option()
@part_option("test", ("validation", "test"))
@click.option(
    "--count",
    type=click.IntRange(min=1),
    default=11_750,
    show_default=True,
    help="Number of characters drawn for each set.",
)
@seed_option(8)
@errors_as_messages()
def hangul(weights: Path | None, **settings: Any) -> None:
    """Score on the real PHD08 files and on characters drawn in held-out families."""
    from ocrtool.script.hangul.classifier import HangulClassifier
    from ocrtool.weights.store import open_weights
    from training.glyphs.evaluate_hangul import Settings, evaluate

    _print(evaluate(HangulClassifier(open_weights("hangul", weights)), Settings(**settings)))


def _print(scores: dict[str, Any]) -> None:
    print(json.dumps(scores, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
