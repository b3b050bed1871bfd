"""What a server has of a database that others may share; imported where the settings name one.

The client library takes longer to load than most commands, so nothing imports this at its top.
"""

from contextlib import AbstractContextManager
from functools import cache, partial

from pillarbox.datatypes import REGISTRY
from pillarbox.settings import DatabaseStore
from pillarbox.store import Depot, Feed, postgres
from pillarbox.store.hub import HubFeed
from pillarbox.store.postgres import Link, Others, Place, PostgresStore, PostgresVolatile, Sole, Voice, channel

__all__ = ["alone_moving", "link", "place", "sole", "store", "voice", "volatile"]


def store(chosen: DatabaseStore, feed: Feed, depot: Depot | None) -> PostgresStore:
    """Everything that is kept, large blobs in the depot. Raises store.StoreError."""
    return PostgresStore(place(chosen), REGISTRY.tables, feed=feed, max_connections=chosen.max_connections, depot=depot)


def volatile(chosen: DatabaseStore) -> PostgresVolatile:
    """What all workers of all servers share."""
    return PostgresVolatile(place(chosen))


def link(chosen: DatabaseStore, feed: HubFeed) -> Link:
    """What joins this server's hub and those of the others."""
    return Link(partial(channel, place(chosen), chosen.feed), feed)


def sole(chosen: DatabaseStore) -> Sole:
    """Who of all servers does what only one may do."""
    return Sole(place(chosen))


def alone_moving(chosen: DatabaseStore) -> AbstractContextManager[Others]:
    """A block in which nobody else begins to move accounts into the database or out of it, and who else is there.

    Raises store.StoreError.
    """
    return postgres.alone_moving(place(chosen))


def voice(chosen: DatabaseStore) -> Voice:
    """What tells the servers of commits that no hub here has taken."""
    return Voice(partial(channel, place(chosen), chosen.feed))


@cache
def place(chosen: DatabaseStore) -> Place:
    """Where the database is: one value for all parts of a process, which has what any of them found out of its hosts.

    So none goes to a server of which another knows that it was left behind (adr/0063).
    """
    return Place(
        chosen.host,
        chosen.database,
        chosen.port,
        chosen.user,
        chosen.password,
        timeout=chosen.timeout.seconds,
        options=chosen.options,
        tls=chosen.tls,
    )
