"""Lines of transcribed pages as training samples: each line that the program finds, with its part of the transcript.

The line breaks of a transcript may be missing or differ from the page's. What the line reader reads of all lines is
aligned with the whole transcript; near the places where lines end, the cut is chosen that fits the ink best. A line is
used only if it was read nearly as its text says, and both its ends are where the text's are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from ocrtool.charset import LINE_CHARACTERS
from ocrtool.decode import ctc
from ocrtool.imaging.prepare import prepare
from ocrtool.script.strip_engine import StripEngine, StripLine
from training.lines.ctc import BLANK, encode
from training.lines.forced import Forced, force, text_scores
from training.lines.pages import Sample

#: A line is used when what was read differs from its text by at most this share: a line of a page, whose text has to be
#: found, and the line of a crop, whose text is known.
PAGE_DISTANCE, CROP_DISTANCE = 0.35, 0.6
#: Characters at each end of a line that must be seen, all but one of them with at least this log-probability.
END, END_SCORE = 3, -3.5
#: Most that may stand before and after a text, as -log-probability of empty paper.
MOST_OUTSIDE = 3.0
#: Lines where more than this share of the letters differ in case are small capitals, or written otherwise.
CASE_SHARE = 0.25
#: How far from the aligned place a line may begin or end: at a word's border, and within a word (characters).
REACH, REACH_WITHIN = 10, 4
#: Cost (nats) of a line that begins within a word.
WITHIN_COST = 3.0
#: Cuts of a line that are compared by the ink.
CUTS = 6
#: A shorter reading is not looked for in all of the transcript.
LEAST_TO_SEARCH = 10

HYPHEN, BREAKS_AFTER = "-", "-–—/"
#: Marks that transcripts often simplify: the plain form first.
MARKS = ("'‘’", '"“”', "-–—")
_QUOTES = MARKS[0] + MARKS[1]
_PLAIN = str.maketrans({rich: marks[0] for marks in MARKS for rich in marks[1:]})
_SPELLED = str.maketrans({"\u00ad": "", "‐": "-", "‑": "-", "―": "—", "′": "'", "″": '"', "μ": "µ"})
#: Stands for what the line reader has no class for: lines with it are not used.
UNKNOWN = "\ufffd"
_KNOWN = frozenset(LINE_CHARACTERS)


@dataclass(frozen=True, slots=True)
class Aligned:
    """samples: of the lines that are used; dropped: number of the other lines that were found."""

    samples: tuple[Sample, ...] = ()
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class _Cut:
    """A text that a line may have. cost: nats, against cuts that are as likely by the ink."""

    text: str
    cost: float = 0.0


@cache
def _alike() -> np.ndarray:
    """(CLASSES, CLASSES) float32: 1.0 where two classes differ in case alone, or in the form of a mark alone."""
    plain = np.array([BLANK, *(ord(_folded(character)) for character in LINE_CHARACTERS)])
    return np.asarray(plain[:, None] == plain, np.float32)


def transcript(text: str) -> str:
    """``text`` in LINE_CHARACTERS and UNKNOWN: ligatures spelled out, runs of white space as one space."""
    plain = "".join(unicodedata.normalize("NFKC", c) if "\ufb00" <= c <= "\ufb06" else c for c in text)
    plain = " ".join(unicodedata.normalize("NFC", plain).translate(_SPELLED).split())
    return "".join(c if c in _KNOWN else UNKNOWN for c in plain)


def simplified(texts: Iterable[str]) -> str:
    """The plain marks whose other forms are in none of the transcripts: there the ink says which form it is."""
    seen = set("".join(texts))
    return "".join(marks[0] for marks in MARKS if not seen & set(marks[1:]))


def align_page(
    gray: np.ndarray, text: str, engine: StripEngine, plain: str | None = None, believed: bool = False
) -> Aligned:
    """The lines of a page whose text runs over its lines.

    gray: (H, W) uint8; text: of the page, in any order of its columns; plain: what `simplified` says of all transcripts
    of the same writer, None: of this one; believed: the case of letters and the form of marks are those of the text,
    whatever was read: small capitals may be small letters there.
    """
    lines = read_lines(gray, engine)
    truth = transcript(text)
    plain = simplified([truth]) if plain is None else plain
    readings = [reading(line, engine) for line in lines]
    cuts = _cut_page(readings, truth)
    found = []
    for line, read, own in zip(lines, readings, cuts, strict=True):
        sample = _verified(line, read, own, plain, PAGE_DISTANCE, believed)
        if sample is None and len(read) >= LEAST_TO_SEARCH:
            sample = _verified(line, read, _search(read, truth), plain, PAGE_DISTANCE, believed)
        found.append(sample)
    return Aligned(tuple(sample for sample in found if sample is not None), found.count(None))


def align_crop(gray: np.ndarray, text: str, engine: StripEngine) -> Aligned:
    """The line of a crop, ``text``; the crop may hold bits of others, which are passed over."""
    lines, truth = read_lines(gray, engine), transcript(text)
    plain = simplified([truth])
    found = [_verified(line, reading(line, engine), [_Cut(truth)], plain, CROP_DISTANCE) for line in lines]
    samples = [sample for sample in found if sample is not None]
    return Aligned((samples[0],), len(lines) - 1) if len(samples) == 1 else Aligned((), len(lines))


def read_lines(gray: np.ndarray, engine: StripEngine) -> list[StripLine]:
    """The lines of a page as the program finds them, with what the line reader sees of each."""
    page = prepare(gray)
    layout = None if page is None else engine.script.find_lines(page)
    return [] if layout is None else engine.look(layout, layout.lines)


def reading(line: StripLine, engine: StripEngine) -> str:
    """The best path of a line, in single spaces."""
    return " ".join(ctc.greedy(line.log_probs).text(engine.reader.labels[1:]).split())


def _folded(text: str) -> str:
    """``text`` without typography and case, character for character."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text.translate(_PLAIN))


def _cut_page(readings: Sequence[str], truth: str) -> list[list[_Cut]]:
    """Where the transcript may be cut for each line, by aligning all that was read with all of it."""
    joined = " ".join(readings)
    where = np.zeros(len(joined) + 1, np.int64)  # position in truth of each position in joined
    for op in Levenshtein.opcodes(_folded(joined), _folded(truth)):
        span = op.src_end - op.src_start
        where[op.src_start : op.src_end + 1] = np.linspace(op.dest_start, op.dest_end, span + 1).round()
    cuts, begin = [], 0
    for read in readings:
        cuts.append(_cuts(read, truth, int(where[begin]), int(where[begin + len(read)])))
        begin += len(read) + 1
    return cuts


def _search(read: str, truth: str) -> list[_Cut]:
    """Cuts around the stretch of the transcript that is most like the reading, wherever it is."""
    found = fuzz.partial_ratio_alignment(_folded(read), _folded(truth))
    if found is None or found.src_end - found.src_start < len(read):  # the transcript is shorter than the line
        return []
    return _cuts(read, truth, found.dest_start, found.dest_end)


def _cuts(read: str, truth: str, begin: int, end: int) -> list[_Cut]:
    """The cuts near ``begin`` and ``end`` that are most like the reading."""
    found: dict[str, float] = {}
    for first, first_within in _borders(truth, begin):
        for last, last_within in _borders(truth, end):
            text = truth[first:last].strip()
            if not text:
                continue
            if last_within:
                text += HYPHEN
            for form in {text, text.replace("--", "—")}:
                cost = WITHIN_COST * first_within
                found[form] = min(cost, found.get(form, cost))
    folded = _folded(read)
    nearest = sorted(found, key=lambda text: (Levenshtein.distance(folded, _folded(text)) + found[text] / 2, text))
    return [_Cut(text, found[text]) for text in nearest[:CUTS]]


def _borders(truth: str, near: int) -> list[tuple[int, bool]]:
    """Positions near one where a line may begin or end, and whether each is within a word."""
    found = []
    for k in range(max(0, near - REACH), min(len(truth), near + REACH) + 1):
        whole = k in (0, len(truth)) or truth[k] == " " or truth[k - 1] == " " or truth[k - 1] in BREAKS_AFTER
        if whole or (abs(k - near) <= REACH_WITHIN and truth[k - 1].isalpha() and truth[k].isalpha()):
            found.append((k, not whole))
    return found


def _verified(
    line: StripLine, read: str, cuts: Sequence[_Cut], plain: str, most: float, believed: bool = False
) -> Sample | None:
    """The line with the cut that its ink fits best; None if that is none of them. believed: as of `align_page`."""
    usable = [cut for cut in cuts if len(cut.text) > 1 and UNKNOWN not in cut.text]
    if not usable or not read:
        return None
    seen = _joined_alike(line.log_probs) if believed else line.log_probs
    scores = text_scores(seen, [encode(cut.text) for cut in usable]) - [cut.cost for cut in usable]
    text = usable[int(np.argmax(scores))].text
    folded, own = _folded(read), _folded(text)
    if Levenshtein.distance(folded, own) > most * len(own) or (not believed and _case_differs(read, text)):
        return None
    found = force(seen, encode(text))
    if found is None or not _ends_match(found, seen, text):
        return None
    return Sample(line.strip.soft, _inked(text, found, line.log_probs, plain), None)


def _joined_alike(log_probs: np.ndarray) -> np.ndarray:
    """(T, CLASSES) float32: each class as likely as it and those that differ in case or form alone are together."""
    return np.asarray(np.log(np.maximum(np.exp(log_probs) @ _alike(), np.finfo(np.float32).tiny)))


def _ends_match(found: Forced, log_probs: np.ndarray, text: str) -> bool:
    """Whether the first and the last characters are there, and nothing stands before or after them."""
    needed = max(1, min(END, len(found.scores)) - 1)
    ends = (found.scores[:END], found.scores[-END:])
    if not all(np.count_nonzero(each > END_SCORE) >= needed for each in ends):
        return False
    before = _emptiness(log_probs[: found.first[0]], text[0])
    after = _emptiness(log_probs[found.last[-1] + 1 :], text[-1])
    return before + after <= MOST_OUTSIDE


def _emptiness(log_probs: np.ndarray, beside: str) -> float:
    """-log-probability that frames are empty; beside a quotation mark its halves do not count."""
    classes = [BLANK, *encode(_QUOTES)] if beside in _QUOTES else [BLANK]
    return -float(np.logaddexp.reduce(log_probs[:, classes].astype(np.float64), axis=1).sum())


def _case_differs(read: str, text: str) -> bool:
    """Whether too many letters were read in the other case."""
    letters = sum(c.isalpha() for c in text)
    other = 0
    for op in Levenshtein.opcodes(_folded(read), _folded(text)):
        if op.tag == "equal":
            pairs = zip(read[op.src_start : op.src_end], text[op.dest_start : op.dest_end], strict=True)
            other += sum(a != b and a.isalpha() for a, b in pairs)
    return other > CASE_SHARE * letters


def _inked(text: str, found: Forced, log_probs: np.ndarray, plain: str) -> str:
    """``text`` with its plain marks in the form that the ink has in their place."""
    out = list(text)
    for k, character in enumerate(text):
        forms = next((marks for marks in MARKS if character == marks[0] and character in plain), None)
        if forms is None:
            continue
        begin = int(found.last[k - 1]) + 1 if k else 0
        end = int(found.first[k + 1]) if k + 1 < len(text) else len(log_probs)
        between = log_probs[begin : max(end, begin + 1), encode(forms)]
        out[k] = forms[int(between.max(axis=0).argmax())]
    return "".join(out)
