"""Cut labelled characters and non-characters (examples of the reject class) from transcribed pages.

    python -m training.decoder.align_pages --data DIR --out DIR

Reads the training parts with the given weights, aligns every line with its text, and writes shards for
``training.glyphs.train latin --shards``.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
import numpy as np
from tqdm import tqdm

from ocrtool.recognize.crops import glyph_geometry, glyph_images
from ocrtool.script.latin.script import LATIN_CROP
from training.command import data_option, errors_as_messages, out_option, seed_option, weights_option
from training.datasets.transcribed import Transcript
from training.datasets.transcribed_sets import SETS
from training.decoder.aligned_lines import AlignedLine, aligned_lines
from training.decoder.engines import Engine, open_engine
from training.decoder.samples import HOLD_OUT_STEP, is_held_out
from training.glyphs.examples import REJECT_LABEL, Examples, join

#: Examples of the reject class kept per labelled character.
REJECTS_PER_CHARACTER = 1.2
#: Odds that a non-character is kept: this, and more (nats, at most) the surer the classifier takes it for a character.
LEAST_ODDS, MOST_NATS = 0.15, 4.0


def line_examples(aligned: AlignedLine, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut the trusted characters of a line and non-characters near them.

    Returns images (n, 32, 32, 2), geometry (n, 8) and labels (n,).
    """
    line, alignment, lattice = aligned.line.line, aligned.alignment, aligned.line.lattice
    edges, keep = line.edges, aligned.trusted()
    chosen, labels = alignment.edges[keep], alignment.labels[keep]
    covered = np.zeros(len(line.pieces) + 1, bool)  # pieces of trusted characters
    for e in chosen:
        covered[edges.start[e] : edges.end[e]] = True
    inside = np.array([covered[a:b].all() for a, b in zip(edges.start, edges.end, strict=True)])
    inside[alignment.edges] = False
    bad = np.flatnonzero(inside)
    count = min(len(bad), round(REJECTS_PER_CHARACTER * len(chosen)))
    if count:
        # what the classifier takes for a character teaches most; what it refuses already still gets its share
        odds = LEAST_ODDS + np.clip(-lattice.reject[bad], 0, MOST_NATS)
        bad = rng.choice(bad, count, replace=False, p=odds / odds.sum())
    picked = np.concatenate([chosen, bad])
    images = glyph_images(line.image, line.pieces, edges, LATIN_CROP)[picked]
    geometry = glyph_geometry(line.pieces, edges)[picked]
    return images, geometry, np.concatenate([labels, np.full(len(bad), REJECT_LABEL)]).astype(np.int16)


def aligned_examples(
    items: Iterable[Transcript], engine: Engine, page: bool, seed: int, source: str
) -> tuple[Examples, np.ndarray]:
    """Examples of all items, and (N,) str group of each. Raises ValueError where no line could be aligned."""
    rng = np.random.default_rng(seed)
    parts, groups = [], []
    for item in tqdm(items, desc=source, disable=None):
        for line in aligned_lines(item, engine, page):
            images, geometry, labels = line_examples(line, rng)
            parts.append(Examples(images, geometry, labels, np.full(len(labels), source)))
            groups += [item.group] * len(labels)
    if not parts:
        raise ValueError(f"no line of {source} could be aligned with its text")
    return join(parts), np.array(groups)


def write_shards(found: Examples, groups: np.ndarray, out: Path, name: str) -> None:
    """Write ``aligned-NAME.npz`` and ``held-NAME.npz``; all goes to the first where groups are few (books)."""
    names = np.unique(groups)
    held = [g for g in names if is_held_out(g)] if len(names) >= HOLD_OUT_STEP else []
    mask = np.isin(groups, held)
    found.take(~mask).save(out / f"aligned-{name}.npz")
    if mask.any():
        found.take(mask).save(out / f"held-{name}.npz")


@click.command()
@data_option("transcribed sets")
@out_option("the shards")
@weights_option()
@click.option(
    "--set", "sets", type=click.Choice(sorted(SETS)), multiple=True, help="Use only these sets (default: all)."
)
@seed_option(1)
@errors_as_messages()
def main(data: Path, out: Path, weights: Path | None, sets: tuple[str, ...], seed: int) -> None:
    """Cut labelled characters and non-characters from the training parts of transcribed sets."""
    engine = open_engine("latin", weights)
    out.mkdir(parents=True, exist_ok=True)
    for name in sets or sorted(SETS):
        load, page = SETS[name]
        found, groups = aligned_examples(load(data), engine, page, seed, name)
        write_shards(found, groups, out, name)
        click.echo(f"{name}: {np.count_nonzero(found.labels != REJECT_LABEL)} characters")


if __name__ == "__main__":
    main()
