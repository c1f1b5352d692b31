"""``ocrtool eval``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocrtool.cli import options
from ocrtool.cli.console import print_error, standard_output
from ocrtool.cli.options import option
from ocrtool.errors import ExitCode

if TYPE_CHECKING:
    from ocrtool.export.registry import Format


@click.command("eval", short_help="Count the errors of readings against true texts.")
@click.argument("truth", shell_complete=options.complete_files)
@click.argument("got", shell_complete=options.complete_files)
@options.format_option("eval")
@options.output_option("eval")
@option(
    "eval",
    "--top",
    type=options.Count(0, 10000),
    metavar="N",
    default=20,
    show_default=True,
    help="Show the N most frequent confusions.",
)
@options.verbose_option("eval")
def eval(truth: str, got: str, format_: Format, output: Path | None, top: int) -> ExitCode:
    """Compare readings with true texts: error rates of characters and words, and the confusions.

    TRUTH and GOT are two files, or two folders whose files are paired by their names: page1.gt.txt or page1.txt with
    page1.txt, page1.hocr and so on. Each may be plain text, hOCR, ALTO, PAGE, TSV or our JSON, of this program or of
    another. Rates of all files are edits of all per character or word of all. --format html shows the aligned texts
    with their differences. Readings without a true text are left out, and counted on standard error.

    Exit code: 0 all compared, whatever the rates are; 1 a reading was missing or unreadable, and counts as empty, or a
    true text was, and is left out (nothing is written if none is left); 2 wrong usage.
    """
    from ocrtool.errors import InputError, printable
    from ocrtool.export.comparison import Comparison
    from ocrtool.export.documents import Evaluation
    from ocrtool.files import atomic_write, write_stream
    from ocrtool.jobs.evaluate import comparisons, find_pairs
    from ocrtool.jobs.guard import OverwriteGuard
    from ocrtool.text import counted

    pairs, unmatched = find_pairs(truth, got)
    inputs = [path for pair in pairs for path in (pair.truth, pair.got) if path is not None]
    OverwriteGuard((), map(Path, inputs)).claim_file(output)
    compared: list[Comparison] = []
    failed = False
    for one in comparisons(pairs):
        if isinstance(one, InputError):
            failed = True
            print_error(str(one))
        else:
            compared.append(one)
    if unmatched:
        left_out = counted(len(unmatched), "reading")
        print_error(f"{left_out} without a true text left out, first {printable(unmatched[0])}")
    if not compared:
        return ExitCode.FAILED
    parts = format_.writers["eval"](Evaluation(tuple(compared), top))
    if output is None:
        write_stream(parts, standard_output())
    else:
        with atomic_write(output) as file:
            file.writelines(parts)
    return ExitCode.FAILED if failed else ExitCode.OK
