"""Messages and the log: one sentence for each failure, the rest of the story with --verbose."""

from __future__ import annotations

import errno
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from fake_engine import DEFECT, fake_reader
from PIL import Image

from ocrtool.cli import main as cli
from ocrtool.jobs import read as read_job
from ocrtool.jobs.options import MOST_JOBS_PER_CORE


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(read_job, "load_reader", fake_reader)
    yield
    logging.getLogger("ocrtool").handlers = []


@pytest.fixture
def image(tmp_path: Path) -> Path:
    return draw(tmp_path / "a.png")


def draw(path: Path, first: int = 0) -> Path:
    gray = np.zeros((20, 40), np.uint8)
    gray[0, 0] = first
    Image.fromarray(gray).save(path)
    return path


def read(*arguments: object) -> int:
    return cli.run(["read", *map(str, arguments)])


def failing(raise_it: Callable[[], Any]) -> Callable[[Any], Any]:
    return lambda options: lambda gray: raise_it()


def misuse_opencv() -> None:
    cv2.cvtColor(np.zeros((2, 2), np.uint8), cv2.COLOR_BGR2GRAY)


def test_an_error_of_opencv_is_one_sentence(
    image: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    with pytest.raises(cv2.error, match=r"\n"):
        misuse_opencv()
    monkeypatch.setattr(read_job, "load_reader", failing(misuse_opencv))
    assert read(image) == 1
    error = capfd.readouterr().err
    assert error.count("\n") == 1 and error.startswith(f"ocrtool: {image}: internal error: error: OpenCV")
    assert error.endswith("; run again with --verbose for the traceback\n")


def no_memory_for_opencv() -> None:
    error = cv2.error("OpenCV(5.0.0) alloc.cpp:73: error: (-4:Insufficient memory) Failed to allocate 9 bytes\n")
    error.code = -4
    raise error


def no_memory_for_a_library() -> None:
    raise ImportError("/usr/lib/libopenblasp.so: failed to map segment from shared object")


def no_memory_for_a_process() -> None:
    raise OSError(errno.ENOMEM, "Cannot allocate memory")


NO_MEMORY = {
    "numpy": lambda: np.zeros(1 << 60, np.uint8),
    "opencv": no_memory_for_opencv,
    "library": no_memory_for_a_library,
    "system": no_memory_for_a_process,
}


@pytest.mark.parametrize("cause", NO_MEMORY)
def test_lack_of_memory_is_no_internal_error(
    cause: str, image: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(read_job, "load_reader", failing(NO_MEMORY[cause]))
    assert read(image) == 1
    assert capfd.readouterr().err == f"ocrtool: {image}: not enough memory to read it\n"
    monkeypatch.setattr(read_job, "reading_job", lambda options: NO_MEMORY[cause]())
    assert read(image) == 1
    assert capfd.readouterr().err == "ocrtool: not enough memory\n"


def test_an_import_that_fails_for_another_reason_is_an_internal_error(
    image: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    def no_library() -> None:
        raise ImportError("libGL.so.1: cannot open shared object file: no such file or directory")

    monkeypatch.setattr(read_job, "load_reader", failing(no_library))
    assert read(image) == 1
    assert capfd.readouterr().err.startswith(f"ocrtool: {image}: internal error: ImportError: libGL.so.1")


@pytest.mark.parametrize("jobs", [1, 2])
def test_names_do_not_reach_the_terminal_as_they_are(jobs: int, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    pages = [draw(tmp_path / name) for name in ("\x1b[31mred.png", "two\nlines.png")]
    assert read(*pages, tmp_path / "gone\x07.png", "--jobs", jobs, "-vv") == 1
    error = capfd.readouterr().err
    assert r"\x1b[31mred.png: 1 page(s)" in error and r"two\nlines.png: read, 1 blocks" in error
    assert error.replace("\n", "").isprintable()
    assert all(" ocrtool" in line or line.startswith("ocrtool: ") for line in error.splitlines())


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_traceback_of_an_internal_error_is_not_lost(
    jobs: int, image: Path, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    odd = draw(tmp_path / "odd.png", DEFECT)
    assert read(odd, image) == 1
    short = f"ocrtool: {odd}: internal error: KeyError: 'no such thing'; run again with --verbose for the traceback\n"
    assert capfd.readouterr() == ("40 by 20 mean 0\n", short)
    assert read(odd, image, "--jobs", jobs, "--verbose") == 1
    out, error = capfd.readouterr()
    assert out == "40 by 20 mean 0\n"
    assert "Traceback (most recent call last):\n" in error and 'raise KeyError("no such thing")' in error
    assert f"ocrtool: {odd}: internal error: KeyError: 'no such thing'\n" in error


@pytest.mark.parametrize("jobs", [1, 2])
def test_verbose_logs_the_time_of_each_input_and_twice_what_was_found(
    jobs: int, image: Path, capfd: pytest.CaptureFixture
) -> None:
    timing = rf"\d\d:\d\d:\d\d\.\d{{3}} INFO ocrtool\.\S+: {re.escape(str(image))}: 1 page\(s\) in \d+\.\d\d s"
    layout = r"read, 1 blocks, 1 lines, language eng, turned by 0 degrees, skew 0\.12 degrees"
    found = rf"\S+ DEBUG ocrtool\.\S+: {re.escape(str(image))}: {layout}"
    every = (([], 0, 0), (["-v"], 2, 0), (["-vv"], 2, 2))
    for options, timings, findings in every if jobs == 1 else every[2:]:
        assert read(image, image, "--jobs", jobs, *options) == 0
        out, error = capfd.readouterr()
        assert out == "40 by 20 mean 0\n\f40 by 20 mean 0\n"
        assert len(re.findall(timing, error)) == timings
        assert len(re.findall(found, error)) == findings
        assert options or error == ""


def test_the_environment_asks_for_the_log_too(
    image: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    for value, debug in (("1", False), ("2", True)):
        monkeypatch.setenv("OCRTOOL_VERBOSE", value)
        assert read(image) == 0
        error = capfd.readouterr().err
        assert " INFO " in error and (" DEBUG " in error) == debug


def test_a_defect_outside_inputs_has_a_sentence_too(
    image: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr("ocrtool.jobs.deliver.write_stream", lambda *_: {}["no such key"])
    assert read(image) == 1
    hint = "run again with --verbose for the traceback"
    assert capfd.readouterr().err == f"ocrtool: internal error: KeyError: 'no such key'; {hint}\n"


def test_more_jobs_than_make_sense_are_cut_down(
    image: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr("ocrtool.cli.options.cores", lambda: 3)
    assert read(image, "--jobs", 3_000_000_000) == 0
    most = 3 * MOST_JOBS_PER_CORE
    out, error = capfd.readouterr()
    assert out == "40 by 20 mean 0\n"
    assert error == f"ocrtool: --jobs 3000000000 is more than 3 processor core(s) can use; {most} are started\n"
    assert read(image, "--jobs", most) == 0 and capfd.readouterr().err == ""


def test_what_is_no_number_is_said_to_be_none(image: Path, capfd: pytest.CaptureFixture) -> None:
    assert read(image, "--jobs", "many") == 2
    assert capfd.readouterr().err.endswith(": 'many' is not a valid whole number.\n")


def test_a_file_in_the_place_of_a_command(image: Path, capfd: pytest.CaptureFixture) -> None:
    assert cli.run([str(image), "-o", "a b"]) == 2
    assert f"is no command; to read it: ocrtool read {image} -o 'a b'\n" in capfd.readouterr().err
    assert cli.run(["reed"]) == 2 and "No such command" in capfd.readouterr().err


def test_a_folder_in_the_place_of_documents(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    assert cli.run(["convert", f"{tmp_path}/"]) == 2
    assert capfd.readouterr().err == f"ocrtool: {tmp_path}/ is a folder: name its documents, {tmp_path}/*.json\n"
