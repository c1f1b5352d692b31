"""The files of a PHD08 database: one a character, named after it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ocrtool.errors import printable

#: How a file is named after a character that file names cannot hold on every system, such as ``U+002F.txt``.
_CODE = re.compile(r"U\+([0-9A-Fa-f]{4,6})")
_NOT_IN_NAMES = frozenset('/\\:*?"<>|.')


@dataclass(frozen=True, slots=True)
class Source:
    """A file and the character whose samples it holds."""

    path: Path
    character: str
    size: int  # bytes
    changed: int  # nanoseconds since 1970


@dataclass(frozen=True, slots=True)
class Sources:
    """Files in the order of their classes; others: files that are not named after one character."""

    files: tuple[Source, ...]
    others: tuple[Path, ...]

    @property
    def characters(self) -> tuple[str, ...]:
        return tuple(source.character for source in self.files)


def character_of(stem: str) -> str | None:
    """What a file's stem means, in NFC (some systems store names decomposed); None if it is not one character."""
    stem = unicodedata.normalize("NFC", stem)
    code = _CODE.fullmatch(stem)
    if code and int(code[1], 16) < 0x110000:
        return chr(int(code[1], 16))
    return stem if len(stem) == 1 else None


def file_name(character: str) -> str:
    """Name of the file of a character."""
    plain = character.isprintable() and character not in _NOT_IN_NAMES and not character.isspace()
    return f"{character}.txt" if plain else f"U+{ord(character):04X}.txt"


def find_sources(folder: Path, classes: Sequence[str] = ()) -> Sources:
    """The files of ``folder`` and its subfolders by code point, or those of ``classes`` in that order.

    Raises ValueError if there is none, if two are named after one character, or if one of ``classes`` is missing;
    NotADirectoryError, FileNotFoundError.
    """
    found: dict[str, Path] = {}
    others = []
    for path in _text_files(folder):
        character = character_of(path.stem)
        if character is None:
            others.append(path)
        elif character in found:
            raise ValueError(f"{_named(found[character])} and {_named(path)} are both named after {character}")
        else:
            found[character] = path
    missing = [character for character in classes if character not in found]
    if missing:
        raise ValueError(f"{_named(folder)} holds no file for {', '.join(missing)}")
    if not found:
        raise ValueError(f"{_named(folder)} holds no files named after one character, such as 가.txt")
    return Sources(tuple(_source(found[c], c) for c in classes or sorted(found)), tuple(others))


def _text_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        next(folder.iterdir())  # raises what is wrong with it
    files = (path for path in folder.rglob("*") if path.suffix.lower() == ".txt" and path.is_file())
    return sorted(path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts))


def _source(path: Path, character: str) -> Source:
    facts = path.stat()
    return Source(path, character, facts.st_size, facts.st_mtime_ns)


def _named(path: Path) -> str:
    return printable(str(path))
