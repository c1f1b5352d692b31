"""Names of output files: safe in any folder, and unique among all inputs and their pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

#: Characters that are replaced in output names: control characters and path separators of any system.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f/\\]")


@dataclass(frozen=True, slots=True)
class OutputName:
    """Names of the outputs of one input, without extension.

    stem: for the whole input; page_prefix: before the page number, if the input has several pages.
    """

    stem: str
    page_prefix: str

    def of_page(self, number: int, count: int) -> str:
        """Return the name for page ``number`` (from 1) of ``count``: the stem if it is the only one."""
        return self.stem if count == 1 else f"{self.page_prefix}{number}"


def output_names(
    paths: Sequence[Path], kept: Mapping[int, str] | None = None, others: Collection[str] = ()
) -> list[OutputName]:
    """Name each input so that its outputs and those of its pages are unique, even if case is ignored.

    kept: stems of inputs, by number, that had them in an earlier run; others: stems that no other input may have. The
    names depend on these and the order of ``paths`` only.
    """
    kept = kept or {}
    new = [path for number, path in enumerate(paths) if number not in kept]
    found = iter(unique_stems(new, {*kept.values(), *others}))
    stems = [kept[number] if number in kept else next(found) for number in range(len(paths))]
    taken = {_same(stem) for stem in stems}
    numbered = {prefix for stem in taken if (prefix := stem.rstrip("0123456789")) != stem}
    return [OutputName(stem, _page_prefix(stem, numbered)) for stem in stems]


def unique_stems(paths: Sequence[Path], others: Collection[str] = ()) -> list[str]:
    """Return a file name without extension for each input, unique even if case is ignored.

    This is the stem if it is unique; else the whole name (scan.png beside scan.jpg), else with the parent folder's name
    in front, else with a number. None is one of ``others``.
    """
    reserved = {_same(stem) for stem in others}
    candidates = [_candidates(path) for path in paths]
    counts = [Counter(_same(names[kind]) for names in candidates) for kind in range(4)]
    taken = {stem for stem, count in counts[0].items() if count == 1} | reserved
    stems = []
    for names in candidates:
        stem = names[0]
        if counts[0][_same(stem)] > 1 or _same(stem) in reserved:
            unique = (name for kind, name in enumerate(names) if counts[kind][_same(name)] == 1)
            stem = next((name for name in unique if _same(name) not in taken), None) or _numbered(stem, taken)
            taken.add(_same(stem))
        stems.append(stem)
    return stems


def safe_name(name: str) -> str:
    """Make ``name`` a safe file name: no control characters, no separators, neither ``.`` nor ``..``."""
    name = _UNSAFE.sub("_", name)
    return name if name.strip(".") else "_" * max(1, len(name))


def _candidates(path: Path) -> tuple[str, ...]:
    stem, name, folder = safe_name(path.stem), safe_name(path.name), safe_name(path.parent.name)
    return (stem, name, f"{folder}_{stem}", f"{folder}_{name}") if path.parent.name else (stem, name, stem, name)


def _page_prefix(stem: str, numbered: set[str]) -> str:
    """Return ``scan.``, or ``scan.page`` if another input is named ``scan.2``.

    numbered: the stems that end in digits, without the digits.
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
