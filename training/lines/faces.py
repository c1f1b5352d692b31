"""Fonts that training lines are drawn in: what a family lacks comes from its extended file, then from a fallback."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import ImageDraw, ImageFont

from ocrtool.charset import LINE_CHARACTERS
from training.synthesis.office_type import TICKS, draw_tick

#: Size at which faces are measured, in pixels.
PROBE_SIZE = 96
#: Tick boxes that no font draws: side, thickness and advance in x-heights, each drawn between two bounds.
TICK_SIDE, TICK_PEN, TICK_ADVANCE = (1.1, 1.7), (0.06, 0.16), 1.15
#: Three points and no more; how far the width of an ellipsis may be from theirs (as a share) where they look alike.
THREE_POINTS, ALIKE = re.compile(r"(?<!\.)\.\.\.(?!\.)"), 0.06
#: Size of small capitals over that of capitals.
SMALL_CAPITALS = (0.66, 0.86)
#: Of the lines with tick boxes this share has them drawn as squares even where a font has the character.
DRAWN_TICKS = 0.6


@dataclass(frozen=True, slots=True)
class LineFace:
    """A style of a family. files: in order of preference; capitals_only: small letters look like capitals."""

    family: str
    kind: str
    files: tuple[Path, ...]
    capitals_only: bool = False


def open_face(path: Path, size: float) -> ImageFont.FreeTypeFont:
    """Open a font file without shaping. Raises OSError."""
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def drawn_by(path: Path) -> frozenset[str]:
    """The characters of the line reader that a font file has a picture of. Raises OSError."""
    font = open_face(path, PROBE_SIZE // 2)
    missing = {bytes(font.getmask(c, mode="L")) for c in "\uffff\ue123\u0378"}
    found = set()
    for character in LINE_CHARACTERS[1:]:
        mask = font.getmask(character, mode="L")
        picture = bytes(mask)
        if mask.size[0] > 0 and mask.size[1] > 0 and picture not in missing and max(picture, default=0) > 64:
            found.add(character)
    return frozenset(found)


@lru_cache(maxsize=4096)
def relative_x_height(path: Path) -> float:
    """x-height of a font in units of its size. Raises OSError."""
    _, top, _, bottom = open_face(path, PROBE_SIZE).getbbox("x", anchor="ls")
    return float(max(0.2, (bottom - top) / PROBE_SIZE))


def looks_capital(path: Path) -> bool:
    """Whether a font draws small letters as capitals, of the same height or lower."""
    font = open_face(path, PROBE_SIZE)
    alike = 0
    for small in "aeghnrt":
        pair = [
            np.array(font.getmask(c, mode="L")).reshape(font.getmask(c, mode="L").size[::-1])
            for c in (small, small.upper())
        ]
        if min(p.size for p in pair) == 0:
            return False
        a, b = (_normal(p) for p in pair)
        alike += float((a * b).mean()) > 0.8
    return alike >= 5


def _normal(picture: np.ndarray) -> np.ndarray:
    small = cv2.resize(picture.astype(np.float32), (24, 24), interpolation=cv2.INTER_AREA)
    small = small - small.mean()
    return np.asarray(small / max(1e-6, float(small.std())))


@dataclass(frozen=True, slots=True)
class Run:
    """Characters drawn at once. path: of their font, None for a tick box; x: pixels from the line's start; size: of
    small capitals over that of capitals, else 1.
    """

    text: str
    path: Path | None
    x: float
    size: float = 1.0


@dataclass
class Pen:
    """A face at one size: measures and draws a line of text, run by run.

    face: what to draw in; fallback: fonts for what it lacks; x_height: in pixels; small: size of small capitals over
    that of capitals.
    """

    face: LineFace
    fallback: tuple[Path, ...]
    x_height: float
    drawn_ticks: bool = False
    tick_side: float = 1.3
    tick_pen: float = 0.1
    tracking: float = 0.0
    small: float = 0.8
    _fonts: dict[tuple[Path, float], ImageFont.FreeTypeFont] = field(default_factory=dict, repr=False)

    @classmethod
    def any(cls, face: LineFace, fallback: tuple[Path, ...], x_height: float, rng: np.random.Generator) -> Pen:
        """A pen whose tick boxes and letter spacing are drawn by lot."""
        tracking = 0.0
        draw = rng.random()
        if draw < 0.08:
            tracking = float(rng.uniform(0.02, 0.35))
        elif draw < 0.13:
            tracking = float(rng.uniform(-0.1, 0.0))
        return cls(
            face,
            fallback,
            x_height,
            bool(rng.random() < DRAWN_TICKS),
            rng.uniform(*TICK_SIDE),
            rng.uniform(*TICK_PEN),
            tracking,
            rng.uniform(*SMALL_CAPITALS),
        )

    def file_of(self, character: str) -> Path | None:
        """The first file that draws the character; None if none does."""
        for path in (*self.face.files, *self.fallback):
            if character in drawn_by(path):
                return path
        return None

    def _open(self, path: Path, size: float = 1.0) -> ImageFont.FreeTypeFont:
        if (path, size) not in self._fonts:
            own = self.face.files[0]
            # a fallback has the size that its x-height asks for; a family's extension has that of the family
            like = path if path in self.fallback else own
            self._fonts[path, size] = open_face(path, size * self.x_height / relative_x_height(like))
        return self._fonts[path, size]

    def as_seen(self, text: str) -> str:
        """``text`` with … for three points that look like it: one picture must not have two names."""
        return THREE_POINTS.sub("…", text) if self._ellipsis_is_three_points else text

    @cached_property
    def _ellipsis_is_three_points(self) -> bool:
        path = self.face.files[0]
        if "…" not in drawn_by(path) or self.tracking:
            return False
        font = open_face(path, 4 * PROBE_SIZE)  # at the size of a line, advances are whole pixels
        return bool(abs(font.getlength("…") / (3.0 * font.getlength(".")) - 1.0) < ALIKE)

    def place(
        self, text: str, small: np.ndarray | None = None, wider: np.ndarray | None = None
    ) -> tuple[list[Run], np.ndarray, float]:
        """Runs of text, the middles of the characters (n,) in pixels from the line's start, and the line's width.

        small: (n,) bool, which characters are small capitals; wider: (n,) x-heights that each space is wider than the
        font's. Characters that no font draws raise ValueError.
        """
        sizes = np.ones(len(text)) if small is None else np.where(small, self.small, 1.0)
        more = np.zeros(len(text)) if wider is None else wider * self.x_height
        runs: list[Run] = []
        middles = np.zeros(len(text))
        x, i = 0.0, 0
        space = max(float(self._open(self.face.files[0]).getlength(" ")), 0.3 * self.x_height)
        while i < len(text):
            if text[i] == " ":
                width = space + float(more[i])
                middles[i] = x + width / 2
                x += width + self.tracking * self.x_height
                i += 1
                continue
            if text[i] in TICKS and (self.drawn_ticks or self.file_of(text[i]) is None):
                side = self.tick_side * self.x_height
                runs.append(Run(text[i], None, x))
                middles[i] = x + side / 2
                x += side * TICK_ADVANCE
                i += 1
                continue
            path = self.file_of(text[i])
            if path is None:
                raise ValueError(f"no font draws {text[i]!r}")
            size = float(sizes[i])
            font = self._open(path, size)
            end = i + 1
            while (
                self.tracking == 0.0
                and end < len(text)
                and text[end] != " "
                and text[end] not in TICKS
                and sizes[end] == size
                and self.file_of(text[end]) == path
            ):
                end += 1
            run = text[i:end]
            lengths = [float(font.getlength(run[:k])) for k in range(len(run) + 1)]
            middles[i:end] = x + (np.array(lengths[:-1]) + np.array(lengths[1:])) / 2
            runs.append(Run(run, path, x, size))
            x += lengths[-1] + self.tracking * self.x_height
            i = end
        return runs, middles, x

    def draw(self, pen: ImageDraw.ImageDraw, runs: list[Run], x: float, y: float, ink: int) -> None:
        """Draw placed runs with the line's start at x and its baseline at y."""
        for run in runs:
            if run.path is None:
                self._tick(pen, x + run.x, y, run.text, ink)
            else:
                pen.text((x + run.x, y), run.text, ink, self._open(run.path, run.size), anchor="ls")

    def _tick(self, pen: ImageDraw.ImageDraw, x: float, baseline: float, character: str, ink: int) -> None:
        side, width = self.tick_side * self.x_height, max(1, round(self.tick_pen * self.x_height))
        draw_tick(pen, (x, baseline), character, side, width, ink)
