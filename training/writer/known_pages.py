"""Pages of known writers: from the IAM folder, from any folder WRITER/PAGE.png, or from a table.

Parts are by page, and for writers never seen, by writer; never by patch.
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ocrtool.jobs.inputs import EXTENSIONS
from ocrtool.text import natural_key

#: Columns of a table of one's own; ``part`` may be left out.
COLUMNS = ("page", "writer")
#: Parts: ``train`` of writers trained on, ``test`` other pages of these, ``pairs`` two pages each of writers never
#: trained on, ``single`` one page each.
PARTS = ("train", "test", "pairs", "single")


@dataclass(frozen=True, slots=True)
class WriterPage:
    """A page and who wrote it; part is one of PARTS."""

    path: Path
    writer: str
    part: str = "train"

    @property
    def name(self) -> str:
        return self.path.stem


def find_pages(data: Path) -> list[WriterPage]:
    """Pages of ``data``: a folder that holds ``iam`` or is it, a folder of writers' folders, or a TSV table.

    Raises FileNotFoundError and ValueError in one sentence.
    """
    if data.is_file():
        return _table(data)
    for folder in (data, data / "iam"):
        if (folder / "pages.tsv").is_file() and (folder / "pages").is_dir():
            return _iam(folder)
    pages = [
        WriterPage(path, path.parent.name)
        for path in sorted(data.glob("*/*"), key=lambda p: natural_key(str(p)))
        if path.suffix.lower() in EXTENSIONS
    ]
    if not pages:
        raise FileNotFoundError(f"{data}: no pages.tsv with a folder pages, and no WRITER/PAGE.png")
    return split_pages(pages)


def split_pages(pages: Sequence[WriterPage]) -> list[WriterPage]:
    """Of writers with three pages or more one page, which a hash of its name chooses, is for testing."""
    by_writer: dict[str, list[WriterPage]] = defaultdict(list)
    for page in pages:
        by_writer[page.writer].append(page)
    tested = {min(written, key=_hash).path for written in by_writer.values() if len(written) >= 3}
    return [replace(page, part="test" if page.path in tested else "train") for page in pages]


def _hash(page: WriterPage) -> str:
    return hashlib.sha256(f"{page.writer}/{page.path.name}".encode()).hexdigest()


def _iam(folder: Path) -> list[WriterPage]:
    """The 50 writers with most pages have parts of their own; of the others, who have a page or two, by number."""
    with (folder / "pages.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    count: dict[str, int] = defaultdict(int)
    for row in rows:
        count[row["writer"]] += 1
    pages = []
    for row in rows:
        in_iam = row["role"] in ("train", "test")
        part = row["role"] if in_iam else "pairs" if count[row["writer"]] > 1 else "single"
        pages.append(WriterPage(folder / "pages" / f"{row['form']}.png", row["writer"], part))
    return pages


def _table(path: Path) -> list[WriterPage]:
    """Columns page (relative to the table), writer and, if wanted, part."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    if not rows or not all(name in rows[0] for name in COLUMNS):
        raise ValueError(f"{path}: a table needs the columns {' and '.join(COLUMNS)}, with tabs between, and a row")
    pages = []
    for number, row in enumerate(rows, start=2):
        part = row.get("part") or "train"
        if part not in PARTS:
            raise ValueError(f"{path}: line {number}: part {part!r} is not one of {', '.join(PARTS)}")
        pages.append(WriterPage(path.parent / row["page"], row["writer"], part))
    return pages if rows[0].get("part") else split_pages(pages)


def writers_of(pages: Iterable[WriterPage]) -> list[str]:
    """Their writers, each once, in order."""
    return sorted({page.writer for page in pages}, key=natural_key)
