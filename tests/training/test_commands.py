"""All commands of the trainings: each is listed, is click, and says what it does without loading a network."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import training
from training.__main__ import commands, main
from training.command import data_option, errors_as_messages

MODULES = [module for module, _ in commands()]


def command_of(module: str) -> click.Command:
    path = Path(str(training.__file__)).parent.joinpath(*module.split(".")[1:])
    name = f"{module}.__main__" if (path / "__main__.py").is_file() else module
    found = importlib.import_module(name).main
    assert isinstance(found, click.Command), f"{module} is no click command"
    return found


def test_each_command_has_its_line() -> None:
    lines = CliRunner().invoke(main).output.splitlines()
    assert len(lines) == len(MODULES) >= 20
    listed = dict(line.removeprefix("python -m ").split(None, 1) for line in lines)
    assert "training" not in listed
    assert listed["training.glyphs.train"] == "Train the glyph classifier of a script and write its weights."
    assert listed["training.phd08"] and listed["training.language.train_language"]
    assert all(len(about) > 20 and about.endswith(".") for about in listed.values())


def test_listing_imports_no_network() -> None:
    script = "import sys; from training.__main__ import commands; list(commands()); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not {"keras", "tensorflow", "numpy", "cv2"} & set(loaded)


@pytest.mark.parametrize("module", MODULES)
def test_help_says_what_a_command_does(module: str) -> None:
    result = CliRunner().invoke(command_of(module), ["--help"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Usage:") and len(result.output.splitlines()[2].strip()) > 20


def test_no_function_but_a_command_has_eight_parameters() -> None:
    """An option of a command is a parameter; everywhere else what belongs together is one object."""
    root = Path(str(training.__file__)).parent
    long = [
        f"{path.relative_to(root)}: {node.name}"
        for path in sorted(root.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        and not any(".command(" in ast.unparse(decorator) for decorator in node.decorator_list)
        and len([a for a in (*node.args.args, *node.args.kwonlyargs) if a.arg != "self"]) >= 8
    ]
    assert not long


@pytest.mark.parametrize(("value", "expected"), [("", "shared/data"), ("/somewhere", "/somewhere")])
def test_an_empty_environment_names_no_folder(value: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRTOOL_DATA", value)

    @click.command()
    @data_option()
    def show(data: Path) -> None:
        click.echo(data)

    assert CliRunner().invoke(show).output.strip().endswith(expected)
    assert CliRunner().invoke(show, ["--data", "mine"]).output == "mine\n"


def test_a_command_may_default_to_a_folder_in_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRTOOL_DATA", "/somewhere")

    @click.command()
    @data_option("EMNIST files", inside="emnist")
    def show(data: Path) -> None:
        click.echo(data)

    assert CliRunner().invoke(show).output == "/somewhere/emnist\n"
    assert CliRunner().invoke(show, ["--data", "mine"]).output == "mine\n"
    assert "with EMNIST files (default: emnist/ in OCRTOOL_DATA)" in " ".join(
        CliRunner().invoke(show, ["--help"]).output.split()
    )


@pytest.mark.parametrize("error", [ValueError("bad\nvalue"), OSError(2, "No such file", "a.png"), OSError(28, "Full")])
def test_bad_input_is_a_sentence_and_exit_code_1(error: Exception) -> None:
    @click.command()
    @errors_as_messages()
    def fails() -> None:
        raise error

    result = CliRunner().invoke(fails)
    assert result.exit_code == 1 and result.output.startswith("Error: ") and result.output.count("\n") == 1
