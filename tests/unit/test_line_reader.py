"""The line reader: which weights it takes, and that strips do not touch each other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn_lines import draw_page, layout_of

from ocrtool.charset import LINE_CHARACTERS
from ocrtool.decode import ctc
from ocrtool.errors import WeightsRefused
from ocrtool.recognize.line_reader import LineReader
from ocrtool.segment.strip import Strip, cut_strip
from ocrtool.weights.store import open_weights, packaged_folder

LINES = [
    "No. 17",
    "as in our time",
    "the quick brown fox jumps",
    "we saw a small vessel turn on the water",
    "some men came over the moor in the morning",
    "nor was there once a nicer house in all of the summer",
]

#: Frames at the end of a strip that see how much paper comes after it.
REACH = 64


@pytest.fixture(scope="module")
def reader() -> LineReader:
    return LineReader(open_weights("lines"))


@pytest.fixture(scope="module")
def strips() -> list[Strip]:
    layout = layout_of(draw_page(LINES).gray)
    return [cut_strip(layout, region) for region in layout.lines]


def text(reader: LineReader, log_probs: np.ndarray) -> str:
    return ctc.greedy(log_probs).text(reader.labels[1:])


def test_labels_are_the_blank_and_the_characters(reader: LineReader) -> None:
    assert reader.labels[1:] == tuple(LINE_CHARACTERS)
    assert len(reader.labels[0]) > 1


def test_frames_are_probabilities(reader: LineReader, strips: list[Strip]) -> None:
    for strip, rows in zip(strips, reader.read(strips), strict=True):
        assert rows.dtype == np.float32 and rows.shape[1] == len(reader.labels)
        assert rows.shape[0] == pytest.approx(strip.soft.shape[1] / 2, abs=1), "a frame for every two columns"
        np.testing.assert_allclose(np.exp(rows).sum(axis=1), 1.0, atol=1e-3)


def test_lines_are_read(reader: LineReader, strips: list[Strip]) -> None:
    assert [text(reader, rows) for rows in reader.read(strips)] == LINES


def test_strips_read_together_are_read_as_alone(reader: LineReader, strips: list[Strip]) -> None:
    """In any order, with strips of other widths beside them; only the paper that pads a strip touches its end."""
    alone = [reader.read([strip])[0] for strip in strips]
    order = [3, 0, 5, 1, 4, 2, 3]
    for k, rows in zip(order, reader.read([strips[k] for k in order]), strict=True):
        assert rows.shape == alone[k].shape
        off = np.abs(rows - alone[k])
        assert off[:-REACH].max(initial=0.0) < 1e-3
        assert off[alone[k] > np.log(0.5)].max() < 0.08
        assert text(reader, rows) == text(reader, alone[k])


def test_many_strips_and_none(reader: LineReader, strips: list[Strip]) -> None:
    assert reader.read([]) == []
    many = reader.read([strips[0]] * 70)
    assert {text(reader, rows) for rows in many} == {LINES[0]}
    bare = Strip(np.zeros((40, 4), np.uint8), np.arange(4, dtype=np.float32), np.eye(2, 3))
    assert text(reader, reader.read([bare])[0]) == ""


def copied(folder: Path, compiled_of: str = "lines", **changes: Any) -> Path:
    """A folder of weights named lines: the compiled form of other weights, and changes to the manifest."""
    folder.mkdir(exist_ok=True)
    source = packaged_folder()
    shutil.copy(source / f"{compiled_of}.tflite", folder / "lines.tflite")
    manifest = json.loads((source / "lines.json").read_text(encoding="utf-8"))
    manifest["tflite_sha256"] = json.loads((source / f"{compiled_of}.json").read_text())["tflite_sha256"]
    manifest |= changes
    (folder / "lines.json").write_text(json.dumps({k: v for k, v in manifest.items() if v is not None}))
    return folder


@pytest.mark.parametrize("other", ["latin", "lstm_eng", "writer"])
def test_networks_that_read_no_strips_are_refused(other: str, tmp_path: Path) -> None:
    with pytest.raises(WeightsRefused, match=r"lines\.tflite does not take strips of 40 rows"):
        LineReader(open_weights("lines", copied(tmp_path / "weights", other)))


@pytest.mark.parametrize(
    "changes", [{"labels": None}, {"temperature": None}, {"temperature": "hot"}, {"temperature": [1.0]}, {"labels": 3}]
)
def test_manifests_of_something_else_are_refused(changes: dict[str, Any], tmp_path: Path) -> None:
    weights = open_weights("lines", copied(tmp_path / "weights", **changes))
    with pytest.raises(WeightsRefused) as caught:
        LineReader(weights)
    sentence = str(caught.value)
    assert sentence.startswith("lines.json is not the manifest of a line reader")
    assert "\n" not in sentence
