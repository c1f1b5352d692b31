"""A new term of the path score takes two files: its weight in settings.py and its formula in path_score.py."""

from __future__ import annotations

import filecmp
import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

#: A made-up term: a price for each character of several pieces. (file, what stands there, what takes its place)
PATCHES = (
    (
        "decode/settings.py",
        'metadata={"step": 2.5})\n',
        'metadata={"step": 2.5})\n    joined: float = field(default=0.0, metadata={"step": 0.5})\n',
    ),
    (
        "decode/path_score.py",
        "[:, None] + weights.character\n",
        "[:, None] + weights.character + weights.joined * (span > 1)[:, None]\n",
    ),
)

READ = """
import json, sys
from dataclasses import replace
from tests.unit.decode.lattices import Bigrams, Edge, decode, make_lattice, spelt
from ocrtool.decode.settings import DecoderSettings, PathWeights

line = make_lattice(2, {(0, 1): Edge({"r": 0.5}), (1, 2): Edge({"n": 0.5}), (0, 2): Edge({"m": 0.5})})
weights = PathWeights(lm=0.0, character=0.0)
readings = [spelt(decode([line], Bigrams({}, 0.1), replace(weights, joined=joined))[0]) for joined in (0.0, -9.0)]
parameters = json.load(open(sys.argv[1]))["parameters"]
try:
    DecoderSettings.from_manifest(parameters)
    refused = ""
except ValueError as error:
    refused = str(error)
for key in ("guided", "unguided"):
    parameters[key]["joined"] = -0.5
print(json.dumps([readings, refused, DecoderSettings.from_manifest(parameters).with_lm.joined]))
"""


def test_a_new_term_takes_two_files(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "ocrtool", tmp_path / "ocrtool", ignore=shutil.ignore_patterns("__pycache__"))
    for name, old, new in PATCHES:
        path = tmp_path / "ocrtool" / name
        text = path.read_text()
        assert text.count(old) == 1, name
        path.write_text(text.replace(old, new))
    shutil.copytree(ROOT / "tests" / "unit" / "decode", tmp_path / "tests" / "unit" / "decode")
    manifest = ROOT / "weights" / "decoder_eng.json"
    command = [sys.executable, "-c", READ, str(manifest)]
    environment = {"PYTHONPATH": str(tmp_path)}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    readings, refused, fitted = json.loads(run.stdout)
    assert readings == ["m", "rn"] and fitted == -0.5
    assert "joined" in refused  # weights that were fitted without the term are not used with it
    ours = {p.relative_to(ROOT / "ocrtool") for p in (ROOT / "ocrtool").rglob("*.py")}
    changed = [p for p in ours if not filecmp.cmp(ROOT / "ocrtool" / p, tmp_path / "ocrtool" / p, shallow=False)]
    assert len(changed) == 2
