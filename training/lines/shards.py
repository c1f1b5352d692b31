"""Shards: files of many strips with their texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocrtool.files import atomic_write
from ocrtool.segment.strip import STRIP_ROWS
from training.lines.pages import Sample


@dataclass(frozen=True, slots=True)
class Shard:
    """Strips of one source. soft: (sum of widths, STRIP_ROWS) uint8, columns of all strips; ends: (N,) of each in it;
    texts: (N,) str; middles: float32 of all characters, NaN where not known; text_ends: (N,) of each text in it.
    """

    soft: np.ndarray
    ends: np.ndarray
    texts: np.ndarray
    middles: np.ndarray
    text_ends: np.ndarray

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def widths(self) -> np.ndarray:
        """(N,) columns of each strip."""
        return np.diff(self.ends, prepend=0)

    def sample(self, index: int) -> Sample:
        """Strip ``index`` with its text."""
        first = int(self.ends[index - 1]) if index else 0
        begin = int(self.text_ends[index - 1]) if index else 0
        middles = self.middles[begin : int(self.text_ends[index])]
        known = None if np.isnan(middles).any() else middles
        return Sample(self.soft[first : int(self.ends[index])].T, str(self.texts[index]), known)


def pack(samples: Sequence[Sample]) -> Shard:
    """A shard of samples, at least one."""
    texts = [sample.text for sample in samples]
    middles = [
        np.full(len(sample.text), np.nan, np.float32) if sample.middles is None else sample.middles.astype(np.float32)
        for sample in samples
    ]
    return Shard(
        np.concatenate([sample.soft.T for sample in samples]),
        np.cumsum([sample.soft.shape[1] for sample in samples]),
        np.array(texts),
        np.concatenate(middles),
        np.cumsum([len(text) for text in texts]),
    )


def write_shard(path: Path, shard: Shard) -> None:
    """Write a shard, whole or not at all."""
    with atomic_write(path) as file:
        np.savez(file, **{name: getattr(shard, name) for name in Shard.__slots__})


def read_shard(path: Path) -> Shard:
    """Read a shard. Raises OSError, ValueError if it is none."""
    try:
        with np.load(path, allow_pickle=False) as data:
            shard = Shard(**{name: data[name] for name in Shard.__slots__})
    except KeyError as error:
        raise ValueError(f"{path} is no shard of lines: {error.args[0]}") from None
    if shard.soft.ndim != 2 or shard.soft.shape[1] != STRIP_ROWS:
        raise ValueError(f"{path} is no shard of lines of {STRIP_ROWS} rows")
    return shard


def shard_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Source and path of each shard in ``folder``: their names are SOURCE-NUMBER.npz."""
    for path in sorted(folder.glob("*-*.npz")):
        yield path.stem.rsplit("-", 1)[0], path
