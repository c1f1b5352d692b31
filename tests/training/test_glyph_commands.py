"""The commands that draw shards, train and score glyph classifiers: each runs one small step from data to files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import h5py
import numpy as np
import pytest
from click.testing import CliRunner

from ocrtool.charset import LATIN
from ocrtool.script.hangul.charset import GLYPHS
from tests.bar_font import make_bar_font
from tests.tiny_data import (
    write_books,
    write_emnist,
    write_korean_text,
    write_latin_fonts,
    write_phd08,
    write_photos,
    write_unipen,
)
from training.datasets import unipen
from training.glyphs import cells, evaluate, examples, isolated, make
from training.glyphs.examples import REJECT_LABEL

pytestmark = pytest.mark.usefixtures("no_system_fonts", "own_cache")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for write in (write_emnist, write_unipen, write_books, write_photos, write_phd08):
        write(folder)
    known = write_korean_text(folder)
    write_latin_fonts(folder / "fonts", "roboto", "caveat")
    for name in ("mine.ttf", "batang.ttf"):  # families of the parts train and test
        make_bar_font(folder / name, known + "A①").rename(folder / "fonts" / name)
    return folder


def run(command: object, *words: object) -> str:
    result = CliRunner().invoke(command, [str(word) for word in words])  # type: ignore[arg-type]
    assert result.exit_code == 0, result.output
    return result.output


def arrays(h5: Path) -> list[np.ndarray]:
    """All arrays of a file of weights, by the order of their names."""
    found: dict[str, np.ndarray] = {}
    with h5py.File(h5) as file:
        file.visititems(lambda name, item: found.update({name: item[()]} if isinstance(item, h5py.Dataset) else {}))
    return [found[name] for name in sorted(found)]


def test_every_source_of_latin_shards_is_drawn_and_repeats(data: Path, tmp_path: Path) -> None:
    options = ("latin", "--data", data, "--fonts", data / "fonts", "--count", 60, "--seed", 3, "--jobs", 1)
    said = run(make.main, *options, "--out", tmp_path / "one")
    names = {
        f"train-{source}-000.npz": count
        for source, count in (("print", 25), ("hand_font", 12), ("pen", 13), ("emnist", 10))
    }
    assert {path.name for path in (tmp_path / "one").iterdir()} == set(names) and said.count("examples in") == 4
    for name, count in names.items():
        shard = examples.load(tmp_path / "one" / name)
        assert len(shard) == count and set(shard.sources) == {name.split("-")[1]}
        assert shard.labels.min() >= 0 and shard.labels.max() <= REJECT_LABEL and (shard.geometry[:, 0] == 1.0).all()
    run(make.main, *options, "--source", "pen", "--count", 13, "--out", tmp_path / "two")
    one, two = (examples.load(tmp_path / name / "train-pen-000.npz") for name in ("one", "two"))
    assert np.array_equal(one.images, two.images) and np.array_equal(one.labels, two.labels)
    assert run(make.main, *options, "--out", tmp_path / "one") == ""  # all there


def test_both_sources_of_korean_shards_are_drawn(data: Path, tmp_path: Path) -> None:
    options = ("--data", data, "--fonts", data / "fonts", "--latin-fonts", data / "fonts", "--count", 50, "--jobs", 1)
    run(make.main, "hangul", *options, "--out", tmp_path, "--small", 0.1)
    line, alone = (examples.load(tmp_path / f"train-{source}-000.npz") for source in ("line", "alone"))
    assert (len(line), len(alone)) == (30, 20)
    assert line.images.shape[1:] == alone.images.shape[1:] == (40, 40, 2)
    assert (line.labels < len(GLYPHS)).any() and (alone.labels < len(GLYPHS)).all()
    assert not alone.geometry.any() and line.geometry.any()


def test_a_part_without_fonts_is_one_sentence(data: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        make.main, ["hangul", "--data", str(data), "--fonts", str(tmp_path), "--out", str(tmp_path), "--jobs", "1"]
    )
    assert result.exit_code == 1 and result.output.startswith("Error: no ") and result.output.count("\n") == 1


def test_characters_alone_are_apart_by_image_and_writer(data: Path) -> None:
    train, held = isolated.training_examples(data, np.random.default_rng(0), variants=2)
    assert set(train.sources) == {"emnist_alone", "unipen_alone"} == set(held.sources)
    assert (train.sources == "unipen_alone").sum() == 2 * 2 * len(LATIN)  # two writers of three, twice each
    assert (held.sources == "unipen_alone").sum() == len(LATIN)
    assert not train.geometry.any() and train.images[..., 0].max(axis=(1, 2)).min() > 100
    assert not train.images[..., 1].any()  # nothing stands beside them
    photos = isolated.photo_examples(data / "photos62" / "photos62.zip")
    assert [LATIN[k] for k in photos.labels] == ["7", "A", "a", "t"]
    marks = unipen.load(data / "unipen" / "unipen-test.npz")
    doubtful = unipen.PenCharacters(marks.labels, np.full(len(marks), "mot/x"), marks.characters)
    kept = isolated.unipen_examples(doubtful, np.random.default_rng(0))
    assert len(kept) == 3 * sum(not c.islower() for c in LATIN)  # labels of small letters are not to be trusted


def test_characters_as_cut_from_cells_are_the_same_ones(data: Path) -> None:
    alone, _ = isolated.training_examples(data, np.random.default_rng(0), variants=2)
    train, held = cells.training_examples(data, np.random.default_rng(0), variants=2)
    drawn = sum(c.isalnum() for c in LATIN)
    images = (alone.sources == "emnist_alone").sum()
    assert set(train.sources) == {"cells"} and len(train) == images + 2 * 2 * drawn  # two writers of three, twice each
    assert train.labels[:images].tolist() == alone.labels[:images].tolist()
    assert not train.geometry.any() and (train.images[..., 0].max(axis=(1, 2)) > 40).mean() > 0.98
    assert len(held) and not train.images[..., 1].any()


def test_a_character_in_a_cell_may_lose_strokes_to_the_frame_and_keep_a_bit_of_it() -> None:
    ink = np.zeros((60, 60), np.uint8)
    ink[10:50, 20:40] = 255
    cut = [cells.as_cut(ink, np.random.default_rng(seed)) for seed in range(80)]
    assert all(glyph.dtype == np.uint8 and glyph.max() > 60 for glyph in cut)
    long_sides = [max(cv2.boundingRect((glyph > 60).astype(np.uint8))[2:]) for glyph in cut]
    assert min(long_sides) < 24 and max(long_sides) > 44
    parts = [cv2.connectedComponents((glyph > 60).astype(np.uint8))[0] - 1 for glyph in cut]
    assert max(parts) > 1 and np.mean(np.array(parts) == 1) > 0.7
    two_levels = np.mean([set(np.unique(glyph)) <= {0, 255} for glyph in cut])
    assert 0.2 < two_levels < 0.5


@pytest.mark.slow
def test_the_latin_classifier_is_trained_by_the_command(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ocrtool.script.latin.classifier import LatinClassifier
    from ocrtool.weights.store import open_weights
    from training.glyphs import train
    from training.models.glyph import GlyphSpec, build_glyph
    from training.publish.architectures import ARCHITECTURES, Architecture

    @dataclass(frozen=True, slots=True)
    class SmallSpec(GlyphSpec):
        widths: tuple[int, ...] = (4, 4, 4)
        blocks: tuple[int, ...] = (0, 0, 0)
        hidden: int = 8

    monkeypatch.setitem(ARCHITECTURES, "glyph", Architecture(SmallSpec, build_glyph, glyphs_of="latin"))
    shard = isolated.photo_examples(data / "photos62" / "photos62.zip")
    shard.save(tmp_path / "lines.npz")
    said = run(
        train.main,
        *("latin", "--data", data, "--shards", tmp_path / "*.npz", "--weight", "photos62=0.5"),
        *("--run", tmp_path / "run", "--out", tmp_path / "out", "--epochs", 1, "--steps", 2, "--batch", 8, "--seed", 5),
    )
    assert "examples" in said
    classifier = LatinClassifier(open_weights("latin", tmp_path / "out"))
    assert classifier.log_probs(shard.images, shard.geometry).shape == (4, 95)
    manifest = json.loads((tmp_path / "out" / "latin.json").read_text())
    assert manifest["data"]["weights"]["photos62"] == 0.5 and manifest["seed"] == 5
    assert manifest["run"]["batches"] == 2 and manifest["run"]["shown"] == 16
    h5 = tmp_path / "out" / "latin.weights.h5"
    options = ("latin", "--data", data, "--shards", tmp_path / "*.npz", "--init", h5, "--epochs", 1, "--steps", 2)
    run(train.main, *options, "--batch", 8, "--keep", 1, "--run", tmp_path / "kept", "--out", tmp_path / "same")
    for before, after in zip(arrays(h5), arrays(tmp_path / "same" / "latin.weights.h5"), strict=True):
        np.testing.assert_allclose(after, before, atol=1e-6)


def test_weights_to_keep_are_asked_for_before_anything_is_drawn(data: Path, tmp_path: Path) -> None:
    from training.glyphs import train

    words = ("latin", "--data", data, "--run", tmp_path / "run", "--out", tmp_path / "out", "--keep", "0.5")
    found = CliRunner().invoke(train.main, [str(word) for word in words])
    assert found.exit_code == 1 and "--keep needs the weights to keep: --init" in found.output


def test_scores_of_the_shipped_latin_classifier(data: Path, tmp_path: Path) -> None:
    isolated.photo_examples(data / "photos62" / "photos62.zip").save(tmp_path / "held.npz")
    said = run(
        evaluate.main, "latin", "--data", data, "--shards", tmp_path / "held.npz", "--sheets", tmp_path / "sheets"
    )
    report = json.loads(said)
    assert set(report["sets"]) == {"emnist_test", "unipen_test", "photos62", "lines_photos62"}
    assert report["sets"]["photos62"]["accuracy"] == 1.0  # plain characters: the classifier reads them
    assert report["sets"]["emnist_test"]["folded_accuracy"] > 0.8
    wrong = report["sets"]["unipen_test"]["confusions"]
    assert len(wrong[0]) == 3 and wrong[0][2] >= wrong[-1][2]  # zigzags: truth, guess, count
    assert report["glyphs_a_second"] > 0 and (tmp_path / "sheets" / "unipen_test.png").is_file()


def test_scores_of_the_shipped_korean_classifier(data: Path) -> None:
    said = run(evaluate.main, "hangul", "--data", data, "--fonts", data / "fonts", "--count", 4)
    report = json.loads(said)
    assert report["phd08"]["all"]["images"] == 4
    drawn = {name: one for name, one in report.items() if name != "phd08"}
    assert set(drawn) == {
        f"{name}, {form}" for name in ("KS X 1001", "marks") for form in ("as PHD08", "any scan", "small print")
    }
    assert all(one["images"] == 4 and set(one["by family"]) == {"baekmuk-batang"} for one in drawn.values())
