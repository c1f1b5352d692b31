"""What engines are loaded with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

#: Languages that can be read.
LANGUAGES = ("auto", "eng", "kor", "eng+kor")


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the engines. Raises ValueError on a language that is not known."""

    language: str = "auto"
    language_model: bool = True
    weights: Path | None = None  # folder of the user's own weights
    threads: int = 1

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise ValueError(f"language {self.language!r} is not one of {', '.join(LANGUAGES)}")
        if self.threads < 1:
            raise ValueError("threads count from 1")
