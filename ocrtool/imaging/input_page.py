"""A page of an input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NoReturn

import numpy as np

from ocrtool.errors import InputError, page_name
from ocrtool.types import Page


@dataclass(frozen=True)
class InputPage:
    """One page of a file, upright by its EXIF orientation or by the rotation that its PDF asks for.

    pixels: (H, W) uint8, polarity as in the file, or a function that draws them; number: from 1 of ``count`` pages;
    dpi: None if unknown; text: that of a page of a PDF, with boxes in its pixels; read_anew: False if the text stands
    for the page, which then needs not be drawn; warnings: what is wrong with the image, as the second half of a
    sentence, though it can be read.
    """

    pixels: np.ndarray | Callable[[], np.ndarray]
    number: int
    count: int
    dpi: float | None
    name: str
    text: Page | None = None
    read_anew: bool = True
    warnings: tuple[str, ...] = ()

    @classmethod
    def failing(cls, error: InputError, number: int, count: int, name: str) -> InputPage:
        """Return a page that cannot be used: its pixels raise ``error``."""
        return cls(partial(_raise, error), number, count, None, name)

    @cached_property
    def gray(self) -> np.ndarray:
        """The pixels, (H, W) uint8. Raises InputError if the page cannot be drawn; it can while it is the last one."""
        return self.pixels() if callable(self.pixels) else self.pixels

    @property
    def label(self) -> str:
        """Name of the page in messages and results."""
        return page_name(self.name, self.number, self.count)


def _raise(error: InputError) -> NoReturn:
    raise error
