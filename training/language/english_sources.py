"""English text that the language model is trained on: books, transcripts and name lists; whole books are held out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ocrtool.charset import LINE_START
from training.datasets.tables import read_table
from training.language.fold_text import normalise

#: Books kept out of training: Frankenstein, The Time Machine, Romeo and Juliet, Democracy in America.
TEST_BOOKS = frozenset({"pg84.txt", "35-0.txt", "pg1513.txt", "pg815.txt"})
VALIDATION_BOOKS = frozenset({"pg59254.txt", "pg408.txt"})

#: A paragraph whose lines are all shorter than this (characters) is verse, a table or a heading: keep its lines.
SHORT_LINE = 50

_ITALICS = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_ASIDE = re.compile(r"\[(?:Illustration|Transcriber)[^\]]*\]|\[\d+\]|\{\d+\}")


@dataclass(frozen=True, slots=True)
class Books:
    """Running text: paragraphs, each on one line, joined by line ends."""

    text: str

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("no text")


def book_paragraphs(text: str) -> list[str]:
    """Normalised paragraphs of a Gutenberg text: italics marks and asides out, lines joined unless it is verse."""
    plain = normalise(_ASIDE.sub("", _ITALICS.sub("", text.replace("\ufeff", "")))).replace("--", "-")
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


def load_books(folder: Path) -> dict[str, Books]:
    """The text of the files of `book_files`, normalised."""
    return {
        part: Books(
            LINE_START.join(
                paragraph
                for path in paths
                for paragraph in book_paragraphs(path.read_text(encoding="utf-8", errors="replace"))
            )
        )
        for part, paths in book_files(folder).items()
    }


def load_hand_printed_names(folder: Path, part: str) -> list[str]:
    """Names in capitals of ``part`` ("train" or "test") of hand_printed_words; empty where the folder is absent."""
    root = folder / "hand_printed_words"
    if not root.exists():
        return []
    parts = dict(line.split("\t") for line in (root / "parts.tsv").read_text().splitlines())
    rows = (line.split("\t") for line in (root / "truth.tsv").read_text(encoding="utf-8").splitlines())
    names = (normalise(text) for file, text in rows if parts.get(file) == part)
    return [name for name in names if name and name not in ("UNREADABLE", "EMPTY")]


def load_iam_lines(folder: Path) -> list[str]:
    """Lines of the IAM pages that may be trained on, in page order, struck-out words left out."""
    root = folder / "iam"
    if not root.exists():
        return []
    trainable = {row["form"] for row in read_table(root / "pages.tsv") if row["reading"] == "train"}
    rows = read_table(root / "lines.tsv")
    return [normalise(r["text"]) for r in rows if r["form"] in trainable and r["text"] and "#" not in r["text"]]


def load_receipt_lines(folder: Path) -> list[str]:
    """Lines of the receipts of the train part."""
    root = folder / "receipts"
    if not root.exists():
        return []
    lines: list[str] = []
    for entry in (root / "parts.tsv").read_text().splitlines():
        name, part = entry.split("\t")
        if part == "train":
            rows = (root / name).with_suffix(".csv").read_text(encoding="utf-8", errors="replace").splitlines()
            lines.extend(normalise(",".join(row.split(",")[8:])) for row in rows)
    return [line for line in lines if line]
