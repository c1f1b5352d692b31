"""The simulated cluster: as fast as workers allow, until one client does not keep up; failures cost what they must."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from training.benchmark.cluster_simulation import Costs, main, simulate

PAGES = np.full(10, 0.5)


def test_workers_add_up_until_the_client_is_the_limit() -> None:
    costs = Costs(client=0.001, restart=10, failures=0)
    seconds = {workers: simulate(PAGES, 10_000, workers, costs)[0] for workers in (1, 10, 1000)}
    assert seconds[1] == pytest.approx(5000, rel=0.01)
    assert seconds[10] == pytest.approx(500, rel=0.01)
    assert seconds[1000] == pytest.approx(10_000 * 0.001, rel=0.1)


def test_failures_lose_the_page_in_hand_and_the_restart() -> None:
    """A worker that fails every 100 s loses half a page and 10 s each time."""
    seconds, lost = simulate(PAGES, 20_000, 10, Costs(client=0, restart=10, failures=36))
    assert lost == pytest.approx((10 + 0.25) / 110, rel=0.2)
    assert seconds == pytest.approx(1000 * 110 / 100, rel=0.1)


def test_command(tmp_path: Path) -> None:
    (tmp_path / "times").write_text("0.4\n0.6\n")
    result = CliRunner().invoke(main, [str(tmp_path / "times"), "--pages", "2000"])
    assert result.exit_code == 0
    assert "2 measured pages, mean 0.500 s" in result.output and "| 1,000" in result.output
