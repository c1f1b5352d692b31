"""Sets of images with their text, to measure engines on: the sets of data/README.md and any folder of such pairs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from training.datasets.tables import read_table
from training.datasets.transcribed import receipt_text

PARTS = ("test", "train", "all")

_IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
_TRANSCRIPTS = (".gt.txt", ".txt")
#: Mark of struck-out words: what stands on paper is not what is written down.
_STRUCK_OUT = "#"


@dataclass(frozen=True, slots=True)
class Item:
    """One image and what stands on it."""

    image: Path
    truth: str


@dataclass(frozen=True, slots=True)
class ImageSet:
    """kind: page, line, or word, of which the image may hold more than the text."""

    name: str
    language: str
    kind: str
    items: tuple[Item, ...]


def load_set(data: Path, name: str, work: Path, part: str = "test") -> ImageSet:
    """The set ``name`` of the folder ``data``, or of a folder of that name anywhere; crops are written to ``work``.

    Where the set has a parts.tsv, only the items of ``part``. Raises FileNotFoundError, ValueError if it is empty.
    """
    if name.startswith("iam_"):
        found = _iam(data / "iam", name, work)
    elif name == "hand_printed_words":
        found = _names(data / name)
    elif name == "receipts":
        found = _receipts(data / name)
    elif name == "modern_pages":
        found = _modern(data / name)
    else:
        found = _folder(data / name if (data / name).is_dir() else Path(name))
    parts = data / name / "parts.tsv"
    if part != "all" and parts.is_file():
        kept = {row[0] for row in _rows(parts) if row[-1] == part}
        found = replace(found, items=tuple(item for item in found.items if item.image.name in kept))
    if not found.items:
        raise ValueError(f"no items in {name}")
    return found


def _rows(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def _folder(root: Path) -> ImageSet:
    items = []
    for image in sorted(path for path in root.iterdir() if path.suffix.lower() in _IMAGES):
        transcript = next((t for t in map(image.with_suffix, _TRANSCRIPTS) if t.exists()), None)
        if transcript is not None:
            items.append(Item(image, transcript.read_text(encoding="utf-8")))
    return ImageSet(root.name, "kor" if "korean" in root.name else "eng", "page", tuple(items))


def _names(root: Path) -> ImageSet:
    items = tuple(Item(root / row[0], row[1]) for row in _rows(root / "truth.tsv") if row[1].strip())
    return ImageSet(root.name, "eng", "word", items)


def _receipts(root: Path) -> ImageSet:
    items = tuple(Item(image, receipt_text(image)) for image in sorted(root.glob("*.jpg")))
    return ImageSet(root.name, "eng", "page", items)


def _modern(root: Path) -> ImageSet:
    items = []
    for image in sorted((root / "img").iterdir()):
        transcript = root / "txt" / f"{image.stem}.txt"
        if transcript.exists():
            items.append(Item(image, transcript.read_text(encoding="utf-8")))
    return ImageSet(root.name, "eng", "page", tuple(items))


def _iam(root: Path, name: str, work: Path) -> ImageSet:
    hand_printed = name == "iam_hand_printed"
    forms = {
        row["form"]
        for row in read_table(root / "pages.tsv")
        if row["reading"] == "test" and (row["hand_printed"] == "1" if hand_printed else row["role"] != "other")
    }
    lines = [row for row in read_table(root / "lines.tsv") if row["form"] in forms]
    if name == "iam_pages":
        texts = defaultdict(list)
        for row in lines:
            texts[row["form"]].append(row["text"])
        items = [Item(root / "pages" / f"{form}.png", "\n".join(texts[form])) for form in sorted(texts)]
        return ImageSet(name, "eng", "page", tuple(items))
    return ImageSet(name, "eng", "line", _cropped([r for r in lines if _STRUCK_OUT not in r["text"]], root, work))


def _cropped(lines: list[dict[str, str]], root: Path, work: Path) -> tuple[Item, ...]:
    """The lines cut from their pages, as files in ``work``; each page is decoded once, as its lines come together."""
    items = []
    form, page = "", None
    for row in lines:
        if page is None or row["form"] != form:
            form, page = row["form"], Image.open(root / "pages" / f"{row['form']}.png").convert("L")
        crop = page.crop((int(row["x0"]), int(row["y0"]), int(row["x1"]), int(row["y1"])))
        crop.save(work / f"{row['line']}.png")
        items.append(Item(work / f"{row['line']}.png", row["text"]))
    return tuple(items)
