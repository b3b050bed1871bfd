"""Lines about memory, disk, starting, and what a second worker brings."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from bench.figure import Figure, NotYet, middle
from bench.load import Load
from bench.rows.bench import Bench, Round, Row
from bench.server import PASSWORD, Installation, Served
from pillarbox.app import folders, house
from pillarbox.settings import load as loaded
from pillarbox.settings import snapshot

__all__ = ["COSTS"]

_MEGABYTE = 1_000_000
_CONNECTIONS = 16
"""Enough that each worker has some, whichever takes which."""
_READS = ("echo", "mailboxes", "inbox", "open")


def start(bench: Bench) -> Figure:
    """Seconds from the command to the first connection that is accepted, over accounts full of mail."""
    seconds = []
    for _ in range(bench.pace.rounds):
        with bench.with_workers(1) as served:
            seconds.append(served.start_seconds)
    return Figure(middle(seconds), seconds)


def memory_rest(bench: Bench) -> Figure:
    """A server that has just started and let one user in, whose password takes 64 MiB to check."""
    with bench.with_workers(1) as served:
        time.sleep(0.5)
        each = served.processes.memories()
    return _memory(each)


def memory_growth(bench: Bench) -> Figure:
    """What reading and writing leave behind after the first round, in parts of a hundred."""
    loads = (bench.reads["inbox"], bench.reads["open"], bench.writes["keyword"])
    for load in loads:
        _round(bench, load)
    before = bench.served.processes.memory()
    for _ in range(bench.pace.rounds):
        for load in loads:
            _round(bench, load)
    after = bench.served.processes.memory()
    note = f"{before / _MEGABYTE:.1f} MB before, {after / _MEGABYTE:.1f} MB after"
    return Figure((after - before) / before * 100, memory=after, note=note)


def workers(bench: Bench) -> Figure:
    """What two workers answer a CPU second, against one, doubled: what a machine with cores to spare would see.

    The sender of the requests has to run somewhere: where it shares two cores with two workers, the rate by the clock
    cannot double, and is given beside this.
    """
    if not bench.installation.has_workers:
        raise NotYet("there is one process")
    ratios, walls, told = [], [], []
    alone, both = _of_workers(bench, 1), _of_workers(bench, 2)
    for name in _READS:
        one, two = alone[name], both[name]
        ratios.append(2 * one.cpu / two.cpu)
        walls.append(two.wall / one.wall)
        told.append(
            f"{name} ×{walls[-1]:.2f} by the clock with {two.sender_cpu / two.seconds:.2f} cores for the sender"
        )
    return Figure(min(ratios), ratios, note="; ".join(told), more={"by the clock": middle(walls)})


def _of_workers(bench: Bench, count: int) -> dict[str, Round]:
    """The middle round of each load, with so many workers."""
    with bench.with_workers(count):
        return {name: _middle_round(bench, bench.reads[name]) for name in _READS}


def _middle_round(bench: Bench, load: Load) -> Round:
    _round(bench, load, _CONNECTIONS)
    rounds = [_round(bench, load, _CONNECTIONS) for _ in range(bench.pace.rounds)]
    return sorted(rounds, key=lambda one: one.wall)[len(rounds) // 2]


def _round(bench: Bench, load: Load, connections: int = 8) -> Round:
    requests = [bench.reader.raw("POST", "/jmap/", body) for body in load.bodies]
    return bench.round(requests, must=load.must, connections=connections)


def account_make(bench: Bench) -> Figure:
    """Milliseconds to make an account, without the hashing of its password."""
    with _crowded(bench) as (_, seconds):
        return Figure(seconds / bench.accounts * 1000, note=f"{bench.accounts:,} accounts")


def account_disk(bench: Bench) -> Figure:
    """What the disk holds for an account with nothing in it."""
    if bench.installation.backend.name != "sqlite":
        raise NotYet("only measured where an account is a file")
    with _crowded(bench) as (installation, _):
        used = sum(file.lstat().st_blocks * 512 for file in installation.data.rglob("*") if file.is_file())
    return Figure(used / bench.accounts / 1000, note=f"{bench.accounts:,} accounts")


def account_memory(bench: Bench) -> Figure:
    """How much larger a server is that has many accounts, at rest."""
    with _crowded(bench) as (installation, _), installation.serving() as many:
        crowded = _settled(many)
    empty_folder = bench.installation.folder / "empty"
    with _fresh(replace(bench.installation, folder=empty_folder)) as empty, empty.serving() as none:
        alone = _settled(none)
    return Figure((crowded - alone) / _MEGABYTE, note=f"{bench.accounts:,} accounts")


def _settled(served: Served) -> int:
    time.sleep(1)
    return served.processes.memory()


@contextmanager
def _crowded(bench: Bench) -> Iterator[tuple[Installation, float]]:
    """An installation with many accounts, made once for all lines; and how many seconds that took."""
    folder = bench.installation.folder / f"crowded {bench.accounts}"
    installation = replace(bench.installation, folder=folder)
    if installation.backend.name != "sqlite":
        raise NotYet("only measured where an account is a file")
    took = folder / "seconds"
    if not took.exists():
        shutil.rmtree(folder, ignore_errors=True)
        took.write_text(str(_make(installation, bench.accounts)))
    yield installation, float(took.read_text())


def _make(installation: Installation, count: int) -> float:
    settings, _ = snapshot(loaded(installation.config()).pairs)
    with house(settings, installation.data) as built:
        secret = built.passwords.hash(PASSWORD)
        began = time.monotonic()
        for number in range(count):
            built.directory.add(f"somebody{number}@bench.example", secret, folders(settings))
        return time.monotonic() - began


@contextmanager
def _fresh(installation: Installation) -> Iterator[Installation]:
    shutil.rmtree(installation.folder, ignore_errors=True)
    yield installation
    shutil.rmtree(installation.folder, ignore_errors=True)


def _memory(each: list[int]) -> Figure:
    note = ", ".join(f"{octets / _MEGABYTE:.1f}" for octets in each)
    return Figure(max(each) / _MEGABYTE, memory=max(each), note=f"each process: {note}" if len(each) > 1 else "")


COSTS: dict[str, Row] = {
    "start": start,
    "memory-rest": memory_rest,
    "memory-growth": memory_growth,
    "workers": workers,
    "account-make": account_make,
    "account-disk": account_disk,
    "account-memory": account_memory,
}
