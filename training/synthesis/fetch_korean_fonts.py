"""Fetch the Korean families of `training.synthesis.hangul_families`.

    python -m training.synthesis.fetch_korean_fonts [--fonts DIR]

Debian's packages are fetched with apt-get (nothing is installed), Fontsource's with npm. Fontsource cuts a Korean font
into about 120 files by Unicode range; they are joined to one file a weight.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from tqdm import tqdm

from training.command import errors_as_messages, korean_fonts_option
from training.synthesis.fetch_fonts import packed_files
from training.synthesis.hangul_families import DEBIAN, DEBIAN_PACKAGES, FONTSOURCE, HANJA_PACKAGES
from training.synthesis.hangul_fonts import default_korean_fonts
from training.synthesis.join_fonts import join

#: Weights taken where a family has them, from light to black.
WEIGHTS = ("300", "400", "700", "900")


def fetch_debian(package: str, folder: Path) -> None:
    """Fonts and licence of ``fonts-PACKAGE`` to ``folder``. Raises CalledProcessError, FileNotFoundError."""
    wanted = {name for table in DEBIAN.values() for names in table.values() for name in names}
    wanted |= set(HANJA_PACKAGES.values())
    with tempfile.TemporaryDirectory() as scratch:
        _run(["apt-get", "download", "-qq", f"fonts-{package}"], scratch)
        archive = next(Path(scratch).glob("*.deb"))
        _run(["dpkg-deb", "-x", str(archive), "content"], scratch)
        content = Path(scratch) / "content"
        files = [path for path in sorted(content.rglob("*")) if path.name in wanted and path.is_file()]
        for path in [*files, *content.rglob("copyright")]:
            shutil.copy(path, folder / path.name)


def fetch_fontsource(family: str, folder: Path) -> None:
    """The family's weights, each joined to one file, and its licence to ``folder``. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as scratch:
        for name, content in packed_files(family):
            (Path(scratch) / name).write_bytes(content)
        licence = Path(scratch) / "LICENSE"
        if licence.is_file():
            shutil.copy(licence, folder / licence.name)
        for weight in WEIGHTS:
            pieces = sorted(Path(scratch).glob(f"{family}-*-{weight}-normal.woff"), key=_order)
            if pieces:
                join(pieces, folder / f"{family}-{weight}.ttf")


def _order(path: Path) -> tuple[bool, bool, int]:
    """Latin first, then the whole of Hangul, then the numbered pieces with what these two lack."""
    number = re.search(r"-(\d+)-\d+-normal$", path.stem)
    return "-latin-" not in path.name, "-korean-" not in path.name, int(number[1]) if number else -1


def _run(command: list[str], folder: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)


def _packages() -> Iterator[tuple[bool, str]]:
    """(is it Debian's, name)."""
    yield from ((True, name) for name in (*DEBIAN_PACKAGES, *HANJA_PACKAGES))
    yield from ((False, name) for names in FONTSOURCE.values() for name in names)


@click.command()
@korean_fonts_option()
@errors_as_messages()
def main(fonts: Path | None) -> None:
    """Fetch the missing Korean font families."""
    folder = fonts or default_korean_fonts()
    for debian, name in tqdm(list(_packages()), desc="fetching", disable=None):
        target = folder / (f"fonts-{name}" if debian else name)
        if target.is_dir():
            continue
        scratch = target.with_name(f".{target.name}")  # becomes the family's folder once all is there
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        try:
            (fetch_debian if debian else fetch_fontsource)(name, scratch)
        except subprocess.CalledProcessError as error:
            raise ValueError(f"{name} could not be fetched: {error.stderr or error}") from None
        scratch.rename(target)
        tqdm.write(str(target))


if __name__ == "__main__":
    main()
