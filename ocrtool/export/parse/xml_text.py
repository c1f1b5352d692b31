"""The text of ALTO and PAGE, of whatever version: the names of elements are compared without their namespaces."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element


def alto_text(root: Element) -> str:
    """Return the lines of an ALTO document, an empty line between blocks."""
    blocks = ([_alto_line(line) for line in _all(block, "TextLine")] for block in _all(root, "TextBlock"))
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _alto_line(line: Element) -> str:
    """Join the strings of a line, at spaces if it has any, else all of them; a hyphen belongs to the last."""
    spaced = any(_name(element) == "SP" for element in line)
    text = ""
    for element in line:
        if _name(element) == "String":
            text += ("" if spaced or not text else " ") + element.get("CONTENT", "")
        elif _name(element) == "SP":
            text += " "
        elif _name(element) == "HYP":
            text += element.get("CONTENT", "-")
    return text


def page_text(root: Element) -> str:
    """Return the lines of a PAGE document in its reading order, an empty line between regions."""
    regions = {region.get("id", ""): region for region in _all(root, "TextRegion")}
    ordered = [ref.get("regionRef", "") for order in _all(root, "ReadingOrder") for ref in _references(order)]
    names = [name for name in dict.fromkeys(ordered) if name in regions]
    texts = [_region(regions[name]) for name in (*names, *(name for name in regions if name not in set(names)))]
    return "\n\n".join(filter(None, texts))


def _references(order: Element) -> Iterator[Element]:
    """Give the references of a reading order; those with an index in its order, group by group."""
    members = [element for element in order if _name(element).startswith(("RegionRef", "OrderedGroup", "Unordered"))]
    for element in sorted(members, key=lambda element: int(element.get("index", "0"))):
        if element.get("regionRef") is not None:
            yield element
        yield from _references(element)


def _region(region: Element) -> str:
    lines = [element for element in region if _name(element) == "TextLine"]
    return "\n".join(map(_line, lines)) if lines else _equivalent(region) or ""


def _line(line: Element) -> str:
    text = _equivalent(line)
    if text is None:
        words = (_equivalent(element) for element in line if _name(element) == "Word")
        text = " ".join(filter(None, words))
    return text


def _equivalent(element: Element) -> str | None:
    """Return the text of an element by its ``TextEquiv`` with the least index; None if it has none."""
    found = [child for child in element if _name(child) == "TextEquiv"]
    if not found:
        return None
    best = min(found, key=lambda child: int(child.get("index", "0")))
    return next((child.text or "" for child in best if _name(child) == "Unicode"), "")


def _all(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if _name(element) == name)


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
