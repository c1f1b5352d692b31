"""LiteRT's interpreter of compiled weights, without its notes on standard error."""

from __future__ import annotations

from ai_edge_litert.interpreter import Interpreter

from ocrtool.quiet import quiet_libraries


class QuietInterpreter(Interpreter):
    """As LiteRT's, but for the note on its delegate that it would print when tensors are first allocated."""

    def allocate_tensors(self) -> None:
        """Allocate tensors for the input sizes set. Raises ValueError or RuntimeError."""
        with quiet_libraries():
            super().allocate_tensors()
