"""Work on a stranger's file in a process of its own, which has bounds of memory and time, and no network.

The process gets the file as its standard input and gives plain values and bytes; nothing that it sends is unpickled, so
that a file that takes over its decoder gains nothing beyond it. Where a system lacks one of the bounds, the others
hold.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import time
from collections.abc import Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import IO, Any, BinaryIO, TypeAlias

from ocrtool.imaging.boot import boot_command

#: What the process sends: plain values, and bytes such as pixels.
Message: TypeAlias = tuple[dict[str, Any], bytes | bytearray]

#: Before each message: the lengths of its values, as JSON, and of its bytes.
_LENGTHS = struct.Struct("!QQ")
#: Bytes of the values of a message.
_LONGEST_VALUES = 1 << 28
#: Bytes read at a time.
_CHUNK = 1 << 20
#: unshare(2): user and network of their own, the latter without any interface.
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
#: prctl(2): end with the parent; no program that is started gains rights.
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_SIGKILL = 9


class ConfinedError(Exception):
    """The process ended without an answer, or sent none that can be used."""


class TookTooLong(ConfinedError):
    """It took more time than it may."""


class TookTooMuch(ConfinedError):
    """It took more memory than it may."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """memory: bytes of address space; seconds: for each message; largest: bytes of a message."""

    memory: int
    seconds: float
    largest: int


def confined(call: str, arguments: dict[str, Any], file: IO[bytes], bounds: Bounds) -> Generator[Message, None, None]:
    """Call a function in a process of its own, and give what it yields. Raises ConfinedError.

    call: ``module:function``, which takes a binary file and the ``arguments``, and yields messages; file: a file of the
    system, which the function reads from its current position.
    """
    import subprocess

    source, sink = os.pipe()  # not on the command line, which all users can read
    with os.fdopen(sink, "wb") as pipe:
        limits = json.dumps([bounds.memory, bounds.seconds])
        try:
            process = subprocess.Popen(
                boot_command(__name__, call, limits, str(source)),
                bufsize=0,
                cwd="/",
                stdin=file,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=[source],
            )
        except OSError as error:  # too many processes or open files
            raise ConfinedError(f"no process could be started: {error.strerror}") from error
        finally:
            os.close(source)
        with suppress(BrokenPipeError):
            pipe.write(json.dumps(arguments).encode())
            pipe.close()
    with process:
        assert process.stdout is not None
        try:
            while True:
                values, data = _receive(process.stdout.fileno(), bounds)
                kind = values.pop("", "")
                if kind == "end":
                    return
                if kind == "memory":
                    raise TookTooMuch
                if kind == "error":
                    raise ConfinedError(str(values.get("text")))
                yield values, data
        finally:
            process.kill()


def main(call: str, bounds: str, arguments: str) -> None:
    """Be the process: set the bounds, call the function, and send what it yields. arguments: a descriptor of them."""
    with os.fdopen(int(arguments), "rb") as pipe:
        values = json.loads(pipe.read())
    answers = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    memory, seconds = json.loads(bounds)
    _leave_network()
    module, _, name = call.partition(":")
    function = getattr(import_module(module), name)
    _set_limits(memory, seconds)
    last: dict[str, Any] = {"": "end"}
    try:
        with os.fdopen(os.dup(0), "rb") as file:
            _send(answers, function(file, **values))
    except MemoryError:
        last = {"": "memory"}
    except Exception as error:  # noqa: BLE001 - what it is, the parent says
        last = {"": "error", "text": f"{type(error).__name__}: {error}"}
    _send(answers, [(last, b"")])
    os._exit(0)


def _send(descriptor: int, messages: Iterable[Message]) -> None:
    for values, data in messages:
        header = json.dumps(values).encode()
        for part in (_LENGTHS.pack(len(header), len(data)) + header, data):
            unsent = memoryview(part)
            while unsent:
                unsent = unsent[os.write(descriptor, unsent) :]


def _receive(descriptor: int, bounds: Bounds) -> Message:
    end = time.monotonic() + bounds.seconds
    lengths = _LENGTHS.unpack(_exactly(descriptor, _LENGTHS.size, end))
    if lengths[0] > _LONGEST_VALUES or lengths[1] > bounds.largest:
        raise TookTooMuch
    header = _exactly(descriptor, lengths[0], end)
    data = _exactly(descriptor, lengths[1], end)
    try:
        values = json.loads(header)
    except (ValueError, RecursionError) as error:
        raise ConfinedError("no valid answer") from error
    if not isinstance(values, dict):
        raise ConfinedError("no valid answer")
    return values, data


def _exactly(descriptor: int, length: int, end: float) -> bytearray:
    """Read ``length`` bytes until the time ``end``. Raises TookTooLong, ConfinedError."""
    import selectors

    parts = bytearray()
    with selectors.PollSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while len(parts) < length:
            if not selector.select(max(0.0, end - time.monotonic())):
                raise TookTooLong
            part = os.read(descriptor, min(length - len(parts), _CHUNK))
            if not part:
                raise ConfinedError("the process ended")
            parts += part
    return parts


def _leave_network() -> None:
    """End with the parent, gain no rights, and have no network, as far as the system allows that."""
    if sys.platform != "linux":
        return
    import ctypes

    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)  # refused in some containers


def _set_limits(memory: int, seconds: float) -> None:
    """Bound memory; also the processor's time of the whole process, to a day at most; write no files, dump no core."""
    import resource

    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))
    # Each message has its time by the parent's clock; this ends a process whose parent cannot.
    bound = min(int(seconds) * 1000, 86_400)
    resource.setrlimit(resource.RLIMIT_CPU, (bound, bound))


def stranger_file(data: bytes) -> BinaryIO:
    """Return a temporary file that holds ``data``, for `confined`; closing it removes it."""
    import tempfile

    file = tempfile.TemporaryFile(prefix="ocrtool-")  # noqa: SIM115 - closed by the caller
    file.write(data)
    file.seek(0)
    return file


def confined_fault(error: BaseException) -> str:
    """Say why a process ended, as a part of a sentence."""
    if isinstance(error, TookTooLong):
        return "it takes too long to read"
    if isinstance(error, TookTooMuch):
        return "it takes too much memory to read"
    return "reading it ends the process"
