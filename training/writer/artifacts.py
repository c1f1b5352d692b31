"""What a training of a writer network leaves behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras

from training.fit import Run
from training.models.writer import TutorialSpec, WriterSpec
from training.publish.manifest import training_command
from training.publish.publish import Card, Form, publish, save_weights
from training.report.write import write_json
from training.writer.known_pages import writers_of
from training.writer.strips import CutPage
from training.writer.train_embedder import EmbedderSettings, patch_accuracy
from training.writer.training_pages import IAM_LICENCE, OTHERS

#: Weights of the network without the directions of the writers it was trained on, and what is known of its training.
EMBEDDER, TRAINING = "embedder.weights.h5", "training.json"
#: Patches of a page by which the tutorial's network is measured.
TEST_PATCHES = 120


@dataclass(frozen=True, slots=True)
class Trained:
    """A finished training: its run and settings, the pages learned from, and those that weights were chosen by."""

    run: Run
    settings: EmbedderSettings
    train: Sequence[CutPage]
    choice: Sequence[CutPage]

    def facts(self) -> dict[str, Any]:
        """What a manifest says of it."""
        run, settings = self.run, self.settings
        sources = Counter("more" if page.page.writer.startswith(OTHERS) else "data" for page in self.train)
        choosers = len(writers_of(page.page for page in self.choice))
        return {
            "data": {
                "pages": dict(sources),
                "writers": len(writers_of(page.page for page in self.train)),
                "patches_shown": run.steps * settings.groups * settings.size,
            },
            "split": f"by page and writer; {len(self.choice)} pages of {choosers} writers chose",
            "seed": settings.seed,
            "run": {"minutes": round(run.seconds / 60, 1), "steps": run.steps, "best_epoch": run.best_epoch},
            "settings": settings.facts(),
            "training_command": training_command(),
        }


def write_embedder(out: Path, embedder: keras.Model, spec: WriterSpec, trained: Trained) -> None:
    """OUT/embedder.weights.h5 and training.json: what `training.writer.fit_writer` goes on from."""
    save_weights(embedder, out / EMBEDDER, float16=False)
    write_json(out / TRAINING, {"parameters": asdict(spec), "facts": trained.facts()})


def write_tutorial(
    out: Path, model: keras.Model, writers: Sequence[str], test: Sequence[CutPage], trained: Trained
) -> dict[str, Any]:
    """h5, manifest, architecture.json and compiled form of the tutorial's network. Returns its scores on other pages
    of the same writers; there are none without ``test`` pages.
    """

    def measure(stored: keras.Model) -> dict[str, Any]:
        seen, _, _ = patch_accuracy(stored, trained.train, writers, TEST_PATCHES)
        scores = {"pages_trained_on": {"patches": round(seen, 4)}}
        if test:
            patches, lines, pages = patch_accuracy(stored, test, writers, TEST_PATCHES)
            scores["test"] = {"patches": round(patches, 4), "lines": round(lines, 4), "pages": round(pages, 4)}
        return {"scores": scores}

    image = {"image": [113, 113, 1], "normalisation": "0..255 divided by 255, less 0.5, within the network"}
    facts = {"input": image, "licence": IAM_LICENCE, **trained.facts()}
    card = Card("writer_tutorial", TutorialSpec(len(writers)), writers, facts)
    return dict(publish(model, card, out, measure, Form(architecture=True))["scores"])
