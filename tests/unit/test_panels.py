"""Light text on dark panels is read beside dark text on light paper."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawn_lines import SANS
from PIL import Image, ImageDraw, ImageFont

from ocrtool.imaging.panels import find_panels, turn_round
from ocrtool.imaging.prepare import prepare

TEXT = "Total 1,250.00"


def page_with_panel(ground: int, ink: int = 250, box: tuple[int, int, int, int] = (60, 100, 420, 150)) -> np.ndarray:
    picture = Image.new("L", (700, 300), 250)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(str(SANS), 30)
    draw.text((60, 30), "Ordinary text above it", font=font, fill=20)
    draw.rectangle(box, fill=ground)
    draw.text((box[0] + 14, box[1] + 6), TEXT, font=font, fill=ink)
    return cv2.GaussianBlur(np.asarray(picture), (0, 0), 0.7)


@pytest.mark.parametrize("ground", [20, 80, 140])
def test_text_of_a_panel_is_ink(ground: int) -> None:
    panel, plain = prepare(page_with_panel(ground)), prepare(page_with_panel(250, 20))
    assert panel is not None and plain is not None
    where = (slice(95, 156), slice(55, 426))
    difference = np.abs(panel.soft[where].astype(int) - plain.soft[where])
    assert difference.mean() < 4 and np.count_nonzero(difference > 128) < 20, "as if it stood on paper, without an edge"
    assert len(panel.boxes) == len(plain.boxes)


def test_what_is_no_panel_stays() -> None:
    rng = np.random.default_rng(0)
    soft = 255 - page_with_panel(250, 20)
    assert find_panels(soft, 20.0) == []
    bar = soft.copy()
    bar[200:260, 60:600] = 230
    assert find_panels(bar, 20.0) == [], "a bar without text"
    photograph = soft.copy()
    photograph[180:290, 60:600] = cv2.resize(rng.integers(40, 256, (20, 90), np.uint8), (540, 110))
    assert find_panels(photograph, 20.0) == []
    disc = soft.copy()
    cv2.circle(disc, (300, 225), 60, 230, -1)
    cv2.putText(disc, "12", (260, 240), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 0, 4)
    assert find_panels(disc, 20.0) == []


def test_a_panel_at_the_edge_of_the_page_is_turned_round() -> None:
    gray = page_with_panel(30, box=(-2, 240, 702, 302))
    soft = 255 - gray
    panels = find_panels(soft, 20.0)
    assert [panel.box[0] for panel in panels] == [0] and panels[0].ground > 200
    turned = turn_round(soft, panels, 20.0)
    assert turned.shape == soft.shape and turned[290:, 400:].max() < 30 and turned[250:285, :300].max() > 200
