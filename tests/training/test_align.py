"""Forced alignment: the formula of the beam search, bad lines, and the examples cut from transcribed pages."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from transcribed_files import BOOK, LINES, NAMES, make_transcribed

from ocrtool.charset import ENGLISH, LATIN, LATIN_CLASSES, Labels
from ocrtool.decode.alphabet import Alphabet
from ocrtool.decode.beam import path_text, search
from ocrtool.decode.language_model import UniformModel
from ocrtool.decode.lattice import Lattice
from ocrtool.decode.settings import BeamSize, PathWeights
from training.decoder import align_pages
from training.decoder.align import MISSING_COST, SCORE_FLOOR, Alignment, Spelling, align
from training.decoder.align_pages import write_shards
from training.decoder.aligned_lines import AlignedLine, line_texts
from training.decoder.samples import is_held_out
from training.glyphs.examples import REJECT_LABEL, Examples, load

ALPHABET = Alphabet.from_symbols(LATIN, Labels(ENGLISH))

#: Every term of a path's score counts, but that of the language model.
WEIGHTS = PathWeights(glyph_power=0.7, reject=0.8, character=0.4, lm=0.0, space=1.3, word=-1.1, skip=-4.0)


def make_lattice(
    edges: dict[tuple[int, int], dict[str, float]], space: dict[int, float] | None = None, reject: float = -3.0
) -> Lattice:
    """A lattice of edges (start, end) with the probability of each of their characters; space: of nodes."""
    order = sorted(edges)
    pieces = max(end for _, end in order)
    labels = np.full((len(order), 3), -1, np.int32)
    log_probs = np.full((len(order), 3), -14.0, np.float32)
    for row, edge in enumerate(order):
        for column, (character, probability) in enumerate(sorted(edges[edge].items(), key=lambda item: -item[1])):
            labels[row, column], log_probs[row, column] = LATIN.index(character), np.log(probability)
    spaces = np.zeros(pieces + 1, np.float32)
    for node, probability in (space or {}).items():
        spaces[node] = probability
    start, end = np.array(order, np.int32).T
    return Lattice(start, end, labels, log_probs, np.full(len(order), reject, np.float32), spaces, pieces)


def spelled(text: str, **options: bool) -> Spelling:
    return Spelling.from_text(text, LATIN, **options)


def found_edges(lattice: Lattice, alignment: Alignment | None) -> list[tuple[int, int]]:
    assert alignment is not None
    return [(int(lattice.start[e]), int(lattice.end[e])) for e in alignment.edges]


def test_the_characters_of_a_known_text_are_found() -> None:
    lattice = make_lattice({(0, 1): {"h": 0.2}, (1, 3): {"a": 0.3}, (1, 2): {"c": 0.4}, (3, 4): {"t": 0.1}}, {3: 0.2})
    found = align(lattice, spelled("hat"), WEIGHTS)
    assert found_edges(lattice, found) == [(0, 1), (1, 3), (3, 4)]
    assert found is not None and [LATIN_CLASSES[k] for k in found.labels] == list("hat")
    np.testing.assert_allclose(found.scores, np.log([0.2, 0.3, 0.1]), rtol=1e-6)


def test_a_text_is_found_within_more_ink_and_in_either_case() -> None:
    lattice = make_lattice({(i, i + 1): {c: 0.9} for i, c in enumerate("NOM:anna")})
    found = align(lattice, spelled("ANNA", infix=True, any_case=True), WEIGHTS)
    assert found_edges(lattice, found) == [(4, 5), (5, 6), (6, 7), (7, 8)]
    assert found is not None and [LATIN_CLASSES[k] for k in found.labels] == list("anna")


def test_the_score_is_the_one_of_the_path_weights() -> None:
    edges = {(0, 2): {"a": 0.5}, (2, 3): {"b": 0.4}, (3, 4): {"c": 0.6}, (4, 5): {".": 0.1}}
    found = align(make_lattice(edges, {2: 0.3, 3: 0.2}), spelled("ab c"), WEIGHTS)
    w = WEIGHTS
    characters = 2**w.glyph_power * np.log(0.5) + np.log(0.4) + np.log(0.6) - 3 * w.reject * -3.0 + 3 * w.character
    gaps = w.space * np.log(0.7) + w.space * np.log(0.2) + w.word
    assert found is not None
    assert found.score == pytest.approx(characters + gaps + w.skip - 3.0, abs=1e-5)


@pytest.mark.parametrize("name", [f.name for f in dataclasses.fields(PathWeights) if f.name != "lm"])
def test_alignment_goes_the_way_of_the_beam_search(name: str) -> None:
    # Of all paths the beam takes the best; if its text is given, the best path with that text is the same one. A term
    # that one of the two counts otherwise, here stressed, leads them apart.
    rng = np.random.default_rng(3)
    stressed = dataclasses.replace(WEIGHTS, **{name: 1.7 * getattr(WEIGHTS, name)})
    for _ in range(40):
        edges = {
            (a, b): dict(zip("anu", rng.dirichlet([1, 1, 1]), strict=True)) for a in range(6) for b in (a + 1, a + 2)
        }
        edges = {edge: labels for edge, labels in edges.items() if edge[1] <= 6}
        lattice = make_lattice(edges, {node: rng.uniform(0.05, 0.9) for node in range(1, 6)})
        lattice.reject[:] = np.log(rng.uniform(0.02, 0.6, len(lattice.reject)))
        path = search([lattice], UniformModel(Labels(ENGLISH)), stressed, BeamSize(500, 1000.0), ALPHABET)[0]
        found = align(lattice, spelled(path_text(path, LATIN)), stressed)
        assert found is not None
        assert found.edges.tolist() == [step.edge for step in path if step.edge >= 0]


def test_a_bad_line_still_finds_its_text() -> None:
    lattice = make_lattice({(0, 1): {"h": 0.9}, (1, 2): {"z": 0.9}, (2, 3): {"t": 0.9}})
    unlisted = align(lattice, spelled("hat"), WEIGHTS)
    assert unlisted is not None and unlisted.scores[1] == SCORE_FLOOR
    short = make_lattice({(0, 1): {"h": 0.9}, (1, 2): {"t": 0.9}})
    missing, whole = align(short, spelled("hat"), WEIGHTS), align(short, spelled("ht"), WEIGHTS)
    assert missing is not None and whole is not None
    assert missing.position.tolist() == [0, 2]
    assert missing.score == pytest.approx(whole.score - MISSING_COST)


def test_no_text_no_alignment() -> None:
    lattice = make_lattice({(0, 1): {"h": 0.9}})
    assert align(lattice, spelled(" "), WEIGHTS) is None
    with pytest.raises(ValueError, match="'한' is no character of this script"):
        spelled("h한")


def test_running_text_is_dealt_out_to_the_lines_of_the_page() -> None:
    truth = "CHAPTER I It was the best of times, it was the worst of times and a whirlwind came"
    read = ["CHAPTEB I", "It was thc best of times, it", "was tbe worst of times and a whirl-", "wind camc"]
    assert line_texts(read, truth) == [
        "CHAPTER I",
        "It was the best of times, it",
        "was the worst of times and a whirl-",
        "wind came",
    ]


def test_what_is_not_in_the_text_gets_none() -> None:
    truth = "the garden was quiet and nobody came that way"
    assert line_texts(["the garden was quiet", "-|=. _ {}", "and nobody came that way"], truth)[1] is None


def trusted(scores: list[float]) -> list[bool]:
    n = len(scores)
    alignment = Alignment(np.arange(n), np.zeros(n, int), np.array(scores), np.arange(n), np.zeros(n, bool), 0.0)
    return list(AlignedLine(None, alignment).trusted())  # type: ignore[arg-type]  # the line itself does not matter


def test_a_doubtful_character_is_believed_between_good_ones() -> None:
    assert trusted([-0.1, -6.0, -0.2, -8.9, -0.1]) == [True, True, True, False, True]
    assert trusted([-6.0, -6.0, -0.2]) == [False, False, True]


def test_held_out_writers_never_teach(tmp_path: Path) -> None:
    groups = np.repeat([f"writer-{i}" for i in range(60)], 2)
    n = len(groups)
    found = Examples(
        np.zeros((n, 32, 32, 2), np.uint8), np.zeros((n, 8), np.float32), np.arange(n, dtype=np.int16), groups.copy()
    )
    write_shards(found, groups, tmp_path, "hands")
    learned, held = load(tmp_path / "aligned-hands.npz"), load(tmp_path / "held-hands.npz")
    assert len(learned) + len(held) == n
    assert not set(learned.sources) & set(held.sources)
    assert all(is_held_out(str(g)) for g in held.sources)


def test_characters_of_transcribed_pages_become_examples(tmp_path: Path) -> None:
    data = make_transcribed(tmp_path / "data")
    arguments = [
        "--data",
        str(data),
        "--out",
        str(tmp_path / "out"),
        "--set",
        "books",
        "--set",
        "iam",
        "--set",
        "names",
    ]
    result = CliRunner().invoke(align_pages.main, arguments)
    assert result.exit_code == 0, result.output
    expected = {"books": 2 * "".join(BOOK), "iam": "".join(LINES), "names": NAMES[0]}
    for name, text in expected.items():
        shard = load(tmp_path / "out" / f"aligned-{name}.npz")
        wanted = sorted(text.replace(" ", ""))
        labels = sorted(LATIN_CLASSES[k] for k in shard.labels if k != REJECT_LABEL)
        missed = len(wanted) - len(labels)
        assert 0 <= missed <= 1, f"{name}: {missed} of {len(wanted)} characters missed"
        assert not set(labels) - set(wanted)
        assert (shard.labels == REJECT_LABEL).any()
        assert f"{name}: {len(labels)} characters" in result.output
