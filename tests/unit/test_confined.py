"""A process for strangers' files: it answers, or ends within its bounds, and can do little else."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from ocrtool.imaging.confined import (
    Bounds,
    ConfinedError,
    TookTooLong,
    TookTooMuch,
    confined,
    confined_fault,
    stranger_file,
)

BOUNDS = Bounds(memory=2 << 30, seconds=20.0, largest=1 << 16)


def run(name: str, bounds: Bounds = BOUNDS, **arguments: object) -> list[tuple[dict, bytes]]:
    with stranger_file(b"from afar") as file:
        return [(values, bytes(data)) for values, data in confined(f"confined_calls:{name}", arguments, file, bounds)]


def test_values_and_bytes_come_back() -> None:
    assert run("echo", times=2) == [({"number": n, "name": "\udcff"}, b"from afar") for n in range(2)]


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("loop", TookTooLong, "it takes too long to read"),
        ("swallow", TookTooMuch, "it takes too much memory to read"),
        ("flood", TookTooMuch, "it takes too much memory to read"),
        ("die", ConfinedError, "reading it ends the process"),
        ("fail", ConfinedError, "reading it ends the process"),
    ],
)
def test_it_ends_within_its_bounds(name: str, error: type[ConfinedError], words: str) -> None:
    bounds = Bounds(BOUNDS.memory, 3.0 if name == "loop" else BOUNDS.seconds, BOUNDS.largest)
    with pytest.raises(error) as caught:
        run(name, bounds)
    assert confined_fault(caught.value) == words


def test_it_writes_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfinedError):
        run("write", path=str(tmp_path / "x"))
    assert not (tmp_path / "x").exists() or not (tmp_path / "x").read_bytes()


def test_it_has_no_network() -> None:
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rn", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system gives a process no network of its own")
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert run("connect", port=server.getsockname()[1]) == [({"connected": False}, b"")]


def test_it_leaves_no_process_behind() -> None:
    children = Path(f"/proc/{os.getpid()}/task/{threading.get_native_id()}/children")
    before = children.read_text().split()
    with stranger_file(b"") as file:
        answers = confined("confined_calls:loop", {}, file, BOUNDS)
        assert next(answers) == ({"first": True}, b"")
        assert len(children.read_text().split()) == len(before) + 1
        answers.close()
    assert children.read_text().split() == before
