"""Strangers' inputs: bounds that can be set, decoders of their own, outputs that stay in their folder, no network."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from fake_engine import fake_reader
from odd_files import encoded
from pdf_files import file_of, objects_of, shown, stream
from pdf_files import pages as pdf_pages
from PIL import Image

import ocrtool
from ocrtool import errors
from ocrtool.cli import main as cli
from ocrtool.imaging.confined import ConfinedError
from ocrtool.imaging.confined import TookTooLong as ProcessTookTooLong
from ocrtool.imaging.input import read_pages
from ocrtool.imaging.limits import Limits
from ocrtool.imaging.pdf_options import PdfOptions
from ocrtool.jobs import inputs, untrusted
from ocrtool.jobs import read as read_job

SAMPLES = Path(ocrtool.__file__).parents[1] / "samples"
UNTRUSTED = PdfOptions(limits=Limits(untrusted=True))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(read_job, "load_reader", fake_reader)


def draw(name: str, width: int = 40, pages: int = 1) -> Path:
    images = [Image.new("L", (width + k, 20), 9 + k) for k in range(pages)]
    images[0].save(name, **({"save_all": True, "append_images": images[1:]} if pages > 1 else {}))
    return Path(name)


def of_images(name: str, *images: Path) -> Path:
    """A PDF of images, a page each."""
    first, *others = (Image.open(image) for image in images)
    first.save(name, save_all=True, append_images=others)
    return Path(name)


def read(*arguments: object) -> int:
    return cli.run(["read", "--jobs", "1", *map(str, arguments)])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--max-pixels", "799"], "a.tif, page 1: 40 × 20 pixels are too many"),
        (["--max-pages", "2"], "a.tif: more than 2 pages"),
        (["--max-pages", "2", "--untrusted"], "a.tif: more than 2 pages"),
        (["--max-pixels", "799", "--max-seconds", "9"], "a.tif, page 2: 41 × 20 pixels are too many"),
    ],
)
def test_limits(options: list[str], words: str, capfd: pytest.CaptureFixture) -> None:
    assert read(draw("a.tif", pages=3), *options) == 1
    assert words in capfd.readouterr().err
    assert read("a.tif", "--max-pages", 3, "--max-pixels", 42 * 20) == 0


def test_limits_of_a_pdf(capfd: pytest.CaptureFixture) -> None:
    of_images("a.pdf", draw("a.png", 300), draw("b.png", 300), draw("c.png", 300))
    for options in ([], ["--untrusted"]):
        assert read("a.pdf", "--max-pages", 2, *options) == 1
        assert capfd.readouterr() == ("", "ocrtool: a.pdf: more than 2 pages, the most that are read\n")
        assert read("a.pdf", "--max-pixels", 5999, *options) == 1
        assert capfd.readouterr().err.count("6000 pixels on it is too large") == 3


def test_untrusted_inputs_read_as_others(capfd: pytest.CaptureFixture) -> None:
    names = [draw("a.png"), draw("b.tif", 50, pages=3), of_images("c.pdf", draw("d.png", 60))]
    Path("bad.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert read(*names, "bad.png", "--format", "json") == 1
    out, error = capfd.readouterr()
    assert read(*names, "bad.png", "--format", "json", "--untrusted") == 1
    assert capfd.readouterr() == (out, error)
    assert len(json.loads(out)["pages"]) == 5


def test_text_of_an_untrusted_pdf_is_that_of_the_pdf() -> None:
    path = Path("a.pdf")
    path.write_bytes(pdf_pages([shown("Invoice 42")]))
    for text in ("auto", "keep"):
        asked = PdfOptions(text=text, limits=Limits(untrusted=True))
        (page,), (own,) = untrusted.pages(path, "a.pdf", asked), read_pages(path, "a.pdf", PdfOptions(text=text))
        assert page.text is not None and own.text is not None
        assert (page.text.text, page.read_anew) == (own.text.text, own.read_anew)
        assert [word.box for line in page.text.lines for word in line.words] == [
            word.box for line in own.text.lines for word in line.words
        ]


def test_standard_input_and_pipes_may_be_untrusted(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(draw("a.png").read_bytes())))
    assert read("-", "--untrusted") == 0
    assert capfd.readouterr().out.startswith("40 by 20")


def test_formats_that_copy_the_file_are_refused(capfd: pytest.CaptureFixture) -> None:
    assert read(draw("a.png"), "--untrusted", "--format", "pdf", "-o", "a.pdf") == 2
    assert "--untrusted does not" in capfd.readouterr().err
    assert read("a.png", "--untrusted", "--format", "html", "-o", "a.html") == 0


@pytest.mark.parametrize(
    ("ending", "error", "words"),
    [
        (ConfinedError(), errors.ImageTruncated, "a.tif, page 2: it is damaged, and ended the process"),
        (ProcessTookTooLong(), errors.TookTooLong, "a.tif, page 2: took longer than 60 s to decode"),
    ],
)
def test_a_page_that_ends_its_decoder_costs_only_itself(
    ending: ConfinedError, error: type[errors.InputError], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    confined = untrusted.confined.confined

    def mortal(call: str, arguments: dict, file: io.BytesIO, bounds: object) -> object:
        for values, data in confined(call, arguments, file, bounds):  # type: ignore[arg-type]
            if values["number"] == 2:
                raise ending
            yield values, data

    monkeypatch.setattr(untrusted.confined, "confined", mortal)
    first, second, third = untrusted.pages(draw("a.tif", pages=3), "a.tif", UNTRUSTED)
    assert (first.number, first.gray.shape, third.number, third.gray.shape) == (1, (20, 40), 3, (20, 42))
    with pytest.raises(error, match=words):
        assert second.gray.size


@pytest.mark.parametrize(
    "answer",
    [
        ({}, b""),
        ({"number": 1, "count": 10**12, "size": [1, 1]}, b""),
        ({"number": 7, "count": 1, "dpi": None, "size": [20, 40], "text": None, "read_anew": 1, "warnings": []}, b"x"),
        ({"number": 1, "count": 1, "dpi": None, "size": [20, 40], "text": None, "read_anew": 1, "warnings": []}, b"x"),
        ({"number": 1, "count": 1, "dpi": [], "size": [1, 1], "text": None, "read_anew": 1, "warnings": []}, b"x"),
        (
            {"number": 1, "count": 1, "dpi": None, "size": [8, 8], "text": "{", "read_anew": 1, "warnings": []},
            b"x" * 64,
        ),
        ({"fault": "x", "kind": "OcrToolError"}, b""),
        ({"fault": "x", "kind": "subprocess"}, b""),
    ],
)
def test_what_a_taken_over_decoder_says_is_checked(answer: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(untrusted.confined, "confined", lambda *arguments: (yield answer))
    with pytest.raises(errors.InputError):
        list(untrusted.pages(draw("a.png"), "a.png", UNTRUSTED))


@pytest.mark.parametrize(
    ("arguments", "links"),
    [
        (["a.png", "-o", "out/"], ["a.txt"]),
        (["a.png", "--overlay", "out"], ["a.overlay.png"]),
    ],
)
def test_outputs_follow_no_link_out_of_their_folder(
    arguments: list[str], links: list[str], capfd: pytest.CaptureFixture
) -> None:
    draw("a.png")
    Path("out").mkdir()
    Path("precious").write_text("mine")
    for link in links:
        Path("out", link).symlink_to("../precious")
    assert read(*arguments) == 1
    assert "is a link that leads out of the folder, so it is not written" in capfd.readouterr().err
    assert Path("precious").read_text() == "mine" and Path("out", links[0]).is_symlink()


def test_links_within_the_folder_and_named_ones_are_followed() -> None:
    draw("a.png")
    Path("out").mkdir()
    Path("out", "a.txt").symlink_to("b.txt")
    Path("link.txt").symlink_to("out/c.txt")
    Path("linked").symlink_to("out")
    assert read("a.png", "-o", "out/") == 0 and Path("out/b.txt").read_text().startswith("40 by 20")
    assert read("a.png", "-o", "link.txt") == 0 and Path("out/c.txt").read_text().startswith("40 by 20")
    assert read("a.png", "-o", "linked/") == 0


def test_a_fifo_in_the_folder_is_not_written_to(capfd: pytest.CaptureFixture) -> None:
    Path("out").mkdir()
    os.mkfifo("out/a.txt")
    assert read(draw("a.png"), "-o", "out/") == 1
    assert "out/a.txt: is a pipe that nobody reads, so it is not written" in capfd.readouterr().err


@pytest.mark.parametrize(
    "name", ["a\\..\\..\\b.png", "\x1b[31m.png", "x...png", " .png", "-o.png", "a\nb.png", "~.png", "%2e.png"]
)
def test_no_name_leads_out_of_the_folder(name: str, capfd: pytest.CaptureFixture) -> None:
    folder = Path("deep/in")
    folder.mkdir(parents=True)
    shutil.copy(draw("x.png"), folder / name)
    before = set(Path().rglob("*"))
    assert read("deep", "-o", "out/") == 0
    made = set(Path().rglob("*")) - before - {Path("out")}
    assert len(made) == 1 and next(iter(made)).parent == Path("out")
    assert capfd.readouterr().err == ""


def test_an_output_of_an_earlier_run_is_not_left_beside_a_failure(capfd: pytest.CaptureFixture) -> None:
    draw("a.png")
    draw("b.png")
    assert read("a.png", "b.png", "--format", "text,json", "-o", "out/") == 0
    Path("b.png").write_bytes(b"")
    assert read("a.png", "b.png", "--format", "text,json", "-o", "out/") == 1
    assert sorted(path.name for path in Path("out").iterdir()) == ["a.json", "a.txt", "b.json.old", "b.txt.old"]
    assert "out/b.txt was of an earlier run, and is now b.txt.old" in capfd.readouterr().err


def test_reading_needs_no_network(tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rn", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system gives a process no network of its own")
    page = SAMPLES / "slanted.png"
    command = [sys.executable, "-m", "ocrtool", "read", str(page), "--jobs", "1"]
    done = subprocess.run([unshare, "-rn", *command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "") and len(done.stdout) > 100


def test_a_stranger_decodes_large_pages_in_little_memory() -> None:
    """As gray and its message, a page of 20 million pixels is twice in memory at most."""
    gray = np.full((4000, 5000), 255, np.uint8)
    (page,) = untrusted.pages(encoded(Image.fromarray(gray), "PNG"), "a.png", UNTRUSTED)
    assert page.gray.shape == gray.shape


def test_the_journal_is_not_opened_by_a_link(capfd: pytest.CaptureFixture) -> None:
    Path("out").mkdir()
    Path("precious").write_text("")
    Path("out/.ocrtool-journal.jsonl").symlink_to("../precious")
    assert read(draw("a.png"), "-o", "out/", "--resume") == 1
    assert ".ocrtool-journal.jsonl: cannot be written: too many levels of symbolic links" in capfd.readouterr().err
    assert Path("precious").read_text() == ""


def test_a_damaged_page_that_may_be_too_much_is_drawn_where_it_can_be_ended(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(inputs, "_DAMAGED_SECONDS", 3.0)
    tile = b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.01 /YStep 0.01"
    contents = [b"/Pattern cs /P scn 0 0 300 200 re f " + shown("a good page")]
    data = pdf_pages(contents, b"", b"/Pattern << /P 10 0 R >>", [stream(b"0 0 1 1 re f", tile)])
    assert data.count(b"/Count 1 >>\n") == 1
    Path("a.pdf").write_bytes(data.replace(b"/Count 1 >>\n", b"/Count 1"))  # so that only PDFium finds its pages
    assert read("a.pdf", draw("b.png"), "--pdf-text", "ocr") == 1
    out, error = capfd.readouterr()
    assert out.startswith("40 by 20") and error == "ocrtool: a.pdf: took longer than 3 s to decode\n"


@pytest.mark.parametrize("command", ["segment", "classify", "writer-id", "writer-id verify a.png"])
def test_all_commands_that_read_images_have_limits(command: str, capfd: pytest.CaptureFixture) -> None:
    draw("a.png")
    line = [*command.split(), "a.png"]
    for options in (["--max-pixels", "799"], ["--max-pixels", "799", "--untrusted"]):
        assert cli.run([*line, *options]) == 1
        assert "a.png: 40 × 20 pixels are too many: at most 32767 a side and 799 in all" in capfd.readouterr().err
    assert cli.run([*line, "--untrusted"]) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root reads files of others")
def test_root_reads_untrusted_files_of_others(capfd: pytest.CaptureFixture) -> None:
    os.chown(draw("a.png"), 12345, 12345)
    Path("a.png").chmod(0o600)
    assert read("a.png", "--untrusted") == 0
    assert capfd.readouterr().out == "40 by 20 mean 9\n"


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("hexadecimal", [True, False])
def test_glyphs_that_are_drawings_count_wherever_they_stand(packed: bool, hexadecimal: bool) -> None:
    """PDFium draws a glyph of a Type 3 font anew each time; one that is an image, once."""
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /FontMatrix [1 0 0 1 0 0] /FirstChar 65 /LastChar 66 "
        b"/Widths [1 1] /CharProcs << /x 10 0 R /y 11 0 R >> /Encoding << /Differences [65 /x /y] >> >>"
    )
    strokes = b"1000 0 d0\n" + b"0 0 m 1 1 l S\n" * 2000
    image = b"1 0 0 0 1 1 d1 BI /IM true /W 8 /H 30000 /BPC 1 /D [1 0] ID " + b"\x55" * 30_000 + b" EI"
    glyphs = [zlib.compress(glyph) if packed else glyph for glyph in (strokes, image)]
    entries = b"/Filter /FlateDecode" if packed else b""

    def drawn(text: bytes) -> int:
        string = b"<%s>" % text.hex().encode() if hexadecimal else b"(%s)" % text
        content = b"BT /F1 9 Tf 20 100 Td %s Tj ET" % string
        objects = objects_of([content], more=[stream(glyph, entries) for glyph in glyphs])
        objects[2] = font
        return len(list(read_pages(file_of(objects), "a.pdf")))

    with pytest.raises(errors.ImageTooLarge, match="too much to be drawn"):
        drawn(b"A" * 800)
    assert drawn(b"A" * 20 + b"B" * 800) == 1


def test_a_damaged_pdf_may_draw_more_than_is_measured() -> None:
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 300 200] /Resources << /XObject << /X %d 0 R >> >>"
    forms = [stream(b"/X Do /X Do", form % number) for number in range(11, 39)]
    data = pdf_pages([shown("a good page") + b"/X Do"], b"", b"/XObject << /X 10 0 R >>", [*forms, stream(b"")])
    with pytest.raises(errors.ImageTooLarge, match="too much to be drawn"):
        list(read_pages(data, "a.pdf"))
    for lost in (b"endobj\n20 0 obj", b"25 0 obj"):
        assert data.count(lost) == 1
        with pytest.raises((errors.PdfUnmeasured, errors.ImageTooLarge), match="too much to be drawn"):
            list(read_pages(data.replace(lost, b""), "a.pdf"))
