"""Drawn pages: ink has the label of its character, non-characters are rejected, a seed gives the same examples."""

from __future__ import annotations

import gzip
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from emnist_files import write_idx

from ocrtool.charset import LATIN
from ocrtool.segment.edges import Edges
from training.datasets import emnist_images as emnist
from training.datasets import unipen
from training.glyphs.examples import REJECT_LABEL, Examples, alone, join, load
from training.glyphs.segmented_pages import UNCLEAR, edge_labels, page_examples
from training.synthesis.degrade import degrade, kept_shares, nearest_labels
from training.synthesis.drawn_page import DrawnPage, Manner, Stamp, set_lines
from training.synthesis.font_face import FontFace, augment_stamp
from training.synthesis.fonts import HELD_OUT, VALIDATION, FontFile, part_of
from training.synthesis.mark_positions import bounded_scale, top_of


@pytest.fixture(scope="module")
def font() -> FontFile:
    """A font that is always there."""
    return FontFile(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", "dejavu-sans", "sans")


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_each_pixel_of_ink_has_the_owner_that_drew_it(font: FontFile) -> None:
    page = set_lines(["H.i"], FontFace(font, 30.0), Manner(tracking=0.5), rng())
    assert page.characters == "H.i"
    columns = [np.flatnonzero((page.label_map == k).any(axis=0)) for k in (1, 2, 3)]
    assert columns[0].max() < columns[1].min() < columns[1].max() < columns[2].min()
    assert (page.label_map[page.ink > 128] > 0).all()
    assert (page.ink[page.label_map > 0] > 0).all()


def test_lines_stand_one_under_the_other(font: FontFile) -> None:
    page = set_lines(["ab", "cd"], FontFace(font, 20.0), Manner(leading=3.0), rng())
    rows = [np.flatnonzero((page.label_map == k).any(axis=1)).max() for k in (1, 3)]
    assert rows[1] - rows[0] == pytest.approx(60, abs=2)


def test_a_face_leaves_out_what_it_lacks() -> None:
    class Face:
        x_height = 10.0

        def stamp(self, character: str, rng: np.random.Generator) -> Stamp | None:
            return None if character == "?" else Stamp(np.full((10, 5), 255, np.uint8), 0.0, 10.0, 6.0, character)

        def space(self, rng: np.random.Generator) -> float:
            return 5.0

        def kerning(self, left: str, right: str) -> float:
            return 0.0

    assert set_lines(["a?b c"], Face(), Manner(), rng()).characters == "abc"
    assert set_lines(["??"], Face(), Manner(), rng()).characters == ""


def test_a_varied_stamp_keeps_its_place() -> None:
    stamp = Stamp(np.full((20, 8), 255, np.uint8), 1.0, 20.0, 9.0, "l")
    augmented = augment_stamp(stamp, 0.0, rng())
    rows, columns = np.nonzero(augmented.ink > 128)
    assert augmented.top - rows.min() == pytest.approx(20, abs=1)
    assert augmented.left + columns.min() == pytest.approx(1, abs=1)


def test_owners_reach_to_the_nearest_ink_only() -> None:
    label_map = np.zeros((9, 30), np.int16)
    label_map[4, 5], label_map[4, 20] = 1, 2
    grown = nearest_labels(label_map, 4.0)
    assert grown[4, 8] == 1 and grown[4, 17] == 2 and grown[4, 12] == 0


def test_lost_ink_is_noticed() -> None:
    ink = np.full((4, 8), 255, np.uint8)
    label_map = np.repeat([[1] * 4 + [2] * 4], 4, axis=0).astype(np.int16)
    pressed = np.ones((4, 8), np.float32)
    pressed[:, 4:7] = 0.0
    assert kept_shares(ink, label_map, pressed, 2).tolist() == [1.0, 0.25]


def test_edges_are_labelled_by_whose_ink_they_hold() -> None:
    # pieces: "a" whole; left and right half of "b"; dust of nobody's
    by_piece = np.array([[0, 100, 0], [0, 0, 50], [0, 0, 50], [30, 0, 0]], float)
    total = np.array([30.0, 100.0, 100.0])
    classes = np.array([UNCLEAR, LATIN.index("a"), LATIN.index("b")], np.int16)
    spans = [(0, 1), (1, 2), (1, 3), (0, 2), (3, 4), (0, 3)]
    start, end = (np.array(side, np.int32) for side in zip(*spans, strict=True))
    labels = edge_labels(Edges(start, end, np.zeros((6, 4), np.int32)), by_piece, total, classes)
    a, b = LATIN.index("a"), LATIN.index("b")
    assert labels.tolist() == [a, REJECT_LABEL, b, REJECT_LABEL, REJECT_LABEL, REJECT_LABEL]


def test_edges_between_good_and_bad_are_unclear() -> None:
    by_piece, total = np.array([[0, 87.0]]), np.array([0.0, 100.0])
    edges = Edges(np.array([0], np.int32), np.array([1], np.int32), np.zeros((1, 4), np.int32))
    assert edge_labels(edges, by_piece, total, np.array([UNCLEAR, 3], np.int16)).tolist() == [UNCLEAR]


def test_a_syllable_with_the_full_stop_beside_it_is_rejected() -> None:
    by_piece = np.array([[0.0, 400.0, 0.0], [0.0, 0.0, 9.0]])  # all but two per cent of the ink is the syllable's
    edges = Edges(np.array([0, 0, 1]), np.array([1, 2, 2]), np.zeros((3, 4), np.int32))
    classes = np.array([UNCLEAR, 5, 7], np.int16)
    assert edge_labels(edges, by_piece, np.array([0.0, 400.0, 9.0]), classes).tolist() == [5, REJECT_LABEL, 7]


def test_a_clean_page_is_cut_to_its_characters(font: FontFile) -> None:
    text = "the quick brown fox jumps over the lazy dog"
    page = set_lines([text] * 3, FontFace(font, 20.0), Manner(leading=2.6, tracking=0.12), rng())
    clean = degrade(DrawnPage(page.ink, page.label_map, page.characters, page.x_height), np.random.default_rng(0))
    made = page_examples(clean, "print", rng())
    found = sorted(LATIN[c] for c in made.labels if c != REJECT_LABEL)
    wanted = sorted(page.characters)
    assert len(set(found) & set(wanted)) >= 0.9 * len(set(wanted))
    assert len(found) >= 0.85 * len(wanted)
    assert (made.labels == REJECT_LABEL).any()
    assert made.images.shape[1:] == (32, 32, 2) and (made.geometry[:, 0] == 1.0).all()


def test_the_same_seed_gives_the_same_examples(font: FontFile) -> None:
    def make() -> Examples:
        generator = np.random.default_rng(11)
        page = set_lines(["same again", "and again"], FontFace(font, 18.0, 0.05), Manner(drift=0.1), generator)
        return page_examples(degrade(page, generator, handwritten=True), "hand_font", generator)

    one, two = make(), make()
    assert np.array_equal(one.images, two.images) and np.array_equal(one.labels, two.labels)


def test_shards_come_back_as_written(tmp_path: Path) -> None:
    images = rng().integers(0, 255, (3, 32, 32, 2)).astype(np.uint8)
    data = join(
        [alone(images, np.array([1, 2, 94], np.int16), "pen"), alone(images[:1], np.array([5]), "emnist_alone")]
    )
    data.save(tmp_path / "shard.npz")
    back = load(tmp_path / "shard.npz")
    assert np.array_equal(back.images, data.images) and back.sources.tolist() == ["pen"] * 3 + ["emnist_alone"]
    with pytest.raises(ValueError, match="differ in length"):
        Examples(images, np.zeros((3, 8), np.float32), np.zeros(2, np.int16), np.zeros(3, "U1"))


def test_held_out_families_are_kept_apart() -> None:
    assert not HELD_OUT & VALIDATION
    assert [part_of(f) for f in ("palatino", "cormorant", "roboto")] == ["test", "validation", "train"]


def test_emnist_is_turned_upright(tmp_path: Path) -> None:
    upright = np.zeros((28, 28), np.uint8)
    upright[4:24, 6], upright[23, 6:20] = 255, 255  # an L
    write_idx(tmp_path / "emnist-pool-train-images-idx3-ubyte.gz", upright.T[None].repeat(3, axis=0))
    for scheme, labels in (("byclass", [21, 255, 255]), ("balanced", [21, 10, 21]), ("letters", [12, 1, 12])):
        write_idx(tmp_path / f"emnist-pool-train-{scheme}-labels-idx1-ubyte.gz", np.array(labels))
    data = emnist.load(tmp_path, "train")
    assert np.array_equal(data.images[0], upright)
    # L by its own class; A by a class of one case; the third may be L or l
    assert emnist.character_labels(data).tolist() == [LATIN.index("L"), LATIN.index("A"), -1]
    assert emnist.character_labels(data, byclass_only=True).tolist() == [LATIN.index("L"), -1, -1]
    (tmp_path / "emnist-pool-train-images-idx3-ubyte.gz").write_bytes(gzip.compress(b"none"))
    with pytest.raises(ValueError, match="not an idx file"):
        emnist.load(tmp_path, "train")


def test_pen_tracks_are_drawn_the_right_way_up(tmp_path: Path) -> None:
    # an L, y upward in the file: down, then right
    points = np.array([[0, 100], [0, 0], [0, 0], [50, 0]], np.int32)
    np.savez(
        tmp_path / "marks.npz",
        label=np.array(["L"]),
        writer=np.array(["abc/1"]),
        points=points,
        stroke_length=np.array([2, 2], np.int32),
        strokes_per_char=np.array([2], np.int32),
    )
    marks = unipen.load(tmp_path / "marks.npz")
    assert len(marks) == 1 and len(marks.characters[0]) == 2
    ink, _ = unipen.draw_strokes(marks.characters[0], 0.5, 3.0)
    half = ink.shape[0] // 2
    assert (ink[half:] > 128).sum() > 1.3 * (ink[:half] > 128).sum()
    assert ink.shape[0] > ink.shape[1]
    assert unipen.extent(marks.characters[0]) == (50.0, 100.0)


def test_marks_stand_where_their_class_usually_does() -> None:
    assert top_of("x", 1.0) == 1.0
    assert top_of("g", 1.6) - 1.6 == pytest.approx(-0.6)
    assert top_of("'", 0.4) > 1.2 and top_of(",", 0.4) < 0.3
    assert bounded_scale("x", 1.0, 1.0) == 1.0
    assert bounded_scale("x", 3.0, 4.0) == pytest.approx(1.3 / 4.0)
