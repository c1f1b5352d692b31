"""Pages that Korean reading is measured on: set in fonts of bar codes, so that what stands on them can be read back."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from bar_font import make_bar_font, read_bars
from click.testing import CliRunner
from PIL import Image

from ocrtool.script.hangul.charset import MARKS
from training.benchmark.sets import load_set
from training.synthesis import hangul_families as families
from training.synthesis import korean_pages
from training.synthesis.fonts import HELD_OUT, VALIDATION, find_fonts
from training.synthesis.hangul_fonts import drawn_characters, find_korean_fonts
from training.synthesis.heldout_text import Stock, fitted
from training.synthesis.korean_mixed import TEMPLATES, mixed_sentence, with_particles
from training.synthesis.korean_page_text import mixed_blocks
from training.synthesis.korean_pages import LATIN, PEN, PRINT, PageJob, characters_of, draw_page, jobs, main
from training.synthesis.korean_signs import SIGN_TEMPLATES, as_read, with_hanja
from training.synthesis.korean_typesetting import Block, Faces, Manner, Type, broken, typeset
from training.synthesis.scans import SCANS, SKEW

ASCII = "".join(map(chr, range(33, 127)))
SYLLABLES = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호"
HANJA = "漢字書藝"
SAMPLES = [
    mixed_sentence(template, np.random.default_rng(0)) for template in (*TEMPLATES, *SIGN_TEMPLATES) for _ in range(20)
]
#: What the fonts here have: all that pages of these texts can hold.
CHARACTERS = "".join(
    sorted(set(MARKS + SYLLABLES + "제장끝" + HANJA + "".join((*TEMPLATES, *SIGN_TEMPLATES, *SAMPLES))) - {" "})
)


pytestmark = pytest.mark.usefixtures("no_system_fonts")


def sentence(choose: random.Random, words: int) -> str:
    return " ".join("".join(choose.choices(SYLLABLES, k=choose.randint(1, 4))) for _ in range(words)) + "."


def text(seed: int, count: int) -> list[str]:
    """Titles, sentences, mixed sentences and paragraphs."""
    choose = random.Random(seed)
    lines = []
    for _ in range(count):
        lines += [sentence(choose, 3)[:14].rstrip(". "), sentence(choose, 9)]
        lines.append(f"{sentence(choose, 5)[:-1]} KS X {choose.randint(1000, 9999)} {sentence(choose, 3)}")
        lines.append(" ".join(sentence(choose, choose.randint(5, 12)) for _ in range(4)))
    return lines


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("OCRTOOL_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
    drawn_characters.cache_clear()
    yield
    drawn_characters.cache_clear()


@pytest.fixture(scope="module")
def bars(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bar_font(tmp_path_factory.mktemp("fonts") / "bars-400.ttf", CHARACTERS)


@pytest.fixture
def faces(bars: Path) -> Faces:
    return Faces(bars, bars)


def stock(seed: int = 0) -> Stock:
    return Stock({"own.txt": text(1, 60)}, np.random.default_rng(seed))


@pytest.mark.parametrize("scan", SCANS)
def test_each_scan_shows_the_text_beside_it(scan: str, faces: Faces) -> None:
    gray, lines = draw_page(PageJob("korean_drawn", "page", faces, scan), stock(), np.random.default_rng(5))
    assert 500 < sum(map(len, lines)) < 1300
    if scan == "skew":
        h, w = gray.shape
        turned = [
            cv2.warpAffine(gray, cv2.getRotationMatrix2D((w / 2, h / 2), angle, 1.0), (w, h), borderValue=255)
            for angle in (-SKEW, SKEW)
        ]
        assert read_bars(gray) != lines
        assert lines in [read_bars(page) for page in turned]
    else:
        assert read_bars(cv2.medianBlur(gray, 3) if scan == "noisy" else gray) == lines


def test_mixed_lines_in_two_faces(bars: Path, tmp_path: Path) -> None:
    latin = make_bar_font(tmp_path / "latin-400.ttf", ASCII)
    faces = Faces(bars, bars, latin)
    job = PageJob("korean_mixed", "page", faces, "clean")
    gray, lines = draw_page(job, stock(), np.random.default_rng(3))
    assert read_bars(gray) == lines
    page = "\n".join(lines)
    assert len(re.findall(r"[A-Za-z]{2,}", page)) > 5
    assert len(re.findall(r"\d+", page)) > 5
    assert len(re.findall("[가-힣]", page)) > 200


def test_notices_hold_signs_of_all_kinds(faces: Faces) -> None:
    gray, lines = draw_page(PageJob("korean_signs", "page", faces, "clean"), stock(), np.random.default_rng(3))
    assert read_bars(gray) == lines
    assert set("₩£€㈜☎㎏㎝㎡℃→←■□▲○●★※§®™½⑪㉮•≤") <= set("".join(lines))


def test_hanja_come_from_the_font_that_lends_them_and_are_not_to_be_read(bars: Path, tmp_path: Path) -> None:
    own = make_bar_font(tmp_path / "own.ttf", CHARACTERS.translate({ord(c): None for c in HANJA}))
    job = PageJob("korean_hanja", "page", Faces(own, own, hanja=bars), "clean")
    gray, lines = draw_page(job, stock(), np.random.default_rng(3))
    shown = read_bars(gray)
    assert [as_read(line) for line in shown] == lines
    assert set(HANJA) <= set("".join(shown)) and not set(HANJA) & set("".join(lines))
    assert "".join(lines).count("\ufffd") > 20


def test_hanja_stand_behind_words_and_in_their_place() -> None:
    text = with_hanja("가나 다라마 바 " * 200, ("漢",), np.random.default_rng(0))
    assert "가나(漢漢)" in text and "다라마(漢漢漢)" in text and " 漢漢 " in text
    assert text.count("바") == 200 and 0.1 < text.count("漢") / len(text) < 0.2


def test_a4_holds_the_characters_it_should(faces: Faces) -> None:
    gray, lines = draw_page(PageJob("korean_a4", "a4", faces, "clean"), stock(), np.random.default_rng(0))
    assert gray.shape == (3508, 2480)
    assert 1400 < len(" ".join(lines)) < 1600
    assert read_bars(gray) == lines


def test_the_same_seed_draws_the_same(faces: Faces) -> None:
    job = PageJob("korean_drawn", "page", faces, "noisy")
    (one, lines), (two, again) = (draw_page(job, stock(), np.random.default_rng(4)) for _ in range(2))
    assert lines == again
    np.testing.assert_array_equal(one, two)
    assert draw_page(job, stock(1), np.random.default_rng(4))[1] != lines


def test_what_a_font_lacks_is_not_on_the_page(tmp_path: Path) -> None:
    poor = make_bar_font(tmp_path / "poor.ttf", CHARACTERS.translate({ord(c): None for c in "①ㄱ하"}))
    known = characters_of(Faces(poor, poor))
    assert not known & set("①ㄱ하")
    blocks = mixed_blocks(stock(), known, np.random.default_rng(0))
    assert set("".join(block.sign + block.text for block in blocks)) <= known | {" "}
    assert fitted("“가나”…", frozenset('가나".')) == '"가나"...'
    assert fitted("가나하", known) is None


def test_too_little_text_is_said(faces: Faces) -> None:
    few = Stock({"own.txt": text(1, 1)}, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"no .* left that the font can draw"):
        draw_page(PageJob("korean_drawn", "page", faces, "clean"), few, np.random.default_rng(0))


def test_no_text_stands_on_two_pages() -> None:
    known, one = frozenset(CHARACTERS), stock()
    dealt = [one.item(known) for _ in range(40)] + [one.mixed(known) for _ in range(40)]
    dealt += [s + "." for _ in range(40) for s in one.paragraph(known).rstrip(".").split(". ")]
    assert len(set(dealt)) == len(dealt)


def test_lines_are_broken_within_words_but_not_within_figures(bars: Path) -> None:
    face = Type(bars, None, 40)
    words = "가나다라마바사 (W. Reilly)는 1,250.5 km라고 “아자차”라 했다."
    for width in range(400, 900, 40):
        lines = broken(words, face, width)
        assert "".join(lines).replace(" ", "") == words.replace(" ", "")
        assert all(face.length(line) <= width for line in lines)
        assert not any(line[0] in ")”.," or line[-1] in "(“" for line in lines)
        assert any("1,250.5" in line for line in lines)
    assert broken(words, face, 7 * 33)[0] == "가나다라마바사"
    assert broken("가나다 라마바사아", face, 4 * 33 + 15) == ["가나다 라", "마바사아"]
    assert broken("가나다 라마바사", face, 4 * 33 + 15, by_word=True) == ["가나다", "라마바사"]


def test_justified_lines_end_together(faces: Faces) -> None:
    blocks = [Block("가나다 라마바사 아자차카 타파하 거너더러 머버서 어저처커 터퍼허 고노도로 모보소 오조초", "①")]
    page, lines = typeset(blocks, faces, Manner(width=60, justified=True), 80, 10)
    ink = np.asarray(page) < 128
    rows = np.flatnonzero(np.diff(np.concatenate([[0], (ink.sum(1) > 0).astype(int), [0]]))).reshape(-1, 2)
    ends = [int(np.flatnonzero(ink[top:bottom].any(0))[-1]) for top, bottom in rows]
    assert len(lines) == len(rows) > 2
    # a last character's bar code ends up to a whole em before its advance does
    assert max(ends[:-1]) - min(ends[:-1]) <= 0.7 * 11 * 300 / 72
    assert ends[-1] < max(ends)


def test_too_short_paper_is_refused(faces: Faces) -> None:
    with pytest.raises(ValueError, match=r"needs a page of .* mm, not 20"):
        typeset([Block("가" * 200)], faces, Manner(width=60), 80, 10, 20)


def test_particles_fit_the_syllable_before() -> None:
    text = "표본(sample)은/는 값이/가 배(B)을/를 갈대와/과 1980은/는 X-200을/를 ISO이/가"
    assert with_particles(text) == "표본(sample)은 값이 배(B)를 갈대와 1980은 X-200을 ISO가"


def test_every_invented_sentence_can_be_read() -> None:
    for seed in range(300):
        template = TEMPLATES[seed % len(TEMPLATES)]
        made = mixed_sentence(template, np.random.default_rng(seed))
        assert "{" not in made
        assert set(made) <= set(MARKS + " ") | {c for c in made if "가" <= c <= "힣"}
        assert unicodedata.is_normalized("NFC", made)


def test_families_are_of_the_part_they_measure() -> None:
    for part, held, latin in (("test", families.TEST, HELD_OUT), ("validation", families.VALIDATION, VALIDATION)):
        assert {*PRINT[part], *PEN[part]} <= held
        assert set(LATIN[part]) <= latin
    assert len(PRINT["test"]) == 6


@pytest.fixture
def few_families(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(korean_pages, "PRINT", {"test": ("gowun-batang",)})
    monkeypatch.setattr(korean_pages, "PEN", {"test": ()})
    monkeypatch.setattr(korean_pages, "LATIN", {"test": ("lato",)})
    monkeypatch.setattr(korean_pages, "HANJA", {"test": (None,)})


def test_command_writes_sets_that_the_benchmark_reads(bars: Path, tmp_path: Path, few_families: None) -> None:
    latin = tmp_path / "latin" / "lato" / "files" / "lato-latin-400-normal.woff"
    for target in (tmp_path / "korean" / "gowun-batang-400.ttf", latin):
        target.parent.mkdir(parents=True)
        target.write_bytes(bars.read_bytes())
    for number in range(8):
        path = tmp_path / "data" / "korean_text" / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(text(number, 40)), encoding="utf-8")
    out = tmp_path / "out"
    arguments = [str(out), "--data", str(tmp_path / "data"), "--korean-fonts", str(tmp_path / "korean")]
    result = CliRunner().invoke(main, [*arguments, "--fonts", str(tmp_path / "latin")], catch_exceptions=False)
    assert result.output.endswith("korean_drawn 4, korean_mixed 2, korean_a4 1, korean_signs 2, korean_hanja 2\n")
    assert sorted(path.name for path in (out / "korean_mixed").glob("*.png")) == [
        "gowun-batang+lato_noisy.png",
        "gowun-batang_clean.png",
    ]
    images = load_set(out, "korean_drawn", tmp_path)
    assert (images.language, images.kind, len(images.items)) == ("kor", "page", 4)
    clean = next(item for item in images.items if item.image.name == "gowun-batang_clean.png")
    assert read_bars(np.asarray(Image.open(clean.image))) == clean.truth.splitlines()
    dpi = {item.image.name.split("_")[1]: round(Image.open(item.image).info["dpi"][0]) for item in images.items}
    assert dpi == {"200dpi.png": 200, "clean.png": 300, "noisy.png": 300, "skew.png": 300}


def test_missing_family_and_missing_text_are_sentences(bars: Path, tmp_path: Path) -> None:
    latin = tmp_path / "lato" / "files" / "lato-latin-400-normal.woff"
    for target in (tmp_path / "korean" / "gowun-batang-400.ttf", latin):
        target.parent.mkdir(parents=True)
        target.write_bytes(bars.read_bytes())
    arguments = [str(tmp_path / "out"), "--data", str(tmp_path), "--fonts", str(tmp_path)]
    result = CliRunner().invoke(main, [*arguments, "--korean-fonts", str(tmp_path / "korean")])
    assert result.exit_code == 1
    assert "is not there: see training/synthesis/fetch_korean_fonts.py" in result.output
    assert "Traceback" not in result.output
    with pytest.raises(ValueError, match="font family lato is not there"):
        korean_pages._regular("lato", [])


def test_a_corpus_that_is_not_there_is_a_sentence(tmp_path: Path, few_families: None, bars: Path) -> None:
    latin = tmp_path / "lato" / "files" / "lato-latin-400-normal.woff"
    for target in (tmp_path / "korean" / "gowun-batang-400.ttf", latin):
        target.parent.mkdir(parents=True)
        target.write_bytes(bars.read_bytes())
    arguments = [str(tmp_path / "out"), "--data", str(tmp_path / "none"), "--fonts", str(tmp_path)]
    result = CliRunner().invoke(main, [*arguments, "--korean-fonts", str(tmp_path / "korean")])
    assert result.exit_code == 1
    assert "no Korean text" in result.output


def test_jobs_of_the_parts(tmp_path: Path, bars: Path) -> None:
    fonts = [font for font in _all_fonts(tmp_path, bars) if font.part == "test"]
    every = jobs("test", fonts, find_fonts(tmp_path), tmp_path)
    names = [(job.set, job.name) for job in every]
    assert len(set(names)) == len(names) == 24 + 8 + 12 + 1 + 12 + 12
    assert {job.scan for job in every if job.set == "korean_mixed"} == set(SCANS)


def _all_fonts(folder: Path, bars: Path) -> list:
    files = ["gowun-batang-400", "ibm-plex-sans-kr-400", "poor-story-400", "batang", "LexiGulim"]
    for name in families.HANJA_PACKAGES.values():
        (folder / name).write_bytes(bars.read_bytes())
    for name in [*files, "NanumSquareR", "NanumSquareRoundR", "NanumSquareRoundB", "NanumBarunpenR"]:
        (folder / f"{name}.ttf").write_bytes(bars.read_bytes())
    for family in LATIN["test"]:
        path = folder / family / "files" / f"{family}-latin-400-normal.woff"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bars.read_bytes())
    return find_korean_fonts(folder)
