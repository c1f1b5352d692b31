"""Panels: heads of tables, bars, banners, buttons, shaded cells, on which text stands out by another contrast.

The ink of a dark panel with light text is turned round, and of a grey one with dark text its ground is taken away, so
that text is ink and ground is paper as elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

#: Panels are looked for where a character is this high (pixels).
SMALL_HEIGHT = 8.0
#: Soft ink from one of these values on may be the ground of a panel, where it covers squares of so many of the small
#: pixels: wider than strokes, narrower than what stands between the text of a panel and its edge. The darkest panels
#: are found first: a dark head may lie against grey cells.
GROUNDS, SOLID = (170, 110, 56), 3
#: Least height and width of a panel, in character heights; how much of the rectangle around it, skewed as it is, it
#: fills.
LEAST_SIDES, FILLS = (1.5, 2.5), 0.86
#: Half of the pixels of a panel differ from its ground by less than this (soft ink); a picture varies.
EVEN = 15.0
#: What INK_SHARE of a character's square differs from the ground by is the contrast of its text: at least this.
INK_SHARE, LEAST_CONTRAST = 0.5, 60.0
#: Most of a panel that text covers; of its pixels, the share that is neither text nor ground.
TEXT_COVER, BETWEEN_SHARE = 0.5, 0.35
#: Heights of characters on a panel, in those of the page's.
CHARACTERS = (0.4, 15.0)
#: Least number of characters on a panel, and on one of less contrast than the last figure.
FEWEST, FEWEST_PALE, PALE = 2, 4, 100.0
#: Share of the text's pixels that characters have. Other spots from this height on (character heights) are no
#: more than the characters.
TEXT_SHARE, NOISE = 0.7, 0.12
#: So many of the characters have another beside them: nearer than the first (heights of the higher one), level with the
#: second of the lower one, and of no other height than by the third factor. Spots of pictures lie anyhow.
IN_ROWS, NEAR, LEVEL, ALIKE = 0.75, 1.2, 0.5, 2.4
#: More characters than these are not needed to see that.
ENOUGH = 300
#: What is cleared along the edge of a panel within it, in the small pixels, and beyond that around it, in pixels: its
#: blur would be read as a rule.
EDGE, RIM = 1.0, 2


@dataclass(frozen=True, slots=True)
class Panel:
    """box: x0 y0 x1 y1; mask: (h, w) bool, the panel in its box; ground: typical soft ink of its ground; contrast: by
    how much the text on it is stronger, or weaker if negative.
    """

    box: tuple[int, int, int, int]
    mask: np.ndarray
    ground: float
    contrast: float

    def text(self, soft: np.ndarray) -> np.ndarray:
        """Return the strength of text (h, w) float32, 0 to 1, of soft ink on the panel."""
        return np.asarray(np.clip((soft.astype(np.float32) - self.ground) / self.contrast, 0, 1))


def level_panels(soft: np.ndarray, height: float) -> np.ndarray | None:
    """Return soft ink (H, W) uint8 in which the text of panels is ink on paper; None if there are no panels.

    soft: (H, W) uint8; height: of the page's characters (pixels).
    """
    result: np.ndarray | None = None
    for least in GROUNDS:
        panels = find_panels(soft if result is None else result, height, least)
        if panels:
            result = _levelled(soft.copy() if result is None else result, panels, height)
    return result


def find_panels(soft: np.ndarray, height: float, least: int = GROUNDS[-1]) -> list[Panel]:
    """Find the panels whose ground has at least so much soft ink. height: of the page's characters (pixels)."""
    scale = min(1.0, SMALL_HEIGHT / height)
    size = (max(1, round(soft.shape[1] * scale)), max(1, round(soft.shape[0] * scale)))
    small = cv2.resize(soft, size, interpolation=cv2.INTER_NEAREST)
    square = np.ones((SOLID, SOLID), np.uint8)
    ground = cv2.morphologyEx((small >= least).astype(np.uint8), cv2.MORPH_OPEN, square)
    if not ground.any():
        return []
    contours, _ = cv2.findContours(ground, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = [_panel(contour, soft, scale, height) for contour in contours]
    return [panel for panel in found if panel is not None]


def _panel(contour: np.ndarray, soft: np.ndarray, scale: float, height: float) -> Panel | None:
    """Return the panel within a contour on the small page; None if it is none."""
    x, y, w, h = cv2.boundingRect(contour)
    if h < LEAST_SIDES[0] * height * scale or w < LEAST_SIDES[1] * height * scale:
        return None
    _, sides, _ = cv2.minAreaRect(contour)  # of a head across a page that is skewed by 1° the box is twice as high
    if cv2.contourArea(contour) < FILLS * sides[0] * sides[1]:
        return None
    x0, y0 = int(x / scale), int(y / scale)
    x1, y1 = min(soft.shape[1], int(np.ceil((x + w) / scale))), min(soft.shape[0], int(np.ceil((y + h) / scale)))
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    outline = np.round((contour.reshape(-1, 2) + 0.5) / scale - [x0, y0]).astype(np.int32)
    cv2.fillPoly(mask, [outline], 1)
    inside = soft[y0:y1, x0:x1]
    values = inside[_inner(mask, height) > 0].astype(np.int16)
    if len(values) < height * height:
        return None
    ground = float(np.median(values))
    if ground < GROUNDS[-1] or np.median(np.abs(values - ground)) > EVEN:
        return None
    inked = int(INK_SHARE * height * height)
    low, high = np.partition(values, [inked, len(values) - 1 - inked])[[inked, len(values) - 1 - inked]].tolist()
    for contrast in (low - ground, high - ground):
        if abs(contrast) >= LEAST_CONTRAST and _is_split(values, ground, contrast):
            panel = Panel((x0, y0, x1, y1), mask > 0, ground, contrast)
            if _has_text(panel, inside, height):
                return panel
    return None


def _edge(height: float) -> int:
    """Return the width of the edge of a panel in pixels."""
    return int(np.ceil(EDGE * max(1.0, height / SMALL_HEIGHT)))


def _inner(mask: np.ndarray, height: float) -> np.ndarray:
    """Return the mask (h, w) uint8 of a panel without its edge."""
    return np.asarray(cv2.erode(mask, np.ones((2 * _edge(height) + 1,) * 2, np.uint8), borderValue=0))


def _is_split(values: np.ndarray, ground: float, contrast: float) -> bool:
    """Return True if the pixels of a panel, (n,), are text or ground, and few between."""
    strength = (values - ground) / contrast
    text, between = np.mean(strength > 0.65), np.mean((strength > 0.35) & (strength <= 0.65))
    return bool(text <= TEXT_COVER and between <= BETWEEN_SHARE)


def _has_text(panel: Panel, inside: np.ndarray, height: float) -> bool:
    """Return True if characters stand on a panel, away from its edge."""
    kept = _inner(panel.mask.astype(np.uint8), height)
    text = ((panel.text(inside) > 0.5) & (kept > 0)).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(text, connectivity=8)
    x, y, widths, heights, areas = stats[1:].T
    likely = (heights >= CHARACTERS[0] * height) & (heights <= CHARACTERS[1] * height) & (widths <= 8 * heights)
    fewest = FEWEST_PALE if abs(panel.contrast) < PALE else FEWEST
    if np.count_nonzero(likely) < fewest or areas[likely].sum() < TEXT_SHARE * areas.sum():
        return False
    noise = np.count_nonzero(~likely & (heights >= NOISE * height))
    boxes = np.stack([x, y, x + widths, y + heights], axis=1)[likely][:ENOUGH]
    return bool(noise <= np.count_nonzero(likely) and _in_rows(boxes) >= IN_ROWS)


def _in_rows(boxes: np.ndarray) -> float:
    """Return the share of boxes (N, 4) that have another of their kind beside them."""
    x0, y0, x1, y1 = boxes.T
    height = y1 - y0
    tall, low = np.maximum.outer(height, height), np.minimum.outer(height, height)
    gap = np.maximum.outer(x0, x0) - np.minimum.outer(x1, x1)
    overlap = np.minimum.outer(y1, y1) - np.maximum.outer(y0, y0)
    beside = (gap <= NEAR * tall) & (overlap >= LEVEL * low) & (tall <= ALIKE * low)
    np.fill_diagonal(beside, False)
    return float(beside.any(axis=1).mean())


def _levelled(soft: np.ndarray, panels: list[Panel], height: float) -> np.ndarray:
    """Make the text of panels ink on paper, in place. height: of the page's characters (pixels)."""
    pad = _edge(height) + RIM
    for panel in panels:
        x0, y0, x1, y1 = panel.box
        padded = np.pad(panel.mask.astype(np.uint8), pad)
        outer, inner = cv2.dilate(padded, np.ones((2 * pad + 1,) * 2, np.uint8)), _inner(padded, height)
        top, left = max(0, y0 - pad), max(0, x0 - pad)
        part = soft[top : min(len(soft), y1 + pad), left : min(soft.shape[1], x1 + pad)]
        h, w = part.shape
        cut = (slice(top - y0 + pad, top - y0 + pad + h), slice(left - x0 + pad, left - x0 + pad + w))
        outer, inner = outer[cut], inner[cut]
        text = (panel.text(part) * 255).astype(np.uint8)
        part[outer > 0] = np.where(inner > 0, text, 0)[outer > 0]
    return soft
