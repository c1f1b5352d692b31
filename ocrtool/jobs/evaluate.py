"""The job of ``ocrtool eval``: pairs of true texts and readings, compared."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ocrtool.errors import FolderWithoutImages, InputError, InputMissing, UsageError, printable
from ocrtool.export.comparison import Comparison, compare
from ocrtool.export.parse.texts import document_text
from ocrtool.jobs.arguments import STANDARD_INPUT
from ocrtool.jobs.inputs import is_folder, read_document
from ocrtool.text import natural_key

#: Endings of names of true texts and of readings. Of files with the same stem the first ending is taken.
TRUTH_ENDINGS = (".gt.txt", ".txt", ".json", ".jsonl", ".alto.xml", ".xml", ".page.xml", ".hocr", ".html", ".tsv")
GOT_ENDINGS = (".txt", ".json", ".jsonl", ".hocr", ".alto.xml", ".page.xml", ".xml", ".html", ".tsv", ".md")


@dataclass(frozen=True, slots=True)
class Pair:
    """A true text and the reading of it. name: of the row; got: None if there is no reading."""

    name: str
    truth: str
    got: str | None


def find_pairs(truth: str, got: str) -> tuple[list[Pair], list[str]]:
    """Pair two files, or the files of two folders by their paths without endings, in natural order.

    Returns the pairs, and the readings without a true text. Raises UsageError for a file and a folder, InputMissing for
    a folder and nothing, FolderWithoutImages if a folder holds no text.
    """
    if is_folder(truth) != is_folder(got):
        folder, file = (truth, got) if is_folder(truth) else (got, truth)
        if file != STANDARD_INPUT and not Path(file).exists():
            raise InputMissing(file, "no such file or folder")
        raise UsageError(f"{printable(folder)} is a folder and {printable(file)} is none: both must be, or neither")
    if not is_folder(truth):
        return [Pair(Path(truth).name if truth != STANDARD_INPUT else STANDARD_INPUT, truth, got)], []
    expected, found = _texts_below(truth, TRUTH_ENDINGS), _texts_below(got, GOT_ENDINGS)
    if not expected:
        raise FolderWithoutImages(truth, "the folder holds no texts")
    pairs = [Pair(stem, path, found.get(stem)) for stem, path in expected.items()]
    return pairs, [path for stem, path in found.items() if stem not in expected]


def comparisons(pairs: list[Pair]) -> Iterator[Comparison | InputError]:
    """Compare each pair; a missing or unreadable reading counts as empty, an unreadable truth not at all."""
    for pair in pairs:
        try:
            expected = document_text(read_document(pair.truth), pair.truth)
        except InputError as error:
            yield error
            continue
        text = ""
        if pair.got is None:
            yield InputError(pair.truth, "there is no reading of it; it counts as empty")
        else:
            try:
                text = document_text(read_document(pair.got), pair.got)
            except InputError as error:
                yield InputError(error.name, f"{error.fault}; it counts as empty")
        yield compare(pair.name, expected, text)


def _texts_below(folder: str, endings: tuple[str, ...]) -> dict[str, str]:
    """Map the path of each text below a folder, without its ending, to the file to read, in natural order."""
    ranks: dict[str, tuple[int, str]] = {}
    for where, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in (name for name in files if not name.startswith(".")):
            path = os.path.join(where, name)  # noqa: PTH118 - "./a" stays as the user wrote it
            matching = [ending for ending in endings if name.lower().endswith(ending)]
            if not matching or (name.lower().endswith(".gt.txt") and ".gt.txt" not in endings):
                continue
            ending = max(matching, key=len)
            stem = os.path.relpath(path, folder)[: -len(ending)]
            ranks[stem] = min(ranks.get(stem, (len(endings), "")), (endings.index(ending), path))
    return {stem: ranks[stem][1] for stem in sorted(ranks, key=natural_key)}
