"""From a scanned page of known characters to training examples, by the program's own segmentation.

The classifier must judge every edge of the lattice, so it learns from every kind of edge: those that hold a character
and those that hold half of one, or two.
"""

from __future__ import annotations

import cv2
import numpy as np

from ocrtool.charset import LATIN
from ocrtool.imaging.ink import INK_LEVEL
from ocrtool.imaging.prepare import prepare
from ocrtool.recognize.crops import glyph_geometry, glyph_images
from ocrtool.script.latin.script import LATIN_CROP
from ocrtool.segment.edges import Edges, find_edges
from ocrtool.segment.layout import find_layout
from ocrtool.segment.pieces import cut_pieces
from ocrtool.segment.rectify import rectify
from ocrtool.segment.types import X_HEIGHT, LineImage, Pieces
from training.glyphs.examples import REJECT_LABEL, Examples, no_examples
from training.synthesis.degrade import ScannedPage

#: An edge is an example of a character if at least these shares of the edge's ink are the character's, and of the
#: character's ink are in the edge.
PURE, WHOLE = 0.93, 0.93
#: It is an example of the reject class below one of these; edges in between are not used.
IMPURE, BROKEN = 0.80, 0.80
#: It is also rejected if it holds this share of another character, however small: a full stop beside a syllable would
#: be read as part of it.
MUCH_OF_OTHER = 0.5
#: Share of unlabelled ink from which on an edge is not used, and from which on it is an example of the reject class.
FOREIGN, ALL_FOREIGN = 0.25, 0.9
#: Label of edges that are not used.
UNCLEAR = -1


def ink_by_label(line: LineImage, pieces: Pieces, label_map: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Measure the ink of each character in each piece, and in the whole line: (N, K) and (K,) float64.

    label_map: (H, W) of the line image, 0 = unlabelled, k = character k - 1; count: K, unlabelled included.
    """
    soft = line.soft.ravel().astype(np.float64)
    flat_labels = label_map.ravel().astype(np.int64)
    cells = pieces.labels.ravel().astype(np.int64) * count + flat_labels
    table = np.bincount(cells, weights=soft, minlength=(len(pieces) + 1) * count).reshape(-1, count)
    inked = np.where(line.soft.ravel() > INK_LEVEL, soft, 0.0)
    return table[1:], np.bincount(flat_labels, weights=inked, minlength=count)


def edge_labels(
    edges: Edges, by_piece: np.ndarray, total: np.ndarray, classes: np.ndarray, reject: int = REJECT_LABEL
) -> np.ndarray:
    """Label each edge with the class of its character, ``reject`` or `UNCLEAR`: (E,) int16.

    by_piece, total: from `ink_by_label`; classes: (K,) class of each character, `UNCLEAR` to exclude it; entry 0 is
    unused.
    """
    sums = np.concatenate([np.zeros((1, by_piece.shape[1])), np.cumsum(by_piece, axis=0)])
    held = sums[edges.end] - sums[edges.start]  # (E, K)
    everything = np.maximum(held.sum(axis=1), 1e-9)
    owned = np.maximum(everything - held[:, 0], 1e-9)
    foreign = held[:, 0] / everything
    main = 1 + np.argmax(held[:, 1:], axis=1)
    own_ink = held[np.arange(len(edges)), main]
    pure, whole = own_ink / owned, own_ink / np.maximum(total[main], 1e-9)
    shares = held / np.maximum(total, 1e-9)
    shares[:, 0] = shares[np.arange(len(edges)), main] = 0.0
    mixed = shares.max(axis=1) >= MUCH_OF_OTHER
    labels = np.full(len(edges), UNCLEAR, np.int16)
    good = (pure >= PURE) & (whole >= WHOLE) & (foreign <= FOREIGN) & ~mixed
    labels[good] = classes[main[good]]  # UNCLEAR for a character of which too little is left
    bad = ((pure < IMPURE) | (whole < BROKEN) | mixed) & (foreign <= FOREIGN)
    labels[bad | (foreign > ALL_FOREIGN)] = reject
    return labels


def labels_on_line(label_map: np.ndarray, line: LineImage, to_input: np.ndarray) -> np.ndarray:
    """Warp the label map of the input to the line image: (LINE_ROWS, W) int16."""
    full = np.vstack([to_input, [0, 0, 1]]) @ np.vstack([line.to_page, [0, 0, 1]])
    size = (line.soft.shape[1], line.soft.shape[0])
    return cv2.warpAffine(label_map, full[:2], size, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP, borderValue=0)


def page_examples(page: ScannedPage, source: str, rng: np.random.Generator, reject_share: float = 0.35) -> Examples:
    """Make examples from all lines found on the page. reject_share: share of examples of the reject class."""
    classes = np.array([UNCLEAR, *(LATIN.index(c) for c in page.characters)], np.int16)
    classes[1:][~page.intact] = UNCLEAR
    images, geometry, labels = [], [], []
    prepared = prepare(page.gray)
    if prepared is None:
        return no_examples()
    layout = find_layout(prepared.view())
    working = layout.page
    for region in layout.lines:
        line = rectify(working.soft, layout.line_labels, region)
        pieces = cut_pieces(line)
        if len(pieces) == 0:
            continue
        edges = find_edges(pieces)
        label_map = labels_on_line(page.label_map, line, working.to_input)
        by_piece, total = ink_by_label(line, pieces, label_map, len(classes))
        label = edge_labels(edges, by_piece, total, classes)
        chosen = choose_edges(label, edges.boxes, reject_share, rng)
        edges = edges.take(chosen)
        images.append(glyph_images(line, pieces, edges, LATIN_CROP))
        geometry.append(glyph_geometry(pieces, edges))
        labels.append(label[chosen])
    if not images:
        return no_examples()
    label = np.concatenate(labels)
    return Examples(np.concatenate(images), np.concatenate(geometry), label, np.full(len(label), source))


def choose_edges(
    labels: np.ndarray, boxes: np.ndarray, reject_share: float, rng: np.random.Generator, reject: int = REJECT_LABEL
) -> np.ndarray:
    """Choose all characters and some edges of the reject class, narrow ones first, as wide ones are easy: indices."""
    good, bad = np.flatnonzero((labels >= 0) & (labels != reject)), np.flatnonzero(labels == reject)
    wanted = round(max(4, len(good)) * reject_share / (1.0 - reject_share))
    if len(bad) > wanted:
        width = (boxes[bad, 2] - boxes[bad, 0]) / X_HEIGHT
        odds = np.maximum(width, 0.6) ** -1.5
        bad = rng.choice(bad, wanted, replace=False, p=odds / odds.sum())
    return np.sort(np.concatenate([good, bad]))
