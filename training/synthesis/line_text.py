"""What the drawn lines say: book text, forms, prices, and random characters so that every one is seen often."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ocrtool.charset import LATIN
from training.language.english_sources import load_books
from training.synthesis.form_text import FormText

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
PUNCTUATION = "".join(c for c in LATIN if not c.isalnum())
#: Kinds of text and their weight: in print, and written by hand.
PRINTED = {"book": 0.5, "heading": 0.1, "form": 0.08, "price": 0.12, "random": 0.2}
WRITTEN = {"book": 0.34, "heading": 0.08, "form": 0.3, "price": 0.06, "random": 0.22}


class LineText:
    """Draws lines of text. Books of the language model's training part only."""

    def __init__(self, data: Path) -> None:
        self._book = load_books(data)["train"].text
        self._forms = FormText()

    def lines(self, count: int, length: int, weights: dict[str, float], rng: np.random.Generator) -> list[str]:
        """``count`` lines of about ``length`` characters, all of one kind mostly, a random one now and then."""
        names = list(weights)
        shares = np.array([weights[name] for name in names])
        kind = names[rng.choice(len(names), p=shares / shares.sum())]
        lines = [self.line(kind, length, rng) for _ in range(count)]
        if rng.random() < 0.3:
            lines[rng.integers(count)] = self.line("random", length, rng)
        return lines

    def line(self, kind: str, length: int, rng: np.random.Generator) -> str:
        """One line of a kind named in `PRINTED`."""
        if kind == "form":
            return " ".join(self._forms.window(rng, max(4, length // 2)))[: max(4, length)]
        if kind == "price":
            return price_line(length, rng)
        if kind == "random":
            return random_line(length, rng)
        text = self._book_line(length, rng)
        return (text.upper() if rng.random() < 0.6 else text.title()) if kind == "heading" else text

    def _book_line(self, length: int, rng: np.random.Generator) -> str:
        start = int(rng.integers(0, len(self._book) - 2 * length - 50))
        start = self._book.find(" ", start) + 1
        end = self._book.find(" ", start + length - 3)
        return self._book[start : end if end > 0 else start + length].replace("\n", " ")


def random_word(rng: np.random.Generator) -> str:
    """A word of characters drawn without regard to sense, as in codes, addresses and bracketed asides."""
    length = int(rng.integers(1, 10))
    draw = rng.random()
    if draw < 0.25:
        return "".join(rng.choice(list(LATIN), length))
    if draw < 0.45:
        return "".join(rng.choice(list(PUNCTUATION + DIGITS), max(1, length // 2)))
    letters = LETTERS if rng.random() < 0.5 else LETTERS.upper()
    body = "".join(rng.choice(list(letters + (DIGITS if rng.random() < 0.3 else "")), length))
    if draw < 0.6:
        return body.capitalize() if rng.random() < 0.5 else body
    pairs = ("()", "[]", "{}", "<>", '""', "''", "**", "__", "//", "||")
    if draw < 0.8:
        pair = pairs[rng.integers(len(pairs))]
        return pair[0] + body + pair[1]
    tail = str(rng.choice(list(".,;:!?-'\"%&$#@*+=/\\|^~`_<>")))
    return body + tail if rng.random() < 0.75 else tail + body


def random_line(length: int, rng: np.random.Generator) -> str:
    """Random words, about ``length`` characters."""
    words: list[str] = []
    while sum(map(len, words)) + len(words) < length:
        words.append(random_word(rng))
    return " ".join(words)


def price_line(length: int, rng: np.random.Generator) -> str:
    """A line as on a receipt or in a table."""
    word = "".join(rng.choice(list(LETTERS.upper()), rng.integers(2, 8)))
    amount = f"{10 ** rng.uniform(-0.5, 4):,.2f}"
    forms = (
        f"{word} {rng.integers(1, 20)} X {amount}",
        f"{word}: ${amount}",
        f"{rng.integers(1, 32):02d}/{rng.integers(1, 13):02d}/{rng.integers(1990, 2030)} "
        f"{rng.integers(24):02d}:{rng.integers(60):02d}",
        f"{word} {amount} {amount[:4]}%",
        f"TEL: {rng.integers(10, 99)}-{rng.integers(1000, 9999)} {rng.integers(1000, 9999)}",
        f"({rng.integers(10**6, 10**8)}-{word[0]}) {amount}",
        f"#{rng.integers(1000)} {word.title()} @ {amount} = {amount}",
        f"{word} & {word[::-1]} {rng.integers(10**5, 10**7)}",
    )
    line = forms[rng.integers(len(forms))]
    while len(line) < length:
        line += "  " + forms[rng.integers(len(forms))]
    return line[: max(4, length + 6)]
