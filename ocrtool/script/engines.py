"""The engines of a run: a line reader for the script that has one, and engines that read glyph by glyph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from ocrtool.script.registry import AUTO, load_script, parse_languages
from ocrtool.script.strip_engine import StripEngine, load_strip_engine
from ocrtool.weights.store import ANY, chosen_folder

if TYPE_CHECKING:
    from ocrtool.script.glyph_engine import Engine

#: Number of lines, spread over a page, that are sampled to detect a script that was not asked for.
SAMPLE_LINES = 12


class Engines:
    """The engines of a run.

    strips: reads the lines that no other engine claims, None if the first of ``others`` does; sample_lines: number of
    lines sampled to detect the scripts of the others; None: all.
    """

    def __init__(
        self,
        strips: StripEngine | None,
        open_others: Callable[[], tuple[Engine, ...]] = tuple,
        sample_lines: int | None = SAMPLE_LINES,
    ) -> None:
        """open_others: opens the engines that read glyph by glyph, in the order of their scripts."""
        self.strips = strips
        self.sample_lines = sample_lines
        self._open_others = open_others

    @cached_property
    def others(self) -> tuple[Engine, ...]:
        """The engines that read glyph by glyph; most pages of print in the script of ``strips`` need none."""
        return self._open_others()

    def open(self) -> Engines:
        """Open the others now, so that faulty weights are reported now. Raises WeightsNotFound, WeightsRefused."""
        len(self.others)
        return self

    @property
    def first(self) -> StripEngine | Engine:
        """The engine of the lines that no other claims."""
        return self.others[0] if self.strips is None else self.strips

    def __iter__(self) -> Iterator[StripEngine | Engine]:
        return iter(self.others if self.strips is None else (self.strips, *self.others))


def load_engines(
    language: str = AUTO,
    weights: Path | None = None,
    *,
    model: str = ANY,
    language_model: bool = True,
    threads: int = 1,
) -> Engines:
    """Load the engines of one or more languages.

    Of the package's own weights those of scripts that are only looked for are opened when a page may need them.

    Parameters
    ----------
    language : str
        ``auto`` for all languages, a language (``eng``), or several joined by ``+``.
    weights : path, optional
        Folder of your own weights; those that it lacks are taken from the package.
    model : str
        ``any`` for weights for any use, ``research`` for those for non-commercial research only where there are some.
    language_model : bool
        False reads without the language model.
    threads : int
        For each glyph classifier; the other networks have one, since they do little at a time.

    Returns
    -------
    Engines
        For `ocrtool.pipeline.read_page`. Not to be shared between threads.

    Raises
    ------
    ValueError
        The language or the model is unknown.
    WeightsNotFound, WeightsRefused
        The weights are missing or do not match their manifest.

    Examples
    --------
    >>> from ocrtool.script.engines import load_engines
    >>> [engine.script.name for engine in load_engines("eng+kor")]
    ['Latin', 'Hangul']
    """
    first, *rest = parse_languages(language)
    script = load_script(first)
    strips = None
    if script.weights.line_reader is None:
        rest = [first, *rest]
    else:
        strips = load_strip_engine(script, weights, language_model, model)
    second = None if strips is None else replace(strips, guided=False, again=False)
    open_others = partial(_open_engines, tuple(rest), weights, language_model, threads, model, second)
    engines = Engines(strips, open_others, SAMPLE_LINES if language == AUTO else None)
    wanted = strips is None or language != AUTO or chosen_folder(weights) is not None
    return engines.open() if wanted else engines


def _open_engines(
    languages: tuple[str, ...],
    weights: Path | None,
    language_model: bool,
    threads: int,
    model: str,
    second: StripEngine | None,
) -> tuple[Engine, ...]:
    if not languages:
        return ()
    from ocrtool.script.glyph_engine import load_engine

    engines = (load_engine(each, weights, language_model, threads, model) for each in languages)
    return tuple(replace(engine, second=second) for engine in engines)
