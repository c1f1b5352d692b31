"""Drawn training lines: fonts and their parts, pages cut as reading cuts them, forms, media."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from bar_font import make_bar_font
from drawn_lines import SANS, SERIF
from PIL import Image, ImageDraw

from ocrtool.segment.strip import STRIP_BASELINE, STRIP_ROWS, STRIP_X_HEIGHT
from training.lines import families, printed
from training.lines.faces import TICKS, LineFace, Pen, drawn_by, looks_capital, relative_x_height
from training.lines.families import NEEDED, RELATED, fallback_files, find_faces, part_of, table
from training.lines.forms import beside
from training.lines.pages import InkLine, LineMaker, draw_samples, photographed, set_page, strips_of
from training.lines.pen_ink import WrittenLine
from training.lines.printed import (
    CELLS,
    HEADING_SPACED,
    JUSTIFIED,
    ROWS,
    SMALL_CAPITALS,
    PrintedLines,
    small_capitals,
    wider_spaces,
)
from training.lines.printing import MEDIA, any_medium, grain
from training.synthesis.fonts import DEBIAN, FONTSOURCE, HELD_OUT, OFFICE, VALIDATION

TEXTS = ["Total £4.50 due", "Rev. K79 on page 28", "we saw a small vessel", "in the morning — “now”", "room 7, floor 3"]
X_HEIGHT = 16.0

pytestmark = pytest.mark.usefixtures("no_system_fonts")


@pytest.fixture
def printed_lines() -> PrintedLines:
    """Lines in two families, one of each kind."""
    faces = {"sans": [LineFace("sans", "sans", (SANS,))], "serif": [LineFace("serif", "serif", (SERIF,))]}
    return PrintedLines(faces, lambda rng: TEXTS[rng.integers(len(TEXTS))])


def ink_lines(printed_lines: PrintedLines, texts: list[str] = TEXTS) -> list[InkLine]:
    face = LineFace("serif", "serif", (SERIF,))
    lines = [printed_lines.line(face, X_HEIGHT, np.random.default_rng(3), text) for text in texts]
    assert all(line is not None for line in lines)
    return lines


def drawn_height(pen: Pen, text: str, small: list[bool] | None = None) -> int:
    """Rows of the picture of ``text``."""
    picture = Image.new("L", (200, 120), 0)
    pen.draw(ImageDraw.Draw(picture), pen.place(text, None if small is None else np.array(small))[0], 20, 80, 255)
    return int((np.asarray(picture) > 128).any(axis=1).sum())


# Families


def test_every_family_has_one_part_and_all_parts_have_many() -> None:
    names = {*table(), *(name for group in FONTSOURCE.values() for name in group)}
    parts = {name: part_of(name) for name in names}
    counts = {part: list(parts.values()).count(part) for part in ("train", "validation", "test")}
    assert sum(counts.values()) == len(names)
    assert counts["train"] > 500 and min(counts.values()) > 20
    assert {part_of(name) for name in HELD_OUT} == {"test"}
    assert {part_of(name) for name in VALIDATION} == {"validation"}
    assert part_of("roboto") == "train"


def test_families_that_are_measured_on_elsewhere_are_not_trained_on() -> None:
    office = {part: set(names) for part, names in OFFICE.items()}
    for part, names in office.items():
        assert {part_of(name) for name in names} == {part}
    assert not set(table()) & {name for names in FONTSOURCE.values() for name in names}, "each is listed once"
    assert set(table().values()) <= set(printed.KIND_SHARES)
    assert all(kind in printed.KIND_SHARES for kind in (*FONTSOURCE, *DEBIAN))


@pytest.fixture
def any_font(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fonts are known by their files alone, which is quick."""
    monkeypatch.setattr(families, "drawn_by", lambda path: NEEDED)
    monkeypatch.setattr(families, "looks_capital", lambda path: False)


def put(folder: Path, family: str, source: Path, subset: str = "latin", style: str = "400-normal") -> Path:
    path = folder / family / "files" / f"{family}-{subset}-{style}.woff"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(source.read_bytes())
    return path


@pytest.mark.usefixtures("any_font")
def test_faces_of_each_part_are_apart(tmp_path: Path) -> None:
    test, validation = min(HELD_OUT), min(VALIDATION)
    tabled = {part: next(n for n in sorted(table()) if part_of(n) == part) for part in ("train", "validation", "test")}
    known = {name for names in FONTSOURCE.values() for name in names} | set(table())
    for family in {"roboto", test, validation, *tabled.values(), *RELATED}:
        put(tmp_path, family, SANS)
    found = {part: set(find_faces(tmp_path, part)) for part in ("train", "validation", "test")}
    assert found["train"] == {"roboto", tabled["train"]}
    assert found["validation"] == {tabled["validation"], validation} & known
    assert found["test"] == {tabled["test"], test} & known
    assert not found["train"] & RELATED


@pytest.mark.usefixtures("any_font")
def test_a_family_takes_its_extension_and_styles(tmp_path: Path) -> None:
    own = put(tmp_path, "roboto", SANS)
    extension = put(tmp_path, "roboto", SERIF, "latin-ext")
    bold = put(tmp_path, "roboto", SERIF, style="700-normal")
    (faces,) = find_faces(tmp_path, "train").values()
    assert [face.files for face in faces] == [(own, extension), (bold,)]
    assert {(face.family, face.kind) for face in faces} == {("roboto", "sans")}


def test_fonts_that_cannot_be_drawn_in_are_left_out(tmp_path: Path) -> None:
    poor = make_bar_font(tmp_path / "poor.ttf", "abc")
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    for family, source in (("roboto", SANS), ("lora", poor), ("arvo", broken)):
        put(tmp_path / "fonts", family, source)
    assert set(find_faces(tmp_path / "fonts", "train")) == {"roboto"}
    with pytest.raises(ValueError, match=r"no font families of the train part in .*fetch_fonts\.py"):
        find_faces(tmp_path / "none", "train")


@pytest.mark.usefixtures("any_font")
def test_installed_families_are_trained_on_but_for_related_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRTOOL_SYSTEM_FONTS", str(tmp_path))
    for name in ("DejaVuSerif.ttf", "Carlito-Regular.ttf", "EBGaramond-Regular.ttf"):
        (tmp_path / name).write_bytes(SERIF.read_bytes())
    found = find_faces(tmp_path, "train")
    assert "dejavu-serif" in found and "carlito" not in found
    assert [p.name for p in fallback_files("old")] == ["DejaVuSerif.ttf"]
    with pytest.raises(ValueError, match="no font families of the test part"):
        find_faces(tmp_path, "test")  # what is installed is not measured on
    assert families.FALLBACK.keys() == {"serif", "sans"}


# Faces


def test_characters_that_a_font_draws(tmp_path: Path) -> None:
    assert drawn_by(SANS) >= NEEDED | set("£é“—")
    assert drawn_by(make_bar_font(tmp_path / "few.ttf", "ab£")) == set("ab£")
    assert relative_x_height(SANS) == pytest.approx(0.55, abs=0.02)
    assert not looks_capital(SANS) and not looks_capital(SERIF)


def test_missing_characters_come_from_the_extension_then_from_the_fallback(tmp_path: Path) -> None:
    own = make_bar_font(tmp_path / "own.ttf", "abcx")
    extension = make_bar_font(tmp_path / "extension.ttf", "abcdx")
    pen = Pen(LineFace("own", "sans", (own, extension)), (SANS,), 20.0)
    runs, middles, width = pen.place("ab dé£ c")
    assert [(run.text, run.path) for run in runs] == [
        ("ab", own), ("d", extension), ("é£", SANS), ("c", own),
    ]  # fmt: skip
    assert (np.diff(middles) > 0).all() and len(middles) == len("ab dé£ c") and middles[-1] < width
    assert [run.x for run in runs] == sorted(run.x for run in runs)
    assert drawn_height(pen, "x") == pytest.approx(20, abs=1.5) == pytest.approx(drawn_height(pen, "v"), abs=1.5)
    with pytest.raises(ValueError, match="no font draws '한'"):
        pen.place("a한")


@pytest.mark.parametrize("drawn", [True, False])
def test_tick_boxes_are_drawn_as_squares_on_the_baseline(drawn: bool, tmp_path: Path) -> None:
    own = make_bar_font(tmp_path / "own.ttf", "abx")  # lacks them in any case
    pen = Pen(LineFace("own", "sans", (own,)), (), 20.0, drawn_ticks=drawn)
    pictures = {}
    for tick in TICKS:
        runs, middles, width = pen.place(tick)
        picture = Image.new("L", (80, 80), 0)
        pen.draw(ImageDraw.Draw(picture), runs, 20, 60, 255)
        ink = np.asarray(picture) > 128
        ys, xs = np.nonzero(ink)
        side = 1.3 * 20
        assert (ys.min(), ys.max(), xs.min(), xs.max()) == pytest.approx((60 - side, 60, 20, 20 + side), abs=1.5)
        assert middles[0] == pytest.approx(side / 2, abs=1) and width > side
        pictures[tick] = ink[ys.min() + 4 : ys.max() - 3, xs.min() + 4 : xs.max() - 3]
    assert not pictures["☐"].any()
    assert pictures["☒"].sum() > 30 and pictures["☑"].sum() > 20
    assert not np.array_equal(pictures["☒"], pictures["☑"])


def test_small_capitals_are_smaller_capitals_on_the_baseline() -> None:
    pen = Pen(LineFace("serif", "serif", (SERIF,)), (), 20.0, small=0.75)
    small = np.array([False, True, True, False, False, True])
    runs, middles, width = pen.place("JOH NO", small)
    assert [(run.text, run.size) for run in runs] == [("J", 1.0), ("OH", 0.75), ("N", 1.0), ("O", 0.75)]
    assert (np.diff(middles) > 0).all() and width < pen.place("JOH NO")[2]
    assert drawn_height(pen, "H", [True]) == pytest.approx(0.75 * drawn_height(pen, "H"), abs=1.5)


def test_three_points_are_an_ellipsis_where_they_look_alike(tmp_path: Path) -> None:
    alike = make_bar_font(tmp_path / "alike.ttf", ".…x", {".": 200, "…": 600})
    apart = make_bar_font(tmp_path / "apart.ttf", ".…x", {".": 200, "…": 900})
    pens = [Pen(LineFace("own", "sans", (path,)), (), 20.0) for path in (alike, apart)]
    assert [pen.as_seen("so... 5.... or ..") for pen in pens] == ["so… 5.... or ..", "so... 5.... or .."]
    assert Pen(LineFace("own", "sans", (alike,)), (), 20.0, tracking=0.2).as_seen("so...") == "so..."


def test_words_of_small_capitals_stand_beside_others() -> None:
    rng = np.random.default_rng(0)
    text = "in Fuß of Joan Roe, aged"
    drawn = [small_capitals(text, rng) for _ in range(300)]
    seen = {"".join(c.upper() if own else c for c, own in zip(text, small, strict=True)) for small in drawn}
    assert {"in FUß of Joan Roe, aged", "in Fuß of JOAN ROE, aged", "IN FUß of Joan Roe, aged"} < seen
    assert "IN FUß OF JOAN ROE, AGED" in seen and "in Fuß OF Joan Roe, aged" not in seen
    assert not any(small_capitals("moon nooses", rng).any() for _ in range(50)), "nothing says that they are small"


def test_small_letters_become_small_capitals_now_and_then(
    printed_lines: PrintedLines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SMALL_CAPITALS, "serif", 0.4)
    face = LineFace("serif", "serif", (SERIF,))
    rng = np.random.default_rng(0)
    drawn = [printed_lines.line(face, X_HEIGHT, rng, text) for text in ("Moon nooses", "Groß") for _ in range(200)]
    assert {line.text for line in drawn} == {"Moon nooses", "Groß"}, "what is said stays"
    wide = np.array([line.ink.shape[1] for line in drawn[:200]])
    assert np.mean(wide > 1.03 * np.median(wide)) + np.mean(wide < 0.97 * np.median(wide)) > 0.3
    wide = [printed_lines.line(face, X_HEIGHT, rng, "CHAPTER ONE").ink.shape[1] for _ in range(300)]
    assert np.mean(np.array(wide) > 1.25 * np.median(wide)) == pytest.approx(HEADING_SPACED, abs=0.12)


def test_spaces_are_wider_by_as_much_as_is_asked() -> None:
    pen = Pen(LineFace("sans", "sans", (SANS,)), (), 20.0)
    runs, middles, width = pen.place("1 h oak")
    wider = np.array([0.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0])
    more_runs, more_middles, more_width = pen.place("1 h oak", None, wider)
    assert more_width == pytest.approx(width + 60) and more_runs[2].x == pytest.approx(runs[2].x + 60)
    assert more_middles - middles == pytest.approx([0, 0, 0, 30, 60, 60, 60])


def test_lines_are_justified_or_rows_of_cells_now_and_then() -> None:
    rng, text = np.random.default_rng(0), "1 h oak 2.50 2.50"
    drawn = np.stack([wider_spaces(text, rng) for _ in range(1000)])
    space = np.array([character == " " for character in text])
    assert not drawn[:, ~space].any()
    widths = drawn[:, space]
    alike = (np.ptp(widths, axis=1) == 0) & widths.any(axis=1)
    assert alike.mean() == pytest.approx(JUSTIFIED, abs=0.04), "all spaces of a justified line are alike"
    cells = widths[np.ptp(widths, axis=1) > 0]
    assert len(cells) / len(widths) == pytest.approx(ROWS, abs=0.04)
    assert (cells == 0).mean() == pytest.approx(1 - CELLS, abs=0.08), "within a cell they are the font's"


def test_letter_spacing_and_middles() -> None:
    face = LineFace("sans", "sans", (SANS,))
    close, wide = (Pen(face, (), 20.0, tracking=t).place("room no 7") for t in (0.0, 0.5))
    assert wide[2] == pytest.approx(close[2] + 0.5 * 20.0 * len("room no 7"), abs=6)
    pen = Pen(face, (), 20.0)
    runs, middles, width = pen.place("a i m")
    picture = Image.new("L", (round(width) + 40, 60), 0)
    pen.draw(ImageDraw.Draw(picture), runs, 20, 40, 255)
    inked = np.flatnonzero((np.asarray(picture) > 128).any(axis=0)) - 20
    for x in middles[::2]:
        assert np.abs(inked - x).min() < 4


# Pages


def test_a_page_holds_each_line_and_who_owns_its_ink(printed_lines: PrintedLines) -> None:
    lines = ink_lines(printed_lines)
    page = set_page(lines, (3.0, 3.5), 0.0, np.random.default_rng(0))
    assert page.x_height == X_HEIGHT and [p.line.text for p in page.lines] == TEXTS
    assert set(np.unique(page.owner)) == set(range(len(lines) + 1))
    for number, placed in enumerate(page.lines, start=1):
        ys, _ = np.nonzero(page.owner == number)
        assert ys.min() > placed.baseline - 2.5 * X_HEIGHT and ys.max() < placed.baseline + X_HEIGHT
        assert (page.owner == number).sum() == (placed.line.ink > 96).sum()
    ruled = set_page(lines, (3.0, 3.5), 1.0, np.random.default_rng(0))
    assert (ruled.ink > 60).sum() > (page.ink > 60).sum()
    assert set(np.unique(ruled.owner)) <= set(range(len(lines) + 1)), "rules belong to no line"


@pytest.mark.parametrize("seed", range(3))
def test_strips_have_their_text(printed_lines: PrintedLines, seed: int) -> None:
    """Of each line its own strip; the middles lie on its characters."""
    rng = np.random.default_rng(seed)
    lines = ink_lines(printed_lines)
    page = set_page(lines, (3.0, 3.5), 0.0, rng)
    samples = strips_of(*photographed(page.ink, "clean", X_HEIGHT, rng), page)
    assert [sample.text for sample in samples] == TEXTS
    for sample, line in zip(samples, lines, strict=True):
        assert sample.soft.shape[0] == STRIP_ROWS
        inked = np.flatnonzero((sample.soft > 128).any(axis=0))
        scale = STRIP_X_HEIGHT / X_HEIGHT
        assert inked[-1] - inked[0] == pytest.approx(scale * line.ink.shape[1], rel=0.12)
        rows = np.flatnonzero((sample.soft > 128).sum(axis=1) > 3)
        assert rows[0] < STRIP_BASELINE - STRIP_X_HEIGHT < STRIP_BASELINE <= rows[-1] + 3
        for character, x in zip(sample.text, sample.middles, strict=True):
            near = np.abs(inked - x).min()
            assert near > 1.5 if character == " " else near < 3, character


def test_lines_that_touch_are_dropped(printed_lines: PrintedLines) -> None:
    """Two lines on one baseline are found as one, whose text is neither's; the others stay."""
    lines = ink_lines(printed_lines)
    page = set_page(lines, (3.0, 3.5), 0.0, np.random.default_rng(0))
    second = page.lines[1].line.ink.shape[1] + page.lines[1].x + 12
    extra = page.lines[2].line.ink
    row = round(page.lines[1].baseline - page.lines[2].line.baseline)
    width = second + extra.shape[1] + 40
    ink = np.pad(page.ink, ((0, 0), (0, max(0, width - page.ink.shape[1]))))
    owner = np.pad(page.owner, ((0, 0), (0, max(0, width - page.owner.shape[1]))))
    window = np.s_[row : row + extra.shape[0], second : second + extra.shape[1]]
    ink[window] = np.maximum(ink[window], extra)
    owner[window][extra > 96] = 3
    crossed = type(page)(ink, owner, page.lines, page.x_height)
    found = [s.text for s in strips_of(*photographed(ink, "clean", X_HEIGHT, np.random.default_rng(1)), crossed)]
    assert TEXTS[1] not in found and TEXTS[2] not in found
    assert {TEXTS[0], TEXTS[3], TEXTS[4]} <= set(found)


def test_blank_pages_and_lines_that_cannot_be_drawn(printed_lines: PrintedLines) -> None:
    assert draw_samples(LineMaker(lambda rng, x_height: None), "scan", np.random.default_rng(0)) == []
    face = LineFace("sans", "sans", (SANS,))
    assert printed_lines.line(face, X_HEIGHT, np.random.default_rng(0), "한글") is None
    assert printed_lines.line(face, X_HEIGHT, np.random.default_rng(0), "  ") is None
    page = set_page(ink_lines(printed_lines), (3.0, 3.5), 0.0, np.random.default_rng(0))
    assert strips_of(np.full((200, 300), 255, np.uint8), np.eye(2, 3), page) == []


def test_capitals_only_fonts_say_capitals(printed_lines: PrintedLines) -> None:
    face = LineFace("sans", "sans", (SANS,), capitals_only=True)
    assert printed_lines.line(face, X_HEIGHT, np.random.default_rng(0), "Straße 7 é").text == "STRAßE 7 É"


@pytest.mark.parametrize("medium", MEDIA)
def test_every_medium_gives_a_page_whose_lines_are_found(printed_lines: PrintedLines, medium: str) -> None:
    rng = np.random.default_rng(4)
    x_height = float(np.mean(MEDIA[medium].x_heights))
    lines = [printed_lines.line(LineFace("sans", "sans", (SANS,)), x_height, rng, text) for text in TEXTS]
    page = set_page(lines, (3.0, 3.5), 0.0, rng)
    gray, matrix = photographed(page.ink, medium, x_height, rng)
    assert gray.shape == page.ink.shape and gray.dtype == np.uint8
    to_page = cv2.warpAffine(page.ink, matrix, gray.shape[::-1])
    assert gray[to_page > 200].mean() < gray[to_page == 0].mean() - 40, "ink is dark"
    found = [sample.text for sample in strips_of(gray, matrix, page)]
    assert set(found) <= set(TEXTS) and len(found) == len(set(found)) >= 3


def test_media_by_share() -> None:
    rng = np.random.default_rng(0)
    drawn = [any_medium(rng) for _ in range(2000)]
    for name, medium in MEDIA.items():
        assert drawn.count(name) / len(drawn) == pytest.approx(medium.share, abs=0.03)
    noise = grain((300, 400), rng)
    assert noise.shape == (300, 400) and noise.std() == pytest.approx(1.0, abs=0.05)


def test_pages_repeat(printed_lines: PrintedLines) -> None:
    def texts(seed: int) -> list[tuple[str, bytes]]:
        rng = np.random.default_rng(seed)
        return [(s.text, s.soft.tobytes()) for s in draw_samples(printed_lines.page(rng), any_medium(rng), rng)]

    assert texts(1) == texts(1) != texts(2)
    assert texts(1)


# Forms


def written(height: int, baseline: float, text: str = "ANNA", centres: bool = True) -> WrittenLine:
    ink = np.zeros((height, 80), np.uint8)
    ink[:, ::20] = 255
    ink[round(baseline) - 1] = 255
    return WrittenLine(ink, baseline, text, 20.0, np.arange(4, dtype=np.float32) * 20 if centres else None)


@pytest.mark.parametrize(("height", "baseline"), [(60, 50.0), (14, 12.0), (30, 8.0)])
def test_a_label_and_its_entry_stand_on_one_baseline(
    printed_lines: PrintedLines, height: int, baseline: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.lines import forms

    monkeypatch.setattr(forms, "ENTRY_SHIFT", 0.0)
    (label,) = ink_lines(printed_lines, ["Name:"])
    entry = written(height, baseline)
    line = beside(label, entry, np.random.default_rng(0))
    assert line.text == "Name: ANNA" and line.x_height == entry.x_height
    left = line.ink[:, : label.ink.shape[1]]
    right = line.ink[:, -entry.ink.shape[1] :]
    assert (left > 0).sum() == (label.ink > 0).sum() and (right > 0).sum() == (entry.ink > 0).sum(), "nothing is cut"
    top = np.flatnonzero(left.any(axis=1))[0]
    assert top + label.baseline == pytest.approx(line.baseline, abs=1)
    row = int(np.argmax((right > 0).sum(axis=1)))
    assert row + 1 == pytest.approx(line.baseline, abs=1.5)
    assert len(line.middles) == len(line.text) and (np.diff(line.middles) > 0).all()
    np.testing.assert_allclose(line.middles[-4:] - line.ink.shape[1] + 80, entry.centres)


def test_entries_without_a_label_or_without_known_places(printed_lines: PrintedLines) -> None:
    entry = written(40, 30.0)
    alone = beside(None, entry, np.random.default_rng(0))
    assert (alone.text, alone.baseline) == ("ANNA", 30.0) and alone.ink is entry.ink
    (label,) = ink_lines(printed_lines, ["Name:"])
    unknown = beside(label, written(40, 30.0, centres=False), np.random.default_rng(0))
    assert unknown.middles is None and unknown.text == "Name: ANNA"
    shifts = [beside(label, entry, np.random.default_rng(seed)).ink.shape for seed in range(8)]
    assert len(set(shifts)) > 4, "gaps and baselines differ"
