"""Characters drawn in the form of PHD08: of fonts made here, so that what a font holds is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest
from click.testing import CliRunner, Result
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from training.phd08 import counterparts
from training.phd08.__main__ import main
from training.phd08.counterparts import Counterpart
from training.phd08.generate import draw_sample
from training.phd08.measures import FIGURES, measure
from training.phd08.text_form import parse, split_name
from training.synthesis.hangul_families import DEBIAN, FONTSOURCE, KINDS, TEST, VALIDATION
from training.synthesis.hangul_fonts import KoreanFont, drawn_characters, find_hanja_font, find_korean_fonts
from training.synthesis.hangul_glyphs import Glyphs
from training.synthesis.hangul_samples import Drawer, any_phd08_scan, squares
from training.synthesis.hangul_scan import Scan, binary, grey
from training.synthesis.join_fonts import join
from training.synthesis.phd08_variations import DPI, POINTS, all_variations

#: Upright and level strokes of a few characters on a grid of 10 × 10: left, bottom, right, top.
STROKES = {
    "가": ((0, 8, 5, 9), (4, 1, 5, 9), (7, 0, 8, 10), (8, 5, 10, 6)),
    "나": ((0, 2, 1, 8), (0, 2, 5, 3), (7, 0, 8, 10), (8, 5, 10, 6)),
    "각": ((0, 9, 5, 10), (4, 5, 5, 10), (7, 5, 8, 10), (1, 3, 8, 4), (7, 0, 8, 4)),
    "를": ((0, 9, 9, 10), (0, 5, 10, 6), (0, 2, 9, 3), (0, 0, 9, 1), (0, 0, 1, 3)),
    "A": ((2, 0, 3, 8), (6, 0, 7, 8), (2, 4, 7, 5)),
    ",": ((4, -1, 5, 1),),
}


def make_font(path: Path, characters: str = "가나각를A,", upem: int = 1000) -> Path:
    """A TrueType font; 힣 in it is blank, 뷁 and 뛟 look the same, 쀍 is the box of what is missing."""
    outlines = {".notdef": ((1, 0, 9, 9),), "blank": (), "same": ((1, 1, 9, 5),)}
    outlines |= {f"u{ord(character):04X}": STROKES[character] for character in characters}
    glyphs = {}
    for name, boxes in outlines.items():
        pen = TTGlyphPen(None)
        for left, bottom, right, top in boxes:
            corners = [(left, bottom), (left, top), (right, top), (right, bottom)]
            pen.moveTo((corners[0][0] * 85, corners[0][1] * 85))
            for x, y in corners[1:]:
                pen.lineTo((x * 85, y * 85))
            pen.closePath()
        glyphs[name] = pen.glyph()
    builder = FontBuilder(upem, isTTF=True)
    builder.setupGlyphOrder(list(outlines))
    plain = {ord(character): f"u{ord(character):04X}" for character in characters}
    builder.setupCharacterMap(plain | {ord("힣"): "blank", ord("뷁"): "same", ord("뛟"): "same", ord("쀍"): ".notdef"})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(dict.fromkeys(outlines, (upem, 0)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=880, usWinAscent=880, usWinDescent=120)
    builder.setupPost()
    builder.save(path)
    return path


pytestmark = pytest.mark.usefixtures("no_system_fonts")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("OCRTOOL_CACHE", str(tmp_path / "cache"))
    drawn_characters.cache_clear()
    yield
    drawn_characters.cache_clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    make_font(fonts / "Whole_1.ttf")
    make_font(fonts / "Poor.ttf", "가A")
    return fonts


@pytest.fixture
def font(folder: Path) -> KoreanFont:
    return KoreanFont(folder / "Whole_1.ttf", "whole", "sans")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def generated(folder: Path, *options: object, out: str = "out", text: str = "가나") -> Path:
    target = folder.parent / out
    result = run("generate", "--fonts", folder, "--syllables", text, "--out", target, "--jobs", 1, *options)
    assert result.exit_code == 0, result.output
    return target


def test_only_pictures_of_their_own_count_as_characters(folder: Path) -> None:
    assert drawn_characters(folder / "Whole_1.ttf") == set("가나각를A,")
    assert drawn_characters(folder / "Poor.ttf") == set("가A")
    (folder / "no.ttf").write_text("no font")
    with pytest.raises(OSError, match="unknown file format"):
        drawn_characters(folder / "no.ttf")


def test_texts_hold_each_variation_in_each_font_that_has_the_character(folder: Path) -> None:
    out = generated(folder)
    both, one = (parse((out / f"{character}.txt").read_bytes()) for character in "가나")
    assert len(both.names) == 2 * 243 and len(one.names) == 243 and not both.faults + one.faults
    assert {split_name(name)[0] for name in both.names} == {"Whole_1", "Poor"}
    assert {split_name(name) for name in one.names} == {("Whole_1", variation) for variation in all_variations()}
    for image in [*both.images, *one.images]:
        assert image[0].any() and image[-1].any() and image[:, 0].any() and image[:, -1].any()  # cropped to the ink
        assert 18 <= image.shape[0] <= 60 and 18 <= image.shape[1] <= 60 and 0.08 < image.mean() < 0.5


def test_the_same_again_and_in_any_number_of_processes(folder: Path) -> None:
    first = generated(folder, "--variations", 5)
    second = generated(folder, "--variations", 5, "--jobs", 2, out="second")
    other = generated(folder, "--variations", 5, "--seed", 1, out="other")
    texts = [(folder / "가.txt").read_bytes() for folder in (first, second, other)]
    assert texts[0] == texts[1] != texts[2]
    assert len(parse(texts[0]).names) == 10


def test_what_no_font_has_is_named_and_the_rest_is_drawn(folder: Path) -> None:
    out = folder.parent / "out"
    result = run("generate", "--fonts", folder, "--syllables", "가힣뷁", "--out", out, "--variations", 2, "--jobs", 1)
    assert result.exit_code == 1 and "no font has 힣 뷁" in result.output
    assert sorted(path.name for path in out.iterdir()) == ["generated.json", "가.txt"]


def test_one_file_of_arrays(folder: Path) -> None:
    out = generated(folder, "--variations", 4, out="a.h5")
    with h5py.File(out) as file:
        assert file["images"].shape == (12, 28, 28) and file["counts"][:].tolist() == [8, 4]
        assert [text.decode() for text in file["classes"]] == ["가", "나"]
    assert not list(folder.parent.glob(".a*"))


def test_an_interrupted_run_goes_on_and_other_options_are_not_mixed(folder: Path) -> None:
    out = generated(folder, "--variations", 3)
    kept = (out / "가.txt").stat().st_mtime_ns
    (out / "나.txt").unlink()
    generated(folder, "--variations", 3)
    assert (out / "나.txt").is_file() and (out / "가.txt").stat().st_mtime_ns == kept
    other = run("generate", "--fonts", folder, "--syllables", "가", "--out", out, "--variations", 4, "--jobs", 1)
    assert other.exit_code == 1 and "drawn with other options" in other.output


@pytest.mark.parametrize("options", [(), ("--syllables", "가", "--all"), ("--syllables", " ")])
def test_what_to_draw_must_be_said_once(tmp_path: Path, options: tuple[str, ...]) -> None:
    assert run("generate", "--out", tmp_path / "out", *options).exit_code == 2


def test_a_folder_without_fonts_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no Korean fonts"):
        find_korean_fonts(tmp_path)


def mean_figures(font: KoreanFont, axis: int, level: int) -> dict[str, float]:
    chosen = [variation for variation in all_variations() if variation[axis] == level][::2]
    figures = measure([draw_sample(font, character, variation, 0) for variation in chosen for character in "가각"])
    return dict(zip(FIGURES, figures.mean(0), strict=True))


def test_each_variation_does_what_it_says(font: KoreanFont) -> None:
    levels = [[mean_figures(font, axis, level) for level in range(3)] for axis in range(5)]
    for axis, wanted in ((0, POINTS), (2, DPI)):
        heights = [figures["height"] for figures in levels[axis]]
        assert heights[2] / heights[0] == pytest.approx(wanted[2] / wanted[0], abs=0.04)
    dark = levels[1]
    assert dark[0]["bar"] > 1.1 * dark[1]["bar"] > 1.2 * dark[2]["bar"]
    assert dark[0]["stem"] == pytest.approx(dark[2]["stem"], rel=0.06)
    inks = [figures["ink"] * figures["height"] * figures["width"] for figures in levels[3]]
    assert inks[0] > inks[1] > inks[2]
    upright, turned = levels[4][1], [levels[4][0], levels[4][2]]
    assert all(figures["horizontal roughness"] > upright["horizontal roughness"] for figures in turned)


def test_turns_go_to_either_side(font: KoreanFont) -> None:
    def lean(turn: float) -> float:
        image = binary(Glyphs().glyph(font, ","), Scan(200.0, turn=turn), np.random.default_rng(0))
        upper, lower = (np.nonzero(half)[1].mean() for half in np.array_split(image, 2))
        return float(upper - lower)  # above 0: the top leans right, the character is turned clockwise

    assert lean(-10) > 2 > -2 > lean(10) and abs(lean(0)) < 1


def test_grey_is_paper_to_ink_and_noise_is_what_was_asked_for(font: KoreanFont) -> None:
    glyph = Glyphs().glyph(font, "가")
    clean, noisy = (grey(glyph, Scan(40.0, noise=noise), np.random.default_rng(1)) for noise in (0.0, 0.1))
    assert clean.min() == 0 and clean.max() == pytest.approx(1.0, abs=0.02)
    assert (noisy - clean).std() == pytest.approx(0.1, rel=0.15)
    nothing_left = binary(glyph, Scan(40.0, spread=(-9.0, -9.0), noise=0.01), np.random.default_rng(1))
    assert nothing_left.any()


def test_batches_of_crops_for_training(folder: Path, font: KoreanFont) -> None:
    poor = KoreanFont(folder / "Poor.ttf", "poor", "serif")
    drawer = Drawer([font, poor])
    text = "가나,A" * 25
    for soft in (False, True):
        samples = drawer.draw(text, np.random.default_rng(0), soft)
        assert [sample.character for sample in samples] == list(text)
        assert all(sample.font == font for sample in samples if sample.character in "나,")
        assert {sample.font.family for sample in samples if sample.character == "가"} == {"whole", "poor"}
        kinds = {len(np.unique(sample.image)) > 2 for sample in samples if sample.character == "가"}
        assert kinds == ({True} if soft else {False})
        assert all(sample.image.dtype == np.uint8 and sample.image.max() > 90 for sample in samples)
    comma, letter = samples[2], samples[3]
    assert comma.bottom > 0.05 > 0 > comma.top and letter.bottom <= 0.01  # y downward from the baseline
    assert squares([sample.image for sample in samples], 32).shape == (100, 32, 32)
    with pytest.raises(ValueError, match="none of 2 fonts has '힣'"):
        drawer.draw("힣", np.random.default_rng(0))
    again = Drawer([font, poor]).draw(text, np.random.default_rng(0), soft=True)
    assert all((a.image == b.image).all() for a, b in zip(samples, again, strict=True))


def test_families_weigh_the_same_however_many_files_they_have(folder: Path, font: KoreanFont) -> None:
    twins = [KoreanFont(make_font(folder / f"Twin{n}.ttf"), "twin", "sans") for n in range(4)]
    drawer = Drawer([font, *twins], any_phd08_scan)
    samples = drawer.draw("가" * 200, np.random.default_rng(0))
    assert 70 < sum(sample.font.family == "whole" for sample in samples) < 130


def test_drawn_characters_are_kept_within_bounds(font: KoreanFont) -> None:
    glyphs = Glyphs(most_bytes=1)
    first = glyphs.glyph(font, "가")
    assert glyphs.glyph(font, "가") is first
    glyphs.glyph(font, "나")
    assert glyphs.glyph(font, "가") is not first
    assert first.ink[:, [0, -1]].any(0).all() and first.ink.any(1).all() and 0.8 < first.full < 0.9
    assert first.stroke == pytest.approx(0.085, rel=0.25)
    with pytest.raises(ValueError, match="does not have"):
        glyphs.glyph(font, "뷁")


def test_squares_keep_the_shape() -> None:
    wide, high = squares([np.full((10, 40), 255, np.uint8), np.full((60, 6), 255, np.uint8)], 32, margin=1)
    assert (wide > 0).any(0).sum() == 30 and (wide > 0).any(1).sum() == 8
    assert (high > 0).any(0).sum() == 3 and (high > 0).any(1).sum() == 30


def test_families_of_the_test_are_of_each_common_kind() -> None:
    tables = [(kind, names) for table in (DEBIAN, FONTSOURCE) for kind, names in table.items()]
    kinds = {family: kind for kind, names in tables for family in names}
    assert kinds.keys() >= TEST | VALIDATION and not TEST & VALIDATION and set(kinds.values()) <= set(KINDS)
    assert len(TEST) >= 6 and {kinds[family] for family in TEST} >= {"serif", "sans", "rounded", "pen"}


def test_fonts_are_found_by_part(tmp_path: Path) -> None:
    for name in ("batang.ttf", "UnDotum.ttf", "gowun-dodum-400.ttf", "Mine.ttf"):
        make_font(tmp_path / name)
    found = {part: find_korean_fonts(tmp_path, part) for part in ("train", "validation", "test")}
    assert [font.family for font in found["test"]] == ["baekmuk-batang"]
    assert [font.family for font in found["validation"]] == ["gowun-dodum"]
    assert {font.family for font in found["train"]} == {"un-dotum", "Mine"}


def test_pieces_of_a_web_font_become_one(tmp_path: Path) -> None:
    pieces = [make_font(tmp_path / "a.ttf", "가A"), make_font(tmp_path / "b.ttf", "나,A")]
    join(pieces, tmp_path / "joined.ttf")
    assert drawn_characters(tmp_path / "joined.ttf") >= set("가나A,")
    assert "힣" not in drawn_characters(tmp_path / "joined.ttf")


@pytest.fixture
def real(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that plays the real database: drawn by the generator itself, in fonts named as there."""
    monkeypatch.setattr(counterparts, "COUNTERPARTS", {"S": Counterpart("Whole_1", 1.0, 1.0, (0.0, 0.0))})
    for module in ("calibrate", "calibration_report"):
        monkeypatch.setattr(f"training.phd08.{module}.COUNTERPARTS", counterparts.COUNTERPARTS)
    out = generated(folder, text="나각")
    for path in out.glob("*.txt"):
        path.write_text(path.read_text(encoding="utf-8").replace("Whole_1_", "S_"), encoding="utf-8")
    return out


def test_calibration_passes_what_is_alike_and_fails_what_is_not(folder: Path, real: Path) -> None:
    docs = folder.parent / "docs"
    options = ("--fonts", folder, "--data", real, "--out", docs)
    alike = run("calibrate", *options, "--beside", folder.parent / "beside.png")
    assert alike.exit_code == 0, alike.output
    table = (docs / "phd08.md").read_text(encoding="utf-8")
    assert "148 of 148 comparisons within tolerance" in table and "| a=2 |" in table and "fail" not in table
    assert (docs / "generated.png").is_file() and (folder.parent / "beside.png").is_file()
    for path in real.glob("*.txt"):  # noise: each tenth pixel turned
        text, rng = np.frombuffer(path.read_bytes(), np.uint8).copy(), np.random.default_rng(0)
        lines = text.tobytes().decode().split("\n")
        for number, line in enumerate(lines):
            if len(line) > 12 and not line.strip("01"):
                turned = np.frombuffer(line.encode(), np.uint8) ^ (rng.random(len(line)) < 0.1)
                lines[number] = turned.astype(np.uint8).tobytes().decode()
        path.write_text("\n".join(lines), encoding="utf-8")
    other = run("calibrate", *options)
    assert other.exit_code == 1 and "not within tolerance: " in other.output and "specks" in other.output


def test_real_samples_are_not_drawn_into_the_repository(folder: Path, real: Path) -> None:
    inside = Path(__file__).resolve().parents[2] / "docs" / "beside.png"
    result = run("calibrate", "--fonts", folder, "--data", real, "--out", folder.parent / "docs", "--beside", inside)
    assert result.exit_code == 1 and "may not lie in the repository" in result.output and not inside.exists()


def test_a_record_tells_how_texts_were_drawn(folder: Path) -> None:
    out = generated(folder, "--variations", 1, "--fonts-limit", 1, "--seed", 4)
    record = json.loads((out / "generated.json").read_text(encoding="utf-8"))
    assert record["variations"] == 1 and record["seed"] == 4 and len(record["fonts"]) == 1


def test_a_font_that_lends_hanja_is_no_family_to_draw_syllables_from(tmp_path: Path) -> None:
    make_font(tmp_path / "Own.ttf")
    lender = make_font(tmp_path / "ipaexm.ttf")
    assert [font.name for font in find_korean_fonts(tmp_path)] == ["Own"]
    assert find_hanja_font("ipaexfont-mincho", tmp_path) == lender
    with pytest.raises(FileNotFoundError, match="fetch_korean_fonts"):
        find_hanja_font("wqy-zenhei", tmp_path)
