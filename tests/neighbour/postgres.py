"""A PostgreSQL of our own: a cluster in a temporary folder, on a UNIX socket and a port of the loopback."""

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from pillarbox.store.postgres import Place

__all__ = ["Cluster", "cluster", "cut_octets", "place_from", "place_text", "rows_left"]

_USER = "pillarbox"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "autovacuum_naptime": "10s",
}
# Tests make thousands of commits, and what they promise about a crash is not about one of this server.
_HASTY = {"fsync": "off", "full_page_writes": "off"}
_TABLES = (
    "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
    " WHERE a.attname = 'account_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
    " AND c.relnamespace = 'public'::regnamespace"
)


class Cluster:
    """One server; `database` makes a database, `emptied` has one for each test. `of` is whom it is a standby of."""

    def __init__(self, folder: Path, settings: dict[str, str], of: "Cluster | None" = None) -> None:
        self.folder = folder
        self.port = _free_port()
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        data = str(folder / "data")
        if of is None:
            _run("initdb", "-D", data, "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        else:
            there = ("-h", str(of.folder), "-p", str(of.port), "-U", _USER)
            _run("pg_basebackup", "-D", data, *there, "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
        self.start()
        self._shared: Place | None = None
        self._emptying: psycopg.Connection[Any] | None = None

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Starts the server, and waits until it answers."""
        settings = {
            **_SETTINGS,
            **self._settings,
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = (self.folder / "log").open("ab")
        command = _command("postgres", "-D", str(self.folder / "data"), *options)
        self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        log.close()
        until = time.monotonic() + 60
        while True:
            try:
                _connected(self.at("postgres")).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError((self.folder / "log").read_text()[-2000:]) from None
                time.sleep(0.05)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Ends the server: SIGINT ends all connections, SIGQUIT is a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def kill(self) -> None:
        """Ends the server as a machine does that loses its power, but for what the kernel still writes."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(60)
        self._process = None

    def database(self) -> Place:
        """A new database with nothing in it but what the file DATABASE_SCRIPT makes: to try a layout with all tests."""
        name = f"p{next(self._numbers)}"
        with _connected(self.at("postgres")) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        if script := os.environ.get("DATABASE_SCRIPT"):
            self.sql(self.at(name), Path(script).read_text())
        return self.at(name)

    def at(self, name: str) -> Place:
        """Where a database of this server is."""
        return Place(str(self.folder), name, self.port, _USER, timeout=10.0)

    def emptied(self) -> Place:
        """The shared database without any account; its tables stay, since making them takes longer than most tests."""
        if self._shared is None:
            self._shared = self.database()
        if self._emptying is None:
            self._emptying = _connected(self._shared)
        tables = self._emptying.execute(_TABLES).fetchall()
        self._emptying.execute(";".join(f"DELETE FROM {name}" for (name,) in tables).encode())  # noqa: S608 - its own
        return self._shared

    def sql(self, place: Place, statement: str) -> list[tuple[Any, ...]]:
        """What an administrator is answered."""
        with _connected(place) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        if self._emptying is not None:
            self._emptying.close()
        self.stop(signal.SIGQUIT)


@contextmanager
def cluster(of: Cluster | None = None, **settings: str) -> Iterator[Cluster]:
    """A server for this block, or a standby of another; unless told, it forgets what it did if the machine fails."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    made = None
    try:
        made = Cluster(folder, {**_HASTY, **settings}, of)
        yield made
    finally:
        if made is not None:
            made.close()
        shutil.rmtree(folder, ignore_errors=True)


def rows_left(place: Place) -> list[str]:
    """The tables of a database that have any row of an account."""
    with _connected(place) as connection:
        tables = connection.execute(_TABLES).fetchall()
        return [name for (name,) in tables if connection.execute(f"TABLE {name} LIMIT 1".encode()).fetchall()]


def cut_octets(place: Place) -> int:
    """The largest blob of a database loses the second half of its pieces; how many octets it has left."""
    with _connected(place) as connection:
        ((largest, half),) = connection.execute(
            "SELECT blob, max(at) / 2 FROM piece GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
        )
        connection.execute("DELETE FROM piece WHERE blob = %s AND at >= %s", (largest, half))
        ((left,),) = connection.execute("SELECT sum(length(octets)) FROM piece WHERE blob = %s", (largest,))
    return int(left)


def place_text(place: Place) -> str:
    """A place as one argument of a command."""
    return f"{place.host} {place.port} {place.database} {place.user}"


def place_from(text: str) -> Place:
    """The inverse."""
    host, port, database, user = text.split(" ")
    return Place(host, database, int(port), user, timeout=10.0)


def _connected(place: Place) -> "psycopg.Connection[Any]":
    return psycopg.connect(
        host=place.host, port=place.port, user=place.user, dbname=place.database, autocommit=True, connect_timeout=10
    )


def _program(name: str) -> str:
    """Debian keeps the server's programs out of the PATH. Raises FileNotFoundError: a neighbour is not optional."""
    found = shutil.which(name)
    if found:
        return found
    for folder in sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True
    ):
        if (folder / name).exists():
            return str(folder / name)
    raise FileNotFoundError(f"{name} is missing; scripts/neighbours installs PostgreSQL")


def _command(name: str, *arguments: str) -> list[str]:
    """PostgreSQL refuses to run as root; and it ends if we do, however that comes about."""
    user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    other = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"] if user else []
    return ["setpriv", "--pdeathsig", "QUIT", *other, _program(name), *arguments]


def _run(name: str, *arguments: str) -> None:
    done = subprocess.run(_command(name, *arguments), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr}")


def _free_port() -> int:
    """A port that nobody listens on, below those that the system gives to clients."""
    while True:
        port = random.randint(10_000, 30_000)  # noqa: S311 - a port, no secret
        with socket.socket() as trying:
            trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trying.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
