"""Train a network over an image and the text before it.

    python -m training.emnist.train_fusion --branch B --language L

B is a folder of `training.emnist.train_emnist`, L one of `training.emnist.train_character_lstm` for the same split.
Each image is paired with a position in a book whose next character is its label. OUT gets fusion_MODEL_SPLIT.weights.h5
with its manifest, architecture.json, history.json and the folder report/: scores with the LSTM, without it, and of
the LSTM alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import cv2
import keras

from ocrtool.errors import WeightsRefused
from training.command import (
    PATH,
    data_option,
    epochs_option,
    errors_as_messages,
    out_option,
    rate_option,
    resume_option,
    seed_option,
)
from training.emnist.fit_classifier import RunOptions
from training.emnist.fusion.branch import load_branch, load_images
from training.emnist.fusion.contexts import ContextStore
from training.emnist.fusion.language import load_language
from training.emnist.fusion.network import FusionRecipe
from training.emnist.fusion.publish_fusion import FusionResult, write_fusion
from training.emnist.fusion.run import compare, fit_fusion, gather
from training.models.fusion import FusionSpec

DEFAULTS, SIZES = FusionRecipe(), FusionSpec()


@click.command()
@click.option("--branch", type=PATH, required=True, help="Folder of the trained image model.")
@click.option("--language", type=PATH, required=True, help="Folder of the trained LSTM.")
@data_option("emnist/ and gutenberg/")
@out_option("weights and report")
@click.option("--contexts", type=PATH, help="Cache of contexts [default: LANGUAGE/contexts].")
@click.option("--thaw", is_flag=True, help="Train the image branch too.")
@click.option("--augment", "augmented", is_flag=True, help="Augment the images.")
@epochs_option(DEFAULTS.epochs)
@click.option("--batch-size", "batch", type=click.IntRange(min=1), default=DEFAULTS.batch, show_default=True)
@rate_option(DEFAULTS.rate)
@click.option(
    "--copies",
    type=click.IntRange(min=1),
    default=DEFAULTS.copies,
    show_default=True,
    help="Contexts per image, and variants of it if augmented.",
)
@click.option("--score-units", type=click.IntRange(min=1), default=SIZES.score_units, show_default=True)
@click.option("--limit", type=click.IntRange(min=1), help="Train on at most N images.", metavar="N")
@seed_option()
@resume_option("--out")
@errors_as_messages()
def main(
    branch: Path,
    language: Path,
    data: Path,
    out: Path,
    contexts: Path | None,
    thaw: bool,
    augmented: bool,
    limit: int | None,
    seed: int,
    resume: bool,
    score_units: int,
    **changes: Any,
) -> None:
    """Train a network over an image and the text before it."""
    cv2.setNumThreads(1)
    keras.utils.set_random_seed(seed)
    image_branch, text = load_branch(branch), load_language(language)
    if text.alphabet.classes != image_branch.classes:
        raise WeightsRefused(f"{language} has other classes than {branch}")
    images = load_images(image_branch, data, limit, seed)
    recipe = FusionRecipe(**changes, thaw=thaw, augmented=augmented, tau=image_branch.tau)
    store = ContextStore(text, data, contexts or language / "contexts")
    sets = gather(image_branch, images, store, recipe, seed)
    spec = image_branch.spec(score_units=score_units)
    whole, probabilities, run = fit_fusion(image_branch, spec, sets, recipe, RunOptions(out, seed, resume=resume))
    comparison = compare(sets, probabilities, image_branch.classes)
    result = FusionResult(
        image_branch,
        text,
        spec,
        recipe,
        run,
        comparison,
        store.book_names(),
        sets.contexts.positions_of_class,
        len(images.train),
        seed,
    )
    write_fusion(out, whole, result, images.test, probabilities)
    print(as_text(comparison))


def as_text(comparison: dict[str, Any]) -> str:
    """The scores as text, a line each."""
    rows = {"with the LSTM": "with_lstm", "image alone": "without_lstm", "LSTM alone": "lstm_alone"}
    lines = []
    for label, key in rows.items():
        scores = comparison[key]
        lines.append(
            f"{label:<15}accuracy {scores['accuracy']:.4f}, mean class accuracy {scores['class_accuracy']:.4f}"
        )
    reduction = comparison["error_reduction"]
    lines.append(f"fewer errors   {reduction['accuracy']:.1%}, mean class error {reduction['class_accuracy']:.1%}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
