"""Strips and patches of handwriting, and what is made of descriptors: ranking, probabilities, groups."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocrtool.writer.compare import Calibration, rank, similarities
from ocrtool.writer.group import group
from ocrtool.writer.patches import MOST_SHARE, PATCH_SIDE, choose_windows, collage, cut_windows, possible_starts
from ocrtool.writer.strips import BASELINE_ROW, STRIP_ROWS, STRIP_X_HEIGHT, find_strips

LINES = ("summer came over some moor", "no more an error was seen", "we saw a vessel move over")


def page(scale: float = 1.0) -> np.ndarray:
    """(H, W) uint8: three lines in a pen's strokes, x-height about 28 px at scale 1."""
    sheet = np.full((round(620 * scale), round(1500 * scale)), 255, np.uint8)
    for number, line in enumerate(LINES):
        origin = round(60 * scale), round((160 + 170 * number) * scale)
        font, pen = cv2.FONT_HERSHEY_SIMPLEX, max(1, round(4 * scale))
        cv2.putText(sheet, line, origin, font, 2.0 * scale, 0, pen, cv2.LINE_AA)
    return sheet


def likeness(a: np.ndarray, b: np.ndarray) -> float:
    """Correlation of two strips whose lengths are the same but for a guess of the x-height."""
    assert abs(a.shape[1] - b.shape[1]) <= 0.05 * b.shape[1]
    return float(np.corrcoef(cv2.resize(a, b.shape[::-1]).ravel(), b.ravel())[0, 1])


def test_a_strip_for_each_line_spans_the_same_part_of_it() -> None:
    strips = find_strips(page())
    assert len(strips) == 3
    for strip in strips:
        assert strip.image.shape[0] == STRIP_ROWS
        rows = (strip.image > 128).sum(axis=1)
        body = np.flatnonzero(rows > 0.4 * rows.max())
        assert abs(body[-1] - BASELINE_ROW) <= 3
        assert abs((body[-1] - body[0]) - STRIP_X_HEIGHT) <= 2


@pytest.mark.parametrize("scale", [0.6, 1.7])
def test_resolution_does_not_show(scale: float) -> None:
    for one, other in zip(find_strips(page()), find_strips(page(scale)), strict=True):
        assert likeness(one.image, other.image) > 0.87


def test_grey_and_two_level_scans_are_alike() -> None:
    gray = cv2.GaussianBlur(page(), (0, 0), 0.8)
    faint = (gray.astype(np.float32) * 0.5 + np.linspace(60, 110, gray.shape[1])).astype(np.uint8)
    two_level = np.where(gray < 128, 0, 255).astype(np.uint8)
    for one, other in zip(find_strips(faint), find_strips(two_level), strict=True):
        assert likeness(one.image, other.image) > 0.93


def test_light_on_dark_gives_the_same_strips() -> None:
    for one, other in zip(find_strips(page()), find_strips(255 - page()), strict=True):
        assert likeness(one.image, other.image) > 0.99


def test_a_blank_page_has_no_strips() -> None:
    assert find_strips(np.full((400, 600), 255, np.uint8)) == []


def test_windows_are_over_ink_seeded_and_a_share_of_those_possible() -> None:
    strips = find_strips(page())
    possible = sum(len(possible_starts(strip.image)) for strip in strips)
    windows = choose_windows(strips, np.random.default_rng(3), 10**9)
    assert len(windows) == int(MOST_SHARE * possible)
    assert len(set(windows)) == len(windows)
    assert windows == choose_windows(strips, np.random.default_rng(3), 10**9)
    assert windows != choose_windows(strips, np.random.default_rng(4), 10**9)
    patches = cut_windows(strips, windows)
    assert patches.shape == (len(windows), PATCH_SIDE, PATCH_SIDE)
    assert ((patches > 128).mean(axis=(1, 2)) > 0.01).all()


def test_few_windows_are_spread_over_all_lines() -> None:
    windows = choose_windows(find_strips(page()), np.random.default_rng(0), 9)
    assert len(windows) == 9
    assert {window.strip for window in windows} == {0, 1, 2}


def test_a_collage_shows_every_patch() -> None:
    patches = cut_windows(strips := find_strips(page()), choose_windows(strips, np.random.default_rng(0), 5))
    sheet = collage(patches, columns=3, gap=2)
    assert sheet.shape == (2 * (PATCH_SIDE + 2) + 2, 3 * (PATCH_SIDE + 2) + 2)
    assert (sheet[2 : 2 + PATCH_SIDE, 2 : 2 + PATCH_SIDE] == 255 - patches[0]).all()


def page_vectors(count: int, pages: int, spread: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors (count * pages, 32) about ``count`` directions, and the number of each's direction."""
    rng = np.random.default_rng(seed)
    writer_of = np.repeat(np.arange(count), pages)
    vectors = rng.normal(size=(count, 32))[writer_of] + spread * rng.normal(size=(count * pages, 32))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), writer_of


CALIBRATION = Calibration(slope=20.0, offset=-10.0, grouping_threshold=1.0)


@pytest.mark.parametrize("key", ["grouping_threshold", "apart"])
def test_calibration_of_manifests_old_and_new(key: str) -> None:
    manifest = {"calibration": {"slope": 20, "offset": -10, key: 1}}
    assert Calibration.from_manifest(manifest) == CALIBRATION


def test_probabilities_sum_to_one_and_name_the_writer() -> None:
    vectors, writer_of = page_vectors(5, 3, 0.2)
    for writer in range(5):
        own = vectors[writer_of == writer]
        known = [vectors[writer_of == k][1:] for k in range(5)]
        ranking = rank(own[0], known, CALIBRATION)
        assert ranking.order[0] == writer
        assert ranking.probabilities[0] > 0.999
        assert np.sum(ranking.probabilities) + ranking.unknown == pytest.approx(1.0)
        assert (np.diff(ranking.probabilities) <= 0).all()


def test_a_hand_that_is_not_known_is_unknown() -> None:
    vectors, writer_of = page_vectors(6, 2, 0.2)
    known = [vectors[writer_of == k] for k in range(1, 6)]
    ranking = rank(vectors[0], known, CALIBRATION)
    assert ranking.unknown > 0.99 and ranking.probabilities[0] < 0.01


def test_with_nobody_known_every_hand_is_unknown() -> None:
    assert rank(np.ones(4) / 2, [], CALIBRATION).unknown == 1.0


def test_the_probability_of_one_hand_rises_with_similarity() -> None:
    same = CALIBRATION.same_writer(np.array([-1.0, 0.0, 0.5, 1.0]))
    assert (np.diff(same) > 0).all()
    assert same[2] == pytest.approx(0.5)


def test_pages_are_grouped_by_hand_and_numbered_as_they_come() -> None:
    vectors, writer_of = page_vectors(4, 3, 0.25)
    order = np.random.default_rng(1).permutation(len(writer_of))
    groups = group(vectors[order], CALIBRATION)
    same = writer_of[order][:, None] == writer_of[order][None]
    assert ((groups.number[:, None] == groups.number[None]) == same).all()
    _, first = np.unique(groups.number, return_index=True)
    assert (np.diff(first) > 0).all()
    assert (groups.confidence > 0.99).all()


def test_what_a_collection_has_in_common_does_not_make_one_group_of_it() -> None:
    vectors, writer_of = page_vectors(20, 3, 0.25)
    common = np.zeros(32)
    common[0] = 1.5
    shifted = vectors + common
    shifted /= np.linalg.norm(shifted, axis=1, keepdims=True)
    same = writer_of[:, None] == writer_of[None]
    found = group(shifted, CALIBRATION).number
    assert ((found[:, None] == found[None]) == same).all()


def test_a_page_between_two_hands_is_placed_without_confidence() -> None:
    vectors, _ = page_vectors(2, 2, 0.05)
    between = vectors[0] + vectors[2]
    groups = group(np.vstack([vectors, between / np.linalg.norm(between)]), Calibration(20.0, -8.0))
    assert groups.confidence[-1] < 0.51 and groups.confidence[:4].min() > 0.99


def test_similarity_is_the_cosine() -> None:
    a = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert similarities(a, a) == pytest.approx(np.eye(2))
