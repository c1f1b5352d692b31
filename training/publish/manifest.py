"""Write the manifest NAME.json that stands beside NAME.weights.h5 and says how the weights came about."""

from __future__ import annotations

import platform
import re
import shlex
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from training.report.write import write_json

#: Distributions whose versions decide what a training run gives.
LIBRARIES = (
    "keras",
    "tensorflow",
    "jax",
    "torch",
    "numpy",
    "ai-edge-litert",
    "faker",
    "opencv-python-headless",
    "Pillow",
)

#: Fields that the manifest of every network has: `write_manifest` refuses to write one that lacks any of them.
REQUIRED = (
    "name",
    "architecture",
    "parameters",
    "labels",
    "input",
    "temperature",
    "data",
    "split",
    "scores",
    "seed",
    "versions",
    "licence",
    "h5_sha256",
    "tflite_sha256",
    "command",
)

#: Form of a hash.
SHA256 = re.compile(r"[0-9a-f]{64}")


def library_versions() -> dict[str, str]:
    """Versions of Python and of those of `LIBRARIES` that are installed."""
    versions = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def training_command() -> str:
    """The command line of this process, as one would type it in the repository's root; paths of data left out.

    Paths are those of one machine: the values of ``--data`` and ``--out`` become DATA and OUT, of other absolute paths
    the last part stays.
    """
    words = ["python", "-m", _module()]
    placeholder = {"--data": "DATA", "--out": "OUT"}
    previous = ""
    for word in sys.argv[1:]:
        option, equals, _ = word.partition("=")
        if previous in placeholder:
            words.append(placeholder[previous])
        elif equals and option in placeholder:
            words.append(f"{option}={placeholder[option]}")
        else:
            words.append(shlex.quote(Path(word).name if word.startswith("/") else word))
        previous = word
    return " ".join(words)


def _module() -> str:
    """The module that ``python -m`` was given."""
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    return (spec.name if spec else f"training.{Path(sys.argv[0]).stem}").removesuffix(".__main__")


def check(fields: Mapping[str, Any]) -> None:
    """Raises ValueError if ``fields`` are no manifest: a field of `REQUIRED` is missing, no name or licence is given,
    two labels are the same, a temperature is not above 0, or there is no hash of the h5 file.
    """
    missing = [key for key in REQUIRED if key not in fields]
    if missing:
        raise ValueError(f"manifest lacks {', '.join(missing)}")
    name, labels, temperature = fields["name"], list(fields["labels"]), fields["temperature"]
    if not str(name).strip() or not str(fields["licence"]).strip():
        raise ValueError(f"manifest of {name or 'weights without a name'} states no {'licence' if name else 'name'}")
    if len(set(labels)) < len(labels):
        raise ValueError(f"manifest of {name} has a label twice")
    if not all(t > 0.0 for t in (temperature if isinstance(temperature, list) else [temperature])):
        raise ValueError(f"manifest of {name} needs temperatures above 0")
    if not SHA256.fullmatch(str(fields["h5_sha256"])):
        raise ValueError(f"manifest of {name} has no SHA-256 of its h5 file")


def write_manifest(path: Path, fields: Mapping[str, Any]) -> None:
    """Write ``fields`` as JSON to ``path``, whole or not at all.

    Raises ValueError if `check` finds a fault. Values must be plain (no NumPy scalars).
    """
    check(fields)
    write_json(path, dict(fields))
