"""Compiled forms of trained runs: made once, accuracy kept in RUN/compiled.json, speeds measured together."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from ocrtool.weights.store import Weights, open_weights, sha256
from training.emnist.idx import SIDE
from training.emnist.part_scores import part_scores
from training.emnist.predict import compiled_run
from training.models.macs import macs
from training.publish.architectures import build
from training.publish.compile_weights import compile_folder
from training.report.write import write_json

#: Images per batch and threads when the speed of a compiled network is measured.
RACE_BATCH, RACE_THREADS = 64, 1
#: Rounds, and seconds that each network runs in each round: the best round counts, so that other load does not
#: slow one network more than the others.
ROUNDS, ROUND_SECONDS = 5, 1.0


def compiled_facts(weights: Weights, data: Path) -> dict[str, Any]:
    """MACs, and scores of the compiled form on the test part, from compiled.json if it was made from the same h5.

    Otherwise the h5 is compiled and measured, and the manifest gets the hash of the compiled form. Raises OcrToolError,
    ValueError and OSError.
    """
    path = weights.folder / "compiled.json"
    if path.is_file() and weights.tflite_path.is_file():
        facts = json.loads(path.read_text(encoding="utf-8"))
        if facts["h5_sha256"] == sha256(weights.h5_path) and facts["tflite_sha256"] == sha256(weights.tflite_path):
            return dict(facts)
    manifest = compile_folder(weights.folder, weights.name)
    facts = {
        "h5_sha256": manifest["h5_sha256"],
        "tflite_sha256": manifest["tflite_sha256"],
        "macs": macs(build(manifest["architecture"], manifest["parameters"])),
        "scores": part_scores(Weights(weights.name, weights.folder, manifest), data, compiled=True),
    }
    write_json(path, facts)
    return facts


def race(runs: Mapping[str, Weights], kept: Path, refresh: bool = False) -> dict[str, float]:
    """Images per second of each compiled network on one thread, measured in turns; {} if there is none.

    The result in the file ``kept`` is reused if it is of the same files, unless ``refresh``.
    """
    files = {name: sha256(weights.tflite_path) for name, weights in runs.items()}
    if kept.is_file() and not refresh:
        known = json.loads(kept.read_text(encoding="utf-8"))
        if known["files"] == files:
            return dict(known["images_a_second"])
    speeds = _run_race(runs)
    if speeds:
        write_json(kept, {"files": files, "batch": RACE_BATCH, "threads": RACE_THREADS, "images_a_second": speeds})
    return speeds


def _run_race(runs: Mapping[str, Weights]) -> dict[str, float]:
    best = dict.fromkeys(runs, 0.0)
    lanes = {name: _lane(weights) for name, weights in runs.items()}
    for _ in tqdm(range(ROUNDS), desc="speed", unit="round", disable=None, leave=False):
        for name, (run, images) in lanes.items():
            done, started = 0, time.perf_counter()
            while (spent := time.perf_counter() - started) < ROUND_SECONDS or not done:
                run(images)
                done += len(images)
            best[name] = max(best[name], done / spent)
    return {name: round(speed, 1) for name, speed in best.items()}


def _lane(weights: Weights) -> tuple[Any, np.ndarray]:
    """A compiled network that has run once, and random images (B, 28, 28, 1) float32 for it."""
    images = np.random.default_rng(0).uniform(0, 255, (RACE_BATCH, SIDE, SIDE, 1)).astype(np.float32)
    run = compiled_run(open_weights(weights.name, weights.folder), (SIDE, SIDE), RACE_THREADS)
    run(images)
    return run, images
