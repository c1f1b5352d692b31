"""A PHD08 database as arrays: files are converted on all cores, then joined in one of two forms.

An interrupted conversion can be resumed, because every converted file is kept as a shard beside the output until the
output contains it. Only a few files are in memory at a time.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from ocrtool.errors import printable
from training.phd08.conversion import Conversion, Done, Form
from training.phd08.files import Source
from training.phd08.shards import ShardTask, convert_file, read_notes, shard_path
from training.phd08.text_form import Fault
from training.synthesis.processes import in_order

#: Faults reported per file; more of them are only counted.
FAULTS_REPORTED = 5


@dataclass(frozen=True, slots=True)
class Summary:
    """Content of the output: number of samples; damaged: number of files with faults."""

    samples: int
    damaged: int


def convert(
    conversion: Conversion,
    report: Callable[[str], None] = lambda sentence: None,
    advance: Callable[[Source], None] = lambda source: None,
) -> Summary:
    """Convert and join; ``report`` gets a sentence for each fault, ``advance`` each file when it is done.

    Raises ValueError if the output exists and was made otherwise; OutputError, OSError.
    """
    form = _form(conversion)
    done = form.done()
    samples = damaged = 0
    tasks = _tasks(conversion, done)
    if tasks:
        conversion.shards.mkdir(parents=True, exist_ok=True)
    with closing(in_order(convert_file, tasks, conversion.jobs)) as shards:
        for label, source in enumerate(conversion.sources):
            if source.character not in done:
                shard = next(shards)
                notes = read_notes(shard)
                done[source.character] = Done(len(notes.names), notes.faults)
                form.add(label, shard)
            here = done[source.character]
            samples += here.samples
            damaged += bool(here.faults)
            for sentence in _sentences(source, here.faults):
                report(sentence)
            advance(source)
    form.finish()
    shutil.rmtree(conversion.shards, ignore_errors=True)
    return Summary(samples, damaged)


def _form(conversion: Conversion) -> Form:
    if conversion.in_hdf5:
        from training.phd08.hdf5_form import Hdf5Form

        return Hdf5Form(conversion)
    from training.phd08.npy_form import NpyForm

    return NpyForm(conversion)


def _tasks(conversion: Conversion, done: dict[str, Done]) -> list[ShardTask]:
    """The files that are not in the output yet."""
    folder, shape, pictures = conversion.shards, conversion.shape, conversion.picture_folder
    return [
        ShardTask(source, shape, shard_path(folder, source, shape, pictures is not None), pictures)
        for source in conversion.sources
        if source.character not in done
    ]


def _sentences(source: Source, faults: Sequence[Fault]) -> Iterator[str]:
    name = printable(str(source.path))
    for fault in faults[:FAULTS_REPORTED]:
        yield f"{name}, line {fault.line}: {fault.what}" if fault.line else f"{name} {fault.what}"
    if len(faults) > FAULTS_REPORTED:
        yield f"{name}: {len(faults) - FAULTS_REPORTED} more faults"
