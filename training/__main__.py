"""List the commands of the trainings: ``python -m training``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import click

#: Folder of the packages.
ROOT = Path(__file__).resolve().parent
#: The line that makes a module a command.
GUARD = '__name__ == "__main__"'


def commands(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Module and first line of the help of each command, by package and name. Nothing is imported."""
    for path in sorted(root.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if path == root / "__main__.py" or (GUARD not in source and path.name != "__main__.py"):
            continue
        module = ".".join((root.name, *path.relative_to(root).with_suffix("").parts)).removesuffix(".__main__")
        yield module, _first_line(ast.parse(source))


def _first_line(tree: ast.Module) -> str:
    """Of the docstring of ``main``, else of the module's."""
    mains = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main"]
    text = (ast.get_docstring(mains[0]) if mains else None) or ast.get_docstring(tree) or ""
    return text.split("\n")[0]


@click.command()
def main() -> None:
    """List the training commands, one per line; see the --help of each."""
    rows = list(commands())
    width = max(len(module) for module, _ in rows)
    for module, about in rows:
        click.echo(f"python -m {module:<{width}}  {about}")


if __name__ == "__main__":
    main()
