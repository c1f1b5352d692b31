"""The Korean fonts on this machine, and which characters each of them really draws."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from training.datasets.cache import unpacked
from training.synthesis.fonts import system_fonts
from training.synthesis.hangul_families import DEBIAN, FONTSOURCE, HANJA_PACKAGES, part_of

#: Pixels of the em at which glyphs are compared: syllables that differ at all differ here.
PROBE_SIZE = 40
#: Darkest pixel of 255 below which a drawn glyph counts as blank.
FAINT = 64
#: Endings of files that are fonts.
ENDINGS = (".ttf", ".otf", ".ttc", ".woff")
#: Kind of a font that no table names.
OWN_KIND = "display"


@dataclass(frozen=True, slots=True)
class KoreanFont:
    """A font on disk: its family and its kind (one of KINDS)."""

    path: Path
    family: str
    kind: str

    @property
    def part(self) -> str:
        """The part of the split that the family is in: train, validation or test."""
        return part_of(self.family)

    @property
    def name(self) -> str:
        """Unique among the fonts found: the stem of the file."""
        return self.path.stem


def default_korean_fonts() -> Path:
    """The environment's OCRTOOL_KOREAN_FONTS, or ``../fonts_kr`` beside the repository."""
    configured = os.environ.get("OCRTOOL_KOREAN_FONTS")
    return Path(configured) if configured else Path(__file__).resolve().parents[3] / "fonts_kr"


def find_korean_fonts(folder: Path | None = None, part: str | None = None) -> list[KoreanFont]:
    """Fonts of the tables in ``folder`` or among those installed, in a fixed order; ``part``: of the split, or all.

    A font in ``folder`` that no table names is a family of its own, in the part train.
    Raises FileNotFoundError if there is none.
    """
    folder, system = folder or default_korean_fonts(), system_fonts()
    by_name = {path.name: path for path in _files(folder)}
    files = {path.name: path for path in _files(system)} | by_name
    known = [
        KoreanFont(files[name], family, kind)
        for kind, table in DEBIAN.items()
        for family, names in table.items()
        for name in names
        if name in files
    ]
    families = {family: kind for kind, names in FONTSOURCE.items() for family in names}
    taken = {font.path for font in known}
    others = []
    for path in by_name.values():
        if path not in taken and path.name not in HANJA_PACKAGES.values():
            family = path.stem.rpartition("-")[0]
            others.append(KoreanFont(path, family if family in families else path.stem, families.get(family, OWN_KIND)))
    found = [font for font in [*known, *others] if part in (None, font.part)]
    if not found:
        raise FileNotFoundError(
            f"no Korean fonts in {folder} nor in {system}: see training/synthesis/fetch_korean_fonts.py"
        )
    return found


def find_hanja_font(family: str, folder: Path | None = None) -> Path:
    """The file of a family of HANJA_PACKAGES in ``folder`` or among those installed. Raises FileNotFoundError."""
    name, folder = HANJA_PACKAGES[family], folder or default_korean_fonts()
    for path in (*_files(folder), *_files(system_fonts())):
        if path.name == name:
            return path
    raise FileNotFoundError(f"no {name} in {folder}: see training/synthesis/fetch_korean_fonts.py")


def _files(folder: Path) -> list[Path]:
    paths = (path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS)
    return sorted(path for path in paths if not any(part[0] == "." for part in path.relative_to(folder).parts))


@lru_cache(maxsize=512)
def drawn_characters(path: Path) -> frozenset[str]:
    """The characters of which the font has a picture of their own; found once and kept in the cache.

    A blank glyph is none, nor the box for what is missing, nor a glyph that several syllables share.
    Raises OSError if the file is no font.
    """
    entry = unpacked(path, lambda folder: _write_characters(path, folder))
    return frozenset((entry / "characters.txt").read_text(encoding="utf-8"))


def _write_characters(path: Path, folder: Path) -> None:
    (folder / "characters.txt").write_text("".join(sorted(_drawn(path))), encoding="utf-8")


def _drawn(path: Path) -> set[str]:
    font = open_font(path, PROBE_SIZE)
    missing = _picture(font, "\uffff")
    characters: set[str] = set()
    syllables: dict[bytes, list[str]] = {}
    for character in _mapped(path):
        picture = _picture(font, character)
        if picture is None or picture == missing:
            continue
        if "가" <= character <= "힣":
            syllables.setdefault(picture, []).append(character)
        else:
            characters.add(character)
    return characters.union(*(group for group in syllables.values() if len(group) == 1))


def _mapped(path: Path) -> list[str]:
    """The characters that the font has any glyph for, spaces and surrogates left out."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            codes = font.getBestCmap() or {}
    except TTLibError as error:
        raise OSError(None, f"no font: {error}", str(path)) from None
    return [chr(code) for code in codes if not chr(code).isspace() and not 0xD800 <= code < 0xE000]


def _picture(font: ImageFont.FreeTypeFont, character: str) -> bytes | None:
    """The glyph with its size and place, None if it is blank."""
    mask, offset = font.getmask2(character, mode="L", anchor="ls")
    ink = bytes(mask)
    return repr((mask.size, offset)).encode() + ink if ink and max(ink) >= FAINT else None


def open_font(path: Path, size: float) -> ImageFont.FreeTypeFont:
    """The font at ``size`` pixels an em, glyphs one by one. Raises OSError if it is no font."""
    try:
        return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise OSError(None, str(error), str(path)) from None
