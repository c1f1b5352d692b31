"""Which pages a writer network learns from, and under which terms its weights may be used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from training.command import EXISTING, all_of
from training.writer.known_pages import WriterPage, find_pages
from training.writer.print_writers import PRINT
from training.writer.strips import CutPage, cut_pages
from training.writer.train_embedder import hold_out

#: Before the names of writers who are not the data's own.
OTHERS = "+"

IAM_LICENCE = (
    "For non-commercial research only: trained on pages of the IAM Handwriting Database (Marti & Bunke, 2002), whose "
    "terms the weights carry. Also trained on ink of UNIPEN train_r01_v07 (CC BY 4.0), pages drawn in open fonts (SIL "
    "OFL, Apache-2.0) and scans of books out of copyright."
)
FREE_LICENCE = (
    "Weights: Apache-2.0 as far as this project holds rights. Trained on ink of UNIPEN train_r01_v07 (CC BY 4.0), "
    "pages drawn in open fonts (SIL OFL, Apache-2.0) and scans of books out of copyright; no page of IAM was used."
)


@dataclass(frozen=True, slots=True)
class Pages:
    """data: pages of known writers; more: folders or tables of further ones; without_data: these alone; held: writers
    who are held out, to choose weights by, and twice as many with a single page.
    """

    data: Path
    more: tuple[Path, ...] = ()
    without_data: bool = False
    held: int = 12


#: ``--more``, ``--without-data`` and ``--hold-out``: the same in training and in what is fitted after it.
pages_options = all_of(
    click.option(
        "--more", multiple=True, type=EXISTING, help="More pages to learn from: a folder WRITER/PAGE.png or a table."
    ),
    click.option("--without-data", is_flag=True, help="Learn from the pages of --more alone."),
    click.option(
        "--hold-out",
        "held",
        type=click.IntRange(min=0),
        default=12,
        show_default=True,
        help="Writers left out, by whom weights are chosen; 0: the last weights are taken.",
    ),
)


def gather(pages: Pages) -> tuple[list[CutPage], list[CutPage]]:
    """Pages to learn from, and those of the writers held out. Raises OSError, ValueError, InputError."""
    others = cut_pages([WriterPage(p.path, OTHERS + p.writer) for folder in pages.more for p in find_pages(folder)])
    if pages.without_data:
        train, choice = hold_out([page for page in others if not is_print(page)], pages.held, 2 * pages.held)
        return train + [page for page in others if is_print(page)], choice
    own_pages = cut_pages([page for page in find_pages(pages.data) if page.part in ("train", "single")])
    train, choice = hold_out(own_pages, pages.held, 2 * pages.held)
    return train + others, choice


def is_print(page: CutPage) -> bool:
    """Whether it is print that a network learns as if a writer had written it."""
    return page.page.writer.startswith(OTHERS + PRINT)
