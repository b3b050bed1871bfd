"""Parts of the queue as the settings have them, for whoever works with it: the background worker, an administrator."""

import random
import secrets
from collections.abc import Callable

from pillarbox.datatypes.server import dkim_keys
from pillarbox.queue.books import Books
from pillarbox.queue.resolver import Resolver
from pillarbox.queue.schedule import Schedule
from pillarbox.settings import Snapshot, TcpAddress, catalogue, host_name
from pillarbox.store import Store

__all__ = ["books_of", "resolver_of"]


def books_of(store: Store, settings: Snapshot, clock: Callable[[], float]) -> Books:
    """What is written down of messages on their way."""
    return Books(
        store,
        host_name(settings),
        _schedule(settings),
        lambda domain: dkim_keys(store, domain),
        clock,
        random.random,
        lambda: secrets.token_hex(16),
        is_journaled=settings[catalogue.JOURNAL_KEEP] is not None,
    )


def resolver_of(settings: Snapshot) -> Resolver:
    """Who is asked for what DNS says."""
    servers = settings[catalogue.DNS_SERVERS]
    return Resolver([(str(one.host), one.port) for one in servers if isinstance(one, TcpAddress)])


def _schedule(settings: Snapshot) -> Schedule:
    notice = settings[catalogue.QUEUE_NOTIFY]
    # Whoever writes an empty list wants no other waits than the longest of the defaults.
    waits = settings[catalogue.QUEUE_RETRY] or catalogue.QUEUE_RETRY.default[-1:]
    return Schedule(
        [wait.seconds for wait in waits],
        None if notice is None else notice.seconds,
        settings[catalogue.QUEUE_EXPIRE].seconds,
    )
