"""A user's own h5 files get their compiled forms."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
from click.testing import CliRunner

from ocrtool.decode.language_model import CharacterLSTM
from ocrtool.weights.store import packaged_folder


def test_all_that_lack_their_compiled_form_get_one(tmp_path: Path) -> None:
    from training.publish.compile_weights import main

    for suffix in (".json", ".weights.h5"):
        shutil.copy(packaged_folder() / f"lstm_eng{suffix}", tmp_path)
    result = CliRunner().invoke(main, [str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1] == str(tmp_path / "lstm_eng.tflite")
    own_weights, shipped = CharacterLSTM.open("lstm_eng", tmp_path), CharacterLSTM.open("lstm_eng", packaged_folder())
    assert np.allclose(own_weights.score("read by both"), shipped.score("read by both"), atol=1e-3)
    assert json.loads((tmp_path / "lstm_eng.json").read_text())["tflite_sha256"]
    assert CliRunner().invoke(main, [str(tmp_path)]).output == ""  # nothing is left to do
