"""Evaluations as text, JSON and one page of HTML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ocrtool.errors import printable
from ocrtool.export.comparison import Comparison, Counts, Part, Rate, top_confusions, total
from ocrtool.export.documents import Evaluation
from ocrtool.export.markup import marked_up

#: Decimals of rates.
DIGITS = 4
#: Columns of rates: heading of the text, key of JSON, field of the counts.
RATES = (
    ("CER", "cer"),
    ("FOLDED", "folded_cer"),
    ("JAMO", "jamo"),
    ("WER", "wer"),
    ("FOLDED WER", "folded_wer"),
)
_HEADINGS = ("CER", "Folded CER", "Jamo CER", "WER", "Folded WER")
#: Name of the row of all files.
ALL = "all"
#: What stands for nothing in a list of confusions.
NOTHING = "∅"

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1f2328; }
table { border-collapse: collapse; margin: 1rem 0; } td, th { padding: .2rem .8rem; text-align: right; }
td:first-child, th:first-child { text-align: left; } tr:nth-child(even) { background: #f4f5f7; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid #d5d8dd; padding: .8rem; }
del { background: #ffd7d5; text-decoration: none; } ins { background: #c8f0d0; text-decoration: none; }
.edit { border-bottom: 2px solid #c33; }
@media (prefers-color-scheme: dark) { body { background: #15181c; color: #dde; } a { color: #8bf; }
 tr:nth-child(even) { background: #22262c; }
 del { background: #6b2b2b; } ins { background: #245c34; } }
"""


def text_lines(evaluation: Evaluation) -> Iterator[str]:
    """Format a table of files, the row of all, and the confusions: count, true and read, separated by tabs."""
    rows = [["FILE", "CHARACTERS", *(heading for heading, _ in RATES), "BAG F1"]]
    rows += [_row(printable(one.name), one.counts) for one in evaluation.comparisons]
    rows.append(_row(ALL, total(evaluation.comparisons)))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for name, *values in rows:
        cells = [name.ljust(widths[0]), *(v.rjust(width) for v, width in zip(values, widths[1:], strict=True))]
        yield "  ".join(cells).rstrip() + "\n"
    confusions = top_confusions(evaluation.comparisons, evaluation.top)
    if confusions:
        yield "\nCOUNT\tTRUE\tREAD\n"
    for truth, got, count in confusions:
        yield f"{count}\t{_shown(truth)}\t{_shown(got)}\n"


def json_object(evaluation: Evaluation) -> dict[str, Any]:
    """Convert to plain values."""
    confusions = top_confusions(evaluation.comparisons, evaluation.top)
    return {
        "format": "ocrtool-eval",
        "version": 1,
        "files": [{"name": one.name, **_values(one.counts)} for one in evaluation.comparisons],
        "all": _values(total(evaluation.comparisons)),
        "confusions": [{"truth": truth, "got": got, "count": count} for truth, got, count in confusions],
    }


def json_text(evaluation: Evaluation) -> str:
    """Encode one JSON document, a file a line."""
    values = json_object(evaluation)
    files = ",\n".join(json.dumps(row, ensure_ascii=False) for row in values.pop("files"))
    rest = json.dumps(values, ensure_ascii=False)
    return f'{rest[:-1]}, "files": [\n{files}\n]}}\n'


def html_parts(evaluation: Evaluation) -> Iterator[str]:
    """Format one page: the table, the confusions, and of each file the aligned texts with their differences."""
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>ocrtool eval</title>\n'
    yield f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>Error rates</h1>\n<table>\n"
    headings = ("File", "Characters", *_HEADINGS, "Bag F1")
    yield "<tr>" + "".join(f"<th>{heading}</th>" for heading in headings) + "</tr>\n"
    for index, one in enumerate(evaluation.comparisons, 1):
        link = f'<a href="#file-{index}">{marked_up(one.name)}</a>'
        yield _html_row([link, *_row("", one.counts)[1:]])
    yield _html_row([f"<b>{ALL}</b>", *_row("", total(evaluation.comparisons))[1:]])
    yield "</table>\n<h2>Confusions</h2>\n<table>\n<tr><th>True</th><th>Read</th><th>Count</th></tr>\n"
    for truth, got, count in top_confusions(evaluation.comparisons, evaluation.top):
        yield _html_row([marked_up(_shown(truth)), marked_up(_shown(got)), str(count)])
    yield "</table>\n<p><del>In the truth only</del> <ins>read only</ins></p>\n"
    for index, one in enumerate(evaluation.comparisons, 1):
        yield f'<h2 id="file-{index}">{marked_up(one.name)}</h2>\n<div class="text">{_differences(one)}</div>\n'
    yield "</body>\n</html>\n"


def _differences(comparison: Comparison) -> str:
    return "".join(map(_difference, comparison.parts))


def _difference(part: Part) -> str:
    if part.same:
        return marked_up(part.truth)
    deleted = f"<del>{marked_up(part.truth)}</del>" if part.truth else ""
    return f'<span class="edit">{deleted}{f"<ins>{marked_up(part.got)}</ins>" if part.got else ""}</span>'


def _html_row(cells: list[str]) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"


def _row(name: str, counts: Counts) -> list[str]:
    rates = [f"{_rate(counts, key).value:.{DIGITS}f}" for _, key in RATES]
    return [name, str(counts.cer.items), *rates, f"{counts.bag_f1:.{DIGITS}f}"]


def _values(counts: Counts) -> dict[str, Any]:
    """Edits and items of each rate too, so that files can be added up."""
    values: dict[str, Any] = {}
    for _, key in RATES:
        rate = _rate(counts, key)
        values[key] = {"rate": round(rate.value, DIGITS), "edits": rate.edits, "of": rate.items}
    bag = {"f1": round(counts.bag_f1, DIGITS), "common": counts.common, "truth": counts.expected, "got": counts.found}
    return {**values, "bag": bag}


def _rate(counts: Counts, key: str) -> Rate:
    rate: Rate = getattr(counts, key)
    return rate


def _shown(text: str) -> str:
    return text.replace(" ", "␣") or NOTHING
