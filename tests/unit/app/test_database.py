"""Where a process finds its database."""

from dataclasses import replace

from pillarbox.app.database import place
from pillarbox.settings import DatabaseStore, snapshot

PAIRS = {"store.pg.type": "postgresql", "store.pg.host": "db1,db2", "store.pg.database": "mail"}


def chosen() -> DatabaseStore:
    """As it is read, anew each time."""
    store = snapshot(PAIRS)[0].store
    assert isinstance(store, DatabaseStore)
    return store


def test_what_one_part_of_a_process_finds_out_of_the_hosts_all_of_them_know() -> None:
    """ADR 0063: nobody goes back to a server that was left behind, once the process knows of it."""
    first, other = place(chosen()), place(chosen())
    assert first.hosts is other.hosts
    assert place(replace(chosen(), host="db3")).hosts is not first.hosts
