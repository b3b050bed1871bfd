"""`make soak`: trouble for as long as one likes, on one store after the other.

Run as `python -m tests.journeys.faults.soak`. The seed is printed, and can be given to see the same troubles again.
"""

import argparse
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from tests.journeys.faults.disk import disk
from tests.journeys.faults.load import Load
from tests.journeys.faults.places import TWO, database
from tests.journeys.faults.trouble import KILLS, Trouble, happens
from tests.journeys.program import Server
from tests.neighbour.pair import pair
from tests.neighbour.postgres import Cluster, cluster
from tests.neighbour.scissors import Scissors, scissors

__all__ = ["main"]

_ROUND = 120.0
"""Seconds after which everything is verified, and a new server begins: what is there grows, and so does verifying."""
_TOLD = 3000
"""Characters of what went wrong; a failed round's folder has the rest."""
_DISK = 400
"""Megabytes."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0 if all was as promised, 1 if not."""
    parser = argparse.ArgumentParser(prog="make soak")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))  # noqa: S311
    parser.add_argument("--store", choices=(*AROUND, "all"), default="all")
    given = parser.parse_args(arguments)
    say(f"SEED={given.seed}")
    chance = random.Random(given.seed)  # noqa: S311
    stores = tuple(AROUND) if given.store == "all" else (given.store,)
    end = time.monotonic() + given.minutes * 60
    rounds = 0
    while time.monotonic() < end:
        store = stores[rounds % len(stores)]
        rounds += 1
        left = (end - time.monotonic()) / 60
        say(f"round {rounds}, {store}; {left:.1f} minutes left")
        try:
            told = soaked(store, chance, min(end, time.monotonic() + _ROUND))
        except (AssertionError, RuntimeError) as problem:
            where = "".join(traceback.format_tb(problem.__traceback__))
            say(f"{where}{str(problem)[:_TOLD]}\nSEED={given.seed}")
            return 1
        say(f"  {told}: all of it is there, once")
    return 0


def soaked(store: str, chance: random.Random, until: float) -> str:
    """One server in trouble until then, verified in the end; what was done. Raises AssertionError."""
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    with ExitStack() as closing:
        server, troubles = closing.enter_context(AROUND[store](folder, chance))
        say(f"  the log is {server.folder / 'serve.log'}")
        closing.enter_context(server.running())
        load = Load(server, chance)
        with load.running():
            while time.monotonic() < until:
                trouble = chance.choice(troubles)
                say(f"  {trouble.__name__}; {load.told()}")
                happens(load, chance, [trouble], longest=2.0)
        load.check()
    # That of a round that failed stays, with the server's log.
    shutil.rmtree(folder, ignore_errors=True)
    return load.told()


@contextmanager
def _on_files(folder: Path, chance: random.Random) -> "Iterator[tuple[Server, Sequence[Trouble]]]":
    server = Server(folder / "server", TWO)
    with disk(folder / "server" / "var", _DISK) as small:
        small.used_by(server.program)

        def fill_disk(load: Load, chance: random.Random) -> None:
            before = load.refusals
            small.fill()
            load.is_put_off(before)
            small.free()

        yield server, (*KILLS, fill_disk)


@contextmanager
def _on_postgres(folder: Path, chance: random.Random) -> "Iterator[tuple[Server, Sequence[Trouble]]]":
    with cluster(fsync="on", full_page_writes="on") as own, scissors(("127.0.0.1", own.port), chance) as cutter:
        troubles = (*KILLS, _crash(own), *[_cuts(cutter)] * 3)
        yield Server(folder / "server", TWO + database(own.database(), cutter.port)), troubles


def _crash(own: Cluster) -> Trouble:
    def crash_database(load: Load, chance: random.Random) -> None:
        before = load.refusals
        own.stop(signal.SIGQUIT)
        load.is_put_off(before)
        own.start()

    return crash_database


def _cuts(cutter: Scissors) -> Trouble:
    def cut_in_commit(load: Load, chance: random.Random) -> None:
        before = sum(cutter.cuts.values())
        cutter.share = chance.uniform(0.1, 0.6)
        load.until(lambda: sum(cutter.cuts.values()) >= before + 20, "commits were cut")
        cutter.share = 0.0

    return cut_in_commit


@contextmanager
def _on_a_pair(folder: Path, chance: random.Random) -> "Iterator[tuple[Server, Sequence[Trouble]]]":
    with pair(fsync="on", full_page_writes="on") as both:

        def kill_primary(load: Load, chance: random.Random) -> None:
            before = load.refusals
            both.primary.kill()
            load.is_put_off(before)
            both.promote()
            load.goes_on()
            both.renew()

        def switch_over(load: Load, chance: random.Random) -> None:
            both.fence()
            both.promote()
            load.goes_on()
            both.renew()

        troubles = (*KILLS, *[kill_primary, switch_over] * 3)
        yield Server(folder / "server", TWO + database(both.place)), troubles


AROUND: Mapping[str, "Callable[[Path, random.Random], AbstractContextManager[tuple[Server, Sequence[Trouble]]]]"] = {
    "sqlite": _on_files,
    "postgres": _on_postgres,
    "pair": _on_a_pair,
}


def say(text: str) -> None:
    """A line of what goes on."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
