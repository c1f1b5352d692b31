"""Make up damaged inputs with Hypothesis, and read them: images, PDFs, manifests, documents, journals, galleries.

Run it for as long as you like; it ends at the first input that raises anything but the error it should, takes over ten
seconds or a gigabyte, or ends the process, and leaves that input in the file that it names::

    python tests/fuzz.py --minutes 10
"""

from __future__ import annotations

import contextlib
import copy
import faulthandler
import json
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import click  # noqa: E402
import numpy as np  # noqa: E402
from bad_inputs import bad_inputs  # noqa: E402
from fake_embedder import DIGEST, DIMENSIONS, FakeEmbedder  # noqa: E402
from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from odd_pages import odd_pages  # noqa: E402
from pdf_faults import faults  # noqa: E402

from ocrtool.errors import GalleryRefused, InputError, OcrToolError, UsageError, WeightsNotFound, WeightsRefused  # noqa: E402
from ocrtool.export.formats import json as json_format  # noqa: E402
from ocrtool.export.formats import jsonl as jsonl_format  # noqa: E402
from ocrtool.export.models import manifest_lines, table_lines  # noqa: E402
from ocrtool.export.parse.own import parse_pages  # noqa: E402
from ocrtool.export.registry import find_format, format_names  # noqa: E402
from ocrtool.imaging.input import read_pages  # noqa: E402
from ocrtool.imaging.pdf_options import KEEP, PdfOptions  # noqa: E402
from ocrtool.jobs.gallery_file import read_gallery  # noqa: E402
from ocrtool.jobs.inputs import Source  # noqa: E402
from ocrtool.jobs.journal import JOURNAL, Journal  # noqa: E402
from ocrtool.jobs.names import OutputName  # noqa: E402
from ocrtool.weights.inventory import find_all  # noqa: E402
from ocrtool.weights.store import packaged_folder  # noqa: E402
from ocrtool.writer.gallery import Gallery, GalleryEntry, to_bytes  # noqa: E402

#: Seconds of processor time, and bytes, that an input may take.
SECONDS, MEMORY = 10, 1_000_000_000
#: Inputs of a kind before it is the turn of the next.
TURN = 40
#: Where the input in work is kept.
CURRENT = Path(tempfile.gettempdir()) / "ocrtool-fuzz"

#: Numbers at which readers of files go wrong.
EDGES = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
ODD_VALUES: list[Any] = [
    None,
    True,
    -1,
    0,
    3,
    10**400,
    0.5,
    1e300,
    float("inf"),
    float("nan"),
    "",
    "hot",
    "\x1b[31m",
    "\ud800",
]
ODD_VALUES += [[], [1], [[1]], ["a", "a"], {}, {"a": 1}, [0.5] * 4, [0, 0, 10**9, 10**9]]

#: Files that are damaged.
IMAGES = [data for data, _ in bad_inputs().values() if 8 < len(data) < 200_000]
PDFS = [fault.data for fault in faults().values() if len(fault.data) < 20_000]
VECTORS = np.eye(5, DIMENSIONS, dtype=np.float32)
GALLERY = to_bytes(Gallery(DIGEST, tuple(GalleryEntry("anna", f"{k}.png", f"{k:064x}", VECTORS[k]) for k in range(5))))
MANIFESTS = {
    name: json.loads((packaged_folder() / f"{name}.json").read_text())
    for name in ("decoder_eng", "decoder_lines", "writer")
}
PAGES = [json.loads(line) for line in b"".join(jsonl_format.FORMAT.writers["read"](odd_pages())).splitlines()]
ENTRY = {"input": "/in/a.png", "stem": "a", "settings": "0" * 64, "error": None}
ENTRY |= {"identity": {"size": 9, "mtime": 9, "digest": "0" * 64}, "outputs": [["a.txt", 5]]}


@st.composite
def damaged(draw: st.DrawFn, files: list[bytes]) -> bytes:
    """One of ``files`` with a few changes: numbers at the edge, noise, parts lost, doubled, or of another file."""
    data = bytearray(draw(st.sampled_from(files)))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        match draw(st.integers(0, 6)):
            case 0:
                data[place : place + 1] = bytes([draw(st.integers(0, 255))])
            case 1:
                size, order = draw(st.sampled_from((1, 2, 4, 8))), draw(st.sampled_from(("little", "big")))
                number = draw(st.sampled_from(EDGES)) & ((1 << 8 * size) - 1)
                data[place : place + size] = number.to_bytes(size, order)  # type: ignore[arg-type]
            case 2:
                data[place:place] = draw(st.binary(max_size=64))
            case 3:
                del data[place : place + draw(st.integers(1, 64))]
            case 4:
                del data[place:]
            case 5:
                data[place:place] = data[place : place + draw(st.integers(1, 256))] * draw(st.integers(1, 8))
            case 6:
                other = draw(st.sampled_from(files))
                start = draw(st.integers(0, max(0, len(other) - 1)))
                data[place : place + 64] = other[start : start + draw(st.integers(1, 256))]
    return bytes(data)


@st.composite
def altered(draw: st.DrawFn, values: list[Any]) -> Any:
    """One of ``values``, plain ones of JSON, with others at a few places."""
    value = copy.deepcopy(draw(st.sampled_from(values)))
    for _ in range(draw(st.integers(1, 3))):
        inner = value
        for _ in range(draw(st.integers(0, 8))):
            keys = list(inner) if isinstance(inner, dict) else list(range(min(len(inner), 4)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(inner[key], (dict, list)) and inner[key] and draw(st.booleans()):
                inner = inner[key]
            elif draw(st.integers(0, 4)):
                inner[key] = copy.deepcopy(draw(st.sampled_from(ODD_VALUES)))
                break
            else:
                del inner[key]
                break
    return value


def read_image(data: bytes) -> None:
    for page in read_pages(data, "image"):
        with contextlib.suppress(InputError):
            assert page.gray.ndim == 2 and page.gray.size


def read_pdf(data: bytes) -> None:
    name = Path("odd.pdf")
    source = Source(str(name), name, OutputName("odd", "odd."), data, options=PdfOptions(text=KEEP))
    for page in source.pages():
        with contextlib.suppress(InputError):
            assert page.gray.ndim == 2 and (page.text is None or isinstance(page.text.text, str))


def open_manifest(case: tuple[str, bytes]) -> None:
    from unit.test_odd_manifests import LOADERS

    name, data = case
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"{name}.json").write_bytes(data)
        compiled = packaged_folder() / f"{name}.tflite"
        if compiled.exists():
            (Path(folder) / compiled.name).symlink_to(compiled)
        entries = find_all(Path(folder))
        shown = [*table_lines(entries), *(line for entry in entries for line in manifest_lines(entry.manifest))]
        assert all(line.removesuffix("\n").isprintable() for line in shown)
        LOADERS[name][0](Path(folder))


def convert(data: bytes) -> None:
    pages = [page for page in parse_pages(data, "document") if hasattr(page, "page")]
    for name in format_names("read"):
        found = find_format(name, "read")
        if not (found.needs_image or found.needs_file):
            for part in found.writers["read"](pages):
                part.decode()


def open_journal(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / JOURNAL).write_bytes(data)
        with Journal(Path(folder)) as journal:
            for entry in journal.entries.values():
                assert isinstance(entry.input, str) and isinstance(entry.stem, str)


def open_gallery(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".h5") as file:
        file.write(data)
        file.flush()
        for vectors in read_gallery(Path(file.name), FakeEmbedder()).by_writer().values():
            assert vectors.shape[1] == DIMENSIONS


def dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


JOURNAL_FILES = [dumped({"format": "ocrtool-journal", "version": 1}) + b"\n" + (dumped(ENTRY) + b"\n") * 3]
DOCUMENTS = [b"".join(each.writers["read"](odd_pages())) for each in (json_format.FORMAT, jsonl_format.FORMAT)]
#: What is made up, what reads it, and the only error that it may raise.
TARGETS: dict[str, tuple[Any, Callable[[Any], None], tuple[type[Exception], ...]]] = {
    "images": (damaged(IMAGES), read_image, (InputError,)),
    "pdf": (damaged(PDFS), read_pdf, (InputError,)),
    "manifests": (
        st.sampled_from(list(MANIFESTS)).flatmap(
            lambda name: st.tuples(
                st.just(name),
                st.one_of(altered([MANIFESTS[name]]).map(dumped), damaged([dumped(MANIFESTS[name])])),
            )
        ),
        open_manifest,
        (WeightsRefused, WeightsNotFound),
    ),
    "documents": (st.one_of(altered(PAGES).map(dumped), damaged(DOCUMENTS)), convert, (InputError,)),
    "journal": (
        st.one_of(altered([ENTRY]).map(lambda entry: JOURNAL_FILES[0] + dumped(entry) + b"\n"), damaged(JOURNAL_FILES)),
        open_journal,
        (UsageError,),
    ),
    "gallery": (damaged([GALLERY]), open_gallery, (GalleryRefused,)),
}


def processor_time() -> float:
    """Seconds of this process and those that it started: on a busy machine, time passes without any work."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


class Found(BaseException):
    """An input with which something is wrong: no Exception, so that Hypothesis ends at once, with it in CURRENT."""


def checked(
    read: Callable[[Any], None], allowed: tuple[type[Exception], ...], counts: list[int]
) -> Callable[[Any], None]:
    """Return ``read`` with its bounds, for inputs that are kept in CURRENT while they are read."""

    def check(case: Any) -> None:
        CURRENT.write_bytes(case if isinstance(case, bytes) else case[1])
        counts[0] += 1
        signal.alarm(6 * SECONDS)  # ends the process
        started = processor_time()
        try:
            read(case)
        except allowed as error:
            assert str(error).isprintable() and isinstance(error, OcrToolError)
        except BaseException as error:
            raise Found(error) from error
        finally:
            signal.alarm(0)
        if (seconds := processor_time() - started) > SECONDS:
            raise Found(f"it takes {seconds:.1f} s")
        if (memory := 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) > MEMORY:
            raise Found(f"it takes {memory / 1e6:.0f} MB")

    return check


@click.command()
@click.option("--minutes", type=float, default=10.0, show_default=True, help="How long inputs are made up.")
@click.option("--only", type=click.Choice(list(TARGETS)), multiple=True, help="Kinds of input; all by default.")
def main(minutes: float, only: tuple[str, ...]) -> None:
    """Make up damaged inputs and read them."""
    faulthandler.enable()
    faulthandler.register(signal.SIGALRM, chain=True)
    counts = {name: [0] for name in only or TARGETS}
    turn = settings(
        max_examples=TURN,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    end = time.monotonic() + 60 * minutes
    for name in cycle(counts):
        if time.monotonic() > end:
            break
        cases, read, allowed = TARGETS[name]
        try:
            turn(given(cases)(checked(read, allowed, counts[name])))()
        except Found as found:
            traceback.print_exception(found.__cause__)
            raise SystemExit(f"{name}: {found}; the input is {CURRENT}") from found
    CURRENT.unlink(missing_ok=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    click.echo(
        f"{', '.join(f'{count[0]} {name}' for name, count in counts.items())}: no fault; {memory:.0f} MB at most"
    )


if __name__ == "__main__":
    main()
