"""Korean text to train and measure the language model on: cleaned, in paragraphs, split by blocks of lines.

Split rule: each file is cut into blocks of `BLOCK` consecutive lines; the blocks are ranked by the SHA-256 of their
text, the first `TEST_SHARE` of each file are the test part, the next `VALIDATION_SHARE` the validation part. A line of
the test part is removed from the other parts, a line of the validation part from the train part, spaces not counted.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np

from ocrtool.charset import LINE_START
from ocrtool.text import is_syllable

#: Lines of a block, and shares of a file's blocks held out.
BLOCK, TEST_SHARE, VALIDATION_SHARE = 50, 0.025, 0.0125
PARTS = ("train", "validation", "test")

#: Files of sentences that stand in the order of a text: up to `MOST_JOINED` of them make a paragraph.
SENTENCES = ("klue_dev.txt", "kornlu.txt", "ud_gsd.txt", "ud_kaist_emory.txt")
MOST_JOINED = 6
#: Files in Markdown whose lines are broken at spaces: joined up to the end of a sentence.
MARKDOWN = ("rust_book_ko.txt",)
#: How often the text of a file is gone through for once of the others: the ones most like what is printed are short.
REPEATS = {"konlpy_law_bill.txt": 3, "pd_literature_all.txt": 2}
#: First lines of tables, no text.
_HEADINGS = frozenset({"WORD_FORM", "Q", "A"})

#: Marks that look alike, to the one that reading gives; conjoining letters to those that stand alone.
_FOLDED: dict[str | int, str] = {
    **dict.fromkeys("ㆍ․⋅‧・•∙ᆞ", "·"),
    **dict.fromkeys("∼〜˜", "～"),
    **dict.fromkeys("―‒⸺", "—"),
    **dict.fromkeys("−‐‑", "-"),
    "｢": "「",
    "｣": "」",
    "´": "'",
    "◦": "○",
    "❍": "○",
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5E)},
    **{0x1100 + i: letter for i, letter in enumerate("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ")},
    **{0x1161 + i: chr(0x314F + i) for i in range(21)},
}
_FOLD = str.maketrans(_FOLDED)
_TAG = re.compile(r"</?[a-z]+(?: [^<>]*)?>")
_LINK = re.compile(r"!?\[([^\[\]]+)\](?:\([^()]*\)|\[[^\[\]]*\])")
#: Spaces that tokenising left on the inner side of quotes and brackets.
_SPACED_QUOTE, _SPACED_BRACKET = re.compile(r'(?<![^ (])" ([^"]+) "'), re.compile(r"(?<=[(\[]) | (?=[)\]])")
_SENTENCE_END = re.compile(r"[.!?:][\"'”’)]*$")


def clean(text: str) -> str:
    """One line in NFC, marks that look alike folded, without control characters; any run of spaces is one space."""
    folded = unicodedata.normalize("NFC", text).translate(_FOLD)
    kept = (
        " " if c.isspace() else "" if unicodedata.category(c) in ("Cc", "Cf", "Cn", "Co") or c == "\ufffd" else c
        for c in folded
    )
    plain = " ".join("".join(kept).split())
    return _SPACED_BRACKET.sub("", _SPACED_QUOTE.sub(r'"\1"', plain))


def plain_markdown(line: str) -> str:
    """A line of Markdown as it would be printed; empty for tables and code."""
    if line.startswith(("|", "```", "    ")):
        return ""
    line = _LINK.sub(r"\1", _TAG.sub("", line)).lstrip("#> ").replace("`", "")
    return line.replace("**", "").replace("*", "")


def load_lines(path: Path) -> list[str]:
    """Cleaned lines of a file, empty ones left out. Raises OSError, and ValueError if it is not UTF-8."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 text") from error
    markdown = path.name in MARKDOWN
    lines = (clean(plain_markdown(line) if markdown else line) for line in text.split("\n"))
    return [line for line in lines if line and line not in _HEADINGS and (not markdown or hangul_share(line) >= 0.3)]


def hangul_share(line: str) -> float:
    """Share of the characters, spaces not counted, that are syllables."""
    return sum(map(is_syllable, line)) / max(1, len(line.replace(" ", "")))


def split_blocks(lines: list[str]) -> dict[str, list[list[str]]]:
    """Blocks of consecutive lines of each part, in the order of the file: see the split rule above."""
    blocks = [lines[start : start + BLOCK] for start in range(0, len(lines), BLOCK)]
    hashes = [hashlib.sha256("\n".join(block).encode()).hexdigest() for block in blocks]
    ranked = sorted(range(len(blocks)), key=hashes.__getitem__)
    tests = math.ceil(TEST_SHARE * len(blocks))
    validations = tests + math.ceil(VALIDATION_SHARE * len(blocks))
    ranks = {"test": ranked[:tests], "validation": ranked[tests:validations], "train": ranked[validations:]}
    return {part: [blocks[i] for i in sorted(ranks[part])] for part in PARTS}


def squeezed(line: str) -> str:
    """What makes two lines the same: the characters without the spaces."""
    return line.replace(" ", "")


def without_lines_of(others: set[str], blocks: list[list[str]]) -> list[list[str]]:
    """The blocks without the lines whose squeezed form is among ``others``; a gap begins a new block."""
    kept: list[list[str]] = []
    for block in blocks:
        kept.append([])
        for line in block:
            if squeezed(line) not in others:
                kept[-1].append(line)
            elif kept[-1]:
                kept.append([])
    return [block for block in kept if block]


def paragraphs(name: str, blocks: list[list[str]], seed: int = 0) -> list[str]:
    """Paragraphs of the file ``name``, a line each: sentences and broken lines joined, others as they are."""
    rng = np.random.default_rng(seed)
    joined: list[str] = []
    for block in blocks:
        if name in MARKDOWN:
            joined += _to_sentence_ends(block)
        elif name in SENTENCES:
            remaining = block
            while remaining:
                count = int(rng.integers(1, MOST_JOINED + 1))
                joined.append(" ".join(remaining[:count]))
                remaining = remaining[count:]
        else:
            joined += block
    return joined


def _to_sentence_ends(lines: list[str]) -> list[str]:
    joined: list[str] = []
    words: list[str] = []
    for line in lines:
        words.append(line)
        if _SENTENCE_END.search(line):
            joined.append(" ".join(words))
            words = []
    return [*joined, " ".join(words)] if words else joined


Parts = dict[str, dict[str, list[str]]]


def load_korean(data: Path) -> Parts:
    """{part: {file: paragraphs}} of ``data``/korean_text, or of ``data`` itself if it has no such folder.

    Raises FileNotFoundError if there is no text, ValueError if there is too little to hold any out.
    """
    folder = data / "korean_text" if (data / "korean_text").is_dir() else data
    files = {path.name: split_blocks(load_lines(path)) for path in sorted(folder.glob("*.txt"))}
    if not files:
        raise FileNotFoundError(f"no Korean text (*.txt) in {folder}")
    held_out: set[str] = set()
    parts: Parts = {part: {} for part in PARTS}
    for part in reversed(PARTS):
        blocks = {name: without_lines_of(held_out, of_file[part]) for name, of_file in files.items()}
        held_out |= {squeezed(line) for of_file in blocks.values() for block in of_file for line in block}
        parts[part] = {name: paragraphs(name, of_file) for name, of_file in blocks.items()}
    if not all(any(of_file.values()) for of_file in parts.values()):
        raise ValueError(f"{folder}: too little text to hold a part of it out")
    return parts


def training_text(files: dict[str, list[str]]) -> str:
    """One text of paragraphs, a line each; those of `REPEATS` more than once."""
    repeated = (lines * REPEATS.get(name, 1) for name, lines in files.items())
    return LINE_START.join(line for lines in repeated for line in lines)


def character_counts(files: dict[str, list[str]]) -> Counter[str]:
    """How often each character occurs."""
    return Counter("".join(line for lines in files.values() for line in lines))
