"""Photograph drawn pages as a phone does: in perspective, curled, unevenly lit, on a table, soft, noisy, as JPEG.

    python -m training.synthesis.phone_photos PAGES OUT [--every N] [--seed N]

PAGES is a folder of pages with their text, NAME.png with NAME.gt.txt, such as a set of training.synthesis.office_pages;
OUT gets NAME.jpg with the same text, so that the photos and the pages can be read and compared:

    python -m training.benchmark . PAGES OUT --engine ocrtool --engine tesseract --markdown

The camera stands at any place above the sheet from which it sees it at up to TILT degrees. Most sheets lie wholly
within the picture, some reach beyond it. The same pages and seed give the same photos.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import click
import cv2
import numpy as np
from PIL import Image
from tqdm import tqdm

from training.command import errors_as_messages, every_option, seed_option
from training.synthesis.degrade import smooth_noise

#: Largest angle between the camera's axis and the sheet's normal, and by which the phone is turned, in degrees.
TILT, ROLL = 25.0, 6.0
#: Distance of the camera and largest rise of a curled sheet, in heights of the sheet; share of sheets that are curled.
DISTANCE, CURL, CURLED = (1.2, 2.2), 0.035, 0.6
#: Share of the picture's sides that the sheet takes; share of the photos in which it reaches beyond them, and how far.
FILLS, BEYOND, CLOSER = (0.8, 0.95), 0.2, (1.04, 1.12)
#: Sides of the picture in pixels, the longer first, and every how many of them the sheet's place is computed.
SIDES, GRID = (2592, 1944), 8
#: Darkest and brightest light on the sheet, and share of photos with a shadow of the phone.
LIGHT, SHADOWED = (0.55, 1.0), 0.3
#: Blur in pixels, deviation of the noise in grey levels, quality of the JPEG: least and largest.
BLUR, NOISE, QUALITY = (0.5, 1.3), (1.5, 6.0), (70, 92)


@dataclass(frozen=True, slots=True)
class View:
    """How the sheet is seen. turn: (3, 3) rotation; distance: of the camera; bend: coefficients of the curl; across:
    the direction in which it curls, radians; focal: pixels; centre: of the sheet's middle in the picture, whose size is
    (width, height).
    """

    turn: np.ndarray
    distance: float
    bend: np.ndarray
    across: float
    focal: float
    centre: np.ndarray
    size: tuple[int, int]

    def rise(self, points: np.ndarray) -> np.ndarray:
        """How high the sheet is at points (N, 2) of it, in its heights: (N,)."""
        along = points @ [np.cos(self.across), np.sin(self.across)]
        cubic, square = self.bend
        return np.asarray(square * (along**2 - 0.25) + cubic * along * (along**2 - 0.25) * 2)

    def picture(self, points: np.ndarray) -> np.ndarray:
        """Where points (N, 2) of the sheet are seen: (N, 2) pixels."""
        space = np.column_stack([points, -self.rise(points)]) @ self.turn.T
        depth = self.distance + space[:, 2]
        return np.asarray(self.focal * space[:, :2] / depth[:, None] + self.centre)

    def sheet(self, pixels: np.ndarray) -> np.ndarray:
        """Which points (N, 2) of the sheet are seen at pixels (N, 2): where the ray meets it, found step by step."""
        rays = np.column_stack([(pixels - self.centre) / self.focal, np.ones(len(pixels))]) @ self.turn
        camera = -self.distance * self.turn[2]
        points = np.zeros((len(pixels), 2))
        for _ in range(12):
            reach = (-self.rise(np.clip(points, -0.7, 0.7)) - camera[2]) / rays[:, 2]
            points = camera[:2] + rays[:, :2] * reach[:, None]
        return points


def any_view(aspect: float, rng: np.random.Generator) -> View:
    """A view by lot. aspect: width of the sheet, whose height is 1."""
    tilt, about = np.deg2rad(TILT * np.sqrt(rng.random())), rng.uniform(0, 2 * np.pi)
    axis = np.array([np.cos(about), np.sin(about), 0.0]) * tilt
    roll = cv2.Rodrigues(np.array([0.0, 0.0, np.deg2rad(rng.uniform(-ROLL, ROLL))]))[0]
    bend = rng.uniform(-1, 1, 2) * 4 * CURL if rng.random() < CURLED else np.zeros(2)
    across = rng.choice([0.0, 0.0, np.pi / 2, np.pi / 6, -np.pi / 6])
    turn = cv2.Rodrigues(axis)[0] @ roll
    size = SIDES if aspect > 1 else SIDES[::-1]
    view = View(turn, float(rng.uniform(*DISTANCE)), bend, float(across), 1.0, np.zeros(2), size)
    edge = np.linspace(-0.5, 0.5, 21)
    half = np.full(21, 0.5)
    rim = np.concatenate([np.column_stack(pair) for pair in ((edge, half), (edge, -half), (half, edge), (-half, edge))])
    seen = view.picture(rim * [aspect, 1.0])
    low, high = seen.min(axis=0), seen.max(axis=0)
    fills = rng.uniform(*(CLOSER if rng.random() < BEYOND else FILLS))
    focal = float(fills * np.min(np.array(size) / (high - low)))
    free = np.abs(np.array(size) - focal * (high - low))
    centre = np.array(size) / 2 - focal * (low + high) / 2 + rng.uniform(-0.4, 0.4, 2) * free
    return replace(view, focal=focal, centre=centre)


def table(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """What the sheet lies on: (H, W, 3) float32, 0..1, darker than paper. size: (width, height)."""
    width, height = size
    colour = rng.uniform(0.08, 0.6) * rng.uniform(0.7, 1.0, 3)
    small = (height // 4, width // 4)
    grain = smooth_noise(small, rng.uniform(2, 30), rng)
    if rng.random() < 0.5:  # wood: drawn out along one side
        grain = cv2.blur(grain, (1, 121) if rng.random() < 0.5 else (121, 1)) * 4
    shade = cv2.resize(1 + rng.uniform(0.03, 0.18) * grain, (width, height))
    return np.asarray(np.clip(colour * shade[..., None], 0.02, 0.7), np.float32)


def light(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """(H, W) float32: a fall from one side to the other, unevenness, and by lot the soft shadow of the phone.

    size: (width, height).
    """
    width, height = size
    h, w = height // 8, width // 8
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    fall = np.cos(angle) * x / w + np.sin(angle) * y / h
    fall = (fall - fall.min()) / np.ptp(fall)
    lit = LIGHT[0] + (LIGHT[1] - LIGHT[0]) * (1 - rng.uniform(0.1, 0.8) * fall)
    lit += 0.03 * smooth_noise((h, w), 0.3 * w, rng)
    if rng.random() < SHADOWED:
        corner = np.array([rng.uniform(-0.2, 0.5) * w, rng.uniform(0.4, 1.0) * h])
        inside = ((x - corner[0]) * np.cos(0.3) + (y - corner[1]) * np.sin(0.3) > 0).astype(np.float32)
        lit *= 1 - rng.uniform(0.15, 0.4) * cv2.GaussianBlur(inside, (0, 0), rng.uniform(2, 12))
    return np.asarray(cv2.resize(lit, (width, height)))


def photograph(gray: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, View]:
    """Photograph a page (H, W) uint8: (H', W', 3) uint8 RGB, and how it is seen."""
    aspect = gray.shape[1] / gray.shape[0]
    view = any_view(aspect, rng)
    width, height = view.size
    columns, rows = np.arange(0, width + GRID, GRID), np.arange(0, height + GRID, GRID)
    places = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2).astype(np.float64)
    points = ((view.sheet(places) / [aspect, 1.0]) + 0.5).reshape(len(rows), len(columns), 2)
    grid = np.meshgrid(np.arange(width, dtype=np.float32) / GRID, np.arange(height, dtype=np.float32) / GRID)
    place = cv2.remap(points.astype(np.float32), *grid, cv2.INTER_LINEAR)
    map_x, map_y = place[..., 0] * gray.shape[1], place[..., 1] * gray.shape[0]
    shrunk = max(1.0, gray.shape[0] / height)
    soft = cv2.GaussianBlur(gray, (0, 0), 0.4 * shrunk).astype(np.float32) / np.float32(255)
    page = cv2.remap(soft, map_x - 0.5, map_y - 0.5, cv2.INTER_LINEAR, borderValue=1.0)
    on_sheet = ((np.abs(place - 0.5) <= 0.5).all(axis=-1)).astype(np.float32)
    inside = cv2.GaussianBlur(on_sheet, (0, 0), 0.8)[..., None]
    white = rng.uniform(0.82, 0.97) * np.array([1.0, rng.uniform(0.96, 1.0), rng.uniform(0.85, 1.0)])
    black = rng.uniform(0.05, 0.2)
    paper = (black + (white - black) * page[..., None]).astype(np.float32)
    shade = 1 - 0.35 * cv2.GaussianBlur(inside[..., 0], (0, 0), 12)[..., None]  # the sheet's shadow on the table
    scene = inside * paper + (1 - inside) * table(view.size, rng) * shade
    scene *= light(view.size, rng)[..., None]
    scene = cv2.GaussianBlur(scene, (0, 0), rng.uniform(*BLUR))
    scene += rng.uniform(*NOISE) / 255 * rng.standard_normal(scene.shape, np.float32)
    return np.clip(255 * scene, 0, 255).astype(np.uint8), view


@click.command()
@click.argument("pages", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@every_option()
@seed_option()
@errors_as_messages()
def main(pages: Path, out: Path, every: int, seed: int) -> None:
    """Photograph the pages of the folder PAGES, with their text, to OUT."""
    images = [path for path in sorted(pages.glob("*.png")) if path.with_suffix(".gt.txt").is_file()][::every]
    if not images:
        raise ValueError(f"no pages with their text in {pages}")
    out.mkdir(parents=True, exist_ok=True)
    for path in tqdm(images, unit="photo", disable=None):
        rng = np.random.default_rng((seed, *path.stem.encode()))
        photo, _ = photograph(np.asarray(Image.open(path).convert("L")), rng)
        name = out / f"{path.stem}.jpg"
        Image.fromarray(photo).save(name, quality=int(rng.integers(*QUALITY)))
        name.with_suffix(".gt.txt").write_text(path.with_suffix(".gt.txt").read_text("utf-8"), encoding="utf-8")
    click.echo(f"{out}: {len(images)} photos")


if __name__ == "__main__":
    main()
