"""Checks values against the JSON Schemas that `ocrtool.export.schema` makes, which use few of its keywords."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_RULES: dict[str, Callable[[Any, Any], bool]] = {
    "const": lambda value, rule: bool(value == rule),
    "enum": lambda value, rule: value in rule,
    "minimum": lambda value, rule: bool(value >= rule),
    "maximum": lambda value, rule: bool(value <= rule),
    "minLength": lambda value, rule: len(value) >= rule,
    "minItems": lambda value, rule: len(value) >= rule,
    "maxItems": lambda value, rule: len(value) <= rule,
}


def check(value: Any, schema: Mapping[str, Any], definitions: Mapping[str, Any], place: str = "") -> None:
    """Raise ValueError, with the place of the fault, unless ``value`` is as ``schema`` says."""
    if "$ref" in schema:
        check(value, definitions[str(schema["$ref"]).rpartition("/")[2]], definitions, place)
        return
    if "anyOf" in schema:  # an object or null
        (rule,) = (rule for rule in schema["anyOf"] if (rule.get("type") == "null") == (value is None))
        check(value, rule, definitions, place)
        return
    names = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    if not any(_is(value, name) for name in names):
        raise ValueError(f"{place or 'the document'} is no {' or '.join(names)}")
    if value is not None:
        for keyword, holds in _RULES.items():
            if keyword in schema and not holds(value, schema[keyword]):
                raise ValueError(f"{place} is {value!r:.40}, against {keyword} {schema[keyword]}")
    if isinstance(value, dict):
        for key in schema["required"]:
            if key not in value:
                raise ValueError(f"{place or 'the document'} has no {key}")
        for key, rule in schema["properties"].items():
            check(value[key], rule, definitions, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            check(item, schema["items"], definitions, f"{place}[{index}]")


def _is(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and (not isinstance(value, bool) or name == "boolean")
