"""Memory of page images: what is freed stays with the process, for the next."""

from __future__ import annotations

import ctypes
import sys

#: mallopt(3): how much free memory at the end of the heap is kept, and from which size on memory is mapped on its own.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
#: Bytes: more than the arrays of a page need together, and more than any one of them.
_KEPT, _MAPPED = (1 << 31) - 1, 1 << 30


def keep_freed_memory() -> None:
    """Keep freed memory for the next arrays, where the C library is glibc; otherwise do nothing.

    Each page of memory costs 2 µs when it is touched for the first time. The arrays of a page image follow each other,
    and by default the memory of each goes back to the system before the next asks for it again.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _MAPPED)
        mallopt(_M_TRIM_THRESHOLD, _KEPT)
