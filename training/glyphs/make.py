"""Draw pages and cut them to training examples: ``python -m training.glyphs.make latin --out FOLDER``.

Writes shards PART-SOURCE-NUMBER.npz (see `training.glyphs.examples`) for `training.glyphs.train`. Existing shards are
kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from training.command import (
    Option,
    all_of,
    data_option,
    errors_as_messages,
    jobs_option,
    korean_fonts_option,
    latin_fonts_option,
    out_option,
    part_option,
    seed_option,
)
from training.glyphs import make_hangul, make_latin
from training.glyphs.shards import Plan
from training.glyphs.shards import make as make_shards

shard_options = all_of(
    out_option("the shards"),
    part_option(),
    click.option(
        "--count", type=click.IntRange(min=1), default=1_000_000, show_default=True, help="Total number of examples."
    ),
    click.option(
        "--begin", type=click.IntRange(min=0), default=0, show_default=True, help="Number of each source's first shard."
    ),
    seed_option(),
    jobs_option(),
)


def _source_option(sources: tuple[str, ...]) -> Option:
    return click.option(
        "--source",
        "sources",
        type=click.Choice(sources),
        multiple=True,
        help="Source of examples; repeatable (default: all).",
    )


@click.group()
def main() -> None:
    """Draw pages of a script and cut them to training examples."""


@main.command()
@data_option("emnist/, unipen/ and gutenberg/")
@latin_fonts_option()
@_source_option(make_latin.SOURCES)
@shard_options
@errors_as_messages()
def latin(data: Path, fonts: Path | None, sources: tuple[str, ...], jobs: int, **plan: Any) -> None:
    """Make Latin examples: print, handwriting fonts, UNIPEN writers and EMNIST images."""
    shards = Plan(shares=make_latin.shares_of(sources), **plan)
    _show(shards, make_latin.LatinSettings(data, fonts, shards.part), make_latin.SOURCES, jobs)


@main.command()
@data_option("korean_text/")
@korean_fonts_option()
@latin_fonts_option("--latin-fonts")
@_source_option(make_hangul.SOURCES)
@click.option(
    "--small",
    type=click.FloatRange(0.0, 1.0 - make_hangul.PHD08_SHARE),
    default=0.0,
    show_default=True,
    help="Share of small print in the isolated characters.",
)
@shard_options
@errors_as_messages()
def hangul(data: Path, sources: tuple[str, ...], jobs: int, **options: Any) -> None:
    """Make Korean examples: isolated characters, and lines."""
    own = {key: options.pop(key) for key in ("fonts", "latin_fonts", "small")}
    shards = Plan(shares=make_hangul.shares_of(sources), **options)
    _show(shards, make_hangul.HangulSettings(data, part=shards.part, **own), make_hangul.SOURCES, jobs)


def _show(plan: Plan, maker: Any, sources: tuple[str, ...], jobs: int) -> None:
    for line in make_shards(plan, maker, sources, jobs):
        print(line, flush=True)


if __name__ == "__main__":
    main()
