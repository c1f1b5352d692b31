"""One page of HTML about a run: its counts, throughput, failures, and the pages read with least confidence."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ocrtool.export.markup import marked_up

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1f2328; }
table { border-collapse: collapse; } td, th { padding: .2rem .8rem; text-align: left; vertical-align: top; }
tr:nth-child(even) { background: #f4f5f7; } figure { display: inline-block; margin: .5rem; width: 12rem;
 vertical-align: top; overflow-wrap: anywhere; } img { max-width: 12rem; border: 1px solid #d5d8dd; }
svg { width: 100%; height: 8rem; background: #f4f5f7; } rect { fill: #4a7ab5; }
@media (prefers-color-scheme: dark) { body { background: #15181c; color: #dde; }
 tr:nth-child(even) { background: #22262c; } svg { background: #22262c; } }
"""


@dataclass(frozen=True, slots=True)
class PageRecord:
    """A page that was read. confidence: mean probability of its words; thumbnail: a JPEG, None for none."""

    name: str
    confidence: float
    seconds: float
    thumbnail: bytes | None = None


@dataclass(frozen=True, slots=True)
class RunReport:
    """What is shown of a run.

    summary: a sentence; pages: those with least confidence, worst first; failures: names, kinds and sentences; more:
    how many others there are; throughput: pages in each of equal times; interval: seconds of one.
    """

    summary: str
    pages: Sequence[PageRecord]
    failures: Sequence[tuple[str, str, str]]
    more: int
    throughput: Sequence[int]
    interval: float


def html(report: RunReport) -> Iterator[str]:
    """Write the page, which needs nothing else."""
    yield '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>ocrtool: report of a run</title>'
    yield f"<style>{_STYLE}</style></head><body>\n<h1>Report of a run</h1>\n<p>{marked_up(report.summary)}</p>\n"
    yield from _throughput(report.throughput, report.interval)
    yield "<h2>Failures</h2>\n" if report.failures else "<p>No failures.</p>\n"
    if report.failures:
        yield "<table><tr><th>input</th><th>kind</th><th>what is wrong</th></tr>\n"
        for row in report.failures:
            yield f"<tr>{''.join(f'<td>{marked_up(cell)}</td>' for cell in row)}</tr>\n"
        yield "</table>\n"
        if report.more:
            yield f"<p>And {report.more} more.</p>\n"
    if report.pages:
        yield "<h2>Pages with least confidence</h2>\n"
    yield from map(_figure, report.pages)
    yield "</body></html>\n"


def _throughput(counts: Sequence[int], interval: float) -> Iterator[str]:
    """Draw pages a second over the time of the run."""
    if not any(counts):
        return
    most, width = max(counts), 1000 / len(counts)
    yield f"<h2>Pages a second</h2>\n<p>At most {most / interval:.2f}, in times of {interval:g} s.</p>\n"
    yield '<svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="pages a second over time">'
    for number, count in enumerate(counts):
        height = 100 * count / most
        yield f'<rect x="{number * width:.2f}" y="{100 - height:.2f}" width="{width * 0.9:.2f}" height="{height:.2f}"/>'
    yield "</svg>\n"


def _figure(page: PageRecord) -> str:
    image = ""
    if page.thumbnail is not None:
        image = f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(page.thumbnail).decode()}"><br>'
    caption = f"{marked_up(page.name)}<br>{page.confidence:.3f}, {page.seconds:.2f} s"
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>\n"
