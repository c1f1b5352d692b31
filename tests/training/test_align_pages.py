"""Characters learned from transcribed pages: which line says what, and which labels are believed."""

from __future__ import annotations

import numpy as np

from training.decoder.align import Alignment
from training.decoder.align_pages import is_held_out, line_texts, trusted, write_shards
from training.decoder.fit_confidence import isotonic
from training.glyphs.examples import Examples, load


def test_running_text_is_dealt_out_to_the_lines_of_the_page() -> None:
    truth = "CHAPTER I It was the best of times, it was the worst of times and a whirlwind came"
    read = ["CHAPTEB I", "It was thc best of times, it", "was tbe worst of times and a whirl-", "wind camc"]
    assert line_texts(read, truth) == [
        "CHAPTER I",
        "It was the best of times, it",
        "was the worst of times and a whirl-",
        "wind came",
    ]


def test_what_is_not_in_the_text_gets_none() -> None:
    truth = "the garden was quiet and nobody came that way"
    assert line_texts(["the garden was quiet", "-|=. _ {}", "and nobody came that way"], truth)[1] is None


def alignment(scores: list[float]) -> Alignment:
    n = len(scores)
    return Alignment(np.arange(n), np.zeros(n, int), np.array(scores), np.arange(n), np.zeros(n, bool), 0.0)


def test_a_doubtful_character_is_believed_between_good_ones() -> None:
    assert trusted(alignment([-0.1, -6.0, -0.2, -8.9, -0.1])).tolist() == [True, True, True, False, True]
    assert trusted(alignment([-6.0, -6.0, -0.2])).tolist() == [False, False, True]


def test_held_out_writers_never_teach(tmp_path) -> None:  # type: ignore[no-untyped-def]
    groups = np.repeat([f"writer-{i}" for i in range(60)], 2)
    n = len(groups)
    found = Examples(
        np.zeros((n, 32, 32, 2), np.uint8), np.zeros((n, 8), np.float32), np.arange(n, dtype=np.int16), groups.copy()
    )
    write_shards(found, groups, tmp_path, "hands")
    learned, held = load(tmp_path / "aligned-hands.npz"), load(tmp_path / "held-hands.npz")
    assert len(learned) + len(held) == n
    assert not set(learned.sources) & set(held.sources)
    assert all(is_held_out(str(g)) for g in held.sources)


def test_isotonic_calibration_rises() -> None:
    rng = np.random.default_rng(0)
    raw = rng.random(2000)
    right = rng.random(2000) < raw**2
    points = isotonic(raw, right)
    assert [p[1] for p in points] == sorted(p[1] for p in points)
    assert abs(np.interp(0.5, *zip(*points, strict=True)) - 0.25) < 0.08
