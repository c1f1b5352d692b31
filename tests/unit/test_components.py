"""Connected components: their statistics, and percentiles."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocrtool.imaging.components import character_boxes, label_components, look_up
from ocrtool.segment.quantiles import percentile


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (37, 53)])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.4, 1.0])
def test_statistics_are_those_of_opencv(shape: tuple[int, int], share: float) -> None:
    ink = np.random.default_rng(3).random(shape) < share
    labels, stats = label_components(ink)
    _, expected, boxes, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    assert (labels == expected).all()
    assert (stats[1:, :5] == boxes[1:]).all() and not stats[0].any()
    begins = ink & ~np.pad(ink, ((0, 0), (1, 0)))[:, :-1]
    assert (stats[1:, 5] == np.bincount(labels[begins], minlength=len(stats))[1:]).all(), "runs of ink"


def test_boxes_are_the_same_in_bands() -> None:
    """A page taller than a band is cut between its lines, but not where a rule goes from top to bottom."""
    page = np.zeros((1200, 300), bool)
    for row in range(20, 1180, 40):
        for column in range(30, 240, 20):
            page[row : row + 14, column : column + 6] = True
    boxes, _ = character_boxes(page)
    ruled = page.copy()
    ruled[2:1198, 280:284] = True
    assert len(boxes) == 29 * 11
    assert sorted(map(tuple, boxes)) == sorted(map(tuple, character_boxes(ruled)[0]))
    assert boxes.max(axis=0).tolist() == [230, 1140, 236, 1154]


def test_what_is_looked_up_is_paper_where_there_is_no_ink() -> None:
    labels = np.array([[0, 1], [2, 0]], np.int32)
    found = look_up(np.array([9, 5, 7], np.uint16), labels, labels > 0)
    assert found.tolist() == [[0, 5], [7, 0]] and found.dtype == np.uint16


@pytest.mark.parametrize("percent", [0, 12.5, 75, 80, 100])
@pytest.mark.parametrize("count", [1, 2, 7, 1000])
def test_percentiles_are_those_of_numpy(percent: float, count: int) -> None:
    values = np.random.default_rng(count).integers(0, 256, count).astype(np.uint8)
    assert percentile(values, percent) == pytest.approx(np.percentile(values, percent))
    assert percentile(values / 255.0, percent) == pytest.approx(np.percentile(values / 255.0, percent))
