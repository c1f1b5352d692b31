"""Fitting the decoder: the regressions, the search, and the command on tiny sets of both scripts."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from bar_font import make_bar_font
from click.testing import CliRunner
from PIL import Image
from transcribed_files import BOOK, draw_lines, make_transcribed

from ocrtool.charset import LATIN
from ocrtool.decode.settings import DecoderSettings, PathWeights
from training.decoder import fit_decoder, latin_samples
from training.decoder.engines import open_engine, read_lines, score_page
from training.decoder.fit_confidence import isotonic, words_right
from training.decoder.fit_text import filter_scores
from training.decoder.logistic import fit_logistic
from training.decoder.path_search import Evaluator, coordinate_search, cross_validated
from training.decoder.samples import Sample, page_samples

SAMPLES = Path(__file__).parents[2] / "samples"
#: Lines 5 to 7 of samples/korean/letter.png, as rows of its pixels.
LETTER_LINES, LETTER_ROWS = slice(4, 7), (690, 950)


def test_logistic_regression_finds_the_optimum() -> None:
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.normal(size=500), rng.normal(size=500), np.ones(500)])
    truth = rng.random(500) < 1 / (1 + np.exp(-(2 * x[:, 0] - x[:, 1] + 0.5)))
    ridge = 0.1
    weights = fit_logistic(x, truth, ridge)
    gradient = x.T @ (truth - 1 / (1 + np.exp(-x @ weights))) - ridge * weights
    np.testing.assert_allclose(gradient, 0.0, atol=1e-6)
    np.testing.assert_allclose(weights, [2.0, -1.0, 0.5], atol=0.15)


def test_isotonic_calibration_rises() -> None:
    rng = np.random.default_rng(0)
    raw = rng.random(2000)
    points = isotonic(raw, (rng.random(2000) < raw**2).astype(float))
    assert [p[1] for p in points] == sorted(p[1] for p in points)
    assert abs(np.interp(0.5, *zip(*points, strict=True)) - 0.25) < 0.02


def test_calibration_pools_what_falls() -> None:
    # of three groups the second has fewer right than the first: both become one of mean 0.25 with 0.5 right
    x = np.array([0.2, 0.2, 0.3, 0.3, 0.9, 0.9])
    y = np.array([1.0, 0.0, 1.0, 0.0, 1.0, 1.0])
    assert isotonic(x, y, bins=3) == [(0.0, 0.0), (0.25, 0.5), (0.9, 1.0), (1.0, 1.0)]
    y[:4] = 1.0, 1.0, 0.0, 0.0
    assert isotonic(x, y, bins=3) == [(0.0, 0.0), (0.25, 0.5), (0.9, 1.0), (1.0, 1.0)]
    with pytest.raises(ValueError, match="no word"):
        isotonic(np.zeros(0), np.zeros(0))


def test_words_are_right_where_they_stand_in_the_truth() -> None:
    assert words_right(["the", "ca1", "sat", "on"], ["the", "cat", "sat"]).tolist() == [True, False, True, False]


def test_lost_text_and_kept_pictures_are_counted_apart() -> None:
    kept, text = np.array([True, False, True, True]), np.array([True, True, False, False])
    assert filter_scores(kept, text) == {"text": 2.0, "text_lost": 0.5, "no_text": 2.0, "no_text_kept": 1.0}


class Valley:
    """Stands for an Evaluator: its errors are least at given weights."""

    def __init__(self, best: PathWeights) -> None:
        self.best = best
        self.asked: list[PathWeights] = []

    def errors(self, weights: PathWeights) -> np.ndarray:
        self.asked.append(weights)
        gaps = [getattr(weights, f.name) - getattr(self.best, f.name) for f in dataclasses.fields(weights)]
        return np.array([np.square(gaps).sum()])

    def cost(self, errors: np.ndarray) -> float:
        return float(errors[0])

    def rates(self, errors: np.ndarray) -> dict[str, float]:
        return {}


def test_the_search_moves_every_weight_there_is() -> None:
    best = PathWeights(0.45, 0.35, 1.1, 0.8, 0.6, -0.7, -8.5)
    found = coordinate_search(Valley(best), PathWeights())  # type: ignore[arg-type]
    for weight in dataclasses.fields(PathWeights):
        assert abs(getattr(found, weight.name) - getattr(best, weight.name)) <= weight.metadata["step"] / 4, weight.name


def test_a_term_of_the_path_score_is_written_in_two_files() -> None:
    root = Path(__file__).parents[2]
    sources = [p for folder in ("ocrtool", "training") for p in (root / folder).rglob("*.py")]
    found = {p.relative_to(root).as_posix() for p in sources if "glyph_power" in p.read_text(encoding="utf-8")}
    assert found == {"ocrtool/decode/settings.py", "ocrtool/decode/path_score.py"}


def test_fixed_weights_stay_and_none_falls_below_its_least() -> None:
    valley = Valley(PathWeights(glyph_power=-1.0, lm=-1.0))
    found = coordinate_search(valley, PathWeights(), fixed=("word",))  # type: ignore[arg-type]
    assert found.word == PathWeights().word
    assert 0 <= found.glyph_power < 0.25 and 0 <= found.lm < 0.2
    assert min(min(w.lm, w.glyph_power) for w in valley.asked) >= 0


def test_samples_are_the_lines_of_a_page_with_their_text() -> None:
    engine = open_engine("latin")
    page, _ = draw_lines(BOOK[:2])
    samples = page_samples(page, [*BOOK[:2], ""], engine, "drawn", "1")
    assert [(s.kind, s.group, s.text) for s in samples] == [("drawn", "1", text) for text in BOOK[:2]]
    assert read_lines(score_page(page, engine), engine) == list(BOOK[:2])
    assert page_samples(page, list(BOOK[:3]), engine, "drawn", "1") == []


def test_errors_are_counted_by_kind_and_over_folds_of_groups() -> None:
    engine = open_engine("latin")
    page, _ = draw_lines(BOOK[:2])
    good, other = (
        page_samples(page, texts, engine, kind, "1") for kind, texts in (("good", list(BOOK[:2])), ("bad", ["xx"] * 2))
    )
    evaluator = Evaluator([*good, *other], engine)
    errors = evaluator.errors(engine.path_weights)
    rates = evaluator.rates(errors)
    assert rates == {"good": 0.0, "bad": sum(map(len, BOOK[:2])) / len("xxxx")}
    assert cross_validated(evaluator) == rates
    within = Sample("names", "1", good[0].lines, "Keeper", infix=True)
    assert Evaluator([within], engine).errors(engine.path_weights).tolist() == [0.0]


def fit(script: str, data: Path, out: Path, *more: str) -> DecoderSettings:
    """The settings that the command writes, in the way that reading opens them."""
    arguments = ["--script", script, "--data", str(data), "--out", str(out), "--rounds", "1", "--count", "2", *more]
    result = CliRunner().invoke(fit_decoder.main, arguments)
    assert result.exit_code == 0, result.output
    manifest = json.loads((out / f"{open_engine(script).script.weights.decoder}.json").read_text(encoding="utf-8"))
    assert manifest["kind"] == "decoder" and manifest["seed"] == 1
    names = {f.name for f in dataclasses.fields(DecoderSettings)} - {"with_lm", "without_lm"}
    assert set(manifest["parameters"]) == names | {"guided", "unguided"}
    assert set(manifest["parameters"]["guided"]) == {f.name for f in dataclasses.fields(PathWeights)}
    scores = manifest["scores"]
    assert scores["space"]["gaps"] > 100 and scores["space"]["wrong"] < 0.005
    assert scores["text"]["text"] > 0 and scores["text"]["no_text"] > 0 and scores["text"]["text_lost"] == 0
    # All that is set in a readable font is read without a fault; "lines" is drawn in bar codes.
    for weights in ("guided", "unguided"):
        assert {kind for kind, rate in scores[weights].items() if rate > 0} <= {"lines"}, scores[weights]
    return DecoderSettings.from_manifest(manifest["parameters"])


def test_latin_decoder_is_fitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_transcribed(tmp_path / "data")
    monkeypatch.setattr(latin_samples, "PAGE_STEP", 1)
    settings = fit("latin", data, tmp_path / "out")
    assert settings.without_lm.lm == 0
    assert settings.confidence[-1][0] == 1.0 and settings.confidence[-1][1] >= 0.999
    gap = np.array(settings.space_weights)
    assert gap[0] > 0  # a wider gap is rather a space


@pytest.mark.slow
def test_hangul_decoder_is_fitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRTOOL_CACHE", str(tmp_path / "cache"))
    data = make_transcribed(tmp_path / "data")
    (data / "korean_text").mkdir()
    lines = [
        f"{a}{b}은 {i}번째 밤에 {b} 섬으로 갔다." for i in range(4) for a in "가나다라마" for b in "바사아자차카타파하"
    ]
    (data / "korean_text" / "a.txt").write_text("\n".join(lines), encoding="utf-8")
    fonts, drawn = tmp_path / "fonts", tmp_path / "drawn" / "letter"
    fonts.mkdir()
    make_bar_font(fonts / "gowun-dodum-400.ttf", "".join(sorted(set("".join(lines) + LATIN) - {" "})))
    drawn.mkdir(parents=True)
    letter = Image.open(SAMPLES / "korean" / "letter.png").convert("L")
    letter.crop((0, LETTER_ROWS[0], letter.width, LETTER_ROWS[1])).save(drawn / "one.png")
    truth = (SAMPLES / "korean" / "letter.txt").read_text(encoding="utf-8").splitlines()[LETTER_LINES]
    (drawn / "one.gt.txt").write_text("\n".join(truth) + "\n", encoding="utf-8")
    settings = fit(
        "hangul", data, tmp_path / "out", "--fonts", str(fonts), "--drawn", str(drawn.parent), "--count", "1"
    )
    assert settings.without_lm.lm == 0 and len(settings.text_weights) == 7


def test_what_cannot_be_fitted_is_refused_in_one_sentence(tmp_path: Path) -> None:
    data = make_transcribed(tmp_path / "data")

    def refused(*arguments: str) -> str:
        result = CliRunner().invoke(fit_decoder.main, ["--data", str(data), "--out", str(tmp_path / "out"), *arguments])
        assert result.exit_code == 1 and result.output.count("\n") == 1, result.output
        assert not (tmp_path / "out").exists()
        return result.output

    assert f"{tmp_path} holds no weights" in refused("--weights", str(tmp_path))
    shutil.rmtree(data / "old_books")
    assert "old_books" in refused("--count", "1")
