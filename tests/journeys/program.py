"""`pillarbox`, run as people run it: as a process, for one command or to serve."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.journeys import loaded
from tests.journeys.client import Client

from pillarbox.app import asked, folders, house
from pillarbox.settings import load, snapshot

__all__ = ["PILLARBOX", "SESAME", "Program", "Server", "free_port", "until"]

PILLARBOX = Path(sys.executable).with_name("pillarbox")

SESAME = "open sesame"

START_SECONDS = 30.0
"""Starting takes one; a machine that does ten other things takes more."""
_SECONDS = 120.0
"""For which a command may run."""

_PORTS = 500
_held = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
"""Its name says which ports are ours, for as long as this process is."""


def until(holds: Callable[[], bool], what: str, seconds: float = 10.0) -> None:
    """Waits for a condition; fails with `what` was waited for if it does not come."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"after {seconds} s still not: {what}"
        time.sleep(0.01)


def free_port() -> int:
    """A port that nobody listens on, or is about to, below those that the system gives to clients.

    Among those, a client that tries to reach a stopped server can be given the server's own port, and keep it.
    """
    for port in _ports():
        with socket.socket() as trying:
            trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trying.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("there is always another one")


@cache
def _ports() -> Iterator[int]:
    """Ports that no other run of pytest on this machine uses, the one used longest ago in front."""
    while True:
        first = random.randrange(10_000, 30_000, _PORTS)  # noqa: S311
        try:
            _held.bind(f"\0pillarbox tests, ports from {first}")
        except OSError:
            continue
        return cycle(range(first, first + _PORTS))


@dataclass
class Program:
    """The command line, with a data folder and a configuration of its own."""

    folder: Path
    data: Path
    config: Path
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    command: tuple[str, ...] = (str(PILLARBOX),)

    def __call__(self, *arguments: str | Path, stdin: str = "", status: int = 0) -> str:
        """What a command prints; it must end with `status`."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == status, f"{arguments} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout if status == 0 else done.stderr

    def run(self, *arguments: str | Path, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        return self._run(self.complete(arguments), stdin)

    def run_at(self, data: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Runs a command that reads no settings."""
        return self._run([*arguments, "--data", str(data)], "")

    def _run(self, arguments: list[str], stdin: str) -> "subprocess.CompletedProcess[str]":
        if self.command == (str(PILLARBOX),):
            return loaded.run(arguments, stdin, self.folder, self.environment, _SECONDS)
        return subprocess.run(
            [*self.command, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=self.environment,
            timeout=_SECONDS,
            check=False,
        )

    def start(self, *arguments: str | Path) -> "subprocess.Popen[bytes]":
        """Starts a command and does not wait for its end."""
        return self._start(self.complete(arguments))

    def start_at(self, data: Path, *arguments: str) -> "subprocess.Popen[bytes]":
        """The same, of one that reads no settings."""
        return self._start([*arguments, "--data", str(data)])

    def _start(self, arguments: list[str]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [*self.command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            env=self.environment,
        )

    def complete(self, arguments: tuple[str | Path, ...]) -> list[str]:
        """The arguments, with the options that name the data folder and the configuration."""
        return [*map(str, arguments), "--data", str(self.data), "--config", str(self.config)]

    def account(self, address: str, password: str = SESAME) -> tuple[str, str]:
        """Makes an account: what the command does, in this process, since most of a command's time is its start."""
        if not self._is_ours():
            self("account", "add", address, "--password-stdin", stdin=f"{password}\n")
            return address, password
        settings, _ = snapshot(load(self.config, self.environment).pairs)
        with house(settings, self.data) as built:
            built.directory.add(address, built.passwords.hash(password), folders(built.settings))
        return address, password

    def _is_ours(self) -> bool:
        """Whether this process may write in the data folder as a command would: as the same user."""
        is_plain = self.command == (str(PILLARBOX),) and "RUN_AS_USER" not in self.environment
        return is_plain and (not self.data.exists() or self.data.stat().st_uid == os.geteuid())

    def doctor(self) -> list[dict[str, Any]]:
        """What `pillarbox doctor` finds wrong."""
        found: list[dict[str, Any]] = json.loads(self.run("doctor", "--json").stdout)
        return found


class Server:
    """`pillarbox serve` on loopback, as a process that can be stopped, killed and started again."""

    def __init__(self, folder: Path, settings: str = "") -> None:
        self.folder = folder
        self.port, self.lmtp_port = free_port(), free_port()
        folder.mkdir(exist_ok=True)
        self.program = Program(folder, folder / "var", folder / "pillarbox.toml")
        # Journeys ask for more than people do; what is about limits says so.
        self.program.environment.setdefault("PILLARBOX_JMAP__RATE_LIMIT__ACCOUNT", "none")
        # As many workers as the machine has processors take long to start; what is about several says how many.
        alone = "" if "[server]" in settings else "[server]\nworkers = 1\n"
        self.first = (
            f"{alone}[server.listener.http]\nprotocol = 'http'\nbind = '127.0.0.1:{self.port}'\n"
            f"[server.listener.lmtp]\nprotocol = 'lmtp'\nbind = '127.0.0.1:{self.lmtp_port}'\n{settings}"
        )
        """The settings that it is made with."""
        self.program.config.write_text(self.first)
        self._log = folder / "serve.log"
        self._turned = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._clients: list[Client] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None, "the server was not started"
        return self._process

    def start(self) -> float:
        """Starts it and waits until it says that it accepts connections; how many seconds that took."""
        began = time.monotonic()
        before = self._starts()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self.program.command, *self.program.complete(("serve",))],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=self.program.environment,
            )
        until(lambda: self._has_started(before), "the server accepts connections", START_SECONDS)
        return time.monotonic() - began

    def stop(self) -> int:
        """Asks it to end (SIGTERM) and waits for that; its exit status."""
        self.process.terminate()
        status = self.process.wait(20)
        self._hang_up()
        return status

    def kill(self) -> None:
        """Ends all its processes without asking (SIGKILL)."""
        ending = self.processes()
        # From the top down, or the supervisor would start others for those that are gone.
        self.process.kill()
        for number in [*ending, *self.processes()]:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self.process.wait()
        until(lambda: not any(_is_running(number) for number in ending), "all processes have ended")
        self._hang_up()

    def processes(self, name: str = "") -> list[int]:
        """The ids of the processes that the server has started, or of those with this in their command line."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        numbers = [int(number) for number in children.read_text().split()] if children.exists() else []
        return [number for number in numbers if name in _command(number)]

    def log(self) -> str:
        return self._log.read_text("utf-8")

    def events(self, name: str) -> list[dict[str, Any]]:
        """The log's events of a name, since the page was turned."""
        lines = (json.loads(line) for line in self.log()[self._turned :].splitlines() if line.startswith("{"))
        return [line for line in lines if line["event"] == name]

    def turn_page(self) -> None:
        """For the next test of those that share it: it has the settings of its start again, and no events yet."""
        if self.program.config.read_text() != self.first:
            self.use(self.first)
        self._hang_up()
        self._turned = len(self.log())

    def use(self, settings: str) -> None:
        """These are all its settings now, which it has read again."""
        self.program.config.write_text(settings)
        assert asked(self.program.data, {"do": "reload"}, START_SECONDS)["failed"] == []

    def account(self, address: str, password: str = SESAME) -> Client:
        """Makes an account; a client of it."""
        self.program.account(address, password)
        return self.client(address, password)

    def client(self, address: str, password: str = SESAME) -> Client:
        client = Client("127.0.0.1", self.port, address, password)
        self._clients.append(client)
        return client

    @contextmanager
    def running(self) -> Iterator["Server"]:
        """Runs it for a block; afterwards it must end well, and its log must tell of no bug."""
        self.start()
        try:
            yield self
            if self.process.poll() is None:
                assert self.stop() == 0, self.log()
        finally:
            self._hang_up()
            if self.process.poll() is None:
                self.kill()
        assert "Traceback" not in self.log(), self.log()

    def _hang_up(self) -> None:
        """The clients' connections lead nowhere any more."""
        for client in self._clients:
            client.close()

    def _has_started(self, before: int) -> bool:
        assert self.process.poll() is None, f"the server ended:\n{self.log()}"
        return self._starts() > before

    def _starts(self) -> int:
        # What it prints, since the log may be set to tell less.
        return self.log().count("Ctrl-C ends it.") if self._log.exists() else 0


def _is_running(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    # What has ended and whose status nobody has asked for yet holds nothing any more.
    return state.rpartition(")")[2].split()[0] != "Z"


def _command(number: int) -> str:
    try:
        return Path(f"/proc/{number}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
