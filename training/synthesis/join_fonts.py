"""Joining the files that a web font was cut into to one font that any program can open."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

#: Tables that drawing single characters does not need, and that joining cannot always reconcile.
DROPPED = (
    "BASE",
    "DSIG",
    "GDEF",
    "GPOS",
    "GSUB",
    "STAT",
    "VORG",
    "vhea",
    "vmtx",
    "meta",
    "gasp",
    "kern",
    "fpgm",
    "prep",
    "cvt ",
    "hdmx",
    "VDMX",
    "LTSH",
    "morx",
    "MVAR",
    "HVAR",
)


def join(pieces: Sequence[Path], target: Path) -> None:
    """Writes one TrueType font with every character that a piece draws; of several pieces the first one counts.

    Raises ValueError if the pieces hold no character, OSError.
    """
    from fontTools.merge import Merger, Options  # type: ignore[import-untyped]

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as scratch:
        parts: list[str] = []
        have: set[int] = set()
        for number, piece in enumerate(pieces):
            path = Path(scratch) / f"{number}.ttf"
            have |= _reduce(piece, have, path)
            if path.is_file():
                parts.append(str(path))
        if not parts:
            raise ValueError(f"{target.name}: no characters in {len(pieces)} files")
        Merger(options=Options(drop_tables=list(DROPPED))).merge(parts).save(target)


def _reduce(piece: Path, have: set[int], path: Path) -> set[int]:
    """Writes the characters of a piece that nobody has yet, if any, and returns them."""
    from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    font = TTFont(piece)
    wanted = {code for code, name in font.getBestCmap().items() if code not in have and _has_ink(font, code, name)}
    if wanted:
        options = Options(hinting=False, layout_features=[], notdef_outline=True, drop_tables=list(DROPPED))
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=wanted)
        subsetter.subset(font)
        font.flavor = None
        font.save(path)
    return wanted


def _has_ink(font: Any, code: int, name: str) -> bool:
    """Whether there is an outline; spaces need none."""
    return chr(code).isspace() or font["glyf"][name].numberOfContours != 0
