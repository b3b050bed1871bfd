"""Sends what is queued, from the background worker: to accounts here by `delivery`, to others by `queue`."""

import asyncio
import random
import time
from collections.abc import Sequence

from pillarbox.access import domain_of
from pillarbox.app.house import House
from pillarbox.app.knowing import KNOWING, directories
from pillarbox.app.outgoing import guard
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.server import is_domain
from pillarbox.delivery import Deposit, Filer, Policy
from pillarbox.net import Door
from pillarbox.net.outbound import trusting
from pillarbox.queue import (
    Books,
    Caller,
    Carrier,
    Letter,
    Relay,
    Reply,
    Routes,
    Sender,
    Tls,
    Whose,
    books_of,
    resolver_of,
)
from pillarbox.settings import Declared, Snapshot, catalogue, host_name
from pillarbox.store import StoreError
from pillarbox.telemetry import Event, Secret, emit

__all__ = ["SENDING", "books", "sent"]

SENDING: Sequence[Declared[object]] = (
    catalogue.HOSTNAME,
    catalogue.JOURNAL_KEEP,
    catalogue.OUTBOUND_ALLOW_NETWORKS,
    *catalogue.DELIVERY.settings,
    *catalogue.QUEUE.settings,
    *KNOWING,
)
"""The settings that it works by."""

_AGAIN = 5.0
"""Seconds until it is tried again to read what could not be."""
_GRACE = 7.0
"""Seconds for which a server is waited for that may have taken a message: less than the background worker has."""

_PORTS = {Tls.STARTTLS: 587, Tls.IMPLICIT: 465, Tls.OPPORTUNISTIC: 25, Tls.NONE: 25}


async def sent(built: House, door: Door) -> None:
    """Sends what is queued, for as long as it is not cancelled."""
    while True:
        try:
            await _sender(built, door).run()
        except* StoreError as problems:
            emit(Event.STORE_FAILED, known="; ".join(str(one) for one in problems.exceptions))
        await asyncio.sleep(_AGAIN)


def books(built: House) -> Books:
    """What is written down of messages on their way."""
    return books_of(built.store, built.settings, time.time)


def _sender(built: House, door: Door) -> Sender:
    kept = books(built)
    caller = Caller(host_name(built.settings), trusting())
    carrier = Carrier(kept, _routes(built.settings), _Here(built), caller, door.through)
    return Sender(built.store, kept, carrier, door.through, _GRACE)


def _routes(settings: Snapshot) -> Routes:
    return Routes(
        resolver_of(settings),
        guard(settings),
        host_name(settings),
        _relay(settings),
        settings[catalogue.QUEUE_PORT],
        _shuffled,
    )


def _relay(settings: Snapshot) -> Relay | None:
    host = settings[catalogue.RELAY_HOST]
    if host is None:
        return None
    tls = Tls(settings[catalogue.RELAY_TLS])
    return Relay(
        host,
        settings[catalogue.RELAY_PORT] or _PORTS[tls],
        tls,
        settings[catalogue.RELAY_USERNAME] or "",
        settings[catalogue.RELAY_SECRET] or Secret(""),
    )


def _shuffled(hosts: Sequence[str]) -> Sequence[str]:
    return random.sample(hosts, len(hosts))


class _Here:
    """Mail of accounts here (`queue.Here`)."""

    def __init__(self, built: House) -> None:
        self._store = built.store
        deposit = Deposit(built.store, REGISTRY, time.time)
        self._directories = directories(built, built.settings)
        self._filer = Filer(self._directories, deposit, Policy.of(built.settings), time.time)

    def whose(self, address: str) -> Whose:
        """Who has an address. Raises store.StoreError."""
        if self._filer.knows(address):
            return Whose.ACCOUNT
        domain = domain_of(address)
        is_ours = self._directories.is_ours(domain) or is_domain(self._store, domain)
        return Whose.NOBODY if is_ours else Whose.ELSEWHERE

    def deliver(self, letter: Letter) -> Reply:
        """Files a message, once. Raises store.StoreError, OSError."""
        told = self._filer.file(letter.sender, letter.recipient, letter.octets, letter.mark, letter.id)
        return Reply.told(told.code, f"{told.status} {told.text}")
