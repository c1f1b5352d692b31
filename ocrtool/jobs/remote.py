"""Inputs by URL, by way of fsspec, which is imported only when a URL was given."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from ocrtool.errors import ImageTooLarge, InputError, InputMissing, InputUnreadable, UsageError, one_line
from ocrtool.imaging.limits import MAX_BYTES

#: A protocol, as in s3://bucket/key. Chains of protocols (zip://a::s3://b) are not taken: one name is one file.
_URL = re.compile(r"[a-z][a-z0-9+.-]*://(?!.*::)", re.DOTALL)
#: Characters of a pattern; ? starts the query of a web address instead.
_MAGIC = re.compile(r"[*\[]")


def is_url(name: str) -> bool:
    """Return True if ``name`` is a URL rather than a path."""
    return _URL.match(name) is not None


def url_path(url: str) -> str:
    """Return the path of a URL, without query and escapes, from which outputs are named."""
    parts = urlsplit(url)
    return unquote(parts.path).rstrip("/") or parts.netloc


def list_url(url: str, extensions: frozenset[str], recursive: bool) -> list[str]:
    """List the files that a URL stands for: those of a pattern; those below a folder with one of ``extensions``.

    A URL of one file, and one that cannot be listed, stands for itself: reading it says what is wrong. Raises
    UsageError if a library is missing.
    """
    try:
        files, path = open_store(url)
        files.invalidate_cache()  # of what was listed before, in the same process
        if _MAGIC.search(url):
            found = [name for name in files.glob(path) if not files.isdir(name)]
        elif url.endswith("/") or (_suffix(path) not in extensions and files.isdir(path)):
            below = files.find(path, maxdepth=None if recursive else 1)
            found = [name for name in below if _suffix(name) in extensions and "/." not in name]
        else:
            return [url]
    except UsageError:
        raise
    except Exception:  # noqa: BLE001 - a file system may raise anything; reading the URL will too, and is reported
        return [url]
    return [files.unstrip_protocol(name) for name in found] or [url]


def fetch(url: str) -> bytes:
    """Return the bytes of a file. Raises InputMissing, InputUnreadable, ImageTooLarge; UsageError as `list_url`."""
    files, path = open_store(url)
    try:
        with files.open(path, "rb") as file:
            data: bytes = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise InputMissing(url, "no such file or folder") from error
    except InputError:
        raise
    except Exception as error:
        raise InputUnreadable(url, f"cannot be read: {one_line(error)}") from error
    if len(data) > MAX_BYTES:
        raise ImageTooLarge(url, f"more than {MAX_BYTES >> 20} MiB, the most that is read")
    return data


def fingerprint(url: str) -> str:
    """Return what changes with the content, as the server says: a checksum, or size and time. Raises as `fetch`."""
    files, path = open_store(url)
    try:
        return str(files.ukey(path))
    except Exception as error:
        raise InputUnreadable(url, f"cannot be read: {one_line(error)}") from error


def open_store(url: str) -> tuple[Any, str]:
    """Open the file system of a URL; the path is what the URL is called there.

    Raises UsageError if a library is missing, InputUnreadable.
    """
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise UsageError(f"{url}: URLs need fsspec; pip install 'ocrtool[remote]'") from error
    try:
        files, path = url_to_fs(url)
    except (ImportError, ValueError) as error:  # the library of the protocol is missing; no such protocol
        raise UsageError(f"{url}: {error}") from error
    except Exception as error:
        raise InputUnreadable(url, f"cannot be read: {one_line(error)}") from error
    return files, path


def _suffix(path: str) -> str:
    name = path.rpartition("/")[2]
    return f".{name.rpartition('.')[2].lower()}" if "." in name else ""
