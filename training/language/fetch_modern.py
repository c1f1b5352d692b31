"""Fetch English text of today for the language model: manuals and a word list that Debian packages.

python -m training.language.fetch_modern OUT
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from ocrtool.files import atomic_write
from training.command import PATH, errors_as_messages
from training.language.english_sources import WORD_LIST
from training.language.html_text import paragraphs

#: Shorter files, in characters, are indices and redirections.
SHORTEST_FILE = 800


@dataclass(frozen=True, slots=True)
class Package:
    """name: of the package; pages: pattern that the paths of its pages match; licence: of the text."""

    name: str
    pages: str
    licence: str


PACKAGES = (
    Package("python3.11-doc", r"html/(tutorial|faq|howto|whatsnew|library|extending)/[^/]*\.html", "PSF-2.0"),
    Package("postgresql-doc-15", r"html/[^/]*\.html", "PostgreSQL licence"),
    Package(
        "linux-doc-6.1",
        r"html/(process|doc-guide|filesystems|security|maintainer|kernel-hacking|scheduler|mm|networking)/.*\.html",
        "GPL-2.0",
    ),
    Package("debian-handbook", r"html/en-US/[^/]*\.html", "GPL-2.0-or-later or CC-BY-SA-3.0"),
    Package("developers-reference", r"share/developers-reference/[^/]*\.html", "GPL-2.0"),
    Package("debian-policy", r"policy\.html/[^/]*\.html|fhs/[^/]*\.html", "GPL-2.0-or-later, FHS as X11"),
    Package("git-doc", r"git-doc/(?!RelNotes)[^/]*\.html", "GPL-2.0"),
)
#: The word list: SCOWL, whose licence permits any use.
WORDS = Package("wamerican", r"dict/american-english", "SCOWL licence")


def fetch(out: Path, packages: tuple[Package, ...] = PACKAGES, words: Package = WORDS) -> list[str]:
    """Download the packages and write their text to ``out``. Returns a line on each.

    Raises ValueError where there is no apt, OSError where a download fails.
    """
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise ValueError(f"{tool} is not installed: only Debian and systems made from it can fetch these packages")
    told, seen = [], set[str]()
    for package in packages:
        pages = extract(_files(package), out / package.name, seen)
        told.append(f"{package.name}: {pages} pages ({package.licence})")
    for _, text in _files(words):
        with atomic_write(out / WORD_LIST) as file:
            file.write(text.encode())
        told.append(f"{words.name}: {len(text.split())} words ({words.licence})")
    return told


def extract(files: Iterator[tuple[str, str]], folder: Path, seen: set[str]) -> int:
    """Write the paragraphs of HTML ``files`` (path, content) to text files in ``folder``. Returns how many are written.

    A paragraph in ``seen`` is left out: what recurs, such as a manual's frame, would be in train and test part alike.
    """
    written = 0
    for path, content in files:
        kept = [text for text in dict.fromkeys(paragraphs(content)) if text not in seen]
        seen.update(kept)
        if sum(map(len, kept)) < SHORTEST_FILE:
            continue
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9.-]+", "_", path.removesuffix(".html")).strip("_.")
        with atomic_write(folder / f"{name}.txt") as file:
            file.write("\n\n".join(kept).encode())
        written += 1
    return written


def _files(package: Package) -> Iterator[tuple[str, str]]:
    """Paths, behind the package's own folder, and contents of its files whose paths match."""
    wanted = re.compile(package.pages)
    with tempfile.TemporaryDirectory() as folder:
        _run(["apt-get", "download", package.name], folder)
        [archive] = Path(folder).glob("*.deb")
        tree = Path(folder) / "tree.tar"
        with tree.open("wb") as file:
            subprocess.run(["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=file, check=True)
        with tarfile.open(tree) as members:
            for member in members:
                if member.isfile() and (found := wanted.search(member.name)):
                    content = members.extractfile(member)
                    assert content is not None  # it is a file
                    yield member.name[found.start() :], content.read().decode("utf-8", "replace")


def _run(command: list[str], folder: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        message = " ".join((done.stderr.strip() or done.stdout.strip()).split())
        raise OSError(f"{' '.join(command)} failed: {message}")


@click.command()
@click.argument("out", type=PATH)
@errors_as_messages()
def main(out: Path) -> None:
    """Download manuals and a word list of Debian and write their text to OUT, for train_language --modern OUT."""
    out.mkdir(parents=True, exist_ok=True)
    for line in fetch(out):
        click.echo(line)


if __name__ == "__main__":
    main()
