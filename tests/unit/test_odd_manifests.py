"""Manifests in which one value is missing or of another kind are refused in a sentence, before anything is read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrtool.errors import WeightsRefused
from ocrtool.export.models import manifest_lines, table_lines
from ocrtool.jobs import embed
from ocrtool.jobs.options import EmbedOptions
from ocrtool.script.glyph_engine import load_engine
from ocrtool.script.registry import load_script
from ocrtool.script.single import load_single_classifier
from ocrtool.script.strip_engine import load_strip_engine
from ocrtool.weights.inventory import find_all, find_one
from ocrtool.weights.store import packaged_folder, sha256

MISSING, HUGE, INFINITE, NO_NUMBER = object(), 10**400, float("inf"), float("nan")


def embedder(folder: Path) -> None:
    embed.load_calibration(EmbedOptions(folder))
    embed.load_embedder(EmbedOptions(folder))


#: What opens each set of weights, and the values that are put at a place in its manifest.
LOADERS: dict[str, tuple[Callable[[Path], object], dict[str, tuple[Any, ...]]]] = {
    "decoder_eng": (
        lambda folder: load_engine("eng", folder, language_model=False),
        {
            "parameters": (MISSING, [], "hot"),
            "parameters/guided": (MISSING, None, "hot", [1.0]),
            "parameters/unguided/reject": (MISSING, "hot", HUGE, INFINITE, NO_NUMBER),
            "parameters/space_weights": (None, [], [1.0], {"a": 1}),
            "parameters/text_weights": (3, [], [1.0]),
            "parameters/confidence": ([], [1.0], [[0.0]], [[0.0, NO_NUMBER]]),
            "parameters/beam/hypotheses": (0, -1, 10**9, INFINITE, "many"),
            "parameters/beam/reach": (0.0, NO_NUMBER, HUGE),
        },
    ),
    "decoder_lines": (
        lambda folder: load_strip_engine(load_script("eng"), folder, language_model=False),
        {
            "parameters/weights/lm": (MISSING, "hot", NO_NUMBER),
            "parameters/word_weights": (
                MISSING,
                3,
                [],
                [1.0],
                [0.0, 1.0, 0.0, NO_NUMBER, 0.0, 0.0],
                [[0.0, 0.0], [1.0, 1.0]],
            ),
        },
    ),
    "latin": (
        lambda folder: load_single_classifier("eng", folder),
        {"labels": (MISSING, None, 3, [], [[1]]), "temperature": (None, "hot", [], HUGE, INFINITE, NO_NUMBER, 0.0)},
    ),
    "hangul": (
        lambda folder: load_single_classifier("kor", folder),
        {"labels": (MISSING, 3), "temperature": (MISSING, 1.0, "hot", [1.0] * 3, [1.0, 1.0, 1.0, HUGE], [0.0] * 4)},
    ),
    "lines": (
        lambda folder: load_strip_engine(load_script("eng"), folder, language_model=False),
        {
            "labels": (MISSING, 3, [], ["<blank>", " "], [[1]]),
            "temperature": (MISSING, "hot", HUGE, INFINITE, NO_NUMBER, 0.0, -1.0, 1e-300, 1e300),
        },
    ),
    "lstm_eng": (
        lambda folder: load_engine("eng", folder),
        {
            "labels": (MISSING, 3, "aa", [[1]]),
            "parameters": (MISSING, []),
            "parameters/units": ("x", INFINITE, 0, -3, 10**12),
        },
    ),
    "writer": (
        embedder,
        {
            "calibration": (MISSING, 3),
            "calibration/slope": (MISSING, "hot", HUGE, NO_NUMBER),
            "print": (MISSING, []),
            "print/weights": ("hot", [1.0], [HUGE], [[1.0]]),
            "h5_sha256": (MISSING,),
        },
    ),
}


def altered(folder: Path, name: str, place: str, value: object) -> Path:
    """A folder with the weights ``name``, whose manifest has ``value`` at a place."""
    manifest = json.loads((packaged_folder() / f"{name}.json").read_text())
    *above, last = place.split("/")
    inner = manifest
    for key in above:
        inner = inner[key]
    if value is MISSING:
        del inner[last]
    else:
        inner[last] = value
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(manifest))
    compiled = packaged_folder() / f"{name}.tflite"
    if compiled.exists() and not (folder / compiled.name).exists():
        (folder / compiled.name).symlink_to(compiled)
    return folder


@pytest.mark.parametrize(
    ("name", "place"), [(name, place) for name, (_, places) in LOADERS.items() for place in places]
)
def test_an_odd_value_is_refused_in_a_sentence(name: str, place: str, tmp_path: Path) -> None:
    load, places = LOADERS[name]
    for number, value in enumerate(places[place]):
        with pytest.raises(WeightsRefused, match=name) as refused:
            load(altered(tmp_path / str(number), name, place, value))
        assert str(refused.value).isprintable()


def test_the_manifests_as_they_are_can_be_used(tmp_path: Path) -> None:
    for name, (load, _) in LOADERS.items():
        load(altered(tmp_path / name, name, "more", {"than": "is needed"}))


def test_control_characters_of_a_manifest_do_not_reach_the_terminal(tmp_path: Path) -> None:
    folder = altered(tmp_path / "two\nlines\x1b[31m", "latin", "tflite_sha256", "\x1b]0;title\x07")
    with pytest.raises(WeightsRefused) as refused:
        load_single_classifier("eng", folder)
    assert str(refused.value).isprintable() and r"not \x1b]0;title\x07" in str(refused.value)


@pytest.mark.parametrize(("name", "other"), [("latin", "hangul"), ("hangul", "latin")])
def test_a_network_of_another_size_is_refused(name: str, other: str, tmp_path: Path) -> None:
    compiled = packaged_folder() / f"{other}.tflite"
    folder = altered(tmp_path, name, "tflite_sha256", sha256(compiled))
    (folder / f"{name}.tflite").unlink()
    (folder / f"{name}.tflite").symlink_to(compiled)
    gray = np.full((60, 40), 255, np.uint8)
    gray[10:50, 15:22] = 0
    with pytest.raises(WeightsRefused, match=rf"{name}\.tflite is not a network for crops of"):
        load_single_classifier({"latin": "eng", "hangul": "kor"}[name], folder).read(gray, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'{"a": NaN}', "NaN is no number"),
        (b'{"a": -Infinity}', "-Infinity is no number"),
        (b"[1]", "a JSON object is needed"),
        (b"3", "a JSON object is needed"),
        (b'{"a": 1', "not valid JSON"),
        (b"\xff\xfe\xfd", "not valid JSON"),
        (b"", "not valid JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not valid JSON"),
        (b" " * (17 << 20), "more than 16 MiB"),
    ],
)
def test_what_is_no_manifest_is_refused_and_listed(text: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "decoder_eng.json").write_bytes(text)
    with pytest.raises(WeightsRefused, match=words):
        load_engine("eng", tmp_path)
    entry = next(entry for entry in find_all(tmp_path) if entry.name == "decoder_eng")
    assert entry.fault is not None and words in entry.fault


def test_a_fifo_is_no_manifest(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "decoder_eng.json")
    entry = next(entry for entry in find_all(tmp_path) if entry.name == "decoder_eng" and entry.fault)
    assert str(entry.fault).endswith("is not a regular file, so it is not a manifest")


def test_surrogates_of_a_manifest_are_escaped(tmp_path: Path) -> None:
    with pytest.raises(WeightsRefused, match=r"not \\ud800\\x9b"):
        load_single_classifier("eng", altered(tmp_path, "latin", "tflite_sha256", "\ud800\x9b"))
    folder = altered(tmp_path / "list", "decoder_eng", "kind", "\ud800\x1b[31m\x9b\u202e")
    shown = [*table_lines(find_all(folder)), *manifest_lines(find_one("decoder_eng", folder).manifest)]
    assert all(line.removesuffix("\n").isprintable() for line in shown)


def test_json_without_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "decoder_eng.json").write_text('{"a":' * 100_000)
    with pytest.raises(WeightsRefused, match="not valid JSON"):
        load_engine("eng", tmp_path)
