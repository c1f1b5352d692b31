"""Books reduced to the classes of an EMNIST split, and split so that no score is measured on a book of the training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from ocrtool.charset import LINE_START, Labels
from training.language.english_sources import TEST_BOOKS, VALIDATION_BOOKS, book_paragraphs
from training.language.vocabulary import Vocabulary

#: Symbols of the alphabet besides the classes, and the characters that each stands for; `OTHER` takes the rest.
#: Digits are a mark only where they are not classes.
MARKS = {"\n": LINE_START, " ": " ", ".": ".!?", ",": ",;:", "'": "'", '"': '"', "-": "-", "0": "0123456789"}
OTHER = "*"

#: Books whose text gives the contexts of the fusion network's training; the LSTM is not trained on them. Together they
#: have every class, including digits: The American Printer, The Mormon Prophet, Letters of Jane Austen, Father Goriot,
#: The Wizard of Oz, Cyrano de Bergerac.
FUSION_BOOKS = frozenset({"56817-0.txt", "pg44414.txt", "pg42078.txt", "1237-0.txt", "pg55.txt", "pg1254.txt"})
#: Books for choosing the weights of both; The Miracle Mongers adds digits, which the novels lack.
CHOOSING_BOOKS = VALIDATION_BOOKS | {"pg435.txt"}
#: What the books of each part are for.
PARTS = {
    "language": "train the LSTM",
    "validation": "choose the weights of the LSTM and of the fusion network",
    "fusion": "contexts of the fusion network's training, unseen by the LSTM",
    "test": "contexts of the test part, unseen by both",
}


@dataclass(frozen=True)
class FusionAlphabet:
    """Symbols of the character LSTM: first the classes in their order, then the marks.

    A letter stands for both cases where the other case is not a class of its own. Raises ValueError for classes that
    are not single ASCII characters or not all different.
    """

    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(set(self.classes)) < len(self.classes) or not all(len(c) == 1 and c.isascii() for c in self.classes):
            raise ValueError(f"classes must be different single ASCII characters, not {' '.join(self.classes)}")

    @property
    def marks(self) -> tuple[str, ...]:
        """Names of the symbols that are not classes."""
        digits = any(c.isdigit() for c in self.classes)
        return (*(mark for mark in MARKS if not (digits and mark == "0")), OTHER)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Names of all symbols, by number."""
        return (*self.classes, *self.marks)

    def encode(self, text: str) -> np.ndarray:
        """Symbol numbers (len(text),) uint8 of a text; `OTHER` for what is neither a class nor a mark."""
        return self._vocabulary.encode(text)

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        aliases = {c: mark for mark in self.marks[:-1] for c in MARKS[mark]}
        aliases |= {name.swapcase(): name for name in self.classes if name.swapcase() not in self.classes}
        return Vocabulary(Labels(self.symbols), aliases, OTHER)


def book_parts(folder: Path) -> dict[str, list[Path]]:
    """The books of ``folder``/gutenberg, or of such a folder beside it, by part (`PARTS`); no book in two parts.

    Where the books named above are absent, the last ones by name stand in for them. Raises FileNotFoundError if a part
    would have no book.
    """
    shelf = next((f for f in (folder / "gutenberg", folder.parent / "gutenberg") if f.is_dir()), folder / "gutenberg")
    paths = sorted(shelf.glob("*.txt"))
    names = [path.name for path in paths]
    wanted = {"test": TEST_BOOKS, "validation": CHOOSING_BOOKS, "fusion": FUSION_BOOKS}
    free = [name for name in names if not any(name in books for books in wanted.values())]
    chosen: dict[str, set[str]] = {}
    for part, books in wanted.items():
        chosen[part] = set(books & set(names)) or set(free[-1:])
        free = [name for name in free if name not in chosen[part]]
    chosen["language"] = set(free)
    if not all(chosen.values()):
        raise FileNotFoundError(f"{shelf} has too few books (*.txt): {len(PARTS)} parts need one each")
    return {part: [path for path in paths if path.name in chosen[part]] for part in PARTS}


def load_text(books: Iterable[Path], alphabet: FusionAlphabet) -> np.ndarray:
    """Symbol numbers (N,) uint8 of the books one after another, a paragraph on a line. Raises OSError, ValueError."""
    paragraphs: list[str] = []
    for path in books:
        paragraphs.extend(book_paragraphs(path.read_text(encoding="utf-8", errors="replace")))
    if not any(paragraphs):
        raise ValueError(f"no text in {', '.join(str(path) for path in books)}")
    return alphabet.encode(LINE_START.join(["", *paragraphs, ""]))


def part_names(parts: Mapping[str, Sequence[Path]]) -> dict[str, dict[str, object]]:
    """For a manifest: the books of each part and what they are for."""
    return {part: {"use": PARTS[part], "books": [path.name for path in books]} for part, books in parts.items()}
