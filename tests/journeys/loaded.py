"""Commands as processes that need not load the program first, which takes longer than most of what they do.

One process beside each run of pytest has loaded it, does nothing with it, and is copied (fork) for every command. Each
has arguments, an environment, a folder, input and output of its own, and an exit status.
"""

import atexit
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO

__all__ = ["run"]

_ROOT = Path(__file__).resolve().parents[2]
_LONGEST = 128 * 1024
"""Octets of arguments and an environment."""
_LATER = ("app.database", "app.office", "app.performing", "cli.client.here", "store.sqlite")
"""What commands load when they come to it."""


def run(
    arguments: Sequence[str], stdin: str, folder: Path, environment: Mapping[str, str], seconds: float
) -> "subprocess.CompletedProcess[str]":
    """What `pillarbox` with these arguments says. Raises subprocess.TimeoutExpired; then it was killed."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        given.write(stdin.encode())
        given.seek(0)
        with theirs:
            asked = json.dumps([list(arguments), str(folder), dict(environment)]).encode()
            socket.send_fds(_loaded(), [asked], [given.fileno(), out.fileno(), errors.fileno(), theirs.fileno()])
        begun = ours.recv(100)
        assert begun, "the program cannot be loaded; why, it wrote to standard error"
        ours.settimeout(seconds)
        try:
            status = int(ours.recv(100))
        except TimeoutError:
            os.kill(int(begun), signal.SIGKILL)
            raise subprocess.TimeoutExpired(list(arguments), seconds) from None
        return subprocess.CompletedProcess(list(arguments), status, _text(out), _text(errors))


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode().replace("\r\n", "\n")


@cache
def _loaded() -> socket.socket:
    """The line to the process that has loaded the program; it ends with this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.loaded", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd=_ROOT,
            # Not what C libraries have put into theirs, as readline does COLUMNS.
            env=dict(os.environ),
            pass_fds=[theirs.fileno()],
        )
    atexit.register(_end, ours, process)
    return ours


def _end(line: socket.socket, process: "subprocess.Popen[bytes]") -> None:
    line.close()
    process.wait(20)


def _wait(line: socket.socket) -> bool:
    """Whether this process has become a command; else nobody asks for one any more."""
    while True:
        asked, descriptors, _, _ = socket.recv_fds(line, _LONGEST, 4)
        _bury(os.WNOHANG if asked else 0)
        if not asked:
            return False
        if os.fork() == 0:
            line.close()
            # One process waits for the command's end, since what has copied it has others to copy.
            with socket.socket(fileno=descriptors.pop()) as told:
                if (command := os.fork()) == 0:
                    signal.signal(signal.SIGINT, signal.default_int_handler)
                else:
                    told.send(b"%d" % command)
                    told.send(b"%d" % os.waitstatus_to_exitcode(os.waitpid(command, 0)[1]))
                    os._exit(0)
            _become(json.loads(asked), descriptors)
            return True
        for one in descriptors:
            os.close(one)


def _bury(options: int) -> None:
    """The copies that have ended, by options of waitpid(2)."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, options) != (0, 0):
            continue


def _become(asked: tuple[list[str], str, dict[str, str]], descriptors: list[int]) -> None:
    arguments, folder, environment = asked
    for number, one in enumerate(descriptors):
        os.dup2(one, number)
        os.close(one)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments


def _main() -> None:
    from pillarbox.cli.main import COMMANDS, main  # noqa: PLC0415

    line = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for module, _ in COMMANDS.values():
        import_module(f"pillarbox.cli.{module}")
    for module in _LATER:
        import_module(f"pillarbox.{module}")
    gc.freeze()
    if _wait(line):
        main()


if __name__ == "__main__":
    _main()
