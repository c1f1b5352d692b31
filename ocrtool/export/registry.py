"""Registry of output formats: the modules of ``ocrtool.export.formats``, and formats of other packages.

Another package adds a format by an entry point of the group ``ocrtool.formats`` that names its `Format`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeAlias

from ocrtool.errors import UsageError, printable
from ocrtool.export import formats

#: Entry points of this group name formats of other packages.
ENTRY_POINTS = "ocrtool.formats"

#: Encodes the results of a command as they arrive (``ocrtool.export.documents``): an iterable of ``ExportPage`` for
#: ``read``, ``CharacterImage`` for ``classify``, ``SegmentedPage`` for ``segment``, and
#: ``ocrtool.weights.inventory.WeightsEntry`` for ``models``; a ``Table`` for the commands of ``writer-id``,
#: and an ``Evaluation`` for ``eval``.
Writer: TypeAlias = Callable[[Any], Iterable[bytes]]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Format:
    """An output format.

    Parameters
    ----------
    name : str
        As on the command line.
    extension : str
        Of its files, with the dot.
    writers : mapping of str to Writer
        A writer for each command that the format serves: takes the command's results, yields bytes.
    needs_image : bool
        True if the writer for ``read`` uses ``ExportPage.gray``.
    needs_file : bool
        True if the writer for ``read`` uses ``ExportPage.file``, the file that the page is from.
    errors_inline : bool
        True if the writer for ``read`` also takes ``FailedInput`` in place of the pages of inputs that cannot be read,
        where one document is written of all inputs.

    Examples
    --------
    >>> from ocrtool.export.registry import Format
    >>> def count(pages):
    ...     yield f"{sum(1 for _ in pages)} pages".encode()
    >>> counting = Format("count", ".txt", {"read": count})
    >>> counting.commands, b"".join(counting.writers["read"]([]))
    (('read',), b'0 pages')
    """

    name: str
    extension: str
    writers: Mapping[str, Writer]
    needs_image: bool = False
    needs_file: bool = False
    errors_inline: bool = False

    @property
    def commands(self) -> tuple[str, ...]:
        """Commands that the format serves."""
        return tuple(self.writers)


def format_names(command: str) -> list[str]:
    """List the names of all formats that serve a command."""
    known = _plugins() | {name: built_in for name in _modules() if (built_in := _builtin(name)) is not None}
    return sorted(name for name, known_format in known.items() if command in known_format.commands)


def find_format(name: str, command: str) -> Format:
    """Find the format ``name``. Raises UsageError if there is none, or if it does not serve ``command``."""
    found = _find(name)
    if found is None or command not in found.commands:
        known = ", ".join(format_names(command))
        raise UsageError(f"{printable(name)!r} is not a format of {command}; there are {known}")
    return found


def is_format_elsewhere(name: str, command: str) -> bool:
    """Return True if there is a format of this name, but not for ``command``."""
    found = _find(name)
    return found is not None and command not in found.commands


def is_format(name: str) -> bool:
    """Return True if there is a format of this name, for whatever command."""
    return _find(name) is not None


def _find(name: str) -> Format | None:
    return _builtin(name) or _plugins().get(name)


@cache
def _modules() -> frozenset[str]:
    """The modules of formats, each of the name of its format."""
    return frozenset(module.name for module in iter_modules(formats.__path__))


@cache
def _builtin(name: str) -> Format | None:
    """Load the format of a module; the others are not loaded, since each has its own needs."""
    if name not in _modules():
        return None
    found: Format = import_module(f"{formats.__name__}.{name}").FORMAT
    return found


@cache
def _plugins() -> dict[str, Format]:
    """Find the formats of other packages. This is slow, so it is done only for unknown names and for lists."""
    from importlib.metadata import entry_points

    found: dict[str, Format] = {}
    for entry in entry_points(group=ENTRY_POINTS):
        try:
            plugin = entry.load()
        except Exception:  # noqa: BLE001 - a defect of another package affects its format only
            _log.warning("the format %s of another package cannot be loaded", entry.name, exc_info=True)
            continue
        if isinstance(plugin, Format):
            found[plugin.name] = plugin
    return found
