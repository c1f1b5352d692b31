"""Measure how forms are read that are filled in by hand: fields right, tick boxes right.

    python -m training.benchmark.forms PAGES [--weights DIR] [--every N] [--show N]

PAGES is a folder that `training.synthesis.hand_forms` drew. A field is right if the characters that were read within it
are those that were written, in their order; spaces count on lines and not in cells, and of an empty field nothing may
be read. ``caseless`` takes capitals and small letters for the same, since they are often written alike. A tick box is
right if the text has the right one of ☐ ☑ ☒ within it and nothing else; ``invented`` ones stand where there is none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from tabulate import tabulate

from ocrtool.imaging.input import read_pages
from ocrtool.types import Box, Page
from training.command import EXISTING, errors_as_messages, every_option, weights_option
from training.decoder.engines import page_reader
from training.synthesis.form_frames import CELLS
from training.synthesis.form_truth import FieldTruth, FormTruth, MarkTruth, Place, read_truth

#: What a tick box of a state is read as.
SIGNS = {"empty": "☐", "ticked": "☑", "crossed": "☒", "filled": "☒"}


@dataclass(frozen=True, slots=True)
class FormScore:
    """What was read of the fields and tick boxes of a form: pairs of truth and reading, and tick boxes in excess."""

    fields: tuple[tuple[FieldTruth, str], ...]
    marks: tuple[tuple[MarkTruth, str], ...]
    invented: int


def score_form(page: Page, truth: FormTruth) -> FormScore:
    """Find what was read within each field and tick box of a form."""
    fields = tuple((field, text_within(page, field.box, " ")) for field in truth.fields)
    marks = tuple((mark, text_within(page, mark.box, "")) for mark in truth.marks)
    signs = sum(c.label in SIGNS.values() for line in page.lines for word in line.words for c in word.characters)
    known = sum(text.count(sign) for _, text in marks for sign in set(SIGNS.values()))
    return FormScore(fields, marks, signs - known)


def text_within(page: Page, place: Place, space: str) -> str:
    """The characters of a page whose middle is within a place, words joined by ``space``."""
    words = []
    for line in page.lines:
        for word in line.words:
            inside = "".join(c.label for c in word.characters if _is_within(c.box, place))
            if inside:
                words.append(inside)
    return space.join(words)


def is_right(field: FieldTruth, text: str, caseless: bool = False) -> bool:
    """True if a field was read right."""
    truth = field.text
    if field.frame in CELLS:
        truth, text = truth.replace(" ", ""), text.replace(" ", "")
    return truth.upper() == text.upper() if caseless else truth == text


def is_mark_right(mark: MarkTruth, text: str) -> bool:
    """True if a tick box was read right."""
    return text == SIGNS[mark.state]


def table(scores: Sequence[FormScore]) -> str:
    """Shares that are right, by frame of the fields and by state of the tick boxes."""
    strict: dict[str, list[bool]] = defaultdict(list)
    caseless: dict[str, list[bool]] = defaultdict(list)
    for score in scores:
        for field, text in score.fields:
            for kind in (field.frame if field.text else "empty", "all fields"):
                strict[kind].append(is_right(field, text))
                caseless[kind].append(is_right(field, text, caseless=True))
        for mark, text in score.marks:
            for kind in (f"mark {mark.state}", "all tick boxes"):
                strict[kind].append(is_mark_right(mark, text))
    rows = [
        (kind, len(found), sum(found) / len(found), sum(caseless[kind]) / len(found) if kind in caseless else None)
        for kind, found in sorted(strict.items())
    ]
    invented = sum(score.invented for score in scores)
    shown = tabulate(rows, headers=("kind", "number", "right", "caseless"), tablefmt="github", floatfmt=".3f")
    return f"{shown}\n\ntick boxes invented: {invented}"


def wrong_ones(name: str, score: FormScore) -> list[str]:
    """A line for each field and tick box that was read wrong."""
    fields = [f"{name} {f.frame}: {f.text!r} read {text!r}" for f, text in score.fields if not is_right(f, text)]
    marks = [f"{name} {m.style} {m.state}: read {text!r}" for m, text in score.marks if not is_mark_right(m, text)]
    return fields + marks


def _is_within(box: Box, place: Place) -> bool:
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return place[0] <= x <= place[2] and place[1] <= y <= place[3]


def confusions(scores: Iterable[FormScore]) -> Counter[tuple[str, str]]:
    """Pairs of characters, written and read, of fields in cells that are of the right length but not right."""
    found: Counter[tuple[str, str]] = Counter()
    for score in scores:
        for field, text in score.fields:
            truth, read = field.text.replace(" ", ""), text.replace(" ", "")
            if field.frame in CELLS and len(truth) == len(read):
                found.update((a, b) for a, b in zip(truth, read, strict=True) if a != b)
    return found


@click.command()
@click.argument("pages", type=EXISTING)
@weights_option()
@every_option()
@click.option("--show", is_flag=True, help="List what was read wrong.")
@errors_as_messages()
def main(pages: Path, weights: Path | None, every: int, show: bool) -> None:
    """Measure fields and tick boxes of the drawn forms in the folder PAGES."""
    read = page_reader(weights)
    scores = []
    for image in sorted(pages.glob("*.png"))[::every]:
        gray = next(iter(read_pages(image, str(image)))).gray
        scores.append(score_form(read(gray), read_truth(image)))
        if show:
            click.echo("\n".join(wrong_ones(image.stem, scores[-1])))
    if not scores:
        raise ValueError(f"no drawn forms in {pages}")
    click.echo(table(scores))
    if show:
        click.echo(f"confusions in cells: {confusions(scores).most_common(20)}")


if __name__ == "__main__":
    main()
