"""What only a whole process shows: start-up, pipes that close, signals, standard streams that are not there."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
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


def test_a_page_of_english_print_pays_for_no_other_engine() -> None:
    """What reads glyph by glyph, and the networks of Korean, are loaded where the line reader is not sure."""
    letter = Path(__file__).parents[2] / "samples" / "letter.png"
    probe = "import sys, ocrtool; page = ocrtool.read(sys.argv[1]); print(page.language, *sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe, letter], capture_output=True, text=True, check=True)
    language, *modules = done.stdout.split()
    assert language == "eng"
    unneeded = {"ocrtool.script.glyph_engine", "ocrtool.script.hangul.script", "ocrtool.recognize.cascade", "numpy.ma"}
    assert not unneeded & set(modules)


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
    named = ["sh", "-c", '"$@" >&-', "sh", *command(0, image, "-o", "/dev/stdout")]
    done = subprocess.run(named, stderr=subprocess.PIPE, text=True, env=environment)
    assert (done.returncode, done.stderr) == (1, "ocrtool: /dev/stdout: cannot be written: it is closed\n")


def test_what_the_shell_opened_for_writing_is_written_to(image: Path, environment: dict[str, str]) -> None:
    """The file behind it may belong to somebody else, as after sudo, or be write-protected since."""
    target = image.parent / "out.txt"
    with target.open("w") as file:
        target.chmod(0o444)
        done = subprocess.run(command(0, image, "-o", "/dev/stdout"), stdout=file, env=environment)
    assert (done.returncode, target.read_text()) == (0, "40 by 20 mean 0\n")


@pytest.mark.parametrize("option", [("-o", "a.png"), ("--overlay", ".")])
def test_the_file_behind_standard_input_is_not_overwritten(
    option: tuple[str, str], image: Path, environment: dict[str, str]
) -> None:
    behind = image if option[0] == "-o" else image.rename(image.with_name("stdin.overlay.png"))
    before = behind.read_bytes()
    with behind.open("rb") as file:
        done = subprocess.run(
            command(0, "-", *option), stdin=file, capture_output=True, text=True, env=environment, cwd=image.parent
        )
    assert (done.returncode, behind.read_bytes()) == (2, before)
    assert done.stderr == f"ocrtool: {behind.name} is an input, and inputs are never overwritten\n"


@pytest.mark.parametrize("arguments", [["--help"], ["read", "--help"], ["--version"]])
def test_help_on_a_full_disk(arguments: list[str], environment: dict[str, str]) -> None:
    with Path("/dev/full").open("w") as full:
        program = [sys.executable, "-m", "ocrtool", *arguments]
        done = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, text=True, env=environment)
    assert done.returncode == 1
    assert done.stderr == "ocrtool: standard output: cannot be written: no space left on device\n"


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", "2>&- <&-"])
def test_standard_error_closed_or_full_loses_no_results(
    jobs: int, redirection: str, image: Path, environment: dict[str, str]
) -> None:
    text, folder = "40 by 20 mean 0\n", image.parent / "out"
    for images, output in (([image] * 4, ()), ([image], ("-o", f"{folder}/"))):
        line = command(0, image.parent / "gone.png", *images, "--jobs", jobs, *output)
        shell = ["sh", "-c", f'"$@" {redirection}', "sh", *line]
        done = subprocess.run(shell, stdout=subprocess.PIPE, text=True, env=environment)
        assert done.returncode == 1
        assert done.stdout == ("" if output else "\f".join([text] * 4))
    assert (folder / "a.txt").read_text() == text
    wrong = ["sh", "-c", f'"$@" {redirection}', "sh", *command(0, "--colour")]
    assert subprocess.run(wrong, stdout=subprocess.PIPE, env=environment).returncode == 2


def test_standard_streams_closed_shift_no_output_file(image: Path, environment: dict[str, str]) -> None:
    """An output file that became descriptor 2 would lose what is written while that is silenced."""
    (image.parent / "bad.tif").write_bytes(b"II*\0" + b"\xff" * 60)
    line = [sys.executable, PROGRAM, "0", "classify", str(image.parent / "bad.tif"), str(image)]
    shell = ["sh", "-c", '"$@" 2>&- >&-', "sh", *line, "-o", str(image.parent / "out.txt")]
    assert subprocess.run(shell, env=environment).returncode == 1
    assert (image.parent / "out.txt").read_text() == f"{image}\tblank\n"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_deleted_current_folder(jobs: str, image: Path, environment: dict[str, str]) -> None:
    for arguments, code, out in (
        (["read", image, image], 0, "40 by 20 mean 0\n\f40 by 20 mean 0\n"),
        (["classify", image, "-o", "out.txt", "--plot", "plot.png"], 1, ""),
        (["segment", "a.png", "--overlay", "seen"], 1, ""),
        (["writer-id", "a.png", "."], 1, None),
    ):
        (image.parent / "here").mkdir()
        shell = ["sh", "-c", 'rmdir ../here; exec "$@"', "sh", sys.executable, PROGRAM, "0", *map(str, arguments)]
        done = subprocess.run(
            [*shell, "--jobs", jobs], capture_output=True, text=True, env=environment, cwd=image.parent / "here"
        )
        assert done.returncode == code, arguments
        assert out is None or done.stdout == out
        assert all(line.startswith("ocrtool: ") and "internal" not in line for line in done.stderr.splitlines())


def test_nothing_is_imported_before_interrupts_are_heeded() -> None:
    """What takes time before the first line of ``main`` would be interrupted with a traceback."""
    probe = "import sys; before = set(sys.modules); import ocrtool.__main__; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"ocrtool", "ocrtool.__main__", "__future__"}


@pytest.mark.parametrize("module", ["ocrtool.cli.main", "click", "numpy", "PIL", "ocrtool.jobs.workers"])
def test_an_interrupt_while_importing(module: str, image: Path) -> None:
    probe = """
import sys
module = sys.argv.pop(1)
class Interrupt:
    def find_spec(name, path=None, target=None):
        if name == module:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupt)
from ocrtool.__main__ import main
main()
"""
    done = subprocess.run([sys.executable, "-c", probe, module, "read", image], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


MODULES_IN_THE_WAY = (
    *("signal", "threading", "multiprocessing", "subprocess", "pickle", "queue", "logging", "selectors", "ctypes"),
    *("struct", "random", "tempfile", "numpy", "cv2", "click", "PIL", "sitecustomize", "usercustomize"),
    *("contextlib", "functools", "types", "warnings", "importlib", "collections", "re", "json"),
)


@pytest.mark.parametrize("start", ["-m", "console script"])
def test_nothing_in_the_current_folder_is_imported(start: str, tmp_path: Path) -> None:
    """By neither process; what Python itself imports before the program begins is not ours."""
    script = tmp_path / "bin" / "ocrtool"
    script.parent.mkdir()
    script.write_text("import sys\nfrom ocrtool.__main__ import main\nsys.exit(main())\n")
    here = tmp_path / "here"
    here.mkdir()
    for name in MODULES_IN_THE_WAY:
        (here / f"{name}.py").write_text(f"open({name + '.ran'!r}, 'w').close()")
    (here / "multiprocessing").mkdir()
    (here / "multiprocessing" / "__init__.py").write_text("open('package.ran', 'w').close()")
    for name in ("a.png", "b.png"):
        Image.new("L", (40, 20), 255).save(here / name)
    program = ["-m", "ocrtool"] if start == "-m" else [str(script)]
    done = subprocess.run(
        [sys.executable, *program, "segment", "a.png", "b.png", "--jobs", "2"],
        capture_output=True,
        text=True,
        cwd=here,
        env=os.environ | {"PYTHONPATH": str(TESTS.parent)},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count('"lines": []') == 2
    assert not list(here.glob("*.ran"))


def test_workers_run_this_very_program(tmp_path: Path) -> None:
    """Started from a checkout that is the current folder, and not another one that is installed."""
    shutil.copytree(TESTS.parent / "ocrtool", tmp_path / "ocrtool", ignore=shutil.ignore_patterns("__pycache__"))
    segment = tmp_path / "ocrtool" / "jobs" / "segment.py"
    segment.write_text(segment.read_text() + "\n_load = None\n")  # a defect that only this copy has
    for name in ("a.png", "b.png"):
        Image.new("L", (40, 20), 255).save(tmp_path / name)
    done = subprocess.run(
        [sys.executable, "-m", "ocrtool", "segment", "a.png", "b.png", "--jobs", "2"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 1
    assert done.stderr.count("internal error: TypeError: the first argument must be callable") >= 1


def begun(process: subprocess.Popen[bytes], marks: Path, count: int) -> None:
    """Wait until so many processes pause at a page."""
    deadline = time.monotonic() + 30
    while len(list(marks.iterdir())) < count and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.02)
    assert len(list(marks.iterdir())) == count


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_what_a_killed_program_leaves(
    jobs: int, number: signal.Signals, image: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    """Workers hold standard error as long as they live, so that its end is theirs; a page takes them ten minutes."""
    marks, out = tmp_path / "marks", tmp_path / "out"
    marks.mkdir()
    out.mkdir()
    line = [sys.executable, PROGRAM, "600", "classify", *[image] * 4, "--jobs", jobs, "-o", out / "x.txt"]
    process = subprocess.Popen(
        list(map(str, line)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment | {"FAKE_MARKS": str(marks)},
        preexec_fn=heed_signals,
    )
    begun(process, marks, jobs)
    assert len(list(out.glob(".*.part"))) == 1
    process.send_signal(number)
    assert process.communicate(timeout=20) == (b"", b"")
    assert process.returncode == (-9 if number == signal.SIGKILL else 128 + number)
    assert number == signal.SIGKILL or list(out.iterdir()) == []


def test_a_signal_that_is_ignored_stays_so(image: Path, environment: dict[str, str], tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    process = subprocess.Popen(
        ["nohup", *command(1, image)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment | {"FAKE_MARKS": str(marks)},
    )
    begun(process, marks, 1)
    process.send_signal(signal.SIGHUP)
    assert process.communicate(timeout=30)[0] == b"40 by 20 mean 0\n"
    assert process.returncode == 0


def heed_signals() -> None:
    """Shells start background jobs with SIGINT ignored, and children inherit that."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


@pytest.mark.parametrize("jobs", [1, 2])
def test_reading_needs_no_network(jobs: int, environment: dict[str, str], tmp_path: Path) -> None:
    """In a namespace without any, the program reads with its own weights, in this process and in workers."""
    apart = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") is None or subprocess.run([*apart, "true"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody make network namespaces")
    image = np.full((60, 400), 255, np.uint8)
    cv2.putText(image, "No network 2026", (20, 40), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2)
    names = [str(tmp_path / f"{k}.png") for k in range(jobs)]
    for name in names:
        cv2.imwrite(name, image)
    line = [*apart, sys.executable, "-m", "ocrtool", "read", "--lang", "eng", "--jobs", str(jobs), *names]
    done = subprocess.run(line, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["No", "network", "2026"] * jobs


@pytest.mark.parametrize("jobs", [1, 2])
def test_interrupt(jobs: int, image: Path, environment: dict[str, str]) -> None:
    arguments = command(5, image, image, "--jobs", jobs, "-o", image.parent / "out")
    process = subprocess.Popen(
        arguments,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
        preexec_fn=heed_signals,
    )
    deadline = time.monotonic() + 30
    while not (image.parent / "out").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)  # as the terminal does
    assert process.communicate(timeout=30)[1] == b""
    assert process.returncode == 130
    assert list((image.parent / "out").iterdir()) == []
