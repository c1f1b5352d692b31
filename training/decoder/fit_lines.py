"""Fit the decoder over the frames of the line reader.

    python -m training.decoder.fit_lines --weights DIR --drawn PAGES --held SHARDS --out OUT

PAGES holds folders of drawn pages, NAME.png with NAME.gt.txt line by line, as `training.synthesis.office_pages --part
validation` draws them; SHARDS strips of `training.lines.make_lines --part validation`. Pages and names of the training
parts come from --data. Writes OUT/decoder_lines.json.

With ``--words-only`` the weights of the score and of the text filter stay as they are in --weights: whenever the line
reader has changed, the weights of its gaps and its word probabilities are to be fitted again, which takes a minute.

On codes the language model may not cost a character: weights with which the lines of a kind named ``codes`` have more
errors than along the best path alone are not considered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from rapidfuzz.distance import Levenshtein
from tqdm import tqdm

from ocrtool.decode import ctc
from ocrtool.decode.ctc_gaps import weigh_gaps
from ocrtool.decode.ctc_reading import Reading
from ocrtool.decode.settings import CtcWeights
from ocrtool.decode.text_filter import line_features, median_x_height
from ocrtool.imaging.input import read_pages
from ocrtool.imaging.prepare import prepare
from ocrtool.metrics import partial_edit_distance
from ocrtool.script.registry import load_script
from ocrtool.script.strip_engine import StripEngine, StripLine, load_strip_engine
from ocrtool.script.views import are_unsure
from ocrtool.segment.strip import Strip, find_strip_layout
from ocrtool.types import Line
from ocrtool.weights.store import read_manifest
from training.command import EXISTING, data_option, errors_as_messages, out_option, seed_option, weights_option
from training.datasets.transcribed import book_pages, name_crops, receipts
from training.decoder.aligned_lines import line_texts
from training.decoder.fit_confidence import SURE
from training.decoder.fit_gaps import fit_gaps
from training.decoder.fit_text import filter_scores
from training.decoder.fit_words import fit_words
from training.decoder.logistic import fit_logistic
from training.lines.pages import Sample
from training.lines.task import load_held
from training.publish.manifest import library_versions, training_command
from training.report.write import write_json

#: Lines of each kind at most, book pages, and strips of each source of shards.
LINES, PAGES, STRIPS = 220, 24, 160
#: Strips of each source that gaps are fitted on.
GAP_STRIPS = 4000
#: Rounds of the search, each with half the steps of the one before; least gain in the mean log error rate; floor of
#: rates before the logarithm.
ROUNDS, LEAST_GAIN, RATE_FLOOR = 2, 1e-3, 1e-3
#: Kinds whose lines no language model may make worse have this in their names.
CODES = "codes"
#: Weights by which the language model has no say.
NO_MODEL = CtcWeights(lm=0.0, character=0.0, word=0.0)
#: Lines without text taken from one page.
MOST_PICTURES = 25
#: So large that no box of a line is cut off.
_BOUNDS = (100_000, 100_000)


@dataclass(frozen=True, slots=True)
class ReadSample:
    """Frame log-probabilities of the lines of a sample, and its text.

    infix: the image holds more than the text; folded: the text is in plain quotes, dashes and letters, whatever is
    printed; bag: it is in any order, and in capitals; hard: the lines that reading looks at in other views too, None
    for the others, if pages are known.
    """

    kind: str
    log_probs: list[np.ndarray]
    text: str
    infix: bool = False
    folded: bool = False
    bag: bool = False
    hard: tuple[StripLine | None, ...] = ()


@dataclass(frozen=True, slots=True)
class FilterPage:
    """Lines of a page as read, and whether each is text."""

    lines: list[Line | None]
    text: list[bool]


def look(gray: np.ndarray, engine: StripEngine) -> list[StripLine]:
    """All lines of a page before the line reader; none of a blank page."""
    page = prepare(gray)
    layout = None if page is None else find_strip_layout(page)
    return [] if layout is None else engine.look(layout, layout.lines)


def hard_lines(lines: Sequence[StripLine]) -> list[StripLine | None]:
    """The lines of a page that reading looks at in other views too, None for each other."""
    unsure = are_unsure([ctc.greedy(line.log_probs) for line in lines], [line.sureness for line in lines])
    return [line if doubt else None for line, doubt in zip(lines, unsure, strict=True)]


def drawn_samples(folder: Path, engine: StripEngine) -> Iterator[tuple[ReadSample, StripLine]]:
    """Lines of drawn pages on which as many lines are found as there are; each folder is a kind."""
    for path in tqdm(sorted(folder.glob("*/*.gt.txt")), unit="page", disable=None):
        texts = [" ".join(line.split()) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        image = path.with_name(path.name.removesuffix(".gt.txt") + ".png")
        found = look(next(iter(read_pages(image, str(image)))).gray, engine)
        if len(found) == len(texts):
            for line, text, hard in zip(found, texts, hard_lines(found), strict=True):
                yield ReadSample(path.parent.name, [line.log_probs], text, hard=(hard,)), line


def shard_samples(folder: Path, engine: StripEngine) -> Iterator[ReadSample]:
    """Strips of each source of shards."""
    for source, items in load_held(folder, STRIPS).items():
        for item, rows in zip(items, engine.reader.read([_strip(item) for item in items]), strict=True):
            yield ReadSample(source, [weigh_gaps(rows, item.soft, engine.settings.gap_weights)], item.text)


def with_gaps(engine: StripEngine, folder: Path) -> tuple[StripEngine, dict[str, float]]:
    """The engine with weights of gaps fitted on strips of shards, and the shares of wrong gaps."""
    items = [item for each in load_held(folder, GAP_STRIPS).values() for item in each]
    frames = engine.reader.read([_strip(item) for item in items])
    strips = ((rows, item.soft, item.text) for rows, item in zip(frames, items, strict=True))
    weights, scores = fit_gaps(strips, engine.reader.labels)
    return replace(engine, settings=replace(engine.settings, gap_weights=weights)), scores


def book_samples(data: Path, engine: StripEngine) -> Iterator[ReadSample]:
    """Lines of training pages of books that stand in their text."""
    labels = engine.reader.labels[1:]
    for page in tqdm(list(book_pages(data, "train"))[:: max(1, 99 // PAGES)], unit="page", disable=None):
        lines = look(page.gray, engine)
        texts = line_texts([" ".join(ctc.greedy(x.log_probs).text(labels).split()) for x in lines], page.text)
        for line, text, hard in zip(lines, texts, hard_lines(lines), strict=True):
            if text:
                yield ReadSample("books", [line.log_probs], text, folded=True, hard=(hard,))


def receipt_samples(data: Path, engine: StripEngine) -> Iterator[ReadSample]:
    """Receipts of the training part, each a sample."""
    for item in tqdm(list(receipts(data, "train")), unit="page", disable=None):
        if lines := look(item.gray, engine):
            frames = [line.log_probs for line in lines]
            yield ReadSample("receipts", frames, item.text, bag=True, hard=tuple(hard_lines(lines)))


def name_samples(data: Path, engine: StripEngine) -> Iterator[ReadSample]:
    """Names of the training part."""
    for item in list(name_crops(data, "train"))[::2]:
        if lines := look(item.gray, engine):
            yield ReadSample("names", [x.log_probs for x in lines], item.text, item.infix)


def _strip(item: Sample) -> Strip:
    return Strip(item.soft, np.arange(item.soft.shape[1], dtype=np.float32), np.eye(2, 3))


class Evaluator:
    """Error rates of each kind under given weights; remembers every setting it was asked about."""

    def __init__(self, samples: Sequence[ReadSample], engine: StripEngine) -> None:
        self.samples, self.engine = samples, engine
        self._lines = [rows for sample in samples for rows in sample.log_probs]
        self._known: dict[CtcWeights, dict[str, float]] = {}
        self.plain = self._rates([ctc.greedy(rows) for rows in self._lines])

    def readings(self, weights: CtcWeights) -> list[Reading]:
        engine = self.engine
        return ctc.search(self._lines, engine.language_model, weights, engine.settings.beam, engine.alphabet)

    def rates(self, weights: CtcWeights) -> dict[str, float]:
        if weights not in self._known:
            self._known[weights] = self._rates(self.readings(weights))
        return self._known[weights]

    def cost(self, weights: CtcWeights) -> float:
        """Mean over the kinds of log error rate; infinite if codes get worse."""
        rates, without = self.rates(weights), self.rates(NO_MODEL)  # the search differs a little from the best path
        if any(rates[kind] > max(self.plain[kind], without[kind]) for kind in rates if CODES in kind):
            return float("inf")
        return float(np.mean([np.log(rate + RATE_FLOOR) for rate in rates.values()]))

    def texts(self, readings: Sequence[Reading]) -> list[str]:
        """The text of each sample."""
        labels = self.engine.reader.labels[1:]
        each = iter([" ".join(reading.text(labels).split()) for reading in readings])
        return [" ".join(next(each) for _ in sample.log_probs) for sample in self.samples]

    def _rates(self, readings: Sequence[Reading]) -> dict[str, float]:
        errors: dict[str, list[int]] = {}
        for sample, text in zip(self.samples, self.texts(readings), strict=True):
            found = errors.setdefault(sample.kind, [0, 0])
            found[0] += _distance(sample, text)
            found[1] += len(sample.text)
        return {kind: wrong / max(1, count) for kind, (wrong, count) in sorted(errors.items())}


def _distance(sample: ReadSample, read: str) -> int:
    if sample.infix:
        return int(partial_edit_distance(sample.text.upper(), read.upper()))
    return int(Levenshtein.distance(sample.text, read))


def search_weights(evaluator: Evaluator, start: CtcWeights, rounds: int = ROUNDS) -> CtcWeights:
    """Weights of least cost, one moved at a time, steps halved each round. Starts weaker where codes get worse."""
    best = start
    while not np.isfinite(evaluator.cost(best)):
        weak = best.lm <= 0.02
        best = NO_MODEL if weak else replace(best, lm=round(0.5 * best.lm, 4), character=round(0.5 * best.character, 4))
    cost = evaluator.cost(best)
    for turn in range(rounds):
        for weight in fields(CtcWeights):
            step = weight.metadata["step"] / 2**turn
            for move in (-step, step):
                while True:
                    value = getattr(best, weight.name) + move
                    if not weight.metadata.get("least", -np.inf) <= value <= weight.metadata.get("most", np.inf):
                        break
                    tried = replace(best, **{weight.name: round(value, 4)})
                    new = evaluator.cost(tried)
                    if new >= cost - LEAST_GAIN:
                        break
                    best, cost = tried, new
        print(f"round {turn + 1}: {best} {evaluator.rates(best)}", flush=True)
    return best


def read_again(samples: Sequence[ReadSample], readings: Sequence[Reading], engine: StripEngine) -> Iterator[Reading]:
    """Readings of all lines of the samples, of hard lines those that several views agree on."""
    each = iter(readings)
    for sample in samples:
        for hard in sample.hard or [None] * len(sample.log_probs):
            reading = next(each)
            yield reading if hard is None else engine.agree(hard, reading)


def filter_pages(data: Path, drawn: list[list[StripLine]], engine: StripEngine, seed: int) -> Iterator[FilterPage]:
    """Text: lines of book pages that stand in their text, names, drawn lines. Not: the other lines of book pages."""
    rng = np.random.default_rng(seed)
    for page in list(book_pages(data, "train"))[::2]:
        lines = engine.read(look(page.gray, engine), _BOUNDS)
        texts = line_texts(["" if line is None else line.text for line in lines], page.text) if lines else []
        pictures = [k for k, text in enumerate(texts) if text is None]
        dropped = set(rng.permutation(pictures)[MOST_PICTURES:].tolist())
        kept = [k for k in range(len(lines)) if k not in dropped]
        yield FilterPage([lines[k] for k in kept], [texts[k] is not None for k in kept])
    for item in list(name_crops(data, "train"))[::6]:
        if found := look(item.gray, engine):
            lines = engine.read(found, _BOUNDS)
            best = max(lines, key=lambda line: 0 if line is None else len(line.text))
            yield FilterPage([best], [True])
    for each in drawn:
        yield FilterPage(engine.read(each, _BOUNDS), [True] * len(each))


def fit_filter(pages: Iterator[FilterPage]) -> tuple[np.ndarray, dict[str, float]]:
    """Weights of the text filter, and how often they are wrong."""
    features, truth = [], []
    for page in pages:
        x_height = median_x_height([line for line in page.lines if line is not None])
        for line, is_text in zip(page.lines, page.text, strict=True):
            if line is not None:
                features.append(line_features(line, x_height))
                truth.append(is_text)
    x, y = np.array(features), np.array(truth, bool)
    weights = fit_logistic(x, y)
    return weights, filter_scores(x @ weights > 0, y)


@click.command()
@data_option("transcribed sets")
@weights_option()
@click.option("--drawn", type=EXISTING, required=True, help="Folders of drawn pages of the validation part.")
@click.option("--held", type=EXISTING, required=True, help="Shards of the validation part.")
@click.option("--words-only", is_flag=True, help="Fit gaps and word probabilities alone; keep all else of --weights.")
@out_option("decoder_lines.json")
@seed_option(1)
@errors_as_messages()
def main(data: Path, weights: Path | None, drawn: Path, held: Path, words_only: bool, out: Path, seed: int) -> None:
    """Fit the decoder over the frames of the line reader and write its manifest."""
    rng = np.random.default_rng(seed)
    engine, gap_scores = with_gaps(load_strip_engine(load_script("eng"), weights), held)
    by_kind: dict[str, list[ReadSample]] = {}
    pages: dict[int, list[StripLine]] = {}
    for sample, line in drawn_samples(drawn, engine):
        by_kind.setdefault(sample.kind, []).append(sample)
        pages.setdefault(id(line.layout), []).append(line)
    for sample in shard_samples(held, engine):
        by_kind.setdefault(sample.kind, []).append(sample)
    by_kind["books"] = list(book_samples(data, engine))
    if not words_only:
        by_kind["names"] = list(name_samples(data, engine))
    samples = [items[k] for items in by_kind.values() for k in rng.permutation(len(items))[:LINES]]
    print({kind: min(len(items), LINES) for kind, items in by_kind.items()}, flush=True)
    evaluator = Evaluator(samples, engine)
    fitted = engine.settings.weights
    before = read_manifest("decoder_lines", weights) if words_only else {}
    scores: dict[str, Any] = dict(before.get("scores", {}))
    if not words_only:
        fitted = search_weights(evaluator, engine.settings.weights)
        engine = replace(engine, settings=replace(engine.settings, weights=fitted))
        text_weights, text_scores = fit_filter(filter_pages(data, list(pages.values()), engine, seed))
        text = tuple(round(float(w), 5) for w in text_weights)
        engine = replace(engine, settings=replace(engine.settings, text_weights=text))
        scores = {
            "guided": {kind: round(rate, 5) for kind, rate in evaluator.rates(fitted).items()},
            "unguided": {kind: round(rate, 5) for kind, rate in evaluator.plain.items()},
            "text": text_scores,
        }
    scores["gaps"] = {name: round(value, 5) for name, value in gap_scores.items()}
    every = Evaluator([*samples, *receipt_samples(data, engine)], engine)
    again = read_again(every.samples, every.readings(fitted), engine)
    words, sure = fit_words(every.samples, again, engine.reader.labels)
    settings = replace(engine.settings, word_weights=words)
    scores[f"right_words_at_{SURE}"] = round(sure, 4)
    manifest = {
        "name": "decoder_lines",
        "kind": "decoder",
        "data": "pages drawn in the validation families; strips of the validation writers and families; training "
        "parts of old_books and hand_printed_words, and, for the probabilities of words, of receipts",
        "split": "over families, writers, books and forms",
        "command": training_command(),
    } | before
    own = {
        "parameters": settings.as_parameters(),
        "scores": scores,
        "seed": seed,
        "versions": library_versions(),
        "licence": "Apache-2.0",
    }
    if words_only:
        own["command_words"] = training_command()
    out.mkdir(parents=True, exist_ok=True)
    write_json(out / "decoder_lines.json", manifest | own)
    click.echo(json.dumps(scores, indent=1))


if __name__ == "__main__":
    main()
