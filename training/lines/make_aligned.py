"""Make training lines of real pages: lines of transcribed sets, each with its part of the transcript.

    python -m training.lines.make_aligned SOURCE OUT --weights DIR

SOURCE is ``books``, ``names``, ``iam`` or ``iam_printed`` (both research only, the latter the hand-printed lines alone,
which may then have a larger share); its training part is used. OUT/SOURCE-NUMBER.npz hold the
strips of the lines that the line reader in DIR reads nearly as the transcript says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import click
import cv2
from tqdm import tqdm

from ocrtool.script.registry import load_script
from ocrtool.script.strip_engine import StripEngine, load_strip_engine
from training.command import data_option, errors_as_messages, weights_option
from training.datasets.transcribed import Transcript, book_pages
from training.datasets.transcribed_sets import SETS
from training.lines.aligned import Aligned, align_crop, align_page
from training.lines.make_lines import SHARD
from training.lines.pages import Sample
from training.lines.shards import pack, write_shard

SOURCES = ("books", "names", "iam", "iam_printed")
#: Sets whose transcripts the line reader needs as they are printed.
AS_PRINTED = {"books": partial(book_pages, part="train", as_printed=True)}
LANGUAGE = "eng"


def open_reader(weights: Path | None) -> StripEngine:
    """The line reader without its language model. Raises WeightsNotFound, WeightsRefused."""
    return load_strip_engine(load_script(LANGUAGE), weights, language_model=False)


def align_all(items: Iterable[Transcript], engine: StripEngine, page: bool) -> Iterator[Aligned]:
    """The lines of each transcript. page: the text runs over the lines of a whole page."""
    for item in items:
        yield align_page(item.gray, item.text, engine) if page else align_crop(item.gray, item.text, engine)


def write_shards(samples: list[Sample], out: Path, source: str) -> None:
    """Write OUT/SOURCE-NUMBER.npz, and remove those of an earlier, longer run."""
    parts = [samples[k : k + SHARD] for k in range(0, len(samples), SHARD)]
    written = [out / f"{source}-{number:03d}.npz" for number in range(len(parts))]
    for path, part in zip(written, parts, strict=True):
        write_shard(path, pack(part))
    for path in set(out.glob(f"{source}-[0-9][0-9][0-9].npz")) - set(written):
        path.unlink()


@click.command()
@click.argument("source", type=click.Choice(SOURCES))
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@data_option("transcribed sets")
@weights_option()
@errors_as_messages()
def main(source: str, out: Path, data: Path, weights: Path | None) -> None:
    """Cut the lines of a transcribed SOURCE and write them to shards in OUT."""
    cv2.setNumThreads(1)
    load, page = SETS[source]
    items = AS_PRINTED.get(source, load)(data)
    found = list(tqdm(align_all(items, open_reader(weights), page), desc=source, unit="image", disable=None))
    samples = [sample for each in found for sample in each.samples]
    if not samples:
        raise ValueError(f"no line of {source} could be aligned with its text")
    out.mkdir(parents=True, exist_ok=True)
    write_shards(samples, out, source)
    click.echo(f"{source}: {len(samples)} lines kept, {sum(each.dropped for each in found)} dropped")


if __name__ == "__main__":
    main()
