"""What a training of a writer network leaves behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras

from training.emnist.loop import Run
from training.models.writer import TutorialSpec, WriterSpec
from training.publish.compile_weights import compile_folder
from training.publish.float16 import store_float16
from training.publish.manifest import library_versions, training_command, write_manifest
from training.report.write import write_json
from training.writer.known_pages import writers_of
from training.writer.strips import CutPage
from training.writer.train_embedder import Settings, patch_accuracy
from training.writer.training_pages import IAM_LICENCE, OTHERS

#: Weights of the network without the directions of the writers it was trained on.
EMBEDDER = "embedder.weights.h5"
#: Patches of a page by which the tutorial's network is measured.
TEST_PATCHES = 120


def run_facts(run: Run, settings: Settings, train: Sequence[CutPage], choice: Sequence[CutPage]) -> dict[str, Any]:
    """What a manifest says of a training."""
    sources = Counter("more" if page.page.writer.startswith(OTHERS) else "data" for page in train)
    return {
        "data": {
            "pages": dict(sources),
            "writers": len(writers_of(page.page for page in train)),
            "patches_shown": run.steps * settings.groups * settings.size,
        },
        "split": f"by page and writer; {len(choice)} pages of {len(writers_of(p.page for p in choice))} writers chose",
        "seed": settings.seed,
        "run": {"minutes": round(run.seconds / 60, 1), "steps": run.steps, "best_epoch": run.best_epoch},
        "settings": {k: v for k, v in asdict(settings).items() if k not in ("minutes", "seed")},
        "training_command": training_command(),
    }


def write_ours(
    out: Path,
    embedder: keras.Model,
    spec: WriterSpec,
    run: Run,
    settings: Settings,
    train: Sequence[CutPage],
    choice: Sequence[CutPage],
) -> None:
    """OUT/embedder.weights.h5 and training.json: what `training.writer.fit_writer` goes on from."""
    embedder.save_weights(out / EMBEDDER)
    write_json(out / "training.json", {"parameters": asdict(spec), "facts": run_facts(run, settings, train, choice)})


def write_tutorial(
    out: Path,
    model: keras.Model,
    run: Run,
    settings: Settings,
    writers: Sequence[str],
    test: Sequence[CutPage],
    train: Sequence[CutPage],
    choice: Sequence[CutPage],
) -> dict[str, Any]:
    """h5, manifest, architecture.json and compiled form of the tutorial's network; its scores on other pages."""
    spec = TutorialSpec(len(writers))
    patches, lines, pages = patch_accuracy(model, test, writers, TEST_PATCHES)
    seen, _, _ = patch_accuracy(model, train, writers, TEST_PATCHES)
    scores = {
        "test": {"patches": round(patches, 4), "lines": round(lines, 4), "pages": round(pages, 4)},
        "pages_trained_on": {"patches": round(seen, 4)},
    }
    name = "writer_tutorial"
    full = out / "full.weights.h5"
    model.save_weights(full)
    store_float16(full, out / f"{name}.weights.h5")
    full.unlink()
    (out / "architecture.json").write_text(model.to_json(), encoding="utf-8")
    manifest = {
        "name": name,
        "architecture": name,
        "parameters": asdict(spec),
        "labels": list(writers),
        "input": {"image": [113, 113, 1], "normalisation": "0..255 divided by 255, less 0.5, within the network"},
        "temperature": 1.0,
        "scores": scores,
        "versions": library_versions(),
        "command": training_command(),
        "licence": IAM_LICENCE,
        "h5_sha256": "",
        "tflite_sha256": "",
        **run_facts(run, settings, train, choice),
    }
    write_manifest(out / f"{name}.json", manifest)
    compile_folder(out, name)
    return scores
