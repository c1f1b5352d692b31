"""Inventory of weights: found by their manifests and verified, without loading any network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocrtool.errors import OcrToolError, WeightsNotFound, WeightsRefused, printable
from ocrtool.weights.store import Weights, chosen_folder, packaged_folder, parse_manifest, verify

#: Depth to which sub-folders are searched: a training writes its weights to a folder of their own.
DEPTH = 2

#: Purpose of weights by kind, for manifests without one.
PURPOSES = {
    "glyph": "classifies characters on a line",
    "character_lstm": "language model",
    "decoder": "weights of the path score",
    "emnist": "classifies single hand-printed characters",
    "line_reader": "reads lines of Latin letters",
    "hangul": "classifies Korean characters on a line",
    "writer": "embeds handwriting for writer identification",
}

#: Figures of a manifest's scores that are shown, most informative first, with their names.
HEADLINES = {
    "class_accuracy": "mean of classes",
    "accuracy": "accuracy",
    "bits_per_character": "bits per character",
    "character_error_rate": "character error rate",
}


@dataclass(frozen=True, slots=True)
class WeightsEntry:
    """One set of weights. fault: the sentence why it is refused, None if it can be used."""

    name: str
    folder: Path
    manifest: dict[str, Any] = field(default_factory=dict)
    h5_bytes: int | None = None
    compiled_bytes: int | None = None
    fault: str | None = None

    @property
    def kind(self) -> str:
        """Architecture, with the model's name if it has several: ``emnist compact_resnet``."""
        kind = str(self.manifest.get("architecture") or self.manifest.get("kind") or "unknown")
        parameters = self.manifest.get("parameters")
        model = parameters.get("model") if isinstance(parameters, dict) else None
        return f"{kind} {model}" if model else kind

    @property
    def purpose(self) -> str:
        """Purpose in a few words."""
        return str(self.manifest.get("purpose") or PURPOSES.get(self.kind.split()[0], ""))

    @property
    def licence(self) -> str:
        """Short form of the licence; the manifest has the full note."""
        note = str(self.manifest.get("licence") or "")
        if "non-commercial" in note.lower():
            return "non-commercial"
        return next((word.strip(".,;") for word in note.split() if "-" in word and word[0].isupper()), note[:20])

    @property
    def score(self) -> dict[str, Any] | None:
        """Figures of `HEADLINES` for the manifest's first test set, and its name as ``on``."""
        found = list(_scores(self.manifest.get("scores"), ()))
        tests = [(path, figures) for path, figures in found if any("test" in part for part in path)]
        if not found:
            return None
        path, figures = (tests or found)[0]
        return {"on": path[-1] if path else "", **figures}

    def as_json(self) -> dict[str, Any]:
        """Return the entry as plain values."""
        labels = self.manifest.get("labels")
        return {
            "name": self.name,
            "folder": str(self.folder),
            "kind": self.kind,
            "parameters": self.manifest.get("parameters_total"),
            "classes": len(labels) if isinstance(labels, list) else None,
            "split": self.manifest.get("split") if isinstance(self.manifest.get("split"), str) else None,
            "score": self.score,
            "h5_bytes": self.h5_bytes,
            "compiled_bytes": self.compiled_bytes,
            "licence": self.licence,
            "purpose": self.purpose,
            "refused": self.fault,
        }


def _scores(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[str, float]]]:
    """Find figures of `HEADLINES` anywhere in the scores of a manifest, each with the path of keys to it."""
    if not isinstance(value, dict):
        return
    figures = {key: value[key] for key in HEADLINES if isinstance(value.get(key), (int, float))}
    if figures:
        yield path, figures
    for name, inner in value.items():
        yield from _scores(inner, (*path, str(name)))


def find_all(folder: Path | None = None) -> list[WeightsEntry]:
    """List the user's weights and those of the package, sorted by name; the user's replace those of the same name.

    Raises WeightsNotFound if the user's folder holds none.
    """
    chosen = chosen_folder(folder)
    entries: dict[str, WeightsEntry] = {}
    for root in (chosen, packaged_folder()):
        if root is not None:
            for path in _manifests(root):
                entry = _entry(path, root)
                entries.setdefault(entry.name, entry)
        if root is chosen and root is not None and not entries:
            raise WeightsNotFound(f"{root} holds no weights: no manifest NAME.json is there")
    return sorted(entries.values(), key=lambda entry: entry.name)


def find_one(name: str, folder: Path | None = None) -> WeightsEntry:
    """Find the weights ``name``. Raises WeightsNotFound."""
    entries = find_all(folder)
    for entry in entries:
        if entry.name == name:
            return entry
    raise WeightsNotFound(f"no weights named {printable(name)}; there are {', '.join(e.name for e in entries)}")


def _manifests(root: Path) -> Iterator[Path]:
    """Find the JSON files that are manifests: there are weights beside them, or they name their kind.

    Other files of a training (``architecture.json``, ``history.json``, a report) are not manifests.
    """
    for depth in range(DEPTH + 1):
        for path in sorted(root.glob("*/" * depth + "*.json")):
            beside = Weights(path.stem, path.parent, {})
            has_weights = beside.h5_path.is_file() or beside.tflite_path.is_file()
            if has_weights or (depth == 0 and _says_what_it_is(path)):
                yield path


def _says_what_it_is(path: Path) -> bool:
    try:
        manifest = parse_manifest(path)
    except WeightsRefused:
        return True  # to be listed as refused
    return isinstance(manifest.get("kind") or manifest.get("architecture"), str)


def _entry(path: Path, root: Path) -> WeightsEntry:
    weights = Weights(path.stem, path.parent, {})
    below = path.relative_to(root).with_suffix("")
    name = (below.parent if below.parent.name == below.name else below).as_posix()
    manifest: dict[str, Any] = {}
    fault = None
    try:
        manifest = parse_manifest(path)
        _verify(Weights(path.stem, path.parent, manifest))
    except OcrToolError as error:
        fault = str(error)
    return WeightsEntry(name, path.parent, manifest, _size(weights.h5_path), _size(weights.tflite_path), fault)


def _verify(weights: Weights) -> None:
    """Raise WeightsRefused unless the files present match the manifest."""
    compiled, h5 = weights.tflite_path.is_file(), weights.h5_path.is_file()
    if compiled:
        verify(weights.tflite_path, weights.manifest.get("tflite_sha256"))
    if h5:
        verify(weights.h5_path, weights.manifest.get("h5_sha256"))
    if not (compiled or h5) and weights.manifest.get("architecture"):
        raise WeightsRefused(f"{weights.tflite_path} is missing")


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None
