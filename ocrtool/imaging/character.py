"""The one character in a small picture: its ink, in a scan or a photograph of any polarity, light and size.

What is ink and what paper cannot always be told without reading: a bold character that fills its picture is more ink
than paper. So a picture is looked at in several ways, and who reads them chooses.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocrtool.types import Box

#: Longer side, in pixels, at which a picture is looked at: more than any classifier sees.
VIEW_SIDE = 128
#: Standard deviation, in pixels of that, of the blur against noise.
SMOOTH = 0.7
#: Paper is the brightest within this share of the longer side: more than any stroke is thick, less than light changes.
PAPER_REACH = 0.6
#: Standard deviation, in pixels of VIEW_SIDE, by which the edges of that are softened.
PAPER_SOFT = 3.0
#: Less contrast than this, noise and light taken out, of paper set to 255, and as it is in the picture: it is blank.
LEAST_CONTRAST, LEAST_DIFFERENCE = 20, 16
#: Grey levels of 255 that are paper still, as on pages; and the share of the picture that is the darkest ink.
PAPER_LEVEL, DARKEST = 10, 0.001
#: White space around the character when it is looked at again, in shares of its longer side.
MARGIN = 0.3
#: A piece with nothing darker than the threshold by this share of what is left to full ink is no ink but shade.
DARK_SHARE = 0.3
#: A piece of less ink than this share of all is a speck; if it lies apart from what is larger, of less than the second,
#: apart being farther than so many times the larger one's longer side.
SPECK, LONELY_SPECK, APART = 0.003, 0.03, 0.15
#: Pieces belong to one character if the gap between them is at most so many times the longer side of the larger one;
#: of pieces about as large as each other, as in a colon, so many times.
GAP, EQUAL_GAP, EQUAL = 0.75, 3.5, 2.5
#: Without what the border cuts off, the rest must hold this share of the ink to be looked at by itself.
REST_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class View:
    """One way to see a picture. glyph: (h, w) uint8 soft ink of a character, nothing else in it; box: where it lies, in
    pixels of the picture; paper_border: share of the picture's border that is paper; whole: nothing was left out at
    the border.
    """

    glyph: np.ndarray
    box: Box
    paper_border: float
    whole: bool


def find_views(gray: np.ndarray) -> list[View]:
    """The ways to see the character in a picture (H, W) uint8; none if it is blank."""
    found: list[View] = []
    for dark in (gray, 255 - gray):
        ink = _ink(dark)
        for whole in (True, False):
            view = _view(ink, gray.shape, whole)
            if view is not None:
                found.append(_nearer(dark, view))
    return found


def _ink(dark: np.ndarray) -> np.ndarray:
    """Soft ink of a picture of dark ink (H, W) uint8, shrunk to VIEW_SIDE; all 0 if it is blank."""
    scale = min(1.0, VIEW_SIDE / max(dark.shape))
    size = (max(1, round(dark.shape[1] * scale)), max(1, round(dark.shape[0] * scale)))
    small = cv2.resize(dark, size, interpolation=cv2.INTER_AREA) if scale < 1.0 else dark
    calm = cv2.GaussianBlur(small, (0, 0), SMOOTH)
    reach = round(PAPER_REACH * max(size)) | 1
    paper = cv2.morphologyEx(calm, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    paper = cv2.GaussianBlur(paper, (0, 0), PAPER_SOFT)
    contrast = 255.0 - np.quantile(cv2.divide(calm, np.maximum(paper, 1), scale=255.0), DARKEST)
    difference = np.quantile(cv2.subtract(paper, calm), 1.0 - DARKEST)
    if contrast < LEAST_CONTRAST or difference < LEAST_DIFFERENCE:
        return np.zeros_like(small)
    ink = 255 - cv2.divide(small, np.maximum(paper, 1), scale=255.0)
    stretched = (ink.astype(np.float32) - PAPER_LEVEL) * (255.0 / (contrast - PAPER_LEVEL))
    return np.asarray(np.clip(stretched, 0, 255).astype(np.uint8))


def _view(soft: np.ndarray, shape: tuple[int, ...], whole: bool) -> View | None:
    """The character in soft ink of a picture of ``shape``; None if there is none, or nothing to leave out."""
    level = cv2.threshold(cv2.GaussianBlur(soft, (0, 0), SMOOTH), 0, 255, cv2.THRESH_OTSU)[0]
    mask = soft > level
    kept_ink = character_mask(_with_dark_core(mask, soft > level + DARK_SHARE * (255.0 - level)), whole)
    if not kept_ink.any():
        return None
    x, y, w, h = cv2.boundingRect(kept_ink.astype(np.uint8))
    rim = cv2.dilate(kept_ink.astype(np.uint8), np.ones((3, 3), np.uint8))  # so that strokes keep their soft edge
    scale = np.array([shape[1] / soft.shape[1], shape[0] / soft.shape[0]])
    (x0, y0), (x1, y1) = (np.rint(np.array(corner) * scale).astype(int) for corner in ((x, y), (x + w, y + h)))
    border = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    box = Box(int(x0), int(y0), int(x1), int(y1))
    return View(cv2.bitwise_and(soft, soft, mask=rim), box, 1.0 - float(border.mean()), whole)


def _with_dark_core(ink: np.ndarray, dark: np.ndarray) -> np.ndarray:
    """Those pieces of ink (H, W) bool that hold pixels of ``dark``."""
    count, labels = cv2.connectedComponents(ink.astype(np.uint8), connectivity=8)
    kept = np.zeros(count, bool)
    kept[labels[dark & ink]] = True
    kept[0] = False
    return np.asarray(kept[labels])


def _nearer(dark: np.ndarray, view: View) -> View:
    """The same from nearer by, if the character is small in a large picture."""
    side = max(view.box.width, view.box.height)
    if max(dark.shape) <= VIEW_SIDE or side * 2 > max(dark.shape):
        return view
    margin, box = round(MARGIN * side), view.box
    x0, y0 = max(0, box.x0 - margin), max(0, box.y0 - margin)
    part = dark[y0 : box.y1 + margin, x0 : box.x1 + margin]
    near = _view(_ink(part), part.shape, view.whole)
    if near is None:
        return view
    moved = Box(near.box.x0 + x0, near.box.y0 + y0, near.box.x1 + x0, near.box.y1 + y0)
    return View(near.glyph, moved, view.paper_border, view.whole)


def character_mask(ink: np.ndarray, whole: bool = True) -> np.ndarray:
    """Of ink (H, W) bool that of the character: no specks, nothing that lies far from it; without ``whole`` nothing
    that touches the border either. All False if nothing is left, or without ``whole`` if nothing is left out.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    area = stats[:, cv2.CC_STAT_AREA].astype(np.int64)
    area[0] = 0
    keep = area > SPECK * area.sum()
    if not whole:
        x, y, w, h = stats[:, :4].T
        cut = (x == 0) | (y == 0) | (x + w == ink.shape[1]) | (y + h == ink.shape[0])
        inside = keep & ~cut
        if not (keep & cut).any() or area[inside].sum() < REST_SHARE * area[keep].sum():
            return np.zeros(ink.shape, bool)
        keep = inside
    chosen = np.zeros(count, bool)
    chosen[_largest_cluster(stats[:, :4].astype(int), area, np.flatnonzero(keep))] = True
    return np.asarray(chosen[labels])


def _largest_cluster(boxes: np.ndarray, area: np.ndarray, pieces: np.ndarray) -> list[int]:
    """Those of ``pieces`` that make the cluster with most ink. boxes: (N, 4) x, y, width, height; area: (N,)."""
    total = int(area[pieces].sum())
    clusters: list[list[int]] = []
    for number in pieces[np.argsort(-area[pieces], kind="stable")]:
        larger = [second for cluster in clusters for second in cluster]
        alone = all(_gap(boxes[number], boxes[second]) > APART * max(boxes[second][2:]) for second in larger)
        if larger and alone and area[number] < LONELY_SPECK * total:
            continue
        joined = [c for c in clusters if any(_belong(number, second, boxes, area) for second in c)]
        clusters = [c for c in clusters if c not in joined] + [[int(number), *(n for c in joined for n in c)]]
    return max(clusters, key=lambda c: int(area[c].sum()), default=[])


def _belong(first: int, second: int, boxes: np.ndarray, area: np.ndarray) -> bool:
    """Whether two pieces are of one character."""
    alike = max(area[first], area[second]) <= EQUAL * min(area[first], area[second])
    side = max(*boxes[first][2:], *boxes[second][2:])
    return bool(_gap(boxes[first], boxes[second]) <= (EQUAL_GAP if alike else GAP) * side)


def _gap(first: np.ndarray, second: np.ndarray) -> float:
    """Distance of two boxes (x, y, width, height); 0 where they overlap."""
    apart = np.maximum(first[:2] - (second[:2] + second[2:]), second[:2] - (first[:2] + first[2:]))
    return float(np.hypot(*np.maximum(apart, 0)))
