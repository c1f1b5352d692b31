"""Fit the decoder's weights on transcribed training parts.

    python -m training.decoder.fit_decoder --data DIR --out weights

Fits, in this order: the space model (logistic regression on aligned gaps), the path weights with and without the
language model (coordinate search for the least error, checked by cross-validation over books and writers), what tells
text from pictures (logistic regression), and the calibration of word probabilities (isotonic regression).
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from pathlib import Path

from ocrtool.options import Options
from ocrtool.script.engine import load_engine

from ocrtool.decode.language_model import UniformModel
from training.datasets.transcribed_sets import default_data
from training.decoder.fit_confidence import fit_confidence
from training.decoder.fit_spaces import fit_spaces, with_spaces
from training.decoder.fit_text import fit_text
from training.decoder.path_search import FOLDS, MOVES, Evaluator, coordinate_search, cross_validated
from training.decoder.samples import load_samples
from training.publish.manifest import library_versions, training_command


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_data())
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--lines", type=int, default=160, help="lines of each kind")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    engine = load_engine(Options(weights=args.weights, threads=2))
    began = time.time()
    samples = load_samples(args.data, engine, args.lines, args.seed)
    space_weights, space_scores = fit_spaces(samples)
    samples = with_spaces(samples, space_weights)
    print(f"{len(samples)} samples after {time.time() - began:.0f} s; spaces {space_scores}", flush=True)
    beam = engine.settings.beam
    guided = Evaluator(samples, engine.guide, beam)
    every = tuple(MOVES)
    best = coordinate_search(guided, engine.settings.guided, every)
    unguided = Evaluator(samples, UniformModel(), beam)
    start = dataclasses.replace(best, lm=0.0, word=0.0)
    plain = coordinate_search(unguided, start, tuple(n for n in every if n != "lm"))
    points, sure = fit_confidence(guided, best)
    fitted = dataclasses.replace(engine, path_weights=best)
    text_weights, text_scores = fit_text(args.data, fitted, best.lm, args.seed)
    manifest = {
        "name": "decoder_eng",
        "kind": "decoder",
        "parameters": {
            "guided": dataclasses.asdict(best),
            "unguided": dataclasses.asdict(plain),
            "space_weights": [round(float(w), 5) for w in space_weights],
            "text_weights": [round(float(w), 5) for w in text_weights],
            "confidence": points,
            "beam": dataclasses.asdict(beam),
        },
        "data": "training parts of old_books, iam (hand-printed lines), hand_printed_words and UNIPEN words",
        "split": f"cross-validated in {FOLDS} folds over books, writers and forms",
        "scores": {
            "guided": guided.rates(guided.errors(best)),
            "guided_cross_validated": cross_validated(guided),
            "unguided": unguided.rates(unguided.errors(plain)),
            "unguided_cross_validated": cross_validated(unguided),
            "right_words_at_0.9": round(sure, 4),
            "space": space_scores,
            "text": text_scores,
        },
        "seed": args.seed,
        "versions": library_versions(),
        "licence": "Apache-2.0; fitted on IAM among others, whose licence allows non-commercial research only",
        "command": training_command(),
    }
    (args.out / "decoder_eng.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(manifest["scores"], indent=1))


if __name__ == "__main__":
    main()
