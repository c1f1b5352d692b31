"""Report of writer identification: confusion matrix, and the writers most alike as pictures of their lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocrtool.writer.compare import l2_normalize
from training.report.pictures import confusion_picture
from training.report.scores import confusion_matrix
from training.report.write import write_json
from training.writer.strips import CutPage

#: Pairs of writers shown, lines of each, and columns of a line.
PAIRS, LINES, COLUMNS = 8, 2, 900


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed set: enrolled pages and their vectors (N, D) of unit length, queried pages and the writers named."""

    known: Sequence[CutPage]
    asked: Sequence[CutPage]
    vectors: np.ndarray
    named: Sequence[str]


def write_writer_report(folder: Path, closed: Closed, result: Mapping[str, Any]) -> None:
    """report.json, confusion.png and alike.png in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    names = np.array([page.page.writer for page in closed.known])
    writers = list(np.unique(names))
    truth = np.array([writers.index(page.page.writer) for page in closed.asked])
    guesses = np.array([writers.index(writer) for writer in closed.named])
    confusion_picture(confusion_matrix(truth, guesses, len(writers)), writers, folder / "confusion.png")
    cv2.imwrite(str(folder / "alike.png"), alike_picture(closed.known, names, writers, closed.vectors))
    write_json(folder / "report.json", dict(result))


def alike_picture(
    pages: Sequence[CutPage], names: np.ndarray, writers: Sequence[str], vectors: np.ndarray
) -> np.ndarray:
    """(H, W) uint8: the pairs of writers whose mean descriptors are most similar, lines of one beside the other's."""
    means = l2_normalize(np.stack([vectors[names == writer].mean(axis=0) for writer in writers]))
    similar = means @ means.T
    rows, columns = np.triu_indices(len(writers), 1)
    order = np.argsort(-similar[rows, columns])[:PAIRS]
    blocks = []
    for a, b in zip(rows[order], columns[order], strict=True):
        sides = [np.vstack(_lines(pages, names, writers[k])) for k in (a, b)]
        label = np.full((34, 2 * COLUMNS + 20), 255, np.uint8)
        text = f"{writers[a]} and {writers[b]}: similarity {similar[a, b]:.2f}"
        cv2.putText(label, text, (8, 25), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 90, 2, cv2.LINE_AA)
        gap = np.full((len(sides[0]), 20), 200, np.uint8)
        blocks += [label, np.hstack([sides[0], gap, sides[1]])]
    return np.vstack(blocks)


def _lines(pages: Sequence[CutPage], names: np.ndarray, writer: str) -> list[np.ndarray]:
    """LINES lines of a writer, dark on light, all of one size."""
    strips = [strip for page, name in zip(pages, names, strict=True) if name == writer for strip in page.strips]
    chosen = [strips[k % len(strips)] for k in range(LINES)]
    lines = []
    for strip in chosen:
        line = np.full((strip.image.shape[0], COLUMNS), 255, np.uint8)
        part = strip.image[:, :COLUMNS]
        line[:, : part.shape[1]] = 255 - part
        lines.append(line)
    return lines
