"""What all tests share."""

from __future__ import annotations

import os

import pytest

# Tests put a fake engine in place of the real one in their own process, and count on inputs being processed there.
os.environ.setdefault("OCRTOOL_JOBS", "1")
# They compare all of standard error, where a summary has times.
os.environ.setdefault("OCRTOOL_QUIET", "1")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what a run has left out, which workers of pytest-xdist do not."""
    if config.option.markexpr == "not slow":
        terminalreporter.write_line("Tests marked as slow were left out; pytest -q -m slow runs them.")
