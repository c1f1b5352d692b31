"""Real characters and real bad cuts from transcribed pages.

    python -m training.decoder.align_pages --data DIR --out DIR

Reads the training parts with the weights at hand, aligns every line with its text, and writes shards for
``training.glyphs.train_latin --shards``.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ocrtool.options import Options
from ocrtool.recognize.score import SegmentedLine, score_cascade, score_lines
from ocrtool.script.detect import segment_latin
from ocrtool.script.engine import Engine, load_engine
from rapidfuzz.distance import Levenshtein
from tqdm import tqdm

from ocrtool.decode.beam import path_text, search
from ocrtool.decode.lattice import Lattice, build_lattice
from ocrtool.recognize.crops import glyph_geometry, glyph_images
from training.datasets.transcribed import Transcript
from training.decoder.align import Alignment, align
from training.glyphs.examples import REJECT_LABEL, Examples, join

#: A character's label is believed when its own score (nats) is above the first, or above the second between good ones.
GOOD_SCORE, FAIR_SCORE = -4.0, -8.5
#: A line is used when at least this share of its characters is good.
LINE_SHARE = 0.6
#: Bad cuts kept per labelled character.
REJECTS_PER_CHARACTER = 1.2
#: One in so many writers or forms is kept to choose weights by.
HOLD_OUT_STEP = 12
#: A page line is used when what was read there differs from the page's text by less than this share.
LINE_DISTANCE = 0.35


@dataclass(frozen=True, slots=True)
class ScoredLine:
    """A line, its classifier scores (E, 95) and its lattice."""

    line: SegmentedLine
    scores: np.ndarray
    lattice: Lattice


def score_page(gray: np.ndarray, engine: Engine, settling: bool = False) -> list[ScoredLine]:
    """All lines of an image, scored: every edge, or settling as reading does."""
    segmented = segment_latin(gray)
    if segmented is None:
        return []
    lines = [x.line for x in segmented.lines]
    if settling:
        lines, scores = score_cascade(lines, engine.classifier)
    else:
        scores = score_lines(lines, engine.classifier)
    return [ScoredLine(x, s, build_lattice(x.edges, s, engine.spaces(x))) for x, s in zip(lines, scores, strict=True)]


def read_lines(lines: list[ScoredLine], engine: Engine) -> list[str]:
    """Text of each line by the engine's own decoding."""
    lattices = [line.lattice for line in lines]
    return [path_text(p) for p in search(lattices, engine.guide, engine.path_weights, engine.settings.beam)]


def line_texts(read: list[str], truth: str) -> list[str | None]:
    """The stretch of a page's running text that each read line stands for; None where they are too far apart."""
    joined = " ".join(read)
    ops = Levenshtein.opcodes(joined, truth)
    # position in truth of each position in joined
    where = np.zeros(len(joined) + 1, np.int64)
    for op in ops:
        span = op.src_end - op.src_start
        where[op.src_start : op.src_end + 1] = np.round(np.linspace(op.dest_start, op.dest_end, span + 1)).astype(int)
    out: list[str | None] = []
    at = 0
    for text in read:
        stretch = truth[where[at] : where[at + len(text)]].strip()
        at += len(text) + 1
        if text.endswith("-") and not stretch.endswith("-"):
            stretch += "-"  # a word broken at the line's end is whole in the running text
        far = Levenshtein.normalized_distance(text, stretch) if text else 1.0
        out.append(stretch if far <= LINE_DISTANCE and len(stretch) > 1 else None)
    return out


def align_line(line: ScoredLine, text: str, item: Transcript) -> Alignment | None:
    """``align`` for a scored line of a transcript."""
    space = line.lattice.space
    return align(line.line.edges, line.scores, space, text, infix=item.infix, any_case=item.any_case)


def aligned_lines(item: Transcript, engine: Engine, page: bool) -> Iterator[tuple[ScoredLine, Alignment]]:
    """The lines of a transcript with their alignments. page: the text runs over the lines of a whole page."""
    lines = score_page(item.gray, engine)
    if not lines:
        return
    if page:
        texts = line_texts(read_lines(lines, engine), item.text)
        pairs: Iterable[tuple[ScoredLine, str | None]] = zip(lines, texts, strict=True)
    else:
        pairs = [(line, item.text) for line in lines]
    found = [(line, a) for line, text in pairs if text and (a := align_line(line, text, item))]
    if not page and found:  # of the lines in a crop the one that fits: the others are bits of its neighbours
        found = [max(found, key=lambda pair: pair[1].score)]
    for line, a in found:
        if len(a.scores) and np.mean(a.scores > GOOD_SCORE) >= LINE_SHARE:
            yield line, a


def trusted(alignment: Alignment) -> np.ndarray:
    """(n,) bool: characters whose label can be believed."""
    good = alignment.scores > GOOD_SCORE
    beside = np.concatenate([[True], good[:-1]]) & np.concatenate([good[1:], [True]])
    return good | (beside & (alignment.scores > FAIR_SCORE))


def line_examples(
    line: ScoredLine, alignment: Alignment, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """images (n, 32, 32, 2), place (n, 8), labels (n,) of a line: its trusted characters, and bad cuts beside them."""
    edges = line.line.edges
    keep = trusted(alignment)
    chosen, labels = alignment.edges[keep], alignment.labels[keep]
    covered = np.zeros(len(line.line.pieces) + 1, bool)  # pieces of trusted characters
    for e in chosen:
        covered[edges.start[e] : edges.end[e]] = True
    inside = np.array([covered[a:b].all() for a, b in zip(edges.start, edges.end, strict=True)])
    inside[alignment.edges] = False
    candidates = np.flatnonzero(inside)
    count = min(len(candidates), round(REJECTS_PER_CHARACTER * len(chosen)))
    if count:
        # what the classifier takes for a character teaches most; what it refuses already still gets its share
        weight = 0.15 + np.clip(-line.scores[candidates, -1], 0, 4)
        candidates = rng.choice(candidates, count, replace=False, p=weight / weight.sum())
    picked = np.concatenate([chosen, candidates])
    reject = np.full(len(candidates), REJECT_LABEL)
    images = glyph_images(line.line.image, line.line.pieces, edges)[picked]
    places = glyph_geometry(line.line.pieces, edges)[picked]
    return images, places, np.concatenate([labels, reject]).astype(np.int16)


def is_held_out(group: str) -> bool:
    """True for the groups (writers, forms) kept to choose weights by."""
    return zlib.crc32(group.encode()) % HOLD_OUT_STEP == 0


def aligned_examples(
    items: Iterable[Transcript], engine: Engine, page: bool, seed: int, source: str
) -> tuple[Examples, np.ndarray]:
    """Examples of all items, and (N,) str group of each."""
    rng = np.random.default_rng(seed)
    parts, groups = [], []
    for item in tqdm(items, desc=source, disable=None):
        for line, alignment in aligned_lines(item, engine, page):
            images, places, labels = line_examples(line, alignment, rng)
            parts.append(Examples(images, places, labels, np.full(len(labels), source)))
            groups += [item.group] * len(labels)
    return join(parts), np.array(groups)


def write_shards(found: Examples, groups: np.ndarray, out: Path, name: str) -> None:
    """Write ``aligned-NAME.npz`` and ``held-NAME.npz``; all goes to the first where groups are few (books)."""
    names = np.unique(groups)
    held = [g for g in names if is_held_out(g)] if len(names) >= HOLD_OUT_STEP else []
    mask = np.isin(groups, held)
    found.take(~mask).save(out / f"aligned-{name}.npz")
    if mask.any():
        found.take(mask).save(out / f"held-{name}.npz")


def main() -> None:
    from training.datasets.transcribed_sets import SETS, default_data

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_data())
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--sets", nargs="+", choices=sorted(SETS), default=sorted(SETS))
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    engine = load_engine(Options(weights=args.weights))
    args.out.mkdir(parents=True, exist_ok=True)
    for name in args.sets:
        load, page = SETS[name]
        found, groups = aligned_examples(load(args.data), engine, page, args.seed, name)
        write_shards(found, groups, args.out, name)
        print(f"{name}: {np.count_nonzero(found.labels != REJECT_LABEL)} characters", flush=True)


if __name__ == "__main__":
    main()
