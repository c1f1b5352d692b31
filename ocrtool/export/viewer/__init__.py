"""Style, script and controls of the HTML page: files beside this one, which are put into every document."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def viewer_file(name: str) -> str:
    """Return the text of a file of the viewer."""
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
