"""A volatile store as one process has it, and another one."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.toy.clock import Clock
from tests.toy.volatile import OPENERS, prepare

from pillarbox.store import Volatile

Open = Callable[[], Volatile]


@pytest.fixture(
    params=[pytest.param(name, marks=pytest.mark.neighbour if name == "postgres" else ()) for name in OPENERS]
)
def name(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        prepare(tmp_path, request.getfixturevalue("postgres"))
    return str(request.param)


@pytest.fixture
def opens(name: str, tmp_path: Path) -> Iterator[Open]:
    """Opens one and the same, as if each time in another process."""
    opened: list[Volatile] = []

    def open_one() -> Volatile:
        opened.append(OPENERS[name](tmp_path))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def one(opens: Open) -> Volatile:
    return opens()


@pytest.fixture
def other(opens: Open, one: Volatile) -> Volatile:
    return opens()


Together = Callable[[str], list[int]]


@pytest.fixture
def together(name: str, tmp_path: Path, clock: Clock, one: Volatile) -> Iterator[Together]:
    """Four processes do a hundred of something at once, and are then killed; how often each was granted it."""
    started: list[subprocess.Popen[str]] = []

    def run(what: str) -> list[int]:
        started.extend(
            subprocess.Popen(
                [sys.executable, "-m", "tests.toy.volatile", name, str(tmp_path), str(clock()), what],
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=Path(__file__).parents[3],
            )
            for _ in range(4)
        )
        for process in started:
            assert _line(process) == "ready"
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        counted = [int(_line(process)) for process in started]
        for process in started:
            process.kill()
            process.wait()
        return counted

    yield run
    for process in started:
        process.kill()
        process.communicate()


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()
