"""The families that lines are drawn in, from two folders: Fontsource's and those that packages install.

The table families.tsv names, beside those of `training.synthesis.fonts`, the families of Fontsource that only lines are
drawn in: name and kind. All are under the SIL Open Font License, Apache-2.0 or the Ubuntu Font License.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from training.lines.faces import LineFace, drawn_by, looks_capital
from training.synthesis.fonts import CAPITALS_ONLY, DEBIAN, FONTSOURCE, HELD_OUT, STYLES, VALIDATION, system_fonts

TABLE = Path(__file__).with_name("families.tsv")
#: Designs that a family never trained on was made after, or that were made after it.
RELATED = frozenset({"carlito", "im-fell-english-sc", "courier"})
#: Of the families of the table every so many is only measured on, and as many choose weights.
MEASURED_STEP = 16
#: A face that lacks more of these is not drawn in: lines would be all fallback.
NEEDED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?()-/&%@#$+='\"")
#: Fallback for signs that a family lacks: families of packages, with and without serifs.
FALLBACK = {"serif": ("DejaVuSerif.ttf", "FreeSerif.ttf", "DejaVuSans.ttf"), "sans": ("DejaVuSans.ttf", "FreeSans.ttf")}


def table() -> dict[str, str]:
    """Kind of each family of the table."""
    rows = (line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines())
    return {row[0]: row[1] for row in rows}


def part_of(family: str) -> str:
    """``test``, ``validation`` or ``train``."""
    if family in HELD_OUT:
        return "test"
    if family in VALIDATION:
        return "validation"
    if family in table():
        number = int(sha256(family.encode()).hexdigest(), 16) % MEASURED_STEP
        return {0: "test", 1: "validation"}.get(number, "train")
    return "train"


def find_faces(folder: Path, part: str, most: int | None = None) -> dict[str, list[LineFace]]:
    """Faces of the families of a part, by family. Raises ValueError if there are none.

    folder: of Fontsource families, as `training.synthesis.fetch_fonts` makes it; most: families, spread evenly over
    all, since to open one takes a while; None: all.
    """
    kinds = {name: kind for kind, names in FONTSOURCE.items() for name in names} | table()
    found: dict[str, list[LineFace]] = {}
    for family, kind in sorted(kinds.items()):
        if part_of(family) == part and family not in RELATED:
            found[family] = _fontsource(folder / family / "files", family, kind)
    if part == "train":
        installed = {p.name: p for p in sorted(system_fonts().rglob("*")) if p.suffix in (".ttf", ".otf")}
        for kind, families in DEBIAN.items():
            for family, beginnings in families.items():
                if family not in RELATED and family not in HELD_OUT | VALIDATION:
                    files = [p for name, p in installed.items() if name.startswith(beginnings)]
                    found.setdefault(family, []).extend(LineFace(family, kind, (p,)) for p in files)
    there = [family for family, faces in found.items() if faces]
    chosen = there[:: max(1, -(-len(there) // most))] if most else there
    usable = {family: [face for face in found[family] if _is_usable(face)] for family in chosen}
    usable = {family: faces for family, faces in usable.items() if faces}
    if not usable:
        raise ValueError(f"no font families of the {part} part in {folder}: see training/synthesis/fetch_fonts.py")
    return usable


def _fontsource(files: Path, family: str, kind: str) -> list[LineFace]:
    faces = []
    for style in STYLES:
        latin, extended = files / f"{family}-latin-{style}.woff", files / f"{family}-latin-ext-{style}.woff"
        if latin.is_file():
            both = (latin, extended) if extended.is_file() else (latin,)
            faces.append(LineFace(family, kind, both, family in CAPITALS_ONLY))
    return faces


def _is_usable(face: LineFace) -> bool:
    """False for a font that cannot be opened, lacks common characters, or is in small capitals."""
    try:
        if not drawn_by(face.files[0]) >= NEEDED:
            return False
        return face.capitals_only or not looks_capital(face.files[0])
    except OSError:
        return False


def fallback_files(kind: str) -> tuple[Path, ...]:
    """Installed files for what a family lacks."""
    names = FALLBACK["serif" if kind in ("serif", "old", "typewriter") else "sans"]
    installed = {p.name: p for p in system_fonts().rglob("*.ttf")}
    return tuple(installed[name] for name in names if name in installed)
