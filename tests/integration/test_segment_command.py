"""``ocrtool segment``: lines as JSON, patches as files, and what was found drawn on the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ocrtool.cli import main as cli
from ocrtool.writer.patches import PATCH_SIDE

SAMPLE = Path(__file__).parents[2] / "samples" / "letter.png"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """The upper part of a sample: a few lines."""
    with Image.open(SAMPLE) as image:
        image.crop((0, 0, image.width, image.height // 3)).save(tmp_path / "letter.png")
    return tmp_path / "letter.png"


def run(*arguments: object) -> int:
    return cli.run(["segment", *map(str, arguments)])


def pages(text: str) -> list[dict[str, Any]]:
    document = json.loads(text)
    assert (document["format"], document["version"]) == ("ocrtool-lines", 1)
    return document["pages"]


def pictures(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.png"))}


def test_lines_and_patches(page: Path, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    out = tmp_path / "new" / "patches"
    assert run(page, "--patches", out, "--count", 12) == 0
    captured = capfd.readouterr()
    assert captured.err == ""
    (found,) = pages(captured.out)
    gray = np.asarray(Image.open(page).convert("L"))
    assert (found["source"], found["number"], found["height"], found["width"]) == (str(page), 1, *gray.shape)
    assert len(found["lines"]) == 4
    covered = np.zeros(gray.shape, bool)
    for line in found["lines"]:
        x0, y0, x1, y1 = line["box"]
        covered[y0:y1, x0:x1] = True
        assert y0 < line["baseline"][1] < y1 + 2 and x0 - 3 <= line["baseline"][0] < line["baseline"][2] <= x1 + 3
    assert (gray < 100)[covered].sum() > 0.999 * (gray < 100).sum()
    assert len(found["patches"]) == 12
    for patch in found["patches"]:
        with Image.open(out / patch["file"]) as image:
            assert (image.size, image.mode) == ((PATCH_SIDE, PATCH_SIDE), "L")
            shown = np.asarray(image)
        assert np.median(shown) > 200 and shown.min() < 60  # dark on light
        (left, top), _, (right, bottom), _ = patch["corners"]
        box = found["lines"][patch["line"]]["box"]
        assert left < box[2] and right > box[0] and top < box[3] and bottom > box[1]
    assert set(pictures(out)) == {"letter.collage.png", *(f"letter/{k:04d}.png" for k in range(1, 13))}


def test_the_seed_tells_which(page: Path, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a", "b", "c")]
    for folder, seed in zip(folders, (1, 1, 2), strict=True):
        assert run(page, "--patches", folder, "--count", 5, "--seed", seed, "-o", tmp_path / "out.json") == 0
    first, again, other = map(pictures, folders)
    assert first == again != other


def test_overlay_and_output_file(page: Path, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    assert run(page, "--overlay", tmp_path, "-o", tmp_path / "out.json") == 0
    assert capfd.readouterr() == ("", "")
    assert pages((tmp_path / "out.json").read_text())[0]["patches"] == []
    with Image.open(page) as image, Image.open(tmp_path / "letter.overlay.png") as overlay:
        assert overlay.size == image.size and overlay.mode == "RGB"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letter.overlay.png", "letter.png", "out.json"]


def test_blank_pages_and_failures(page: Path, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    blank = tmp_path / "blank.tif"
    image = Image.new("L", (300, 200), 255)
    image.save(blank, save_all=True, append_images=[Image.open(page)])
    gone = tmp_path / "gone.png"
    assert run(blank, gone, page, "--patches", tmp_path / "p", "--count", 2) == 1
    captured = capfd.readouterr()
    assert captured.err.splitlines() == [
        f"ocrtool: {blank}, page 1: no patches: too little ink in lines",
        f"ocrtool: {gone}: no such file or folder",
    ]
    found = pages(captured.out)
    assert [(one["number"], len(one["patches"])) for one in found] == [(1, 0), (2, 2), (1, 2)]
    assert [patch["file"] for one in found for patch in one["patches"]] == [
        "blank.2/0001.png",
        "blank.2/0002.png",
        "letter/0001.png",
        "letter/0002.png",
    ]


def test_outputs_never_take_the_place_of_an_input(page: Path, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    collage = tmp_path / "letter.collage.png"
    collage.write_bytes(page.read_bytes())
    for options in (("-o", page), ("--patches", page), ("--patches", tmp_path), ("--count", 0), ("--seed", -1)):
        assert run(page, collage, *options) == 2, options
        assert "Traceback" not in capfd.readouterr().err
    assert collage.read_bytes() == page.read_bytes()
