"""``ocrtool read --watch``: files are taken when they are whole, once, and again if they change."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from watch_arrivals import FIRST, WAYS, watch_arrivals

from ocrtool.cli import main as cli
from ocrtool.errors import UsageError
from ocrtool.jobs.watch import SETTLED, Arrivals, check_outputs_apart


class Clock:
    """Time that passes when it is asked to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def arrivals(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Arrivals:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    return Arrivals(["in"], recursive=True, now=clock)


def put(name: str, content: bytes = b"page") -> str:
    path = Path("in", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return str(path)


def test_a_file_is_whole_when_it_has_not_changed_for_a_while(arrivals: Arrivals, clock: Clock) -> None:
    a = put("a.png")
    assert arrivals.whole() == []
    clock.now += SETTLED / 2
    put("a.png", b"page, longer")
    assert arrivals.whole() == []
    clock.now += SETTLED * 0.9
    assert arrivals.whole() == []
    clock.now += SETTLED * 0.2
    assert arrivals.whole() == [a]


def test_a_file_that_is_open_for_writing_is_not_whole(arrivals: Arrivals, clock: Clock) -> None:
    with Path("in", "a.png").open("wb") as file:
        file.write(b"half")
        file.flush()
        arrivals.whole()
        clock.now += 10 * SETTLED
        assert arrivals.whole() == []
    assert arrivals.whole() == ["in/a.png"]


def test_each_file_is_taken_once_and_again_if_it_changes(arrivals: Arrivals, clock: Clock) -> None:
    a = put("a.png")
    arrivals.whole()
    clock.now += SETTLED
    assert arrivals.whole() == [a]
    status = Path(a).stat()
    arrivals.take(a, (status.st_size, status.st_mtime_ns))
    clock.now += SETTLED
    assert arrivals.whole() == []
    put("a.png", b"another page")
    arrivals.whole()
    clock.now += SETTLED
    assert arrivals.whole() == [a]
    arrivals.take(a, None)
    clock.now += SETTLED
    assert arrivals.whole() == []


def test_a_file_that_changed_while_it_was_read_is_taken_again(arrivals: Arrivals, clock: Clock) -> None:
    a = put("a.png")
    arrivals.whole()
    clock.now += SETTLED
    arrivals.take(a, (4, 1))
    assert arrivals.whole() == [a]


def test_what_is_passed_over(arrivals: Arrivals, clock: Clock) -> None:
    for name in (".hidden.png", "notes.txt", ".git/a.png", "sub/b.png"):
        put(name)
    put("empty.png", b"")
    os.mkfifo("in/pipe.png")
    arrivals.whole()
    clock.now += SETTLED
    assert arrivals.whole() == ["in/sub/b.png"]
    flat = Arrivals(["in"], recursive=False, now=clock)
    flat.whole()
    clock.now += SETTLED
    assert flat.whole() == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("in/a.png", "-o", "out"), "in/a.png is no folder, and only folders can be watched"),
        (("in", "-o", "in/out"), "in/out is in a folder that is watched; outputs need another one"),
        (("in", "-o", "in"), "in is in a folder that is watched; outputs need another one"),
        (("in", "-o", "out", "--overlay", "in/o"), "in/o is in a folder that is watched; outputs need another one"),
        (("in",), "--watch needs a folder for the outputs and their journal: -o DIR"),
        (("in", "--from0", "-o", "out"), "--watch needs folders, and --from0 gives files"),
    ],
)
def test_wrong_usage(
    arguments: tuple[str, ...], message: str, arrivals: Arrivals, capfd: pytest.CaptureFixture
) -> None:
    put("a.png")
    assert cli.run(["read", "--watch", *arguments]) == 2
    assert capfd.readouterr().err == f"ocrtool: {message}\n"


def test_a_folder_with_a_similar_name_is_another(arrivals: Arrivals) -> None:
    check_outputs_apart(["in"], [Path("in-texts"), Path("out"), None])
    Path("link").symlink_to("in")
    with pytest.raises(UsageError):
        check_outputs_apart(["in"], [Path("link/deep")])


@pytest.mark.slow
def test_arrivals_of_all_ways_are_read_once_and_whole(tmp_path: Path) -> None:
    code, times, texts = watch_arrivals(tmp_path, len(WAYS), rate=100)
    assert code == 0
    assert times == Counter(range(FIRST, FIRST + len(WAYS)))
    assert texts == {f"{k}.txt": f"{FIRST + k} by 20 mean 0\n" for k in range(len(WAYS))}
