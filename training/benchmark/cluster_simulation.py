"""Simulate a run on a cluster, from measured times of pages: how long it takes with workers that fail.

``python -m training.benchmark.cluster_simulation TIMES`` takes a file with the seconds of a page on each line, as
``ocrtool read --verbose`` logs them, and draws from it. A worker takes one page after the other; it fails as often as
given, loses the page in hand, and starts again. One client hands out pages and writes outputs, which takes it a set
time for each.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from training.report.markdown import table

WORKERS = (1, 10, 100, 1000)


@dataclass(frozen=True)
class Costs:
    """Seconds. client: of the client for each page; restart: until a worker that failed takes pages again.

    failures: of a worker in an hour.
    """

    client: float
    restart: float
    failures: float


def simulate(times: np.ndarray, pages: int, workers: int, costs: Costs, seed: int = 0) -> tuple[float, float]:
    """Simulate a run. times: (N,) float seconds of pages, drawn with replacement.

    Returns the seconds that it takes, and the share of the workers' time that is lost to failures and waiting.
    """
    random = np.random.default_rng(seed)
    work = random.choice(times, pages).tolist()
    life = 3600 / costs.failures if costs.failures else np.inf
    ends = (random.exponential(life, workers) if costs.failures else np.full(workers, np.inf)).tolist()
    free = [(0.0, worker) for worker in range(workers)]
    heapq.heapify(free)
    client = busy = finish = 0.0
    while work:
        begin, worker = heapq.heappop(free)
        client = max(client, begin) + costs.client  # pages are handed out one after the other
        begin, seconds = client, work.pop()
        if begin + seconds > ends[worker]:
            work.insert(0, seconds)
            again = max(begin, ends[worker]) + costs.restart
            ends[worker] = again + random.exponential(life)
            heapq.heappush(free, (again, worker))
            continue
        busy += seconds
        finish = max(finish, begin + seconds)
        heapq.heappush(free, (begin + seconds, worker))
    return finish, 1 - busy / (finish * workers)


@click.command()
@click.argument("times", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--pages", default=100_000, show_default=True, help="Pages of the run.")
@click.option("--client", default=0.004, show_default=True, help="Seconds of the client for each page.")
@click.option("--restart", default=10.0, show_default=True, help="Seconds until a worker that failed is back.")
@click.option("--failures", default=0.1, show_default=True, help="Failures of a worker in an hour.")
def main(times: Path, pages: int, client: float, restart: float, failures: float) -> None:
    """Print a table of 1, 10, 100 and 1,000 workers."""
    measured = np.array([float(line) for line in times.read_text().split()])
    rows = []
    for workers in WORKERS:
        seconds, lost = simulate(measured, pages, workers, Costs(client, restart, failures))
        rows.append([f"{workers:,}", f"{pages / seconds:.1f}", f"{seconds * 1e6 / pages / 3600:.1f}", f"{lost:.1%}"])
    click.echo(f"{len(measured)} measured pages, mean {measured.mean():.3f} s, longest {measured.max():.2f} s\n")
    click.echo(table(["workers", "pages a second", "hours for a million pages", "time lost"], rows))


if __name__ == "__main__":
    main()
