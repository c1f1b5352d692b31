"""The JSON Schema of what ``read`` writes holds for pages of every kind, and leaves out nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from fake_engine import make_page
from jsonschema import Draft202012Validator

from ocrtool.cli import main as cli
from ocrtool.export.documents import ExportPage, FailedInput
from ocrtool.export.registry import find_format
from ocrtool.export.schema import json_schema
from ocrtool.types import Block, Box, Character, Line, Page, PageTable, TableCell, Word

#: Keys of JSON that say by their place what an attribute says, and attributes that other keys say.
ELSEWHERE = {"Block.lines", "TableCell.text"}


def pages() -> Iterator[ExportPage]:
    """A line of Korean, a blank page, a turned page, a page with a table and without a resolution."""
    korean = make_page("한글 A<&\"'", 400, 60)
    yield ExportPage(korean, 300.0)
    yield ExportPage(Page(10, 20), 72.0)
    yield ExportPage(Page(400, 60, korean.blocks, 0.5, "eng+kor", "b\x01\udcff.png", 2, 270, False))
    line = korean.lines[0]
    table = PageTable(line.box, 0, 1, 2, (TableCell(0, 0, "한글", line.box, 1, 2),), 1)
    yield ExportPage(Page(400, 60, (Block(line.box, (line,)),), tables=(table,)), None)
    yield ExportPage(Page(400, 60, mirrored=True))


def strict(schema: Any) -> Any:
    """The schema with all keys that are listed, and no others."""
    if isinstance(schema, dict):
        is_object = schema.get("type") == "object"
        closed = {"additionalProperties": False, "required": list(schema["properties"])} if is_object else {}
        return {key: strict(value) for key, value in schema.items()} | closed
    return [strict(value) for value in schema] if isinstance(schema, list) else schema


def written(name: str, results: Any) -> str:
    return b"".join(find_format(name, "read").writers["read"](results)).decode()


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_schema_is_valid_and_printed(name: str, capfd: pytest.CaptureFixture) -> None:
    assert cli.run(["schema", name]) == 0
    printed = json.loads(capfd.readouterr().out)
    Draft202012Validator.check_schema(printed)
    assert printed == json_schema(name)


def test_documents_have_the_keys_of_the_schema_and_no_other() -> None:
    validator = Draft202012Validator(strict(json_schema("json")))
    validator.validate(json.loads(written("json", pages())))
    validator.validate(json.loads(written("json", [])))


def test_each_line_is_a_page_or_an_error() -> None:
    validator = Draft202012Validator(strict(json_schema("jsonl")))
    lines = written(
        "jsonl", [*pages(), FailedInput("a.png", None, "gone"), FailedInput("b.tif", 2, "cut")]
    ).splitlines()
    for line in lines:
        validator.validate(json.loads(line))
    assert [json.loads(line)["format"] for line in lines] == ["ocrtool-page"] * 5 + ["ocrtool-error"] * 2


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page.pop("dpi"),
        lambda page: page.update(orientation=45),
        lambda page: page["lines"][0].pop("baseline"),
        lambda page: page["lines"][0]["words"][0].update(probability=1.5),
        lambda page: page["lines"][0]["words"][0]["characters"][0].update(box=[1, 2, 3]),
    ],
)
def test_other_documents_are_refused(change: Any) -> None:
    document = json.loads(written("json", pages()))
    change(document["pages"][0])
    assert not Draft202012Validator(json_schema("json")).is_valid(document)


def test_later_versions_may_add_keys() -> None:
    document = json.loads(written("json", pages()))
    document["pages"][0]["more"] = 1
    assert Draft202012Validator(json_schema("json")).is_valid(document)


@pytest.mark.parametrize(
    "kind", [Page, Block, Line, Word, Character, PageTable, TableCell], ids=lambda kind: kind.__name__
)
def test_no_attribute_of_a_reading_is_left_out(kind: type) -> None:
    names = {Page: "page", PageTable: "table", TableCell: "cell"}
    keys = json_schema("json")["$defs"][names.get(kind, kind.__name__.lower())]["properties"]
    missing = {field.name for field in fields(kind)} - set(keys)
    assert {f"{kind.__name__}.{name}" for name in missing} <= ELSEWHERE


def test_no_key_of_the_schema_lacks_a_description() -> None:
    for name in ("json", "jsonl"):
        for definition in json_schema(name)["$defs"].values():
            for key, rule in definition["properties"].items():
                assert rule.get("description") or "$ref" in rule, key


def test_a_character_box_is_as_on_the_page() -> None:
    page = make_page("ab", 90, 20)
    values = json.loads(written("json", [ExportPage(page, 96.04)]))["pages"][0]
    first = values["lines"][0]["words"][0]["characters"][0]
    assert first["box"] == [0, 2, 30, 18] and Box(*first["box"]) == page.lines[0].words[0].characters[0].box
    assert values["dpi"] == 96.0
