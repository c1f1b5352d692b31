"""Fit the decoder's weights on transcribed training parts: python -m training.fit_decoder --data DIR --out weights.

Fits, in this order: the space model (logistic regression on aligned gaps), the path weights with and without the
language model (coordinate search for the least error, checked by cross-validation over books and writers), and the
calibration of word probabilities (isotonic regression).
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrtool.decode.assemble import LineAssembler
from ocrtool.decode.beam import SPACE, Guide, Step, path_text, search
from ocrtool.decode.confidence import character_posterior, word_probability
from ocrtool.decode.language_model import UniformModel
from ocrtool.decode.lattice import Lattice
from ocrtool.decode.settings import BeamSize, PathWeights
from ocrtool.decode.spaces import fit_space_weights, space_features, space_probabilities
from ocrtool.decode.textness import common_x_height, line_features
from ocrtool.metrics import infix_distance
from ocrtool.options import Options
from ocrtool.pipeline import Engine, load_engine
from ocrtool.segment.edges import gaps_before
from ocrtool.types import Line
from training.align import align
from training.align_pages import ScoredLine, line_texts, read_lines, score_page
from training.manifest import library_versions, training_command
from training.sources.transcribed_sets import default_data
from training.transcribed import Transcript, book_pages, iam_lines, name_crops

#: Multiplicative and additive moves of the coordinate search, per weight; ever finer in later rounds.
MOVES: dict[str, tuple[float, ...]] = {
    "glyph_power": (-0.25, 0.25),
    "reject": (-0.15, 0.15),
    "character": (-0.6, 0.6),
    "lm": (-0.2, 0.2),
    "space": (-0.4, 0.4),
    "word": (-0.7, 0.7),
    "skip": (-2.5, 2.5),
}
ROUNDS = 3
FOLDS = 4
#: Lines that are no text taken from one page: a page of foliage must not outvote all others.
MOST_JUNK = 25


@dataclass(frozen=True, slots=True)
class Sample:
    """A line (or the lines of a crop) with its text. group: book, writer or form; infix: see ``Transcript``."""

    kind: str
    group: str
    lines: list[ScoredLine]
    text: str
    infix: bool


def _page_samples(item: Transcript, engine: Engine) -> list[Sample]:
    lines = score_page(item.gray, engine, settling=True)
    texts = line_texts(read_lines(lines, engine), item.text) if lines else []
    return [Sample("books", item.group, [line], t, False) for line, t in zip(lines, texts, strict=True) if t]


def load_samples(data: Path, engine: Engine, count: int, seed: int) -> list[Sample]:
    """About ``count`` lines of each kind, drawn at random over all groups of the training parts."""
    rng = np.random.default_rng(seed)
    pages = list(book_pages(data, "train"))
    chosen = rng.permutation(len(pages))[: max(4, count // 6)]
    books = [sample for i in chosen for sample in _page_samples(pages[i], engine)]
    crops = {
        "iam": list(iam_lines(data, "train", hand_printed=True)),
        "names": list(name_crops(data, "train")),
    }
    samples = [books[i] for i in rng.permutation(len(books))[:count]]
    for kind, items in crops.items():
        for i in rng.permutation(len(items))[:count]:
            lines = score_page(items[i].gray, engine, settling=True)
            if lines:
                samples.append(Sample(kind, items[i].group, lines, items[i].text, items[i].infix))
    return samples


def fit_spaces(samples: list[Sample]) -> tuple[np.ndarray, dict[str, float]]:
    """Weights of the space model from gaps between aligned neighbours, and its error rate on them."""
    features, truth = [], []
    for sample in samples:
        for line in sample.lines[:1]:
            edges, pieces = line.line.edges, line.line.pieces
            a = align(edges, line.scores, line.lattice.space, sample.text, infix=sample.infix, any_case=sample.infix)
            if a is None or len(a.edges) < 2 or np.mean(a.scores > -4.0) < 0.7:
                continue
            every = space_features(gaps_before(pieces))
            joined = (edges.end[a.edges[:-1]] == edges.start[a.edges[1:]]) & (np.diff(a.position) == 1)
            nodes = edges.start[a.edges[1:]][joined]
            features.append(every[nodes - 1])
            truth.append(a.after_space[1:][joined])
            inner = [n for e in a.edges for n in range(edges.start[e] + 1, edges.end[e])]
            features.append(every[np.array(inner, np.int64) - 1])
            truth.append(np.zeros(len(inner), bool))
    x, y = np.concatenate(features), np.concatenate(truth)
    weights = fit_space_weights(x, y)
    wrong = float(np.mean((x @ weights > 0) != y))
    return weights, {"gaps": float(len(y)), "wrong": round(wrong, 5)}


def with_spaces(samples: list[Sample], weights: np.ndarray) -> list[Sample]:
    """The samples with the space probabilities of new weights in their lattices."""

    def renew(line: ScoredLine) -> ScoredLine:
        space = space_probabilities(gaps_before(line.line.pieces), weights)
        return dataclasses.replace(line, lattice=dataclasses.replace(line.lattice, space=space))

    return [dataclasses.replace(s, lines=[renew(line) for line in s.lines]) for s in samples]


class Evaluator:
    """Errors of each sample under given path weights; remembers every setting it was asked about."""

    def __init__(self, samples: list[Sample], guide: Guide, beam: BeamSize) -> None:
        self.samples, self.guide, self.beam = samples, guide, beam
        self.lattices: list[Lattice] = [line.lattice for s in samples for line in s.lines]
        self.ends = np.cumsum([len(s.lines) for s in samples])[:-1]
        self.length = np.array([len(s.text) for s in samples], float)
        self.kinds = np.array([s.kind for s in samples])
        self.known: dict[PathWeights, np.ndarray] = {}

    def errors(self, weights: PathWeights) -> np.ndarray:
        """(samples,) edit distances."""
        if weights not in self.known:
            paths = search(self.lattices, self.guide, weights, self.beam)
            texts = np.split(np.array([path_text(p) for p in paths], object), self.ends)
            self.known[weights] = np.array(
                [_distance(s, " ".join(t)) for s, t in zip(self.samples, texts, strict=True)], float
            )
        return self.known[weights]

    def rates(self, errors: np.ndarray, among: np.ndarray | None = None) -> dict[str, float]:
        """Error rate of each kind, over the samples ``among`` (bool) or all."""
        among = np.ones(len(self.samples), bool) if among is None else among
        kinds = sorted(set(self.kinds.tolist()))
        return {
            k: float(errors[(self.kinds == k) & among].sum() / max(1.0, self.length[(self.kinds == k) & among].sum()))
            for k in kinds
        }

    def cost(self, errors: np.ndarray, among: np.ndarray | None = None) -> float:
        """Mean over the kinds of log error rate: each kind counts alike, whatever its level."""
        return float(np.mean([np.log(rate + 1e-3) for rate in self.rates(errors, among).values()]))


def _distance(sample: Sample, read: str) -> int:
    if sample.infix:
        return int(infix_distance(sample.text.upper(), read.upper()))
    return int(Levenshtein.distance(sample.text, read))


def coordinate_search(evaluator: Evaluator, start: PathWeights, names: tuple[str, ...]) -> PathWeights:
    """Weights of least cost, one weight moved at a time, steps halved each round."""
    best, cost = start, evaluator.cost(evaluator.errors(start))
    for turn in range(ROUNDS):
        for name in names:
            for move in MOVES[name]:
                while True:
                    tried = dataclasses.replace(best, **{name: round(getattr(best, name) + move / 2**turn, 4)})
                    if tried.lm < 0 or tried.glyph_power < 0:
                        break
                    new = evaluator.cost(evaluator.errors(tried))
                    if new >= cost - 1e-4:
                        break
                    best, cost = tried, new
        print(f"round {turn + 1}: {best} {evaluator.rates(evaluator.errors(best))}", flush=True)
    return best


def cross_validated(evaluator: Evaluator) -> dict[str, float]:
    """Error rates when each fold of groups is read with the setting that did best on the other folds."""
    groups = [f"{s.kind}/{s.group}" for s in evaluator.samples]
    order = {g: i for i, g in enumerate(dict.fromkeys(groups))}
    fold = np.array([order[g] % FOLDS for g in groups])
    errors = np.zeros(len(groups))
    for k in range(FOLDS):
        best = min(evaluator.known.values(), key=lambda e: evaluator.cost(e, fold != k))
        errors[fold == k] = best[fold == k]
    return evaluator.rates(errors)


def read_line(line: ScoredLine, path: list[Step], lm: float) -> Line | None:
    """A scored line as reading would give it, boxes and x-height in pixels of the working page."""
    size = (100_000, 100_000)
    assembler = LineAssembler(line.line.image, np.eye(2, 3), size, lm, ((0.0, 0.0), (1.0, 1.0)))
    return assembler.assemble(path, line.line.edges, line.scores)


def fit_text(data: Path, engine: Engine, lm: float, seed: int) -> tuple[np.ndarray, dict[str, float]]:
    """Weights that tell text from what pictures give, and how often they are wrong.

    Text: the lines of book pages that stand in their text, handwritten lines, names. No text: all other lines of the
    book pages, at most MOST_JUNK of each.
    """
    rng = np.random.default_rng(seed)
    features, truth = [], []

    def add(lines: list[ScoredLine], is_text: list[bool]) -> None:
        paths = search([x.lattice for x in lines], engine.guide, engine.path_weights, engine.settings.beam)
        read = [read_line(x, p, lm) for x, p in zip(lines, paths, strict=True)]
        found = [line for line in read if line is not None]
        x_height = common_x_height(found) if found else 1.0
        for line, told in zip(read, is_text, strict=True):
            if line is not None:
                features.append(line_features(line, x_height))
                truth.append(told)

    for page in book_pages(data, "train"):
        lines = score_page(page.gray, engine, settling=True)
        texts = line_texts(read_lines(lines, engine), page.text) if lines else []
        junk = [k for k, text in enumerate(texts) if text is None]
        dropped = set(rng.permutation(junk)[MOST_JUNK:].tolist())
        kept = [k for k in range(len(lines)) if k not in dropped]
        add([lines[k] for k in kept], [texts[k] is not None for k in kept])
    crops = [*list(iam_lines(data, "train"))[::25], *list(name_crops(data, "train"))[::3]]
    for item in crops:
        lines = score_page(item.gray, engine, settling=True)
        if lines:
            longest = max(lines, key=lambda line: len(line.line.pieces))
            add([longest], [True])
    x, y = np.array(features), np.array(truth)
    weights = fit_space_weights(x, y)
    told = x @ weights > 0
    return weights, {
        "text": float(y.sum()),
        "text_lost": round(float(np.mean(~told[y])), 4),
        "no_text": float((~y).sum()),
        "no_text_told": round(float(np.mean(told[~y])), 4),
    }


def fit_confidence(evaluator: Evaluator, weights: PathWeights) -> tuple[list[tuple[float, float]], float]:
    """Calibration points (raw, true) of word probabilities, and the share of right words at 0.9 and above."""
    paths = search(evaluator.lattices, evaluator.guide, weights, evaluator.beam)
    raw, right = [], []
    at = 0
    for sample in evaluator.samples:
        for line in sample.lines:
            words = _words(paths[at], line, weights.lm)
            at += 1
            if sample.infix:
                continue
            truth = sample.text.split()
            same = np.zeros(len(words), bool)
            for op in Levenshtein.opcodes([w for w, _ in words], truth):
                if op.tag == "equal":
                    same[op.src_start : op.src_end] = True
            raw += [p for _, p in words]
            right += same.tolist()
    x, y = np.array(raw), np.array(right, float)
    points = isotonic(x, y)
    calibrated = np.interp(x, [p[0] for p in points], [p[1] for p in points])
    sure = calibrated >= 0.9
    return points, float(y[sure].mean()) if sure.any() else 0.0


def _words(path: list[Step], line: ScoredLine, lm: float) -> list[tuple[str, float]]:
    """Words of a path with their uncalibrated probabilities."""
    words: list[tuple[str, float]] = []
    run: list[Step] = []
    for step in [*path, Step(SPACE, -1, np.zeros(0))]:
        if step.label != SPACE:
            run.append(step)
        elif run:
            each = [float(character_posterior(s, line.scores[s.edge], lm)[s.label]) for s in run]
            words.append((path_text(run), word_probability(each, ((0.0, 0.0), (1.0, 1.0)))))
            run = []
    return words


def isotonic(x: np.ndarray, y: np.ndarray, bins: int = 12) -> list[tuple[float, float]]:
    """Ascending calibration points: equal-count bins of x, means of y made monotone by pooling (Ayer et al., 1955)."""
    order = np.argsort(x, kind="stable")
    parts = [p for p in np.array_split(order, bins) if len(p)]
    blocks = [[float(x[p].mean()), float(y[p].mean()), len(p)] for p in parts]
    merged: list[list[float]] = []
    for block in blocks:
        merged.append(block)
        while len(merged) > 1 and merged[-2][1] >= merged[-1][1]:
            (xa, ya, na), (xb, yb, nb) = merged[-2:]
            merged[-2:] = [[(xa * na + xb * nb) / (na + nb), (ya * na + yb * nb) / (na + nb), na + nb]]
    points = [(0.0, 0.0), *((round(a, 4), round(b, 4)) for a, b, _ in merged)]
    return [*points, (1.0, max(points[-1][1], 0.999))] if points[-1][0] < 1.0 else points


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
        "data": "training parts of old_books, iam (hand-printed lines) and hand_printed_words",
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
