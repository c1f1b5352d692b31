"""Pages of PDFs that are not finished, kept beside the journal: a run that is killed loses the pages in hand only.

Each such input has a file of JSON lines, which goes when the input is finished. Like the journal it is only appended
to, and holds for one content of the input and one set of settings.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, cast

from ocrtool.errors import InputError, printable
from ocrtool.export.documents import ExportPage, PageFile
from ocrtool.export.parse.own import parse_pages
from ocrtool.export.registry import find_format
from ocrtool.files import make_folder, not_written
from ocrtool.jobs.inputs import Source
from ocrtool.jobs.observer import Failure, Observer
from ocrtool.jobs.outcome import Outcome
from ocrtool.jobs.remote_outputs import OutputFile

#: Folder of these files, in that of the journal.
FOLDER = ".ocrtool-pages"


@dataclass
class _Kept:
    """The file of an input. pages: where the line of each page begins, and its length."""

    path: Path
    state: tuple[int, int]
    pages: dict[int, tuple[int, int]] = field(default_factory=dict)


class KeptPages(Observer):
    """Keeps pages as they are read, and gives them in the next run."""

    def __init__(self, folder: Path, settings: str) -> None:
        """folder: of the journal; settings: digest of all that determines them."""
        self._folder = folder / FOLDER
        self._settings = settings
        self._kept: dict[str, _Kept] = {}  # by the stem of the input

    def unread(self, sources: Sequence[Source]) -> list[Source]:
        """Return the sources of which no page was kept, in groups as `Source.last` says."""
        left = [source for source in sources if not self._has(source)]
        stems = [source.output.stem for source in left]
        return [
            replace(source, last=number + 1 == len(left) or stems[number + 1] != stems[number])
            for number, source in enumerate(left)
        ]

    def merged(
        self, sources: Sequence[Source], outcomes: Iterable[Outcome[ExportPage]]
    ) -> Iterator[Outcome[ExportPage]]:
        """Give all outcomes of ``sources``, those of one input in order. outcomes: of those that `unread` returned."""
        order: dict[str, deque[Source]] = {}
        for source in sources:
            if source.page is not None:
                order.setdefault(source.output.stem, deque()).append(source)
        for inputs in list(order.values()):
            if all(map(self._has, inputs)):
                yield from map(self._outcome, inputs)
        for outcome in outcomes:
            read = outcome.source
            if read is None or read.page is None:
                yield outcome
                continue
            waiting = order[read.output.stem]
            while waiting[0].page != read.page:
                yield self._outcome(waiting.popleft())
            yield replace(outcome, source=waiting.popleft())
            while read.last and waiting:
                yield self._outcome(waiting.popleft())

    def read(self, outcome: Outcome[ExportPage]) -> None:
        """Keep the page of a PDF. Raises OutputError."""
        source = outcome.source
        if source is None or source.page is None or outcome.failures or outcome.state is None or self._has(source):
            return
        kept = self._kept.get(source.output.stem)
        try:
            if kept is None or kept.state != outcome.state:
                kept = self._begin(source, outcome.state)
            lines = find_format("jsonl", "read").writers["read"](outcome.results)
            data = b"\t".join(line.rstrip(b"\n") for line in lines) + b"\n"  # two of a spread
            with _opened(kept.path, "ab") as file:
                start = file.tell()
                file.write(b"%d\t" % source.page + data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise not_written(self._folder, error) from error
        kept.pages[source.page] = (start, len(data))

    def finished(self, source: Source, failures: Sequence[Failure], outputs: Sequence[OutputFile]) -> None:
        """Remove what was kept of an input. What failed is read anew, and so are its other pages."""
        kept = self._kept.pop(source.output.stem, None)
        if kept is not None:
            kept.path.unlink(missing_ok=True)

    def end(self, interrupted: bool) -> None:
        with suppress(OSError):  # there is none, or it is not empty
            self._folder.rmdir()

    def _path(self, source: Source) -> Path:
        return self._folder / f"{source.output.stem}.jsonl"

    def _begin(self, source: Source, state: tuple[int, int]) -> _Kept:
        make_folder(self._folder)
        kept = self._kept[source.output.stem] = _Kept(self._path(source), state)
        with _opened(kept.path, "wb") as file:
            file.write(json.dumps([self._settings, *state]).encode() + b"\n")
        return kept

    def _has(self, source: Source) -> bool:
        """Whether a page was kept; reads the file of its input when it is first asked for."""
        if source.page is None or source.remote:
            return False
        stem = source.output.stem
        if stem not in self._kept and (found := self._load(source)) is not None:
            self._kept[stem] = found
        return stem in self._kept and source.page in self._kept[stem].pages

    def _load(self, source: Source) -> _Kept | None:
        """Find the pages of a file of an earlier run; None if there is none for this content and these settings."""
        try:
            status = source.path.stat()
            kept = _Kept(self._path(source), (status.st_size, status.st_mtime_ns))
            with _opened(kept.path, "rb") as file:
                if json.loads(file.readline(1 << 12)) != [self._settings, *kept.state]:
                    return None
                start = file.tell()
                line = b"\n"
                for line in file:
                    number, _, data = line.partition(b"\t")
                    if line.endswith(b"\n") and number.isdigit():
                        kept.pages[int(number)] = (start, len(data))
                    start += len(line)
            if not line.endswith(b"\n"):
                with _opened(kept.path, "ab") as file:
                    file.write(b"\n")  # after the line that was cut off
        except (OSError, ValueError, RecursionError):
            return None
        return kept

    def _outcome(self, source: Source) -> Outcome[ExportPage]:
        kept = self._kept[source.output.stem]
        assert source.page is not None
        start, length = kept.pages[source.page]
        try:
            with _opened(kept.path, "rb") as lines:
                lines.seek(start)
                data = lines.read(len(b"%d\t" % source.page) + length).partition(b"\t")[2]
            found = [page for line in data.split(b"\t") for page in parse_pages(line, source.name)]
        except (OSError, ValueError, InputError) as error:
            fault = f"the page that {printable(str(kept.path))} keeps cannot be read: {error}"
            return Outcome(source, failure=InputError(source.name, fault))
        file = PageFile(source.path, source.page, source.options.password, source.options.pages is None)
        pages = tuple(replace(page, file=file) for page in found if isinstance(page, ExportPage))
        nothing = (0.0,) * len(pages), (None,) * len(pages)
        return Outcome(source, pages, seconds=nothing[0], thumbnails=nothing[1], state=kept.state)


def _opened(path: Path, mode: str) -> BinaryIO:
    """Open a regular file, and follow no link: the folder may hold what a stranger put there. Raises OSError."""

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)

    file = cast("BinaryIO", open(path, mode, opener=opener))  # noqa: SIM115
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode) and not path.parent.is_symlink():
        return file
    file.close()
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
