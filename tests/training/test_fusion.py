"""Images read together with the text before them: books, contexts, the LSTM, the network over both, its commands."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from emnist_files import unpadded, write_plain

from ocrtool.errors import WeightsNotFound, WeightsRefused
from ocrtool.recognize.network import log_softmax
from ocrtool.weights.store import Weights, sha256
from training.emnist import (
    fusion_table,
    train_character_lstm,
    train_fusion,
)
from training.emnist.fusion.contexts import context_windows, draw_positions
from training.emnist.fusion.examples import Paired, PairedBatches
from training.emnist.fusion.language import Language, LanguageSettings, load_language
from training.emnist.fusion.network import predict_pairs, warm_start
from training.emnist.fusion.text import FUSION_BOOKS, FusionAlphabet, book_parts, load_text
from training.emnist.fusion.windows import TextWindows
from training.emnist.mapping import default_map
from training.emnist.part_scores import part_scores
from training.emnist.predict import softmax
from training.emnist.trained_weights import find_weights
from training.language.english_sources import TEST_BOOKS
from training.models.emnist import build_emnist
from training.models.fusion import FusionSpec, build_fusion, build_fusion_head, features_of, join_fusion
from training.models.lstm import LstmSpec, build_sequence_model
from training.publish.manifest import REQUIRED

LETTERS, BALANCED = (default_map(split).classes for split in ("letters", "balanced"))
#: Each of three letters tells the next one.
BOOK = "abcabcabcabc\n\nabcabcabcabcabcabcabcabcabc\n\n" * 60


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four books, and images of noise labelled A, B and C: only the text can tell them."""
    root = tmp_path_factory.mktemp("data")
    (root / "gutenberg").mkdir()
    for number in range(4):
        (root / "gutenberg" / f"book{number}.txt").write_text(BOOK, encoding="utf-8")
    rng = np.random.default_rng(0)
    for part, count in (("train", 160), ("test", 40)):
        images = rng.integers(0, 256, (count, 28, 28)).astype(np.uint8)
        write_plain(root / "emnist", "letters", part, images, np.arange(count) % 3 + 1)
    return root


@pytest.fixture(scope="module")
def language(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of an LSTM that has learned the books."""
    out = tmp_path_factory.mktemp("lstm")
    sizes = "--units 12 --batch-size 8 --window 6 --steps 25 --epochs 2 --rate 0.05"
    said = command(train_character_lstm.main, f"--split letters --data {data} --out {out} {sizes}")
    assert "unseen books" in said
    return out


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of an image model that knows nothing."""
    out = tmp_path_factory.mktemp("branch")
    keras.utils.set_random_seed(0)
    build_emnist("lenet5", 26).save_weights(out / "emnist_lenet5_letters.weights.h5")
    (out / "best.weights.h5").write_bytes(b"a checkpoint, which is passed over")
    manifest = {
        "name": "emnist_lenet5_letters",
        "architecture": "emnist",
        "parameters": {"model": "lenet5", "classes": 26},
        "labels": list(LETTERS),
        "split": "letters",
        "seed": 0,
        "training": {"augmented": True, "recipe": {"tau": 0.0}},
        "h5_sha256": sha256(out / "emnist_lenet5_letters.weights.h5"),
    }
    (out / "emnist_lenet5_letters.json").write_text(json.dumps(manifest))
    return out


def command(main: object, words: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, words.split())  # type: ignore[arg-type]
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.output


def test_text_is_reduced_to_the_classes() -> None:
    letters, balanced = FusionAlphabet(LETTERS), FusionAlphabet(BALANCED)
    assert [letters.symbols[i] for i in letters.encode("Aa1!%\n")] == ["A", "A", "0", ".", "*", "\n"]
    # c and C share a class of the balanced split, a and A do not; digits are classes there
    assert [balanced.symbols[i] for i in balanced.encode("CcAa07;")] == ["C", "C", "A", "a", "0", "7", ","]
    assert len(set(balanced.symbols)) == len(balanced.symbols) and balanced.symbols[:47] == BALANCED
    with pytest.raises(ValueError, match="different single"):
        FusionAlphabet(("A", "AB"))


def test_no_book_serves_two_ends(data: Path, tmp_path: Path) -> None:
    parts = book_parts(data)
    assert book_parts(data / "emnist") == parts
    names = [path.name for books in parts.values() for path in books]
    assert sorted(names) == [f"book{n}.txt" for n in range(4)] and all(parts.values())
    shelf = tmp_path / "gutenberg"
    shelf.mkdir()
    for name in (*TEST_BOOKS, *FUSION_BOOKS, "one.txt", "two.txt"):
        (shelf / name).write_text("text")
    parts = book_parts(tmp_path)
    assert {path.name for path in parts["test"]} == TEST_BOOKS and {p.name for p in parts["fusion"]} == FUSION_BOOKS
    assert [path.name for path in parts["language"]] == ["one.txt"]
    (shelf / "one.txt").unlink()
    with pytest.raises(FileNotFoundError, match="too few books"):
        book_parts(tmp_path)


def test_the_label_is_what_comes_next_in_the_book(data: Path) -> None:
    text = load_text(book_parts(data)["test"], FusionAlphabet(LETTERS))
    labels = np.random.default_rng(1).integers(0, 3, 200)
    positions = draw_positions(text, labels, LETTERS, 20, seed=5)
    np.testing.assert_array_equal(text[positions], labels)
    assert positions.min() >= 20 and len(np.unique(positions)) > 100
    np.testing.assert_array_equal(context_windows(text, positions, 20)[:, -1], text[positions - 1])
    np.testing.assert_array_equal(positions, draw_positions(text, labels, LETTERS, 20, seed=5))
    with pytest.raises(ValueError, match="class Q"):
        draw_positions(text, np.array([16]), LETTERS, 20, seed=5)


def test_windows_repeat_and_half_of_them_hold_rare_classes() -> None:
    text = np.zeros(20_000, np.uint8)
    text[777] = 1
    sizes = LanguageSettings(batch=8, window=10, steps_per_epoch=5, class_balanced=0.5)
    windows, again = (TextWindows(text, 2, sizes, seed=3) for _ in range(2))
    for step in (0, 7, 3):
        symbols, targets = windows[step]
        assert symbols.shape == targets.shape == (8, 10)
        np.testing.assert_array_equal(symbols[:, 1:], targets[:, :-1])
        np.testing.assert_array_equal(symbols, again[step][0])
    assert np.mean([(windows[step][1] == 1).any(axis=1).sum() for step in range(40)]) == pytest.approx(2, abs=0.5)
    with pytest.raises(ValueError, match="too short"):
        TextWindows(text[:15], 2, sizes, seed=3)


def test_lstm_predicts_unseen_books(language: Path, data: Path) -> None:
    manifest = json.loads((language / "lstm_letters.json").read_text())
    assert set(REQUIRED) <= set(manifest) and str(data) not in json.dumps(manifest)
    assert manifest["scores"]["test"]["among_classes"] > 0.9
    assert manifest["data"]["parts"]["test"]["books"] == ["book3.txt"]
    assert (language / "report" / "report.json").is_file() and (language / "report" / "curves.png").is_file()
    model = keras.models.model_from_json((language / "architecture.json").read_text())
    model.load_weights(language / "lstm_letters.weights.h5")
    read = load_language(language)
    contexts = read.alphabet.encode("bcabca" * 8)[None]
    scores = read.class_scores(np.repeat(contexts, 3, axis=0))
    assert scores.shape == (3, 26) and "ABC"[scores[0].argmax()] == "B"
    np.testing.assert_allclose(np.exp(scores).sum(axis=1), 1.0, rtol=1e-5)
    expected = log_softmax(model.predict(contexts, verbose=0)[:, -1, :26])
    np.testing.assert_allclose(scores[:1], expected, atol=1e-4)


def test_network_starts_as_product_of_image_and_text_and_the_head_is_its_end() -> None:
    keras.utils.set_random_seed(2)
    spec = FusionSpec("lenet5", 26, score_units=30)
    branch = build_emnist("lenet5", 26)
    features, rng = features_of(branch), np.random.default_rng(2)
    images, scores = rng.integers(0, 256, (5, 28, 28, 1)).astype("float32"), log_softmax(rng.normal(size=(5, 26)))
    whole, head = join_fusion(spec, branch), build_fusion_head(spec, features.output_shape[1])
    for network in (whole, head):
        warm_start(network, branch)
    product = branch.predict_on_batch(images) * np.exp(scores)
    found = whole.predict_on_batch([images, scores])
    np.testing.assert_allclose(found, product / product.sum(axis=1, keepdims=True), rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(
        head.predict_on_batch([features.predict_on_batch(images), scores]), found, rtol=1e-4, atol=1e-7
    )
    built = build_fusion(replace(spec, score_units=8))
    assert built.count_params() != whole.count_params()
    assert keras.models.model_from_json(built.to_json()).count_params() == built.count_params()


def test_each_epoch_shows_other_contexts_of_every_image() -> None:
    labels = np.arange(10)
    copies = [Paired(labels[:, None], np.full((10, 3), copy), labels) for copy in range(2)]
    batches = PairedBatches(copies, 5, seed=1)
    assert batches.steps_per_epoch == 2
    for step, copy in ((0, 0), (2, 1), (4, 0)):
        shown = [batches[step + half] for half in range(2)]
        assert sorted(np.concatenate([given[1] for given in shown])) == list(range(10))
        assert all((given[0][1] == copy).all() for given in shown)
    with pytest.raises(ValueError, match="different length"):
        PairedBatches([copies[0], Paired(labels[:4, None], np.zeros((4, 3)), labels[:4])], 5, seed=1)


@pytest.mark.slow
def test_text_resolves_what_the_image_cannot(
    branch: Path, language: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = f"--branch {branch} --language {language} --data {data} --batch-size 16 --rate 0.04"
    out = tmp_path / "fusion"
    said = command(train_fusion.main, f"{given} --epochs 6 --out {out}")
    assert "LSTM alone" in said
    manifest = json.loads((out / "fusion_lenet5_letters.json").read_text())
    assert set(REQUIRED) <= set(manifest) and str(tmp_path) not in json.dumps(manifest)
    scores = manifest["scores"]
    assert scores["with_lstm"]["accuracy"] > 0.9 > 0.5 > scores["without_lstm"]["accuracy"]
    assert scores["error_reduction"]["accuracy"] > 0.8
    report = json.loads((out / "report" / "report.json").read_text())
    assert report["accuracy"] == scores["test"]["accuracy"] and report["repeated_contexts"] == []
    model = keras.models.model_from_json((out / "architecture.json").read_text())
    model.load_weights(out / "fusion_lenet5_letters.weights.h5")
    assert [tuple(one.shape[1:]) for one in model.inputs] == [(28, 28, 1), (26,)]
    row = unpadded(command(fusion_table.main, str(out))).splitlines()[-1]
    assert row.startswith("| lenet5 | letters |") and row.endswith("% |")

    monkeypatch.setattr("training.emnist.fusion.publish_fusion.write_report", lambda *_: {})  # half of the time
    stored = {path: path.stat().st_mtime_ns for path in (language / "contexts").glob("*.npz")}
    command(train_fusion.main, f"{given} --epochs 7 --out {out} --resume")
    assert stored == {path: path.stat().st_mtime_ns for path in (language / "contexts").glob("*.npz")}
    assert len(json.loads((out / "history.json").read_text())["epochs"]) == 7
    command(train_fusion.main, f"{given} --epochs 0.3 --copies 1 --thaw --out {tmp_path / 'thawed'}")
    thawed = json.loads((tmp_path / "thawed" / "fusion_lenet5_letters.json").read_text())
    assert thawed["scores"]["without_lstm"] == scores["without_lstm"]
    command(train_fusion.main, f"{given} --epochs 0.3 --copies 2 --augment --out {tmp_path / 'augmented'}")
    augmented = json.loads((tmp_path / "augmented" / "fusion_lenet5_letters.json").read_text())
    assert augmented["training"]["recipe"]["augmented"] and augmented["scores"]["test"] != scores["test"]


def test_stored_weights_score_as_their_manifests_say(
    branch: Path, language: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRTOOL_CACHE", str(tmp_path / "cache"))
    out = tmp_path / "fusion"
    given = f"--branch {branch} --language {language} --data {data} --batch-size 16 --copies 1"
    command(train_fusion.main, f"{given} --epochs 0.3 --out {out}")
    with pytest.raises(WeightsNotFound, match="needs lstm_letters_elsewhere"):
        part_scores(replaced_language(find_weights(out), "lstm_letters_elsewhere"), data, compiled=False)
    for suffix in (".json", ".weights.h5"):
        shutil.copy(language / f"lstm_letters{suffix}", tmp_path)  # the folder above the fusion network
    for folder in (out, language):
        weights = find_weights(folder)
        scores = part_scores(weights, data, compiled=False)
        expected = weights.manifest["scores"]["test"]
        assert {key: scores[key] for key in expected} == pytest.approx(expected, abs=1e-4)
        with pytest.raises(WeightsRefused, match="as h5 alone"):
            part_scores(weights, data, compiled=True)


def replaced_language(weights: Weights, name: str) -> Weights:
    """The same weights, but for the name of the LSTM they were trained with."""
    training = weights.manifest["training"]
    changed = training | {"language": training["language"] | {"name": name}}
    return Weights(weights.name, weights.folder, weights.manifest | {"training": changed})


def test_bad_input_is_reported_in_one_sentence(branch: Path, language: Path, data: Path, tmp_path: Path) -> None:
    out = f"--data {data} --out {tmp_path / 'out'}"
    said = command(train_fusion.main, f"--branch {language} --language {language} {out}", code=1)
    assert "was not made by training.emnist.train_emnist" in said
    said = command(train_fusion.main, f"--branch {tmp_path / 'none'} --language {language} {out}", code=1)
    assert "no such file or folder" in said
    said = command(train_character_lstm.main, f"--split letters --data {tmp_path} --out {tmp_path / 'out'}", code=1)
    assert "too few books" in said
    assert not (tmp_path / "out").exists()
    command(train_fusion.main, f"--branch {branch} {out}", code=2)
    command(fusion_table.main, str(branch), code=1)


def test_scores_of_the_classes_leave_out_the_marks() -> None:
    keras.utils.set_random_seed(3)
    alphabet = FusionAlphabet(("A", "B"))
    model = build_sequence_model(LstmSpec(len(alphabet.symbols), 4, 6))
    language = Language(model, alphabet, 5, {"h5_sha256": ""})
    contexts = np.random.default_rng(3).integers(0, len(alphabet.symbols), (4, 5))
    logits = model.predict_on_batch(contexts.astype("int32"))[:, -1, :2]
    np.testing.assert_allclose(np.exp(language.class_scores(contexts)), softmax(logits), rtol=1e-4)


def test_predictions_come_in_order_whatever_the_batch() -> None:
    head = build_fusion_head(FusionSpec("compact_resnet", 3, score_units=4), 2)
    rng = np.random.default_rng(4)
    data = Paired(rng.normal(size=(300, 2)).astype("float32"), -rng.random((300, 3)).astype("float32"), np.zeros(300))
    direct = np.asarray(head.predict_on_batch([data.inputs, data.scores]))
    np.testing.assert_allclose(predict_pairs(head, data), direct, rtol=1e-4)
