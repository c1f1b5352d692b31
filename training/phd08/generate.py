"""Render text files in the form of PHD08: any characters in any fonts."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ocrtool.files import atomic_write
from training.phd08.files import file_name
from training.phd08.text_form import format_sample, sample_name
from training.synthesis.hangul_fonts import KoreanFont, drawn_characters, find_korean_fonts
from training.synthesis.hangul_glyphs import Glyphs, having
from training.synthesis.hangul_scan import binary
from training.synthesis.phd08_variations import all_variations, phd08_scan
from training.synthesis.processes import in_order

#: File beside the texts that says how they were made.
RECORD = "generated.json"


@dataclass(frozen=True, slots=True)
class Generation:
    """What to draw. variations: of the 243, chosen at random for each character and font; jobs: processes."""

    characters: tuple[str, ...]
    fonts: tuple[KoreanFont, ...]
    out: Path
    variations: int = len(all_variations())
    seed: int = 0
    jobs: int = 1

    def description(self) -> dict[str, object]:
        """All that decides what a file holds, for JSON."""
        return {"fonts": [font.name for font in self.fonts], "variations": self.variations, "seed": self.seed}


@dataclass(frozen=True, slots=True)
class Summary:
    """What was drawn: samples, and the characters that no font has."""

    samples: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrawTask:
    """A character's file."""

    character: str
    fonts: tuple[KoreanFont, ...]
    path: Path
    variations: int
    seed: int


def generate(generation: Generation, advance: Callable[[], None] = lambda: None) -> Summary:
    """Write a file for each character that some font has; files that are there already stay.

    Raises ValueError if the folder holds files drawn otherwise; OSError, OutputError.
    """
    _claim(generation)
    tasks, missing = [], []
    for character in generation.characters:
        fonts = tuple(having(generation.fonts, character))
        if fonts:
            path = generation.out / file_name(character)
            tasks.append(DrawTask(character, fonts, path, generation.variations, generation.seed))
        else:
            missing.append(character)
    samples = 0
    with closing(in_order(write_text, tasks, generation.jobs)) as counts:
        for count in counts:
            samples += count
            advance()
    return Summary(samples, tuple(missing))


def choose_fonts(folder: Path | None, part: str | None, limit: int | None, seed: int) -> list[KoreanFont]:
    """The fonts found, or ``limit`` of them chosen at random. Raises FileNotFoundError."""
    fonts = find_korean_fonts(folder, part)
    if limit is None or limit >= len(fonts):
        return fonts
    chosen = np.random.default_rng(seed).choice(len(fonts), limit, replace=False)
    return [fonts[index] for index in np.sort(chosen)]


def look_up(fonts: Sequence[KoreanFont], jobs: int) -> Iterator[KoreanFont]:
    """Determine the characters of each font on all cores; the result is cached."""
    yield from in_order(_looked_up, fonts, jobs)


def write_text(task: DrawTask) -> int:
    """Write a character's file unless it is there; returns the number of its samples. Raises OSError, OutputError."""
    chosen = [(font, variation) for font in task.fonts for variation in _chosen(task, font)]
    if not task.path.is_file():
        with atomic_write(task.path) as file:
            for font, variation in chosen:
                image = draw_sample(font, task.character, variation, task.seed)
                file.write(format_sample(sample_name(font.name, variation), image))
    return len(chosen)


def draw_sample(font: KoreanFont, character: str, variation: tuple[int, ...], seed: int) -> np.ndarray:
    """(H, W) uint8, 1 = ink: always the same for the same arguments. Raises ValueError if the font lacks it."""
    rng = np.random.default_rng([seed, ord(character), zlib.crc32(font.name.encode()), *variation])
    glyph = _glyphs().glyph(font, character)
    return binary(glyph, phd08_scan(glyph, variation), rng)


def _chosen(task: DrawTask, font: KoreanFont) -> list[tuple[int, ...]]:
    everything = all_variations()
    if task.variations >= len(everything):
        return list(everything)
    rng = np.random.default_rng([task.seed, ord(task.character), zlib.crc32(font.name.encode())])
    return [everything[i] for i in np.sort(rng.choice(len(everything), task.variations, replace=False))]


def _claim(generation: Generation) -> None:
    """Notes in the folder how its files are drawn; refuses one whose files are drawn otherwise."""
    path = generation.out / RECORD
    wanted = generation.description()
    generation.out.mkdir(parents=True, exist_ok=True)
    if path.is_file():
        if path.read_text(encoding="utf-8") != json.dumps(wanted):
            raise ValueError(f"{generation.out} holds files drawn with other options: remove it, or name another")
        return
    if any(generation.out.glob("*.txt")):
        raise ValueError(f"{generation.out} holds other text files: name another folder")
    with atomic_write(path) as file:
        file.write(json.dumps(wanted).encode())


def _looked_up(font: KoreanFont) -> KoreanFont:
    drawn_characters(font.path)
    return font


@lru_cache(maxsize=1)
def _glyphs() -> Glyphs:
    """Of this process."""
    return Glyphs()
