"""Ordered label sets of the classifiers and the language models."""

from __future__ import annotations

from collections.abc import Iterator

#: The 94 printable ASCII characters, space excluded, in code-point order.
LATIN = "".join(map(chr, range(0x21, 0x7F)))

#: Characters of the line reader, the space first: ASCII, the letters of Western European languages, and the marks of
#: letters, invoices, forms and lists. Ligatures are spelled out; of look-alikes only the commoner is here.
LINE_CHARACTERS = (
    " "
    + LATIN
    + "".join(map(chr, range(0xC0, 0x100)))  # the letters of Latin-1, with × and ÷
    + "ŒœŠšŽžŸ"
    + "“”‘’„‚«»‹›–—…•·†‡§¶©®™°±½¼¾²³¹µ£€¥¢¿¡ªº¬¦‰"
    + "☐☒☑✓✗■□●○▪→←↑↓≤≥≠≈Ω№₂"
)

#: Name of the reject class, for non-characters: halves of characters, joined neighbours, specks.
REJECT = "<reject>"

#: What a character outside the labels is read as.
UNKNOWN = "\N{REPLACEMENT CHARACTER}"

#: Symbol of a language model for all characters that have no symbol of their own.
OTHER = "<other>"

#: Symbols of the English language model: line start, space, then LATIN.
LINE_START = "\n"
ENGLISH = LINE_START + " " + LATIN

#: Characters whose capital and small forms have the same shape; only their size on the line distinguishes them.
SAME_SHAPE_IN_BOTH_CASES = "cijklmopsuvwxyz"


class Labels:
    """An ordered set of labels without duplicates; finds an index in O(1)."""

    def __init__(self, labels: list[str] | tuple[str, ...] | str) -> None:
        self._labels = tuple(labels)
        self._index = {label: i for i, label in enumerate(self._labels)}
        if len(self._index) != len(self._labels):
            raise ValueError("labels are not unique")

    def __len__(self) -> int:
        return len(self._labels)

    def __iter__(self) -> Iterator[str]:
        return iter(self._labels)

    def __getitem__(self, index: int) -> str:
        return self._labels[index]

    def __contains__(self, label: object) -> bool:
        return label in self._index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Labels) and self._labels == other._labels

    def __hash__(self) -> int:
        return hash(self._labels)

    def index(self, label: str) -> int:
        """Position of ``label``; raises KeyError if it is not among the labels."""
        return self._index[label]


#: Output classes of the Latin glyph classifier, in the order of its softmax.
LATIN_CLASSES = Labels((*LATIN, REJECT))
