"""Training data of the line reader: targets and loss, shards, batches."""

from __future__ import annotations

import math
import pickle
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from ocrtool.charset import LINE_CHARACTERS
from ocrtool.segment.strip import STRIP_ROWS
from training.lines.batches import (
    COLUMNS,
    EXTRA_MARGIN,
    FEWEST,
    MOST,
    LineBatches,
    Mix,
    bent,
    has_room,
    restroked,
    vary,
)
from training.lines.ctc import (
    BLANK,
    CLASSES,
    HEAD,
    LineLoss,
    decode,
    encode,
    frame_targets,
    greedy,
    pack_targets,
)
from training.lines.pages import Sample
from training.lines.shards import pack, read_shard, shard_files, write_shard

COLUMN, FRAMES = 4, 2


def sample(text: str, width: int, seed: int = 0, known: bool = True) -> Sample:
    """A strip with a bar at each character."""
    soft = np.zeros((STRIP_ROWS, width), np.uint8)
    middles = np.linspace(6, width - 7, len(text)).astype(np.float32)
    for k, x in enumerate(middles.round().astype(int)):
        soft[15 : 29 - (k + seed) % 5, x - 1 : x + 2] = 255
    return Sample(soft, text, middles if known else None)


def shards(folder: Path, **sources: list[Sample]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for source, items in sources.items():
        write_shard(folder / f"{source}-000.npz", pack(items))
    return folder


def some(text: str, count: int, known: bool = True) -> list[Sample]:
    return [sample(text, 60 + 15 * k, k, known) for k in range(count)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shards(tmp_path / "shards", print=some("abc de", 30), pen=some("Xyz 1", 20, known=False))


def batches(folder: Path, **options: object) -> LineBatches:
    return LineBatches(folder, 3, 10, COLUMN / FRAMES, 1000, Mix(**options))


def test_classes_and_texts_are_each_others_inverse() -> None:
    assert decode(encode(LINE_CHARACTERS)) == LINE_CHARACTERS
    assert sorted(encode(LINE_CHARACTERS).tolist()) == list(range(1, CLASSES))
    with pytest.raises(KeyError):
        encode("한")


def test_best_path() -> None:
    a, b = encode("ab")
    path = [BLANK, a, a, BLANK, a, b, b, BLANK]
    logits = np.full((len(path), CLASSES), -5.0)
    logits[np.arange(len(path)), path] = 5.0
    assert greedy(logits) == "aab"
    assert greedy(np.zeros((0, CLASSES))) == ""


def test_frames_of_characters() -> None:
    classes = encode("ab")
    found = frame_targets(classes, np.array([5.0, 15.0]), 10, 2.0)
    a, b = classes
    assert found.tolist() == [0, -1, a, -1, 0, 0, -1, b, -1, 0]
    beside = frame_targets(classes, np.array([4.0, 6.0]), 6, 2.0)
    assert beside.tolist() == [0, -1, a, b, -1, 0], "a neighbour's frame stays its own"
    ends = frame_targets(classes, np.array([-3.0, 99.0]), 4, 2.0)
    assert (ends[0], ends[-1]) == (a, b)
    assert frame_targets(classes, None, 4, 2.0).tolist() == [-1] * 4


def loss_of(targets: np.ndarray, logits: np.ndarray) -> np.ndarray:
    return keras.ops.convert_to_numpy(LineLoss(reduction=None)(targets, logits.astype(np.float32)))


def test_loss_of_even_logits_is_known() -> None:
    """A character on three frames has six alignments, each of probability CLASSES ** -3."""
    (a,) = encode("a")
    frames = np.array([a, BLANK, -1, BLANK])
    alignments = 6  # a__ _a_ __a aa_ _aa aaa
    uniform = math.log(CLASSES)
    ctc = 3 * uniform - math.log(alignments)
    for weights, expected in (((1.0, 0.0), ctc), ((0.0, 1.0), 2 * uniform), ((0.5, 0.25), 0.5 * ctc + 0.5 * uniform)):
        targets = pack_targets([encode("a")], [frames], np.array([3]), weights)
        assert targets.shape == (1, HEAD + 1 + 4)
        assert loss_of(targets, np.zeros((1, 4, CLASSES))) == pytest.approx([expected], rel=1e-4)


def test_loss_of_a_text_is_per_character() -> None:
    """Two characters on two frames have one alignment."""
    targets = pack_targets([encode("ab")], [np.full(2, -1)], np.array([2]), (1.0, 1.0))
    assert loss_of(targets, np.zeros((1, 2, CLASSES))) == pytest.approx([math.log(CLASSES)], rel=1e-4)


def test_loss_falls_for_right_logits_and_not_for_wrong_ones() -> None:
    texts = ["ab", "b"]
    labels = [encode(text) for text in texts]
    middles = [np.array([3.0, 11.0]), np.array([5.0])]
    frames = [frame_targets(label, middle, 8, 2.0) for label, middle in zip(labels, middles, strict=True)]
    targets = pack_targets(labels, frames, np.array([8, 6]), (1.0, 1.0))
    right = np.zeros((2, 8, CLASSES))
    for row, target in enumerate(frames):
        right[row, np.arange(8), np.maximum(target, BLANK)] = 12.0
    even, good, bad = (loss_of(targets, x) for x in (np.zeros_like(right), right, right[::-1]))
    assert (good < 0.05).all()
    assert (even > 5.0).all() and (bad > 5.0).all()
    padded = right.copy()
    padded[1, 6:] = 0.0
    padded[1, 6:, encode("Z")] = 12.0
    ctc_only = pack_targets(labels, frames, np.array([8, 6]), (1.0, 0.0))
    assert loss_of(ctc_only, padded) == pytest.approx(loss_of(ctc_only, right), abs=1e-4), "padding is not looked at"


def test_shards_hold_what_was_put_in(tmp_path: Path) -> None:
    items = [sample("a", 20), sample("£4.50 — é", 90), sample("xy z", 41, known=False)]
    path = tmp_path / "print-000.npz"
    write_shard(path, pack(items))
    shard = read_shard(path)
    assert len(shard) == 3 and shard.widths.tolist() == [20, 90, 41]
    for k, item in enumerate(items):
        found = shard.sample(k)
        assert found.text == item.text
        np.testing.assert_array_equal(found.soft, item.soft)
        if item.middles is None:
            assert found.middles is None
        else:
            np.testing.assert_array_equal(found.middles, item.middles)
    (tmp_path / "note.npz").write_bytes(b"")
    assert list(shard_files(tmp_path)) == [("print", path)]
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".npz")] != []


def test_other_files_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "print-000.npz"
    np.savez(other, soft=np.zeros((3, STRIP_ROWS), np.uint8))
    with pytest.raises(ValueError, match=r"print-000\.npz is no shard of lines"):
        read_shard(other)
    low = pack([Sample(np.zeros((STRIP_ROWS - 8, 20), np.uint8), "a", None)])
    write_shard(other, low)
    with pytest.raises(ValueError, match=f"is no shard of lines of {STRIP_ROWS} rows"):
        read_shard(other)
    pickled = tmp_path / "pen-000.npz"
    np.savez(pickled, **{name: np.array([{}]) for name in ("soft", "ends", "texts", "middles", "text_ends")})
    with pytest.raises(ValueError, match="pickle"):
        read_shard(pickled)
    with pytest.raises(OSError):
        read_shard(tmp_path / "none-000.npz")


def test_batches_have_their_shapes(folder: Path) -> None:
    source = batches(folder)
    assert len(source) == 50 and source.counts == {"print": 30, "pen": 20}
    for step in range(6):
        strips, targets = source[step]
        assert strips.dtype == np.uint8 and strips.shape[1] == STRIP_ROWS and strips.shape[3] == 1
        assert FEWEST <= len(strips) <= MOST and strips.shape[2] % 16 == 0
        frames = strips.shape[2] // COLUMN * FRAMES
        longest = targets.shape[1] - HEAD - frames
        assert longest in (len("Xyz 1"), len("abc de"))
        for strip, row in zip(strips[..., 0], targets, strict=True):
            count, valid = int(row[1]), int(row[0])
            assert decode(row[HEAD : HEAD + count].astype(int)) in ("abc de", "Xyz 1")
            inked = np.flatnonzero(strip.any(axis=0))
            assert inked[-1] < valid * COLUMN / FRAMES <= strips.shape[2]
            labels = row[HEAD + longest :]
            assert ((labels == -1).all()) == (count == len("Xyz 1"))


def test_frames_of_a_batch_lie_on_their_characters(folder: Path) -> None:
    strips, targets = batches(folder)[2]
    frames = strips.shape[2] // COLUMN * FRAMES
    compared = 0
    for strip, row in zip(strips[..., 0], targets, strict=True):
        labels = row[-frames:]
        for frame in np.flatnonzero(labels > BLANK):
            x = frame * COLUMN // FRAMES
            assert strip[15:25, max(0, x - 3) : x + 5].max() > 0
            compared += 1
    assert compared > 20


def test_a_batch_is_known_by_its_number(folder: Path) -> None:
    one, again = batches(folder), batches(folder)
    for step in (4, 0, 4):
        for a, b in zip(one[step], again[step], strict=True):
            np.testing.assert_array_equal(a, b)
    assert not np.array_equal(one[0][0], one[1][0])
    other = LineBatches(folder, 4, 10, COLUMN / FRAMES, 1000)
    assert not np.array_equal(one[0][0], other[0][0])


def test_a_copy_for_another_process_makes_the_same_batches(folder: Path) -> None:
    threads = cv2.getNumThreads()
    source = LineBatches(folder, 3, 10, COLUMN / FRAMES, 1000, Mix(columns=2 * COLUMNS))
    stored = pickle.dumps(source)
    assert len(stored) < 2000, "the shards are read anew"
    copy = pickle.loads(stored)
    cv2.setNumThreads(threads)
    for a, b in zip(source[5], copy[5], strict=True):
        np.testing.assert_array_equal(a, b)
    counts = [np.mean([len(s[k][0]) for k in range(10)]) for s in (source, batches(folder))]
    assert counts[0] == pytest.approx(2 * counts[1], rel=0.2)


def test_sources_have_their_share(tmp_path: Path) -> None:
    folder = shards(tmp_path / "shards", print=some("abc de", 9), pen=some("Xyz 1", 50), odd=some("q", 9))
    shares = {"print": 3.0, "pen": 1.0, "iam": 9.0}
    source = batches(folder, shares=shares)
    assert source.counts == {"print": 9, "pen": 50}, "sources without a share are left alone"
    counts = np.concatenate([source[step][1][:, 1] for step in range(25)])
    assert float((counts == len("abc de")).mean()) == pytest.approx(0.75, abs=0.05)
    left_out = batches(folder, shares={"print": 1.0, "pen": 0.0})
    assert left_out.counts == {"print": 9}
    with pytest.raises(ValueError, match="holds no shards of lines of iam"):
        batches(folder, shares={"iam": 1.0})


def test_the_loss_of_frames_fades(folder: Path) -> None:
    source = batches(folder)
    weights = [source[step][1][0, 2:4].tolist() for step in (0, 100, 300, 900)]
    assert weights[0] == pytest.approx([0.1, 1.0])
    assert [w[0] for w in weights[1:]] == [1.0] * 3
    assert weights[1][1] > weights[2][1] > weights[3][1] == pytest.approx(0.02)
    assert batches(folder, frame_loss=False)[0][1][0, 2:4].tolist() == [1.0, 0.0]


def test_shards_that_come_later_are_found(folder: Path) -> None:
    source = batches(folder)
    write_shard(folder / "print-001.npz", pack(some("new", 5)))
    source[1]
    assert len(source) == 50
    source[400]
    assert len(source) == 55


def test_strips_of_a_batch_are_of_about_one_width_and_not_too_wide(tmp_path: Path) -> None:
    folder = shards(tmp_path / "shards", print=[sample("ab", w) for w in (40, 60, 200, 400, 900, 1499, 1700)])
    source = batches(folder)
    for step in range(20):
        strips, targets = source[step]
        assert strips.shape[2] <= 2100
        assert len(strips) * strips.shape[2] < 2.5 * COLUMNS
        assert targets[:, 0].max() <= 2.2 * targets[:, 0].min() + 2 * EXTRA_MARGIN


def test_strips_too_narrow_for_their_text_are_left_out(tmp_path: Path) -> None:
    assert has_room(sample("aab", 10), 2.0) and not has_room(sample("aab", 8), 2.0) and has_room(sample("abc", 8), 2.0)
    folder = shards(tmp_path / "shards", print=[sample(14 * "a", 24), sample("abc", 24)])
    source = batches(folder)
    for step in range(10):
        _, targets = source[step]
        assert set(targets[:, 1]) == {len("abc")}


@pytest.mark.parametrize("handwritten", [False, True])
def test_variations_keep_text_and_middles(handwritten: bool) -> None:
    rng = np.random.default_rng(0)
    original = sample("abc de", 120)
    others = [original, sample("zz", 60)]
    widths, darkest, reach = set(), [], 6 if handwritten else 2
    for _ in range(60):
        varied = vary(original, others, rng, handwritten)
        assert varied.text == original.text and varied.soft.shape[0] == STRIP_ROWS
        assert varied.soft.dtype == np.uint8 and len(varied.middles) == len(original.middles)
        widths.add(varied.soft.shape[1])
        assert (np.diff(varied.middles) > 5).all()
        for x in varied.middles[1:-1]:
            window = varied.soft[17:24, max(0, round(float(x)) - reach) : round(float(x)) + reach + 1]
            assert window.size == 0 or window.max() > 60
        darkest.append(varied.soft.max())
    assert len(widths) > 20 and min(darkest) > 60
    assert vary(sample("ab", 60, known=False), others, rng).middles is None
    np.testing.assert_array_equal(original.soft, sample("abc de", 120).soft)  # it is not changed itself


def test_bent_strips_lean_and_wave_but_keep_their_letters() -> None:
    rng = np.random.default_rng(1)
    upright = np.zeros((STRIP_ROWS, 300), np.uint8)
    upright[12:30, 20:280:20] = 255  # stems
    middles = np.arange(20, 280, 20).astype(np.float32)
    leans, moves = [], []
    for _ in range(40):
        soft, found = bent(upright, middles, rng)
        assert soft.shape == upright.shape and soft.dtype == np.uint8
        assert int(soft.sum()) == pytest.approx(int(upright.sum()), rel=0.15)
        top, below = (soft[row].astype(float) for row in (15, 26))
        leans.append(max(range(-9, 10), key=lambda shift: float((np.roll(top, shift) * below).sum())))
        bottom = np.flatnonzero(soft[26] > 60)
        for x in found:
            assert np.abs(bottom - x).min() < 5
        moves.append(np.abs(found - middles).max())
    assert 0.8 < np.std(leans) < 4.0 and 1.0 < np.mean(moves) < 7.0
    assert bent(upright, None, rng)[1] is None


def test_pens_are_thicker_or_thinner() -> None:
    rng = np.random.default_rng(2)
    stem = np.zeros((STRIP_ROWS, 40), np.uint8)
    stem[10:30, 18:22] = 200
    inks = np.array([int(restroked(stem, rng).astype(int).sum()) for _ in range(40)]) / stem.astype(int).sum()
    assert inks.min() < 0.9 and inks.max() > 1.1 and 0.3 < (inks > 1).mean() < 0.7
    assert inks.min() > 0.4 and inks.max() < 1.5
