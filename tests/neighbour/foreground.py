"""Programs that listen, run in the foreground for as long as a test needs them."""

import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

__all__ = ["Foreground", "program"]

_PATIENCE = 20.0


def program(name: str) -> str:
    """Where a program is; an ordinary user's PATH does not lead to all of them."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    assert found is not None, f"there is no {name}: scripts/neighbours installs it"
    return found


class Foreground:
    """A command that ends when it is asked to (SIGTERM), and listens at `ports` of 127.0.0.1 meanwhile."""

    def __init__(self, command: Sequence[str | Path], folder: Path, ports: Sequence[int]) -> None:
        self._command = [str(word) for word in command]
        self._folder = folder
        self._ports = ports
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns once it listens."""
        log = self._folder / "said.log"
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd=self._folder,
                env={"HOME": str(self._folder), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            )
        until = time.monotonic() + _PATIENCE
        for port in self._ports:
            while not _listens(port):
                assert self._process.poll() is None, log.read_text()
                assert time.monotonic() < until, f"{self._command[0]} does not listen\n{log.read_text()}"
                time.sleep(0.02)
        # Somebody else may listen there.
        assert "ddress already in use" not in log.read_text(), log.read_text()

    def stop(self) -> None:
        """Ends it at once, connections too."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def _listens(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0
