"""Fit the decoder of a script.

    python -m training.decoder.fit_decoder --script latin --data DIR --out weights

Fits, in this order: the space model (logistic regression on aligned gaps), the path weights with and without the
language model (coordinate search for the least error, checked by cross-validation over books, writers and pages), the
calibration of word probabilities (isotonic regression), and the text filter (logistic regression). The search starts
from the path weights of the decoder in --weights.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np

from ocrtool.decode.settings import DecoderSettings, PathWeights
from training.command import (
    data_option,
    errors_as_messages,
    korean_fonts_option,
    latin_fonts_option,
    out_option,
    seed_option,
    weights_option,
)
from training.decoder.engines import Engine, open_engine
from training.decoder.fit_confidence import SURE, fit_confidence
from training.decoder.fit_spaces import fit_spaces, with_spaces
from training.decoder.fit_text import fit_text
from training.decoder.hangul_samples import PAGES, HangulSource
from training.decoder.latin_samples import LINES, LatinSource
from training.decoder.path_search import FOLDS, ROUNDS, Evaluator, coordinate_search, cross_validated
from training.decoder.samples import Sample, SampleSource, SourceOptions
from training.publish.manifest import library_versions, training_command
from training.report.write import write_json

#: Where the lines of each script come from.
SOURCES: dict[str, Callable[[SourceOptions], SampleSource]] = {"latin": LatinSource, "hangul": HangulSource}


@dataclasses.dataclass(frozen=True, slots=True)
class Fitted:
    """What a fit gives: the settings, and the scores of the manifest."""

    settings: DecoderSettings
    scores: dict[str, Any]


def fit_decoder(source: SampleSource, engine: Engine, plain: Engine, rounds: int = ROUNDS) -> Fitted:
    """Fit everything on the source's samples. plain: the engine without a language model.

    Raises ValueError where the samples are too few or all alike.
    """
    began = time.monotonic()
    samples = source.samples(engine)
    space_weights, space_scores = fit_spaces(samples, engine)
    samples = with_spaces(samples, space_weights)
    print(f"{len(samples)} samples after {time.monotonic() - began:.0f} s; spaces {space_scores}", flush=True)
    with_lm, without_lm, scores = _fit_paths(samples, engine, plain, rounds)
    points, sure = fit_confidence(Evaluator(samples, engine), with_lm)
    fitted = dataclasses.replace(engine, path_weights=with_lm)
    text_weights, text_scores = fit_text(source.labelled_pages(fitted, samples), fitted)
    settings = DecoderSettings(
        with_lm,
        without_lm,
        _rounded(space_weights),
        _rounded(text_weights),
        tuple(points),
        engine.settings.beam,
    )
    return Fitted(
        settings, scores | {f"right_words_at_{SURE}": round(sure, 4), "space": space_scores, "text": text_scores}
    )


def _fit_paths(
    samples: list[Sample], engine: Engine, plain: Engine, rounds: int
) -> tuple[PathWeights, PathWeights, dict[str, Any]]:
    """Path weights with and without the language model, and their scores."""
    with_model, without = Evaluator(samples, engine), Evaluator(samples, plain)
    with_lm = coordinate_search(with_model, engine.settings.with_lm, rounds=rounds)
    # Scores of a language model lift words and spaces: without one their weight starts anew.
    start = dataclasses.replace(with_lm, lm=0.0, word=0.0)
    without_lm = coordinate_search(without, start, fixed=("lm",), rounds=rounds)
    scores = {
        "guided": with_model.rates(with_model.errors(with_lm)),
        "guided_cross_validated": cross_validated(with_model),
        "unguided": without.rates(without.errors(without_lm)),
        "unguided_cross_validated": cross_validated(without),
    }
    return with_lm, without_lm, scores


def _rounded(weights: np.ndarray) -> tuple[float, ...]:
    return tuple(round(float(weight), 5) for weight in weights)


def write_decoder(path: Path, fitted: Fitted, facts: dict[str, str], seed: int) -> None:
    """Write the manifest of a fitted decoder with every field of its settings, whole or not at all. Raises OSError."""
    manifest = {
        "name": path.stem,
        "kind": "decoder",
        "parameters": fitted.settings.as_parameters(),
        "data": facts["data"],
        "split": f"{facts['split']}; cross-validated in {FOLDS} folds of them",
        "scores": fitted.scores,
        "seed": seed,
        "versions": library_versions(),
        "licence": facts["licence"],
        "command": training_command(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, manifest)


@click.command()
@click.option("--script", type=click.Choice(list(SOURCES)), default="latin", show_default=True, help="Writing system.")
@data_option("transcribed sets")
@weights_option()
@out_option("decoder_eng.json or _kor.json")
@click.option(
    "--count",
    type=click.IntRange(min=1),
    help=f"Latin: lines of each kind (default: {LINES}). Hangul: pages drawn, of a few lines each ({PAGES}).",
)
@korean_fonts_option()
@latin_fonts_option("--latin-fonts")
@click.option(
    "--drawn",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Use pages too, NAME.png and NAME.gt.txt in folders of this one: what "
    "`training.synthesis.korean_pages --part validation` draws.",
)
@click.option("--rounds", type=click.IntRange(min=1), default=ROUNDS, show_default=True, help="Of the path search.")
@seed_option(1)
@errors_as_messages()
def main(script: str, out: Path, rounds: int, **options: Any) -> None:
    """Fit the decoder of --script and write its manifest to --out."""
    found = SourceOptions(**options)
    source = SOURCES[script](found)
    engine = open_engine(script, found.weights)
    plain = open_engine(script, found.weights, language_model=False)
    fitted = fit_decoder(source, engine, plain, rounds)
    write_decoder(out / f"{engine.script.weights.decoder}.json", fitted, source.facts(), found.seed)
    click.echo(json.dumps(fitted.scores, indent=1))


if __name__ == "__main__":
    main()
