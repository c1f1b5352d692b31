"""Shards of drawn examples: which there are, and making them in several processes.

A shard depends on the seed, its source and its number alone, so that any number of processes gives the same shards.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from training.glyphs import examples
from training.glyphs.examples import Examples
from training.synthesis.processes import in_order

#: Examples in a shard.
SHARD = 20_000


class Maker(Protocol):
    """Makes examples of one part of fonts and writers."""

    def examples(self, source: str, rng: np.random.Generator) -> Examples:
        """Those of a page or of a batch; there may be none."""


class MakerSettings(Hashable, Protocol):
    """Settings that a process opens its maker by. salt: goes into the seed of each shard."""

    @property
    def salt(self) -> tuple[int, ...]: ...

    def open(self) -> Maker: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What to make. shares: of the sources in ``count`` examples; begin: number of the first shard of each source."""

    out: Path
    part: str
    shares: Mapping[str, float]
    count: int
    begin: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Shard:
    """A file of ``count`` examples; its maker, and the seed that its examples are drawn by."""

    maker: MakerSettings
    source: str
    count: int
    seed: tuple[int, ...]
    path: Path


def planned(plan: Plan, maker: MakerSettings, sources: tuple[str, ...]) -> list[Shard]:
    """The shards of a plan, PART-SOURCE-NUMBER.npz, in the order of their numbers; ``sources``: all there are."""
    shards = []
    for source, share in plan.shares.items():
        wanted = round(plan.count * share)
        for number, first in enumerate(range(0, wanted, SHARD), start=plan.begin):
            seed = (plan.seed, sources.index(source), number, *maker.salt)
            path = plan.out / f"{plan.part}-{source}-{number:03d}.npz"
            shards.append((number, Shard(maker, source, min(SHARD, wanted - first), seed, path)))
    return [shard for _, shard in sorted(shards, key=lambda item: item[0])]


def make(plan: Plan, maker: MakerSettings, sources: tuple[str, ...], jobs: int) -> Iterator[str]:
    """Write all shards that are not there yet; a line about each. Raises OSError, ValueError."""
    plan.out.mkdir(parents=True, exist_ok=True)
    missing = [shard for shard in planned(plan, maker, sources) if not shard.path.is_file()]
    yield from in_order(write_shard, missing, jobs)


def write_shard(shard: Shard) -> str:
    """Draw and write one shard."""
    cv2.setNumThreads(1)
    started = time.monotonic()
    draw_shard(_open(shard.maker), shard.source, shard.count, shard.seed).save(shard.path)
    return f"{shard.path.name}: {shard.count} examples in {time.monotonic() - started:.0f} s"


def draw_shard(maker: Maker, source: str, count: int, seed: tuple[int, ...]) -> Examples:
    """``count`` examples of ``source``; the same for the same seed."""
    rng = np.random.default_rng(seed)
    parts: list[Examples] = []
    while sum(map(len, parts)) < count:
        made = maker.examples(source, rng)
        parts += [made] if len(made) else []
    return examples.join(parts).take(np.arange(count))


@lru_cache(maxsize=1)
def _open(maker: MakerSettings) -> Maker:
    """This process's own."""
    return maker.open()
