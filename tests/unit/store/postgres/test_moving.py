"""Who moves accounts of a database: one at a time, on whichever machine."""

from contextlib import closing
from dataclasses import replace
from typing import cast

import pytest
from tests.neighbour.postgres import Cluster
from tests.toy.notes import TABLES

from pillarbox.store import Depot, MovingStore, Standing, Unavailable
from pillarbox.store.postgres import PostgresStore, alone_moving
from pillarbox.store.postgres.server import moving

pytestmark = pytest.mark.neighbour

NOWHERE = cast("Depot", object())
"""A place that is never asked for anything."""


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
        with store.read(1), alone_moving(place) as others:
            assert others.machines == []
    finally:
        store.close()


def test_other_machines_are_told_by_their_addresses(postgres: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loopback is one here: of one machine the database sees no more."""
    monkeypatch.setattr(moving, "_HERE", "client_addr IS NULL")
    place = postgres.emptied()
    store = PostgresStore(replace(place, host="127.0.0.1"), TABLES)
    try:
        with alone_moving(place) as others:
            assert others.machines == ["127.0.0.1"]
    finally:
        store.close()


def test_an_object_of_one_database_does_not_become_a_blob_of_another(postgres: Cluster) -> None:
    """Its name says whose it is, and so who looks after it."""
    source, target = (
        PostgresStore(place, TABLES, depot=NOWHERE) for place in (postgres.emptied(), postgres.database())
    )
    source.create(1)
    with closing(MovingStore(source, target)) as store, store.stage(1) as staged:
        staged.write(b"octets")
        epoch = target.receive(1)
        target.stand(1, Standing.ARRIVING, Standing.HERE, epoch)
        source.stand(1, Standing.HERE, Standing.LEFT)
        with pytest.raises(Unavailable, match="moved"), store.write(1) as unit:
            unit.keep_blob(staged, 0)
