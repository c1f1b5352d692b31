"""Office pages that reading is measured on: set in fonts of bar codes, so that what stands on them can be read back."""

from __future__ import annotations

import re
import string
from pathlib import Path

import numpy as np
import pytest
from bar_font import make_bar_font, read_bars
from click.testing import CliRunner
from PIL import Image, ImageDraw

from training.benchmark.sets import load_set
from training.synthesis import fetch_fonts, office_codes, office_pages, office_scans
from training.synthesis.fonts import FONTSOURCE, HELD_OUT, OFFICE, STYLES, VALIDATION, find_fonts, part_of
from training.synthesis.office_pages import FAMILIES, MAKERS, PageJob, draw, main
from training.synthesis.office_prose import MARKED
from training.synthesis.office_scans import SCANS
from training.synthesis.office_type import TICKS, Faces, Type
from training.synthesis.office_typesetting import Block, Fields, Manner, Paragraph, Table, characters_in, typeset

#: The typographic marks that the set is there for.
MARKS = "“”‘’–—…éèüñøß£€½¼§¶©®™°×±†«»¿¡"
ASCII = "".join(map(chr, range(33, 127)))
CHARACTERS = "".join(sorted(set(ASCII + MARKS + TICKS + "".join(MARKED)) - {" "}))
#: Rules so pale that `read_bars` does not take them for ink.
PALE = 200
#: Sets that the command draws here, which are enough to see that all are drawn.
KINDS = ("office_codes", "office_forms")
#: For each scan a size at which bars can still be read, and paper wide enough for them.
MANNERS = {
    "print": Manner(points=7.5, width=220, rule=PALE),
    "200dpi": Manner(points=16, width=480, rule=PALE),
    "screen": Manner(points=24, width=700, rule=PALE),
}

pytestmark = pytest.mark.usefixtures("no_system_fonts", "own_cache")


@pytest.fixture(scope="module")
def bars(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bar_font(tmp_path_factory.mktemp("fonts") / "bars.ttf", CHARACTERS)


@pytest.fixture
def faces(bars: Path) -> Faces:
    return Faces(bars, bars)


@pytest.fixture
def fonts(bars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of fonts with one family, the only one that pages are drawn in."""
    path = tmp_path / "fonts" / "lato" / "files" / "lato-latin-400-normal.woff"
    path.parent.mkdir(parents=True)
    path.write_bytes(bars.read_bytes())
    monkeypatch.setattr(office_pages, "FAMILIES", {"test": dict.fromkeys(KINDS, ("lato",))})
    monkeypatch.setattr(office_pages, "any_manner", lambda rng, screen: MANNERS["screen" if screen else "print"])
    return tmp_path / "fonts"


@pytest.mark.parametrize("kind", MAKERS)
def test_the_truth_is_what_is_drawn(kind: str, faces: Faces) -> None:
    gray, lines = draw(PageJob(kind, "page", faces, "print"), np.random.default_rng(5), MANNERS["print"])
    assert read_bars(gray) == lines
    assert 10 <= len(lines) <= 45
    assert 150 < sum(map(len, lines)) < 2000


@pytest.mark.parametrize(
    ("kind", "scan"), [("office_codes", "screen"), ("office_invoices", "screen"), ("office_forms", "200dpi")]
)
def test_other_scans_show_their_truth_too(kind: str, scan: str, faces: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_scans, "SKEW", (0.0, 0.0))
    gray, lines = draw(PageJob(kind, "page", faces, scan), np.random.default_rng(7), MANNERS[scan])
    assert read_bars(gray) == lines


def test_a_flatbed_scan_is_smaller_askew_and_grey() -> None:
    page = np.full((600, 900), 255, np.uint8)
    page[300:306, 100:800] = 15
    scan = SCANS["200dpi"].make(page, np.random.default_rng(0)).astype(float)
    assert scan.shape == (400, 600)
    low, high = office_scans.SKEW
    ink = np.clip(150 - scan[150:250], 0, None)
    left, right = (np.average(np.arange(100), weights=ink[:, x - 20 : x + 20].sum(axis=1)) for x in (100, 500))
    assert low - 0.02 <= abs(np.degrees(np.arctan2(left - right, 400))) <= high + 0.02
    paper = scan[:150]
    assert paper.mean() == pytest.approx(office_scans.PAPER, abs=2)
    assert np.diff(paper, axis=1).std() / np.sqrt(2) == pytest.approx(office_scans.GRAIN, abs=0.3)
    assert abs(paper[:, :60].mean() - paper[:, -60:].mean()) == pytest.approx(0.9 * office_scans.FALL, abs=4)
    patches = paper.reshape(3, 50, 12, 50).mean(axis=(1, 3))  # the grain averages out; the fall is the same in all rows
    assert (patches - patches.mean(axis=0)).std() > 0.5  # of the unevenness besides


def test_rules_and_frames_touch_no_text(faces: Faces) -> None:
    blocks: list[Block] = [
        Table((("1", "Valve"), ("2", "Gasket")), "rl", ruled=True),
        Fields((("Name", "Anna"), ("Room", "B2")), "box"),
        Fields((("Date", "1.2.99"),), "line"),
    ]
    bare, lines = typeset(blocks, faces, Manner(rule=255), 300)
    ruled, again = typeset(blocks, faces, Manner(rule=PALE), 300)
    assert lines == again == ["1 Valve", "2 Gasket", "Name Anna Room B2", "Date 1.2.99"]
    text, every = np.asarray(bare) < 255, np.asarray(ruled)
    rules = every == PALE
    assert rules.sum() > 5000
    np.testing.assert_array_equal(every[~rules], np.asarray(bare)[~rules])
    assert not (rules & text).any()


def test_columns_are_aligned_and_the_rim_is_blank(faces: Faces) -> None:
    rows = (("1", "7.25"), ("20", "1,207.25"), ("300", "-0.25"))
    page, lines = typeset([Table(rows, "lr")], faces, Manner(), 300)
    assert lines == ["1 7.25", "20 1,207.25", "300 -0.25"]
    ink = np.asarray(page) < 128
    tops = np.flatnonzero(np.diff(np.concatenate([[0], ink.any(1).astype(int), [0]]))).reshape(-1, 2)
    spans = [np.flatnonzero(ink[top:bottom].any(0)) for top, bottom in tops]
    assert len({int(span[0]) for span in spans}) == 1
    assert max(int(span[-1]) for span in spans) - min(int(span[-1]) for span in spans) <= 1
    assert not ink[:150].any() and not ink[-150:].any() and not ink[:, :150].any() and not ink[:, -150:].any()


def test_what_does_not_fit_is_refused(faces: Faces) -> None:
    with pytest.raises(ValueError, match="too long for a page of 60 mm"):
        typeset([Paragraph("https://www." + "x" * 60)], faces, Manner(width=60), 300)
    with pytest.raises(ValueError, match="the page is too narrow"):
        typeset([Table((("Valve" * 4, "Gasket" * 4),), "ll")], faces, Manner(width=100), 300)
    with pytest.raises(ValueError, match="too long for its field"):
        typeset([Fields((("Name", "Anna" * 20),))], faces, Manner(width=100), 300)


def test_tick_boxes_that_a_font_lacks_are_drawn(tmp_path: Path) -> None:
    face = Type(make_bar_font(tmp_path / "plain.ttf", ASCII), None, 44.0)
    pictures = {}
    for tick in TICKS:
        page = Image.new("L", (80, 80), 255)
        face.draw(ImageDraw.Draw(page), 20, 60, tick)
        ink = np.asarray(page) < 128
        rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
        assert (rows[0], rows[-1], columns[0], columns[-1]) == pytest.approx((60 - 32, 60, 20, 20 + 32), abs=1)
        pictures[tick] = ink[rows[0] + 4 : rows[-1] - 3, columns[0] + 4 : columns[-1] - 3]
    assert not pictures["☐"].any()
    third = len(pictures["☐"]) // 3
    corners = {
        tick: [
            bool(inner[rows, columns].any())
            for rows in (slice(third), slice(-third, None))
            for columns in (slice(third), slice(-third, None))
        ]
        for tick, inner in pictures.items()
    }  # upper left, upper right, lower left, lower right
    assert corners["☒"] == [True, True, True, True]
    assert corners["☑"][:2] == [False, True]
    assert pictures["☑"][-third:].any()


def test_a_character_of_the_extension_is_drawn_from_it(tmp_path: Path) -> None:
    own = make_bar_font(tmp_path / "own.ttf", "ab")
    extension = make_bar_font(tmp_path / "extension.ttf", "†x")
    page, lines = typeset([Paragraph("ab† b")], Faces(own, own, extension, extension), Manner(), 300)
    assert read_bars(np.asarray(page)) == lines == ["ab† b"]


def test_a_font_that_lacks_what_a_page_needs(tmp_path: Path) -> None:
    without_dagger = make_bar_font(tmp_path / "poor.ttf", CHARACTERS.replace("†", ""))
    job = PageJob("office_typographic", "page", Faces(without_dagger, without_dagger), "print")
    texts = [draw(job, np.random.default_rng(seed), MANNERS["print"])[1] for seed in range(3)]
    assert "†" not in "".join("".join(lines) for lines in texts)
    figures = make_bar_font(tmp_path / "figures.ttf", "0123456789")
    with pytest.raises(ValueError, match=r"figures\.ttf: the font lacks"):
        draw(PageJob("office_letters", "page", Faces(figures, figures), "print"), np.random.default_rng(0))


def test_check_digits_are_right() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        iban = office_codes.iban(rng).replace(" ", "")
        assert int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97 == 1
        isbn = [int(c) for c in office_codes.isbn(rng) if c.isdigit()]
        assert len(isbn) == 13
        assert sum(isbn[0::2]) % 10 == -3 * sum(isbn[1::2]) % 10


def test_sums_of_invoices_are_right() -> None:
    def cents(text: str) -> int:
        return int(re.sub(r"[^0-9-]", "", text))

    negative = 0
    for seed in range(30):
        goods, sums = (b for b in MAKERS["office_invoices"](np.random.default_rng(seed)) if isinstance(b, Table))
        rows = [(cents(row[0]), cents(row[2]), cents(row[3])) for row in goods.rows[1:]]
        assert all(quantity * price == amount for quantity, price, amount in rows)
        net, tax, total = (cents(row[2]) for row in sums.rows)
        assert net == sum(amount for _, _, amount in rows)
        assert net + tax == total
        negative += any(price < 0 for _, price, _ in rows)
    assert negative > 5


def test_each_kind_holds_what_it_is_there_for() -> None:
    seen = dict.fromkeys(MAKERS, "")
    for kind, make in MAKERS.items():
        for seed in range(60):
            seen[kind] += "".join(sorted(characters_in(make(np.random.default_rng(seed)))))
    assert set(MARKS) <= set(seen["office_typographic"])
    assert set(string.ascii_letters + string.digits + "@:/\\#?=.,-_~+()$£€") <= set(seen["office_codes"])
    assert set("£€$,.-%") <= set(seen["office_invoices"])
    assert set(TICKS) <= set(seen["office_forms"])
    assert set("@:/,.") <= set(seen["office_letters"])


def test_no_training_sees_the_families(tmp_path: Path, bars: Path) -> None:
    assert {name for names in FAMILIES["test"].values() for name in names} <= HELD_OUT
    assert {name for names in FAMILIES["validation"].values() for name in names} <= VALIDATION
    office = {name for names in OFFICE.values() for name in names}
    assert not office & {name for names in FONTSOURCE.values() for name in names}
    for family in {*office, *HELD_OUT, *VALIDATION, "roboto"}:
        for style in STYLES[:1]:
            path = tmp_path / family / "files" / f"{family}-latin-{style}.woff"
            path.parent.mkdir(parents=True)
            path.write_bytes(bars.read_bytes())
    found = {font.family for font in find_fonts(tmp_path)}
    assert not found & office
    assert {family for family in found if part_of(family) == "train"} == {"roboto"}
    assert {part_of(family) for family in OFFICE["test"]} == {"test"}
    assert {part_of(family) for family in OFFICE["validation"]} == {"validation"}


def test_command_writes_sets_that_the_benchmark_reads(fonts: Path, tmp_path: Path) -> None:
    def run(out: str, seed: int) -> dict[str, bytes]:
        arguments = [str(tmp_path / out), "--fonts", str(fonts), "--seed", str(seed)]
        result = CliRunner().invoke(main, arguments, catch_exceptions=False)
        assert result.output.endswith("office_codes 3, office_forms 3\n")
        folder = tmp_path / out
        return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}

    one = run("one", 0)
    assert len(one) == 2 * len(KINDS) * len(SCANS)
    assert run("again", 0) == one
    for kind in KINDS:
        images = load_set(tmp_path / "one", kind, tmp_path)
        assert (images.language, images.kind, len(images.items)) == ("eng", "page", 3)
        dpi = {item.image.stem: round(Image.open(item.image).info["dpi"][0]) for item in images.items}
        assert dpi == {"lato_print": 300, "lato_200dpi": 200, "lato_screen": 96}
        page = next(item for item in images.items if item.image.stem == "lato_print")
        assert read_bars(np.asarray(Image.open(page.image))) == page.truth.splitlines()


def test_another_seed_gives_other_pages(faces: Faces) -> None:
    job = PageJob("office_codes", "page", faces, "screen")
    (one, lines), (_, others) = (draw(job, np.random.default_rng(seed), MANNERS["screen"]) for seed in (1, 2))
    assert not set(lines) & set(others)
    assert one.dtype == np.uint8


def test_a_missing_family_is_a_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, [str(tmp_path / "out"), "--fonts", str(tmp_path)])
    assert result.exit_code == 1
    assert "font family lato is not there: see training/synthesis/fetch_fonts.py" in result.output
    assert "Traceback" not in result.output


def test_fetching_takes_the_office_families_with_their_extension(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("x-latin-400-normal.woff", "x-latin-ext-400-normal.woff", "x-greek-400-normal.woff", "LICENSE")
    monkeypatch.setattr(fetch_fonts, "packed_files", lambda family: iter([(name, family.encode()) for name in names]))
    result = CliRunner().invoke(fetch_fonts.main, ["--fonts", str(tmp_path)], catch_exceptions=False)
    assert {*OFFICE["test"], *OFFICE["validation"], "roboto"} <= set(result.output.split())
    kept = {p.relative_to(tmp_path / "barlow").as_posix() for p in (tmp_path / "barlow").rglob("*") if p.is_file()}
    assert kept == {"files/x-latin-400-normal.woff", "files/x-latin-ext-400-normal.woff", "LICENSE"}
