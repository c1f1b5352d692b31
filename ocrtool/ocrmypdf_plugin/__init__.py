"""The plug-in for OCRmyPDF: ``ocrmypdf --plugin ocrtool.ocrmypdf_plugin in.pdf out.pdf``.

Its hooks are those of ``ocrmypdf.pluginspec`` of release 17. Tesseract is not needed.
"""

from __future__ import annotations

from typing import Any

from ocrmypdf import OcrEngine, hookimpl

from ocrtool.ocrmypdf_plugin.engine import OcrtoolEngine

#: Module of OCRmyPDF that demands Tesseract.
_TESSERACT = "ocrmypdf.builtin_plugins.tesseract_ocr"


@hookimpl  # type: ignore[untyped-decorator, unused-ignore]
def get_ocr_engine(options: Any) -> OcrEngine | None:
    """Take the place of the default engine; ``--ocr-engine none`` and ``tesseract`` still work."""
    return None if getattr(options, "ocr_engine", "auto") not in ("auto", "ocrtool") else OcrtoolEngine()


@hookimpl  # type: ignore[untyped-decorator, unused-ignore]
def initialize(plugin_manager: Any) -> None:
    """Do without Tesseract. Its options are known all the same: OCRmyPDF looks at them, and scripts set them."""
    plugin_manager.set_blocked(_TESSERACT)


@hookimpl  # type: ignore[untyped-decorator, unused-ignore]
def register_options() -> dict[str, Any]:
    from ocrmypdf.builtin_plugins import tesseract_ocr

    return dict(tesseract_ocr.register_options())  # type: ignore[no-untyped-call, unused-ignore]


@hookimpl  # type: ignore[untyped-decorator, unused-ignore]
def add_options(parser: Any) -> None:
    from ocrmypdf.builtin_plugins import tesseract_ocr

    tesseract_ocr.add_options(parser)  # type: ignore[no-untyped-call, unused-ignore]


@hookimpl  # type: ignore[untyped-decorator, unused-ignore]
def check_options(options: Any) -> None:
    """Let the text layer be ours: with others, programs that extract text lose spaces between words in Hangul."""
    if options.pdf_renderer == "auto":
        options.pdf_renderer = "sandwich"
