"""Find, verify and open weights: ``NAME.json`` (manifest), ``NAME.weights.h5`` and its compiled form ``NAME.tflite``.

Weights are searched in the user's folder (or ``$OCRTOOL_WEIGHTS``), then in the package, name by name: a user's Latin
classifier works with the packaged language model. NAME_research are weights for the same task that are for
non-commercial research only; `chosen_name` alone decides between the two.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrtool.errors import WeightsNotFound, WeightsRefused, one_line, reason
from ocrtool.stderr import silence_stderr

#: Environment variable that names a folder of weights.
ENVIRONMENT = "OCRTOOL_WEIGHTS"

#: Choices of weights: those for any use, or those for non-commercial research only wherever there are some.
ANY, RESEARCH = "any", "research"
MODELS = (ANY, RESEARCH)

#: Bounds of a temperature: fitted ones are near 1, and beyond these logits are no longer finite, or all the same.
LEAST_TEMPERATURE, MOST_TEMPERATURE = 0.01, 100.0

_CHUNK = 1 << 20  # bytes hashed at a time
_MOST_BYTES = 16 << 20  # of a manifest; ours have up to 0.3 MB


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights on disk. manifest: the parsed NAME.json."""

    name: str
    folder: Path
    manifest: dict[str, Any]

    @property
    def h5_path(self) -> Path:
        """The Keras weights; not needed for reading."""
        return self.folder / f"{self.name}.weights.h5"

    @property
    def tflite_path(self) -> Path:
        """The compiled form."""
        return self.folder / f"{self.name}.tflite"

    def open_interpreter(self, num_threads: int = 1) -> Any:
        """Open a LiteRT ``Interpreter`` of the compiled form, tensors not yet allocated. Raises WeightsRefused."""
        with silence_stderr():  # some versions of LiteRT print a message when they are loaded
            from ocrtool.weights.interpreter import SilentInterpreter

        try:
            return SilentInterpreter(model_path=str(self.tflite_path), num_threads=num_threads)
        except (ValueError, RuntimeError) as error:
            raise WeightsRefused(f"{self.tflite_path} is not a model that can be run: {error}") from error


def packaged_folder() -> Path:
    """Return the folder of the packaged weights: beside the modules if installed, else in the checkout."""
    here = Path(__file__).resolve().parents[1]
    installed = here / "_weights"
    return installed if installed.is_dir() else here.parent / "weights"


def chosen_folder(folder: Path | None = None) -> Path | None:
    """Return the user's folder of weights: ``folder``, else the environment's. Raises WeightsNotFound."""
    if folder is None and os.environ.get(ENVIRONMENT):
        folder = Path(os.environ[ENVIRONMENT])
    if folder is not None and not folder.is_dir():
        raise WeightsNotFound(f"{folder} is not a folder of weights")
    return folder


def chosen_name(name: str, model: str, folder: Path | None = None) -> str:
    """Choose between weights for any use and those for research.

    Parameters
    ----------
    name : str
        Of the weights for any use, such as ``writer``.
    model : str
        One of `MODELS`.
    folder : path, optional
        The user's folder of weights, as for `open_weights`.

    Returns
    -------
    str
        ``name``; for ``research``, ``name_research`` if the user's folder or the package has such weights.

    Raises
    ------
    ValueError
        ``model`` is not one of `MODELS`.
    WeightsNotFound
        The user's folder does not exist.

    Examples
    --------
    >>> from ocrtool.weights.store import chosen_name
    >>> chosen_name("writer", "research"), chosen_name("hangul", "research"), chosen_name("writer", "any")
    ('writer_research', 'hangul', 'writer')
    """
    if model not in MODELS:
        raise ValueError(f"model {model!r} is not one of {', '.join(MODELS)}")
    research = f"{name}_{RESEARCH}"
    roots = (chosen_folder(folder), packaged_folder()) if model == RESEARCH else ()
    found = any(root is not None and (root / f"{research}.json").is_file() for root in roots)
    return research if found else name


def find_folder(name: str, folder: Path | None = None) -> Path:
    """Find the folder of ``name``.json. Raises WeightsNotFound, also if ``folder`` holds no weights at all."""
    folder = chosen_folder(folder)
    if folder is not None:
        if not any(folder.glob("*.json")):
            raise WeightsNotFound(f"{folder} holds no weights: no manifest NAME.json is there")
        if (folder / f"{name}.json").is_file():
            return folder
    packaged = packaged_folder()
    if (packaged / f"{name}.json").is_file():
        return packaged
    raise WeightsNotFound(f"no weights named {name} in {folder or packaged}")


def read_manifest(name: str, folder: Path | None = None) -> dict[str, Any]:
    """Read the manifest of ``name``, with no other check: for settings without a network.

    Raises WeightsNotFound, and WeightsRefused if it is not a JSON object.
    """
    return parse_manifest(find_folder(name, folder) / f"{name}.json")


def parse_manifest(path: Path) -> dict[str, Any]:
    """Parse the manifest in the file ``path``. Raises WeightsRefused if it is not a JSON object."""
    try:
        if path.exists() and not path.is_file():
            raise WeightsRefused(f"{path} is not a regular file, so it is not a manifest")
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise WeightsRefused(f"{path} has more than {_MOST_BYTES >> 20} MiB, so it is not a manifest")
        manifest = json.loads(data, parse_constant=_no_number)
    except OSError as error:
        raise WeightsRefused(f"{path} cannot be read: {reason(error)}") from error
    except (ValueError, RecursionError) as error:
        raise WeightsRefused(f"{path} is not valid JSON: {error}") from error
    if not isinstance(manifest, dict):
        raise WeightsRefused(f"{path} is not a manifest: a JSON object is needed")
    return manifest


def _no_number(name: str) -> None:
    """Raise ValueError for NaN and Infinity, which are Python's, not JSON's."""
    raise ValueError(f"{name} is no number")


@contextmanager
def read_as(what: str, name: str) -> Iterator[None]:
    """For a block that takes the manifest of ``name`` apart: what is missing there, or of another kind than that of
    ``what`` has, raises WeightsRefused.
    """
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise WeightsRefused(f"{name}.json is not the manifest of {what}: {one_line(error)}") from error


def finite(value: Any) -> float:
    """A number of a manifest. Raises TypeError, ValueError or OverflowError if it is none, infinite or NaN."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{number} is no number that can be used")
    return number


def temperature(value: Any) -> float:
    """A temperature of a manifest, by which logits are divided. Raises TypeError, ValueError or OverflowError."""
    number = finite(value)
    if not LEAST_TEMPERATURE <= number <= MOST_TEMPERATURE:
        raise ValueError(f"a temperature of {number}; it must be from {LEAST_TEMPERATURE} to {MOST_TEMPERATURE}")
    return number


def open_weights(name: str, folder: Path | None = None) -> Weights:
    """Find weights and verify that their files match the manifest.

    Parameters
    ----------
    name : str
        Of the set of weights, such as ``latin``.
    folder : path, optional
        The user's folder of weights; None: ``$OCRTOOL_WEIGHTS``. Names that it lacks are searched in the package.

    Returns
    -------
    Weights
        Verified; `Weights.open_interpreter` loads the network.

    Raises
    ------
    WeightsNotFound
        There are no weights of that name.
    WeightsRefused
        A file does not match its SHA-256 in the manifest, or the compiled form is missing; the message then names the
        command that compiles it.

    Examples
    --------
    >>> from ocrtool.weights.store import open_weights
    >>> open_weights("latin").manifest["architecture"]
    'glyph'
    """
    weights = Weights(name, find_folder(name, folder), read_manifest(name, folder))
    if not weights.tflite_path.is_file():
        if weights.h5_path.is_file():
            raise WeightsRefused(
                f"{weights.h5_path} has no compiled form: "
                f"run python -m training.publish.compile_weights {weights.folder}"
            )
        raise WeightsNotFound(f"{weights.tflite_path} is missing")
    verify(weights.tflite_path, weights.manifest.get("tflite_sha256"))
    if weights.h5_path.is_file():
        verify(weights.h5_path, weights.manifest.get("h5_sha256"))
    return weights


def sha256(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def verify(path: Path, expected: object) -> None:
    """Raise WeightsRefused unless the SHA-256 of the file is ``expected``."""
    try:
        found = sha256(path)
    except OSError as error:
        raise WeightsRefused(f"{path} cannot be read: {reason(error)}") from error
    if found != expected:
        raise WeightsRefused(f"{path} does not match its manifest: its SHA-256 is {found}, not {expected}")
