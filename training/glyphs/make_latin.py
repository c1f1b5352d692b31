"""Draw pages and cut them to training examples: ``python -m training.glyphs.make_glyphs --out FOLDER``.

Writes shards PART-SOURCE-NUMBER.npz (see `training.glyphs.examples`). A shard depends on the seed, its source and its
number alone, so any number of processes gives the same shards.
"""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import click
import cv2
import numpy as np

from training.glyphs import examples
from training.glyphs.examples import Examples
from training.glyphs.segmented_pages import page_examples
from training.language.corpus import default_data_folder
from training.synthesis.drawn_pages import PageMaker

SOURCES = ("print", "hand_font", "pen", "emnist")
#: Share of each source in the examples asked for.
SHARES = {"print": 0.42, "hand_font": 0.2, "pen": 0.22, "emnist": 0.16}
#: Examples in a shard.
SHARD = 20_000

_maker: PageMaker | None = None


def shard_examples(maker: PageMaker, source: str, count: int, seed: tuple[int, ...]) -> Examples:
    """``count`` examples of pages of ``source``; the same for the same seed."""
    rng = np.random.default_rng(seed)
    parts: list[Examples] = []
    have = 0
    while have < count:
        made = page_examples(maker.page(source, rng), source, rng)
        if len(made):
            parts.append(made)
            have += len(made)
    return examples.join(parts).take(np.arange(count))


def _open_maker(data: Path, fonts: Path | None, part: str) -> None:
    global _maker
    cv2.setNumThreads(1)
    _maker = PageMaker(data, fonts, part)


def _write_shard(source: str, number: int, count: int, seed: int, path: Path) -> str:
    assert _maker is not None
    started = time.monotonic()
    made = shard_examples(_maker, source, count, (seed, SOURCES.index(source), number))
    made.save(path)
    return f"{path.name}: {count} examples in {time.monotonic() - started:.0f} s"


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Folder of data (default: OCRTOOL_DATA).")
@click.option(
    "--fonts", type=click.Path(path_type=Path), default=None, help="Fontsource families (default: OCRTOOL_FONTS)."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the shards.")
@click.option("--part", type=click.Choice(["train", "validation", "test"]), default="train", show_default=True)
@click.option("--count", type=int, default=1_000_000, show_default=True, help="Examples in all.")
@click.option("--source", "only", type=click.Choice(SOURCES), multiple=True, help="Only these sources.")
@click.option("--begin", type=int, default=0, show_default=True, help="Number of the first shard of each source.")
@click.option("--jobs", type=int, default=2, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
def main(
    data: Path | None,
    fonts: Path | None,
    out: Path,
    part: str,
    count: int,
    only: tuple[str, ...],
    begin: int,
    jobs: int,
    seed: int,
) -> None:
    """Draw pages and cut them to training examples."""
    out.mkdir(parents=True, exist_ok=True)
    chosen = only or SOURCES
    total = sum(SHARES[s] for s in chosen)
    work = []
    for source in chosen:
        wanted = round(count * SHARES[source] / total)
        for number, first in enumerate(range(0, wanted, SHARD), start=begin):
            path = out / f"{part}-{source}-{number:03d}.npz"
            work.append((source, number, min(SHARD, wanted - first), seed, path))
    work.sort(key=lambda item: (item[1], SOURCES.index(item[0])))
    with ProcessPoolExecutor(
        jobs, initializer=_open_maker, initargs=(data or default_data_folder(), fonts, part)
    ) as pool:
        for line in pool.map(_write_shard, *zip(*work, strict=True)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
