"""Grey page to ink: polarity, uneven light, local threshold.

Throughout ocrtool, *soft ink* (arrays named ``soft``) is ink intensity, (H, W) uint8 with 0 = paper and 255 = full ink;
*ink* is the boolean foreground mask made from it.
"""

from __future__ import annotations

import cv2
import numpy as np

from ocrtool.imaging.edges import EDGE_SHARE, dark_edges, outside_paper
from ocrtool.imaging.paper import paper_level

#: A page with fewer pixels between its two extremes than this share of the rarer extreme, and of the steps from one to
#: the other along its rows, is already binarised. Smooth type has a pixel between for each step.
BETWEEN_SHARE, STEP_SHARE = 0.1, 0.5
TWO_LEVEL_MARGIN = 32
#: Sauvola & Pietikäinen, "Adaptive document image binarization" (2000): k = 0.2..0.5, R = 128 for 8-bit images.
SAUVOLA_K = 0.22
SAUVOLA_RANGE = 128.0
#: Polarity is measured on an image of at most this many pixels on its long side.
POLARITY_LONG_SIDE = 1200
#: Where the levels of all but the extreme hundredths spread so far and the middle one is so far up in their range, most
#: of the page is bright.
CLEAR_RANGE, BRIGHT = 96, 0.7
#: A page is blank if the contrast of paper and the darkest thousandth of its pixels is below this (grey levels).
MIN_CONTRAST = 24
#: Of a page divided by its paper, the level that is paper, and the palest that type has beside solid black areas.
WHITE, PALEST = 245, 191
#: From this difference in grey levels on, the darkest thousandth is ink whatever the paper.
SURE_CONTRAST = 128
#: Ink is certain from this many standard deviations of the grain of the paper on; of the page averaged over SMOOTHING x
#: SMOOTHING pixels, which a stroke survives and grain does not, from SMOOTH_DEVIATIONS and LEAST_DIFFERENCE grey levels
#: on, at the darkest INK_PIXELS pixels: the dot of a page number.
SURE_DEVIATIONS, SMOOTH_DEVIATIONS, LEAST_DIFFERENCE = 12.0, 8.0, 8.0
SMOOTHING, INK_PIXELS = 3, 20
#: Grain is measured on this share of the pixels, those that differ least from their surroundings; their mean difference
#: in standard deviations, if they are normally distributed.
CALM_SHARE, CALM_MEAN = 0.7, 0.4735
#: Soft ink below the first is paper whatever surrounds it, from the second on ink.
LEAST_INK, FULL_INK = 48, 215
#: Rows of a page thresholded at a time.
BAND_ROWS = 128
#: Every so many rows tell whether a page may have two levels only.
SAMPLED_ROWS = 64
#: Soft ink from this value on counts as ink where a local threshold is not worth its cost.
INK_LEVEL = 110


def is_light_on_dark(gray: np.ndarray, counts: np.ndarray) -> bool:
    """Return True for a page of light ink on dark paper. gray: (H, W) uint8; counts: its `histogram`.

    Ink is rarer than paper, so the brightness about the local mean is skewed toward ink, whatever the lighting. Where
    most of a page is bright, it is paper, though a dark banner may have more text than the rest of the page.
    """
    low, middle, high = np.searchsorted(np.cumsum(counts), np.array([0.01, 0.5, 0.99]) * gray.size)
    if high - low >= CLEAR_RANGE and middle - low > BRIGHT * (high - low):
        return False
    shrink = max(1.0, max(gray.shape) / POLARITY_LONG_SIDE)
    size = (max(1, round(gray.shape[1] / shrink)), max(1, round(gray.shape[0] / shrink)))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    window = max(15, round(max(size) / 12))
    about = cv2.blur(small, (window, window), borderType=cv2.BORDER_REPLICATE)
    np.subtract(small, about, out=about)
    if _skewness(about) <= 0.0:
        return False
    edges = dark_edges(np.clip(small, 0, 255).astype(np.uint8))
    share = float(edges.mean())
    if not 0.0 < share <= EDGE_SHARE:
        return True
    near = cv2.dilate(edges.astype(np.uint8), np.ones((window, window), np.uint8))  # whose local mean they lower
    inside = about[near == 0]
    return len(inside) < EDGE_SHARE * about.size or _skewness(inside) > 0.0


def _skewness(values: np.ndarray) -> float:
    """Return the third moment of values about their mean."""
    centred = values - values.mean()
    return float((centred * centred * centred).mean())


def is_two_level(gray: np.ndarray, counts: np.ndarray) -> bool:
    """Return True if nearly every pixel is black or white, as in fax and archive scans.

    Large black areas outweigh soft text: so the pixels between must be few beside the steps along rows, too.

    gray: (H, W) uint8; counts: its `histogram`.
    """
    low, high = extremes(counts)
    margin = min(TWO_LEVEL_MARGIN, (high - low) // 4)
    dark, bright = int(counts[: low + margin + 1].sum()), int(counts[high - margin :].sum())
    between = int(counts.sum()) - dark - bright
    if between >= BETWEEN_SHARE * min(dark, bright):
        return False
    return between == 0 or between < STEP_SHARE * _steps(gray, (high - low) // 2)


def _steps(gray: np.ndarray, least: int) -> int:
    """Count the neighbours in rows of (H, W) uint8 that differ by more than ``least``."""
    return int(np.count_nonzero(cv2.absdiff(gray[:, 1:], gray[:, :-1]) > least))


def histogram(gray: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """Count the pixels of each level: (256,) int64. gray, mask: (H, W) uint8."""
    if mask is None and gray.size:
        low, high = int(gray.min()), int(gray.max())
        two = ((part := gray[::SAMPLED_ROWS]) == low) | (part == high)
        if two.all():  # a scan in black and white, of which OpenCV counts one pixel after the other, four times as slow
            counts = np.zeros(256, np.int64)
            counts[[low, high]] = [np.count_nonzero(gray == level) for level in (low, high)]
            if counts[low] + counts[high] * (low != high) == gray.size:
                return counts
    return np.asarray(cv2.calcHist([gray], [0], mask, [256], [0, 256])).ravel().astype(np.int64)


def extremes(counts: np.ndarray) -> tuple[int, int]:
    """Return the lowest and the highest level that occurs."""
    levels = np.flatnonzero(counts)
    return int(levels[0]), int(levels[-1])


def soft_ink(gray: np.ndarray) -> np.ndarray:
    """Convert a grey page of any polarity and light to soft ink (H, W) uint8, bright on black.

    The page is divided by the brightness of its paper and stretched, so that paper is 0 and the darkest ink about 255.
    All 0 for a blank page: one where nothing stands out from the grain of the paper.
    """
    counts = histogram(gray)
    if is_light_on_dark(gray, counts):
        gray, counts = cv2.bitwise_not(gray), counts[::-1]
    if is_two_level(gray, counts):
        low, high = extremes(counts)
        flat, stretch = gray, 255.0 / max(1, high - low)
        contrast = high - low
        table = cv2.convertScaleAbs(np.arange(256, dtype=np.uint8), alpha=stretch, beta=-low * stretch).ravel()
    else:
        flat, darkest = _flattened(gray)
        contrast = 255 - darkest
        table = np.clip((np.arange(256) - darkest) * (255.0 / max(1, WHITE - darkest)), 0, 255).astype(np.uint8)
    if contrast < MIN_CONTRAST:
        return np.zeros_like(gray)
    return cv2.LUT(flat, 255 - table)


def _flattened(gray: np.ndarray) -> tuple[np.ndarray, int]:
    """Divide a page (H, W) uint8 by the brightness of its paper: paper becomes 255 or little less. Find its ink level.

    A page whose ink hardly stands out from the grain of its paper, or covers less than a thousandth of it, is smoothed
    first; if nothing stands out then, its ink level is 255.
    """
    paper, solid = paper_level(gray)
    flat = cv2.divide(gray, paper, scale=255.0)
    darkest = _level_at(flat, 0.001 * flat.size)
    if solid is not None:
        darkest = _lightened(flat, solid, darkest)
    outside = outside_paper(flat)
    if outside is not None:
        inner = _level_at(flat, 0.001 * flat.size, 1 - outside)
        if 255 - inner >= SURE_CONTRAST / 2:
            return flat, inner
    if (255 - darkest) / 255.0 * cv2.mean(paper)[0] >= SURE_CONTRAST:
        return flat, darkest
    below = cv2.subtract(paper, gray)
    sure = max(LEAST_DIFFERENCE, SURE_DEVIATIONS * grain(gray))
    if 255 - darkest >= MIN_CONTRAST and _darkness_at(below, 0.001 * flat.size) >= sure:
        return flat, darkest
    smooth = cv2.blur(gray, (SMOOTHING, SMOOTHING))
    below = cv2.subtract(paper, smooth)
    difference = _darkness_at(below, INK_PIXELS) - _darkness_at(below, 0.5 * below.size)
    if difference < max(LEAST_DIFFERENCE, SMOOTH_DEVIATIONS * grain(smooth)):
        return flat, 255
    cv2.divide(smooth, paper, dst=flat, scale=255.0)
    return flat, _level_at(flat, INK_PIXELS)


def _lightened(flat: np.ndarray, solid: np.ndarray, darkest: int) -> int:
    """Lighten solid areas, in place, so that they are no darker than the type of the page. Returns its ink level.

    flat: (H, W) uint8; solid: (H, W) uint8, 1 in solid areas; darkest: level of the darkest ink of all. Otherwise type
    that is paler than they are would be faint.
    """
    level = _level_at(flat, 0.001 * flat.size, 1 - solid)
    if not darkest < level <= PALEST:
        return darkest
    slope = (WHITE - level) / (WHITE - darkest)
    table = np.clip(WHITE + (np.arange(256) - WHITE) * slope, 0, 255).astype(np.uint8)
    cv2.copyTo(cv2.LUT(flat, table), solid, flat)
    return level


def _level_at(gray: np.ndarray, pixels: float, mask: np.ndarray | None = None) -> int:
    """Return the grey level that so many pixels reach or are darker than. mask: (H, W) uint8, 0 where none counts."""
    return int(np.searchsorted(np.cumsum(histogram(gray, mask)), pixels))


def _darkness_at(below: np.ndarray, pixels: float) -> int:
    """Return the difference that so many pixels reach. below: (H, W) uint8, how much darker than the paper each is."""
    return 255 - int(np.searchsorted(np.cumsum(histogram(below)[::-1]), pixels))


def grain(gray: np.ndarray) -> float:
    """Estimate the standard deviation of the grain of the paper in grey levels; ink and edges do not count.

    gray: (H, W) uint8.
    """
    window = 2 * SMOOTHING + 1
    counts = histogram(cv2.absdiff(gray, cv2.blur(gray, (window, window))))
    kept = np.minimum(np.cumsum(counts), CALM_SHARE * gray.size)
    return float(np.diff(kept, prepend=0.0) @ np.arange(256) / kept[-1] / CALM_MEAN)


def sauvola(gray: np.ndarray, window: int) -> np.ndarray:
    """Threshold ink locally, (H, W) bool, by Sauvola's m * (1 + k * (s / R - 1)); ``window`` in pixels, odd."""
    mean = cv2.boxFilter(gray, cv2.CV_32F, (window, window), borderType=cv2.BORDER_REPLICATE)
    threshold: np.ndarray = cv2.sqrBoxFilter(gray, cv2.CV_32F, (window, window), borderType=cv2.BORDER_REPLICATE)
    threshold -= mean * mean
    np.maximum(threshold, 0.0, out=threshold)
    cv2.sqrt(threshold, dst=threshold)  # the deviation
    threshold *= SAUVOLA_K / SAUVOLA_RANGE
    threshold += 1.0 - SAUVOLA_K
    threshold *= mean
    return gray <= threshold


def ink_mask(soft: np.ndarray, window: int) -> np.ndarray:
    """Threshold soft ink (H, W) uint8 to an ink mask (H, W) bool. Full ink counts as ink whatever surrounds it.

    The page is thresholded in bands, with what the window sees of their neighbours: they stay in the processor's cache.
    """
    if is_two_level(soft, histogram(soft)):
        return soft >= 128
    window |= 1
    reach = window // 2
    mask = np.zeros(soft.shape, bool)
    for top in range(0, len(soft), BAND_ROWS):
        band = soft[top : top + BAND_ROWS]
        if band.max() < LEAST_INK:
            continue
        low = max(0, top - reach)
        local = sauvola(255 - soft[low : top + BAND_ROWS + reach], window)[top - low :][: len(band)]
        mask[top : top + BAND_ROWS] = (local & (band >= LEAST_INK)) | (band >= FULL_INK)
    return mask
