"""A folder of pages with transcripts beside them: finding them, holding some out, and their error rate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrtool.imaging.input import read_pages
from ocrtool.jobs.inputs import EXTENSIONS
from ocrtool.text import natural_key, normal
from training.lines.aligned import MARKS

#: Endings of a transcript, the first that is there is used.
TRANSCRIPTS = (".gt.txt", ".txt")
#: Marks around a word.
_MARKS = ".,;:!?()[]\"'“”‘’—–"


@dataclass(frozen=True, slots=True)
class OwnPage:
    """An image with its text, whose line breaks may be missing or differ from those of the image."""

    image: Path
    text: str

    def gray(self) -> np.ndarray:
        """(H, W) uint8. Raises InputError; ValueError if the file has more pages than the one of the transcript."""
        pages = list(read_pages(self.image, str(self.image)))
        if len(pages) > 1:
            raise ValueError(
                f"{self.image} has {len(pages)} pages, but one transcript: save each as an image of its own"
            )
        return pages[0].gray


def find_pages(folder: Path) -> list[OwnPage]:
    """The images in ``folder`` that have a transcript with some text, in natural order.

    Raises ValueError if none has, or a transcript is not UTF-8.
    """
    images = [path for path in folder.iterdir() if path.suffix.lower() in EXTENSIONS and path.is_file()]
    if not images:
        raise ValueError(f"{folder} holds no images of pages")
    pages = []
    for image in sorted(images, key=lambda path: natural_key(path.name)):
        transcript = next((t for t in map(image.with_suffix, TRANSCRIPTS) if t.is_file()), None)
        text = "" if transcript is None else _read(transcript)
        if text.strip():
            pages.append(OwnPage(image, text))
    if not pages:
        raise ValueError(f"no image in {folder} has its text in a file NAME.gt.txt or NAME.txt beside it")
    return pages


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8 text") from None


def hold_out(pages: Sequence[OwnPage], share: float) -> tuple[list[OwnPage], list[OwnPage]]:
    """Pages to fit to, and pages to measure on: about this share, spread evenly, at least one of each.

    Raises ValueError for a single page.
    """
    if len(pages) < 2:
        raise ValueError("one page with a transcript is too few: another is needed to measure on")
    count = min(len(pages) - 1, max(1, round(share * len(pages))))
    held = {int((k + 0.5) * len(pages) / count) for k in range(count)}
    return [p for k, p in enumerate(pages) if k not in held], [p for k, p in enumerate(pages) if k in held]


def error_rate(pages: Iterable[OwnPage], read: Callable[[np.ndarray], str], plain: str = "") -> float:
    """Character error rate; words that only the page breaks at a line's end are whole.

    read: the text of a page (H, W), line by line; plain: marks whose other forms count as they do, nothing else is
    folded.
    """
    forms = str.maketrans({rich: marks[0] for marks in MARKS if marks[0] in plain for rich in marks[1:]})
    errors = characters = 0
    for page in pages:
        truth = normal(page.text).translate(forms)
        errors += Levenshtein.distance(truth, normal(joined(read(page.gray()).translate(forms), truth)))
        characters += len(truth)
    return errors / max(1, characters)


def joined(text: str, truth: str) -> str:
    """``text`` with words put together that are broken at a line's end, where the transcript has them whole."""
    words = {word.strip(_MARKS) for word in truth.split()}

    def whole(broken: re.Match[str]) -> str:
        head, tail = broken.groups()
        for word in (head + tail, f"{head}-{tail}"):
            if word.strip(_MARKS) in words:
                return word
        return broken.group()

    return re.sub(r"(\S+)-\n+(\S+)", whole, text)
