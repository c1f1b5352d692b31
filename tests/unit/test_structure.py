"""The shape of the source: imports point downward, no cycle, packages all installed, every option in the README."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import click
import pytest

from ocrtool.cli import main as cli

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "ocrtool").rglob("*.py"))

#: The floors of the program from the top down; a part may import those below it only, and not its neighbours. The last
#: is the ground floor, one room. Ten floors are the most: a new part goes onto one of these, or another has to go. With
#: a floor for every new file any import would pass, and the order would say nothing.
FLOORS = (
    ("cli", "__main__", "api", "ocrmypdf_plugin"),
    ("jobs",),
    ("export",),
    ("pipeline",),
    ("script",),
    ("decode", "writer"),
    ("recognize",),
    ("segment",),
    ("imaging", "weights"),
    ("options", "types", "charset", "text", "metrics", "errors", "files", "stderr", ""),
)
MOST_FLOORS = 10
LEVEL = {part: -level for level, parts in enumerate(FLOORS) for part in parts}
FOUNDATION = set(FLOORS[-1])


def dotted(path: Path) -> str:
    """Name of a module within ``ocrtool``: ``export.json``; empty for the package itself."""
    return ".".join(path.relative_to(ROOT / "ocrtool").with_suffix("").parts).removesuffix("__init__").rstrip(".")


NAMES = {dotted(path) for path in MODULES}


def imported(path: Path) -> set[str]:
    """Every module that ``path`` imports anywhere, in full: ``ocrtool.types``, ``numpy``."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            module = str(node.module)
            members = {f"{module}.{alias.name}" for alias in node.names}
            modules = {m for m in members if m.removeprefix("ocrtool.") in NAMES}
            found |= modules | ({module} if members - modules else set())
    return found


def own_imports(path: Path) -> set[str]:
    """Modules of ``ocrtool`` that ``path`` imports, without the package's name.

    The package itself is the door to ``api``, which it loads when it is called.
    """
    own = {name.removeprefix("ocrtool").lstrip(".") for name in imported(path) if name.split(".")[0] == "ocrtool"}
    return own - ({"api"} if not dotted(path) else set())


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_imports_point_downward(path: Path) -> None:
    part = room(dotted(path))
    for name in own_imports(path):
        other = room(name)
        assert other == part or LEVEL[other] < LEVEL[part], f"{dotted(path)} imports {name}"


def room(name: str) -> str:
    """The part that a module belongs to; the ground floor is one."""
    part = name.split(".")[0].replace("__main__", "cli")
    return "" if part in FOUNDATION else part


def test_floors_are_few() -> None:
    assert len(FLOORS) <= MOST_FLOORS


def test_no_cycle() -> None:
    graph = {dotted(path): own_imports(path) - {dotted(path)} for path in MODULES}
    while leaves := {name for name, needs in graph.items() if not needs & graph.keys()}:
        graph = {name: needs for name, needs in graph.items() if name not in leaves}
    assert not graph, f"import each other: {sorted(graph)}"


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_nothing_imports_training(path: Path) -> None:
    assert "training" not in {name.split(".")[0] for name in imported(path)}


def test_ground_floor_needs_only_the_standard_library_numpy_and_regex() -> None:
    for path in MODULES:
        if dotted(path) in FOUNDATION:
            others = {name.split(".")[0] for name in imported(path)} - {"ocrtool", "numpy", "regex"}
            assert others <= sys.stdlib_module_names, dotted(path)


def test_nothing_imports_a_training_framework() -> None:
    for path in MODULES:
        heavy = {"keras", "tensorflow", "jax", "torch"} & {name.split(".")[0] for name in imported(path)}
        assert not heavy, dotted(path)


def test_every_package_is_installed() -> None:
    """setup.py looks for them: a folder with modules needs an ``__init__``."""
    assert {path.parent for path in MODULES} == {path.parent for path in MODULES if path.name == "__init__.py"}


def test_roots_are_small() -> None:
    """What belongs to one part of the program stands in that part's folder."""
    files = [[p for p in (ROOT / root).iterdir() if p.is_file()] for root in ("ocrtool", "training")]
    assert [len(found) <= most for found, most in zip(files, (12, 5), strict=True)] == [True, True], files


SCRIPT_FREE = ("decode", "recognize", "segment", "imaging")


@pytest.mark.parametrize("path", [p for p in MODULES if dotted(p).split(".")[0] in SCRIPT_FREE], ids=dotted)
def test_stages_name_no_script(path: Path) -> None:
    """Names and strings of the code, comments and docstrings left out."""
    tree = ast.parse(path.read_text())
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    names += [alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names]
    names += [argument.arg for node in ast.walk(tree) if isinstance(node, ast.arguments) for argument in node.args]
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docstrings]
    names += [node.value for node in constants if isinstance(node.value, str)]
    scripts = re.compile("latin|english|hangul|korean|syllable|lstm_|decoder_", re.IGNORECASE)
    assert not [name for name in names if scripts.search(name)]


def test_readme_names_every_command_and_option() -> None:
    readme = (ROOT / "README.md").read_text()
    context = click.Context(cli.cli)
    commands = {name: cli.cli.get_command(context, name) for name in cli.cli.list_commands(context)}
    for name, command in list(commands.items()):
        commands |= {f"{name} {other}": its for other, its in getattr(command, "commands", {}).items()}
    assert len(commands) >= 8
    for name, command in commands.items():
        assert command is not None and f"ocrtool {name}" in readme
        for option in (*command.params, *cli.cli.params):
            if isinstance(option, click.Option):
                assert f"`{option.opts[0]}" in readme, f"{name} {option.opts[0]}"


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_every_module_says_what_it_is(path: Path) -> None:
    """The file of a package may be empty, any other says what it holds."""
    source = path.read_text()
    assert ast.get_docstring(ast.parse(source)) or (path.name == "__init__.py" and not source.strip())


def test_what_the_quick_suite_leaves_out_is_run_before_a_merge() -> None:
    steps = (ROOT / ".ci" / "run").read_text()
    assert steps.index('eval "${second') < steps.index("\npytest -q -m slow\n")
