"""The stores that are measured: what the settings say of each, and a PostgreSQL of our own."""

import os
import pwd
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import AF_INET, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket

from bench.figure import NotYet
from bench.process import Tree
from pillarbox.settings import catalogue

__all__ = ["STORES", "Backend", "backend", "free_port", "knows"]

STORES = ("sqlite", "postgresql")

_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Backend:
    """A store to serve from: its settings in TOML, and the processes that work for it, if any."""

    name: str
    settings: str = ""
    processes: Tree | None = None


@contextmanager
def backend(name: str) -> Iterator[Backend]:
    """A block with a store of this name. Raises NotYet if Pillarbox or this machine has none such."""
    if name == "sqlite":
        yield Backend(name)
        return
    if not knows("storage.data"):
        raise NotYet("the server has no PostgreSQL store yet")
    with _cluster() as (port, pid):
        settings = (
            '[storage]\ndata = "pg"\n[store."pg"]\ntype = "postgresql"\n'
            f'host = "127.0.0.1"\nport = {port}\ndatabase = "bench"\nuser = "bench"\npassword = "bench"\n'
        )
        yield Backend(name, settings, Tree(pid))


def knows(key: str) -> bool:
    """Whether this Pillarbox has a setting of that name."""
    return any(line.key == key for one in catalogue.CATALOGUE for line in one.described())


def free_port() -> int:
    """A port on loopback that nobody listens on, below those that the system gives to clients.

    Among those, one of the many connections of a benchmark could be given it while the server is not there.
    """
    while True:
        port = random.randint(10_000, 30_000)  # noqa: S311
        with socket(AF_INET, SOCK_STREAM) as trying:
            trying.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
            try:
                trying.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@contextmanager
def _cluster() -> Iterator[tuple[int, int]]:
    """A PostgreSQL cluster of its own, gone afterwards; its port, and the process at its root.

    Its settings are those of a fresh installation, `fsync` included: what is durable there has to be here.
    """
    programs = _programs()
    # Not below the data folder: the user that PostgreSQL runs as may not be able to go there.
    with tempfile.TemporaryDirectory(prefix="pillarbox-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        as_user = _owner(folder)
        data, port = folder / "data", free_port()
        password = folder / "password"
        password.write_text("bench")
        password.chmod(0o644)
        initdb = (programs / "initdb", "-D", data, "-U", "bench", "-A", "scram-sha-256", f"--pwfile={password}")
        _run(as_user, *initdb, "-E", "UTF8", "--locale=C")
        log = (folder / "log").open("wb")
        options = ("-p", str(port), "-h", "127.0.0.1", "-k", str(folder), "-c", "fsync=on")
        command = [*as_user, str(programs / "postgres"), "-D", str(data), *options]
        running = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            _create(programs, port)
            yield port, running.pid
        finally:
            # It then ends connections by itself; asked more kindly, it would wait for them.
            running.send_signal(signal.SIGINT)
            running.wait(_PATIENCE)
            log.close()


def _programs() -> Path:
    """Where PostgreSQL's programs are; Debian keeps them out of everybody's PATH."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    if found is None:
        raise NotYet("PostgreSQL is not installed here")
    return Path(found).resolve().parent


def _owner(folder: Path) -> list[str]:
    """What to put before a command: PostgreSQL does not run as root."""
    if os.getuid() != 0:
        return []
    postgres = pwd.getpwnam("postgres")
    os.chown(folder, postgres.pw_uid, postgres.pw_gid)
    return ["setpriv", f"--reuid={postgres.pw_uid}", f"--regid={postgres.pw_gid}", "--clear-groups"]


def _create(programs: Path, port: int) -> None:
    environment = {**os.environ, "PGPASSWORD": "bench"}
    create = [str(programs / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "bench", "bench"]
    deadline = time.monotonic() + _PATIENCE
    while True:
        done = subprocess.run(create, env=environment, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        if time.monotonic() > deadline:
            raise NotYet(f"PostgreSQL did not start: {done.stderr.strip()}")
        time.sleep(0.1)


def _run(as_user: list[str], *command: str | Path) -> None:
    done = subprocess.run([*as_user, *map(str, command)], capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise NotYet(f"{Path(command[0]).name} failed: {done.stderr.strip()}")
