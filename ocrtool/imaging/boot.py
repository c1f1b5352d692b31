"""How a process of this program starts another one: isolated, and from the same files wherever they are."""

from __future__ import annotations

import os
import sys

import ocrtool

#: The process starts in isolated mode, which keeps the current folder off the import path, and imports this program by
#: its file.
_BOOT = """
import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
program, module, count, *rest = sys.argv[1:]
given, sys.path[:] = rest[: int(count)], rest[int(count) :]
spec = spec_from_file_location("ocrtool", program)
sys.modules["ocrtool"] = module_from_spec(spec)
spec.loader.exec_module(sys.modules["ocrtool"])
import_module(module).main(*given)
"""


def boot_command(module: str, *arguments: str) -> list[str]:
    """Return the command of a process that calls ``main`` of a module with ``arguments``, which all users can read."""
    program = os.path.realpath(ocrtool.__file__)
    python = [sys.executable, "-I", "-X", f"utf8={sys.flags.utf8_mode}", "-c", _BOOT]
    return [*python, program, module, str(len(arguments)), *arguments, *_import_path()]


def _import_path() -> list[str]:
    """Return the import path of this process without the current folder."""
    return [folder for folder in sys.path if folder and not _is_current_folder(folder)]


def _is_current_folder(folder: str) -> bool:
    try:
        return os.path.samefile(folder, os.curdir)  # noqa: PTH121 - of any name, whether it exists or not
    except OSError:
        return False
