"""Photographs of drawn pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from click.testing import CliRunner
from PIL import Image

from training.synthesis.phone_photos import SIDES, TILT, any_view, main, photograph


def test_a_pixel_shows_the_point_of_the_sheet_that_is_seen_there() -> None:
    for seed in range(20):
        view = any_view(0.7, np.random.default_rng(seed))
        points = np.random.default_rng(seed).uniform(-0.5, 0.5, (50, 2)) * [0.7, 1.0]
        assert np.abs(view.sheet(view.picture(points)) - points).max() < 1e-4


def test_the_camera_is_tilted_by_no_more_than_it_says() -> None:
    tilts = [np.degrees(np.arccos(any_view(1.4, np.random.default_rng(seed)).turn[2, 2])) for seed in range(200)]
    assert max(tilts) <= TILT + 1e-6 and max(tilts) > 0.9 * TILT


def test_dark_ink_stays_on_light_paper_in_colour() -> None:
    page = np.full((1000, 1400), 255, np.uint8)
    page[300:700, 400:1000] = 10
    photo, view = photograph(page, np.random.default_rng(3))
    assert photo.shape == (SIDES[1], SIDES[0], 3)
    ink, paper = view.picture(np.array([[0.0, 0.0], [-0.6, -0.4]])).round().astype(int)
    assert photo[ink[1], ink[0]].mean() < 0.5 * photo[paper[1], paper[0]].mean()


def test_the_command_writes_photos_with_the_text_of_the_pages(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    Image.fromarray(np.full((200, 150), 255, np.uint8)).save(pages / "one.png")
    (pages / "one.gt.txt").write_text("nothing\n", encoding="utf-8")
    Image.fromarray(np.full((200, 150), 255, np.uint8)).save(pages / "without.png")
    result = CliRunner().invoke(main, [str(pages), str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["one.gt.txt", "one.jpg"]
    assert Image.open(tmp_path / "out" / "one.jpg").size == SIDES[::-1]
    assert (tmp_path / "out" / "one.gt.txt").read_text(encoding="utf-8") == "nothing\n"
