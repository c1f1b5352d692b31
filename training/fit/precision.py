"""Numbers that a network computes in: of 32 bits, or in bfloat16, up to twice as fast where the processor has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras


@contextmanager
def precision(bfloat16: bool = False) -> Iterator[None]:
    """Layers made inside compute so; their weights have 32 bits in either case."""
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy("mixed_bfloat16" if bfloat16 else "float32")
    try:
        yield
    finally:
        keras.mixed_precision.set_dtype_policy(before)
