"""A Dask cluster on this machine whose workers have the fake engine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

TESTS = Path(__file__).parent
PATHS = os.pathsep.join((str(TESTS), str(TESTS.parent), os.environ.get("PYTHONPATH", "")))


def free_port() -> int:
    """A port below those that systems give to clients: one that tries to connect again may come to have it itself."""
    for port in range(20_000 + os.getpid() % 5_000, 32_000):
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")


class Cluster:
    """A scheduler and workers as processes of their own, over TCP."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.processes: list[subprocess.Popen] = []
        self.scheduler = self.start_scheduler()
        self.workers = [self.start_worker(k) for k in range(2)]

    def start_scheduler(self) -> subprocess.Popen:
        return self._start("scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard", "--no-show")

    def start_worker(self, number: int) -> subprocess.Popen:
        options = ("--nthreads", "1", "--no-dashboard", "--local-directory", str(self.folder / f"worker{number}"))
        return self._start("worker", self.address, *options, "--death-timeout", "60")

    def _start(self, kind: str, *options: str) -> subprocess.Popen:
        environment = os.environ | {
            "PYTHONPATH": PATHS,
            "FAKE_SECONDS": "0.05",
            "FAKE_LOG": str(self.folder / "log"),
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "2",
        }
        line = [
            sys.executable,
            "-m",
            f"distributed.cli.dask_{kind}",
            *options,
        ]
        process = subprocess.Popen(line, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def close(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
