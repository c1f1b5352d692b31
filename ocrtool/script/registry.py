"""Which scripts there are: one folder of this package each, found by looking; nothing heavy is imported.

A script's folder says in its ``__init__`` which ``LANGUAGE`` it is read in (``eng``) and its ``ORDER``: the script of
the lowest order reads the lines that no other claims. Its module ``script`` holds the object, ``SCRIPT``.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

import ocrtool.script

if TYPE_CHECKING:
    from ocrtool.script.script import Script

#: Asks for every script, each told from samples of a page's lines.
AUTO = "auto"
#: Joins languages whose scripts are told line by line.
JOINER = "+"


@cache
def languages() -> dict[str, str]:
    """The folder of each language's script, by order."""
    folders = [info.name for info in pkgutil.iter_modules(ocrtool.script.__path__) if info.ispkg]
    packages = [importlib.import_module(f"{ocrtool.script.__name__}.{folder}") for folder in folders]
    return {p.LANGUAGE: p.__name__.rsplit(".", 1)[1] for p in sorted(packages, key=lambda p: p.ORDER)}


def language_choices() -> tuple[str, ...]:
    """What may be asked for: ``auto``, each language, and all of them joined."""
    each = tuple(languages())
    return (AUTO, *each, *((JOINER.join(each),) if len(each) > 1 else ()))


def parse_languages(asked: str) -> tuple[str, ...]:
    """The languages that ``asked`` names, by order. Raises ValueError for one that cannot be read."""
    known = languages()
    names = list(known) if asked == AUTO else asked.split(JOINER)
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"language {unknown[0]!r} is not one of {', '.join(known)}")
    return tuple(name for name in known if name in names)


def load_script(language: str) -> Script:
    """The script that a language is written in."""
    module = importlib.import_module(f"{ocrtool.script.__name__}.{languages()[language]}.script")
    script: Script = module.SCRIPT
    return script
