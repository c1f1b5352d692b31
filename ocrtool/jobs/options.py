"""What the command line, or a caller from Python, may ask for; light, so that ``--help`` can list it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ocrtool.script.registry import AUTO

#: Weights for writer identification: the most accurate, for non-commercial research only, and those for any use.
WRITER_MODELS = ("writer", "writer_free")

#: Worker processes for each core that may be asked for; more would only take each other's memory and time.
MOST_JOBS_PER_CORE = 4


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read pages. weights: folder of the user's own; threads: within each process; overlay: folder for drawings
    of what was found, None for none; keep_images: whether the output format needs the image of each page.
    """

    language: str = AUTO
    language_model: bool = True
    weights: Path | None = None
    threads: int = 1
    overlay: Path | None = None
    keep_images: bool = False


@dataclass(frozen=True, slots=True)
class ClassifyOptions:
    """How to classify images of single characters. top: most labels of each; keep_images: for a plot."""

    language: str = AUTO
    weights: Path | None = None
    threads: int = 1
    top: int = 5
    keep_images: bool = False


@dataclass(frozen=True, slots=True)
class SegmentOptions:
    """What to write of pages. patches, overlay: folders, None for none; count: most patches of a page; seed: of their
    random choice.
    """

    patches: Path | None = None
    overlay: Path | None = None
    count: int = 100
    seed: int = 0
    threads: int = 1


@dataclass(frozen=True, slots=True)
class EmbedOptions:
    """How to embed pages. model: of WRITER_MODELS; thumbnails: whether to keep some of the writing of each page."""

    weights: Path | None = None
    model: str = WRITER_MODELS[0]
    threads: int = 1
    thumbnails: bool = False
