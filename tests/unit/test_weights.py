"""Finding weights and refusing those that do not belong together."""

from __future__ import annotations

import configparser
import json
from pathlib import Path

import pytest

from ocrtool.errors import ExitCode, WeightsNotFound, WeightsRefused
from ocrtool.weights import inventory
from ocrtool.weights import store as weights

ROOT = Path(__file__).parents[2]


def make(folder: Path, name: str = "latin", compiled: bytes | None = b"flat", h5: bytes | None = b"h5") -> None:
    """Files of a set of weights, with a manifest that is right for them."""
    folder.mkdir(exist_ok=True)
    manifest = {"name": name}
    for key, suffix, data in (("tflite_sha256", ".tflite", compiled), ("h5_sha256", ".weights.h5", h5)):
        if data is not None:
            (folder / (name + suffix)).write_bytes(data)
            manifest[key] = weights.sha256(folder / (name + suffix))
    (folder / f"{name}.json").write_text(json.dumps(manifest))


@pytest.fixture(autouse=True)
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make(tmp_path / "packaged")
    make(tmp_path / "packaged", "lstm_eng")
    monkeypatch.setattr(weights, "packaged_folder", lambda: tmp_path / "packaged")
    monkeypatch.delenv(weights.ENVIRONMENT, raising=False)
    return tmp_path / "packaged"


def test_the_folder_then_the_environment_then_the_package(
    tmp_path: Path, packaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "mine")
    make(tmp_path / "ours")
    assert weights.open_weights("latin").folder == packaged
    monkeypatch.setenv(weights.ENVIRONMENT, str(tmp_path / "ours"))
    assert weights.open_weights("latin").folder == tmp_path / "ours"
    found = weights.open_weights("latin", tmp_path / "mine")
    assert found.tflite_path == tmp_path / "mine" / "latin.tflite"
    assert found.manifest["name"] == "latin"
    assert weights.open_weights("lstm_eng", tmp_path / "mine").folder == packaged


def test_h5_is_not_needed_for_reading(tmp_path: Path) -> None:
    make(tmp_path / "mine", h5=None)
    assert not weights.open_weights("latin", tmp_path / "mine").h5_path.exists()


def test_not_found(tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    for folder, name, word in (
        (tmp_path / "none", "latin", "not a folder"),
        (tmp_path / "bare", "latin", "no manifest"),
        (None, "hangul", "no weights named hangul"),
    ):
        with pytest.raises(WeightsNotFound, match=word) as caught:
            weights.open_weights(name, folder)
        assert caught.value.exit_code == ExitCode.WEIGHTS


@pytest.mark.parametrize("suffix", [".tflite", ".weights.h5"])
def test_changed_bytes_are_refused(packaged: Path, suffix: str) -> None:
    (packaged / f"latin{suffix}").write_bytes(b"other")
    with pytest.raises(WeightsRefused, match=f"latin{suffix} does not match its manifest"):
        weights.open_weights("latin")


def test_h5_alone_says_how_to_compile(tmp_path: Path) -> None:
    make(tmp_path / "mine", compiled=None)
    with pytest.raises(WeightsRefused, match=f"run python -m training.publish.compile_weights {tmp_path / 'mine'}"):
        weights.open_weights("latin", tmp_path / "mine")
    make(tmp_path / "mine", "void", compiled=None, h5=None)
    with pytest.raises(WeightsNotFound, match=r"void\.tflite is missing"):
        weights.open_weights("void", tmp_path / "mine")


@pytest.mark.parametrize(("content", "word"), [("{", "not valid JSON"), ("[]", "not a manifest"), ("\xff", "JSON")])
def test_odd_manifest_is_refused(packaged: Path, content: str, word: str) -> None:
    (packaged / "latin.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(WeightsRefused, match=word):
        weights.read_manifest("latin")


def test_research_weights_are_chosen_only_if_asked_for_and_there(
    tmp_path: Path, packaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(packaged, "latin_research")
    make(tmp_path / "mine", "lstm_eng_research")
    mine = tmp_path / "mine"
    chosen = {
        (name, model): weights.chosen_name(name, model, mine)
        for name in ("latin", "lstm_eng", "hangul")
        for model in weights.MODELS
    }
    assert chosen == {
        ("latin", "any"): "latin",
        ("latin", "research"): "latin_research",
        ("lstm_eng", "any"): "lstm_eng",
        ("lstm_eng", "research"): "lstm_eng_research",
        ("hangul", "any"): "hangul",
        ("hangul", "research"): "hangul",
    }
    assert weights.chosen_name("lstm_eng", "research") == "lstm_eng"
    monkeypatch.setenv(weights.ENVIRONMENT, str(mine))
    assert weights.chosen_name("lstm_eng", "research") == "lstm_eng_research"


def test_another_choice_of_weights_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="model 'writer_free' is not one of any, research"):
        weights.chosen_name("writer", "writer_free")


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(WeightsRefused, match="not a model that can be run"):
        weights.open_weights("latin").open_interpreter()


def test_folder_of_the_checkout() -> None:
    found = weights.Path(weights.__file__).parents[1] / "weights"
    assert found.is_dir()


def test_the_wheel_holds_what_reading_opens_and_no_more() -> None:
    """Compiled forms and manifests: no h5, which only training reads, and nothing of the EMNIST suite."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    patterns = setup["options.package_data"]["ocrtool._weights"].split()
    packed = {path.relative_to(ROOT / "weights").as_posix() for p in patterns for path in (ROOT / "weights").glob(p)}
    both = {name + end for name in ("latin", "lines", "writer") for end in ("", "_research")}
    networks = both | {"hangul", "lstm_eng", "lstm_kor"}
    manifests = networks | {"decoder_eng", "decoder_kor", "decoder_lines"}
    assert packed == {f"{n}.tflite" for n in networks} | {f"{n}.json" for n in manifests} | {"README.md"}


def test_weights_with_a_licence_for_research_are_named_so() -> None:
    shipped = [entry for entry in inventory.find_all(ROOT / "weights") if not entry.name.startswith("emnist/")]
    for_research = {entry.name for entry in shipped if entry.licence == "non-commercial"}
    named = {entry.name for entry in shipped if entry.name.endswith("_research")}
    assert "writer_research" in named
    assert for_research == named
    assert all(entry.manifest["name"] == entry.name for entry in shipped)


def test_every_shipped_file_is_the_one_its_manifest_names() -> None:
    found = inventory.find_all(ROOT / "weights")
    assert {entry.name for entry in found if entry.fault} == set()
    suite = {entry.name for entry in found if entry.name.startswith("emnist/")}
    assert suite == {
        *(f"emnist/emnist_compact_resnet_{split}" for split in ("balanced", "byclass", "letters")),
        *(f"emnist/emnist_{model}_balanced" for model in ("lenet5_v2", "tuned", "vanilla")),
        *(f"emnist/{kind}_{split}" for kind in ("fusion_compact_resnet", "lstm") for split in ("balanced", "letters")),
    }
