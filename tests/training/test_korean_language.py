"""The Korean language model: split, cleaning, printed lines, symbols, a tiny run, the exported files."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner

from ocrtool.charset import LATIN, LINE_START, OTHER
from ocrtool.decode.language_model import CharacterLSTM, UniformModel
from ocrtool.weights.store import open_weights, sha256
from training.language import train_language
from training.language.korean_corpus import KoreanCorpus, coverage, korean_vocabulary, other_bits, printed_lines
from training.language.korean_lines import list_marks, typographic, window_lines, wrap_korean
from training.language.korean_sources import (
    BLOCK,
    character_counts,
    clean,
    load_korean,
    paragraphs,
    plain_markdown,
    split_blocks,
    squeezed,
)
from training.language.languages import LANGUAGES, Recipe
from training.language.scores import HeldOutText
from training.language.windows import CorpusWindows
from training.models.lstm import LstmSpec, build_sequence_model, build_step_model
from training.publish.compile_weights import compile_folder

SMALL = Recipe(units=12, batch=8, window=40, steps_per_epoch=5, validation_windows=4)
NAMES = ("가람", "나리", "다솜", "라온", "마루", "바다", "사랑", "아름", "자두", "차돌")
PARAGRAPH = "등대지기는 30년 동안 그랬듯이 해질녘에 계단을 올라(천천히) OCR 등불을 켰다. 바다는 시끄러웠다."


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two small texts, of which one has a line that is repeated in every block."""
    root = tmp_path_factory.mktemp("data")
    (root / "korean_text").mkdir()
    lines = [f"{a}{b}은 {i}번째 밤에 {b} 섬으로 갔다." for i in range(6) for a in NAMES for b in NAMES]
    (root / "korean_text" / "one.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    repeated = [line if i % 7 else "같은 줄이다." for i, line in enumerate(lines[::3])]
    (root / "korean_text" / "two.txt").write_text("\n".join(repeated), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def corpus(data: Path) -> KoreanCorpus:
    return KoreanCorpus.load(data)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (unicodedata.normalize("NFD", "한글 문서"), "한글 문서"),
        ("가\u00a0나\u3000다\t라", "가 나 다 라"),
        ("영\u200b문\x07 \ufeff글", "영문 글"),
        ("｢법률｣ 경제ㆍ사회․문화", "「법률」 경제·사회·문화"),
        ("12∼13 ＡＢＣ", "12～13 ABC"),
        ("\u110f\u110f \u1172\u1172", "ㅋㅋ ㅠㅠ"),
        ('그는 " 가자. " 라고 ( 말했다 )', '그는 "가자." 라고 (말했다)'),
        ("“인용” ‘강조’ … ① 『책』", "“인용” ‘강조’ … ① 『책』"),
    ],
)
def test_text_is_cleaned_and_korean_marks_stay(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_markdown_is_read_as_it_is_printed() -> None:
    assert plain_markdown("## `Deref`를 **쓰는** [러스트](https://a.b) <em>책</em>") == "Deref를 쓰는 러스트 책"
    assert plain_markdown("| 가 | 나 |") == plain_markdown("```rust") == ""
    assert paragraphs("rust_book_ko.txt", [["줄이 둘로", "나뉜다.", "다음."]]) == ["줄이 둘로 나뉜다.", "다음."]


def test_whole_blocks_are_held_out_by_their_content(data: Path) -> None:
    lines = (data / "korean_text" / "one.txt").read_text(encoding="utf-8").split("\n")[:-1]
    parts = split_blocks(lines)
    assert [len(parts[part]) for part in ("test", "validation", "train")] == [1, 1, len(lines) // BLOCK - 2]
    moved = split_blocks(lines[BLOCK:] + lines[:BLOCK])
    assert moved["test"] == parts["test"] and moved["validation"] == parts["validation"]


def test_no_line_is_in_two_parts(data: Path) -> None:
    parts = load_korean(data)
    lines = {part: {squeezed(line) for of_file in parts[part].values() for line in of_file} for part in parts}
    assert all(lines.values())
    assert not lines["test"] & (lines["train"] | lines["validation"])
    assert not lines["validation"] & lines["train"]


def test_unusable_data_is_refused_in_one_sentence(tmp_path: Path) -> None:
    def refused(folder: Path) -> str:
        arguments = ["--lang", "kor", "--data", str(folder), "--out", str(tmp_path / "out")]
        result = CliRunner().invoke(train_language.main, arguments)
        assert result.exit_code == 1 and result.output.count("\n") == 1
        return result.output

    assert "no Korean text" in refused(tmp_path)
    (tmp_path / "a.txt").write_bytes("한글".encode("euc-kr"))
    assert "a.txt is not UTF-8" in refused(tmp_path)
    (tmp_path / "a.txt").write_text("한 줄", encoding="utf-8")
    assert "too little text" in refused(tmp_path)


def test_characters_come_back_from_their_symbols(corpus: KoreanCorpus) -> None:
    text, vocabulary = "\n가람다솜은 3번째 밤에 (OCR)", corpus.vocabulary
    assert vocabulary.decode(vocabulary.encode(text)) == text
    assert vocabulary.labels[0] == LINE_START and set(LATIN) <= set(vocabulary.labels)
    assert vocabulary.encode("뷁人😀").tolist() == [vocabulary.number(OTHER)] * 3


def test_rare_syllables_are_not_listed() -> None:
    counts = character_counts({"a": ["나나나 가 …… ①"]})
    vocabulary = korean_vocabulary(counts, 2, always="※")
    assert [label for label in vocabulary.labels if label not in LATIN][2:] == ["…", "※", "나", OTHER]
    assert coverage(counts, vocabulary) == 0.75
    assert other_bits(vocabulary) == np.log2(11171)


@pytest.mark.parametrize("anywhere", [False, True])
def test_printed_lines_fit_and_lose_nothing(anywhere: bool) -> None:
    for width in range(15, 40):
        lines = wrap_korean(PARAGRAPH, width, anywhere, np.random.default_rng(width))
        assert max(map(len, lines)) <= width + 6
        assert squeezed("".join(lines)) == squeezed(PARAGRAPH)
        assert not any(line[0] in " ).," or line[-1] in " (" for line in lines)
        assert any("OCR" in line for line in lines)
        if not anywhere:
            assert " ".join(lines) == PARAGRAPH


def test_some_lines_break_inside_words_and_lists_have_marks() -> None:
    rng = np.random.default_rng(1)
    text = "\n".join([PARAGRAPH] * 40)
    windows = [window_lines(text, int(rng.integers(len(text) // 2)), 60, rng) for _ in range(300)]
    words = set(PARAGRAPH.split())
    inside = [w for w in windows if w[0].split()[0] not in words and w[0][0] not in "-·○●■□※▲◆①㉠ㄱ(" and len(w) > 1]
    listed = [w for w in windows if w[0][0] in "-·○●■□※▲◆①②③④⑤⑥⑦⑧⑨⑩㉠㉡㉢㉣㉤(ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊ"]
    assert len(inside) > 60 and len(listed) > 12
    assert all(mark.endswith(" ") for _ in range(50) for mark in list_marks(rng))
    assert typographic("\"가\" '나' it's... 1~2") == "“가” ‘나’ it's… 1～2"


def test_windows_begin_at_a_line_and_are_the_same_for_a_seed(corpus: KoreanCorpus) -> None:
    first, second = (CorpusWindows(corpus, SMALL, seed=7)[2] for _ in range(2))
    np.testing.assert_array_equal(first[0], second[0])
    symbols, following = first
    assert symbols.shape == following.shape == (8, 40) and symbols.dtype == np.int32
    assert (symbols[:, 0] == corpus.vocabulary.number(LINE_START)).all()
    np.testing.assert_array_equal(symbols[:, 1:], following[:, :-1])
    assert not np.array_equal(CorpusWindows(corpus, SMALL, seed=7)[1][0], symbols)
    short = replace(corpus, parts={"validation": {"a": ["짧다"]}})
    assert short.validation_windows(30, 4).shape == (4, 31)


def test_reduced_step_equals_the_sequence() -> None:
    keras.utils.set_random_seed(1)
    spec = LstmSpec(symbols=40, embedding=8, units=16, projection=6)
    sequence = build_sequence_model(spec)
    step = build_step_model(spec, sequence)
    symbols = np.random.default_rng(1).integers(0, spec.symbols, (2, 4)).astype(np.int32)
    expected, state = sequence.predict(symbols, verbose=0), np.zeros((2, spec.state_size), np.float32)
    for t in range(symbols.shape[1]):
        logits, state = step.predict([symbols[:, t], state], verbose=0)
        np.testing.assert_allclose(logits, expected[:, t], atol=1e-5)
    with pytest.raises(ValueError, match="impossible"):
        LstmSpec(projection=-1)


def test_bits_of_a_character_without_a_symbol_count_what_naming_it_costs(corpus: KoreanCorpus) -> None:
    size = len(corpus.vocabulary.labels)
    text = HeldOutText.lines(["가람은 섬", "뷁"], corpus.vocabulary, other_bits=4.0)
    scores = text.with_subsets({"second": text.counted & [[False], [True]]}).measure(
        lambda symbols: np.full((*symbols.shape, size), -np.log(size), np.float32)
    )
    assert scores["characters"] == 8
    assert scores["bits_per_character"] == pytest.approx(np.log2(size) + 4 / 8, abs=1e-3)
    assert scores["bits_by_subset"]["second"] == pytest.approx(np.log2(size) + 4 / 2, abs=1e-3)
    assert (scores["spaces_predicted"]["gaps"], scores["spaces_predicted"]["right"]) == (3, 0.6667)


def test_held_out_lines_are_measured_by_file_and_syllables(corpus: KoreanCorpus) -> None:
    text = corpus.held_out(limit=3)["test_lines"]
    assert len(text.symbols) == 6 and list(text.subsets) == ["syllables", "one.txt", "two.txt"]
    assert (text.subsets["one.txt"] ^ text.subsets["two.txt"] == text.counted).all()
    assert 0 < text.subsets["syllables"].sum() < text.counted.sum()


def test_a_space_between_is_predicted_by_what_follows(corpus: KoreanCorpus) -> None:
    class Spaced(UniformModel):
        """Puts a space before 섬 alone: after a space nothing else comes."""

        def step(self, symbols: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            log_probs, state = super().step(symbols, state)
            spaced = symbols == self.symbols.index(" ")
            log_probs[spaced] = -30.0
            log_probs[:, self.symbols.index("섬")] = np.where(spaced, 0.0, -30.0)
            return log_probs, state

    text = HeldOutText.lines(["가람은 섬 가", "섬"], corpus.vocabulary)
    expected = {"right": 0.75, "precision": 1.0, "recall": 0.5, "gaps": 4, "with_space": 2}
    assert text.spaces_between(Spaced(corpus.vocabulary.labels)) == expected


def test_all_paragraphs_are_measured_in_printed_lines() -> None:
    lines = printed_lines([PARAGRAPH, "짧다."])
    assert squeezed("".join(lines)) == squeezed(PARAGRAPH) + "짧다." and lines[-1] == "짧다."


@pytest.mark.slow
def test_tiny_run_leaves_three_files_and_resumes(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    korean = LANGUAGES["kor"]
    recipe = replace(korean.recipe, window=12, steps_per_epoch=2, validation_windows=4)
    monkeypatch.setitem(LANGUAGES, "kor", replace(korean, recipe=recipe))
    where = ["--lang", "kor", "--data", str(data), "--out", str(tmp_path)]
    arguments = [*where, "--units", "12", "--batch", "4", "--limit", "5"]

    def run(*more: str) -> dict:
        result = CliRunner().invoke(train_language.main, [*arguments, *more])
        assert result.exit_code == 0, result.output
        return json.loads((tmp_path / "lstm_kor.json").read_text(encoding="utf-8"))

    manifest = run("--minutes", "0.02")
    weights = open_weights("lstm_kor", tmp_path)
    assert manifest["h5_sha256"] == sha256(weights.h5_path)
    model = CharacterLSTM(weights)
    assert model.symbols[0] == LINE_START and model.symbols.index(OTHER) == len(model.symbols) - 1
    assert model.score("가람은 섬").shape == (5,)
    assert "CC BY-SA 4.0" in manifest["licence"] and "2.5%" in manifest["split"]["rule"]
    assert manifest["scores"]["tflite"]["test_lines"]["spaces_between"]["gaps"] > 0
    assert run("--minutes", "0.02", "--resume")["run"]["batches"] == manifest["run"]["batches"]
    (tmp_path / "lstm_kor.tflite").unlink()
    assert compile_folder(tmp_path, "lstm_kor")["labels"] == manifest["labels"]
    other = CliRunner().invoke(train_language.main, [*arguments, "--minutes", "9", "--units", "8", "--resume"])
    assert other.exit_code == 1 and "is of another model" in other.output
