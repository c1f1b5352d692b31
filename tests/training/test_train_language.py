"""Training the language model of English: folding of text, windows, one tiny run of the command, the exported files."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner

from ocrtool.charset import ENGLISH, LINE_CHARACTERS, LINE_START, Labels
from ocrtool.decode.language_model import CharacterLSTM
from ocrtool.recognize.network import log_softmax
from ocrtool.weights.store import open_weights
from training.language import fetch_modern, train_language
from training.language.english_corpus import MIX, VOCABULARY, EnglishCorpus, book_windows
from training.language.english_lines import book_window, hyphen_points, recase, unbroken, wrap
from training.language.english_sources import (
    WORD_LIST,
    Books,
    book_paragraphs,
    load_books,
    load_hand_printed_names,
    load_modern,
)
from training.language.export import load_sequence_model
from training.language.fold_text import normalise
from training.language.html_text import paragraphs
from training.language.languages import LANGUAGES, Recipe
from training.language.scores import HeldOutText, sequence_log_probs, step_log_probs
from training.language.vocabulary import Vocabulary
from training.language.windows import CorpusWindows
from training.lines.text import spelled
from training.models.lstm import LstmSpec, build_sequence_model, build_step_model
from training.synthesis.form_text import FormText, splice

SPEC = LstmSpec(symbols=len(VOCABULARY.labels), embedding=8, units=16)
SMALL = Recipe(units=16, batch=16, window=40, steps_per_epoch=5, validation_windows=4)
BOOK = """_The Lamp_

The keeper climbed the stair at dusk, as he had done for thirty years, and lit
the lamp before the first ship passed the point. “It burns,” he said--and no
more; the sea was loud and he was not a man of many words.

  Turn, lamp, turn,
  Burn, lamp, burn.

In the morning a letter came from the harbour-master. It was long, and the
keeper read it twice, sitting on the step with his pipe gone cold beside him.
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with three small books and nothing else."""
    root = tmp_path_factory.mktemp("data")
    (root / "gutenberg").mkdir()
    for number in range(3):
        text = "\n\n".join(BOOK.replace("thirty", word) for word in ("ten", "twenty", "forty", "sixty"))
        (root / "gutenberg" / f"book{number}.txt").write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def modern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `fetch_modern` leaves it, with files enough for all parts."""
    root = tmp_path_factory.mktemp("modern")
    (root / "manual").mkdir()
    for number in range(60):
        text = f"Chapter {number} – “Options”\n\nThe option --size={number} sets the buffer’s size; see the manual.\n\n"
        (root / "manual" / f"page{number}.txt").write_text(text * 3, encoding="utf-8")
    (root / WORD_LIST).write_text("harvest\ncafé's\nŁódź\n", encoding="utf-8")
    return root


def train(data: Path, out: Path, *more: str) -> dict:
    """The manifest after a tiny run of the command."""
    arguments = [
        "--lang",
        "eng",
        "--data",
        str(data),
        "--out",
        str(out),
        "--units",
        "16",
        "--batch",
        "4",
        "--limit",
        "8",
    ]
    result = CliRunner().invoke(train_language.main, [*arguments, *more])
    assert result.exit_code == 0, result.output
    return json.loads((out / "lstm_eng.json").read_text(encoding="utf-8"))


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Epochs and windows of the English recipe so small that a run is over in a second."""
    english = LANGUAGES["eng"]
    recipe = replace(english.recipe, window=12, steps_per_epoch=3, validation_windows=4)
    monkeypatch.setitem(LANGUAGES, "eng", replace(english, recipe=recipe))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("‘Ah!’ “Oh”", "'Ah!' \"Oh\""),
        ("one—two – three…", "one-two - three..."),
        ("Éloïse Müller, Łódź, Ångström", "Eloise Muller, Lodz, Angstrom"),
        ("œuvre Æsop straße ﬁne ſo", "oeuvre AEsop strasse fine so"),
        ("a\u00a0b\tc   d", "a b c d"),
        ("two\r\nlines\n", "two\nlines"),
        ("price £5 한글 ★", "price 5"),
    ],
)
def test_text_is_folded_to_the_alphabet(text: str, expected: str) -> None:
    for form in ("NFC", "NFD", "NFKC"):
        assert normalise(unicodedata.normalize(form, text)) == expected
    assert set(normalise(text)) <= set(ENGLISH)


def test_encoding_comes_back_and_refuses_the_unknown() -> None:
    everything = LINE_START + LINE_CHARACTERS
    assert VOCABULARY.decode(VOCABULARY.encode(everything)) == everything
    assert VOCABULARY.encode(everything).tolist() == list(range(230))
    for foreign in ("ő", "\t", "한", "😀"):
        with pytest.raises(ValueError, match=re.escape(f"{foreign!r} is not among")):
            VOCABULARY.encode(f"a{foreign}b")


def test_characters_may_share_a_symbol() -> None:
    vocabulary = Vocabulary(Labels("\n a*"), aliases={"A": "a"}, other="*")
    assert vocabulary.encode("aA 😀é*").tolist() == [2, 2, 1, 3, 3, 3]
    assert vocabulary.decode([2, 3]) == "a\ufffd"


def test_paragraphs_are_joined_and_verse_keeps_its_lines() -> None:
    paragraphs = book_paragraphs(BOOK)
    assert paragraphs[0] == "The Lamp"
    assert '"It burns," he said-and no more; the sea was loud and he was not' in paragraphs[1]
    assert paragraphs[2:4] == ["Turn, lamp, turn,", "Burn, lamp, burn."]


def test_typography_and_accents_stay_where_lines_are_folded_to_the_reader_s_characters() -> None:
    kept = book_paragraphs("_“Ça ira,”_ he said--and\nno more.[1]", spelled)
    assert kept == ["“Ça ira,” he said--and", "no more."]


def test_headings_stay_in_the_reader_s_characters() -> None:
    for seed in range(8):
        assert set("".join(recase([LINE_CHARACTERS], np.random.default_rng(seed)))) <= set(LINE_CHARACTERS)


def test_words_broken_at_a_line_end_are_put_together() -> None:
    assert unbroken(["the whirl-", "wind of U-", "Boats"]) == "the whirlwind of U- Boats"


@pytest.mark.parametrize("hyphenate", [0.0, 1.0])
def test_wrapped_lines_fit_and_lose_nothing(hyphenate: float) -> None:
    paragraph = book_paragraphs(BOOK)[-1]
    lines = wrap(paragraph, 25, hyphenate, np.random.default_rng(1))
    assert max(map(len, lines)) <= 25
    assert "".join(lines).replace("-", "").replace(" ", "") == paragraph.replace("-", "").replace(" ", "")
    if not hyphenate:
        assert not any(line.endswith("-") and not line.endswith("harbour-") for line in lines)


def test_words_are_broken_where_printers_break_them() -> None:
    assert hyphen_points("morning") == [3]
    assert hyphen_points("the") == []
    assert 5 in hyphen_points("whirlwind")
    assert 3 not in hyphen_points("anything")


def test_named_books_are_held_out_and_the_last_stand_in(data: Path) -> None:
    assert all(load_books(data)[part].text for part in ("train", "validation", "test"))
    with pytest.raises(FileNotFoundError):
        load_books(data / "nowhere")
    with pytest.raises(ValueError, match="no text"):
        Books(" \n")


def test_names_of_the_other_part_are_never_read(tmp_path: Path) -> None:
    assert load_hand_printed_names(tmp_path, "train") == []
    root = tmp_path / "hand_printed_words"
    root.mkdir()
    (root / "parts.tsv").write_text("a.png\ttrain\nb.png\ttest\n")
    (root / "truth.tsv").write_text("a.png\tANNA\nb.png\tBORIS\n")
    assert load_hand_printed_names(tmp_path, "train") == ["ANNA"]
    assert load_hand_printed_names(tmp_path, "test") == ["BORIS"]


def test_form_text_is_in_the_alphabet_and_mostly_in_capitals() -> None:
    forms, rng = FormText(["ZEBULON"]), np.random.default_rng(2)
    lines = [line for _ in range(60) for line in forms.window(rng, 60)]
    assert set("".join(lines)) <= set(ENGLISH)
    letters = [c for line in lines for c in line if c.isalpha()]
    assert np.mean([c.isupper() for c in letters]) > 0.5
    assert splice("Martin", "Bernard", rng)[:1] == "M"


def test_whole_files_of_modern_text_are_held_out(modern: Path, tmp_path: Path) -> None:
    parts = load_modern(modern, spelled)
    chapters = {part: set(re.findall(r"Chapter \d+", books.text)) for part, books in parts.items()}
    assert sum(map(len, chapters.values())) == len(set.union(*chapters.values())) == 60
    assert len(chapters["train"]) > 45 and "harvest" not in parts["train"].text
    with pytest.raises(FileNotFoundError, match="no text files for the train and"):
        load_modern(tmp_path, spelled)


def test_all_kinds_of_text_are_trained_on(data: Path, modern: Path) -> None:
    assert sum(MIX.values()) == pytest.approx(1.0) and 0.25 < MIX["code"] + MIX["form"] < 0.4
    corpus, rng = EnglishCorpus.load(data, modern), np.random.default_rng(4)
    text = "".join(corpus.vocabulary.decode(corpus.window(0, 80, rng)) for _ in range(1500))
    assert "keeper" in text and "buffer" in text and "harvest" in text.lower()
    assert all(mark in text for mark in "\"'“”‘’—é€№")
    assert 0.05 < sum(c.isdigit() for c in text) / len(text) < 0.25
    texts = corpus.held_out(6)
    assert list(texts) == ["book_lines", "typeset_book_lines", "modern_lines", "codes"]
    assert {"modern", "word"} <= corpus.facts()["data"].keys()
    assert not {"modern", "word"} & EnglishCorpus.load(data).facts()["data"].keys()
    np.testing.assert_array_equal(texts["codes"].symbols, corpus.held_out(6)["codes"].symbols)


def test_prose_is_taken_from_html_and_frames_are_left_out() -> None:
    page = """<html><head><title>T</title></head><body><nav><p>Menu</p></nav>
    <h1>Two &amp; two<a class="headerlink" href="#x">¶</a></h1><p>One
    <em>line</em>.<br>Next<img src="a"></p><ul class="x"><li>item <code>a_b</code></li></ul>
    <div class="highlight-c notranslate"><div class="highlight"><pre>int main<span>(void)</span></pre></div></div>
    <table><tr><td>cell</td></tr></table><p>End"""
    assert paragraphs(page) == ["Two & two", "One line.", "Next", "item a_b", "End"]


def test_what_recurs_is_extracted_once(tmp_path: Path) -> None:
    long = "word " * 200
    pages = [(f"html/a/{k}.html", f"<p>frame</p><p>{long}{k}</p><p>frame</p>") for k in range(2)]
    assert fetch_modern.extract(iter([*pages, ("html/index.html", "<p>short</p>")]), tmp_path / "x", set()) == 2
    assert [p.name for p in sorted((tmp_path / "x").iterdir())] == ["html_a_0.txt", "html_a_1.txt"]
    assert (tmp_path / "x" / "html_a_0.txt").read_text().startswith("frame\n\nword")
    assert "frame" not in (tmp_path / "x" / "html_a_1.txt").read_text()


def test_without_apt_fetching_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = CliRunner().invoke(fetch_modern.main, [str(tmp_path / "out")])
    assert result.exit_code == 1 and result.output.startswith("Error: apt-get is not installed")


def test_korean_takes_no_modern_text(data: Path, modern: Path) -> None:
    with pytest.raises(ValueError, match="takes no folder"):
        LANGUAGES["kor"].load(data, modern)


def test_windows_begin_at_a_line_and_are_the_same_for_a_seed(data: Path) -> None:
    corpus = EnglishCorpus.load(data)
    first, second = (CorpusWindows(corpus, SMALL, seed=7)[2] for _ in range(2))
    np.testing.assert_array_equal(first[0], second[0])
    symbols, following = first
    assert symbols.shape == following.shape == (16, 40) and symbols.dtype == np.int32
    assert (symbols[:, 0] == VOCABULARY.number(LINE_START)).all()
    np.testing.assert_array_equal(symbols[:, 1:], following[:, :-1])
    assert not np.array_equal(symbols, CorpusWindows(corpus, SMALL, seed=8)[2][0])


def test_windows_of_a_step_are_the_same_whatever_was_shown_before(data: Path) -> None:
    corpus = EnglishCorpus.load(data)
    whole, later = (CorpusWindows(corpus, SMALL, seed=7) for _ in range(2))
    shown = [whole[step][0] for step in range(8)]  # an epoch is five
    np.testing.assert_array_equal(later[7][0], shown[7])
    assert not np.array_equal(shown[7], shown[2])


def test_window_at_the_very_end_of_the_text_is_short_not_endless() -> None:
    assert len("".join(book_window("one two three", 12, 50, np.random.default_rng(1)))) < 50
    assert book_windows("one two three", 30, 4).shape == (4, 31)


def test_step_model_equals_the_sequence_model() -> None:
    keras.utils.set_random_seed(1)
    sequence = build_sequence_model(SPEC)
    step = build_step_model(SPEC, sequence)
    symbols = np.random.default_rng(1).integers(0, SPEC.symbols, (3, 6)).astype(np.int32)
    expected = sequence.predict(symbols, verbose=0)
    state = np.zeros((3, SPEC.state_size), np.float32)
    for t in range(symbols.shape[1]):
        logits, state = step.predict([symbols[:, t], state], verbose=0)
        np.testing.assert_allclose(logits, expected[:, t], atol=1e-5)


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
def test_tiny_run_leaves_three_files_that_agree_and_resumes(data: Path, tmp_path: Path) -> None:
    manifest = train(data, tmp_path, "--minutes", "0.02")
    weights = open_weights("lstm_eng", tmp_path)
    assert weights.manifest["parameters"]["units"] == SPEC.units
    spec = LstmSpec(**manifest["parameters"])
    symbols = np.random.default_rng(1).integers(0, spec.symbols, (4, 9)).astype(np.int32)
    exact = sequence_log_probs(load_sequence_model(spec, weights.h5_path), symbols)
    compiled = step_log_probs(CharacterLSTM(weights), symbols)
    np.testing.assert_allclose(np.exp(compiled), np.exp(exact), atol=0.01)
    assert list(manifest["scores"]["tflite"]) == ["book_lines", "typeset_book_lines", "codes"]
    assert manifest["labels"] == [LINE_START, *LINE_CHARACTERS]
    assert manifest["scores"]["tflite"]["book_lines"]["characters"] == 8 * 80
    assert manifest["run"]["characters_seen"] == manifest["run"]["best_after_batches"] * 4 * 12

    used_up = train(data, tmp_path, "--minutes", "0.02", "--resume")
    assert used_up["run"]["batches"] == manifest["run"]["batches"]
    seconds = json.loads((tmp_path / "history.json").read_text())["seconds"]
    longer = train(data, tmp_path, "--minutes", str(seconds / 60 + 0.02), "--resume")
    assert longer["run"]["batches"] > manifest["run"]["batches"]


@pytest.mark.slow
@pytest.mark.skipif(not find_spec("torch"), reason="needs PyTorch")
def test_pytorch_runs_the_layer_as_keras_does(tmp_path: Path) -> None:
    """The weights and outputs of the training form, and its gradients in one step, are those of the other backend."""
    script = """
import sys
import keras, numpy as np
from training.fit import compile_trainee
from training.models.lstm import LstmSpec, build_sequence_model
folder = sys.argv[1]
model = build_sequence_model(LstmSpec(symbols=9, embedding=4, units=8, dropout=0.0), 7, unroll=True)
model.load_weights(folder + "/start.weights.h5")
x = np.load(folder + "/x.npy")
before = keras.ops.convert_to_numpy(model(x[:, :-1]))
compile_trainee(model, keras.optimizers.SGD(0.5), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.train_on_batch(x[:, :-1], x[:, 1:])
np.savez(folder + "/" + keras.backend.backend(), before, *model.get_weights())
"""
    spec = LstmSpec(symbols=9, embedding=4, units=8, dropout=0.0)
    model = build_sequence_model(spec, 7)
    model.save_weights(tmp_path / "start.weights.h5")
    np.save(tmp_path / "x.npy", np.random.default_rng(1).integers(0, 9, (5, 8)).astype(np.int32))
    found = []
    for backend in ("tensorflow", "torch"):
        environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": str(Path(__file__).parents[2])}
        subprocess.run([sys.executable, "-c", script, str(tmp_path)], env=environment, check=True, capture_output=True)
        with np.load(tmp_path / f"{backend}.npz") as file:
            found.append([file[name] for name in file.files])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)
    assert not np.allclose(found[0][-1], 0.0)  # the last bias was trained


def test_scores_count_only_what_is_asked_for() -> None:
    text = HeldOutText.lines(["AB", "A CD"], VOCABULARY)
    assert text.counted.sum() == 3 + 5  # each line's end counts
    logits = np.full((*text.symbols.shape, len(VOCABULARY.labels)), -20.0, np.float32)
    np.put_along_axis(logits, text.targets[..., None], 20.0, axis=-1)
    right = text.measure(lambda symbols: log_softmax(logits))
    spaces = {"right": 1.0, "precision": 1.0, "recall": 1.0, "gaps": 3, "with_space": 1}
    figures = {"bits_per_character": 0.0, "accuracy": 1.0, "improbable": 0.0, "characters": 8}
    assert right == figures | {"spaces_predicted": spaces}
    improbable = logits.copy()
    improbable[0, 0] = -improbable[0, 0]  # the A of the first line
    assert text.measure(lambda symbols: log_softmax(improbable))["improbable"] == 0.125
    count = len(VOCABULARY.labels)
    uniform = text.measure(lambda symbols: np.full(logits.shape, -np.log(count)))
    assert uniform["bits_per_character"] == pytest.approx(np.log2(count), abs=1e-3)
    assert (uniform["spaces_predicted"]["right"], uniform["spaces_predicted"]["recall"]) == (0.6667, 0.0)


def test_impossible_sizes_are_refused() -> None:
    for wrong in ({"units": 0}, {"dropout": 1.0}):
        with pytest.raises(ValueError, match="impossible"):
            LstmSpec(**wrong)  # type: ignore[arg-type]
