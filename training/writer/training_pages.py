"""Which pages a writer network learns from, and under which terms its weights may be used."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

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


def gather(data: Path, more: Sequence[Path], without_data: bool, held: int) -> tuple[list[CutPage], list[CutPage]]:
    """Pages to learn from, and those of ``held`` writers and twice as many with a single page, who are held out.

    more: folders of further writers; without_data: these alone. Raises OSError, ValueError, InputError.
    """
    others = cut_pages([WriterPage(p.path, OTHERS + p.writer) for folder in more for p in find_pages(folder)])
    if without_data:
        train, choice = hold_out([page for page in others if not is_print(page)], held, 2 * held)
        return train + [page for page in others if is_print(page)], choice
    own = cut_pages([page for page in find_pages(data) if page.part in ("train", "single")])
    train, choice = hold_out(own, held, 2 * held)
    return train + others, choice


def is_print(page: CutPage) -> bool:
    """Whether it is print that a network learns as if a writer had written it."""
    return page.page.writer.startswith(OTHERS + PRINT)
