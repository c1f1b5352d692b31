"""Training the language model of English: folding of text, windows, one tiny run of the command, the exported files."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner

from ocrtool.charset import ENGLISH, LINE_START, Labels
from ocrtool.decode.language_model import CharacterLSTM
from ocrtool.recognize.network import log_softmax
from ocrtool.weights.store import open_weights
from training.language import train_language
from training.language.english_corpus import VOCABULARY, EnglishCorpus, book_windows
from training.language.english_lines import book_window, hyphen_points, wrap
from training.language.english_sources import Books, book_paragraphs, load_books, load_hand_printed_names
from training.language.export import load_sequence_model
from training.language.fold_text import normalise
from training.language.languages import LANGUAGES, Recipe
from training.language.scores import HeldOutText, sequence_log_probs, step_log_probs
from training.language.vocabulary import Vocabulary
from training.language.windows import CorpusWindows
from training.models.lstm import LstmSpec, build_sequence_model, build_step_model
from training.synthesis.form_text import FormText, splice

SPEC = LstmSpec(embedding=8, units=16)
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
    assert VOCABULARY.decode(VOCABULARY.encode(ENGLISH)) == ENGLISH
    assert VOCABULARY.encode(ENGLISH).tolist() == list(range(len(ENGLISH)))
    for foreign in ("é", "\t", "한", "😀"):
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


def test_windows_begin_at_a_line_and_are_the_same_for_a_seed(data: Path) -> None:
    corpus = EnglishCorpus.load(data)
    first, second = (CorpusWindows(corpus, SMALL, seed=7)[2] for _ in range(2))
    np.testing.assert_array_equal(first[0], second[0])
    symbols, following = first
    assert symbols.shape == following.shape == (16, 40) and symbols.dtype == np.int32
    assert (symbols[:, 0] == ENGLISH.index(LINE_START)).all()
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
    assert list(manifest["scores"]["tflite"]) == ["book_lines", "running_book_text"]
    assert manifest["scores"]["tflite"]["book_lines"]["characters"] == 8 * 80
    assert manifest["run"]["characters_seen"] == manifest["run"]["best_after_batches"] * 4 * 12

    used_up = train(data, tmp_path, "--minutes", "0.02", "--resume")
    assert used_up["run"]["batches"] == manifest["run"]["batches"]
    seconds = json.loads((tmp_path / "history.json").read_text())["seconds"]
    longer = train(data, tmp_path, "--minutes", str(seconds / 60 + 0.02), "--resume")
    assert longer["run"]["batches"] > manifest["run"]["batches"]


def test_scores_count_only_what_is_asked_for() -> None:
    text = HeldOutText.lines(["AB", "A CD"], VOCABULARY)
    assert text.counted.sum() == 3 + 5  # each line's end counts
    logits = np.full((*text.symbols.shape, len(ENGLISH)), -20.0, np.float32)
    np.put_along_axis(logits, text.targets[..., None], 20.0, axis=-1)
    right = text.measure(lambda symbols: log_softmax(logits))
    spaces = {"right": 1.0, "precision": 1.0, "recall": 1.0, "gaps": 3, "with_space": 1}
    assert right == {"bits_per_character": 0.0, "accuracy": 1.0, "characters": 8, "spaces_predicted": spaces}
    uniform = text.measure(lambda symbols: np.full(logits.shape, -np.log(len(ENGLISH))))
    assert uniform["bits_per_character"] == pytest.approx(np.log2(len(ENGLISH)), abs=1e-3)
    assert (uniform["spaces_predicted"]["right"], uniform["spaces_predicted"]["recall"]) == (0.6667, 0.0)


def test_impossible_sizes_are_refused() -> None:
    for wrong in ({"units": 0}, {"dropout": 1.0}):
        with pytest.raises(ValueError, match="impossible"):
            LstmSpec(**wrong)  # type: ignore[arg-type]
