"""PHD08 text files become arrays: all that is whole in them, whatever else is in them, and whatever interrupts it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import unicodedata
from pathlib import Path

import h5py
import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from scipy.ndimage import gaussian_filter

from training.phd08.__main__ import main
from training.phd08.files import file_name, find_sources
from training.phd08.resize import to_size
from training.phd08.text_form import format_sample, parse, split_name
from training.synthesis.hangul_syllables import all_syllables, ks_x_1001

ROOT = Path(__file__).resolve().parents[2]


def picture(rng: np.random.Generator) -> np.ndarray:
    image = (rng.random((rng.integers(18, 55), rng.integers(24, 53))) < 0.2).astype(np.uint8)
    image[3:9, 2:20] = 1
    return image


def samples_of(seed: int, count: int = 6) -> list[tuple[str, np.ndarray]]:
    rng = np.random.default_rng(seed)
    return [(f"{'SG'[n % 2]}_0_1_2_0_{n % 3}", picture(rng)) for n in range(count)]


def write(path: Path, seed: int, count: int = 6) -> list[np.ndarray]:
    samples = samples_of(seed, count)
    path.write_bytes(b"".join(format_sample(name, image) for name, image in samples))
    return [image for _, image in samples]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "phd08"
    folder.mkdir()
    for seed, syllable in enumerate("가각나"):
        write(folder / f"{syllable}.txt", seed)
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def converted(data: Path, *options: object) -> Path:
    out = data.parent / "out"
    result = run("convert", data, "--out", out, "--jobs", 1, *options)
    assert result.exit_code == 0, result.output
    return out


def pairs(out: Path) -> tuple[np.ndarray, np.ndarray]:
    numbers = range(1, 1 + len(list(out.glob("phd08_data_*.npy"))))
    images, labels = ([np.load(out / f"phd08_{kind}_{n}.npy") for n in numbers] for kind in ("data", "labels"))
    return np.concatenate(images), np.concatenate(labels)


def test_pairs_are_those_of_the_known_script(data: Path) -> None:
    out = converted(data)
    first, last = np.load(out / "phd08_data_1.npy"), np.load(out / "phd08_data_2.npy")
    assert (first.shape, first.dtype, last.shape) == ((12, 28, 28), np.float32, (6, 28, 28))  # two files a pair
    assert (np.load(out / "phd08_labels_1.npy") == np.repeat([0, 1], 6)).all()
    assert np.load(out / "phd08_labels_2.npy").dtype == np.int64
    assert np.load(out / "phd08_names_2.npy")[1] == "G_0_1_2_0_1"
    for image, result in zip([s[1] for s in samples_of(0)], first, strict=False):
        blurred = gaussian_filter(image.astype(float), 0.3)
        scaled = (blurred - blurred.min()) * (255 / np.ptp(blurred)) + 0.5
        known = Image.fromarray(scaled.astype(np.uint8)).resize((28, 28), Image.Resampling.BILINEAR)
        assert np.abs(np.asarray(known, np.float32) - result).max() <= 1  # Pillow's order of directions has changed


def test_both_forms_hold_the_same(data: Path) -> None:
    images, labels = pairs(converted(data))
    assert run("convert", data, "--out", data.parent / "a.h5", "--jobs", 1).exit_code == 0
    with h5py.File(data.parent / "a.h5") as file:
        assert (file["images"][:] == images).all() and (file["labels"][:] == labels).all()
        assert [text.decode() for text in file["classes"]] == ["가", "각", "나"]
        assert [text.decode() for text in file["fonts"]] == ["S", "G"]
        assert file["font"][:4].tolist() == [0, 1, 0, 1]
        assert file["variation"][1].tolist() == [0, 1, 2, 0, 1]
        assert file["images"].chunks and file["images"].compression == "gzip"
    assert not list(data.parent.glob(".*"))


def test_line_ends_marks_and_decomposed_names_change_nothing(data: Path) -> None:
    images, labels = pairs(converted(data))
    for path in list(data.iterdir()):
        text = path.read_bytes().replace(b"\n", b"\r\n").removesuffix(b"\r\n\r\n")
        path.unlink()
        path.with_name(unicodedata.normalize("NFD", path.name)).write_bytes(b"\xef\xbb\xbf" + text)
    out = data.parent / "again"
    assert run("convert", data, "--out", out, "--jobs", 1).exit_code == 0
    again, same = pairs(out)
    assert (again == images).all() and (same == labels).all()


def test_classes_in_the_order_asked_for_and_one_hot(data: Path) -> None:
    out = converted(data, "--classes", "나, 가", "--one-hot", "--batch-size", 10, "--width", 20, "--height", 24)
    images, labels = pairs(out)
    assert images.shape == (12, 24, 20)
    assert labels.dtype == np.float64 and (labels == np.eye(2)[np.repeat([0, 1], 6)]).all()
    assert json.loads((out / "phd08_index.json").read_text())["made_with"]["classes"] == ["나", "가"]
    missing = run("convert", data, "--out", out, "--classes", "라")
    assert missing.exit_code == 1 and "holds no file for 라" in missing.output


def test_pictures_in_a_folder_for_each_syllable(data: Path) -> None:
    out = converted(data, "--png", "--classes", "각")
    images, _ = pairs(out)
    files = sorted((out / "png" / "각").iterdir())
    assert len(files) == 6 and files[0].name == "G_0_1_2_0_0.png"
    with Image.open(files[0]) as shown:
        names = [name for name, _ in samples_of(1)]
        assert (255 - np.asarray(shown) == images[names.index("G_0_1_2_0_0")]).all()  # ink dark, as on paper


DAMAGE = {
    "short row": (lambda rows: rows[4].__setitem__(slice(None), rows[4][1:]), 5, "pixels, expected"),
    "letter in a row": (lambda rows: rows[4].__setitem__(3, ord("x")), 5, "expected only 0 and 1"),
    "lost row": (lambda rows: rows.pop(), None, "the picture ends after"),
    "row too many": (lambda rows: rows.append(bytearray(rows[-1])), None, "more rows than the height says"),
    "no size": (lambda rows: rows.pop(1), 2, "expected height and width"),
    "negative size": (lambda rows: rows[1].__setitem__(slice(None), b"-3 20"), 2, "expected height and width"),
    "no name": (lambda rows: rows.pop(0), 2, "expected height and width"),
}


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_damaged_sample_is_named_and_the_others_are_kept(data: Path, kind: str, line_end: bytes) -> None:
    spoil, line, words = DAMAGE[kind]
    blocks = [format_sample(name, image).rstrip().split(b"\n") for name, image in samples_of(1)]
    before = sum(len(block) + 1 for block in blocks[:2])
    rows = [bytearray(row) for row in blocks[2]]
    spoil(rows)
    blocks[2] = [bytes(row) for row in rows]
    (data / "각.txt").write_bytes(b"".join(line_end.join(block) + 2 * line_end for block in blocks))
    result = run("convert", data, "--out", data.parent / "out", "--jobs", 1)
    assert result.exit_code == 1 and "1 of 3 files are damaged" in result.output
    place = before + (line or (len(rows) + 1 if kind == "lost row" else len(rows)))
    assert f"각.txt, line {place}:" in result.output and words in result.output
    images, labels = pairs(data.parent / "out")
    assert np.bincount(labels.astype(int)).tolist() == [6, 5, 6]
    kept = [image for number, (_, image) in enumerate(samples_of(1)) if number != 2]
    assert (images[6:11] == to_size(kept, 28, 28, 0.3)).all()
    again = run("convert", data, "--out", data.parent / "out", "--jobs", 1)
    assert again.exit_code == 1 and words in again.output  # told again by what is there


@pytest.mark.parametrize("content", [b"", b"\n\n\r\n", b"\x00\xff" * 500, b"S_0_0_0_0_0\n3", b"a\n2 2\n01\n01\n\n01"])
def test_any_content_is_told_of_and_never_stops_the_rest(data: Path, content: bytes) -> None:
    (data / "나.txt").write_bytes(content)
    result = run("convert", data, "--out", data.parent / "a.h5", "--jobs", 1)
    assert result.exit_code == 1 and "나.txt" in result.output and "Traceback" not in result.output
    with h5py.File(data.parent / "a.h5") as file:
        assert file["counts"][:2].tolist() == [6, 6]


@pytest.mark.parametrize("name", ["a.h5", "pairs"])
def test_a_killed_conversion_goes_on(data: Path, name: str) -> None:
    out = data.parent / name
    script = f"""
import os, signal
from pathlib import Path
from training.phd08.conversion import Conversion
from training.phd08.convert import convert
from training.phd08.files import find_sources
left = [2]
def advance(source):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
convert(Conversion(find_sources(Path({str(data)!r})).files, Path({str(out)!r}), batch=1), advance=advance)
"""
    killed = subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert not out.is_file()  # the one file appears when it is whole
    (left,) = data.parent.glob(".*.shards")
    before = {path: path.stat().st_mtime_ns for path in [*left.glob("*.npz"), *out.glob("*_data_*.npy")]}
    assert len(before) == 2
    options = ("--jobs", 1, "--batch-size", 1)
    assert run("convert", data, "--out", out, *options).exit_code == 0
    assert all(path.stat().st_mtime_ns == time for path, time in before.items() if path.exists())  # not done again
    assert not left.exists()
    whole = data.parent / f"whole-{name}"
    assert run("convert", data, "--out", whole, *options).exit_code == 0
    if name == "a.h5":
        with h5py.File(out) as one, h5py.File(whole) as other:
            assert all((one[key][()] == other[key][()]).all() for key in ("images", "labels", "font", "variation"))
    else:
        assert all((a == b).all() for a, b in zip(pairs(out), pairs(whole), strict=True))


def test_two_processes_make_the_same(data: Path) -> None:
    one, _ = pairs(converted(data))
    assert run("convert", data, "--out", data.parent / "two", "--jobs", 2).exit_code == 0
    assert (pairs(data.parent / "two")[0] == one).all()


def test_output_of_other_options_is_not_mixed(data: Path) -> None:
    out = converted(data)
    other = run("convert", data, "--out", out, "--gaussian-sigma", 1, "--jobs", 1)
    assert other.exit_code == 1 and "with other options" in other.output
    assert run("convert", data, "--out", data / "가.txt", "--jobs", 1).exit_code == 1
    (data.parent / "b.h5").write_bytes(b"something else")
    assert run("convert", data, "--out", data.parent / "b.h5", "--jobs", 1).exit_code == 1
    assert (data.parent / "b.h5").read_bytes() == b"something else"


def test_files_not_named_after_a_character_are_left_out(data: Path) -> None:
    (data / "README.txt").write_text("about this")
    (data / "U+002F.txt").write_bytes(format_sample("S_0_0_0_0_0", np.ones((9, 3), np.uint8)))
    result = run("convert", data, "--out", data.parent / "a.h5", "--jobs", 1)
    assert result.exit_code == 0 and "README.txt: not named after one character" in result.output
    with h5py.File(data.parent / "a.h5") as file:
        assert file["classes"][0] == b"/" and (file["images"][0] == 255).all()  # all ink stays ink
    assert file_name("/") == "U+002F.txt" and file_name("가") == "가.txt"
    (data / "sub").mkdir()
    write(data / "sub" / "가.txt", 9)
    assert "both named after 가" in run("convert", data, "--out", data.parent / "c.h5").output


@pytest.mark.parametrize("folder", ["absent", "empty"])
def test_a_folder_without_data_is_one_sentence(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    for command in ("convert", "info", "sheet"):
        result = run(command, tmp_path / folder, *(() if command == "info" else ("--out", tmp_path / "x.h5")))
        assert result.exit_code == 1 and folder in result.output and "Traceback" not in result.output


def test_info_counts_and_measures(data: Path) -> None:
    result = run("info", data, "--jobs", 1)
    assert result.exit_code == 0 and "3 characters, 18 samples" in result.output
    ink = np.mean([image.mean() for seed in range(3) for name, image in samples_of(seed) if name[0] == "S"])
    row = next(line for line in result.output.splitlines() if line.startswith("S "))
    assert row.split()[1] == "9" and float(row.split()[-1]) == pytest.approx(ink, abs=6e-4)


def test_sheet_shows_samples_of_each_font(data: Path) -> None:
    out = data.parent / "sheet.png"
    assert run("sheet", data, "--per-font", 2, "--classes", "나,가", "--out", out).exit_code == 0
    with Image.open(out) as sheet:
        assert (np.asarray(sheet) == 0).sum() > 8 * 100  # ink of 2 syllables × 2 fonts × 2 samples
    assert run("sheet", data, "--out", data.parent / "sheet.what").exit_code == 1


def test_every_sample_is_read_as_it_was_written() -> None:
    written = samples_of(7, 40)
    samples = parse(b"".join(format_sample(name, image) for name, image in written))
    assert samples.faults == [] and samples.names == [name for name, _ in written]
    assert all((a == b[1]).all() for a, b in zip(samples.images, written, strict=True))
    assert split_name("H1_0_1_2_0_1") == ("H1", (0, 1, 2, 0, 1)) and split_name("other")[1] == (-1,) * 5


def test_syllables_of_the_standard_and_their_files(data: Path) -> None:
    assert len(ks_x_1001()) == 2350 and len(all_syllables()) == 11172 and set(ks_x_1001()) < set(all_syllables())
    assert find_sources(data).files[1].character == "각"
