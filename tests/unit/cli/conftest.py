"""The command line called as a function: what it prints and how it ends, without a process each."""

import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pillarbox.cli import main, shared


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


Command = Callable[..., Ended]


class _Input(io.StringIO):
    """Standard input that is no terminal."""

    @property
    def buffer(self) -> io.BytesIO:
        """The octets of what is left."""
        return io.BytesIO(self.read().encode())


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `pillarbox` with these arguments in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: str | Path, stdin: str = "") -> Ended:
        monkeypatch.setattr(sys, "argv", ["pillarbox", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", _Input(stdin))
        # Read when the module is loaded, which is once for all tests.
        monkeypatch.setattr(shared.console, "width", int(os.environ["COLUMNS"]))
        status = 0
        try:
            main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 0
        told = capsys.readouterr()
        return Ended(status, told.out, told.err)

    return run
