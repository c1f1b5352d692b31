from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from ocrtool.charset import LINE_CHARACTERS
from tests.tiny_data import write_emnist, write_unipen, write_unipen_words
from training.datasets import unipen
from training.datasets.folder import default_data_folder
from training.lines.pen import SHARES, PenLines
from training.lines.pen_ink import WrittenLine
from training.lines.pen_parts import name_of, names_of_part
from training.lines.pen_place import place, readable, slope_of
from training.synthesis import pen_lines
from training.writer.baselines import ASCENDERS

#: x-height of the lines in pixels, and of the written ink in pen units: fine enough not to be smoothed.
X_HEIGHT, UNIT = 20.0, 200.0
LABELS = ("we saw a blue moon", "some rain on a roof", "a man came home", "no more news")


def arches(word: str, left: float) -> np.ndarray:
    """A stem and an arch for each letter, with a tall stem where the letter has one, on row 300. y down."""
    points = []
    for i, letter in enumerate(word):
        x, stem = left + i * UNIT, UNIT * (2.0 if letter in ASCENDERS else 1.0)
        points += [(x, 300.0), (x + 20, 300 - stem), (x + 40, 300.0), (x + 80, 300 - UNIT), (x + 0.7 * UNIT, 300.0)]
    return np.array(points, np.float32)


def written_line(label: str, slope: float) -> list[np.ndarray]:
    """Words one after another on a sloping baseline."""
    strokes, left = [], 0.0
    for word in label.split():
        strokes.append(arches(word, left))
        left += (len(word) + 1) * UNIT
    for stroke in strokes:
        stroke[:, 1] += slope * stroke[:, 0]
    return strokes


def write_lines(
    data: Path,
    part: str,
    writers: list[str],
    labels: tuple[str, ...] = LABELS,
    slope: float = 0.0,
    style: str = "printed",
) -> None:
    folder = data / "unipen"
    folder.mkdir(parents=True, exist_ok=True)
    marks = [written_line(label, slope) for _ in writers for label in labels]
    strokes = [stroke * (1, -1) for mark in marks for stroke in mark]
    np.savez(
        folder / f"unipen-lines-{part}.npz",
        label=np.array(labels * len(writers)),
        writer=np.repeat(writers, len(labels)),
        points=np.concatenate(strokes).round().astype(np.int32),
        stroke_length=np.array([len(s) for s in strokes], np.int32),
        strokes_per_line=np.array([len(m) for m in marks], np.int32),
        style=np.array([style] * len(marks)),
        language=np.array(["en"] * len(marks)),
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_unipen(folder)
    write_emnist(folder)
    for part in ("train", "test"):
        people = [f"def/{part}{k}" for k in range(3)]
        write_unipen_words(folder, part, people)
        write_lines(folder, part, people)
    return folder


def drawn(lines: PenLines, source: str, seed: int = 0, longest: int = 90) -> WrittenLine:
    rng = np.random.default_rng(seed)
    found = (lines.draw_from(source, rng, X_HEIGHT, longest) for _ in range(50))
    return next(line for line in found if line is not None)


@pytest.mark.parametrize("source", SHARES)
@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_every_source_gives_ink_cropped_to_its_text(data: Path, source: str, part: str) -> None:
    line = drawn(PenLines(data, part), source)
    assert line.text and set(line.text) <= set(LINE_CHARACTERS)
    assert line.text == " ".join(line.text.split())
    assert line.ink.dtype == np.uint8 and line.x_height == X_HEIGHT
    edges = (line.ink[0], line.ink[-1], line.ink[:, 0], line.ink[:, -1])
    assert all(edge.max() > 0 for edge in edges)
    assert 0 < line.baseline < line.ink.shape[0] + X_HEIGHT


@pytest.mark.parametrize("source", ["char", "emnist"])
def test_characters_set_in_lines_know_their_places(data: Path, source: str) -> None:
    line = drawn(PenLines(data, text=lambda rng: "AB 12"), source)
    assert line.text == "AB 12"
    assert line.centres is not None and line.centres.shape == (5,) and line.centres.dtype == np.float32
    assert (np.diff(line.centres) > 0).all()
    assert line.centres[0] >= 0 and line.centres[-1] < line.ink.shape[1]


def test_words_and_lines_do_not(data: Path) -> None:
    lines = PenLines(data)
    assert drawn(lines, "line").centres is None
    assert drawn(lines, "word").centres is None


def test_baseline_and_x_height_are_those_of_the_ink(data: Path) -> None:
    for seed in range(5):
        line = drawn(PenLines(data), "line", seed)
        rows = np.flatnonzero(line.ink.max(axis=1) > 128)
        assert abs(rows[-1] - line.baseline) < 0.4 * X_HEIGHT  # nothing in these texts descends
        tall = 2.0 if set(line.text) & ASCENDERS else 1.0
        assert abs(line.baseline - tall * X_HEIGHT - rows[0]) < 0.4 * tall * X_HEIGHT


def test_same_seed_same_line(data: Path) -> None:
    first, second = (PenLines(data).draw(np.random.default_rng(7), X_HEIGHT) for _ in range(2))
    assert first is not None and second is not None
    assert first.text == second.text
    np.testing.assert_array_equal(first.ink, second.ink)


@pytest.mark.parametrize("source", SHARES)
def test_no_text_is_longer_than_asked_for(data: Path, source: str) -> None:
    lines, rng = PenLines(data), np.random.default_rng(3)
    found = [lines.draw_from(source, rng, X_HEIGHT, 14) for _ in range(40)]
    assert all(line is None or len(line.text) <= 14 for line in found)


def test_a_character_that_nobody_wrote_makes_no_line(data: Path) -> None:
    lines = PenLines(data, text=lambda rng: "Aé")
    assert lines.draw_from("char", np.random.default_rng(0), X_HEIGHT) is None


def test_parts_share_no_person(data: Path) -> None:
    train, validation, test = (names_of_part(data, part) for part in ("train", "validation", "test"))
    assert train and validation and test
    assert not train & validation and not train & test and not validation & test


def test_who_wrote_measured_words_is_not_trained_on_under_another_donor(tmp_path: Path) -> None:
    write_unipen_words(tmp_path, "train", ["ape/Ann_1", "ape/Bob", "ape/Eve"])
    write_unipen_words(tmp_path, "test", ["apb/Ann_2"])
    assert names_of_part(tmp_path, "train") | names_of_part(tmp_path, "validation") == {"bob", "eve"}


def test_slope_is_taken_out(tmp_path: Path) -> None:
    write_lines(tmp_path, "train", ["def/a"], slope=0.06)
    tracks = unipen.load_tracks(tmp_path / "unipen" / "unipen-lines-train.npz", "line")
    assert slope_of(np.concatenate(tracks.strokes(0)), UNIT) == pytest.approx(0.06, abs=0.011)
    for mark in place(tracks, np.arange(len(tracks))):
        ends = [float(mark.of(stroke)[:, 1].max()) for stroke in tracks.strokes(mark.index)]
        assert np.ptp(ends) < 0.35


def test_ink_of_another_width_than_its_label_is_not_used(tmp_path: Path) -> None:
    write_lines(tmp_path, "train", ["def/a"])
    path = tmp_path / "unipen" / "unipen-lines-train.npz"
    with np.load(path) as archive:
        arrays = dict(archive)
    arrays["label"] = np.array([*LABELS[:-1], "no more news came in a mail van on a rainy morn"])
    np.savez(path, **arrays)
    tracks = unipen.load_tracks(path, "line")
    assert [mark.index for mark in place(tracks, np.arange(4))] == [0, 1, 2]


def test_words_without_style_or_language_can_be_read(data: Path) -> None:
    words = unipen.load_tracks(data / "unipen" / "unipen-words-train.npz", "word")
    assert set(words.styles) == set(words.languages) == {""}
    lists = unipen.load(data / "unipen" / "unipen-words-train.npz", "word")
    for i in (0, 1, len(words) - 1):
        for packed, single in zip(words.strokes(i), lists.characters[i], strict=True):
            np.testing.assert_array_equal(packed, single)


def test_labels_are_composed_and_known() -> None:
    assert readable("e\u0301te\u0301  la\u0300") == "été là"
    assert readable("한글") is None


def test_a_line_without_ink_or_with_too_few_centres_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="ink"):
        WrittenLine(np.zeros((0, 5), np.uint8), 0.0, "a", 20.0)
    with pytest.raises(ValueError, match="centre"):
        WrittenLine(np.zeros((5, 5), np.uint8), 0.0, "ab", 20.0, np.zeros(1, np.float32))


def test_most_real_lines_are_usable() -> None:
    path = default_data_folder() / "unipen" / "unipen-lines-test.npz"
    if not path.exists():
        pytest.skip(f"no {path}")
    tracks = unipen.load_tracks(path, "line")
    writers = np.unique(tracks.writers)[::12]
    groups = [np.flatnonzero(tracks.writers == writer) for writer in writers]
    placed = [place(tracks, group) for group in groups]
    assert sum(map(len, placed)) > 0.9 * sum(map(len, groups))
    plain = [m for found in placed for m in found if not set(m.text) & set("fgjpqyzJQYZ,;()[]{}/@$|")]
    lowest = [np.median([m.of(s)[:, 1].max() for s in tracks.strokes(m.index)]) for m in plain]
    assert abs(np.median(lowest)) < 0.1  # nothing descends: strokes end on the line


def test_joined_lines_of_others_with_other_texts_are_drawn(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    write_lines(data, "train", ["def/a"], LABELS[:2], style="cursive")
    write_lines(data, "test", ["def/b"], LABELS, style="cursive")
    result = CliRunner().invoke(pen_lines.main, [str(out), "--data", str(data)])
    assert result.exit_code == 0, result.output
    (found,) = out.iterdir()
    texts = {path.read_text(encoding="utf-8").strip() for path in found.glob("*.gt.txt")}
    assert found.name == "unipen_lines" and texts == set(LABELS[2:])
    for path in found.glob("*.png"):
        ink = np.asarray(Image.open(path)) < 128
        rows = np.flatnonzero(ink.any(axis=1))
        assert rows[-1] - rows[0] == pytest.approx(pen_lines.HEIGHT, abs=5) and not ink[: pen_lines.MARGIN - 3].any()
    writers = [f"def/{name}" for name in "cdefghijkl"]
    write_lines(data, "train", writers, LABELS[:2], style="cursive")
    tracks, numbers = pen_lines.chosen(data, "validation")
    held = {name_of(tracks.writers[k]) for k in numbers.tolist()}
    assert held == names_of_part(data, "validation") and 0 < len(held) < len(writers), "writers not trained on"
    write_lines(data, "test", ["def/b"], LABELS, style="printed")
    assert len(pen_lines.chosen(data)[1]) == 0
