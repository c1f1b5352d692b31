"""Outputs of all commands: what is never overwritten or replaced, and what one that cannot be written costs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from fake_embedder import CALIBRATION, load_fake
from fake_engine import fake_reader
from PIL import Image

from ocrtool.cli import main as cli
from ocrtool.jobs import classify, deliver, embed
from ocrtool.jobs import read as read_job
from ocrtool.script.single import SingleReading

SAMPLE = Path(__file__).parents[2] / "samples" / "letter.png"


class BlankClassifier:
    def read(self, gray: np.ndarray, top: int) -> SingleReading:
        return SingleReading(None)


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_job, "load_reader", fake_reader)
    monkeypatch.setattr(classify, "load_classifier", lambda *_: BlankClassifier())
    monkeypatch.setattr(embed, "load_embedder", load_fake)
    monkeypatch.setattr(embed, "load_calibration", lambda options: CALIBRATION)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    return draw(tmp_path / "known" / "in" / "a.png")


def draw(path: Path, pages: int = 1, width: int = 40) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    first, *others = (Image.new("L", (width + i, 20), 11) for i in range(pages))
    if others:
        first.save(path, "TIFF", save_all=True, append_images=others)
    else:
        first.save(path, "PNG")
    return path


def run(*arguments: object) -> int:
    return cli.run([str(argument) for argument in arguments])


#: Each option that names an output, with the file that it writes there; IN stands for the image, OUT for the output.
OUTPUTS = {
    "read": ("read", "IN", "-o", "OUT"),
    "classify": ("classify", "IN", "-o", "OUT"),
    "classify plot": ("classify", "IN", "--plot", "OUT"),
    "segment": ("segment", "IN", "-o", "OUT"),
    "identify": ("writer-id", "IN", "-o", "OUT"),
    "identify plot": ("writer-id", "IN", "--plot", "OUT"),
    "verify": ("writer-id", "verify", "IN", "IN", "-o", "OUT"),
    "overlay": ("read", "IN", "--overlay", "FOLDER"),
    "lines": ("segment", "IN", "--overlay", "FOLDER"),
    "read folder": ("read", "IN", "IN2", "-o", "FOLDER"),
    "enrol": ("writer-id", "enrol", "ABOVE", "-o", "OUT"),
}
#: What the file is called in a folder of outputs.
IN_FOLDER = {"overlay": "a.overlay.png", "lines": "a.overlay.png", "read folder": "a.txt"}


def arguments(kind: str, image: Path, folder: Path) -> tuple[list[object], Path]:
    """The command line, and the path that it writes."""
    target = folder / IN_FOLDER.get(kind, "out")
    paths = {"IN": image, "IN2": image.parent / "b.png", "OUT": target, "FOLDER": folder, "ABOVE": image.parents[1]}
    draw(paths["IN2"])
    return [paths.get(argument, argument) for argument in OUTPUTS[kind]], target


@pytest.mark.parametrize("kind", OUTPUTS)
def test_a_link_stays_and_its_target_is_written(kind: str, image: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    line, target = arguments(kind, image, tmp_path / "out")
    real = (target.parent if kind in IN_FOLDER else tmp_path) / "real"
    target.symlink_to(real)
    assert run(*line) == 0
    assert target.is_symlink() and real.stat().st_size > 0


@pytest.mark.parametrize("kind", OUTPUTS)
def test_a_write_protected_file_is_refused(
    kind: str, image: Path, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    (tmp_path / "out").mkdir()
    line, target = arguments(kind, image, tmp_path / "out")
    if kind == "enrol":
        assert run(*line) == 0
    else:
        target.write_bytes(b"precious")
    before = target.read_bytes()
    target.chmod(0o444)
    assert run(*line) == 1
    assert f"{target}: cannot be written: the file is write-protected" in capfd.readouterr().err
    assert target.read_bytes() == before


@pytest.mark.parametrize("kind", OUTPUTS)
def test_an_input_is_never_overwritten_by_whatever_name(
    kind: str, image: Path, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    (tmp_path / "out").mkdir()
    line, target = arguments(kind, image, tmp_path / "out")
    os.link(image, target)
    before = image.read_bytes()
    assert run(*line) == 2
    assert f"{target} is an input" in capfd.readouterr().err
    assert image.read_bytes() == before and target.samefile(image)


@pytest.mark.parametrize("kind", [kind for kind in OUTPUTS if kind != "enrol"])
def test_a_fifo_is_written_to_and_stays(kind: str, image: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    line, target = arguments(kind, image, tmp_path / "out")
    os.mkfifo(target)
    reader = os.open(target, os.O_RDONLY | os.O_NONBLOCK)
    assert run(*line) == 0
    assert target.is_fifo() and os.read(reader, 10)
    os.close(reader)


def test_a_gallery_is_not_kept_in_a_fifo(image: Path, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    os.mkfifo(tmp_path / "w.h5")
    assert run("writer-id", "enrol", tmp_path, "-o", tmp_path / "w.h5") == 1
    assert "w.h5 is not a regular file" in capfd.readouterr().err
    assert (tmp_path / "w.h5").is_fifo()


def test_several_inputs_go_to_a_pipe_as_one_document(image: Path, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    assert run("read", image, draw(tmp_path / "b.png", width=50), "-o", f"/dev/fd/{writer}") == 0
    os.close(writer)
    assert os.read(reader, 1000) == b"40 by 20 mean 11\n\f50 by 20 mean 11\n"
    os.close(reader)


def test_an_output_that_cannot_be_written_costs_its_input_alone(
    image: Path, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    long = draw(tmp_path / "in" / ("x" * 251 + ".png"))
    other = draw(tmp_path / "in" / "z.png", width=50)
    for options in (("-o", tmp_path / "out"), ("-o", tmp_path / "out", "--format", "json")):
        assert run("read", long, image, other, *options) == (0 if len(options) == 2 else 1)
    captured = capfd.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert captured.err.startswith(f"ocrtool: {long}: ") and "file name too long" in captured.err
    assert {path.name[:3] for path in (tmp_path / "out").iterdir()} == {"xxx", "a.t", "z.t", "a.j", "z.j"}
    assert not list((tmp_path / "out").glob(".*"))


def test_an_overlay_that_cannot_be_written_costs_no_text(
    image: Path, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    (tmp_path / "seen" / "a.overlay.png").mkdir(parents=True)
    assert run("read", image, draw(tmp_path / "b.png", width=50), "--overlay", tmp_path / "seen") == 1
    captured = capfd.readouterr()
    assert captured.out == "40 by 20 mean 11\n\f50 by 20 mean 11\n"
    assert captured.err == f"ocrtool: {image}: {tmp_path}/seen/a.overlay.png: cannot be written: is a directory\n"
    assert (tmp_path / "seen" / "b.overlay.png").is_file()


@pytest.mark.parametrize("kind", ["overlay", "lines", "read folder"])
def test_a_full_disk_costs_the_inputs_that_it_befalls(
    kind: str, image: Path, tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    line, target = arguments(kind, image, tmp_path / "out")
    write = deliver.atomic_write
    full = lambda path, **options: write(Path("/dev/full") if path == target else path, **options)  # noqa: E731
    monkeypatch.setattr(deliver, "atomic_write", full)
    other = draw(tmp_path / "z.png", width=50)
    assert run(*line, other) == 1
    captured = capfd.readouterr()
    assert captured.err == f"ocrtool: {image}: /dev/full: cannot be written: no space left on device\n"
    assert (tmp_path / "out" / target.name.replace("a", "z", 1)).stat().st_size > 0
    pages = {"overlay": captured.out.count("by 20 mean"), "lines": captured.out.count('"source"'), "read folder": 2}
    assert pages[kind] == 2


def test_patches_that_cannot_be_written_have_one_sentence(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    """A page has up to a hundred of them; what can be written still is."""
    inputs = [SAMPLE.with_name("scan.png"), draw(tmp_path / "other" / "a.png")]
    for name in ("0002", "0003"):
        (tmp_path / "cut" / "scan" / f"{name}.png").mkdir(parents=True)
    assert run("segment", *inputs, "--patches", tmp_path / "cut", "--count", 4) == 1
    first = tmp_path / "cut" / "scan" / "0002.png"
    sentence, other = capfd.readouterr().err.splitlines()
    assert sentence == f"ocrtool: {inputs[0]}: {first}: cannot be written: is a directory (and 1 more of its files)"
    assert other.startswith(f"ocrtool: {inputs[1]}: no patches")
    written = {
        path.relative_to(tmp_path / "cut").as_posix() for path in (tmp_path / "cut").rglob("*") if path.is_file()
    }
    assert written == {"scan/0001.png", "scan/0004.png", "scan.collage.png"}


def test_fail_fast_heeds_outputs_too(image: Path, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    (tmp_path / "out" / "a.txt").mkdir(parents=True)
    others = [draw(tmp_path / "in" / f"{name}.png") for name in "bc"]
    assert run("read", image, *others, "-o", tmp_path / "out", "--fail-fast") == 1
    assert capfd.readouterr().err.count("\n") == 1
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.txt"]


def test_pages_of_a_tiff_share_no_picture_with_other_inputs(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    inputs = [draw(tmp_path / "in" / "a.tif", pages=2), draw(tmp_path / "in" / "a.2.png", width=70)]
    assert run("read", *inputs, "--overlay", tmp_path / "seen") == 0
    sizes = {path.name: Image.open(path).width // 2 for path in (tmp_path / "seen").iterdir()}
    assert sizes == {"a.page1.overlay.png": 40, "a.page2.overlay.png": 41, "a.2.overlay.png": 70}


def test_pages_of_a_tiff_never_overwrite_an_input(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    inputs = [draw(tmp_path / "a.tif", pages=2), draw(tmp_path / "a.2.overlay.png")]
    before = inputs[1].read_bytes()
    assert run("read", inputs[0], inputs[1], "--overlay", tmp_path) == 1
    assert f"{inputs[0]}: {tmp_path}/a.2.overlay.png is an input" in capfd.readouterr().err
    assert inputs[1].read_bytes() == before and (tmp_path / "a.1.overlay.png").is_file()


@pytest.mark.parametrize("name", ["...png", "..png", "a\nb.png"])
def test_odd_names_stay_in_the_chosen_folder(name: str, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    page = tmp_path / "in" / name
    page.parent.mkdir()
    with Image.open(SAMPLE) as sample:
        sample.crop((0, 0, sample.width, sample.height // 3)).save(page, "PNG")
    before = set(tmp_path.rglob("*"))
    chosen = tmp_path / "chosen"
    assert run("segment", page, "--patches", chosen, "--overlay", chosen, "--count", 2) == 0
    assert run("read", page, "-o", f"{chosen}/") == 0
    made = set(tmp_path.rglob("*")) - before - {chosen}
    assert made and all(chosen in path.parents and path.name.isprintable() for path in made)
    files = [patch["file"] for patch in json.loads(capfd.readouterr().out)["pages"][0]["patches"]]
    assert len(files) == 2 and all((chosen / file).is_file() for file in files)


def test_segments_of_several_jobs_are_the_same(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    with Image.open(SAMPLE) as sample:
        for number in (1, 2, 3):
            part = sample.crop((0, 0, sample.width, sample.height // 3 + number))
            (tmp_path / "in").mkdir(exist_ok=True)
            part.save(tmp_path / "in" / f"{number}.png")
    runs = []
    for jobs in (1, 2):
        out = tmp_path / str(jobs)
        assert run("segment", tmp_path / "in", "--patches", out, "--overlay", out, "--count", 3, "--jobs", jobs) == 0
        runs.append((capfd.readouterr(), {path.name: path.read_bytes() for path in out.rglob("*.png")}))
    assert runs[0] == runs[1] and len(runs[0][1]) == 3 * 5 - 6


def test_what_is_passed_over_in_folders_is_named(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    folder = tmp_path / "in"
    draw(folder / "a.png")
    for name in ("a.djvu", "sub/b.DJVU", "c.heic", "notes.txt", ".hidden.djvu"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"AT&TFORM")
    os.mkfifo(folder / "pipe.png")
    (folder / "elsewhere").symlink_to(tmp_path)
    assert run("read", folder) == 0
    captured = capfd.readouterr()
    assert captured.out == "40 by 20 mean 11\n"
    assert captured.err.splitlines() == [
        "ocrtool: 4 files passed over: 2 .djvu, 1 .heic, 1 special",
        f"ocrtool: 1 linked folder passed over: {folder}/elsewhere",
    ]
    for command in ("classify", "segment", "writer-id"):
        assert run(command, folder) == (command == "writer-id")  # a sub-folder without images
        assert ".djvu" in capfd.readouterr().err, command
