"""``ocrtool eval``: rates, confusions, pairs of files, and the text of every format."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_pages import odd_pages

from ocrtool import metrics
from ocrtool.cli import main as cli
from ocrtool.errors import InputError
from ocrtool.export.comparison import compare, top_confusions, total
from ocrtool.export.parse.texts import document_text
from ocrtool.export.registry import find_format
from ocrtool.text import folded, normal


def run(*arguments: object) -> int:
    return cli.run(["eval", *map(str, arguments)])


@settings(deadline=None)
@given(st.text("ab한글 .,A\n", max_size=20), st.text("ab한글 .,A\n", max_size=20))
def test_rates_are_those_of_the_metrics(truth: str, got: str) -> None:
    counts = compare("x", truth, got).counts
    assert counts.cer.value == metrics.cer(truth, got)
    assert counts.jamo.value == metrics.jamo_cer(truth, got)
    assert counts.wer.value == metrics.wer(truth, got)
    assert counts.folded_cer.value == metrics.cer(folded(truth), folded(got))
    assert counts.folded_wer.value == metrics.wer(folded(truth), folded(got))
    assert counts.bag_f1 == metrics.bag_f1(truth, got)


@settings(deadline=None)
@given(st.text("abc ", max_size=20), st.text("abc ", max_size=20))
def test_aligned_parts_are_the_texts(truth: str, got: str) -> None:
    comparison = compare("x", truth, got)
    assert "".join(part.truth for part in comparison.parts) == normal(truth)
    assert "".join(part.got for part in comparison.parts) == normal(got)
    assert not any(a.same == b.same for a, b in zip(comparison.parts, comparison.parts[1:], strict=False))


def test_confusions() -> None:
    """Up to three characters are one confusion, longer parts single characters; the most frequent first."""
    pairs = [("modern times", "rnodern tirnes"), ("한글 lO0", "한굴 lOO"), ("abcdefgh x", "x")]
    found = top_confusions([compare("x", *pair) for pair in pairs], 100)
    assert found[0] == ("m", "rn", 2)
    assert ("글", "굴", 1) in found and ("0", "O", 1) in found
    assert [pair for pair in found if not pair[1]] == [(c, "", 1) for c in " abcdefgh"]
    assert top_confusions([compare("x", *pair) for pair in pairs], 1) == found[:1]


def test_rates_of_all_are_edits_of_all() -> None:
    counts = total([compare("a", "x" * 90, "x" * 90), compare("b", "y" * 10, "z" * 10)])
    assert (counts.cer.edits, counts.cer.items, counts.cer.value) == (10, 100, 0.1)


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return folder


def test_folders_are_paired_by_name(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    """Natural order; the true text is .gt.txt before .txt; a missing reading counts as empty."""
    truth = write(tmp_path / "truth", page10_txt="ten", page2_gt_txt="two", page2_txt="other", page3_txt="three")
    got = write(tmp_path / "got", page10_txt="tem", page2_hocr="<p class='ocr_page'><i class='ocr_line'>two</i>")
    write(tmp_path / "got", page10_gt_txt="ten", extra_txt="more")
    assert run(truth, got, "--format", "json") == 1
    captured = capfd.readouterr()
    assert captured.err.splitlines() == [
        f"ocrtool: {truth}/page3.txt: there is no reading of it; it counts as empty",
        f"ocrtool: 1 reading without a true text left out, first {got}/extra.txt",
    ]
    values = json.loads(captured.out)
    assert [(row["name"], row["cer"]["edits"], row["cer"]["of"]) for row in values["files"]] == [
        ("page2", 0, 3),
        ("page3", 5, 5),
        ("page10", 1, 3),
    ]
    assert values["all"]["cer"] == {"rate": 0.5455, "edits": 6, "of": 11}
    assert {"truth": "n", "got": "m", "count": 1} in values["confusions"]


def test_table_of_text(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    truth, got = write(tmp_path, a_txt="Good day 한글", b_txt="good  dav 한굴") / "a.txt", tmp_path / "b.txt"
    assert run(truth, got, "--top", 2) == 0
    assert capfd.readouterr().out == (
        "FILE   CHARACTERS     CER  FOLDED    JAMO     WER  FOLDED WER  BAG F1\n"
        "a.txt          11  0.2727  0.1818  0.2000  1.0000      0.6667  0.3333\n"
        "all            11  0.2727  0.1818  0.2000  1.0000      0.6667  0.3333\n"
        "\nCOUNT\tTRUE\tREAD\n1\tG\tg\n1\ty\tv\n"
    )


def test_without_any_true_text_nothing_is_scored(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    got = write(tmp_path / "got", a_txt="a", b_txt="b")
    for missing, reading in ((tmp_path / "none.txt", got / "a.txt"), (tmp_path / "none", got)):
        assert run(missing, reading, "-o", tmp_path / "report") == 1
        assert capfd.readouterr() == ("", f"ocrtool: {missing}: no such file or folder\n")
        assert not (tmp_path / "report").exists()


def test_true_texts_that_cannot_be_read_are_left_out(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    truth, got = write(tmp_path / "t", a_txt="a"), write(tmp_path / "g", a_txt="a", b_txt="b")
    (truth / "b.txt").write_bytes(b"\xff")
    assert run(truth, got, "--format", "json") == 1
    out, error = capfd.readouterr()
    assert [row["name"] for row in json.loads(out)["files"]] == ["a"]
    assert error == f"ocrtool: {truth}/b.txt: the text is not UTF-8\n"


class _Marks(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.marks: list[tuple[str, str]] = []
        self._tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag = tag
        assert not any(name in ("src", "href") and not str(value).startswith("#") for name, value in attrs)

    def handle_data(self, data: str) -> None:
        if self._tag in ("del", "ins"):
            self.marks.append((self._tag, data))
        self._tag = ""


def test_html_marks_the_differences(tmp_path: Path) -> None:
    truth, got = write(tmp_path, a_txt="a <b> modern", b_txt="a <d> rnodern &") / "a.txt", tmp_path / "b.txt"
    assert run(truth, got, "--format", "html", "-o", tmp_path / "report.html") == 0
    parser = _Marks()
    parser.feed((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert [mark for mark in parser.marks if "only" not in mark[1]] == [
        *(("del", "b"), ("ins", "d")),
        *(("del", "m"), ("ins", "rn")),
        ("ins", " &"),
    ]


def test_outputs_and_usage(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    truth = write(tmp_path / "t", a_txt="a")
    assert run(truth, truth / "a.txt") == 2 and "is none: both must be, or neither" in capfd.readouterr().err
    assert run(truth / "a.txt", truth / "a.txt", "-o", truth / "a.txt") == 2
    assert "is an input" in capfd.readouterr().err and (truth / "a.txt").read_text() == "a"
    (tmp_path / "empty").mkdir()
    assert run(tmp_path / "empty", truth) == 1 and "the folder holds no texts" in capfd.readouterr().err
    assert run(truth, tmp_path / "empty") == 1
    (tmp_path / "bad.txt").write_bytes(b"\xff")
    assert run(tmp_path / "bad.txt", truth / "a.txt") == 1
    assert capfd.readouterr().err.splitlines()[-1] == f"ocrtool: {tmp_path}/bad.txt: the text is not UTF-8"


@pytest.mark.parametrize("name", ["json", "jsonl", "hocr", "alto", "tsv", "text"])
def test_our_own_formats_hold_the_text(name: str) -> None:
    data = b"".join(find_format(name, "read").writers["read"](odd_pages()))
    expected = " ".join(export.page.text for export in odd_pages())
    assert normal(document_text(data, f"x.{name}")) == normal(expected)


TESSERACT = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title></title></head><body>
<div class='ocr_page' id='page_1'><div class='ocr_carea'><p class='ocr_par'>
<span class='ocr_line' title="bbox 1 2 3 4"><span class='ocrx_word'>R&amp;D</span>
 <span class='ocrx_word'><strong>costs</strong></span></span><br>
<span class='ocr_header'>two<del>too</del></span></p></div>
<p class='ocr_par'><span class='ocr_line'>next</span></p></div></body></html>"""
ALTO = """<alto xmlns="http://www.loc.gov/standards/alto/ns-v2#"><Layout><Page><PrintSpace><ComposedBlock><TextBlock>
<TextLine><String CONTENT="an"/><SP/><String CONTENT="exam"/><HYP CONTENT="-"/></TextLine>
<TextLine><String CONTENT="ple"/><String CONTENT="too"/></TextLine></TextBlock></ComposedBlock>
<TextBlock><TextLine><String CONTENT="next"/></TextLine></TextBlock></PrintSpace></Page></Layout></alto>"""
PAGE = """<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"><Page><ReadingOrder>
<OrderedGroup id="g"><RegionRefIndexed index="1" regionRef="b"/><RegionRefIndexed index="0" regionRef="a"/>
</OrderedGroup></ReadingOrder><TextRegion id="b"><TextEquiv><Unicode>last</Unicode></TextEquiv></TextRegion>
<TextRegion id="a"><TextLine><TextEquiv index="1"><Unicode>no</Unicode></TextEquiv><TextEquiv index="0">
<Unicode>first</Unicode></TextEquiv></TextLine><TextLine><Word><TextEquiv><Unicode>two</Unicode></TextEquiv></Word>
<Word><TextEquiv><Unicode>words</Unicode></TextEquiv></Word></TextLine></TextRegion></Page></PcGts>"""
TSV = (
    "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
    '4\t1\t1\t1\t1\t0\t0\t0\t9\t9\t-1\t\n5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t96.1\t"Hi\n'
    "5\t1\t1\t1\t1\t2\t0\t0\t9\t9\t96.1\tthere\n5\t1\t1\t1\t2\t1\t0\t0\t9\t9\t96.1\tyou\n5\t1\t2\t1\t1\t1\t0\t0\t9\t9\t9\tnext\n"
)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (TESSERACT, "R&D costs\ntwo\n\nnext"),
        (ALTO, "an exam-\nple too\n\nnext"),
        (PAGE, "first\ntwo words\n\nlast"),
        (TSV, '"Hi there\nyou\n\nnext'),
        ("\ufeffplain <text>\n", "plain <text>\n"),
    ],
    ids=["hocr", "alto", "page", "tsv", "text"],
)
def test_formats_of_other_programs(data: str, text: str) -> None:
    assert document_text(data.encode(), "x.dat") == text


def test_plain_text_may_look_like_anything() -> None:
    for text in ("<b>", "{1}", TSV):
        assert document_text(text.encode(), "x.TXT") == text


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"<alto><", "the XML is damaged"),
        (b"<svg/>", "neither hOCR nor ALTO nor PAGE"),
        (PAGE.replace('index="1"', 'index="x"').encode(), "the XML is damaged"),
        (b"{}", "not a document of ocrtool read"),
        (b"a\xff", "the text is not UTF-8"),
        (b"<p class='ocr_page'>\xff", "the text is not UTF-8"),
    ],
)
def test_damaged_documents_are_named(data: bytes, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        document_text(data, "x.dat")
