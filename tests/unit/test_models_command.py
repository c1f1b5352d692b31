"""``ocrtool models``: what is listed, what is refused, and that nothing heavy is loaded for it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ocrtool.cli import main as cli
from ocrtool.weights import inventory
from ocrtool.weights import store as weights
from ocrtool.weights.store import sha256

COMPACT = {
    "architecture": "emnist",
    "parameters": {"model": "compact_resnet", "classes": 47},
    "parameters_total": 459123,
    "labels": list("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"),
    "split": "balanced",
    "scores": {
        "validation": {"accuracy": 0.95, "class_accuracy": 0.94},
        "balanced_test": {"accuracy": 0.91234, "class_accuracy": 0.90178},
    },
    "licence": "Weights: Apache-2.0. Trained on EMNIST (public domain in the US).",
    "purpose": "single hand-printed digits and letters",
}


def make(folder: Path, name: str, suffixes: tuple[str, ...] = (".weights.h5", ".tflite"), **fields: Any) -> Path:
    """A set of weights with a manifest that is right for its files."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {"name": name, "h5_sha256": "", "tflite_sha256": ""} | fields
    for key, suffix in (("h5_sha256", ".weights.h5"), ("tflite_sha256", ".tflite")):
        if suffix in suffixes:
            (folder / (name + suffix)).write_bytes(suffix.encode() * 400)
            manifest[key] = sha256(folder / (name + suffix))
    (folder / f"{name}.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture(autouse=True)
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for the weights of the installation: one classifier, and settings that have no network."""
    folder = make(tmp_path / "packaged", "latin", architecture="glyph", labels=["a", "b"])
    make(folder, "decoder_eng", (), kind="decoder", licence="fitted on IAM: Non-commercial research only")
    for module in (weights, inventory):
        monkeypatch.setattr(module, "packaged_folder", lambda: folder)
    monkeypatch.delenv(weights.ENVIRONMENT, raising=False)
    return folder


def models(*arguments: object) -> int:
    return cli.run(["models", *map(str, arguments)])


def table(text: str) -> dict[str, str]:
    """Lines of the table by the name each begins with; more than one space counts as one."""
    return {line.split()[0]: " ".join(line.split()) for line in text.splitlines()}


def test_what_comes_with_the_program(capfd: pytest.CaptureFixture) -> None:
    assert models() == 0
    captured = capfd.readouterr()
    assert captured.err == ""
    assert table(captured.out) == {
        "NAME": "NAME MODEL PARAMETERS CLASSES H5 COMPILED LICENCE SCORE PURPOSE",
        "decoder_eng": "decoder_eng decoder - - - - non-commercial - weights of the path score",
        "latin": "latin glyph - 2 4 kB 3 kB - - classifies characters on a line",
    }


def test_a_character_model(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    assert models("--weights", make(tmp_path / "mine", "compact", **COMPACT)) == 0
    assert table(capfd.readouterr().out)["compact"] == (
        "compact emnist compact_resnet 459,123 47 4 kB 3 kB Apache-2.0 balanced_test: 0.902 mean of classes, "
        "0.912 accuracy single hand-printed digits and letters"
    )


def test_json(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    folder = make(tmp_path / "mine", "compact", (".weights.h5",), **COMPACT)
    assert models("--format", "json", "--weights", folder) == 0
    document = json.loads(capfd.readouterr().out)
    assert (document["format"], document["version"]) == ("ocrtool-models", 1)
    assert [row["name"] for row in document["models"]] == ["compact", "decoder_eng", "latin"]
    assert document["models"][0] == {
        "name": "compact",
        "folder": str(folder),
        "kind": "emnist compact_resnet",
        "parameters": 459123,
        "classes": 47,
        "split": "balanced",
        "score": {"on": "balanced_test", "class_accuracy": 0.90178, "accuracy": 0.91234},
        "h5_bytes": 4400,
        "compiled_bytes": None,  # an h5 alone is weights too
        "licence": "Apache-2.0",
        "purpose": "single hand-printed digits and letters",
        "refused": None,
    }


def test_own_weights_stand_for_those_of_the_same_name(
    tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(weights.ENVIRONMENT, str(make(tmp_path / "mine", "latin", **COMPACT)))
    assert models() == 0
    rows = table(capfd.readouterr().out)
    assert rows["latin"].startswith("latin emnist compact_resnet")
    assert len(rows) == 3


def test_what_a_training_leaves_is_told_from_manifests(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    run = make(tmp_path / "runs" / "compact", "compact", **COMPACT)
    make(tmp_path / "runs" / "letters", "compact_letters", **COMPACT)
    (run / "report").mkdir()
    for name in ("architecture", "history", "report/report"):
        (run / f"{name}.json").write_text('{"name": "compact", "epochs": []}')
    others = {"NAME", "decoder_eng", "latin", "letters/compact_letters"}
    for folder in (run, tmp_path / "runs"):  # the folder of one training, and that of many
        assert models("--weights", folder) == 0
        assert set(table(capfd.readouterr().out)) - others == {"compact"}


def test_what_is_refused_is_named_and_the_others_listed(
    tmp_path: Path, packaged: Path, capfd: pytest.CaptureFixture
) -> None:
    folder = make(tmp_path / "mine", "compact", **COMPACT)
    (packaged / "latin.tflite").write_bytes(b"other")
    make(folder, "half", (), **COMPACT)
    (folder / "odd.json").write_text("[")
    assert models("--weights", folder) == 3
    captured = capfd.readouterr()
    assert set(table(captured.out)) == {"NAME", "compact", "decoder_eng"}
    faults = captured.err.splitlines()
    assert len(faults) == 3
    assert all(fault.startswith("ocrtool: ") for fault in faults)
    assert "half.tflite is missing" in faults[0]
    assert "latin.tflite does not match its manifest" in faults[1]
    assert "odd.json is not valid JSON" in faults[2]
    assert models("--weights", folder, "--format", "json") == 3
    refused = {row["name"]: row["refused"] for row in json.loads(capfd.readouterr().out)["models"]}
    assert [name for name, fault in refused.items() if fault] == ["half", "latin", "odd"]


@pytest.mark.parametrize(
    "fields",
    [
        {"labels": 3, "scores": [], "licence": None, "parameters": "many", "parameters_total": "few", "split": {}},
        {"scores": {"test": {"accuracy": "good"}}, "architecture": ["?"], "kind": 7, "purpose": {"a": 1}},
        {},
    ],
)
def test_manifests_of_all_sorts(fields: dict[str, Any], tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    folder = make(tmp_path / "mine", "odd", **fields)
    for arguments in ((), ("--format", "json"), ("odd",)):
        assert models(*arguments, "--weights", folder) == 0
        assert "odd" in capfd.readouterr().out


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    odd = "\x1b]0;title\x07red\nline"
    fields: dict[str, Any] = {"architecture": odd, "purpose": odd, "licence": odd, odd: odd}
    folder = make(tmp_path / "mine", "odd", scores={odd: {"test": {"accuracy": 1.0}}}, **fields)
    for arguments in (("--weights", folder), ("odd", "--weights", folder), ("--weights", folder, "--format", "json")):
        assert models(*arguments) == 0
        out = capfd.readouterr().out
        assert "red" in out and out.replace("\n", "").isprintable()


def test_one_manifest(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    folder = make(tmp_path / "mine", "compact", **COMPACT)
    assert models("compact", "--weights", folder) == 0
    lines = capfd.readouterr().out.splitlines()
    assert "architecture: emnist" in lines
    assert lines[lines.index("parameters:") + 1 :][:2] == ["  model: compact_resnet", "  classes: 47"]
    assert f"labels: {' '.join(COMPACT['labels'])}" in lines
    assert models("compact", "--weights", folder, "--format", "json") == 0
    assert json.loads(capfd.readouterr().out) == json.loads((folder / "compact.json").read_text())
    (folder / "compact.tflite").write_bytes(b"")
    assert models("compact", "--weights", folder) == 3
    captured = capfd.readouterr()
    assert captured.out.splitlines() == lines  # what is refused can still be looked at
    assert "does not match its manifest" in captured.err
    (folder / "compact.json").write_text("{")
    assert models("compact", "--weights", folder, "--format", "json") == 3
    assert capfd.readouterr().out == ""


def test_nothing_there(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    (tmp_path / "bare").mkdir()
    for arguments, word in (
        (["greek"], "no weights named greek; there are decoder_eng, latin"),
        (["--weights", tmp_path / "none"], "is not a folder of weights"),
        (["--weights", tmp_path / "bare"], "holds no weights"),
    ):
        assert models(*arguments) == 3
        captured = capfd.readouterr()
        assert captured.out == ""
        assert word in captured.err
        assert captured.err.count("\n") == 1


def test_wrong_usage() -> None:
    assert models("--format", "html") == 2
    assert models("latin", "lstm_eng") == 2


def test_the_weights_shipped_and_nothing_heavy() -> None:
    probe = (
        "import sys; from ocrtool.cli import main as cli; code = cli.run(['models', '--format', 'json']);"
        "print(code, *sorted({m.split('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    code, *loaded = done.stderr.split()
    assert code == "0"
    assert not {"tensorflow", "keras", "ai_edge_litert", "cv2", "numpy", "PIL", "h5py"} & set(loaded)
    names = {row["name"] for row in json.loads(done.stdout)["models"]}
    assert {"latin", "lines", "lstm_eng", "lstm_kor", "decoder_eng", "decoder_lines"} <= names
