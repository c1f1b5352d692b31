"""LiteRT's interpreter of compiled weights, without its messages on standard error."""

from __future__ import annotations

from ai_edge_litert.interpreter import Interpreter

from ocrtool.stderr import silence_stderr


class SilentInterpreter(Interpreter):  # type: ignore[misc]  # ships no types
    """An interpreter that does not print the message about its delegate when tensors are first allocated."""

    def allocate_tensors(self) -> None:
        """Allocate tensors for the input sizes set. Raises ValueError or RuntimeError."""
        with silence_stderr():
            super().allocate_tensors()
