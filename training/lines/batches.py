"""Batches of strips of about one width, varied anew each time they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocrtool.segment.strip import STRIP_BASELINE, STRIP_ROWS
from training.lines.ctc import encode, frame_targets, pack_targets
from training.lines.pages import Sample
from training.lines.shards import Shard, read_shard, shard_files

#: Columns of a batch in all, and bounds of its number of strips.
COLUMNS, FEWEST, MOST = 15_000, 6, 96
#: Strips wider than this are not trained on.
WIDEST = 1500
#: Widths of a batch differ by at most this factor from the first drawn; widths are padded to a multiple of this.
WIDTH_FACTOR, WIDTH_STEP = 1.12, 16
#: Source of a shard -> share of the batches, where there are shards of it; shards of other sources are left alone.
SOURCE_SHARES = {"print": 0.5, "pen": 0.28, "form": 0.12, "books": 0.07, "names": 0.03}
#: Steps between looks into the folder for shards that have come since.
LOOK_AGAIN = 400
#: Share of strips that are stretched, moved, and that get bits of other lines above and below.
STRETCHED, MOVED, NEIGHBOURED, TONED = 0.6, 0.6, 0.2, 0.3
#: Sources whose strips are bent and restroked too, as no hand writes the same twice, and the share of them that are.
HANDWRITTEN, BENT, RESTROKED = frozenset({"pen", "form", "names", "iam", "iam_printed"}), 0.7, 0.3
#: Spread of the lean (columns a row); of the waves along and across the line and of the bends of letters (pixels).
LEAN, WAVES, BENDS = 0.15, (2.0, 0.9), 0.5
#: Pixels between the points where waves along, waves across, and bends are drawn by lot.
WAVE_STEPS, BEND_STEP = (18, 60), 9
#: Spread (natural logarithm) of the stretch along the line and across it, of print and of handwriting.
STRETCHES = {False: (0.06, 0.035), True: (0.11, 0.09)}
#: Columns of the paper added left and right at most.
EXTRA_MARGIN = 8


@dataclass(frozen=True)
class Mix:
    """What batches are made of.

    shares: of the batches by source, relative to each other; frame_loss: False trains by CTC alone; columns: of a batch
    in all.
    """

    shares: Mapping[str, float] = field(default_factory=lambda: dict(SOURCE_SHARES))
    frame_loss: bool = True
    columns: int = COLUMNS


class LineBatches:
    """Batches for `training.fit.fit`. Known by their number as long as no shards are added."""

    def __init__(
        self,
        folder: Path,
        seed: int,
        steps_per_epoch: int,
        frame: float,
        steps: int,
        mix: Mix | None = None,
    ) -> None:
        """frame: columns of a strip that a frame of the network covers; steps: of the whole fit about, by which the
        loss of frames fades. Raises ValueError if the folder holds no shards of the sources of ``mix``.
        """
        mix = mix or Mix()
        self._made_of = (folder, seed, steps_per_epoch, frame, steps, mix)
        self.steps_per_epoch = steps_per_epoch
        self._columns = mix.columns
        self._folder, self._seed, self._frame, self._steps = folder, seed, frame, steps
        self._shares, self._frame_loss = mix.shares, mix.frame_loss
        self._shards: dict[str, list[Shard]] = {}
        self._index: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
        self._known: set[Path] = set()
        self._looked = 0
        self._look()
        if not self._shards:
            raise ValueError(f"{folder} holds no shards of lines of {', '.join(mix.shares)}")

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy in another process reads the shards anew: they are too large to be sent."""
        return _in_worker, self._made_of

    def __len__(self) -> int:
        return sum(len(shard) for shards in self._shards.values() for shard in shards)

    @property
    def counts(self) -> dict[str, int]:
        """Strips by source."""
        return {source: sum(map(len, shards)) for source, shards in self._shards.items()}

    def _look(self) -> None:
        """Read the shards that are new, and sort each source's strips by width."""
        wanted = {source for source, share in self._shares.items() if share > 0}
        fresh = [
            (source, path) for source, path in shard_files(self._folder) if path not in self._known and source in wanted
        ]
        for source, path in fresh:
            self._known.add(path)
            self._shards.setdefault(source, []).append(read_shard(path))
        for source in {source for source, _ in fresh}:
            shards = self._shards[source]
            widths = np.concatenate([shard.widths for shard in shards])
            number = np.repeat(np.arange(len(shards)), [len(shard) for shard in shards])
            within = np.concatenate([np.arange(len(shard)) for shard in shards])
            order = np.argsort(widths, kind="stable")
            order = order[widths[order] <= WIDEST]
            self._index[source] = widths[order], number[order], within[order]

    def _draw(self, source: str, width: float, count: int, rng: np.random.Generator) -> list[Sample]:
        widths, number, within = self._index[source]
        low, high = np.searchsorted(widths, [width / WIDTH_FACTOR, width * WIDTH_FACTOR])
        high = max(int(high), int(low) + 1)
        chosen = rng.integers(min(int(low), len(widths) - 1), min(high, len(widths)), count)
        return [self._shards[source][number[k]].sample(int(within[k])) for k in chosen]

    def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Strips (B, STRIP_ROWS, W, 1) uint8 and targets as `pack_targets` gives them."""
        if step >= self._looked + LOOK_AGAIN:
            self._looked = step
            self._look()
        rng = np.random.default_rng((self._seed, step))
        shares = np.array([self._shares[source] for source in self._index])
        shares = shares / shares.sum()
        widths = self._index[list(self._index)[int(rng.choice(len(shares), p=shares))]][0]
        width = float(widths[rng.integers(len(widths))])
        count = int(np.clip(self._columns / width, FEWEST, MOST * max(1.0, self._columns / COLUMNS)))
        numbers = rng.multinomial(count, shares)
        drawn = [
            (sample, source in HANDWRITTEN)
            for source, number in zip(self._index, numbers.tolist(), strict=True)
            for sample in self._draw(source, width, number, rng)
        ]
        samples = [sample for sample, _ in drawn]
        varied = [vary(sample, samples, rng, handwritten) for sample, handwritten in drawn]
        readable = [sample for sample in varied if has_room(sample, self._frame)]
        return self.pack(readable or samples[:1], step / max(1, self._steps))

    def pack(self, samples: list[Sample], progress: float) -> tuple[np.ndarray, np.ndarray]:
        """Strips padded to one width, and their targets. progress: of the fit, 0..1."""
        width = max(sample.soft.shape[1] for sample in samples)
        width = -(-width // WIDTH_STEP) * WIDTH_STEP
        strips = np.zeros((len(samples), STRIP_ROWS, width, 1), np.uint8)
        frames = round(width / self._frame)
        labels, frame_labels, valid = [], [], np.zeros(len(samples), np.int32)
        for row, sample in enumerate(samples):
            strips[row, :, : sample.soft.shape[1], 0] = sample.soft
            labels.append(encode(sample.text))
            frame_labels.append(frame_targets(labels[-1], sample.middles, frames, self._frame))
            valid[row] = min(frames, int(np.ceil(sample.soft.shape[1] / self._frame)))
        return strips, pack_targets(labels, frame_labels, valid, self._weights(progress))

    def _weights(self, progress: float) -> tuple[float, float]:
        """Weights of the two losses: frames first, then CTC with the loss of frames fading."""
        if not self._frame_loss:
            return 1.0, 0.0
        if progress < 0.04:
            return 0.1, 1.0
        return 1.0, max(0.02, 0.5 * (1.0 - progress / 0.4))


def has_room(sample: Sample, frame: float) -> bool:
    """Whether a strip has a frame for each character and between equal ones, without which no path says the text.

    frame: columns of a frame.
    """
    classes = encode(sample.text)
    needed = len(classes) + int(np.count_nonzero(classes[1:] == classes[:-1]))
    return bool(needed < sample.soft.shape[1] / frame)


def _in_worker(*made_of: Any) -> LineBatches:
    """Batches in a process of its own, which leaves the other processors to the other ones."""
    cv2.setNumThreads(1)
    return LineBatches(*made_of)


def vary(sample: Sample, others: list[Sample], rng: np.random.Generator, handwritten: bool = False) -> Sample:
    """The strip stretched, moved, toned, and with bits of other lines, as scans differ from each other.

    handwritten: bent as well, and in a thicker or thinner pen.
    """
    soft, middles = sample.soft, sample.middles
    if handwritten and rng.random() < BENT:
        soft, middles = bent(soft, middles, rng)
    if handwritten and rng.random() < RESTROKED:
        soft = restroked(soft, rng)
    height, width = soft.shape
    along, up = (
        float(np.exp(rng.normal(0.0, spread))) if rng.random() < STRETCHED else 1.0 for spread in STRETCHES[handwritten]
    )
    shift = float(rng.normal(0.0, 0.7)) if rng.random() < MOVED else 0.0
    left, right = (int(n) for n in rng.integers(0, EXTRA_MARGIN + 1, 2))
    if rng.random() < 0.4:  # ends cut close
        left, right = -min(left, 5), -min(right, 5)
    matrix = np.array([[along, 0.0, left], [0.0, up, (1.0 - up) * STRIP_BASELINE + shift]])
    size = (max(8, round(width * along) + left + right), height)
    soft = cv2.warpAffine(np.ascontiguousarray(soft), matrix, size, flags=cv2.INTER_LINEAR)
    if middles is not None:
        middles = middles * along + left
    if rng.random() < NEIGHBOURED:
        soft = _with_neighbours(soft, others[rng.integers(len(others))].soft, rng)
    if rng.random() < TONED:
        curve = 255.0 * (np.arange(256) / 255.0) ** float(np.exp(rng.normal(0.0, 0.35)))
        soft = cv2.LUT(soft, curve.astype(np.uint8))
    return Sample(soft, sample.text, middles)


def bent(
    soft: np.ndarray, middles: np.ndarray | None, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray | None]:
    """A strip in another lean, written along another baseline, narrower here and wider there, its letters bent."""
    height, width = soft.shape
    rows, columns = np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)
    along, across = (
        _smooth(spread, (1, step), (1, width), rng)[0] for spread, step in zip(WAVES, WAVE_STEPS, strict=True)
    )
    lean = np.float32(rng.normal(0.0, LEAN)) * (rows - np.float32(STRIP_BASELINE))
    from_x = columns + along + lean + _smooth(BENDS, (BEND_STEP, BEND_STEP), soft.shape, rng)
    from_y = rows + across + _smooth(BENDS, (BEND_STEP, BEND_STEP), soft.shape, rng)
    out = cv2.remap(np.ascontiguousarray(soft), from_x, from_y, cv2.INTER_LINEAR)
    if middles is not None:  # columns are looked up from where they came, and the waves are long
        middles = middles - np.interp(middles, columns, along)
    return np.asarray(out), middles


def _smooth(spread: float, steps: tuple[int, int], shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """A smooth field (H, W) float32 of about this spread, drawn by lot every so many rows and columns."""
    points = rng.normal(
        0.0, spread, [max(2, -(-size // step) + 1) if size > 1 else 1 for size, step in zip(shape, steps, strict=True)]
    )
    return np.asarray(cv2.resize(points.astype(np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC))


def restroked(soft: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A strip (H, W) in a thicker or a thinner pen."""
    kernel = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    change = cv2.dilate if rng.random() < 0.5 else cv2.erode
    other = change(np.ascontiguousarray(soft), kernel)
    share = rng.uniform(0.15, 0.6)
    return np.asarray(cv2.addWeighted(other, share, np.ascontiguousarray(soft), 1.0 - share, 0.0))


def _with_neighbours(soft: np.ndarray, other: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bits of another line: tails at the top, heads at the bottom, over part of the width."""
    out: np.ndarray = soft.copy()
    width = min(soft.shape[1], other.shape[1])
    first = int(rng.integers(0, max(1, width - 8)))
    last = int(rng.integers(first, width)) + 1
    at = int(rng.integers(0, soft.shape[1] - (last - first) + 1))
    rows = int(rng.integers(1, 7))
    baseline = round(STRIP_BASELINE)
    if rng.random() < 0.65:
        bits, target = (
            other[baseline + 2 : baseline + 2 + rows, first:last],
            out[: min(rows, 9), at : at + last - first],
        )
    else:
        bits, target = other[8 : 8 + rows, first:last], out[-rows:, at : at + last - first]
    count = min(len(bits), len(target))
    np.maximum(target[:count], bits[:count], out=target[:count])
    return out
