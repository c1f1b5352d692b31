"""Pages of many writers: words stand on their line, no ink is lost or used twice, a font becomes several writers."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from ocrtool.charset import LATIN
from samples.make_writers import PEOPLE, draw
from tests.bar_font import make_bar_font
from tests.tiny_data import UNIT, write_books, write_latin_fonts, write_unipen_words, written_word
from training.datasets.folder import default_data_folder
from training.synthesis.drawn_page import Stamp
from training.synthesis.fonts import FontFile, default_fonts_folder
from training.writer import font_writers, unipen_writers
from training.writer.baselines import baseline_of, x_height_of
from training.writer.pages import Setting, set_page
from training.writer.synthesize_writers import main
from training.writer.unipen_writers import PlacedWord, person_of, placed_words, shared_out, word_ink
from training.writer.writer_font import FINE, Habit, WriterFont, stroke_width, widened

SAMPLES = Path(__file__).parents[2] / "samples" / "writers"
HABIT = Habit(lean=0.1, breadth=1.0, pen=0.12, gap=0.05, shape=0.06, unsteadiness=0.04, hop=0.02, seed=4)
SETTING = Setting(30.0, 40.0, 1.1, 1.2, 0.1, 0.2, 0.05, 0.0)


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three writers to train on, one of the last part who is new and one who is not."""
    write_unipen_words(tmp_path, "train", ["abc/a", "abc/b", "apd/Ann_Lee_1"])
    write_unipen_words(tmp_path, "test", ["abc/c", "apd/Ann_Lee_2"], seed=1)
    write_books(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def font(tmp_path_factory: pytest.TempPathFactory) -> FontFile:
    """A font that stands for a handwriting one."""
    path = make_bar_font(tmp_path_factory.mktemp("font") / "bars.ttf", "".join(LATIN))
    return FontFile(path, "bars", "hand")


@pytest.mark.parametrize("label", ["moon", "acne", "hook", "gyp", "happy", "kopeck", "pyx"])
def test_words_stand_on_their_line(label: str) -> None:
    for baseline in (-120.0, 0.0, 77.0):
        assert baseline_of(label, written_word(label, baseline), UNIT) == pytest.approx(baseline, abs=0.15 * UNIT)


def test_the_size_of_a_hand_is_that_of_its_small_letters() -> None:
    labels = ["moon", "acne", "roman", "happy", "hook"]
    assert x_height_of(labels, [written_word(label, 10.0) for label in labels]) == pytest.approx(UNIT, rel=0.15)
    assert x_height_of(["gyp"], [written_word("gyp", 0.0)]) is None


def test_ink_that_is_not_the_word_is_left_out() -> None:
    labels = ["moon", "acne", "roman", "cream", "men"]
    words = [written_word(label, 9.0 * i) for i, label in enumerate(labels)]
    words[3] = [stroke * (9.0, 1.0) for stroke in words[3]]  # much too wide
    labels[4], words[4] = "men", words[0] + [np.array([[0.0, 9 * UNIT], [5.0, 9 * UNIT]], np.float32)]
    assert [word.label for word in placed_words(labels, words)] == ["moon", "acne", "roman"]
    twice = placed_words(labels[:3] + labels[:1], words[:3] + words[:1])
    assert [word.label for word in twice] == ["moon", "acne", "roman"]


def test_a_word_is_drawn_at_its_size_and_place() -> None:
    word = PlacedWord("gh", [stroke / UNIT for stroke in written_word("gh", 0.0)])
    stamp = word_ink(word, 40.0, 4.0)
    rows = np.flatnonzero((stamp.ink > 128).any(axis=1))
    assert rows[0] - stamp.top == pytest.approx(-82, abs=2)  # the tall stem, with half of the pen
    assert rows[-1] - stamp.top == pytest.approx(42, abs=2)  # the tail
    assert stamp.advance == pytest.approx(72, abs=1)


def test_each_word_goes_to_one_page() -> None:
    words = [PlacedWord(str(i), [np.array([[0.0, 0.0], [3.0, 0.0]], np.float32)]) for i in range(100)]
    dealt = shared_out(words, 4)
    labels = [word.label for page in dealt for word in page]
    assert len(dealt) == 4 and sorted(labels) == sorted(set(labels)) and len(labels) == 100
    assert max(map(len, dealt)) - min(map(len, dealt)) <= 1
    assert shared_out(words[:20], 4) == []  # too little for two pages


def test_no_word_is_lost_on_a_page() -> None:
    words = [Stamp(np.full((20, 60), 255, np.uint8), 0.0, 20.0, 60.0, str(i)) for i in range(37)]
    ink, lines = set_page(words, replace(SETTING, space_spread=0.0), rng())
    assert cv2.connectedComponents(ink)[0] - 1 == 37
    assert (ink == 255).sum() == 37 * 20 * 60
    assert lines == 4  # twelve to a line


def test_one_person_under_two_names() -> None:
    assert person_of("apd/Ann_Lee_1") == person_of("apd/Ann_Lee_2") != person_of("apc/Ann_Lee_1")
    assert person_of("kar/mmg_0074") != person_of("kar/mmg_0075")


def test_pages_of_pen_writers(data: Path) -> None:
    pages = dict(unipen_writers.pages(data, "train", 2, seed=3))
    assert set(pages) == {"unipen-abc-b", "unipen-apd-Ann-Lee-1"}  # the first of nine is for validation
    assert set(dict(unipen_writers.pages(data, "validation", 2, seed=3))) == {"unipen-abc-a"}
    assert set(dict(unipen_writers.pages(data, "test", 2, seed=3))) == {"unipen-abc-c"}  # Ann Lee is known
    for page, lines in (found for own in pages.values() for found in own):
        assert page.dtype == np.uint8 and 4 <= lines <= 10
        ink = page < page.min() + 0.5 * (np.median(page) - page.min())
        assert 0.005 < ink.mean() < 0.3
        assert ink[0].mean() < 0.01 and ink[:, 0].mean() < 0.01  # no letter is cut off


def test_folders_of_writers_are_written(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "writers"
    arguments = ["--data", str(data), "--out", str(out), "--source", "unipen", "--pages", "2"]
    for _ in range(2):  # again: pages take the place of the same ones
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, result.output
    with (out / "pages.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert [row["page"] for row in rows[:2]] == ["unipen-abc-b/1.png", "unipen-abc-b/2.png"]
    assert {row["source"] for row in rows} == {"unipen"} and {row["part"] for row in rows} == {"train"}
    assert sorted(p.relative_to(out).as_posix() for p in out.rglob("*.png")) == sorted(row["page"] for row in rows)
    (_, drawn), *_ = unipen_writers.pages(data, "train", 2, seed=1)
    assert np.array_equal(cv2.imread(str(out / rows[0]["page"]), cv2.IMREAD_GRAYSCALE), drawn[0][0])


def test_two_writers_of_each_font(data: Path, font: FontFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font_writers, "handwriting", lambda folder, part: [font])
    pages = dict(font_writers.pages(data, None, "train", 1, seed=3))
    assert set(pages) == {f"font-{font.family}-1", f"font-{font.family}-2"}
    assert all(lines >= 3 for ((_, lines),) in pages.values())


@pytest.mark.usefixtures("no_system_fonts")
def test_lettering_is_no_handwriting(tmp_path: Path) -> None:
    write_latin_fonts(tmp_path, "caveat", "itim", "amatic-sc", "patrick-hand-sc", "roboto")
    parts = ("train", "validation", "test")
    assert [f.family for part in parts for f in font_writers.handwriting(tmp_path, part)] == ["caveat"]


def test_no_two_letters_are_the_same_picture(font: FontFile) -> None:
    random, hand = rng(), WriterFont(font, HABIT)
    first, second = (hand.word("e", FINE, random) for _ in range(2))
    assert first is not None and second is not None
    assert first.ink.shape != second.ink.shape or np.abs(first.ink.astype(int) - second.ink).max() > 100


def test_strokes_are_widened_on_both_sides() -> None:
    stroke = np.zeros((40, 60), np.uint8)
    stroke[17:23, 5:55] = 255
    for pixels, width in ((0.0, 6), (2.0, 10), (-1.0, 4)):
        assert (widened(stroke, pixels)[:, 30] > 128).sum() == width


def test_writers_of_one_font_differ_in_lean_and_pen(font: FontFile) -> None:
    broad, fine = (WriterFont(font, replace(HABIT, pen=pen)).word("nomud", FINE, rng()) for pen in (0.2, 0.12))
    assert broad is not None and fine is not None
    assert stroke_width(broad.ink) > stroke_width(fine.ink)
    upright, leaning = (WriterFont(font, replace(HABIT, lean=lean)).word("l", FINE, rng()) for lean in (0.0, 0.5))
    assert upright is not None and leaning is not None
    assert leaning.ink.shape[1] > upright.ink.shape[1] + 20


def test_a_writer_leaves_out_what_its_font_lacks(font: FontFile) -> None:
    hand = WriterFont(font, HABIT)
    assert hand.lacks("한") and not hand.lacks("fish")
    assert hand.word("한", 30.0, rng()) is None


def test_sample_pages_of_five_writers_and_five_to_ask_about() -> None:
    known = {p.name: sorted(p.glob("*.png")) for p in SAMPLES.iterdir() if p.is_dir()}
    assert set(known) == {"abel", "dora", "edith", "george", "mabel"}
    assert all(len(pages) in (2, 3) for pages in known.values())
    assert len(list(SAMPLES.glob("*.png"))) == 5
    assert sum(p.stat().st_size for p in SAMPLES.rglob("*.png")) < 400_000


def test_sample_pages_are_what_the_script_draws() -> None:
    person = PEOPLE[0]
    if not (default_fonts_folder() / person.family).is_dir():
        pytest.skip(f"no {person.family} in {default_fonts_folder()}: see training/synthesis/fetch_fonts.py")
    drawn = np.asarray(draw(person, default_fonts_folder(), person.pages[0], 1))
    kept = cv2.imread(str(SAMPLES / person.name / "1.png"), cv2.IMREAD_GRAYSCALE) > 0
    assert drawn.shape == kept.shape
    assert (drawn != kept).mean() < 0.01


def test_words_of_real_writers_keep_to_their_lines() -> None:
    path = default_data_folder() / "unipen" / "unipen-words-test.npz"
    if not path.exists():
        pytest.skip(f"no {path}")
    ink, writers = unipen_writers.writers_of(path.parents[1], "test")
    own = [i for found in ink.by_writer[writers[1]].values() for i in found][:120]
    labels = [str(ink.labels[i]) for i in own]
    words = placed_words(labels, [ink.characters[i] for i in own])
    assert len(words) > 0.9 * sum(label.isalnum() for label in labels)
    plain = [w for w in words if set(w.label) <= set("acemnorsuvwxzbdhkl")]
    lowest = [max(stroke[:, 1].max() for stroke in w.strokes) for w in plain]
    assert np.median(lowest) < 0.25  # nothing descends: the ink ends near the line
