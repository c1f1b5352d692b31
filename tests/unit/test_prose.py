"""Documents speak the language of the field, and their links and commands lead somewhere."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: Where prose is checked: patterns of Markdown and Python files, of which comments and strings are read.
WHERE = (
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "samples/README.md", "docs/**/*.md", "weights/**/*.md"),
    *("ocrtool/**/*.py", "training/**/*.py"),
)

#: Words for which the field has a term, as patterns, and the term. Only such as cannot be meant otherwise.
TERMS = {
    r"(?:fore)?told": "reported, identified, distinguished or predicted",
    r"(?:whose|same|other|another|unknown|known|different|many|these|those) hands?": "writer",
    r"(?:in|of) (?:one|each|every) hand|hands of|by their hand|tells? hands": "writer",
    r"grouped by hand": "grouped by writer",
    r"hands (?:are|were|that|who|not|never)": "writers",
    r"(?:first|second|two|both|more) looks?": "pass or view",
    r"looked at": "used, scored or inspected",
    r"heard|listens?|listened": "scored or evaluated by the language model",
    r"beforehand": "prior",
    r"held against": "compared with",
    r"manieth": "every n-th",
    r"gone on with": "resumed",
    r"(?:is|are) not through": "not finished, or stopped early",
    r"for want of": "because of missing",
    r"mended": "fixed",
    r"may be broken: \d": "may be fractional",
    r"are born": "arise; an error breakdown by stage",
    r"(?:LSTM|model) takes away": "relative reduction from the model",
    r"has a say": "contributes",
    r"bad cuts?": "reject class, or non-character",
    r"(?:a|the) (?:small|large) hand": "handwriting",
    r"owner maps?": "label map",
    r"standard output left": "broken pipe",
    r"joined (?:hand)?writing": "cursive handwriting",
}
DIALECT = re.compile(rf"\b(?:{'|'.join(TERMS)})\b", re.IGNORECASE)

LINK = re.compile(r"\]\(([^)\s]+)\)")
MODULE = re.compile(r"\bpython -m ((?:training|samples)(?:\.\w+)*)")
FENCED = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)


def files(*patterns: str) -> list[Path]:
    """Files of the checkout that match; each pattern must match some."""
    found = {pattern: sorted(ROOT.glob(pattern)) for pattern in patterns}
    assert all(found.values()), f"no file for {[pattern for pattern, paths in found.items() if not paths]}"
    return [path for paths in found.values() for path in paths]


def prose(path: Path) -> str:
    """What people read of a file: Markdown without its code blocks; comments and strings of Python."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return FENCED.sub("", text)
    kinds = (tokenize.COMMENT, tokenize.STRING)
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return "\n".join(token.string for token in tokens if token.type in kinds)


def dialect(text: str) -> list[str]:
    """Phrases of ``text`` for which the field has a term, whatever lines they are broken over."""
    return [match.group() for match in DIALECT.finditer(" ".join(text.split()))]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", files(*WHERE), ids=name)
def test_prose_uses_the_terms_of_the_field(path: Path) -> None:
    assert dialect(prose(path)) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "how well hands are told",
        "tells whose hand a page\nis written in",
        "each page of A is held against each of B",
        "every so manieth is looked at",
        "it can then be gone on with",
        "The large models are not through.",
        "Where the errors are born",
        "the LSTM takes away 47 %",
        "were mended for all",
        "for want of memory",
        "Epochs may be broken: 1.5",
    ],
)
def test_a_phrase_of_old_is_found(sentence: str) -> None:
    assert dialect(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "filled in by hand, on the one hand",
        "hand-printed lines",
        "the run went through",
        "lines may be broken within words",
    ],
)
def test_plain_english_is_left_alone(sentence: str) -> None:
    assert dialect(sentence) == []


def anchors(path: Path) -> set[str]:
    """Anchors of the headings of a Markdown file, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(path: Path) -> Iterator[tuple[Path, str]]:
    """File and anchor of each link of a Markdown file that leads to another file of the checkout, or to itself."""
    for target in LINK.findall(FENCED.sub("", path.read_text(encoding="utf-8"))):
        if "://" not in target:
            file, _, anchor = target.partition("#")
            yield (path.parent / file if file else path), anchor


@pytest.mark.parametrize("path", files("*.md", "*/README.md", "docs/**/*.md"), ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    for file, anchor in links(path):
        assert file.exists(), f"{name(path)} links to {file}"
        assert not anchor or anchor in anchors(file), f"{name(path)} links to #{anchor} of {file}"


def runs(module: str) -> bool:
    """Whether ``python -m MODULE`` does anything: a package with a main module, or a module that calls its command."""
    path = ROOT.joinpath(*module.split("."))
    file = path.with_suffix(".py")
    return (path / "__main__.py").exists() or (
        file.exists() and 'if __name__ == "__main__":' in file.read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("path", files("*.md", "*/README.md", "docs/**/*.md", "training/**/*.py"), ids=name)
def test_commands_are_there(path: Path) -> None:
    for module in MODULE.findall(path.read_text(encoding="utf-8")):
        assert runs(module), f"{name(path)} runs {module}"


def test_a_module_without_a_command_is_found() -> None:
    assert runs("training.benchmark") and runs("training.glyphs.train")
    assert not runs("training.glyphs.make_hangul") and not runs("training.glyphs.gone")
