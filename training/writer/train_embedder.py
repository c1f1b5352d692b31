"""Fit ours and the tutorial's network; which pages each learns from, and by which the weights are chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from ocrtool.writer.compare import unit
from training.emnist.loop import Run, compile_trainee, fit, make_optimizer
from training.models.writer import TutorialSpec, WriterSpec, build_tutorial, build_writer
from training.writer.batches import Augmentation, GroupBatches
from training.writer.embed import Embedded, embed_pages
from training.writer.group_model import compile_groups, group_model, predict_embeddings
from training.writer.known_pages import writers_of
from training.writer.scores import top1
from training.writer.strips import CutPage

#: Patches of a page that the choice of weights looks at.
CHOICE_PATCHES = 60
#: Steps between two looks.
STEPS = 500


@dataclass(frozen=True, slots=True)
class Settings:
    """groups, size: pages a step, and patches of each; rate: peak learning rate; scale, margin: of the loss; shares:
    prefix of writers' names, and which share of the groups is theirs.
    """

    groups: int = 32
    size: int = 8
    rate: float = 2e-3
    scale: float = 20.0
    margin: float = 0.2
    epochs: float = 10.0
    minutes: float = 60.0
    seed: int = 0
    augmented: bool = True
    shares: tuple[tuple[str, float], ...] = ()


def hold_out(pages: Sequence[CutPage], count: int, singles: int) -> tuple[list[CutPage], list[CutPage]]:
    """Pages to learn from, and those of ``count`` writers with several pages and ``singles`` with one.

    Every k-th writer, so that the choice does not depend on names; those with the most pages are kept to learn from.
    """
    by_writer: dict[str, list[CutPage]] = defaultdict(list)
    for page in pages:
        by_writer[page.page.writer].append(page)
    several = [w for w in writers_of(p.page for p in pages) if 2 <= len(by_writer[w]) <= 8]
    one = [w for w in writers_of(p.page for p in pages) if len(by_writer[w]) == 1]
    held = {w for some, n in ((several, count), (one, singles)) for w in spread(some, n)}
    return [p for p in pages if p.page.writer not in held], [p for p in pages if p.page.writer in held]


def spread(names: Sequence[str], count: int) -> list[str]:
    """``count`` of the names, evenly spread."""
    count = min(count, len(names))
    return [names[k] for k in np.linspace(0, len(names) - 1, count).round().astype(int)] if count else []


def choice_scores(held: Embedded) -> dict[str, float]:
    """First page of each writer enrolled: share of other pages, and of their lines, whose hand is told."""
    writers = held.writers
    first = np.array([list(writers).index(w) == k for k, w in enumerate(writers)])
    pages = held.page_means()
    gallery = unit(pages[first])
    lines, of = held.line_means()
    asked = ~first[of]
    by_page = top1(unit(pages[~first]) @ gallery.T, writers[~first], writers[first])
    by_line = top1(unit(lines[asked]) @ gallery.T, writers[of[asked]], writers[first])
    return {"val_page_top1": by_page, "val_line_top1": by_line, "val_class_accuracy": (by_page + by_line) / 2}


def fit_ours(
    spec: WriterSpec,
    train: Sequence[CutPage],
    held: Sequence[CutPage],
    folder: Path,
    settings: Settings,
    init: Path | None = None,
    resume: bool = False,
) -> tuple[keras.Model, Run]:
    """The embedder, and its run. Without ``held`` pages the last weights stand, else the best on them."""
    writers = writers_of(p.page for p in train)
    batches = GroupBatches(
        train,
        writers,
        settings.groups,
        settings.size,
        settings.seed,
        STEPS,
        Augmentation() if settings.augmented else None,
        settings.shares,
    )
    embedder = build_writer(spec)
    if init is not None:
        embedder.load_weights(init)
    model = group_model(embedder, len(writers), settings.size)
    compile_groups(model, make_optimizer("adam", settings.rate, 0.01), settings.scale, settings.margin)
    looks = 0

    def figures(_: keras.Model) -> dict[str, float]:
        nonlocal looks
        looks += 1
        if not held:
            return {"val_class_accuracy": float(looks)}
        return choice_scores(embed_pages(held, lambda p: predict_embeddings(embedder, p), CHOICE_PATCHES))

    run = fit(model, batches, figures, folder, settings.epochs, settings.rate, settings.minutes, resume)
    return embedder, run


class Single:
    """`Batches` of single patches (B, 113, 113, 1) out of groups of one."""

    def __init__(self, groups: GroupBatches) -> None:
        self._groups = groups
        self.steps_per_epoch = groups.steps_per_epoch

    def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        patches, writers = self._groups[step]
        return patches[:, 0], writers


def fit_tutorial(
    train: Sequence[CutPage],
    held: Sequence[CutPage],
    writers: Sequence[str],
    folder: Path,
    settings: Settings,
    resume: bool = False,
) -> tuple[keras.Model, Run]:
    """The tutorial's network, chosen by the patches of ``held``: pages, never trained on, of the same writers."""
    spec = TutorialSpec(len(writers))
    model = build_tutorial(spec)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    compile_trainee(model, make_optimizer("adam", settings.rate), loss)
    augmented = Augmentation() if settings.augmented else None
    batches = Single(GroupBatches(train, writers, settings.groups, 1, settings.seed, STEPS, augmented))

    def figures(trained: keras.Model) -> dict[str, float]:
        return {"val_class_accuracy": patch_accuracy(trained, held, writers)[0]}

    return model, fit(model, batches, figures, folder, settings.epochs, settings.rate, settings.minutes, resume)


def patch_accuracy(
    model: keras.Model, pages: Sequence[CutPage], writers: Sequence[str], most: int = CHOICE_PATCHES
) -> tuple[float, float, float]:
    """Share of patches, of lines and of pages told right by a network with an output for each writer."""
    logits: list[np.ndarray] = []

    def embed(patches: np.ndarray) -> np.ndarray:
        logits.append(predict_embeddings(model, patches))
        return logits[0]

    seen = embed_pages(pages, embed, most)
    chances = logits[0] - logits[0].max(axis=1, keepdims=True)
    chances = chances - np.log(np.exp(chances).sum(axis=1, keepdims=True))
    told = Embedded(seen.pages, chances, seen.page, seen.line)
    names = np.array(list(writers))
    lines, of = told.line_means()
    return (
        float(np.mean(names[chances.argmax(axis=1)] == told.writers[told.page])),
        float(np.mean(names[lines.argmax(axis=1)] == told.writers[of])),
        float(np.mean(names[told.page_means().argmax(axis=1)] == told.writers)),
    )
