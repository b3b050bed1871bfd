"""Pillarbox as people run it: a folder, a settings file, commands, and `serve` as a process of its own."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_connection

from bench.client import Client
from bench.figure import Wrong
from bench.process import Tree
from bench.stores import Backend, free_port, knows

__all__ = ["PASSWORD", "Installation", "Served"]

PASSWORD = "open sesame"
_PILLARBOX = Path(sys.executable).with_name("pillarbox")
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_WORKERS = "server.workers"
_RATE = "jmap.rate-limit.account"


@dataclass(frozen=True, slots=True)
class Installation:
    """A data folder and the store its settings name; nothing of it runs yet."""

    folder: Path
    backend: Backend

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def config(self) -> Path:
        """Writes the settings the commands are given; the same as the server's, but for where that listens."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "commands.toml"
        path.write_text(self.backend.settings)
        return path

    def command(self, *arguments: str | Path, stdin: str = "") -> str:
        """What a command prints. Raises Wrong if it fails."""
        options = ("--data", str(self.data), "--config", str(self.config()))
        done = subprocess.run(
            [str(_PILLARBOX), *map(str, arguments), *options], input=stdin, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Wrong(f"`pillarbox {' '.join(map(str, arguments))}` failed: {done.stderr.strip()}")
        return done.stdout

    def addresses(self) -> set[str]:
        """Whose accounts there are."""
        if not self.data.exists():
            return set()
        return {one["address"] for one in json.loads(self.command("account", "list", "--json"))}

    def accounts(self, *addresses: str) -> None:
        """Makes accounts, with nothing in them; those of these names are removed first."""
        for address in self.addresses() & {*addresses}:
            self.command("account", "remove", address, "--yes")
        for address in addresses:
            self.command("account", "add", address, "--password-stdin", stdin=f"{PASSWORD}\n")

    def workers(self, count: int) -> str:
        """The setting for so many workers; nothing where there is one process whatever is asked for."""
        return f"[server]\nworkers = {count}\n" if knows(_WORKERS) else ""

    def unlimited(self) -> str:
        """The settings for limits that are counted, and not met: one account asks for more than any client does."""
        rates = "account = '1000000000/1m'\nanonymous = '1000000000/1m'\n"
        return f"[jmap.rate-limit]\n{rates}" if knows(_RATE) else ""

    @property
    def has_workers(self) -> bool:
        """Whether the server has workers at all."""
        return knows(_WORKERS)

    @contextmanager
    def serving(
        self, workers: int = 1, ports: tuple[int, int] | None = None, more: str = "", most: int | None = None
    ) -> Iterator["Served"]:
        """A block with the server running, on ports for HTTP and LMTP. Raises Wrong if it does not start, or ends.

        `more` are further settings, as tables of TOML; `most` is how many connections of HTTP it takes.
        """
        port, lmtp_port = ports or (free_port(), free_port())
        limit = "" if most is None else f"max-connections = {most}\n"
        settings = self.folder / "serve.toml"
        self.folder.mkdir(parents=True, exist_ok=True)
        settings.write_text(
            f"{self.workers(workers)}"
            f"[server.listener.http]\nprotocol = 'http'\nbind = '127.0.0.1:{port}'\n{limit}"
            f"[server.listener.lmtp]\nprotocol = 'lmtp'\nbind = '127.0.0.1:{lmtp_port}'\n"
            f"{more}{self.unlimited()}{self.backend.settings}"
        )
        command = [str(_PILLARBOX), "serve", "--data", str(self.data), "--config", str(settings)]
        began = time.monotonic()
        log = self.folder / "serve.log"
        with log.open("wb") as file:
            running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        try:
            while not all(map(_accepts, (port, lmtp_port))):
                if running.poll() is not None or time.monotonic() - began > _START_SECONDS:
                    raise Wrong(f"the server did not start: {log.read_text('utf-8')[-2000:]}")
                time.sleep(0.005)
            yield Served(self, port, lmtp_port, Tree(running.pid), time.monotonic() - began)
            if running.poll() is not None:
                raise Wrong(f"the server ended: {log.read_text('utf-8')[-2000:]}")
        finally:
            running.send_signal(signal.SIGTERM)
            try:
                running.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: its ports, its processes, and the seconds it took to accept connections."""

    installation: Installation
    port: int
    lmtp_port: int
    processes: Tree
    start_seconds: float

    def client(self, address: str) -> Client:
        """A client of an account."""
        return Client(self.port, address, PASSWORD)

    def cpu(self) -> float:
        """The CPU seconds of the server so far; those of a store with processes of its own are not in it."""
        return self.processes.cpu()

    def store_cpu(self) -> float:
        """The CPU seconds of the store's own processes so far."""
        store = self.installation.backend.processes
        return store.cpu() if store is not None else 0.0


def _accepts(port: int) -> bool:
    try:
        create_connection(("127.0.0.1", port), 5).close()
    except ConnectionRefusedError:
        return False
    return True
