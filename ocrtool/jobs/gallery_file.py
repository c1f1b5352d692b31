"""Gallery files of known writers: reading, and adding entries safely."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from ocrtool.errors import GalleryRefused, page_name, printable, reason
from ocrtool.files import atomic_write, is_stream
from ocrtool.imaging.confined import Bounds, ConfinedError, confined, confined_fault
from ocrtool.jobs.embed import EmbeddedPage, PageEmbedder
from ocrtool.writer import gallery
from ocrtool.writer.gallery import Gallery, GalleryEntry, to_bytes

#: Bytes of the largest gallery: a million pages need as much.
MAX_BYTES = 1 << 30
#: Bounds of the process that takes a file apart: bytes of address space, to which comes a multiple of the file's size,
#: and seconds, to which comes one for so many bytes.
_MEMORY, _MEMORY_FACTOR, _SECONDS, _BYTES_A_SECOND = 1 << 30, 8, 7.0, 8 << 20


def gallery_entry(page: EmbeddedPage) -> GalleryEntry:
    """Make the entry of a known writer's page with an embedding; named by writer and file, not by the folder's path."""
    assert page.embedding.vector is not None and page.writer is not None
    name = printable(page_name(f"{page.writer}/{page.path.name}", page.number, page.count))
    return GalleryEntry(page.writer, name, page.fingerprint, page.embedding.vector)


def read_gallery(path: Path, embedder: PageEmbedder) -> Gallery:
    """Read the gallery of a file. Raises GalleryRefused, also if it was made with other weights."""
    where = printable(str(path))
    try:
        if is_stream(path):
            raise GalleryRefused(f"{where} is not a regular file, so it is not a gallery")
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_BYTES:
                raise GalleryRefused(f"{where} has more than {MAX_BYTES >> 20} MiB, so it is not a gallery")
            bounds = Bounds(_MEMORY + _MEMORY_FACTOR * size, _SECONDS + size / _BYTES_A_SECOND, size)
            parts = next(confined(f"{gallery.__name__}:stored_parts", {}, file, bounds))
    except FileNotFoundError as error:
        raise GalleryRefused(f"{where}: no such file") from error
    except OSError as error:
        raise GalleryRefused(f"{where}: cannot be read: {reason(error)}") from error
    except (ConfinedError, StopIteration) as error:
        raise GalleryRefused(f"{where} is not a gallery of writers, or is damaged: {confined_fault(error)}") from error
    return gallery.from_parts(parts, str(path), embedder.digest, embedder.dimensions)


def add_to_file(path: Path, entries: Sequence[GalleryEntry], embedder: PageEmbedder) -> list[str]:
    """Add ``entries`` to the gallery in ``path``, made if missing. Returns statuses as in `ocrtool.writer.gallery`.

    The file is read under a lock, so that no other run of this program adds entries at the same time. Raises
    GalleryRefused and OutputError, and leaves the file unchanged then.
    """
    target = Path(os.path.realpath(path))  # of a link, the file it points to
    with _alone_in(target.parent):
        before = read_gallery(target, embedder) if target.exists() else Gallery(embedder.digest)
        held, statuses = before.adding(entries)
        with atomic_write(target) as file:
            file.write(to_bytes(held))
    return statuses


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Lock ``folder`` against other runs that add to a file in it. Some network file systems do not support locks."""
    with ExitStack() as stack:
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
