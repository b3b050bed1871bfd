"""Volatile stores by name, and a process of its own that uses one.

As a program: `python -m tests.toy.volatile NAME FOLDER NOW WHAT`.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.neighbour.postgres import Cluster, place_from, place_text

from pillarbox.store import Unavailable, Volatile
from pillarbox.store.postgres import PostgresVolatile
from pillarbox.store.sqlite import SQLiteVolatile

__all__ = ["OPENERS", "patiently", "prepare"]

OPENERS: dict[str, Callable[[Path], Volatile]] = {
    "sqlite": SQLiteVolatile,
    "postgres": lambda folder: PostgresVolatile(place_from((folder / "place").read_text())),
}
"""Each opens what is in this folder, as if in another process each time: a new one adds its line."""


def prepare(folder: Path, cluster: Cluster) -> None:
    """The folder says where a new database is."""
    (folder / "place").write_text(place_text(cluster.database()))


def patiently(call: Callable[[], bool]) -> bool:
    """The call's answer, asked for again while others are in the way: the contract's few milliseconds are short."""
    until = time.monotonic() + 30
    while True:
        try:
            return call()
        except Unavailable:
            if time.monotonic() > until:
                raise


def main(name: str, folder: str, told: str, what: str) -> None:
    volatile = OPENERS[name](Path(folder))
    now = float(told)
    calls: dict[str, Callable[[int], bool]] = {
        "take": lambda _: volatile.take(b"key", 100, now),
        "hit": lambda _: volatile.hit(b"key", 100, 60, now).allowed,
        "redeem": lambda at: volatile.redeem(b"%d" % at, now) is not None,
    }
    print("ready", flush=True)
    # All begin at once, when the test says so.
    sys.stdin.readline()
    print(sum(patiently(lambda at=at: calls[what](at)) for at in range(100)), flush=True)  # type: ignore[misc]
    # Nothing is given back in an orderly way: the test kills us.
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
