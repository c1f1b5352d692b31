"""Checks values against the JSON Schemas that `ocrtool.export.schema` makes, which use few of its keywords.

A schema is turned into functions once, since a page has ten thousand values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

#: Raises _Fault if a value is not as its schema says.
_Check: TypeAlias = Callable[[Any], None]

#: Largest number of a document. Beyond it a float cannot count, and some languages have no integer.
_LARGEST = 2**53

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


class _Fault(Exception):
    """What is wrong, and where: keys and indices, the innermost first."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.path: list[str] = []


class Checker:
    """Checks values against the definitions of a schema."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._definitions = schema["$defs"]
        self._checks: dict[str, _Check] = {}

    def check(self, value: Any, name: str) -> None:
        """Raise ValueError, with the place of the fault, unless ``value`` is as the definition ``name`` says."""
        try:
            self._named(name)(value)
        except _Fault as fault:
            place = "".join(reversed(fault.path)).lstrip(".") or f"the {name}"
            raise ValueError(f"{place} {fault.text}") from None

    def _named(self, name: str) -> _Check:
        if name not in self._checks:
            self._checks[name] = self._made(self._definitions[name])
        return self._checks[name]

    def _made(self, schema: Mapping[str, Any]) -> _Check:
        if "$ref" in schema:
            return self._named(str(schema["$ref"]).rpartition("/")[2])
        if "anyOf" in schema:
            return self._optional(schema)
        names = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        if names == ["object"]:
            return self._object(schema)
        return self._array(schema) if "items" in schema else _scalar(names, schema)

    def _optional(self, schema: Mapping[str, Any]) -> _Check:
        """Check for an object or null."""
        (member,) = (self._made(rule) for rule in schema["anyOf"] if rule.get("type") != "null")

        def check(value: Any) -> None:
            if value is not None:
                member(value)

        return check

    def _object(self, schema: Mapping[str, Any]) -> _Check:
        required = schema["required"]
        members = [(key, self._made(rule)) for key, rule in schema["properties"].items()]

        def check(value: Any) -> None:
            if not isinstance(value, dict):
                raise _Fault("is no object")
            for key in required:
                if key not in value:
                    raise _Fault(f"has no {key}")
            for key, member in members:
                if key not in value:
                    continue
                try:
                    member(value[key])
                except _Fault as fault:
                    fault.path.append(f".{key}")
                    raise

        return check

    def _array(self, schema: Mapping[str, Any]) -> _Check:
        item = self._made(schema["items"])
        rules = _rules(schema)

        def check(value: Any) -> None:
            if not isinstance(value, list):
                raise _Fault("is no array")
            rules(value)
            for index, one in enumerate(value):
                try:
                    item(one)
                except _Fault as fault:
                    fault.path.append(f"[{index}]")
                    raise

        return check


def _scalar(names: list[str], schema: Mapping[str, Any]) -> _Check:
    types = tuple({kind: None for name in names for kind in _TYPES[name]})
    rules = _rules(schema)
    boolean = bool in types
    number = int in types and not boolean

    def check(value: Any) -> None:
        if not isinstance(value, types) or (isinstance(value, bool) and not boolean):
            raise _Fault(f"is no {' or '.join(names)}")
        if number and isinstance(value, (int, float)) and not -_LARGEST <= value <= _LARGEST:
            raise _Fault(f"is {value!r:.40}, which is no length, share or count")
        if value is not None:
            rules(value)

    return check


def _rules(schema: Mapping[str, Any]) -> _Check:
    own = [(keyword, holds, schema[keyword]) for keyword, holds in _RULES.items() if keyword in schema]

    def check(value: Any) -> None:
        for keyword, holds, rule in own:
            if not holds(value, rule):
                raise _Fault(f"is {value!r:.40}, against {keyword} {rule}")

    return check
