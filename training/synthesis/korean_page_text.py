"""What stands on the drawn Korean pages: headings, paragraphs and lists of held-out text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from training.synthesis.heldout_text import Stock, fitted
from training.synthesis.korean_mixed import TEMPLATES, mixed_sentence
from training.synthesis.korean_signs import SIGN_TEMPLATES, with_hanja
from training.synthesis.korean_typesetting import Block

#: Characters of a page: at least so many, at most one block more.
FEWEST, MOST = 600, 850
#: Characters of the page that speed is measured on.
A4_CHARACTERS = 1500
#: Signs of lists, in order, and how common each kind is.
SIGNS = (
    ("①", "②", "③", "④", "⑤"),
    ("ㄱ.", "ㄴ.", "ㄷ.", "ㄹ.", "ㅁ."),
    ("1.", "2.", "3.", "4.", "5."),
    ("가.", "나.", "다.", "라.", "마."),
    ("-", "-", "-", "-", "-"),
    ("1)", "2)", "3)", "4)", "5)"),
    ("(1)", "(2)", "(3)", "(4)", "(5)"),
)
SIGN_WEIGHTS = (4.0, 1.0, 2.0, 2.0, 2.0, 1.0, 1.0)
#: Share of invented sentences on mixed pages; the others are real.
INVENTED = 0.55
#: Sentences between two lines of a notice.
SENTENCES = 0.3


def drawn_blocks(stock: Stock, known: frozenset[str], rng: np.random.Generator) -> list[Block]:
    """A page of Korean: a heading, then paragraphs and lists by turns, and further headings."""
    blocks = [Block(_heading(stock.title(known), rng), heading=True)]
    wanted = rng.integers(FEWEST, MOST)
    while _characters(blocks) < wanted:
        chance = rng.random()
        if chance < 0.6:
            blocks.append(Block(stock.paragraph(known)))
        elif chance < 0.85:
            blocks += _list([stock.item(known) for _ in range(rng.integers(2, 6))], known, rng)
        elif not blocks[-1].heading:
            blocks.append(Block(_heading(stock.title(known), rng), heading=True))
    return blocks


def mixed_blocks(stock: Stock, known: frozenset[str], rng: np.random.Generator) -> list[Block]:
    """A page of sentences that mix Korean with English words and figures, as paragraphs and lists."""
    templates = [TEMPLATES[i] for i in rng.permutation(len(TEMPLATES))]

    def sentence() -> str:
        if templates and rng.random() < INVENTED:
            invented = fitted(mixed_sentence(templates.pop(), rng), known)
            if invented is not None:
                return invented
        return stock.mixed(known)

    blocks = [Block(_heading(stock.title(known), rng), heading=True)]
    wanted = rng.integers(FEWEST, MOST)
    while _characters(blocks) < wanted:
        if rng.random() < 0.5:
            blocks.append(Block(" ".join(sentence() for _ in range(rng.integers(1, 4)))))
        else:
            blocks += _list([sentence() for _ in range(rng.integers(2, 5))], known, rng)
    return blocks


def sign_blocks(stock: Stock, known: frozenset[str], rng: np.random.Generator) -> list[Block]:
    """A notice: lines of SIGN_TEMPLATES in any order, with sentences of Korean between them."""
    templates = [SIGN_TEMPLATES[i] for i in rng.permutation(len(SIGN_TEMPLATES))]
    blocks = [Block(_heading(stock.title(known), rng), heading=True)]
    for template in templates:
        invented = fitted(mixed_sentence(template, rng), known)
        blocks += [] if invented is None else [Block(invented)]
        blocks += [Block(stock.item(known))] if rng.random() < SENTENCES else []
    return blocks


def hanja_blocks(stock: Stock, known: frozenset[str], hanja: Sequence[str], rng: np.random.Generator) -> list[Block]:
    """A page of Korean with Hanja in its sentences."""
    blocks = [Block(_heading(stock.title(known), rng), heading=True)]
    wanted = rng.integers(FEWEST, MOST)
    while _characters(blocks) < wanted:
        blocks.append(Block(with_hanja(stock.paragraph(known), hanja, rng)))
    return blocks


def a4_blocks(stock: Stock, known: frozenset[str]) -> list[Block]:
    """Paragraphs of A4_CHARACTERS, the last one cut there at a word."""
    blocks: list[Block] = []
    while (left := A4_CHARACTERS - _characters(blocks)) > 0:
        paragraph = stock.paragraph(known)
        blocks.append(Block(paragraph if len(paragraph) <= left else paragraph[:left].rpartition(" ")[0] or "끝"))
        if len(paragraph) > left:
            break
    return blocks


def _list(items: list[str], known: frozenset[str], rng: np.random.Generator) -> list[Block]:
    odds = np.array(SIGN_WEIGHTS) * [set("".join(signs)) <= known for signs in SIGNS]
    signs = SIGNS[rng.choice(len(SIGNS), p=odds / odds.sum())]
    return [Block(text, sign) for text, sign in zip(items, signs, strict=False)]


def _heading(title: str, rng: np.random.Generator) -> str:
    number = int(rng.integers(1, 30))
    return (f"{number}. {title}", f"제{number}장 {title}", title)[rng.integers(3)]


def _characters(blocks: list[Block]) -> int:
    return sum(len(block.sign) + len(block.text) for block in blocks)
