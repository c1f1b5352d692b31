"""Registry of scripts: each is a folder of this package, found at run time; nothing heavy is imported.

The ``__init__`` of a script's folder defines its ``LANGUAGE`` (``eng``) and its ``ORDER``: the script of the lowest
order reads the lines that no other script claims. Its module ``script`` defines the object ``SCRIPT``.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

import ocrtool.script

if TYPE_CHECKING:
    from ocrtool.script.script import Script

#: Selects every script; which of them a page has is detected from samples of its lines.
AUTO = "auto"
#: Joins languages; the script of each line is detected.
JOINER = "+"


@cache
def languages() -> dict[str, str]:
    """Map each language to the folder of its script, by order.

    Returns
    -------
    dict of str to str
        ISO 639-3 code to the name of a sub-package of `ocrtool.script`.

    Examples
    --------
    >>> from ocrtool.script.registry import languages
    >>> languages()
    {'eng': 'latin', 'kor': 'hangul'}
    """
    folders = [info.name for info in pkgutil.iter_modules(ocrtool.script.__path__) if info.ispkg]
    packages = [importlib.import_module(f"{ocrtool.script.__name__}.{folder}") for folder in folders]
    return {p.LANGUAGE: p.__name__.rsplit(".", 1)[1] for p in sorted(packages, key=lambda p: p.ORDER)}


def language_choices() -> tuple[str, ...]:
    """List the choices of ``--lang``: ``auto``, each language, and all of them joined.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> from ocrtool.script.registry import language_choices
    >>> language_choices()
    ('auto', 'eng', 'kor', 'eng+kor')
    """
    each = tuple(languages())
    return (AUTO, *each, *((JOINER.join(each),) if len(each) > 1 else ()))


def parse_languages(asked: str) -> tuple[str, ...]:
    """Parse ``auto``, a language, or several joined by ``+``.

    Parameters
    ----------
    asked : str
        As on the command line.

    Returns
    -------
    tuple of str
        Languages in the order of their scripts.

    Raises
    ------
    ValueError
        A language cannot be read.

    Examples
    --------
    >>> from ocrtool.script.registry import parse_languages
    >>> parse_languages("kor+eng")
    ('eng', 'kor')
    """
    known = languages()
    names = list(known) if asked == AUTO else asked.split(JOINER)
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"language {unknown[0]!r} is not one of {', '.join(known)}")
    return tuple(name for name in known if name in names)


def languages_of(text: str) -> str:
    """Name the languages in whose scripts a text is written, by its letters.

    Parameters
    ----------
    text : str
        In NFC.

    Returns
    -------
    str
        Languages joined by ``+``; the first one for a text without letters that are known.

    Examples
    --------
    >>> from ocrtool.script.registry import languages_of
    >>> languages_of("한국어 PDF"), languages_of("1,200")
    ('eng+kor', 'eng')
    """
    of_letter = _languages_of_letters()
    found = {of_letter[letter] for letter in set(text) if letter in of_letter}
    return JOINER.join(name for name in languages() if name in found) or next(iter(languages()))


@cache
def _languages_of_letters() -> dict[str, str]:
    """Map each letter to the first language that has it."""
    scripts = [load_script(name) for name in reversed(languages())]
    return {glyph: script.language for script in scripts for glyph in script.glyphs if glyph.isalpha()}


def load_script(language: str) -> Script:
    """Load the script of a language.

    Parameters
    ----------
    language : str
        One of `languages`.

    Returns
    -------
    Script

    Raises
    ------
    KeyError
        The language is unknown.

    Examples
    --------
    >>> from ocrtool.script.registry import load_script
    >>> load_script("kor").name
    'Hangul'
    """
    module = importlib.import_module(f"{ocrtool.script.__name__}.{languages()[language]}.script")
    script: Script = module.SCRIPT
    return script
