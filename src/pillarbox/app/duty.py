"""What all processes of the supervisor do alike: take their orders, say that they are ready, and end when told."""

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pillarbox.app.house import House, house
from pillarbox.app.logbook import log_by
from pillarbox.app.observing import BACKGROUND, end_observing, observed
from pillarbox.app.orders import Orders
from pillarbox.datatypes import REGISTRY
from pillarbox.jmap import Rereading
from pillarbox.settings import Snapshot
from pillarbox.store import StoreError
from pillarbox.telemetry import measure

__all__ = ["end_at_once", "hearing", "on_duty", "ready", "stops"]

_GARBAGE = 20_000
"""So many new objects that may be part of a cycle are there between two looks for garbage."""


@contextmanager
def on_duty() -> Iterator[tuple[Orders, Snapshot]]:
    """The orders that this process was started with; the log is configured by them.

    What ends the block before `Orders.status` was closed is told to the supervisor, and ends the process with 1.
    """
    # Ctrl-C reaches all processes of a terminal; when these end, the supervisor says.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # So does the signal that says the terminal is gone, by which the supervisor is told to read its settings again.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # A thread that parses would otherwise keep the loop waiting for 5 ms at a time (adr/0003).
    sys.setswitchinterval(0.0005)
    orders = Orders.taken(int(sys.argv[1]))
    settings = orders.settings
    log_by(settings, orders.folder)
    measure(orders.folder / "metrics", _name(orders))
    try:
        yield orders, settings
    except StoreError as problem:
        _say(orders.status, f"what is kept cannot be read or written: {problem.known}")
        sys.exit(1)
    except OSError as problem:
        _say(orders.status, f"{problem.filename or 'the system'}: {problem.strerror or problem}")
        sys.exit(1)


@contextmanager
def hearing(orders: Orders, settings: Snapshot) -> Iterator[House]:
    """The house, which hears of what other processes do. Raises store.StoreError if it cannot be read."""
    with house(settings, orders.folder) as built:
        # Damaged, or of another version: that is told now, and not to each client.
        built.store.version(0)
        # The database may have other words on it.
        log_by(built.settings, built.data)
        rereading = Rereading(built.store, REGISTRY, built.feed.here)
        observing = observed(_name(orders), built.settings)
        with rereading.running(), built.feed.hearing(rereading.ask), observing:
            yield built


def stops(orders: Orders) -> asyncio.Event:
    """Set when the supervisor says that it is time, or is gone. Called on the event loop."""
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()

    def gone() -> None:
        loop.remove_reader(orders.life)
        stopping.set()

    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    loop.add_reader(orders.life, gone)
    return stopping


def ready(orders: Orders) -> None:
    """Tells the supervisor that the work can begin."""
    # What was made until now stays to the end: nobody need look for garbage in it again. Few of the objects that work
    # makes are in cycles, so it is enough to look once in 20,000 of them, which are some megabytes (adr/0031).
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    _say(orders.status, "ready")
    os.close(orders.status)


def _name(orders: Orders) -> str:
    return BACKGROUND if orders.number == orders.workers else str(orders.number)


def end_at_once() -> None:
    """Ends the process though a thread still runs, which cannot be stopped and which Python would wait for.

    The store rolls back what it leaves half done.
    """
    end_observing()
    logging.shutdown()
    os._exit(0)


def _say(descriptor: int, text: str) -> None:
    try:
        os.write(descriptor, text.encode()[:4096])
    except OSError:
        # Closed, or the supervisor is gone: nobody waits for it.
        return
