"""Fetch the Fontsource families of `training.fonts` with npm: ``python -m training.fetch_fonts [--fonts DIR]``."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from pathlib import Path

import click

from training.fonts import FONTSOURCE, default_fonts_folder


def fetch(family: str, folder: Path) -> None:
    """Unpack the Latin files and the licence of one family to ``folder``/``family``. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as scratch:
        command = ["npm", "pack", "--silent", f"@fontsource/{family}"]
        printed = subprocess.run(command, cwd=scratch, check=True, capture_output=True, text=True).stdout
        archive = Path(scratch) / printed.split()[-1]
        with tarfile.open(archive) as package:
            for member in package.getmembers():
                name = member.name.removeprefix("package/")
                wanted = "-latin-" in name and "-latin-ext-" not in name and name.endswith(".woff")
                content = package.extractfile(member) if wanted or name == "LICENSE" else None
                if content is None:
                    continue
                target = folder / family / ("files/" + Path(name).name if wanted else "LICENSE")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())


@click.command()
@click.option("--fonts", "folder", type=click.Path(path_type=Path), default=None, help="Where the families go.")
def main(folder: Path | None) -> None:
    """Fetch every family that is not there yet."""
    folder = folder or default_fonts_folder()
    for family in (name for names in FONTSOURCE.values() for name in names):
        if not (folder / family).is_dir():
            fetch(family, folder)
            print(family)


if __name__ == "__main__":
    main()
