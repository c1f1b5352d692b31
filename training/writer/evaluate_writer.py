"""Score writer identification.

    python -m training.writer.evaluate_writer --data DIR

By the compiled form, as the program does it. Closed set: the writers trained on are enrolled with their training pages
and queried with others. Open set: writers never trained on (IAM: all with two pages) are enrolled with one page and
queried with the other, both ways.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import cv2
import numpy as np

from ocrtool.imaging.input import read_pages
from ocrtool.weights.store import open_weights
from ocrtool.writer.compare import Calibration, l2_normalize, rank, similarities
from ocrtool.writer.embed import MOST_PATCHES, SEED, Embedder
from ocrtool.writer.group import group
from ocrtool.writer.patches import choose_windows
from training.command import EXISTING, PATH, data_option, errors_as_messages, latin_fonts_option, weights_option
from training.writer.calibrate import verification
from training.writer.known_pages import find_pages
from training.writer.other_scans import OTHER_SCANS
from training.writer.print_pages import book_pages, drawn_print
from training.writer.report import Closed, write_writer_report
from training.writer.scores import pairwise_f1, refused_at
from training.writer.strips import CutPage, cut_pages

#: Share of pages of known writers that may be called unknown.
FALSE_UNKNOWN = 0.05
#: Pages that are timed.
TIMED = 12
#: Pages of print drawn, and their seed.
DRAWN, DRAWN_SEED = 60, 5


class Scorer:
    """The program's own way from strips to answers."""

    def __init__(self, weights: Path | None, name: str) -> None:
        opened = open_weights(name, weights)
        self._embedder = Embedder(opened)
        self.calibration = Calibration.from_manifest(opened.manifest)

    def pages(self, pages: Sequence[CutPage]) -> np.ndarray:
        """(N, D) of unit length; zeros where the program gives no answer."""
        each = [self._embedder.embed_strips(page.strips).vector for page in pages]
        return np.array([np.zeros(self._embedder.dimensions) if v is None else v for v in each])

    def embed(self, gray: np.ndarray) -> np.ndarray:
        """(D,) of unit length of a page (H, W) uint8; zeros where the program gives no answer."""
        vector = self._embedder.embed(gray).vector
        return np.zeros(self._embedder.dimensions) if vector is None else vector

    def lines(self, pages: Sequence[CutPage]) -> tuple[np.ndarray, np.ndarray]:
        """Each line alone, however short: (L, D) of unit length, and the index of its page (L,)."""
        each = [([strip], k) for k, page in enumerate(pages) for strip in page.strips]
        windows = [choose_windows(strips, np.random.default_rng(SEED), MOST_PATCHES) for strips, _ in each]
        used = [k for k, chosen in enumerate(windows) if chosen]
        vectors = np.array([l2_normalize(self._embedder.mean(each[k][0], windows[k])) for k in used])
        return vectors, np.array([each[k][1] for k in used])

    def patches(self, pages: Sequence[CutPage]) -> tuple[np.ndarray, np.ndarray]:
        """Each patch alone: (P, D) of unit length, and the index of its page (P,)."""
        vectors, page_of = [], []
        for index, page in enumerate(pages):
            windows = choose_windows(page.strips, np.random.default_rng(SEED), MOST_PATCHES)
            vectors += [l2_normalize(self._embedder.mean(page.strips, [window])) for window in windows]
            page_of += [index] * len(windows)
        return np.array(vectors), np.array(page_of)

    def refused(self, pages: Sequence[CutPage]) -> float:
        """Share of the pages that the program takes for print."""
        each = [self._embedder.embed_strips(page.strips).reason for page in pages]
        return float(np.mean(["print" in (refusal or "") for refusal in each]))

    def seconds(self, paths: Sequence[Path]) -> float:
        """From the file to the descriptor, a page, on one core."""
        started = time.perf_counter()
        for path in paths:
            for page in read_pages(path, str(path)):
                self._embedder.embed(page.gray)
        return (time.perf_counter() - started) / len(paths)


def closed_set(scorer: Scorer, known: Sequence[CutPage], asked: Sequence[CutPage]) -> tuple[dict[str, Any], np.ndarray]:
    """Writers enrolled with ``known``: figures of ``asked`` by page, line and patch; the writer named for each page."""
    vectors, names = scorer.pages(known), np.array([page.page.writer for page in known])
    writers = np.unique(names)
    gallery = [vectors[names == writer] for writer in writers]
    named = np.array([writers[rank(v, gallery, scorer.calibration).order[0]] for v in scorer.pages(asked)])
    truth = np.array([page.page.writer for page in asked])
    right: dict[str, float] = {}
    for name, (each, page_of) in {"lines": scorer.lines(asked), "patches": scorer.patches(asked)}.items():
        answers = np.array([writers[rank(v, gallery, scorer.calibration).order[0]] for v in each])
        right |= {name: len(page_of), f"{name}_right": round(float(np.mean(answers == truth[page_of])), 4)}
    figures = {
        "writers": len(writers),
        "pages": len(truth),
        "pages_right": int(np.sum(named == truth)),
        **right,
    }
    return figures, named


def open_set(scorer: Scorer, pages: Sequence[CutPage]) -> dict[str, Any]:
    """Writers never trained on: identification and refusal of those with two pages; verification and grouping."""
    vectors, names = scorer.pages(pages), np.array([page.page.writer for page in pages])
    pairs_of_pages = two_pages_each(names)
    right: list[bool] = []
    known: list[float] = []
    unknown: list[float] = []
    called: dict[str, list[bool]] = {"known": [], "unknown": []}
    for enrolled, asked in ((0, 1), (1, 0)):
        gallery = [vectors[[k]] for k in pairs_of_pages[:, enrolled]]
        for number, query in enumerate(pairs_of_pages[:, asked]):
            full = rank(vectors[query], gallery, scorer.calibration)
            others = rank(vectors[query], gallery[:number] + gallery[number + 1 :], scorer.calibration)
            right.append(bool(full.order[0] == number))
            known.append(-full.unknown)
            unknown.append(-others.unknown)
            called["known"].append(bool(full.unknown > full.probabilities[0]))
            called["unknown"].append(bool(others.unknown > others.probabilities[0]))
    refused, _ = refused_at(np.array(known), np.array(unknown), FALSE_UNKNOWN)
    found = group(vectors, scorer.calibration)
    f1, precision, recall = pairwise_f1(found.number, names)
    return {
        "writers": len(pairs_of_pages),
        "pages": len(names),
        "top1": round(float(np.mean(right)), 4),
        "unknown_refused_at_5_per_cent": round(refused, 4),
        "as_the_program_answers": {
            "false_unknown": round(float(np.mean(called["known"])), 4),
            "unknown_refused": round(float(np.mean(called["unknown"])), 4),
        },
        "verification": verification(vectors, names) | _at_even(vectors, names, scorer.calibration),
        "grouping": {
            "groups": int(found.number.max()) + 1,
            "f1": round(f1, 4),
            "precision": round(precision, 4),
            "recall": round(recall, 4),
        },
    }


def two_pages_each(names: np.ndarray) -> np.ndarray:
    """Indices (W, 2) of the first two pages of each writer who has two. names: (N,) writer of each page.

    Raises ValueError if there are fewer than two such writers.
    """
    pairs_of_pages = [np.flatnonzero(names == writer)[:2] for writer in np.unique(names)]
    pairs = [index for index in pairs_of_pages if len(index) == 2]
    if len(pairs) < 2:
        raise ValueError("two writers with two pages each are needed")
    return np.array(pairs)


def other_scans(scorer: Scorer, pages: Sequence[CutPage]) -> dict[str, dict[str, float]]:
    """Writers enrolled with their first page as it is, queried with the second in other scans."""
    names = np.array([page.page.writer for page in pages])
    pairs_of_pages = two_pages_each(names)
    gallery = [vector[None] for vector in scorer.pages([pages[k] for k in pairs_of_pages[:, 0]])]
    result = {}
    for name, scan in OTHER_SCANS.items():
        right, unknown = [], []
        for number, index in enumerate(pairs_of_pages[:, 1]):
            gray = next(iter(read_pages(pages[index].page.path, pages[index].page.name))).gray
            vector = scorer.embed(scan(gray, number))
            ranking = rank(vector, gallery, scorer.calibration)
            right.append(ranking.order[0] == number)
            unknown.append(ranking.unknown > ranking.probabilities[0])
        result[name] = {"top1": round(float(np.mean(right)), 4), "called_unknown": round(float(np.mean(unknown)), 4)}
    return result


def x_height_spread(pages: Sequence[CutPage]) -> float:
    """Standard deviation of the logarithm of the x-height, by which strips are scaled, between pages of one writer."""
    heights = np.log([np.median([strip.x_height for strip in page.strips]) for page in pages])
    names = np.array([page.page.writer for page in pages])
    off = [heights[names == name] - np.median(heights[names == name]) for name in np.unique(names)]
    return round(float(np.concatenate(off).std()), 4)


def _at_even(vectors: np.ndarray, names: np.ndarray, calibration: Calibration) -> dict[str, float]:
    """Errors of verify, which says "same" from even odds on."""
    upper = np.triu_indices(len(vectors), 1)
    same = (names[:, None] == names[None])[upper]
    said = calibration.log_odds(similarities(vectors, vectors)[upper]) > 0
    return {
        "missed_at_even_odds": round(float(np.mean(~said[same])), 4),
        "false_at_even_odds": round(float(np.mean(said[~same])), 4),
    }


@dataclass(frozen=True, slots=True)
class EvaluationSettings:
    """data: folder with IAM pages and old_books; fonts: of drawn print; drawn: pages of it; scans: also measure other
    scans; report: folder for pictures.
    """

    data: Path
    fonts: Path | None = None
    drawn: int = DRAWN
    scans: bool = False
    report: Path | None = None


def evaluate(scorer: Scorer, settings: EvaluationSettings) -> dict[str, Any]:
    """All scores; with a report of the closed set. Raises OSError, ValueError, InputError."""
    parts = {part: [p for p in find_pages(settings.data) if p.part == part] for part in ("train", "test", "pairs")}
    cut = {part: cut_pages(pages) for part, pages in parts.items()}
    result: dict[str, Any] = {}
    result["closed_set"], named = closed_set(scorer, cut["train"], cut["test"])
    result["open_set"] = open_set(scorer, cut["pairs"])
    result["x_height_spread"] = x_height_spread(cut["train"])
    if settings.scans:
        result["other_scans"] = other_scans(scorer, cut["pairs"])
    drawn = drawn_print(settings.data, settings.fonts, "test", settings.drawn, DRAWN_SEED)
    result["print"] = {
        "handwriting_taken_for_print": round(scorer.refused(cut["test"] + cut["pairs"]), 4),
        "books_recognized": round(scorer.refused(book_pages(settings.data, "test")), 4),
        "drawn_print_recognized": round(scorer.refused(drawn), 4),
    }
    result["seconds_a_page"] = round(scorer.seconds([page.path for page in parts["pairs"][:TIMED]]), 3)
    if settings.report is not None:
        vectors = scorer.pages(cut["train"])
        write_writer_report(settings.report, Closed(cut["train"], cut["test"], vectors, list(named)), result)
    return result


@click.command()
@data_option("iam/ and old_books/")
@click.option(
    "--pages",
    "folder",
    type=EXISTING,
    help="Other pages than IAM: WRITER/PAGE.png or a table; all are taken as never trained on.",
)
@weights_option()
@click.option("--name", default="writer", show_default=True, help="Which weights.")
@latin_fonts_option()
@click.option("--drawn", type=click.IntRange(min=1), default=DRAWN, show_default=True, help="Pages of print drawn.")
@click.option("--scans", is_flag=True, help="Also query with worse and other scans of the pages.")
@click.option("--report", type=PATH, help="Folder for pictures.")
@errors_as_messages()
def main(folder: Path | None, weights: Path | None, name: str, **settings: Any) -> None:
    """Print the scores of writer identification as JSON."""
    cv2.setNumThreads(1)
    scorer = Scorer(weights, name)
    if folder is not None:
        print(json.dumps({"open_set": open_set(scorer, cut_pages(find_pages(folder)))}, indent=1))
    else:
        print(json.dumps(evaluate(scorer, EvaluationSettings(**settings)), indent=1))


if __name__ == "__main__":
    main()
