"""What this process may use of the machine: cores by affinity and cgroup, memory; and how many workers that makes."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

#: Memory (bytes) that the default number of workers leaves for each: weights of all scripts, and a page at 600 dpi.
MEMORY_OF_WORKER = 512 << 20
#: Where Linux shows control groups, and the group of this process.
_CGROUPS, _OWN_GROUP = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
#: A memory limit from here on is none: version 1 writes a number close to 2 ** 63.
_NO_LIMIT = 1 << 60


def cores() -> int:
    """Return the number of processor cores that this process may use, by affinity and the quota of its cgroup."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quotas = (_quota(folder) for folder in _groups("cpu"))
    return max(1, min((allowed, *(math.ceil(quota) for quota in quotas if quota))))


def memory() -> int:
    """Return the bytes of memory that this process may use, by the machine and its cgroup."""
    sizes = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for folder in _groups("memory"):
        for name in ("memory.max", "memory.limit_in_bytes"):
            with suppress(OSError, ValueError):
                sizes.append(int((folder / name).read_text()))
    return min(size for size in sizes if 0 < size < _NO_LIMIT)


def default_jobs() -> int:
    """Return the number of workers for many inputs: one for each core, if memory suffices."""
    return max(1, min(cores(), memory() // MEMORY_OF_WORKER))


def _groups(controller: str) -> Iterator[Path]:
    """List the folders of the process's groups, of both versions and with their parents, for a controller."""
    try:
        lines = _OWN_GROUP.read_text().splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        number, controllers, name = [*line.split(":", 2), "", ""][:3]
        if number == "0" or controller in controllers.split(","):
            root = _CGROUPS if number == "0" else _CGROUPS / controller
            own = root / name.lstrip("/")
            yield from (folder for folder in (own, *own.parents) if folder == root or root in folder.parents)


def _quota(folder: Path) -> float | None:
    """Return the cores that a group may use; None for any number."""
    with suppress(OSError, ValueError):
        quota, period = (folder / "cpu.max").read_text().split()
        return None if quota == "max" else int(quota) / int(period)
    with suppress(OSError, ValueError):
        quota, period = ((folder / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
        return int(quota) / int(period) if int(quota) > 0 else None
    return None
