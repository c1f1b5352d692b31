"""Draw Korean characters and lines for training: ``python -m training.glyphs.make_hangul --out FOLDER``.

Writes shards PART-SOURCE-NUMBER.npz (see `training.glyphs.examples`), source ``line`` or ``alone``; labels are places
in `ocrtool.script.hangul.charset.GLYPHS`, the number after the last is a bad cut. A shard depends on the seed, its
source and its number alone, so any number of processes gives the same shards.
"""

from __future__ import annotations

import time
from pathlib import Path

import click
import cv2
import numpy as np

from ocrtool.recognize.crops import HANGUL_CROP, isolated_image
from ocrtool.script.hangul.charset import GLYPHS, MARKS
from training.command import errors_as_messages
from training.glyphs import examples
from training.glyphs.examples import Examples
from training.glyphs.hangul_lines import KoreanPages, page_examples
from training.language.corpus import default_data_folder
from training.synthesis.fonts import find_fonts
from training.synthesis.fonts import part_of as latin_part
from training.synthesis.hangul_fonts import find_korean_fonts
from training.synthesis.hangul_line_text import KoreanLineText
from training.synthesis.hangul_samples import Drawer, any_phd08_scan, any_scan, small_scan
from training.synthesis.hangul_syllables import all_syllables, ks_x_1001
from training.synthesis.processes import in_order

SOURCES = ("line", "alone")
#: Share of each source in the examples asked for.
SHARES = {"line": 0.6, "alone": 0.4}
#: Examples in a shard.
SHARD = 20_000
#: Of the characters alone: share of marks, of syllables of KS X 1001, the rest being any syllable; share drawn by the
#: variations of PHD08, and share left grey.
MARK_SHARE, STANDARD_SHARE = 0.1, 0.45
PHD08_SHARE, GREY_SHARE = 0.3, 0.5
#: How the characters alone are scanned.
SCANS = (any_scan, any_phd08_scan, small_scan)
#: Characters drawn at once.
BATCH = 500


class Maker:
    """Makes examples of one part of the fonts."""

    def __init__(self, data: Path, korean: Path | None, latin: Path | None, part: str, small: float = 0.0) -> None:
        """small: share of small print in the characters alone."""
        fonts = find_korean_fonts(korean, part)
        self._drawers = [Drawer(fonts, scan) for scan in SCANS]
        self._shares = [1.0 - PHD08_SHARE - small, PHD08_SHARE, small]
        self._pages = KoreanPages(
            fonts, [f for f in find_fonts(latin) if latin_part(f.family) == part], KoreanLineText(data)
        )
        drawable = [c for c in GLYPHS if self._drawers[0].fonts_with(c)]
        known = set(drawable)
        self._any = [c for c in all_syllables() if c in known]
        self._standard = [c for c in ks_x_1001() if c in known]
        self._marks = [c for c in MARKS if c in known]

    def examples(self, source: str, rng: np.random.Generator) -> Examples:
        """A page's or a batch's."""
        return page_examples(self._pages.page(rng)[0], source, rng) if source == "line" else self._alone(rng)

    def _alone(self, rng: np.random.Generator) -> Examples:
        marks, standard = round(MARK_SHARE * BATCH), round(STANDARD_SHARE * BATCH)
        chosen = [
            *rng.choice(self._marks, marks),
            *rng.choice(self._standard, standard),
            *rng.choice(self._any, BATCH - marks - standard),
        ]
        drawer = self._drawers[rng.choice(len(SCANS), p=self._shares)]
        drawn = drawer.draw([str(c) for c in chosen], rng, soft=bool(rng.random() < GREY_SHARE))
        images = np.stack([isolated_image(one.image, HANGUL_CROP) for one in drawn])
        return examples.alone(images, np.array([GLYPHS.index(c) for c in chosen]), "alone")


def _write_shard(work: tuple[Path, Path | None, Path | None, str, float, str, int, int, int, Path]) -> str:
    data, korean, latin, part, small, source, number, count, seed, path = work
    cv2.setNumThreads(1)
    started = time.monotonic()
    key = (data, korean, latin, part, small)
    if key not in _makers:
        _makers[key] = Maker(*key)
    rng = np.random.default_rng((seed, SOURCES.index(source), number, len(part)))
    parts: list[Examples] = []
    while sum(map(len, parts)) < count:
        parts.append(_makers[key].examples(source, rng))
    examples.join(parts).take(np.arange(count)).save(path)
    return f"{path.name}: {count} examples in {time.monotonic() - started:.0f} s"


_makers: dict[tuple[Path, Path | None, Path | None, str, float], Maker] = {}


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Folder of data (default: OCRTOOL_DATA).")
@click.option("--fonts", type=click.Path(path_type=Path), help="Korean fonts (default: OCRTOOL_KOREAN_FONTS).")
@click.option("--latin-fonts", type=click.Path(path_type=Path), help="Latin fonts (default: OCRTOOL_FONTS).")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the shards.")
@click.option("--part", type=click.Choice(["train", "validation", "test"]), default="train", show_default=True)
@click.option("--source", "sources", multiple=True, type=click.Choice(SOURCES), help="Default: all.")
@click.option(
    "--small",
    type=click.FloatRange(0.0, 1.0 - PHD08_SHARE),
    default=0.0,
    show_default=True,
    help="Share of small print in the characters alone.",
)
@click.option(
    "--count",
    type=int,
    default=1_000_000,
    show_default=True,
    help=f"Examples of all sources, {SHARES['line']:.0%} of them on lines.",
)
@click.option("--begin", type=int, default=0, show_default=True, help="Number of the first shard of each source.")
@click.option("--jobs", type=click.IntRange(min=1), default=2, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@errors_as_messages()
def main(
    data: Path | None,
    fonts: Path | None,
    latin_fonts: Path | None,
    out: Path,
    part: str,
    sources: tuple[str, ...],
    small: float,
    count: int,
    begin: int,
    jobs: int,
    seed: int,
) -> None:
    """Draw Korean characters and lines, and cut the lines to examples as reading does."""
    out.mkdir(parents=True, exist_ok=True)
    work = []
    for source in sources or SOURCES:
        wanted = round(count * SHARES[source])
        for number, first in enumerate(range(0, wanted, SHARD), start=begin):
            path = out / f"{part}-{source}-{number:03d}.npz"
            size = min(SHARD, wanted - first)
            of = (data or default_data_folder(), fonts, latin_fonts, part, small)
            work.append((*of, source, number, size, seed, path))
    work = sorted((one for one in work if not one[-1].is_file()), key=lambda one: one[6])
    for line in in_order(_write_shard, work, jobs):
        print(line, flush=True)


if __name__ == "__main__":
    main()
