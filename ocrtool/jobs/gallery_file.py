"""The file of enrolled writers: read, and added to without losing what is there."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from ocrtool.errors import WritersRefused, printable, reason
from ocrtool.files import atomic_write
from ocrtool.jobs.embed import EmbeddedPage, PageEmbedder
from ocrtool.jobs.writer_folder import KnownSource
from ocrtool.writer.gallery import Enrolment, Entry, from_bytes, to_bytes


def entry_of(page: EmbeddedPage, known: KnownSource) -> Entry:
    """The entry of a page that has a vector; called after its writer and file, wherever the folder is."""
    assert page.description.vector is not None
    number = page.name.removeprefix(known.source.name)
    name = printable(f"{known.writer}/{known.source.path.name}{number}")
    return Entry(known.writer, name, page.fingerprint, page.description.vector)


def read_enrolment(path: Path, describer: PageEmbedder) -> Enrolment:
    """The enrolment in a file. Raises WritersRefused, also if it was made with other weights."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise WritersRefused(f"{printable(str(path))}: no such file") from error
    except OSError as error:
        raise WritersRefused(f"{printable(str(path))}: cannot be read: {reason(error)}") from error
    return from_bytes(data, str(path), describer.digest, describer.dimensions)


def add_to_file(path: Path, entries: Sequence[Entry], describer: PageEmbedder) -> list[str]:
    """Add ``entries`` to the enrolment in ``path``, made if it is not there; what happened to each, as in the store.

    The file is read here, whatever was there when the work began, and no other run of this program adds meanwhile.
    Raises WritersRefused and OutputError; then the file is as it was.
    """
    target = path.resolve()  # of a link, the file it stands for
    with _alone_in(target.parent):
        held = read_enrolment(target, describer) if target.exists() else Enrolment(describer.digest)
        enrolment, changes = held.adding(entries)
        with atomic_write(target) as file:
            file.write(to_bytes(enrolment))
    return changes


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Waits for other runs that add to a file in ``folder``. Some network file systems have no locks: none is held."""
    with ExitStack() as stack:
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
