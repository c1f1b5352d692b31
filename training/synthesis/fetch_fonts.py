"""Fetch the Fontsource families of `training.synthesis.fonts` and `training.lines.families` with npm.

python -m training.synthesis.fetch_fonts [--fonts DIR]
"""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from training.command import errors_as_messages, latin_fonts_option
from training.lines.families import table
from training.synthesis.fonts import FONTSOURCE, OFFICE, SAMPLE_HANDS, default_fonts_folder


def packed_files(family: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of each .woff file and of the licence of a Fontsource family. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as scratch:
        command = ["npm", "pack", "--silent", f"@fontsource/{family}"]
        subprocess.run(command, cwd=scratch, check=True, capture_output=True, text=True)
        with tarfile.open(next(Path(scratch).glob("*.tgz"))) as package:
            for member in package.getmembers():
                content = package.extractfile(member) if member.name.endswith((".woff", "LICENSE")) else None
                if content is not None:
                    yield Path(member.name).name, content.read()


def fetch(family: str, folder: Path) -> None:
    """Unpack the Latin files and the licence of one family to ``folder``/``family``. Raises CalledProcessError.

    The files of extended Latin come too: Fontsource keeps the dagger there.
    """
    for name, content in packed_files(family):
        latin = "-latin-" in name
        if latin or name == "LICENSE":
            target = folder / family / ("files/" + name if latin else name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


@click.command()
@latin_fonts_option()
@errors_as_messages()
def main(fonts: Path | None) -> None:
    """Fetch the missing Latin font families."""
    folder = fonts or default_fonts_folder()
    missing = []
    for family in (name for names in (*FONTSOURCE.values(), *OFFICE.values(), SAMPLE_HANDS, table()) for name in names):
        if (folder / family).is_dir():
            continue
        try:
            fetch(family, folder)
            print(family)
        except subprocess.CalledProcessError:
            missing.append(family)
    if missing:
        raise ValueError(f"npm could not fetch {', '.join(missing)}; all other families are in {folder}")


if __name__ == "__main__":
    main()
