"""Letters and e-mails of today: sentences that such letters are made of, in no particular order."""

from __future__ import annotations

from training.lines import figures, names, prose, unguessable
from training.lines.draws import Draw, Maker, chance, filled, number, one
from training.lines.lists import kept

SENTENCES = kept("letter_sentences")

FIELDS: dict[str, Maker] = {
    **prose.FIELDS,
    "given": lambda rng: names.forename(rng, one(names.PERSON_LOCALES, rng)),
    "month": lambda rng: one(figures.MONTHS["en"], rng),
    "phone": unguessable.phone,
    "street": names.street,
}


def letter(rng: Draw) -> str:
    """One to four sentences, typeset in one manner."""
    text = " ".join(filled(one(SENTENCES, rng), FIELDS, rng) for _ in range(number(1, 4, rng)))
    return prose.typeset(text, rng) if chance(0.7, rng) else text
