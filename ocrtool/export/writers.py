"""Answers about hands as lines of text, as a table (TSV) or as JSON Lines; a row for each page or pair."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeAlias, TypeVar

from ocrtool.errors import printable
from ocrtool.writer.answers import Answer, Candidate, Enrolled, Pair

#: Names of the formats.
FORMATS = ("text", "tsv", "jsonl")
#: Decimals of a probability.
DIGITS = 4
#: From this probability on two pages are said to be in one hand: either is as likely beforehand.
SAME = 0.5

Row = TypeVar("Row")
#: The values of a row by their names; a list of candidates under TOP.
Values: TypeAlias = dict[str, Any]
TOP = "top"


@dataclass(frozen=True, slots=True)
class Layout(Generic[Row]):
    """How rows of one kind are written. columns: of a table, but for those of ``top`` candidates and the reason;
    values: all of a row, with ``reason`` only where there is no answer; line: as text, without its end.
    """

    columns: tuple[str, ...]
    values: Callable[[Row], Values]
    line: Callable[[Row], str]
    top: int = 0

    def document(self, form: str, rows: Iterable[Row]) -> Iterator[str]:
        """Parts of the document of ``rows`` in the format ``form``, as they come."""
        if form == "tsv":
            yield "\t".join([*self.columns, *_top_columns(self.top), "reason"]) + "\n"
        for row in rows:
            if form == "text":
                yield self.line(row) + "\n"
            elif form == "tsv":
                yield "\t".join(_cell(value) for value in self._cells(self.values(row))) + "\n"
            else:
                yield json.dumps(self.values(row), ensure_ascii=False) + "\n"

    def _cells(self, values: Values) -> Iterator[object]:
        yield from (values[column] for column in self.columns)
        listed = [value for one in values.get(TOP, ()) for value in one.values()]
        yield from listed + [None] * (2 * self.top - len(listed))
        yield values.get("reason")


def answers(top: int = 0) -> Layout[Answer]:
    """Whose hand each page is in. top: list so many of the likeliest answers too; 0: none."""
    columns = ("page", "writer", "probability", "runner_up", "runner_up_probability")
    return Layout(columns, partial(_answer_values, top), partial(_answer_line, top), top)


def pairs() -> Layout[Pair]:
    """Whether pairs of pages are in one hand."""
    return Layout(("page", "other", "same_writer", "probability"), _pair_values, _pair_line)


def enrolled() -> Layout[Enrolled]:
    """What happened to pages that were to be enrolled."""
    return Layout(("page", "writer", "change"), _enrolled_values, _enrolled_line)


def _answer_values(top: int, answer: Answer) -> Values:
    best, second = answer.best, answer.runner_up
    values: Values = {
        "page": answer.page,
        "writer": best and best.writer,
        "probability": best and _rounded(best.probability),
        "runner_up": second and second.writer,
        "runner_up_probability": second and _rounded(second.probability),
    }
    if top:
        values[TOP] = [
            {"writer": one.writer, "probability": _rounded(one.probability)} for one in answer.candidates[:top]
        ]
    return values if answer.refusal is None else {**values, "reason": answer.refusal}


def _answer_line(top: int, answer: Answer) -> str:
    shown = answer.candidates[:top] if top else [one for one in (answer.best, answer.runner_up) if one is not None]
    return "\t".join([printable(answer.page), *(map(_candidate, shown) if shown else [_no_answer(answer.refusal)])])


def _candidate(one: Candidate) -> str:
    return f"{printable(one.writer)} {one.probability:.{DIGITS}f}"


def _pair_values(pair: Pair) -> Values:
    same = None if pair.probability is None else pair.probability >= SAME
    probability = None if pair.probability is None else _rounded(pair.probability)
    values: Values = {"page": pair.page, "other": pair.other, "same_writer": same, "probability": probability}
    return values if pair.refusal is None else {**values, "reason": pair.refusal}


def _pair_line(pair: Pair) -> str:
    told = _no_answer(pair.refusal)
    if pair.probability is not None:
        told = f"{'yes' if pair.probability >= SAME else 'no'} {pair.probability:.{DIGITS}f}"
    return "\t".join([printable(pair.page), printable(pair.other), told])


def _enrolled_values(row: Enrolled) -> Values:
    values: Values = {"page": row.page, "writer": row.writer, "change": row.change}
    return values if row.refusal is None else {**values, "reason": row.refusal}


def _enrolled_line(row: Enrolled) -> str:
    return "\t".join([printable(row.page), printable(row.writer), row.change or f"not enrolled: {row.refusal}"])


def _no_answer(refusal: str | None) -> str:
    return f"no answer: {refusal}"


def _rounded(probability: float) -> float:
    return round(probability, DIGITS)


def _top_columns(top: int) -> list[str]:
    return [name for k in range(1, top + 1) for name in (f"{TOP}_{k}", f"{TOP}_{k}_probability")]


def _cell(value: object) -> str:
    """A value in a table: nothing for None, yes or no, names without tabs."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.{DIGITS}f}" if isinstance(value, float) else printable(str(value))
