"""Results of the ``writer-id`` commands as tables: a row for each page or pair."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ocrtool.errors import printable
from ocrtool.export.documents import Row, Table
from ocrtool.writer.answers import Answer, Candidate, Enrolled, Pair

#: Decimals of a probability.
DIGITS = 4
#: Least probability for the answer that two pages have the same writer; the prior is even.
SAME = 0.5
#: Key of the list of most likely answers in a row, and prefix of its columns.
TOP = "top"


def answers(rows: Iterable[Answer], top: int = 0) -> Table:
    """Tabulate the writer of each page. top: number of most likely answers to list as well; 0: none."""
    columns = ["page", "writer", "probability", "runner_up", "runner_up_probability"]
    columns += [name for k in range(1, top + 1) for name in (f"{TOP}_{k}", f"{TOP}_{k}_probability")]
    return Table((*columns, "reason"), (_answer(row, top) for row in rows))


def pairs(rows: Iterable[Pair]) -> Table:
    """Tabulate whether pairs of pages have the same writer."""
    return Table(("page", "other", "same_writer", "probability", "reason"), map(_pair, rows))


def enrolled(rows: Iterable[Enrolled]) -> Table:
    """Tabulate the status of pages to be enrolled."""
    return Table(("page", "writer", "status", "reason"), map(_enrolled, rows))


def _answer(answer: Answer, top: int) -> Row:
    best, second = answer.best, answer.runner_up
    values: dict[str, Any] = {
        "page": answer.page,
        "writer": best and best.writer,
        "probability": best and _rounded(best.probability),
        "runner_up": second and second.writer,
        "runner_up_probability": second and _rounded(second.probability),
    }
    shown = list(answer.candidates[:top]) if top else [item for item in (best, second) if item is not None]
    if top:
        values[TOP] = [{"writer": item.writer, "probability": _rounded(item.probability)} for item in shown]
    cells = [_candidate(item) for item in shown] or [_no_answer(answer.reason)]
    return _row(values, answer.reason, answer.page, *cells)


def _pair(pair: Pair) -> Row:
    values: dict[str, Any] = {"page": pair.page, "other": pair.other, "same_writer": None, "probability": None}
    cell = _no_answer(pair.reason)
    if pair.probability is not None:
        same = pair.probability >= SAME
        values |= {"same_writer": same, "probability": _rounded(pair.probability)}
        cell = f"{'yes' if same else 'no'} {pair.probability:.{DIGITS}f}"
    return _row(values, pair.reason, pair.page, pair.other, cell)


def _enrolled(row: Enrolled) -> Row:
    values = {"page": row.page, "writer": row.writer, "status": row.status}
    return _row(values, row.reason, row.page, row.writer, row.status or f"not enrolled: {row.reason}")


def _row(values: dict[str, Any], reason: str | None, *cells: str) -> Row:
    """Make a row. cells: of the line of text; only names need escaping."""
    return Row(values if reason is None else {**values, "reason": reason}, "\t".join(map(printable, cells)))


def _candidate(candidate: Candidate) -> str:
    return f"{candidate.writer} {candidate.probability:.{DIGITS}f}"


def _no_answer(reason: str | None) -> str:
    return f"no answer: {reason}"


def _rounded(probability: float) -> float:
    return round(probability, DIGITS)
