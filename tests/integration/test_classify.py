"""``ocrtool classify`` from arguments to bytes, with a fake classifier, and pictures of bars."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocrtool.cli import main as cli
from ocrtool.export import bars
from ocrtool.imaging.input import read_pages
from ocrtool.jobs import classify
from ocrtool.jobs.inputs import make_sources
from ocrtool.jobs.options import ClassifyOptions
from ocrtool.script.single import SingleReading
from ocrtool.types import Alternative, Box

#: What the fake classifier says, whatever it sees.
LABELS = (Alternative("가", 0.75), Alternative("7", 0.2), Alternative("|", 0.03))


class FakeClassifier:
    """Blank where a picture is white; fails at its darkest."""

    def read(self, gray: np.ndarray, top: int) -> SingleReading:
        if gray.max() == 0:
            raise RuntimeError("too dark")
        return SingleReading(None) if gray.min() == 255 else SingleReading(Box(2, 3, 30, 18), LABELS[:top])


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []

    def load(options: ClassifyOptions) -> FakeClassifier:
        asked.extend((options.language, options.model))
        return FakeClassifier()

    monkeypatch.setattr(classify, "load_classifier", load)
    return asked


def draw(path: Path, value: int = 100) -> Path:
    Image.new("L", (40, 20), value).save(path)
    return path


def run(*arguments: object) -> int:
    return cli.run(["classify", *map(str, arguments)])


def test_a_line_an_image(tmp_path: Path, capfd: pytest.CaptureFixture, fake: list[str]) -> None:
    first, blank = draw(tmp_path / "a.png"), draw(tmp_path / "b.png", 255)
    assert run(first, blank, "--top", 2) == 0
    assert capfd.readouterr() == (f"{first}\t가 0.7500\t7 0.2000\n{blank}\tblank\n", "")
    assert fake == ["auto", "any"]


def test_json(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    first, blank = draw(tmp_path / "a.png"), draw(tmp_path / "b.png", 255)
    assert run(first, blank, "--format", "json", "--lang", "kor", "--top", 1) == 0
    document = json.loads(capfd.readouterr().out)
    assert (document["format"], document["version"]) == ("ocrtool-labels", 1)
    assert document["images"] == [
        {
            "source": str(first),
            "number": 1,
            "width": 40,
            "height": 20,
            "box": [2, 3, 30, 18],
            "labels": [{"label": "가", "probability": 0.75}],
        },
        {"source": str(blank), "number": 1, "width": 40, "height": 20, "box": None, "labels": []},
    ]


def test_failures_are_named_and_the_others_read(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    (tmp_path / "no.png").write_text("no image")
    (tmp_path / "empty").mkdir()
    inputs = [tmp_path / name for name in ("gone.png", "no.png", "empty")]
    assert run(*inputs, draw(tmp_path / "dark.png", 0), draw(tmp_path / "a.png")) == 1
    captured = capfd.readouterr()
    assert captured.out.count("\n") == 1 and captured.out.startswith(str(tmp_path / "a.png"))
    words = ("no such file", "neither an image", "holds no images", "internal error: RuntimeError: too dark")
    assert all(word in line for word, line in zip(words, captured.err.splitlines(), strict=True))


def test_pages_folders_and_standard_input(
    tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [Image.new("L", (40, 20), value) for value in (100, 255)]
    pages[0].save(tmp_path / "two.tif", save_all=True, append_images=pages[1:])
    assert run(tmp_path) == 0
    one, two = capfd.readouterr().out.splitlines()
    assert "two.tif, page 1\t가" in one and two.endswith("two.tif, page 2\tblank")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(draw(tmp_path / "a.png").read_bytes())))
    assert run("-") == 0
    assert capfd.readouterr().out.startswith("-\t가")


def test_output_file_and_environment(
    tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRTOOL_TOP", "1")
    monkeypatch.setenv("OCRTOOL_OUTPUT", str(tmp_path / "out.txt"))
    assert run(draw(tmp_path / "a.png")) == 0
    assert capfd.readouterr() == ("", "")
    assert (tmp_path / "out.txt").read_text(encoding="utf-8").count("\t") == 1


def test_outputs_never_take_the_place_of_an_input(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    image = draw(tmp_path / "a.png")
    before = image.read_bytes()
    for options in (
        ("--plot", image),
        ("-o", image),
        ("--plot", tmp_path),
        ("-o", tmp_path / "none" / "x.txt"),
        ("--plot", tmp_path / "x", "-o", tmp_path / "x"),
        ("--top", 0),
        ("--lang", "fra"),
    ):
        assert run(image, *options) == 2, options
        assert "Traceback" not in capfd.readouterr().err
    assert image.read_bytes() == before


@pytest.mark.parametrize("with_font", [True, False])
def test_plot_has_a_row_for_each_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_font: bool) -> None:
    monkeypatch.setattr(bars, "_hangul_font", lambda: bars.plain(bars.LABEL_SIZE) if with_font else None)
    one, blank = draw(tmp_path / "a.png"), draw(tmp_path / "b.png", 255)
    assert run(one, "--plot", tmp_path / "one.png") == 0
    assert run(one, blank, tmp_path / "gone.png", one, "--plot", tmp_path / "three.png") == 1
    with Image.open(tmp_path / "one.png") as single, Image.open(tmp_path / "three.png") as several:
        assert several.height == 3 * single.height
        pixels = np.asarray(single)
    long, other = (
        int((pixels == np.array(tuple(bytes.fromhex(colour[1:])))).all(axis=2).sum(axis=1).max())
        for colour in (bars.FIRST, bars.OTHERS)
    )
    assert long == pytest.approx(0.75 * bars.BAR_ROOM, abs=2) and other == pytest.approx(0.2 * bars.BAR_ROOM, abs=2)


def test_labels_without_a_font_are_spelled_out() -> None:
    assert bars.spelled("밟") == "U+BC1F BALB" and bars.spelled("①") == "U+2460"


def test_nothing_read_leaves_no_plot(tmp_path: Path) -> None:
    assert run(tmp_path / "gone.png", "--plot", tmp_path / "plot.png") == 1
    assert not (tmp_path / "plot.png").exists()


def test_a_plot_keeps_no_page(tmp_path: Path) -> None:
    image = tmp_path / "large.png"
    Image.new("L", (2000, 1500), 100).save(image)
    work = classify.classification_job(ClassifyOptions(keep_images=True))()
    (page,) = read_pages(image, "large.png")
    found = work(make_sources([str(image)])[0], page).result
    assert found.size == (2000, 1500) and found.gray is not None and found.gray.shape == (120, 160)
