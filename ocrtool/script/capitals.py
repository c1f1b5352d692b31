"""Drop capitals, read as lines of their own, joined to the words that they begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ocrtool.decode.language_model import CharacterLSTM, LanguageModel
from ocrtool.script.lines import EngineLine, EngineStrip
from ocrtool.types import Box, Character, Line, Word

#: Capitals that are words themselves.
WORDS = "AIO"


def join_capitals(found: Sequence[EngineLine | EngineStrip], lines: Sequence[Line | None]) -> list[Line | None]:
    """Join each drop capital to the line after it, and give None in its place.

    found: the lines as they were found, in the order of ``lines``.
    """
    joined = list(lines)
    for k in range(len(joined) - 1):
        source, capital, rest = found[k], joined[k], joined[k + 1]
        if not isinstance(source, EngineStrip) or not source.line.region.is_capital:
            continue
        if capital is None or rest is None or found[k + 1].block != source.block:
            continue
        characters = [character for word in capital.words for character in word.characters]
        if len(characters) == 1:
            joined[k], joined[k + 1] = None, _joined(_upper(characters[0]), rest, source.engine.language_model)
    return joined


def _upper(character: Character) -> Character:
    """Return the character as a capital; its size alone does not tell."""
    label = character.label.upper()
    if len(label) != 1 or label == character.label:
        return character
    others = tuple(a for a in character.alternatives if a.label not in (label, character.label))
    same = [a for a in character.alternatives if a.label in (label, character.label)]
    probability = round(min(1.0, sum(a.probability for a in same)), 4) if same else character.probability
    return replace(
        character,
        label=label,
        probability=probability,
        alternatives=(*(replace(a, label=label, probability=probability) for a in same[:1]), *others),
    )


def _joined(capital: Character, line: Line, model: LanguageModel) -> Line:
    """Put a capital before the first word of a line, or into it."""
    first = line.words[0]
    if capital.label in WORDS and _is_word(capital.label, line.text, model):
        words = (Word(capital.box, (capital,), capital.probability), *line.words)
    else:
        whole = Word(
            Box.around([capital.box, first.box]),
            (capital, *first.characters),
            round(first.probability * capital.probability, 4),
        )
        words = (whole, *line.words[1:])
    return replace(line, box=Box.around([word.box for word in words]), words=words)


def _is_word(capital: str, text: str, model: LanguageModel) -> bool:
    """Return True if the capital is a word before the text: if the language model finds that more likely."""
    if not isinstance(model, CharacterLSTM):
        return False
    try:
        return bool(model.score(f"{capital} {text}").sum() > model.score(capital + text).sum())
    except KeyError:  # a character that the model does not know
        return False
