"""Completion in shells, the manual page, and what the container image is built of."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import click
import pytest

from ocrtool.cli import main as cli

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the program is called ``ocrtool``, as shells call it."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "ocrtool"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ocrtool "$@"\n')
    program.chmod(0o755)
    return os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}


def completed(line: str, environment: dict[str, str]) -> list[str]:
    """What bash is given for the last word of a line."""
    words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1), "_OCRTOOL_COMPLETE": "bash_complete"}
    return subprocess.run(["ocrtool"], env=environment | words, capture_output=True, text=True).stdout.splitlines()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ocrtool wr", ["plain,writer-id"]),
        ("ocrtool read --format j", ["plain,json", "plain,jsonl"]),
        ("ocrtool read --format text,h", ["plain,text,hocr", "plain,text,html"]),
        ("ocrtool read --format json,json", ["plain,json,jsonl"]),
        ("ocrtool classify --format j", ["plain,json"]),
        ("ocrtool read --lang e", ["plain,eng", "plain,eng+kor"]),
        ("ocrtool read --model r", ["plain,research"]),
        ("ocrtool read sc", ["file,sc"]),
        ("ocrtool eval a.txt b", ["file,b"]),
        ("ocrtool writer-id verify a.png b", ["file,b"]),
        ("ocrtool read --overlay d", ["file,d"]),
        ("ocrtool completion z", ["plain,zsh"]),
    ],
)
def test_what_is_completed(line: str, expected: list[str], environment: dict[str, str]) -> None:
    assert completed(line, environment) == expected


def script(shell: str, environment: dict[str, str], folder: Path) -> Path:
    path = folder / f"ocrtool.{shell}"
    path.write_bytes(subprocess.run(["ocrtool", "completion", shell], env=environment, capture_output=True).stdout)
    return path


def shell_output(shell: str, command: str, environment: dict[str, str]) -> list[str]:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    flags = {"zsh": ["-f"]}.get(shell, [])
    run = subprocess.run([program, *flags, "-c", command], env=environment, capture_output=True, text=True)
    assert run.stderr == ""
    return run.stdout.splitlines()


def test_bash_completes(environment: dict[str, str], tmp_path: Path) -> None:
    source = script("bash", environment, tmp_path)
    line = "COMP_WORDS=(ocrtool read --format text,a); COMP_CWORD=3; _ocrtool_completion ocrtool"
    assert shell_output("bash", f'. {source}; {line}; echo "${{COMPREPLY[@]}}"', environment) == ["text,alto"]


def test_fish_completes(environment: dict[str, str], tmp_path: Path) -> None:
    source = script("fish", environment, tmp_path)
    found = shell_output("fish", f"source {source}; complete -C 'ocrtool read --format text,a'", environment)
    assert found == ["text,alto"]


def test_zsh_takes_its_script(environment: dict[str, str], tmp_path: Path) -> None:
    source = script("zsh", environment, tmp_path)
    command = f"autoload -Uz compinit; compinit -u -d {tmp_path}/dump; . {source}; print $_comps[ocrtool]"
    assert shell_output("zsh", command, environment) == ["_ocrtool_completion"]


@pytest.fixture
def manual(capfd: pytest.CaptureFixture) -> str:
    assert cli.run(["man"]) == 0
    return str(capfd.readouterr().out)


def test_the_manual_names_every_command_and_option(manual: str) -> None:
    plain = manual.replace("\\-", "-")
    context = click.Context(cli.cli)
    for name in cli.cli.list_commands(context):
        command = cli.cli.get_command(context, name)
        assert command is not None and f"ocrtool {name}" in plain
        section = plain.partition(f".SS ocrtool {name}")[2]
        for option in (option for option in command.params if isinstance(option, click.Option)):
            assert re.search(rf"^\.B .*{option.opts[0]}\b", section, re.MULTILINE), option.opts[0]
    assert "OCRTOOL_READ_JOBS" in plain and ".SH ENVIRONMENT" in plain


def test_the_manual_is_proper_troff(manual: str, tmp_path: Path) -> None:
    """No line is a request by accident; groff, where it is installed, has no warning."""
    requests = {"TH", "SH", "SS", "PP", "TP", "B", "br", "nf", "fi"}
    assert {line[1:].split(" ")[0] for line in manual.splitlines() if line.startswith((".", "'"))} <= requests
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    (tmp_path / "ocrtool.1").write_text(manual, encoding="utf-8")
    run = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-k", str(tmp_path / "ocrtool.1")], capture_output=True)
    assert run.returncode == 0 and run.stderr == b"" and len(run.stdout) > 5000


def test_the_image_is_built_of_what_the_wheel_is(tmp_path: Path) -> None:
    """The build context: all that is packaged, and neither weights for training nor the sources of samples."""
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    kept = [rule[1:] for rule in rules if rule.startswith("!")]

    def is_kept(path: str) -> bool:
        return any(fnmatch(path, rule) or path.startswith(f"{rule}/") for rule in kept)

    needed = ["setup.py", "setup.cfg", "pyproject.toml", "README.md", "LICENSE", "ocrtool/export/viewer/viewer.js"]
    needed += [f"weights/{path.name}" for path in (ROOT / "weights").iterdir() if path.suffix in (".json", ".tflite")]
    assert len(needed) > 15 and all(map(is_kept, needed))
    assert not any(map(is_kept, ("weights/lines.weights.h5", "training/adapt.py", "tests/odd_files.py", ".git/HEAD")))
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert dockerfile.index("\nUSER ocrtool") < dockerfile.index("\nENTRYPOINT")
