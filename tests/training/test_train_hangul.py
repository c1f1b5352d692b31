"""The Korean classifier: targets and loss of its heads, a tiny fit, its export, and examples cut from drawn pages."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from ocrtool.recognize.crops import isolated_image
from ocrtool.script.hangul.charset import (
    FINALS,
    FIRST_MARK,
    GLYPHS,
    MARKS,
    REJECT_KIND,
    SYLLABLE_KIND,
    decompose_syllable,
    glyph_number,
)
from ocrtool.script.hangul.classifier import HEADS, HangulClassifier
from ocrtool.script.hangul.script import HANGUL_CROP
from ocrtool.weights.store import open_weights
from tests.bar_font import make_bar_font
from training.glyphs import examples
from training.glyphs.examples import Examples, alone
from training.glyphs.hangul import HangulBatches
from training.glyphs.hangul_heads import NONE, HeadsLoss, heads_accuracy, read_labels, targets
from training.glyphs.hangul_lines import REJECT, KoreanPages, page_examples
from training.glyphs.train import main
from training.glyphs.widen import load_start
from training.synthesis.hangul_faces import KoreanFace
from training.synthesis.hangul_fonts import KoreanFont
from training.synthesis.hangul_line_text import KINDS, KoreanLineText
from training.synthesis.hangul_signs import STRANGERS, is_hanja, read_as

KNOWN = "가나다라마바사자아하학교문서이름그는을를 .,()0123456789"


def test_targets_are_kind_and_letters() -> None:
    labels = np.array([glyph_number("값"), glyph_number("A"), REJECT])
    assert targets(labels).tolist() == [
        [SYLLABLE_KIND, *decompose_syllable("값")],
        [FIRST_MARK + MARKS.index("A"), NONE, NONE, NONE],
        [REJECT_KIND, NONE, NONE, NONE],
    ]


def test_network_has_the_heads_that_reading_expects() -> None:
    from training.models.hangul import HangulSpec

    assert HangulSpec().outputs == HEADS


def logits_of(labels: np.ndarray, strength: float = 20.0) -> np.ndarray:
    """Logits that say just these labels."""
    rows = []
    for wanted in targets(labels):
        row = [np.zeros(size, np.float32) for size in HEADS]
        for head, geometry in zip(row, wanted, strict=True):
            head[max(geometry, 0)] = strength
        rows.append(np.concatenate(row))
    return np.stack(rows)


def test_loss_is_least_and_accuracy_one_where_all_heads_are_right() -> None:
    from training.models.hangul import HangulSpec

    labels = np.array([glyph_number("뷁"), glyph_number("①"), REJECT])
    spec = HangulSpec()
    right, loss, accuracy = logits_of(labels), HeadsLoss(spec), heads_accuracy(spec)
    assert read_labels(right, spec).tolist() == labels.tolist()
    assert float(loss(targets(labels), right)) < 1e-3
    assert np.asarray(accuracy(targets(labels), right)).tolist() == [1.0, 1.0, 1.0]
    wrong_final = logits_of(np.array([glyph_number("뷀"), glyph_number("①"), REJECT]))
    assert float(loss(targets(labels), wrong_final)) > 1.0
    assert np.asarray(accuracy(targets(labels), wrong_final)).tolist() == [0.0, 1.0, 1.0]
    letters_of_a_mark = right.copy()
    letters_of_a_mark[1, HEADS[0] :] = 7.0  # a mark has no letters: whatever those heads say is not held against it
    assert float(loss(targets(labels), letters_of_a_mark)) < 1e-3 + np.log(max(HEADS[1:]))


def shard(folder: Path, name: str, count: int, seed: int) -> Path:
    """Noise whose brightness tells one of three labels."""
    rng = np.random.default_rng(seed)
    labels = rng.choice([glyph_number("가"), glyph_number("힣"), REJECT], count)
    images = rng.integers(0, 60, (count, HANGUL_CROP.side, HANGUL_CROP.side, 2))
    images[labels == glyph_number("힣")] += 150
    images[labels == REJECT, :20] += 120
    path = folder / f"{name}.npz"
    alone(images.astype(np.uint8), labels, "line").save(path)
    return path


@pytest.mark.slow
def test_trained_weights_are_read_by_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from training.models.hangul import HangulSpec, build_hangul
    from training.publish.architectures import ARCHITECTURES, Architecture, build

    @dataclass(frozen=True, slots=True)
    class SmallSpec(HangulSpec):
        widths: tuple[int, ...] = (4, 8, 8)
        blocks: tuple[int, ...] = (0, 0, 0)
        hidden: int = 16

    monkeypatch.setitem(ARCHITECTURES, "hangul", Architecture(SmallSpec, build_hangul, glyphs_of="hangul"))
    train, held = shard(tmp_path, "train", 200, 0), shard(tmp_path, "held", 60, 1)
    options = [
        "hangul",
        "--shards",
        str(train),
        "--validation",
        str(held),
        "--run",
        str(tmp_path / "run"),
        "--epochs",
        "0.02",
    ]
    result = CliRunner().invoke(main, [*options, "--out", str(tmp_path / "out"), "--batch", "64"])
    assert result.exit_code == 0, result.output
    classifier = HangulClassifier(open_weights("hangul", tmp_path / "out"))
    data = examples.load(held)
    found = classifier.candidates(data.images, data.geometry)
    assert found.labels.shape == (60, 8)
    from training.glyphs.hangul import predict_logits

    manifest = open_weights("hangul", tmp_path / "out").manifest
    network = build("hangul", manifest["parameters"])  # the compiled form says what the network says
    network.load_weights(tmp_path / "out" / "hangul.weights.h5")
    kinds = predict_logits(network, data)[:, : HEADS[0]].argmax(axis=1)
    assert np.mean(classifier.heads(data.images, data.geometry)[0].argmax(axis=1) == kinds) > 0.95


def test_batches_hold_their_shares_and_repeat(tmp_path: Path) -> None:
    labels = np.array([glyph_number("가")] * 40 + [REJECT] * 40 + [glyph_number("나")] * 40, np.int16)
    sources = np.array(["line"] * 80 + ["alone"] * 40)
    blank = np.zeros((120, HANGUL_CROP.side, HANGUL_CROP.side, 2), np.uint8)
    data = Examples(blank, np.zeros((120, 8), np.float32), labels, sources)
    _, wanted = HangulBatches(data, 1000, 3)[7]
    shares = [np.mean(np.all(wanted == targets(np.array([k]))[0], axis=1)) for k in (REJECT, glyph_number("나"))]
    assert shares == pytest.approx([0.25, 0.35], abs=0.06)
    assert np.array_equal(HangulBatches(data, 50, 3)[7][1], HangulBatches(data, 50, 3)[7][1])


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> KoreanPages:
    folder = tmp_path_factory.mktemp("korean")
    (folder / "korean_text").mkdir()
    words = [a + b for a in "가나다라마바사자아하" for b in "학교문서이름"]
    lines = "\n".join(f"{word}는 {word[::-1]} {k}를 이름 {word}." for k, word in enumerate(words * 8))
    (folder / "korean_text" / "text.txt").write_text(lines, encoding="utf-8")
    font = KoreanFont(make_bar_font(folder / "bars.ttf", KNOWN.replace(" ", "")), "bars", "sans")
    return KoreanPages([font], [], KoreanLineText(folder, "train", {"text": 1.0}))


def test_drawn_pages_say_what_they_hold(pages: KoreanPages) -> None:
    page, lines = pages.page(np.random.default_rng(1))
    assert "".join(page.characters) == "".join(lines).replace(" ", "")
    assert set(page.characters) <= set(KNOWN)


def test_lines_are_cut_to_characters_and_non_characters(pages: KoreanPages) -> None:
    rng = np.random.default_rng(0)
    data = examples.join([page_examples(pages.page(rng)[0], "line", rng) for _ in range(3)])
    assert data.images.shape[1:] == (HANGUL_CROP.side, HANGUL_CROP.side, 2)
    read = {GLYPHS[k] for k in data.labels if k != REJECT}
    assert len(read) > 8 and read <= set(KNOWN)
    assert 0.2 < np.mean(data.labels == REJECT) < 0.6


def test_kinds_of_line_hold_what_they_are_for(tmp_path: Path) -> None:
    (tmp_path / "korean_text").mkdir()
    lines = "\n".join(f"그는 {k}번 문을 열고 나갔다 그리고 {k}시에 돌아왔다" for k in range(600))
    (tmp_path / "korean_text" / "text.txt").write_text(lines, encoding="utf-8")
    rng = np.random.default_rng(5)
    for kind in KINDS:
        text = "".join(KoreanLineText(tmp_path, "train", {kind: 1.0}).line(40, rng) for _ in range(20))
        readable = {c for c in text if c not in STRANGERS and not is_hanja(c)}
        assert readable <= set(GLYPHS) | {" ", "￦"}, kind
        assert (set(text) != readable) == (kind == "hanja")
    every = {c for _ in range(60) for c in KoreanLineText(tmp_path, "train", {"any": 1.0}).line(40, rng)}
    assert len({decompose_syllable(c)[2] for c in every if "가" <= c <= "힣"}) == len(FINALS)


def test_face_leaves_out_what_the_font_lacks(tmp_path: Path) -> None:
    font = KoreanFont(make_bar_font(tmp_path / "bars.ttf", "가나"), "bars", "sans")
    face = KoreanFace(font, 40.0)
    rng = np.random.default_rng(0)
    assert face.stamp("다", rng) is None
    stamp = face.stamp("가", rng)
    assert stamp is not None
    assert isolated_image(stamp.ink, HANGUL_CROP)[:, :, 0].max() > 200


def test_a_font_beside_lends_hanja_which_are_to_be_read_as_unknown(tmp_path: Path) -> None:
    font = KoreanFont(make_bar_font(tmp_path / "bars.ttf", "가나"), "bars", "sans")
    lender = KoreanFont(make_bar_font(tmp_path / "hanja.ttf", "가國"), "hanja", "serif")
    face, rng = KoreanFace(font, 40.0, beside=KoreanFace(lender, 40.0)), np.random.default_rng(0)
    labels = [stamp.label for c in "가國" if (stamp := face.stamp(c, rng)) is not None]
    assert labels == ["가", "\ufffd"]
    assert face.stamp("民", rng) is None


def test_characters_of_fonts_are_read_as_the_signs_they_show(tmp_path: Path) -> None:
    bars = make_bar_font(tmp_path / "bars.ttf", "가\\")  # bars take a backslash for a won sign: three strokes in a row
    assert [read_as(bars, c) for c in "가A㎏￦\\國あ"] == ["가", "A", "㎏", "₩", "₩", "\ufffd", "\ufffd"]
    assert [read_as(bars, c) for c in "一口№α"] == [None] * 4  # like a dash, a letter, the letters No., an a
    assert read_as(tmp_path / "Guseul.ttf", "國") is None  # this font draws 국


def test_weights_with_fewer_labels_start_a_network_with_more(tmp_path: Path) -> None:
    few, many = ["<syllable>", "A", "B", "<reject>"], ["<syllable>", "A", "₩", "B", "<reject>"]
    from training.models.hangul import HangulSpec, build_hangul

    def spec_of(kinds: int, hidden: int = 16) -> HangulSpec:
        return HangulSpec(kinds, widths=(4, 8, 8), blocks=(0, 0, 0), hidden=hidden)

    spec = spec_of(len(few))
    earlier, widened = build_hangul(spec), build_hangul(spec_of(len(many)))
    earlier.save_weights(tmp_path / "hangul.weights.h5")
    manifest = {"labels": few, "architecture": "hangul", "parameters": asdict(spec)}
    (tmp_path / "hangul.json").write_text(json.dumps(manifest), encoding="utf-8")
    load_start(widened, tmp_path / "hangul.weights.h5", many)
    crops = [np.random.default_rng(0).uniform(0, 255, (3, 40, 40, 2)), np.ones((3, 8))]
    before, after = (model.predict_on_batch(crops) for model in (earlier, widened))
    kept = [many.index(label) for label in few]
    np.testing.assert_allclose(after[:, kept], before[:, : len(few)], atol=1e-5)
    np.testing.assert_allclose(after[:, len(many) :], before[:, len(few) :], atol=1e-5)
    assert (after[:, many.index("₩")] < 0.0).all()
    with pytest.raises(ValueError, match="differ"):
        load_start(build_hangul(spec_of(len(many), 24)), tmp_path / "hangul.weights.h5", many)
