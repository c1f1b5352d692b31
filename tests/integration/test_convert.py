"""``ocrtool convert``: what read wrote as JSON gives the bytes that read would write in other formats."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_engine import fake_reader
from odd_pages import ODD_NAME, odd_pages
from PIL import Image

from ocrtool.cli import main as cli
from ocrtool.errors import InputError
from ocrtool.export.documents import ExportPage
from ocrtool.export.parse.own import parse_pages
from ocrtool.export.registry import Format, find_format, format_names
from ocrtool.jobs import read as read_job
from ocrtool.types import Page


def document(name: str, pages: list[ExportPage]) -> bytes:
    return b"".join(find_format(name, "read").writers["read"](pages))


def run(*arguments: object) -> int:
    return cli.run([str(argument) for argument in arguments])


@pytest.mark.parametrize("name", ["json", "jsonl"])
@pytest.mark.parametrize(
    "other",
    [
        name
        for name in format_names("read")
        if not (find_format(name, "read").needs_image or find_format(name, "read").needs_file)
    ],
)
def test_every_format_is_as_read_writes_it(name: str, other: str) -> None:
    pages = [one for one in parse_pages(document(name, odd_pages()), "x") if isinstance(one, ExportPage)]
    assert document(other, pages) == document(other, odd_pages())


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_documents_of_before_a_key_came_are_read(name: str) -> None:
    """Keys that the schema does not require have a default."""
    from ocrtool.export.schema import json_schema

    schema = json_schema(name)["$defs"]
    optional = {kind: set(own["properties"]) - set(own["required"]) for kind, own in schema.items()}
    assert optional["table"] == {"lines"} and "orientation" in optional["page" if name == "json" else "pageline"]
    old = json.loads(document("json", [export for export in odd_pages() if export.page.tables]))
    for page in old["pages"]:
        for key in optional["page" if name == "json" else "pageline"] - {"tables"}:
            del page[key]
        for table in page["tables"]:
            del table["lines"]
            for cell in table["cells"]:
                del cell["row_span"]
        assert "orientation" not in page
    data = json.dumps(old)
    if name == "jsonl":
        data = "\n".join(json.dumps({"format": "ocrtool-page", "version": 1} | page) for page in old["pages"])
    found = [one.page for one in parse_pages(data.encode(), "x") if isinstance(one, ExportPage)]
    assert len(found) == len(old["pages"])
    assert all(page.orientation == 0 and page.tables[0].lines == page.tables[0].rows for page in found)


def test_odd_pages_have_something_of_every_attribute() -> None:
    """So that no attribute can be lost on the way: each has, somewhere, another value than its default."""
    default = Page(0, 0)
    for field in fields(Page):
        values = [getattr(export.page, field.name) for export in odd_pages()]
        assert any(value != getattr(default, field.name) for value in values), field.name


def rounded(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: rounded(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, (tuple, list)):
        return [rounded(item) for item in value]
    return pytest.approx(value, abs=0.051) if isinstance(value, float) else value


def test_pages_come_back() -> None:
    """Lengths have one decimal; all else is the same, the name with bytes that are not UTF-8 too."""
    back = list(parse_pages(document("json", odd_pages()), "x"))
    assert [rounded(export.page) for export in back] == [rounded(export.page) for export in odd_pages()]
    assert back[3].page.source == ODD_NAME
    assert [export.dpi for export in back] == [300.0, 72.0, 204.0, None, 200.0, None, None, None]


@pytest.fixture
def read_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture) -> Path:
    """Two images and a file that is none, read to JSON Lines."""
    monkeypatch.setattr(read_job, "load_reader", fake_reader)
    monkeypatch.chdir(tmp_path)
    frames = [Image.new("L", (40 + i, 20), 11) for i in range(2)]
    frames[0].save("a.tif", save_all=True, append_images=frames[1:])
    (tmp_path / "b.png").write_bytes(b"")
    Image.new("L", (50, 20), 11).save("c.png", dpi=(300, 300))
    assert run("read", "a.tif", "b.png", "c.png", "c.png", "--format", "jsonl") == 1
    (tmp_path / "all.jsonl").write_text(capfd.readouterr().out)
    return tmp_path / "all.jsonl"


def test_files_are_those_of_read(read_before: Path, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    assert run("convert", read_before, "--format", "text,hocr,json", "-o", "converted") == 1
    assert capfd.readouterr().err == "ocrtool: b.png: the file is empty\n"
    assert run("read", "a.tif", "b.png", "c.png", "c.png", "--format", "text,hocr,json", "-o", "read") == 1
    assert len(list(Path("read").iterdir())) == 9
    for path in Path("read").iterdir():
        assert Path("converted", path.name).read_bytes() == path.read_bytes()
    capfd.readouterr()
    assert run("convert", read_before) == 1
    assert capfd.readouterr().out == "40 by 20 mean 11\n\f41 by 20 mean 11\n\f50 by 20 mean 11\n\f50 by 20 mean 11\n"
    assert run("convert", read_before, "--format", "jsonl") == 1
    assert capfd.readouterr().out == read_before.read_text()


def test_a_page_that_failed_does_not_divide_its_input(read_before: Path, capfd: pytest.CaptureFixture) -> None:
    """As of a PDF: the pages before and after it are in one file, and its line stays in its place."""
    first, second, *_ = read_before.read_text().splitlines()
    failed = '{"format": "ocrtool-error", "version": 1, "source": "a.tif", "number": 2, "error": "it is damaged"}'
    read_before.write_text("\n".join((first, failed, second.replace('"number": 2', '"number": 3'))) + "\n")
    assert run("convert", read_before, "-o", "out/") == 1
    assert capfd.readouterr().err == "ocrtool: a.tif, page 2: it is damaged\n"
    assert {path.name: path.read_text() for path in Path("out").iterdir()} == {
        "a.txt": "40 by 20 mean 11\n\f41 by 20 mean 11\n"
    }
    assert run("convert", read_before, "--format", "jsonl") == 1
    assert capfd.readouterr().out == read_before.read_text()


def test_documents_that_another_program_has_formatted() -> None:
    pages = odd_pages()[:3]
    name = "a\u2028b\x85c.png"  # which some take for line ends
    pages[0] = replace(pages[0], page=replace(pages[0].page, source=name))
    for kind in ("json", "jsonl"):
        as_written = document(kind, pages)
        assert [export.page for export in parse_pages(as_written, "x")] == [
            export.page for export in parse_pages(as_written.rstrip(b"\n"), "x")
        ]
        assert next(parse_pages(as_written, "x")).page.source == name
    formatted = json.dumps(json.loads(document("json", pages)), indent=2).encode()
    assert list(parse_pages(formatted, "x")) == list(parse_pages(document("json", pages), "x"))


def test_standard_input_and_one_file(
    read_before: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    lines = read_before.read_text().splitlines()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\n".join(lines[:2]).encode())))
    assert run("convert", "-", "-o", "a.txt") == 0
    assert Path("a.txt").read_text() == "40 by 20 mean 11\n\f41 by 20 mean 11\n"


def test_neither_documents_nor_images_are_overwritten(read_before: Path, capfd: pytest.CaptureFixture) -> None:
    read_before.write_text(read_before.read_text().splitlines()[3])
    for target in ("c.png", read_before):
        before = Path(target).read_bytes()
        assert run("convert", read_before, "-o", target) == 2
        assert "is an input, and inputs are never overwritten" in capfd.readouterr().err
        assert Path(target).read_bytes() == before


def test_no_pages(read_before: Path, capfd: pytest.CaptureFixture) -> None:
    read_before.write_text('{"format": "ocrtool", "version": 1, "pages": []}')
    assert run("convert", read_before, "--format", "json") == 0
    assert json.loads(capfd.readouterr().out)["pages"] == []


def test_formats_that_show_the_page_open_it(
    read_before: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    """The right page of a file; a page that is gone or has another size is refused."""
    raster = Format("raster", ".raw", {"read": lambda pages: (bytes(one.gray.shape) for one in pages)}, True)
    monkeypatch.setattr("ocrtool.export.registry._builtin", {"raster": raster}.get)
    lines = read_before.read_text().splitlines()
    read_before.write_text("\n".join((lines[1], lines[3])))
    assert run("convert", read_before, "--format", "raster", "-o", "out/") == 0
    assert Path("out/a.raw").read_bytes() == bytes((20, 41)) and Path("out/c.raw").read_bytes() == bytes((20, 50))
    Image.fromarray(np.zeros((20, 51), np.uint8)).save("c.png")
    Path("a.tif").unlink()
    assert run("convert", read_before, "--format", "raster", "-o", "again/") == 1
    assert capfd.readouterr().err.splitlines() == [
        "ocrtool: a.tif: no such file or folder",
        "ocrtool: c.png: its image has another size than when it was read",
    ]


def broken(change: Callable[[dict[str, Any]], object]) -> bytes:
    values = json.loads(document("json", odd_pages()))
    change(values)
    return json.dumps(values).encode()


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"Invoice", "invalid JSON"),
        (b"\xff{}", "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"format": "ocrtool-lines"}', "it is of another kind"),
        (b"[1]", "it is of another kind"),
        (document("json", odd_pages())[:-3], "invalid JSON"),
        (document("json", odd_pages()).replace(b'"skew"', b'"askew"', 1), "page has no skew"),
        (broken(lambda d: d.update(version=2)), "version is 2, against const 1"),
        (broken(lambda d: d["pages"][0].pop("skew")), "pages[0] has no skew"),
        (broken(lambda d: d["pages"][0].update(dpi=float("nan"))), "NaN is no number"),
        (broken(lambda d: d["pages"][0].update(skew=float("-inf"))), "-Infinity is no number"),
        (broken(lambda d: d["pages"][0].update(skew=1e300)), "pages[0].skew is 1e+300, which is no length"),
        (broken(lambda d: d["pages"][0].update(width=10**400)), "pages[0].width is 1000"),
        (broken(lambda d: d["pages"][0].update(number=True)), "pages[0].number is no integer"),
        (broken(lambda d: d["pages"][0].update(lines={})), "pages[0].lines is no array"),
        (broken(lambda d: d["pages"][0]["blocks"].clear()), "lines are not in the order of their blocks"),
        (broken(lambda d: d.update(pages=None)), "pages is no array"),
        (broken(lambda d: d["pages"][0].update(width="9")), "pages[0].width is no integer"),
        (broken(lambda d: d["pages"][0].update(width=True)), "pages[0].width is no integer"),
        (broken(lambda d: d["pages"][0]["lines"][0].update(block=1)), "lines are not in the order of their blocks"),
        (broken(lambda d: d["pages"][0]["lines"][0].update(box=[9, 0, 1, 1])), "box turned inside out"),
        (broken(lambda d: d["pages"][4]["tables"][0].update(line=2)), "a table has lines that are none of the page"),
        (broken(lambda d: d["pages"][4]["tables"][0]["cells"][0].update(column=3)), "a cell is outside its table"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_documents_are_refused(data: bytes, fault: str) -> None:
    with pytest.raises(InputError, match=r"not a document of ocrtool read --format json or jsonl") as caught:
        list(parse_pages(data, "x.json"))
    assert fault in caught.value.fault


def test_a_document_that_is_none_is_named(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    (tmp_path / "x.json").write_text("{}")
    assert run("convert", tmp_path / "x.json") == 1
    assert capfd.readouterr().err.startswith(f"ocrtool: {tmp_path}/x.json: not a document of ocrtool read")


def test_half_a_pair_of_surrogates_becomes_a_replacement_character() -> None:
    data = broken(lambda d: d["pages"][0]["lines"][0]["words"][0]["characters"][0].update(label="\udcff\ud800"))
    first = next(iter(parse_pages(data, "x")))
    assert isinstance(first, ExportPage) and first.page.lines[0].words[0].characters[0].label == "\ufffd\ufffd"
    named = broken(lambda d: d["pages"][0].update(source="caf\udce9\ud800\U0001f600.png"))
    first = next(iter(parse_pages(named, "x")))
    assert isinstance(first, ExportPage) and first.page.source == "caf\udce9\ufffd\U0001f600.png"


def test_its_variable_is_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(document("json", odd_pages()[:1]))
    monkeypatch.setenv("OCRTOOL_READ_FORMAT", "json")
    monkeypatch.setenv("OCRTOOL_CONVERT_FORMAT", "tsv")
    assert run("convert", path) == 0
    assert capfd.readouterr().out.startswith("level\t")
