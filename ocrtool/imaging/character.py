"""Find the ink of a single character in a scan or photograph of any polarity, light and size.

Ink and paper cannot always be distinguished without reading: a bold character that fills its picture has more ink than
paper. So several views of a picture are returned, and the caller chooses by what it reads in them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocrtool.types import Box

#: Longer side of a view in pixels: more than any classifier sees.
VIEW_SIDE = 128
#: Standard deviation (pixels of the view) of the blur against noise.
SMOOTH = 0.7
#: Paper is the brightest level within this share of the longer side: wider than any stroke, narrower than a shadow.
PAPER_REACH = 0.6
#: Standard deviation (pixels of the view) of the blur of the paper estimate.
PAPER_SOFT = 3.0
#: A picture is blank below this contrast, in grey levels: of the flattened picture (paper 255), and of the original.
LEAST_CONTRAST, LEAST_DIFFERENCE = 20, 16
#: Grey levels below 255 that still count as paper; share of the pixels taken as the darkest ink.
PAPER_LEVEL, DARKEST = 10, 0.001
#: White space around the character when its surroundings are cropped, as a share of its longer side.
MARGIN = 0.3
#: A component is ink only if a pixel exceeds the threshold by this share of the distance to full ink; else it is shade.
DARK_SHARE = 0.3
#: A component with less than the first share of all ink is a speck; with less than the second if it is isolated, that
#: is, farther from every larger component than the third times that component's longer side.
SPECK, LONELY_SPECK, APART = 0.003, 0.03, 0.15
#: Components belong to one character if their gap is at most GAP times the longer side of the larger one, or EQUAL_GAP
#: times if their areas differ by at most a factor of EQUAL, as in a colon.
GAP, EQUAL_GAP, EQUAL = 0.75, 3.5, 2.5
#: A view without the components cut by the border is made only if the others hold this share of the ink.
REST_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class View:
    """One interpretation of a picture.

    glyph: (h, w) uint8 soft ink of the character alone; box: of the character, in pixels of the picture; paper_border:
    share of the picture's border that is paper; whole: True if no component at the border was left out.
    """

    glyph: np.ndarray
    box: Box
    paper_border: float
    whole: bool


def find_views(gray: np.ndarray) -> list[View]:
    """Find the possible views of the character in a picture (H, W) uint8; none if it is blank."""
    found: list[View] = []
    for dark in (gray, 255 - gray):
        ink = _ink(dark)
        for whole in (True, False):
            view = _view(ink, gray.shape, whole)
            if view is not None:
                found.append(_nearer(dark, view))
    return found


def _ink(dark: np.ndarray) -> np.ndarray:
    """Compute the soft ink of a picture of dark ink (H, W) uint8, shrunk to VIEW_SIDE; all 0 if it is blank."""
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
    """Extract the character from the soft ink of a picture of ``shape``.

    None if there is no character; without ``whole``, also if nothing at the border was left out.
    """
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
    """Keep the components of ink (H, W) bool that contain pixels of ``dark``."""
    count, labels = cv2.connectedComponents(ink.astype(np.uint8), connectivity=8)
    kept = np.zeros(count, bool)
    kept[labels[dark & ink]] = True
    kept[0] = False
    return np.asarray(kept[labels])


def _nearer(dark: np.ndarray, view: View) -> View:
    """Enlarge the view if the character is small in a large picture."""
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
    """Mask the ink (H, W) bool of the character: without specks and components far from it.

    Without ``whole``, components that touch the border are left out too. All False if nothing remains or, without
    ``whole``, if no component touches the border.
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
    """Return the cluster of ``pieces`` with most ink. boxes: (N, 4) x, y, width, height; area: (N,) pixels."""
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
    """Return True if two components are parts of one character."""
    alike = max(area[first], area[second]) <= EQUAL * min(area[first], area[second])
    side = max(*boxes[first][2:], *boxes[second][2:])
    return bool(_gap(boxes[first], boxes[second]) <= (EQUAL_GAP if alike else GAP) * side)


def _gap(first: np.ndarray, second: np.ndarray) -> float:
    """Return the distance of two boxes (x, y, width, height); 0 if they overlap."""
    apart = np.maximum(first[:2] - (second[:2] + second[2:]), second[:2] - (first[:2] + first[2:]))
    return float(np.hypot(*np.maximum(apart, 0)))
