"""Names of output files: safe in any folder, and never the same for two inputs or for a page and another input."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

#: Characters that no output name holds: control characters, and what separates folders on one system or another.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f/\\]")


@dataclass(frozen=True, slots=True)
class OutputName:
    """What the outputs of one input are called, without extension. stem: of the input as a whole; page_prefix: comes
    before the number of a page where the input has several.
    """

    stem: str
    page_prefix: str

    def of_page(self, number: int, count: int) -> str:
        """The name for page ``number``, from 1, of ``count``: the stem if it is the only one."""
        return self.stem if count == 1 else f"{self.page_prefix}{number}"


def output_names(paths: Sequence[Path]) -> list[OutputName]:
    """A name for each input, all different even where case does not count, and so are the names of all their pages.

    Depends on nothing but ``paths`` and their order.
    """
    stems = unique_stems(paths)
    taken = {_same(stem) for stem in stems}
    numbered = {prefix for stem in taken if (prefix := stem.rstrip("0123456789")) != stem}
    return [OutputName(stem, _page_prefix(stem, numbered)) for stem in stems]


def unique_stems(paths: Sequence[Path]) -> list[str]:
    """A file name without extension for each input, all different even where case does not count.

    The stem if no other input has it; else the whole name (scan.png beside scan.jpg), else the parent folder's name
    before it, and last a number.
    """
    candidates = [_candidates(path) for path in paths]
    counts = [Counter(_same(names[kind]) for names in candidates) for kind in range(4)]
    taken = {stem for stem, count in counts[0].items() if count == 1}
    stems = []
    for names in candidates:
        stem = names[0]
        if counts[0][_same(stem)] > 1:
            unique = (name for kind, name in enumerate(names) if counts[kind][_same(name)] == 1)
            stem = next((name for name in unique if _same(name) not in taken), None) or _numbered(stem, taken)
            taken.add(_same(stem))
        stems.append(stem)
    return stems


def safe_name(name: str) -> str:
    """``name`` as the name of a file within a folder: no control character, no separator, neither ``.`` nor ``..``."""
    name = _UNSAFE.sub("_", name)
    return name if name.strip(".") else "_" * max(1, len(name))


def _candidates(path: Path) -> tuple[str, ...]:
    stem, name, folder = safe_name(path.stem), safe_name(path.name), safe_name(path.parent.name)
    return (stem, name, f"{folder}_{stem}", f"{folder}_{name}") if path.parent.name else (stem, name, stem, name)


def _page_prefix(stem: str, numbered: set[str]) -> str:
    """``scan.``, unless another input is called ``scan.2``; then ``scan.page``. numbered: stems that end in digits,
    without them.
    """
    prefix = f"{stem}."
    while _same(prefix) in numbered:
        prefix += "page"
    return prefix


def _numbered(stem: str, taken: set[str]) -> str:
    number = 1
    while _same(f"{stem}-{number}") in taken:
        number += 1
    return f"{stem}-{number}"


def _same(name: str) -> str:
    return name.casefold()
