"""Text on dark and grey panels is read beside dark text on light paper."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawn_lines import SANS
from PIL import Image, ImageDraw, ImageFont

from ocrtool.imaging.panels import find_panels, level_panels
from ocrtool.imaging.prepare import prepare

TEXT = "Total 1,250.00"


def page_with_panel(ground: int, ink: int = 250, box: tuple[int, int, int, int] = (60, 100, 420, 150)) -> np.ndarray:
    picture = Image.new("L", (700, 300), 250)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(str(SANS), 30)
    draw.text((60, 30), "Ordinary text above it", font=font, fill=20)
    draw.rectangle(box, fill=ground)
    draw.text((box[0] + 14, box[1] + 6), TEXT, font=font, fill=ink)
    return cv2.GaussianBlur(np.asarray(picture), (0, 0), 0.7)


@pytest.mark.parametrize(("ground", "ink"), [(20, 250), (80, 250), (140, 250), (130, 10), (190, 20), (90, 200)])
def test_text_of_a_panel_is_ink(ground: int, ink: int) -> None:
    panel, plain = prepare(page_with_panel(ground, ink)), prepare(page_with_panel(250, 20))
    assert panel is not None and plain is not None
    where = (slice(95, 156), slice(55, 426))
    difference = np.abs(panel.soft[where].astype(int) - plain.soft[where])
    assert difference.mean() < 4 and np.count_nonzero(difference > 128) < 20, "as if it stood on paper, without an edge"
    assert len(panel.boxes) == len(plain.boxes)


@pytest.mark.parametrize("ground", [15, 70, 110])
@pytest.mark.parametrize("box", [(0, 0, 700, 450), (40, 30, 660, 330), (0, 0, 320, 1000)])
def test_large_dark_areas_are_panels_too(box: tuple[int, int, int, int], ground: int) -> None:
    def page(level: int, ink: int) -> np.ndarray:
        picture = Image.new("L", (700, 1000), 245)
        draw, font = ImageDraw.Draw(picture), ImageFont.truetype(str(SANS), 30)
        draw.rectangle(box, fill=level)
        draw.text((box[0] + 30, box[1] + 40), "A head line", font=ImageFont.truetype(str(SANS), 48), fill=ink)
        for k, text in enumerate((TEXT, "and more of it")):
            draw.text((box[0] + 30, box[1] + 110 + 45 * k), text, font=font, fill=ink)
            draw.text((350, 700 + 45 * k), "Ordinary " + text, font=font, fill=20)
        return cv2.GaussianBlur(np.asarray(picture), (0, 0), 0.7)

    panel, plain = prepare(page(ground, 250)), prepare(page(245, 20))
    assert panel is not None and plain is not None
    assert len(panel.boxes) == len(plain.boxes) and panel.height == pytest.approx(plain.height, rel=0.03)
    assert np.count_nonzero(np.abs(panel.soft.astype(int) - plain.soft) > 128) < 60


def test_cells_of_neighbouring_greys_below_a_dark_head_hold_dark_text() -> None:
    def page(levels: tuple[int, ...]) -> np.ndarray:
        picture = Image.new("L", (700, 400), 250)
        draw, font = ImageDraw.Draw(picture), ImageFont.truetype(str(SANS), 30)
        for k, level in enumerate(levels):
            draw.rectangle((60, 60 + 55 * k, 640, 114 + 55 * k), fill=level)
            draw.text((80, 68 + 55 * k), f"Row {k} of it", font=font, fill=250 if level < 100 else 20)
            draw.text((430, 68 + 55 * k), f"{k}4,1{k}7.50", font=font, fill=250 if level < 100 else 20)
        return np.asarray(picture)

    shaded, plain = prepare(page((30, 160, 185, 160, 185))), prepare(page((250,) * 5))
    assert shaded is not None and plain is not None
    assert len(shaded.boxes) == len(plain.boxes)
    assert np.count_nonzero(np.abs(shaded.soft.astype(int) - plain.soft) > 128) < 100


def test_heads_across_skewed_pages_are_turned_round() -> None:
    def page(ground: int, ink: int) -> np.ndarray:
        picture = Image.new("L", (1200, 400), 250)
        draw, font = ImageDraw.Draw(picture), ImageFont.truetype(str(SANS), 26)
        draw.rectangle((50, 80, 1150, 124), fill=ground)
        for k in range(4):
            for x, text in ((70, "Article"), (420, "Description"), (1030, "Price")):
                draw.text((x, 84 + 60 * k), text, font=font, fill=20 if k else ink)
        turned = cv2.getRotationMatrix2D((600, 200), 0.8, 1)  # the head rises by a third of its height
        return cv2.warpAffine(np.asarray(picture), turned, (1200, 400), borderValue=250)

    dark, plain = prepare(page(40, 250)), prepare(page(250, 20))
    assert dark is not None and plain is not None
    assert len(dark.boxes) == len(plain.boxes)
    assert np.count_nonzero(np.abs(dark.soft.astype(int) - plain.soft) > 128) < 60


def test_a_shadow_with_dark_text_is_paper() -> None:
    text = page_with_panel(250, 20).astype(float)
    shadow = np.ones(text.shape)
    cv2.fillPoly(shadow, [np.array([[0, 0], [500, 0], [250, 300], [0, 300]])], 0.55)
    page = prepare(np.clip(text * cv2.GaussianBlur(shadow, (0, 0), 3), 0, 255).astype(np.uint8))
    plain = prepare(text.astype(np.uint8))
    assert page is not None and plain is not None and len(page.boxes) == len(plain.boxes)


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
    turned = level_panels(soft, 20.0)
    assert (
        turned is not None
        and turned.shape == soft.shape
        and turned[290:, 400:].max() < 30
        and turned[250:285, :300].max() > 200
    )
