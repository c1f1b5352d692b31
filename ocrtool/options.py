"""How to read: what the command line asks for, and what a caller from Python may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

#: Languages that can be read. "auto" looks at some lines of a page for Hangul, "eng+kor" at every one.
LANGUAGES = ("auto", "eng", "kor", "eng+kor")

#: Weights that hands are told by: those that do best, for research only, and those for any use.
WRITER_MODELS = ("writer", "writer_free")

#: Output formats, each a module of ``ocrtool.export``.
FORMATS = ("text", "json")


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of one run. ``weights``, ``output`` and ``overlay`` are None where nothing was asked for.

    Raises ValueError on a value that none of the parts would understand.
    """

    language: str = "auto"
    language_model: bool = True
    weights: Path | None = None  # folder of the user's own weights
    format: str = "text"
    output: str | None = None  # file, or folder (always if it ends with a slash); standard output if None
    overlay: Path | None = None  # folder for pictures of what was found where
    jobs: int = 1  # worker processes
    threads: int = 1  # threads within each
    fail_fast: bool = False
    quiet: bool = False

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise ValueError(f"language {self.language!r} is not one of {', '.join(LANGUAGES)}")
        if self.format not in FORMATS:
            raise ValueError(f"format {self.format!r} is not one of {', '.join(FORMATS)}")
        if self.jobs < 1 or self.threads < 1:
            raise ValueError("jobs and threads count from 1")
