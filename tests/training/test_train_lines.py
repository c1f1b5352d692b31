"""The fit of the line reader on tiny shards, its figures and manifest, and the search of its decoder's weights."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import keras
import numpy as np
import pytest
from click.testing import CliRunner

from ocrtool.charset import LINE_CHARACTERS
from ocrtool.decode.ctc_reading import Reading
from ocrtool.decode.ctc_words import line_word_probabilities
from ocrtool.decode.settings import CtcWeights
from ocrtool.recognize.line_reader import LineReader
from ocrtool.segment.strip import STRIP_ROWS, Strip
from ocrtool.weights.store import open_weights
from training import train_lines
from training.decoder.fit_lines import Evaluator, ReadSample, search_weights
from training.decoder.fit_words import fit_words, line_words
from training.fit import Plan, Run, Steps
from training.lines import batches, task
from training.lines.batches import LineBatches
from training.lines.ctc import BLANK, CLASSES, encode
from training.lines.pages import Sample
from training.lines.shards import pack, write_shard
from training.models.line_reader import COLUMN, LineReaderSpec, build_line_reader
from training.publish.manifest import check

TINY = LineReaderSpec(CLASSES, stem=(4, 4, 8), channels=8, blocks=1, reach=3)


def samples(count: int, seed: int = 0) -> list[Sample]:
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        text, width = "".join(rng.choice(list("abc12"), 4)), 64
        middles = np.linspace(8, width - 9, len(text)).astype(np.float32)
        soft = np.zeros((STRIP_ROWS, width), np.uint8)
        for character, x in zip(text, middles.round().astype(int), strict=True):
            soft[29 - 3 * "abc12".index(character) - 4 : 29, x - 2 : x + 3] = 255
        made.append(Sample(soft, text, middles))
    return made


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    for folder in ("shards", "held"):
        (tmp_path / folder).mkdir()
        write_shard(tmp_path / folder / "print-000.npz", pack(samples(24)))
        write_shard(tmp_path / folder / "pen-000.npz", pack(samples(12, 1)))
    return tmp_path


# The network


@pytest.mark.parametrize("width", [16, 240])
def test_network_has_two_frames_a_column(width: int) -> None:
    model = build_line_reader(TINY)
    strips = np.zeros((2, STRIP_ROWS, width, 1), np.uint8)
    assert model.predict_on_batch(strips).shape == (2, width // COLUMN * TINY.frames, CLASSES)


# Figures


def logits_of(text: str, frames: int, rng: np.random.Generator, scale: float) -> np.ndarray:
    """Even noise with the text's classes well ahead, one every third frame."""
    rows = rng.normal(0.0, 1.0, (frames, CLASSES)) * 0.1
    path = np.full(frames, BLANK)
    path[1 : 1 + 3 * len(text) : 3] = encode(text)
    rows[np.arange(frames), path] += 6.0
    return scale * rows


def drawn_from(rng: np.random.Generator, count: int) -> tuple[list[Sample], list[np.ndarray]]:
    """Logits of one frame each, and texts that are right as often as their probabilities say."""
    items, logits = [], []
    for _ in range(count):
        rows = rng.normal(0.0, 2.0, (1, CLASSES))
        rows[0, BLANK] = -30.0
        p = np.exp(rows[0] - rows[0].max())
        k = int(rng.choice(CLASSES, p=p / p.sum()))
        items.append(Sample(np.zeros((STRIP_ROWS, 4), np.uint8), LINE_CHARACTERS[k - 1], None))
        logits.append(rows)
    return items, logits


def test_temperature_of_logits_that_are_too_sure() -> None:
    """Texts of one character need two frames for the fit to count them: the second is a sure blank."""
    items, logits = drawn_from(np.random.default_rng(0), 600)
    blank = np.full((1, CLASSES), -60.0)
    blank[0, BLANK] = 60.0
    doubled = [2.0 * np.concatenate([rows, blank]) for rows in logits]
    assert task.fit_temperature(items, doubled, 600) == pytest.approx(2.0, abs=0.21)


def test_error_rate_counts_edits_of_the_best_path() -> None:
    rng = np.random.default_rng(0)
    items = [Sample(np.zeros((STRIP_ROWS, 60), np.uint8), text, None) for text in ("abcd", "12")]
    assert task.error_rate(items, [logits_of(text, 16, rng, 1.0) for text in ("abcd", "12")]) == 0.0
    assert task.error_rate(items, [logits_of(text, 16, rng, 1.0) for text in ("abXd", "1")]) == pytest.approx(2 / 6)
    assert task.error_rate(items, [np.zeros((0, CLASSES))] * 2) == 1.0


def test_strips_are_predicted_in_their_order(shards: Path) -> None:
    model = build_line_reader(TINY)
    items = samples(9)[::-1]
    found = task.predict(model, items, batch=4)
    for item, rows in zip(items, found, strict=True):
        assert len(rows) == item.soft.shape[1] // 2
        alone = task.predict(model, [item])[0]
        np.testing.assert_allclose(rows[:-12], alone[:-12], atol=1e-3)


def test_held_lines_are_spread_over_their_shards(shards: Path) -> None:
    held = task.load_held(shards / "held", 5)
    assert {source: len(items) for source, items in held.items()} == {"pen": 5, "print": 5}
    everything = [item.text for item in samples(24)]
    assert [item.text for item in held["print"]] == [everything[k] for k in (0, 6, 12, 17, 23)]
    assert len(task.load_held(shards / "held", 100)["pen"]) == 12


# Training


def train(folder: Path, *arguments: object) -> tuple[int, str]:
    words = ["--shards", folder / "shards", "--validation", folder / "held", "--run", folder / "run"]
    result = CliRunner().invoke(
        train_lines.main, [*map(str, words), "--out", str(folder / "out"), *map(str, arguments)]
    )
    return result.exit_code, result.output


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two batches of a small network instead of minutes of the whole one."""
    monkeypatch.setattr(task, "SPEC", TINY)
    monkeypatch.setattr(train_lines, "STEPS", 2)
    monkeypatch.setattr(task, "TEMPERATURES", (1.0, 2.0))
    monkeypatch.setattr(batches, "MOST", 6)
    monkeypatch.setattr(train_lines, "Minutes", lambda minutes: Steps(2))


@pytest.mark.usefixtures("tiny")
def test_two_steps_give_weights_that_the_program_opens(shards: Path) -> None:
    code, output = train(shards)
    assert code == 0, output
    manifest = json.loads((shards / "out" / "lines.json").read_text(encoding="utf-8"))
    check(manifest)
    assert manifest["labels"][1:] == list(LINE_CHARACTERS) and len(manifest["labels"]) == CLASSES
    assert manifest["temperature"] in task.TEMPERATURES
    assert manifest["run"]["batches"] == 2
    assert manifest["data"] == {"lines": {"pen": 12, "print": 24}}
    assert "UNIPEN" in manifest["licence"] and "IAM" not in manifest["licence"]
    scores = manifest["scores"]["validation"]
    assert scores.keys() == {"character_error_rate", "pen_character_error_rate", "print_character_error_rate"}
    assert all(rate >= 0.0 for rate in scores.values())
    reader = LineReader(open_weights("lines", shards / "out"))
    item = samples(1)[0]
    strip = Strip(item.soft, np.arange(item.soft.shape[1], dtype=np.float32), np.eye(2, 3))
    (rows,) = reader.read([strip])
    assert rows.shape == (item.soft.shape[1] // 2, CLASSES)


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
def test_a_run_that_ended_elsewhere_is_published_with_its_own_facts(
    shards: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise RuntimeError("no compiler here")

    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(train_lines, "publish", missing)
        assert train(shards, "--seed", 5)[0] == 1
    write_shard(shards / "shards" / "print-001.npz", pack(samples(8, 2)))
    code, output = train(shards, "--seed", 5, "--resume")
    assert code == 0, output
    manifest = json.loads((shards / "out" / "lines.json").read_text(encoding="utf-8"))
    assert manifest["data"] == {"lines": {"pen": 12, "print": 24}} and manifest["run"]["batches"] == 2


@pytest.mark.usefixtures("tiny")
def test_training_goes_on_from_weights_and_leaves_a_source_out(shards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = build_line_reader(TINY)
    earlier.save_weights(shards / "first.weights.h5")
    seen: dict[str, Any] = {}

    def fit(model: keras.Model, shown: LineBatches, plan: Plan, validate: object) -> Run:
        seen.update(model=model, batches=shown)
        return Run()

    monkeypatch.setattr(train_lines, "fit", fit)
    monkeypatch.setattr(train_lines, "publish", lambda model, card, out, measure: seen.update(card=card))
    code, output = train(shards, "--init", shards / "first.weights.h5", "--no-frames", "--share", "pen=0")
    assert code == 0, output
    for mine, old in zip(seen["model"].get_weights(), earlier.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, old)
    assert seen["batches"].counts == {"print": 24}
    assert seen["batches"][0][1][0, 2:4].tolist() == [1.0, 0.0], "CTC alone"
    assert seen["card"].name == "lines" and seen["card"].facts["data"] == {"lines": {"print": 24}}
    assert "UNIPEN" not in seen["card"].facts["licence"]


@pytest.mark.usefixtures("tiny")
def test_faults_are_sentences(shards: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    code, output = train(shards, "--shards", empty)
    assert code == 1 and "holds no shards of lines of" in output and "Traceback" not in output
    for share in ("iam", "iam=much", "iam=-1", "=0.5", "iam=inf", "iam=nan"):
        code, output = train(shards, "--share", share)
        assert code == 2 and "is not SOURCE=SHARE" in output, share


def test_shares_of_sources() -> None:
    context, option = click.Context(train_lines.main), train_lines.main.params[0]
    found = train_lines.parse_shares(context, option, ("iam=0.25", "pen=0"))
    assert (found["iam"], found["pen"], found["print"]) == (0.25, 0.0, train_lines.SOURCE_SHARES["print"])
    assert "iam" not in train_lines.SOURCE_SHARES


def test_a_network_learns_tiny_lines(shards: Path) -> None:
    """By the loss of frames, with which training begins."""
    keras.utils.set_random_seed(0)
    model = build_line_reader(replace(TINY, channels=16, dropout=0.0))
    task.compile_reader(model, 1e-2)
    batch = LineBatches(shards / "shards", 0, 1, COLUMN / TINY.frames, 100).pack(samples(8), 0.0)
    losses = [float(model.train_on_batch(*batch)) for _ in range(12)]
    assert losses[-1] < 0.7 * losses[0]


# The decoder's weights


class Rates(Evaluator):
    """Error rates that a test makes up of the weights; along the best path they are ``plain``."""

    def __init__(self, of: Callable[[CtcWeights], dict[str, float]], plain: dict[str, float]) -> None:
        self._of, self.plain = of, plain
        self.asked: list[CtcWeights] = []

    def rates(self, weights: CtcWeights) -> dict[str, float]:
        self.asked.append(weights)
        return self._of(weights)


def test_weights_are_searched_for_the_least_error() -> None:
    def rates(w: CtcWeights) -> dict[str, float]:
        return {"books": 0.02 + abs(w.lm - 0.9) + abs(w.word + 0.7), "office_codes": 0.01}

    found = search_weights(Rates(rates, {"books": 0.05, "office_codes": 0.01}), CtcWeights())
    assert found.lm == pytest.approx(0.9, abs=0.11) and found.word == pytest.approx(-0.7, abs=0.36)


def test_weights_that_make_codes_worse_are_never_taken() -> None:
    """The stronger the language model, the better are books, but from 0.5 on codes get worse."""

    def rates(w: CtcWeights) -> dict[str, float]:
        return {"books": 0.2 / (1 + w.lm), "office_codes": 0.01 + 0.1 * max(0.0, w.lm - 0.5)}

    plain = {"books": 0.2, "office_codes": 0.01}
    for start in (CtcWeights(lm=0.1), CtcWeights(lm=0.4), CtcWeights(lm=4.0)):
        evaluator = Rates(rates, plain)
        found = search_weights(evaluator, start)
        assert rates(found)["office_codes"] <= plain["office_codes"]
        assert 0.2 <= found.lm <= 0.5, "and as strong as codes allow"
        assert evaluator.asked


def test_no_language_model_at_all_if_codes_get_worse_with_any() -> None:
    def rates(w: CtcWeights) -> dict[str, float]:
        return {"books": 0.2 / (1 + w.lm), "office_codes": 0.01 + (w.lm > 0.0)}

    plain = {"books": 0.2, "office_codes": 0.01}
    found = search_weights(Rates(rates, plain), CtcWeights())
    assert rates(found)["office_codes"] <= plain["office_codes"]


def test_bounds_of_weights_are_kept() -> None:
    def rates(w: CtcWeights) -> dict[str, float]:
        return {"books": 0.1 + 0.01 * (w.lm + w.power + w.unsure_scale)}

    found = search_weights(Rates(rates, {"books": 0.1}), CtcWeights())
    assert found.lm >= 0.0 and found.power >= 0.0 and found.unsure_scale >= 0.01


def test_rates_are_errors_out_of_characters() -> None:
    def read(texts: Sequence[str]) -> list[np.ndarray]:
        rng = np.random.default_rng(1)
        return [logits_of(text, 30, rng, 5.0).astype(np.float32) for text in texts]

    class Reader:
        labels = task.LABELS

    class Engine:
        reader = Reader()

    def log_probs(rows: np.ndarray) -> np.ndarray:
        return rows - np.logaddexp.reduce(rows, axis=1, keepdims=True)

    lines = [log_probs(rows) for rows in read(["ab c", "GB88", "1 2"])]
    everything = [
        ReadSample("office_codes", lines[:1], "ab c"),
        ReadSample("office_codes", [lines[1]], "GB8B"),
        ReadSample("names", [lines[0], lines[2]], "B C 1", infix=True),
    ]
    found = Evaluator(everything, Engine()).plain
    assert found == {"names": 0.0, "office_codes": pytest.approx(1 / 8)}


def reading_of(text: str, probability: Sequence[float], ink: Sequence[float]) -> Reading:
    """Probabilities are those of words."""
    words = np.cumsum([character == " " for character in text])
    labels, none = np.array([task.LABELS.index(c) for c in text], np.int32), np.zeros(len(text), np.int32)
    each = [np.array(values, np.float32)[words] for values in (probability, ink)]
    return Reading(labels, none, none, none, *each, none[:, None], each[0][:, None], np.full(len(text), np.nan))


def test_words_of_a_line_and_their_features() -> None:
    words, features = line_words(reading_of("ab c", (0.9, 0.5), (0.9, 0.4)), task.LABELS)
    assert words == ["ab", "c"] and features.shape == (2, 6)
    np.testing.assert_allclose(features[1, 3], np.log(0.4 / 0.6), rtol=1e-6)
    assert line_words(reading_of(" ", (0.9, 0.5), (0.9, 0.4)), task.LABELS)[0] == []


def test_probabilities_of_words_are_the_shares_that_are_right() -> None:
    """Words that are certain by the ink are right; of those that the language model made certain, every other is."""
    rng = np.random.default_rng(1)
    samples, readings = [], []
    for k in range(400):
        ink = 0.99 if k % 2 else 0.5
        text = "sure" if k % 2 or rng.random() < 0.5 else "else"
        readings.append(reading_of("sure", (0.99,), (ink,)))
        samples.append(ReadSample("pen", [np.zeros((1, 1))], text))
    readings.append(reading_of("“it”", (0.99,), (0.99,)))
    samples.append(ReadSample("books", [np.zeros((1, 1))], '"it"', folded=True))
    readings.append(reading_of("sure Sure sure", (0.99,) * 3, (0.99,) * 3))  # of three on a receipt two are there
    samples.append(ReadSample("receipts", [np.zeros((1, 1))], "PAID SURE\nSURE", bag=True))
    for kind, infix in (("office_forms", False), ("names", True)):
        readings.append(reading_of("sure", (0.99,), (0.99,)))
        samples.append(ReadSample(kind, [np.zeros((1, 1))], "never", infix))
    weights, sure = fit_words(samples, readings, task.LABELS)
    assert sure == pytest.approx(203 / 204, abs=1e-6)
    features = np.concatenate([line_words(reading, task.LABELS)[1] for reading in readings[:2]])
    np.testing.assert_allclose(line_word_probabilities(features, weights), [0.5, 0.995], atol=0.06)
