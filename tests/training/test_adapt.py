"""Fitting the line reader to pages of one's own: from a folder of pages to weights that reading takes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest
from click.testing import CliRunner, Result

from ocrtool.decode import ctc_gaps
from ocrtool.segment.strip import STRIP_ROWS
from ocrtool.weights.store import open_weights, sha256
from training import adapt
from training.fit import Minutes, Run
from training.lines import further, own_pages, task
from training.lines.aligned import Aligned
from training.lines.batches import LineBatches
from training.lines.further import Lines, ModelReader, choose_way, fit_further, keep_aside, step_back, weights_of
from training.lines.others import draw_others
from training.lines.own_pages import find_pages, hold_out, joined
from training.lines.pages import Sample
from training.models.line_reader import LineReaderSpec
from training.publish.architectures import build_spec
from training.publish.publish import Card, publish
from training.synthesis.fonts import default_fonts_folder

SPEC = LineReaderSpec(task.SPEC.classes, (2, 2, 4), 8, 1, 3, 1)
SAMPLES = Path(__file__).parents[2] / "samples"
DECODER = {
    "weights": {"lm": 0.4, "character": 2.0, "word": 0.0, "unsure_scale": 0.2, "power": 0.5, "sign": 1.0},
    "text_weights": [0.0] * 7,
    "gap_weights": list(ctc_gaps.NEUTRAL),
    "word_weights": [0.0, 1.0, 0.0, 0.0, 0.0, 0.0],
    "beam": {"hypotheses": 8, "reach": 10.0},
}


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A line reader that knows nothing, compiled."""
    folder = tmp_path_factory.mktemp("weights")
    keras.utils.set_random_seed(3)
    about = {"input": task.INPUT, "data": {}, "split": "-", "scores": {}, "seed": 3, "licence": "Free."}
    publish(build_spec(SPEC), Card("lines", SPEC, task.LABELS, about), folder)
    (folder / "decoder_lines.json").write_text(json.dumps({"name": "decoder_lines", "parameters": DECODER}))
    return folder


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    for name in ("letter", "scan", "slanted"):
        shutil.copy(SAMPLES / f"{name}.png", folder)
        text = (SAMPLES / f"{name}.txt").read_text(encoding="utf-8")
        (folder / f"{name}.gt.txt").write_text(" ".join(text.split()), encoding="utf-8")
    return folder


def strips(count: int) -> list[Sample]:
    rng = np.random.default_rng(2)
    return [
        Sample(rng.integers(0, 255, (STRIP_ROWS, 60 + 4 * k), np.uint8), "abc"[k % 3] * 2 + "d", None)
        for k in range(count)
    ]


@pytest.fixture(autouse=True)
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is drawn: to open fonts takes a while."""
    monkeypatch.setattr(adapt, "draw_others", lambda count, seed: [])


@pytest.fixture
def aligns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page has twelve lines."""
    monkeypatch.setattr(adapt, "align_page", lambda *_, **__: Aligned(tuple(strips(12)), 1))


def run(pages: Path, out: Path, weights: Path, *options: str) -> Result:
    words = [str(pages), "--out", str(out), "--weights", str(weights), "--minutes", "0.02", *options]
    return CliRunner().invoke(adapt.main, words)


@pytest.mark.slow
@pytest.mark.usefixtures("aligns")
def test_pages_that_are_read_better_give_weights(
    pages: Path, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = iter([0.1, 0.05])
    monkeypatch.setattr(adapt, "measure", lambda *_: next(rates))
    found = run(pages, tmp_path / "out", weights, "--held", "0")
    assert found.exit_code == 0, found.output
    assert "held out, before: 0.1000" in found.output and "after: 0.0500" in found.output
    manifest = open_weights("lines", tmp_path / "out").manifest
    assert manifest["start"]["h5_sha256"] == sha256(weights / "lines.weights.h5")
    assert manifest["data"] == {"lines": {"pages": 24}, "pages": 2}
    assert manifest["scores"] == {"cer_held_before": 0.1, "cer_held_after": 0.05}
    names = ["decoder_lines.json", "lines.json", "lines.tflite", "lines.weights.h5"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names


@pytest.mark.slow
@pytest.mark.usefixtures("aligns")
def test_nothing_is_written_unless_it_helps_or_is_forced(pages: Path, weights: Path, tmp_path: Path) -> None:
    found = run(pages, tmp_path / "out", weights)
    assert found.exit_code == 1 and "not read better, so nothing is written" in found.output
    assert not list((tmp_path / "out").iterdir())
    assert run(pages, tmp_path / "out", weights, "--force").exit_code == 0
    assert open_weights("lines", tmp_path / "out").manifest["architecture"] == "line_reader"


def test_pages_with_other_texts_are_refused(pages: Path, weights: Path, tmp_path: Path) -> None:
    found = run(pages, tmp_path / "out", weights)  # a reader that knows nothing agrees with no text
    assert found.exit_code == 1 and "too few to learn from" in found.output


def test_missing_pages_and_transcripts_are_one_sentence(tmp_path: Path, weights: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    assert "holds no images" in run(folder, tmp_path / "out", weights).output
    cv2.imwrite(str(folder / "a.png"), np.full((40, 40), 255, np.uint8))
    (folder / "a.txt").write_text(" \n")
    assert "no image in" in run(folder, tmp_path / "out", weights).output
    (folder / "a.gt.txt").write_bytes(b"\xff")
    assert "not UTF-8" in run(folder, tmp_path / "out", weights).output
    (folder / "a.gt.txt").write_text("words")
    assert "one page with a transcript is too few" in run(folder, tmp_path / "out", weights).output


def test_pages_held_out_are_spread_and_always_the_same(tmp_path: Path) -> None:
    for k in range(10):
        (tmp_path / f"p{k}.png").touch()
        (tmp_path / f"p{k}.txt").write_text("text")
    fit, held = hold_out(find_pages(tmp_path), 0.2)
    assert [page.image.stem for page in held] == ["p2", "p7"] and len(fit) == 8
    assert len(hold_out(fit[:2], 0.9)[0]) == 1 and len(hold_out(fit, 0.0)[1]) == 1


def test_words_broken_by_the_page_alone_are_whole() -> None:
    truth = "They understand a well-known half-truth."
    assert (
        joined("They under-\nstand a well-\nknown half-\ntruth.", truth) == "They understand a well-known half-truth."
    )
    assert joined("Some other-\nwise", truth) == "Some other-\nwise"
    assert own_pages.error_rate([], lambda gray: "") == 0.0


def test_marks_count_alike_only_where_transcripts_do_not_tell_them_apart(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.full((40, 40), 255, np.uint8))
    page = own_pages.OwnPage(tmp_path / "a.png", "He said 'no' - twice")
    rates = [own_pages.error_rate([page], lambda gray: "He said ‘no’ – twice", plain) for plain in ("", "'", "'-")]
    assert rates == [3 / 20, 1 / 20, 0.0]


def test_a_fit_keeps_what_reads_best_and_the_normalisation() -> None:
    keras.utils.set_random_seed(1)
    model = build_spec(SPEC)
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    moments = [keras.ops.convert_to_numpy(layer.moving_mean).copy() for layer in norms]
    lines = strips(16)
    fitted = fit_further(model, SPEC, Lines(lines[4:], lines[:4]), 0.03, 1e-3, 1)
    assert fitted.rate <= fitted.before and not fitted.interrupted and fitted.run.steps
    for layer, before in zip(norms, moments, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(layer.moving_mean), before)


def test_lines_of_other_kinds_are_shown_between_those_of_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, int]] = []

    def fit(model: object, batches: LineBatches, *_: object) -> Run:
        shown.append(batches.counts)
        return Run(1, 1.0)

    monkeypatch.setattr(further, "fit", fit)
    lines = strips(12)
    for again in ([], strips(6)):
        fit_further(build_spec(SPEC), SPEC, Lines(lines[4:], lines[:4], again), 0.01, 1e-3, 1)
    assert shown == [{"pages": 8}, {"pages": 8, "again": 6}]


def test_lines_are_drawn_where_there_are_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    font = default_fonts_folder() / "roboto" / "files" / "roboto-latin-400-normal.woff"
    monkeypatch.setenv("OCRTOOL_FONTS", str(tmp_path))
    monkeypatch.setenv("OCRTOOL_SYSTEM_FONTS", str(tmp_path))
    assert draw_others(3, 1) == []
    if not font.is_file():
        pytest.skip("no fonts to draw in: see training/synthesis/fetch_fonts.py")
    (tmp_path / "roboto" / "files").mkdir(parents=True)
    shutil.copy(font, tmp_path / "roboto" / "files")
    drawn = draw_others(3, 1)
    assert len(drawn) == 3 and all(line.soft.shape[0] == STRIP_ROWS and line.text.strip() for line in drawn)
    assert [line.text for line in drawn] == [line.text for line in draw_others(3, 1)]


def test_an_interrupt_ends_the_fit_with_the_best_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, step: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(LineBatches, "__getitem__", broken)
    assert fit_further(build_spec(SPEC), SPEC, Lines(strips(8), strips(2)), 1.0, 1e-3, 1).interrupted


OWN = {0.0: 0.5, 0.3: 0.3, 0.4: 0.25, 0.5: 0.2, 0.6: 0.15, 0.7: 0.12, 0.85: 0.11, 1.0: 0.1}


@pytest.mark.parametrize(
    ("own", "forgotten", "way"),
    [
        (OWN, None, 0.7),  # 95 % of the gain
        (OWN, 0.55, 0.5),  # other lines are read too badly at more
        (OWN, 0.1, 0.3),  # the shortest way, however much it costs
        (dict.fromkeys(OWN, 0.4), None, 0.0),  # nothing is gained
    ],
)
def test_weights_step_back_as_far_as_gain_and_loss_ask(
    own: dict[float, float], forgotten: float | None, way: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """own: error rate of the pages' lines by the way; forgotten: the way from which on other lines are read badly."""
    model = build_spec(SPEC)
    start = [weight - 1.0 for weight in weights_of(model)]
    aside, others = strips(1), strips(2)

    def rate(model: keras.Model, lines: list[Sample]) -> float:
        at = min(own, key=lambda way: abs(way - float(model.get_weights()[0].flat[0] - start[0].flat[0])))
        return own[at] if lines is aside else 0.1 + 0.1 * (forgotten is not None and at > forgotten)

    monkeypatch.setattr(further, "aside_rate", rate)
    assert step_back(model, start, aside, [] if forgotten is None else others) == way
    np.testing.assert_allclose(model.get_weights()[0], start[0] + way, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("best", [0.3, 0.6, 1.0])
def test_weights_between_the_first_and_the_last_are_taken_where_they_read_best(best: float) -> None:
    model = build_spec(SPEC)
    start = [weight - 1.0 for weight in weights_of(model)]

    def rate(model: keras.Model) -> float:
        return abs(float(model.get_weights()[0].flat[0] - start[0].flat[0]) - best)

    assert choose_way(model, start, rate) == best
    np.testing.assert_allclose(model.get_weights()[-1], start[-1] + best, rtol=1e-5, atol=1e-6)


def test_lines_kept_aside_stay_there_when_more_are_found() -> None:
    lines = strips(60)
    some, aside = keep_aside(lines[:40])
    more, later = keep_aside(lines)
    assert {id(s) for s in aside} <= {id(s) for s in later} and {id(s) for s in some} <= {id(s) for s in more}
    assert [len(part) for part in keep_aside(strips(2))] == [1, 1]


def test_a_model_reads_before_it_is_compiled() -> None:
    reader = ModelReader(build_spec(SPEC), task.LABELS, 1.0)
    logits = reader._run(np.zeros((2, STRIP_ROWS, 64, 1), np.float32))
    assert logits.shape == (2, 32, task.SPEC.classes)


def test_patience_ends_a_fit() -> None:
    run = Run(epochs=[{"epoch": 1.0}, {"epoch": 2.0}, {"epoch": 3.0}], best_epoch=1)
    assert Minutes(9.0, patience=2).reached(run) and not Minutes(9.0, patience=3).reached(run)
