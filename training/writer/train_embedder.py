"""Fit the embedder and the tutorial's network; which pages each learns from, and by which the weights are chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ocrtool.recognize.network import log_softmax
from ocrtool.writer.compare import l2_normalize
from training.fit import Batches, Monitor, Plan, Run, Steps, compile_trainee, fit, make_optimizer
from training.models.writer import TutorialSpec, WriterSpec, build_tutorial, build_writer
from training.writer.batches import Augmentation, GroupBatches, Sampling
from training.writer.embed import Embedded, embed_pages
from training.writer.group_model import compile_groups, group_model, predict_embeddings
from training.writer.known_pages import writers_of
from training.writer.scores import top1
from training.writer.strips import CutPage

#: Patches of a page that weights are chosen by.
CHOICE_PATCHES = 60
#: Steps between two validations.
STEPS = 500


@dataclass(frozen=True, slots=True)
class EmbedderSettings:
    """folder: of checkpoints; groups, size: pages a step, and patches of each; rate: peak learning rate; scale, margin:
    of the loss; epochs: of `STEPS` steps each; minutes: an end before that; shares: prefix of writers' names, and which
    share of the groups is theirs; init: weights of an embedder to start from; resume: from the folder's last epoch.
    """

    folder: Path
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
    init: Path | None = None
    resume: bool = False

    def plan(self, monitor: Monitor | None) -> Plan:
        """How the fit goes."""
        stop = Steps.of_epochs(self.epochs, STEPS, self.minutes)
        return Plan(self.folder, stop, self.rate, monitor, self.resume)

    def facts(self) -> dict[str, Any]:
        """What a manifest says of them: no paths, and nothing that it says elsewhere."""
        left_out = ("folder", "init", "resume", "minutes", "seed")
        return {key: value for key, value in asdict(self).items() if key not in left_out}


def hold_out(pages: Sequence[CutPage], count: int, singles: int) -> tuple[list[CutPage], list[CutPage]]:
    """Pages to learn from, and those of ``count`` writers with several pages and ``singles`` with one.

    Every k-th writer, so that the choice does not depend on names; those with the most pages are kept to learn from.
    """
    by_writer: dict[str, list[CutPage]] = defaultdict(list)
    for page in pages:
        by_writer[page.page.writer].append(page)
    several = [w for w in writers_of(p.page for p in pages) if 2 <= len(by_writer[w]) <= 8]
    single = [w for w in writers_of(p.page for p in pages) if len(by_writer[w]) == 1]
    held = {*spread(several, count), *spread(single, singles)}
    return [p for p in pages if p.page.writer not in held], [p for p in pages if p.page.writer in held]


def spread(names: Sequence[str], count: int) -> list[str]:
    """``count`` of the names, evenly spread."""
    count = min(count, len(names))
    return [names[k] for k in np.linspace(0, len(names) - 1, count).round().astype(int)] if count else []


def choice_scores(held: Embedded) -> dict[str, float]:
    """First page of each writer enrolled: share of other pages, and of their lines, whose writer is identified."""
    writers = held.writers
    first = np.array([list(writers).index(w) == k for k, w in enumerate(writers)])
    pages = held.page_means()
    gallery = l2_normalize(pages[first])
    lines, page = held.line_means()
    queries = ~first[page]
    by_page = top1(l2_normalize(pages[~first]) @ gallery.T, writers[~first], writers[first])
    by_line = top1(l2_normalize(lines[queries]) @ gallery.T, writers[page[queries]], writers[first])
    return {"val_page_top1": by_page, "val_line_top1": by_line, "val_top1": (by_page + by_line) / 2}


def fit_embedder(
    spec: WriterSpec, train: Sequence[CutPage], held: Sequence[CutPage], settings: EmbedderSettings
) -> tuple[keras.Model, Run]:
    """The embedder, and its run. Without ``held`` pages the last weights stand, else the best on them."""
    writers = writers_of(p.page for p in train)
    embedder = build_writer(spec)
    if settings.init is not None:
        embedder.load_weights(settings.init)
    model = group_model(embedder, len(writers), settings.size)
    compile_groups(model, make_optimizer("adam", settings.rate, 0.01), settings.scale, settings.margin)
    batches = GroupBatches(train, writers, _sampling(settings, settings.size))

    def validate(_: keras.Model) -> dict[str, float]:
        return choice_scores(embed_pages(held, lambda p: predict_embeddings(embedder, p), CHOICE_PATCHES))

    if held:
        return embedder, fit(model, batches, settings.plan(Monitor("val_top1")), validate)
    return embedder, fit(model, batches, settings.plan(None))


def _sampling(settings: EmbedderSettings, size: int) -> Sampling:
    augmentation = Augmentation() if settings.augmented else None
    return Sampling(settings.groups, size, settings.seed, STEPS, augmentation, settings.shares)


class SinglePatches:
    """`training.fit.Batches` of single patches (B, 113, 113, 1) out of groups of one."""

    def __init__(self, groups: Batches) -> None:
        self._groups = groups
        self.steps_per_epoch = groups.steps_per_epoch

    def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        patches, writers = self._groups[step]
        return patches[:, 0], writers


def fit_tutorial(
    train: Sequence[CutPage], held: Sequence[CutPage], writers: Sequence[str], settings: EmbedderSettings
) -> tuple[keras.Model, Run]:
    """The tutorial's network, chosen by the patches of ``held``: pages, never trained on, of the same writers.

    Without ``held`` pages the last weights stand.
    """
    model = build_tutorial(TutorialSpec(len(writers)))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    compile_trainee(model, make_optimizer("adam", settings.rate), loss)
    batches = SinglePatches(GroupBatches(train, writers, _sampling(settings, 1)))

    def validate(trained: keras.Model) -> dict[str, float]:
        return {"val_patch_accuracy": patch_accuracy(trained, held, writers)[0]}

    if held:
        return model, fit(model, batches, settings.plan(Monitor("val_patch_accuracy")), validate)
    return model, fit(model, batches, settings.plan(None))


def patch_accuracy(
    model: keras.Model, pages: Sequence[CutPage], writers: Sequence[str], most: int = CHOICE_PATCHES
) -> tuple[float, float, float]:
    """Share of patches, lines and pages whose writer a network with an output for each writer names."""
    logits: list[np.ndarray] = []

    def embed(patches: np.ndarray) -> np.ndarray:
        logits.append(predict_embeddings(model, patches))
        return logits[0]

    seen = embed_pages(pages, embed, most)
    log_probs = log_softmax(logits[0])
    scored = Embedded(seen.pages, log_probs, seen.page, seen.line)
    names = np.array(list(writers))
    lines, page = scored.line_means()
    return (
        float(np.mean(names[log_probs.argmax(axis=1)] == scored.writers[scored.page])),
        float(np.mean(names[lines.argmax(axis=1)] == scored.writers[page])),
        float(np.mean(names[scored.page_means().argmax(axis=1)] == scored.writers)),
    )
