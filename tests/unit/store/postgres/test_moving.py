"""Who moves accounts of a database: one at a time, on whichever machine."""

from dataclasses import replace

import pytest
from tests.neighbour.postgres import Cluster
from tests.toy.notes import TABLES

from pillarbox.store.postgres import PostgresStore, alone_moving
from pillarbox.store.postgres.server import moving

pytestmark = pytest.mark.neighbour


def test_one_moves_at_a_time(postgres: Cluster) -> None:
    place = postgres.emptied()
    with alone_moving(place) as first, alone_moving(place) as second:
        assert (first.is_alone, second.is_alone) == (True, False)
    with alone_moving(place) as third:
        assert third.is_alone


def test_who_uses_the_database_from_this_machine_is_no_other_machine(postgres: Cluster) -> None:
    place = postgres.emptied()
    store = PostgresStore(place, TABLES)
    try:
        store.create(1)
        with store.read(1), alone_moving(place) as crowd:
            assert crowd.machines == []
    finally:
        store.close()


def test_other_machines_are_told_by_their_addresses(postgres: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loopback is one here: of one machine the database sees no more."""
    monkeypatch.setattr(moving, "_HERE", "client_addr IS NULL")
    place = postgres.emptied()
    store = PostgresStore(replace(place, host="127.0.0.1"), TABLES)
    try:
        with alone_moving(place) as crowd:
            assert crowd.machines == ["127.0.0.1"]
    finally:
        store.close()
