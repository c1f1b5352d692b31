"""Batch OCR for scanned documents: ``ocrtool read page.png``."""

__version__ = "0.1.0"
