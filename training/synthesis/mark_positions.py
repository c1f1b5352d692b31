"""Where characters usually stand on a line, for marks whose place was not recorded."""

from __future__ import annotations

import numpy as np

#: Heights in x-heights of hand-printed characters, where a mark's own size is unknown.
ASCENDING = frozenset("bdfhkl")
DESCENDING = frozenset("gpqy")
HEIGHTS = {
    **dict.fromkeys("acemnorsuvwxz", 1.0),
    **dict.fromkeys(ASCENDING, 1.65),
    **dict.fromkeys(DESCENDING, 1.6),
    "t": 1.4,
    "i": 1.5,
    "j": 2.0,
}
#: Height of capitals and digits in x-heights: hand-printing is squat.
CAPITAL_HEIGHT = 1.5

#: Least and greatest height of a mark (x-heights) by what it is; sizes beyond come from marks written in big boxes.
_PLAIN_BOUNDS, _TALL_BOUNDS = (0.75, 1.3), (1.15, 2.3)
_BOUNDS = {
    **dict.fromkeys("acemnorsuvwxz", _PLAIN_BOUNDS),
    "t": (1.1, 2.0),
    "i": (1.0, 2.0),
    **dict.fromkeys("'`\"", (0.2, 0.7)),
    "^": (0.2, 0.6),
    "-": (0.02, 0.25),
    "_": (0.02, 0.2),
    "~": (0.1, 0.4),
    ".": (0.03, 0.2),
    ",": (0.2, 0.6),
    "=": (0.2, 0.6),
    "+": (0.5, 1.0),
    "<": (0.5, 1.1),
    ">": (0.5, 1.1),
    ":": (0.5, 1.0),
    ";": (0.6, 1.3),
    "*": (0.4, 0.9),
    **dict.fromkeys("()[]{}|/\\", (1.3, 2.6)),
}
#: Widest a mark gets, in x-heights.
_WIDEST = {"-": 1.0, "_": 1.6, "~": 1.3, "=": 1.1, ".": 0.25}

#: Level of the middle of a mark above the baseline, of its top, of its bottom, in x-heights.
_MIDDLE = {"-": 0.55, **dict.fromkeys("~=+<>", 0.6), **dict.fromkeys("()[]{}|/\\", 0.65), "@": 0.55, "$": 0.7}
_TOP = {**dict.fromkeys("'\"`^*", 1.65), **dict.fromkeys(DESCENDING, 1.0)}
_BOTTOM = {",": -0.28, ";": -0.28, "_": -0.2, "j": -0.5, "Q": -0.12}


def bounded_scale(character: str, width: float, height: float) -> float:
    """Factor that brings a mark of this size (x-heights) to a usual size for ``character``; 1 if it has one."""
    low, high = _BOUNDS.get(character, _TALL_BOUNDS)
    longest = _WIDEST.get(character, 3.0)
    factor = min(1.0, longest / max(width, 1e-3))
    if height * factor > high:
        factor = high / height
    elif height * factor < low and character not in "-_~.=":
        factor = low / max(height, 0.05)
    return float(np.clip(factor, 0.1, 4.0))


def top_of(character: str, height: float) -> float:
    """Upper edge above the baseline of a mark of this height, both in x-heights."""
    if character in _TOP:
        return _TOP[character]
    if character in _MIDDLE:
        return _MIDDLE[character] + height / 2
    return _BOTTOM.get(character, 0.0) + height
