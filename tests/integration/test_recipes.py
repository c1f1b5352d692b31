"""The recipes of the documents do what they say: each command is run, with pages that are drawn here."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
RECIPES = (ROOT / "docs" / "batches.md").read_text()
README = (ROOT / "README.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
#: Names of pages, with what they are wide.
PAGES = {"a b.png": 40, "line\nend.png": 41, "-dash.png": 42}


def blocks(kind: str, text: str = RECIPES) -> list[str]:
    return [content for found, content in BLOCK.findall(text) if found == kind]


COMMANDS = [line for block in blocks("sh") for line in block.splitlines() if line]
COOKBOOK = [
    re.sub(r"  +#.*", "", line)
    for line in blocks("sh", README[README.index("## Batches") :])[0].splitlines()
    if line.strip()
]
CRON = [line for block in blocks("cron") for line in block.splitlines()]


@pytest.fixture
def srv(tmp_path: Path) -> Path:
    """What stands for /srv: scans, an older stamp, a list, and the program with the fake engine on the path."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "scans" / "deep").mkdir(parents=True)
    (tmp_path / "inbox").mkdir()
    (tmp_path / "stamp").touch()
    os.utime(tmp_path / "stamp", (1, 1))
    for name, width in PAGES.items():
        Image.fromarray(np.zeros((20, width), np.uint8)).save(tmp_path / "scans" / "deep" / name)
    Image.fromarray(np.zeros((20, 43), np.uint8)).save(tmp_path / "scans" / "p.png")
    shutil.copy(tmp_path / "scans" / "p.png", tmp_path / "inbox")
    (tmp_path / "list.txt").write_text(f"{tmp_path}/scans/deep\n{tmp_path}/scans/p.png\n")
    program = tmp_path / "bin" / "ocrtool"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {ROOT}/tests/fake_program.py 0 "$@"\n')
    program.chmod(0o755)
    return tmp_path


def run(command: str, srv: Path) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join((str(ROOT / "tests"), str(ROOT)))
    environment = os.environ | {"PATH": f"{srv}/bin:{os.environ['PATH']}", "PYTHONPATH": paths}
    line = command.replace("/srv/", f"{srv}/").replace("/usr/local/bin/ocrtool", "ocrtool")
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, cwd=srv, env=environment)


def outcome(srv: Path) -> str:
    """All texts that a recipe has left, wherever."""
    files = [*srv.rglob("*.txt"), *srv.rglob("*.jsonl")]
    return "\n".join(path.read_text() for path in files if path.name != "list.txt")


@pytest.mark.parametrize("command", [*COMMANDS, *COOKBOOK])
def test_commands(command: str, srv: Path) -> None:
    words = shlex.split(command)
    if missing := [word for word in ("parallel", "jq") if word in words and shutil.which(word) is None]:
        pytest.skip(f"{missing} is not installed")
    if words[0] == "unshare" and run("unshare --map-root-user --net true", srv).returncode:
        pytest.skip("this machine lets nobody make namespaces")
    before = COMMANDS[: COMMANDS.index(command)] if command in COMMANDS and words[0] in ("grep", "jq") else []
    for line in before[-1:]:
        assert run(line, srv).returncode == 0
    done = run(command, srv)
    assert (done.returncode, re.sub(r"ocrtool: \d+ pages read.*\n", "", done.stderr)) == (0, ""), done.stderr
    widths = {int(width) for width in re.findall(r"(\d+) by 20", outcome(srv) + done.stdout)}
    widths |= {int(width) for width in re.findall(r'"width": ?(\d+)', outcome(srv))}
    some = {43} if words[0] == "parallel" else set(range(40, 44))
    if "-r" in words and "||" not in words:  # words, not pages
        assert len(done.stdout.splitlines()) == len(some) * len(("40", "by", "20", "mean", "0"))
    else:
        assert widths >= some


def test_there_are_recipes_of_every_kind() -> None:
    assert len(COMMANDS) >= 8 and len(COOKBOOK) >= 5 and len(CRON) == 1 and len(blocks("ini")) == 3
    everything = " ".join(COMMANDS + COOKBOOK)
    for word in ("-print0", "xargs", "parallel", "jq", "--resume", "@", "**"):
        assert word in everything


def test_the_line_for_cron(srv: Path) -> None:
    (line,) = CRON
    found = re.fullmatch(r"([\d*]+ ){5}(?P<command>.+)", line)
    assert found is not None
    assert "%" not in line  # which cron takes for the end of a line
    for _ in range(2):
        done = run(found["command"], srv)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(list((srv / "texts").glob("*.txt"))) == 4


def test_systemd_units(srv: Path) -> None:
    units = {}
    for block in blocks("ini"):
        name = re.match(r"# /etc/systemd/system/(\S+)\n", block)
        assert name is not None
        parsed = configparser.ConfigParser(interpolation=None)
        parsed.optionxform = str  # type: ignore[assignment, method-assign]
        parsed.read_string(block)
        units[name[1]] = parsed
        (srv / name[1]).write_text(block.replace("/usr/local/bin/ocrtool", str(srv / "bin" / "ocrtool")))
    assert units.keys() == {"ocrtool-watch.service", "ocrtool-inbox.path", "ocrtool-inbox.service"}
    command = units["ocrtool-inbox.service"]["Service"]["ExecStart"]
    assert units["ocrtool-inbox.path"]["Path"]["PathChanged"] in command.split()
    done = run(command, srv)
    assert (done.returncode, done.stderr, (srv / "texts" / "p.txt").read_text()) == (0, "", "43 by 20 mean 0\n")
    watching = units["ocrtool-watch.service"]["Service"]["ExecStart"]
    metrics = srv / "ocrtool.prom"
    wait = f"while [ ! -e {metrics} ] && [ $((n += 1)) -lt 600 ]; do sleep 0.1; done"
    done = run(f"{watching} -q & {wait}; kill -TERM $!; wait $!", srv)
    assert (done.returncode, done.stderr) == (0, "")
    assert (srv / "texts" / "p.txt").exists() and "ocrtool_run_ended 1" in metrics.read_text()
    if shutil.which("systemd-analyze"):
        checked = subprocess.run(
            ["systemd-analyze", "verify", *map(str, srv.glob("*.service")), *map(str, srv.glob("*.path"))],
            capture_output=True,
            text=True,
        )
        ours = [line for line in checked.stderr.splitlines() if "ocrtool" in line and "man page" not in line]
        assert not [line for line in ours if re.search("Unknown|Invalid|Failed to parse|ignoring", line)], ours
