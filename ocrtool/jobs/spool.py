"""Results that several writers take one after the other: a few in memory, the others in a temporary file."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Generic, TypeVar

Item = TypeVar("Item")

#: Number of results kept in memory: pages of a short document.
_IN_MEMORY = 8


class Spool(Generic[Item]):
    """An iterable that can be iterated again and again. A context manager, which removes the temporary file."""

    def __init__(self, items: Iterable[Item]) -> None:
        """items: consumed at once; they must be picklable."""
        rest = iter(items)
        self._first = list(islice(rest, _IN_MEMORY))
        self._left = 0
        for item in rest:
            if not self._left:
                self._file = tempfile.TemporaryFile(prefix="ocrtool-")  # noqa: SIM115 - closed by __exit__
            pickle.dump(item, self._file, pickle.HIGHEST_PROTOCOL)
            self._left += 1

    def __enter__(self) -> Spool[Item]:
        return self

    def __exit__(self, *error: object) -> None:
        if self._left:
            self._file.close()

    def __iter__(self) -> Iterator[Item]:
        """Yield all items in order. Only one iteration at a time."""
        yield from self._first
        if self._left:
            self._file.seek(0)
        for _ in range(self._left):
            item: Item = pickle.load(self._file)
            yield item
