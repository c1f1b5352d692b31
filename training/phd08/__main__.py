"""PHD08, the database of printed Hangul: ``python -m training.phd08 COMMAND --help``.

``convert`` turns its text files into arrays, ``info`` and ``sheet`` show their content, ``generate`` renders more in
the same form in any fonts, ``calibrate`` measures how similar those are to real ones.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import click
from tqdm import tqdm

from ocrtool.errors import printable
from ocrtool.jobs.machine import cores
from training.command import PATH, errors_as_messages, seed_option
from training.phd08.files import Source, find_sources
from training.synthesis.hangul_syllables import all_syllables, characters_in, ks_x_1001, plain_characters

#: At most so many of the characters that no font has are listed.
MISSING_SHOWN = 20
#: Arguments and options shared by commands.
FOLDER = click.argument("folder", metavar="DIR", type=PATH)
CLASSES = click.option("--classes", metavar="라,호,댜", default="", help="Only these syllables, labels in this order.")
JOBS = click.option("--jobs", type=click.IntRange(1), default=None, help="Processes (default: all cores).")


@click.group()
def main() -> None:
    """Convert, inspect and generate data in the form of PHD08."""


@main.command("convert")
@FOLDER
@click.option("--out", type=PATH, required=True, help="FILE.h5, or a folder for .npy pairs.")
@click.option("--width", type=click.IntRange(1, 1024), default=28, show_default=True)
@click.option("--height", type=click.IntRange(1, 1024), default=28, show_default=True)
@click.option(
    "--gaussian-sigma",
    "sigma",
    type=click.FloatRange(0, 20),
    default=0.3,
    show_default=True,
    help="Blur before resizing, standard deviation in pixels; 0 for none.",
)
@click.option("--one-hot", is_flag=True, help="Labels as rows of 0 and 1.")
@click.option(
    "--batch-size", "batch", type=click.IntRange(1), default=2, show_default=True, help="Number of files per .npy pair."
)
@CLASSES
@click.option("--png", "pictures", is_flag=True, help="Also write PNGs, dark ink, in a folder per syllable.")
@JOBS
def convert_command(
    folder: Path,
    out: Path,
    width: int,
    height: int,
    sigma: float,
    one_hot: bool,
    batch: int,
    classes: str,
    pictures: bool,
    jobs: int | None,
) -> None:
    """Convert the .txt files in DIR to arrays. If interrupted, the same command resumes."""
    from training.phd08.conversion import Conversion
    from training.phd08.convert import convert
    from training.phd08.shards import Shape

    start = time.monotonic()
    with errors_as_messages():
        sources = _sources(folder, classes)
        shape = Shape(height, width, sigma)
        conversion = Conversion(sources, out, shape, one_hot, batch, pictures, jobs or cores())
        total = sum(source.size for source in sources)
        with _bar(total, "converting") as bar:
            summary = convert(conversion, _report, lambda source: bar.update(source.size))
    click.echo(
        f"{out}: {summary.samples:,} samples of {len(sources):,} characters, {height}×{width}; "
        f"{total / 1e6:,.1f} MB of text in {time.monotonic() - start:.1f} s"
    )
    _end_with_damage(summary.damaged, len(sources))


@main.command("info")
@FOLDER
@CLASSES
@JOBS
def info_command(folder: Path, classes: str, jobs: int | None) -> None:
    """Count the samples in DIR and measure their size and ink by font."""
    from training.phd08.overview import by_font, file_facts
    from training.synthesis.processes import in_order

    with errors_as_messages():
        sources = _sources(folder, classes)
        files = []
        with _bar(sum(source.size for source in sources), "reading") as bar:
            for facts in in_order(file_facts, sources, jobs or cores()):
                files.append(facts)
                bar.update(facts.size)
    fonts = by_font(files)
    counts = [sum(len(sizes) for sizes in facts.sizes.values()) for facts in files]
    size = sum(source.size for source in sources) / 1e6
    click.echo(f"{folder}: {len(files):,} characters, {sum(counts):,} samples, {size:,.1f} MB")
    if counts:
        click.echo(f"samples of a character: {min(counts):,} to {max(counts):,}")
    click.echo(f"{'font':<24}{'samples':>10}  {'height':>14}  {'width':>14}  {'ink':>6}")
    for font in fonts:
        height, width = (f"{low}–{high} ({mean:.1f})" for low, mean, high in (font.height, font.width))
        click.echo(f"{font.font[:24]:<24}{font.samples:>10,}  {height:>14}  {width:>14}  {font.ink:>6.3f}")
    _end_with_damage(sum(facts.faults > 0 for facts in files), len(files))


@main.command("sheet")
@FOLDER
@CLASSES
@click.option("--most", type=click.IntRange(1, 200), default=12, show_default=True, help="Number of characters shown.")
@click.option(
    "--per-font", type=click.IntRange(1, 50), default=3, show_default=True, help="Number of samples of each font."
)
@seed_option()
@click.option("--out", type=PATH, required=True, help="Picture to write.")
def sheet_command(folder: Path, classes: str, most: int, per_font: int, seed: int, out: Path) -> None:
    """Write a picture of some samples in DIR."""
    import numpy as np

    from training.phd08.overview import draw_sheet

    with errors_as_messages():
        sources = _sources(folder, classes)
        chosen = np.random.default_rng(seed).permutation(len(sources))[:most]
        picture = draw_sheet(sources if classes else [sources[i] for i in sorted(chosen)], per_font, seed)
        try:
            picture.save(out)
        except ValueError as error:  # no known picture format
            raise ValueError(f"{out}: {error}") from None
    click.echo(f"{out}: {picture.width}×{picture.height} pixels")


@main.command("generate")
@click.option("--fonts", "folder", type=PATH, help="Folder of fonts (default: the families).")
@click.option("--part", type=click.Choice(["train", "validation", "test"]), help="Only families of this part.")
@click.option("--fonts-limit", type=click.IntRange(1), help="At most N fonts, chosen at random.", metavar="N")
@click.option("--syllables", default="", metavar="TEXT", help="The characters of this text.")
@click.option("--ksx1001", is_flag=True, help="The 2,350 syllables of PHD08.")
@click.option("--all", "everything", is_flag=True, help="All 11,172 syllables.")
@click.option("--variations", type=click.IntRange(1, 243), default=243, show_default=True, help="Variations per font.")
@click.option("--out", type=PATH, required=True, help="Folder for .txt files, or FILE.h5.")
@seed_option()
@JOBS
def generate_command(
    folder: Path | None,
    part: str | None,
    fonts_limit: int | None,
    syllables: str,
    ksx1001: bool,
    everything: bool,
    variations: int,
    out: Path,
    seed: int,
    jobs: int | None,
) -> None:
    """Render characters in the form of PHD08. If interrupted, the same command resumes."""
    from training.phd08.conversion import HDF5_ENDINGS
    from training.phd08.generate import Generation, choose_fonts, generate, look_up

    with errors_as_messages():
        characters = _characters(syllables, ksx1001, everything)
        fonts = choose_fonts(folder, part, fonts_limit, seed)
        in_hdf5 = out.suffix.lower() in HDF5_ENDINGS
        texts = out.with_name(f".{out.name}.texts") if in_hdf5 else out
        with tqdm(total=len(fonts), desc="fonts", disable=None) as bar:
            for _ in look_up(fonts, jobs or cores()):
                bar.update()
        with tqdm(total=len(characters), desc="drawing", disable=None) as bar:
            work = Generation(characters, tuple(fonts), texts, variations, seed, jobs or cores())
            summary = generate(work, bar.update)
        if in_hdf5 and summary.samples:
            _to_hdf5(texts, out, jobs or cores())
    found = len(characters) - len(summary.missing)
    click.echo(f"{out}: {summary.samples:,} samples of {found:,} characters in {len(fonts)} fonts")
    if summary.missing:
        raise click.ClickException(f"no font has {_abbreviated(summary.missing)}")


@main.command("calibrate")
@click.option("--fonts", "folder", type=PATH, help="Folder of fonts (default: the families).")
@click.option("--data", type=PATH, required=True, help="Folder of real PHD08 files.")
@click.option("--out", type=PATH, required=True, help="Folder for the table and a picture.")
@click.option("--beside", type=PATH, help="Picture with real samples, outside the repository.")
@seed_option()
def calibrate_command(folder: Path | None, data: Path, out: Path, beside: Path | None, seed: int) -> None:
    """Measure how similar generated samples are to real ones. Exit code 1 if a difference exceeds its tolerance."""
    from training.phd08.calibrate import compare, read_real
    from training.phd08.calibration_report import picture, report
    from training.phd08.counterparts import draw_like
    from training.synthesis.hangul_fonts import find_korean_fonts

    with errors_as_messages():
        if beside is not None and beside.resolve().is_relative_to(Path(__file__).resolve().parents[2]):
            raise ValueError(f"{beside}: pictures of real samples may not lie in the repository")
        real = read_real(find_sources(data).files)
        generated = draw_like(real.keys(), find_korean_fonts(folder), seed)
        rows = compare(real, generated)
        out.mkdir(parents=True, exist_ok=True)
        command = "python -m training.phd08 calibrate --data DIR --out docs/hangul"
        (out / "phd08.md").write_text(report(real, rows, command), encoding="utf-8")
        picture(real, generated, beside=False).save(out / "generated.png")
        if beside is not None:
            picture(real, generated, beside=True).save(beside)
    failed = [row.what for row in rows if not row.passed]
    click.echo(f"{out}: {len(rows) - len(failed)} of {len(rows)} comparisons within tolerance")
    if failed:
        raise click.ClickException(f"not within tolerance: {', '.join(failed)}")


def _characters(text: str, ksx1001: bool, everything: bool) -> tuple[str, ...]:
    if bool(text) + ksx1001 + everything != 1:
        raise click.UsageError("give one of --syllables, --ksx1001 and --all")
    characters = all_syllables() if everything else ks_x_1001() if ksx1001 else plain_characters(text)
    if not characters:
        raise click.UsageError("--syllables holds no characters")
    return characters


def _to_hdf5(texts: Path, out: Path, jobs: int) -> None:
    """Convert generated texts into one file and delete them."""
    from training.phd08.conversion import Conversion
    from training.phd08.convert import convert

    sources = find_sources(texts).files
    with _bar(sum(source.size for source in sources), "converting") as bar:
        convert(Conversion(sources, out, jobs=jobs), _report, lambda source: bar.update(source.size))
    shutil.rmtree(texts)


def _abbreviated(characters: tuple[str, ...]) -> str:
    shown = " ".join(characters[:MISSING_SHOWN])
    unlisted = len(characters) - MISSING_SHOWN
    return f"{shown} and {unlisted:,} more characters" if unlisted > 0 else shown


def _sources(folder: Path, classes: str) -> tuple[Source, ...]:
    """The files of a folder; files that are not named after a character are reported."""
    sources = find_sources(folder, characters_in(classes))
    for path in sources.others:
        _report(f"{printable(str(path))}: not named after one character, left out")
    return sources.files


def _bar(total: int, what: str) -> tqdm:
    return tqdm(total=total, desc=what, unit="B", unit_scale=True, disable=None)


def _report(sentence: str) -> None:
    with tqdm.external_write_mode():
        click.echo(sentence, err=True)


def _end_with_damage(damaged: int, files: int) -> None:
    """Exit code 1 if any file was damaged."""
    if damaged:
        raise click.ClickException(f"{damaged} of {files} files are damaged; their other samples were kept")


if __name__ == "__main__":
    main()
