"""What is seen around the paper of a page: the lid of a scanner, a table, torn edges."""

from __future__ import annotations

import cv2
import numpy as np

from ocrtool.imaging.paper import PAPER_LONG_SIDE

#: Dark areas at the edges of an image that cover at most this share of it are what lies around the paper.
EDGE_SHARE = 0.5
#: An image shows what lies around the paper if this share of its rim, seen small, is darker than this share of paper.
RIM_SHARE, DARK_EDGE = 0.02, 128
#: So many small pixels beside what is dark may be dark too.
BESIDE = 2


def dark_edges(gray: np.ndarray) -> np.ndarray:
    """Return where what lies around the paper is seen: dark areas that reach the edge of a small image, (H, W) bool."""
    level = cv2.threshold(gray, 0, 255, cv2.THRESH_OTSU)[0]
    _, labels = cv2.connectedComponents((gray <= level).astype(np.uint8), connectivity=4)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    reaching = np.zeros(int(labels.max()) + 1, bool)
    reaching[rim] = True
    reaching[0] = False
    return np.asarray(reaching[labels])


def outside_paper(flat: np.ndarray) -> np.ndarray | None:
    """Return where an image shows what lies around its paper, (H, W) uint8 1 or 0; None if it shows paper only.

    flat: (H, W) uint8, the page divided by the brightness of its paper. What lies around it may be much darker than
    faint ink, which would not count beside it.
    """
    shrink = max(1.0, max(flat.shape) / PAPER_LONG_SIDE)
    size = (max(1, round(flat.shape[1] / shrink)), max(1, round(flat.shape[0] / shrink)))
    small = cv2.resize(flat, size, interpolation=cv2.INTER_AREA)
    rim = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    if np.count_nonzero(rim < DARK_EDGE) < RIM_SHARE * len(rim):
        return None
    edges = cv2.dilate(dark_edges(small).astype(np.uint8), np.ones((2 * BESIDE + 1,) * 2, np.uint8))
    if edges.mean() > EDGE_SHARE:
        return None
    return cv2.resize(edges, (flat.shape[1], flat.shape[0]), interpolation=cv2.INTER_NEAREST)
