"""What takes long to make of a file is kept in the user's cache for next time.

Files that cannot be mapped into memory as they lie (gzip, CSV, MATLAB) are unpacked there; what a font holds and scores
of contexts are kept there too.
"""

from __future__ import annotations

import atexit
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

#: Names the folder of what is kept; without it that lies in the user's cache, wherever the system has that.
CACHE_VARIABLE = "OCRTOOL_CACHE"
#: Why a disk takes no more.
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)

_temporary: list[Path] = []


def cache_folder() -> Path:
    """Where it is kept: OCRTOOL_CACHE, else ``ocrtool`` in the user's cache folder (XDG_CACHE_HOME where that is set).

    Where that cannot be written to, a temporary folder that is removed when the program ends.
    """
    folder = Path(os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_path("ocrtool", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        if not _temporary:
            _temporary.append(Path(tempfile.mkdtemp(prefix="ocrtool-")))
            atexit.register(shutil.rmtree, _temporary[0], ignore_errors=True)
        return _temporary[0]
    return folder


@contextmanager
def room_for(what: str) -> Iterator[None]:
    """Raises OSError with one sentence about ``what``, where the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        raise OSError(
            error.errno, f"no room for {what} in {cache_folder()}; {CACHE_VARIABLE} names another folder"
        ) from None


def unpacked(source: Path, unpack: Callable[[Path], None]) -> Path:
    """Folder with what ``unpack(folder)`` made of ``source``; made anew if path, size or time of the file change.

    An entry appears whole or not at all, also when two programs make it at once; older ones of the same file go.
    Raises OSError, with one sentence where the disk is full, and whatever ``unpack`` raises.
    """
    cache = cache_folder()
    facts = source.stat()
    name = hashlib.sha256(os.fsencode(source.resolve())).hexdigest()[:16]
    entry = cache / f"{name}-{facts.st_size}-{facts.st_mtime_ns}"
    if entry.is_dir():
        return entry
    scratch = Path(tempfile.mkdtemp(prefix="unpacking-", dir=cache))
    try:
        with room_for(f"the unpacked {source}"):
            unpack(scratch)
        try:
            scratch.rename(entry)
        except OSError:
            if not entry.is_dir():  # else another program was faster
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    for older in cache.glob(f"{name}-*"):
        if older != entry:
            shutil.rmtree(older, ignore_errors=True)
    return entry
