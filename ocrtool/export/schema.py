"""JSON Schemas of the formats ``json`` and ``jsonl`` of ``read``, made from the types of their objects."""

from __future__ import annotations

import types
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

from ocrtool.export.json_types import NEEDED, About, DocumentObject, ErrorLineObject, PageLineObject

#: Dialect of the schemas.
DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: What a document, or a line, of each format may be.
ROOTS: dict[str, tuple[Any, ...]] = {"json": (DocumentObject,), "jsonl": (PageLineObject, ErrorLineObject)}

_SIMPLE = {int: "integer", float: "number", str: "string", bool: "boolean", types.NoneType: "null"}


def json_schema(name: str) -> dict[str, Any]:
    """Make the schema of format ``name``: of a document for ``json``, of each line for ``jsonl``.

    Later versions of the program may add keys to objects, so that others than those listed are allowed.
    """
    roots = ROOTS[name]
    definitions: dict[str, Any] = {}
    references = [_value(root, definitions) for root in roots]
    top = references[0] if len(references) == 1 else {"oneOf": references}
    title = f"ocrtool {name}"
    return {"$schema": DIALECT, "title": title, **top, "$defs": dict(sorted(definitions.items()))}


def _value(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """Translate a type; that of an object becomes a reference to its definition."""
    if is_typeddict(hint):
        name = hint.__name__.removesuffix("Object").lower()
        if name not in definitions:
            definitions[name] = {}  # so that a type may refer to itself
            definitions[name] = _object(hint, definitions)
        return {"$ref": f"#/$defs/{name}"}
    arguments = get_args(hint)
    if hasattr(hint, "__metadata__"):
        about = _notes(hint)
        rules = {key: rule for note in about for key, rule in note.rules.items()}
        default = {} if (value := about[-1].default) in (NEEDED, None) else {"default": value}
        return {"description": about[0].text, **_value(arguments[0], definitions), **rules, **default}
    if get_origin(hint) is list:
        return {"type": "array", "items": _value(arguments[0], definitions)}
    if get_origin(hint) in (Union, types.UnionType):
        if not all(kind in _SIMPLE for kind in arguments):
            return {"anyOf": [_value(kind, definitions) for kind in arguments]}
        return {"type": [_SIMPLE[kind] for kind in arguments]}
    return {"type": _SIMPLE[hint]}


def _object(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(hint, include_extras=True)
    properties = {key: _value(kind, definitions) for key, kind in hints.items()}
    return {
        "description": " ".join(str(hint.__doc__).replace("``", "").split()),
        "type": "object",
        "properties": properties,
        "required": [key for key, kind in hints.items() if all(note.default is NEEDED for note in _notes(kind))],
    }


def _notes(hint: Any) -> list[About]:
    return [note for note in getattr(hint, "__metadata__", ()) if isinstance(note, About)]
