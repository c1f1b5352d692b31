"""English text that the language model is trained on: books, manuals, lists; whole books and files are held out."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from ocrtool.charset import LINE_START
from training.language.fold_text import normalise

#: Books kept out of training: Frankenstein, The Time Machine, Romeo and Juliet, Democracy in America.
TEST_BOOKS = frozenset({"pg84.txt", "35-0.txt", "pg1513.txt", "pg815.txt"})
VALIDATION_BOOKS = frozenset({"pg59254.txt", "pg408.txt"})

#: A paragraph whose lines are all shorter than this (characters) is verse, a table or a heading: keep its lines.
SHORT_LINE = 50

#: The word list in a folder of modern text; every other text file there is running text.
WORD_LIST = "words.txt"
#: Of so many files of modern text one is of the test part, another of the validation part.
HELD_OUT_FILES = 20

#: Writes a line in the symbols of a model.
Fold = Callable[[str], str]
PARTS = ("train", "validation", "test")

_ITALICS = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_ASIDE = re.compile(r"\[(?:Illustration|Transcriber)[^\]]*\]|\[\d+\]|\{\d+\}")


@dataclass(frozen=True, slots=True)
class Books:
    """Running text: paragraphs, each on one line, joined by line ends."""

    text: str

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("no text")


def book_paragraphs(text: str, fold: Fold | None = None) -> list[str]:
    """Paragraphs of a Gutenberg text: italics marks and asides out, lines joined unless it is verse.

    fold: of a line; without it, lines are normalised and dashes are single hyphens.
    """
    plain = _ASIDE.sub("", _ITALICS.sub("", text.replace("\ufeff", "")))
    plain = "\n".join(map(fold, plain.splitlines())) if fold else normalise(plain).replace("--", "-")
    paragraphs: list[str] = []
    for block in re.split(r"\n\s*\n", plain):
        lines = [line for line in block.split(LINE_START) if line]
        if lines and max(map(len, lines)) < SHORT_LINE:
            paragraphs.extend(lines)
        elif lines:
            paragraphs.append(" ".join(lines))
    return paragraphs


def book_files(folder: Path) -> dict[str, list[Path]]:
    """The files of ``folder``/gutenberg as {"train", "validation", "test"}. Raises FileNotFoundError if there are none.

    Where the named held-out books are absent, the last books by name stand in for them.
    """
    paths = sorted(p for p in (folder / "gutenberg").glob("*.txt"))
    if len(paths) < 3:
        raise FileNotFoundError(f"fewer than three books in {folder / 'gutenberg'}")
    names = {p.name for p in paths}
    test = TEST_BOOKS & names or {paths[-1].name}
    validation = VALIDATION_BOOKS & names or {paths[-2].name}
    parts: dict[str, list[Path]] = {"train": [], "validation": [], "test": []}
    for path in paths:
        parts["test" if path.name in test else "validation" if path.name in validation else "train"].append(path)
    return parts


def load_books(folder: Path, parts: Collection[str] = PARTS, fold: Fold | None = None) -> dict[str, Books]:
    """The text of the files of `book_files`, its lines folded as `book_paragraphs` does."""
    return {
        part: Books(
            LINE_START.join(
                paragraph
                for path in paths
                for paragraph in book_paragraphs(path.read_text(encoding="utf-8", errors="replace"), fold)
            )
        )
        for part, paths in book_files(folder).items()
        if part in parts
    }


def load_modern(folder: Path, fold: Fold) -> dict[str, Books]:
    """Modern text by part: the paragraphs of the text files in ``folder``, between blank lines; whole files are held
    out, by a hash of their paths. Raises FileNotFoundError if a part has no text.
    """
    texts: dict[str, list[str]] = {part: [] for part in PARTS}
    for path in sorted(folder.rglob("*.txt")):
        name = path.relative_to(folder).as_posix()
        if name != WORD_LIST:
            blocks = path.read_text(encoding="utf-8", errors="replace").split("\n\n")
            texts[_part_of(name)] += [line for block in blocks if (line := fold(block))]
    if empty := [part for part, lines in texts.items() if not lines]:
        raise FileNotFoundError(f"{folder} has no text files for the {' and the '.join(empty)} part")
    return {part: Books(LINE_START.join(lines)) for part, lines in texts.items()}


def _part_of(name: str) -> str:
    return {0: "test", 1: "validation"}.get(zlib.crc32(name.encode()) % HELD_OUT_FILES, "train")


def load_words(folder: Path) -> list[str]:
    """The word list in a folder of modern text; empty where there is none."""
    path = folder / WORD_LIST
    return path.read_text(encoding="utf-8").split() if path.is_file() else []


def load_hand_printed_names(folder: Path, part: str) -> list[str]:
    """Names in capitals of ``part`` ("train" or "test") of hand_printed_words; empty where the folder is absent."""
    root = folder / "hand_printed_words"
    if not root.exists():
        return []
    parts = dict(line.split("\t") for line in (root / "parts.tsv").read_text().splitlines())
    rows = (line.split("\t") for line in (root / "truth.tsv").read_text(encoding="utf-8").splitlines())
    names = (normalise(text) for file, text in rows if parts.get(file) == part)
    return [name for name in names if name and name not in ("UNREADABLE", "EMPTY")]
