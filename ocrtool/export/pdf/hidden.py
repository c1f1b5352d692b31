"""Invisible text that another program has put on a page: removed where the page was read anew."""

from __future__ import annotations

from typing import Any

#: Rendering mode of text that is not painted, and operators that show text.
_INVISIBLE = 3
_SHOW = {"Tj", "TJ", "'", '"'}
#: Forms within forms that are searched.
_DEEPEST = 4


def remove_invisible_text(pdf: Any, page: Any) -> None:
    """Remove the operators that show invisible text from ``page``, a ``pikepdf.Page``, and from its forms."""
    import pikepdf

    page.contents_coalesce()
    kept = _visible(page)
    if kept is not None:
        page.obj.Contents = pdf.make_stream(kept)
    done: set[tuple[int, int]] = set()
    resources = page.obj.get("/Resources", pikepdf.Dictionary())
    _clean_forms(resources, done, _DEEPEST)


def _clean_forms(resources: Any, done: set[tuple[int, int]], depth: int) -> None:
    for item in (resources.get("/XObject") or {}).values() if depth else ():
        if item.get("/Subtype") != "/Form" or item.objgen in done:
            continue
        done.add(item.objgen)
        kept = _visible(item)
        if kept is not None:
            item.write(kept)
        if "/Resources" in item:
            _clean_forms(item.Resources, done, depth - 1)


def _visible(holder: Any) -> bytes | None:
    """Return the content stream of a page or form without invisible text; None if there is none."""
    import pikepdf

    kept, modes, mode, found = [], [], 0, False
    for instruction in pikepdf.parse_content_stream(holder):
        operator = str(instruction.operator)
        if operator == "q":
            modes.append(mode)
        elif operator == "Q" and modes:
            mode = modes.pop()
        elif operator == "Tr" and len(instruction.operands) == 1:
            mode = int(instruction.operands[0])
        if operator in _SHOW and mode == _INVISIBLE:
            found = True
        else:
            kept.append(instruction)
    return pikepdf.unparse_content_stream(kept) if found else None
