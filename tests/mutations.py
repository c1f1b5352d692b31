"""Turn off parts of the reading path one at a time and show that a test fails: ``python tests/mutations.py [WORD...]``.

Works on a copy of the checkout in a temporary folder. Prints a table and exits with 1 if the tests of a mutation pass,
and with 2 if a mutation does not fit the code (any more) or its tests do not run. Not collected by pytest. With
words, only mutations whose description has one of them are tried.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOT_COPIED = shutil.ignore_patterns(".git", "__pycache__", ".*_cache", ".hypothesis", "*.overlay.png", "build", "dist")

WEIGHTS = "tests/unit/decode/test_path_weights.py"
PATHS = "tests/unit/decode/test_every_path.py"
SEGMENT = "tests/unit/test_segment.py"
SAMPLES = "tests/integration/test_samples.py"
KOREAN = "tests/integration/test_korean.py"

BEAM = "ocrtool/decode/beam.py"
PATH_SCORE = "ocrtool/decode/path_score.py"
HYPOTHESES = "ocrtool/decode/hypotheses.py"
LAYOUT = "ocrtool/segment/layout.py"
RECTIFY = "ocrtool/segment/rectify.py"


@dataclass(frozen=True, slots=True)
class Mutation:
    """``old``, which stands in ``file`` exactly once, becomes ``new``; one of ``tests`` must then fail.

    tests: files, the one that should fail first.
    """

    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


MUTATIONS = (
    Mutation(
        "reject term left out",
        PATH_SCORE,
        "shape - weights.reject * reject.astype(np.float64)[:, None] + weights.character",
        "shape + weights.character",
        (WEIGHTS, PATHS, SAMPLES),
    ),
    Mutation(
        "span counts without glyph_power",
        PATH_SCORE,
        "span.astype(np.float64)[:, None] ** weights.glyph_power * log_probs",
        "span.astype(np.float64)[:, None] * log_probs",
        (WEIGHTS, PATHS, SAMPLES),
    ),
    Mutation(
        "character bonus left out",
        PATH_SCORE,
        "reject.astype(np.float64)[:, None] + weights.character",
        "reject.astype(np.float64)[:, None]",
        (WEIGHTS, PATHS, SAMPLES),
    ),
    Mutation(
        "sign of the word weight turned",
        PATH_SCORE,
        "np.log(chance) + weights.word",
        "np.log(chance) - weights.word",
        (WEIGHTS, PATHS, SAMPLES),
    ),
    Mutation(
        "case never settled by height",
        "ocrtool/recognize/cascade.py",
        "candidates.append(script.adjust(proposals, edges_scored, merged))",
        "candidates.append(merged)",
        ("tests/unit/test_score.py", SAMPLES),
    ),
    Mutation(
        "slant never undone",
        RECTIFY,
        "if slant != 0.0:",
        "if False:",
        (SEGMENT, SAMPLES),
    ),
    Mutation(
        "enclosed components not given back to their line",
        "ocrtool/segment/line_finder.py",
        "        row, far = reassign_enclosed(boxes, row, far, len(ridges))\n",
        "",
        (SEGMENT, SAMPLES),
    ),
    Mutation(
        "lonely specks kept",
        "ocrtool/segment/clean.py",
        "small & (near[centre[:, 1], centre[:, 0]] == 0)",
        "np.zeros(len(boxes), bool)",
        (SEGMENT, SAMPLES),
    ),
    Mutation(
        "x-height of a line found without that of the page",
        "ocrtool/segment/x_height.py",
        "if prior_octaves is not None:",
        "if False:",
        (SEGMENT, SAMPLES),
    ),
    Mutation(
        "every line of a page with Hangul taken for Hangul",
        "ocrtool/script/cut.py",
        "        and claim.share >= detection.line_share\n",
        "",
        ("tests/unit/test_scripts.py", KOREAN),
    ),
    Mutation(
        "one hypothesis kept at each node",
        HYPOTHESES,
        "(rank < beam.hypotheses)",
        "(rank < 1)",
        (PATHS, SAMPLES),
    ),
    Mutation(
        "no reach below the best hypothesis",
        HYPOTHESES,
        "best - beam.reach",
        "best",
        (PATHS, SAMPLES),
    ),
    Mutation(
        "a certain space may be left out",
        BEAM,
        "np.flatnonzero((chance <= SPACE_PRUNE_HIGH) | frontier.ends_in_space)",
        "np.arange(len(frontier.line))",
        (PATHS, SAMPLES),
    ),
    Mutation(
        "faint lines not brightened",
        RECTIFY,
        "if level < FAINT else cut",
        "if False else cut",
        (SEGMENT, SAMPLES),
    ),
    Mutation(
        "page not prepared again where its lines show another scale",
        LAYOUT,
        "if layout.lines and not RESCALE[0] < layout.x_height / layout.page.x_height < RESCALE[1]:",
        "if False:",
        (SEGMENT, SAMPLES),
    ),
    Mutation(
        "language model not asked about characters",
        BEAM,
        "edges.score[edge] + self.weights.lm * lm_score",
        "edges.score[edge]",
        (WEIGHTS, PATHS),
    ),
    Mutation(
        "language model not asked about spaces",
        BEAM,
        "taken[rows] + self.weights.lm * lm_score",
        "taken[rows]",
        (WEIGHTS, PATHS),
    ),
    Mutation(
        "no price for staying in a word across a wide gap",
        BEAM,
        "frontier.score + np.where(frontier.ends_in_space, 0.0, not_taken)",
        "frontier.score.copy()",
        (WEIGHTS, PATHS),
    ),
    Mutation(
        "no price for a piece left out",
        PATH_SCORE,
        "weights.skip + reject",
        "reject",
        (WEIGHTS, PATHS),
    ),
    Mutation(
        "each unknown glyph has all that is for unknown ones",
        BEAM,
        " + self.alphabet.share[known]",
        "",
        (PATHS,),
    ),
    Mutation(
        "columns not parted",
        "ocrtool/segment/blocks.py",
        "    if gutters:\n",
        "    if False:\n",
        (SEGMENT, SAMPLES),
    ),
)


class DoesNotFit(Exception):
    """A mutation does not fit the code, or its tests do not run."""


def copy_checkout(folder: Path) -> Path:
    """The checkout with what is not committed yet, without what tests leave behind."""
    copy = folder / "checkout"
    shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
    return copy


def mutated(copy: Path, mutation: Mutation) -> str:
    """The mutated text of its file. Raises DoesNotFit unless what it replaces stands there exactly once."""
    path = copy / mutation.file
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if (count := text.count(mutation.old)) != 1:
        raise DoesNotFit(
            f"mutation {mutation.what!r}: {mutation.old.strip()!r} stands {count} times in {mutation.file}"
        )
    return text.replace(mutation.old, mutation.new)


def first_failure(copy: Path, tests: tuple[str, ...]) -> str | None:
    """Name of the first test that fails, None if all pass. Raises DoesNotFit if they do not run."""
    # without bytecode: a file mutated and restored within a second would be taken for unchanged
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", *tests]
    run = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    if run.returncode == 0:
        return None
    failed = re.search(r"^FAILED (\S+)", run.stdout, re.MULTILINE)
    if run.returncode != 1 or failed is None:
        raise DoesNotFit(f"tests do not run: {' '.join(tests)}\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    return failed[1]


def survives(copy: Path, mutation: Mutation) -> bool:
    """Run the tests of a mutation and print a row of the table."""
    path = copy / mutation.file
    original = path.read_text(encoding="utf-8")
    begin = time.monotonic()
    try:
        path.write_text(mutated(copy, mutation), encoding="utf-8")
        killer = first_failure(copy, mutation.tests)
    finally:
        path.write_text(original, encoding="utf-8")
    row = (mutation.what, "killed" if killer else "SURVIVED", killer or "", f"{time.monotonic() - begin:.0f} s")
    print(f"| {' | '.join(row)} |", flush=True)
    return killer is None


def main(words: list[str]) -> int:
    """Exit code: 0 if every mutation is killed, 1 if one survives, 2 if one cannot be tried."""
    chosen = [m for m in MUTATIONS if not words or any(word in m.what for word in words)]
    try:
        with tempfile.TemporaryDirectory() as folder:
            copy = copy_checkout(Path(folder))
            for mutation in chosen:
                mutated(copy, mutation)
            tests = tuple(dict.fromkeys(test for mutation in chosen for test in mutation.tests))
            if (failure := first_failure(copy, tests)) is not None:
                raise DoesNotFit(f"{failure} fails without any mutation")
            print("| mutation | result | test | time |\n|---|---|---|---|", flush=True)
            surviving = [mutation for mutation in chosen if survives(copy, mutation)]
    except DoesNotFit as error:
        print(error, file=sys.stderr)
        return 2
    print(f"\n{len(chosen) - len(surviving)} of {len(chosen)} killed")
    return 1 if surviving else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
