"""What only a whole process shows: start-up, pipes that close, signals, standard streams that are not there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

TESTS = Path(__file__).parents[1]

PROGRAM = str(TESTS / "fake_program.py")


def command(pause: float, *arguments: object) -> list[str]:
    return [sys.executable, PROGRAM, str(pause), "read", *map(str, arguments)]


@pytest.fixture
def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join((str(TESTS), str(TESTS.parent)))}


@pytest.fixture
def image(tmp_path: Path) -> Path:
    Image.new("L", (40, 20)).save(tmp_path / "a.png")
    return tmp_path / "a.png"


def test_help_loads_nothing_heavy() -> None:
    probe = (
        "import sys; from ocrtool.cli import main as cli;"
        "asked = (['read'], ['writer-id'], ['writer-id', 'enrol'], ['writer-id', 'verify'], ['segment'], []);"
        "code = max(cli.run([*names, '--help']) for names in asked);"
        "print(code, *sorted({m.split('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    code, *modules = done.stderr.split()
    assert code == "0"
    heavy = ("tensorflow", "keras", "ai_edge_litert", "cv2", "skimage", "PIL", "h5py", "numpy", "multiprocessing")
    assert not set(heavy) & set(modules)


def test_reading_loads_no_training_library(image: Path, environment: dict[str, str]) -> None:
    probe = (
        "import sys; from fake_engine import fake_reader; from ocrtool.jobs import read as job;"
        "from ocrtool.cli import main as cli;"
        "job.load_reader = fake_reader; cli.run(['read', sys.argv[1]]);"
        "print(*{m.split('.')[0] for m in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, image], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout == "40 by 20 mean 0\n"
    assert not {"tensorflow", "keras", "h5py", "matplotlib", "tqdm", "training"} & set(done.stderr.split())


def test_version() -> None:
    done = subprocess.run([sys.executable, "-m", "ocrtool", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("ocrtool 0.")


def test_reader_of_the_pipe_leaves(image: Path, environment: dict[str, str]) -> None:
    process = subprocess.Popen(
        command(0.01, *[image] * 200), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(30) == 141
    process.stderr.close()


def test_full_disk(image: Path, environment: dict[str, str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command(0, image), stdout=full, stderr=subprocess.PIPE, text=True, env=environment)
    assert done.returncode == 1
    assert done.stderr == "ocrtool: standard output: cannot be written: no space left on device\n"


def test_closed_standard_output(image: Path, environment: dict[str, str]) -> None:
    closed = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *command(0, image)], stderr=subprocess.PIPE, text=True, env=environment
    )
    assert (closed.returncode, closed.stderr) == (1, "ocrtool: standard output is closed\n")


def heed_interrupts() -> None:
    """Shells start background jobs with SIGINT ignored, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("jobs", [1, 2])
def test_interrupt(jobs: int, image: Path, environment: dict[str, str]) -> None:
    arguments = command(5, image, image, "--jobs", jobs, "-o", image.parent / "out")
    process = subprocess.Popen(
        arguments,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
        preexec_fn=heed_interrupts,
    )
    deadline = time.monotonic() + 30
    while not (image.parent / "out").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)  # as the terminal does
    assert process.communicate(timeout=30)[1] == b""
    assert process.returncode == 130
    assert list((image.parent / "out").iterdir()) == []
