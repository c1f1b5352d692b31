"""Light text on dark panels of a page whose other text is dark on light: heads of tables, bars, banners, buttons.

The ink of a panel is turned round, so that its text is ink and its ground is paper as elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

#: Panels are looked for where a character is this high (pixels).
SMALL_HEIGHT = 8.0
#: Soft ink from this value on may be the ground of a panel, where it covers squares of so many of the small pixels:
#: wider than strokes, narrower than what stands between the text of a panel and its edge.
LEAST_GROUND, SOLID = 56, 3
#: Least height and width of a panel, in character heights; how much of its box it fills.
LEAST_SIDES, FILLS = (1.5, 2.5), 0.86
#: Half of the pixels of a panel's ground differ by less than this (grey levels); a picture varies.
EVEN = 30.0
#: Of a panel, the share that is light; of its pixels, the share that is neither light nor ground.
LIGHT_SHARE, BETWEEN_SHARE = (0.01, 0.5), 0.35
#: Heights of characters on a panel, in those of the page's.
CHARACTERS = (0.4, 5.0)
#: Least number of characters on a panel, and on one whose ground is paler than the last figure.
FEWEST, FEWEST_PALE, PALE = 2, 4, 100.0
#: Share of the light pixels that characters have. Other light spots from this height on (character heights) are no
#: more than the characters, and the heights of these differ by no more than the last factor: pictures have all sizes.
TEXT_SHARE, NOISE, SPREAD = 0.7, 0.12, 2.6
#: What is cleared along the edge of a panel, in character heights: its blur would be read as a rule.
EDGE = 0.12


@dataclass(frozen=True, slots=True)
class Panel:
    """box: x0 y0 x1 y1; mask: (h, w) bool, the panel in its box; ground: typical soft ink of its ground."""

    box: tuple[int, int, int, int]
    mask: np.ndarray
    ground: float


def find_panels(soft: np.ndarray, height: float) -> list[Panel]:
    """Find the dark panels with light text. soft: (H, W) uint8 soft ink; height: of the page's characters (pixels)."""
    scale = min(1.0, SMALL_HEIGHT / height)
    size = (max(1, round(soft.shape[1] * scale)), max(1, round(soft.shape[0] * scale)))
    small = cv2.resize(soft, size, interpolation=cv2.INTER_NEAREST)
    square = np.ones((SOLID, SOLID), np.uint8)
    ground = cv2.morphologyEx((small >= LEAST_GROUND).astype(np.uint8), cv2.MORPH_OPEN, square)
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
    if cv2.contourArea(contour) < FILLS * (w - 1) * (h - 1):
        return None
    x0, y0 = int(x / scale), int(y / scale)
    x1, y1 = min(soft.shape[1], int(np.ceil((x + w) / scale))), min(soft.shape[0], int(np.ceil((y + h) / scale)))
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    outline = np.round((contour.reshape(-1, 2) + 0.5) / scale - [x0, y0]).astype(np.int32)
    cv2.fillPoly(mask, [outline], 1)
    inside = soft[y0:y1, x0:x1]
    values = inside[mask > 0]
    if len(values) == 0:
        return None
    ground = float(np.median(values))
    light, dark = values < 0.35 * ground, values > 0.65 * ground
    low, high = np.percentile(values[dark], [25, 75]) if dark.any() else (0.0, 255.0)
    even = ground >= LEAST_GROUND and high - low <= EVEN
    if not even or not LIGHT_SHARE[0] <= light.mean() <= LIGHT_SHARE[1] or (~light & ~dark).mean() > BETWEEN_SHARE:
        return None
    panel = Panel((x0, y0, x1, y1), mask > 0, ground)
    return panel if _has_text(panel, inside, height) else None


def _has_text(panel: Panel, inside: np.ndarray, height: float) -> bool:
    """Return True if light characters stand on a panel, away from its edge."""
    kept = cv2.erode(panel.mask.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0)
    light = ((inside < 0.5 * panel.ground) & (kept > 0)).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(light, connectivity=8)
    heights, widths, areas = (stats[1:, k] for k in (cv2.CC_STAT_HEIGHT, cv2.CC_STAT_WIDTH, cv2.CC_STAT_AREA))
    likely = (heights >= CHARACTERS[0] * height) & (heights <= CHARACTERS[1] * height) & (widths <= 8 * heights)
    fewest = FEWEST_PALE if panel.ground < PALE else FEWEST
    if np.count_nonzero(likely) < fewest or areas[likely].sum() < TEXT_SHARE * areas.sum():
        return False
    noise = np.count_nonzero(~likely & (heights >= NOISE * height))
    low, high = np.percentile(heights[likely], [20, 80])
    return bool(noise <= np.count_nonzero(likely) and high <= SPREAD * low)


def turn_round(soft: np.ndarray, panels: list[Panel], height: float) -> np.ndarray:
    """Return soft ink (H, W) uint8 in which the text of panels is ink. height: of the page's characters (pixels)."""
    result: np.ndarray = soft.copy()
    edge = 2 * max(1, round(EDGE * height)) + 1
    for panel in panels:
        x0, y0, x1, y1 = panel.box
        pad = edge // 2
        padded = np.pad(panel.mask.astype(np.uint8), pad)
        outer = cv2.dilate(padded, np.ones((edge, edge), np.uint8))
        inner = cv2.erode(padded, np.ones((edge, edge), np.uint8), borderValue=0)
        top, left = max(0, y0 - pad), max(0, x0 - pad)
        rows, columns = slice(top, min(len(soft), y1 + pad)), slice(left, min(soft.shape[1], x1 + pad))
        cut = (slice(top - y0 + pad, None), slice(left - x0 + pad, None))
        part = result[rows, columns]
        h, w = part.shape
        outer, inner = outer[cut][:h, :w], inner[cut][:h, :w]
        text = np.clip((panel.ground - soft[rows, columns]) * (255.0 / panel.ground), 0, 255).astype(np.uint8)
        part[outer > 0] = np.where(inner > 0, text, 0)[outer > 0]
    return result
