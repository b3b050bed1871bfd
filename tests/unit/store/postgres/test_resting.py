"""Accounts that nobody writes to cost nothing: the hourly upkeep does not come to them (adr/0064)."""

import pytest
from tests.neighbour.postgres import Cluster
from tests.toy.clock import Clock
from tests.toy.notes import add
from tests.toy.upkeep import DAY, tended
from tests.unit.store.postgres.conftest import Opens

from pillarbox.store import Standing
from pillarbox.store.postgres import PostgresStore


def test_an_empty_account_is_never_tended(store: PostgresStore, clock: Clock) -> None:
    assert store.untended(int(clock()) + 1000 * DAY) == []


def test_one_that_is_written_to_all_day_is_tended_once(store: PostgresStore, clock: Clock) -> None:
    for _ in range(24):
        with store.write(1) as unit:
            blob = unit.add_blob(b"a message", int(clock()))
            unit.hold(blob.number)
            add(unit)
            unit.once(b"key", int(clock()) + 7 * DAY, int(clock()))
        assert store.untended(int(clock())) == []
        clock.now += 3600

    assert store.untended(int(clock())) == [1]
    tended(store, clock)
    assert store.untended(int(clock()) + DAY - 1) == []


def test_an_account_in_which_nothing_is_left_to_do_is_not_tended_after_some_days(
    store: PostgresStore, clock: Clock
) -> None:
    with store.write(1) as unit:
        add(unit)
        unit.once(b"key", int(clock()) + 60, int(clock()))
        unit.add_blob(b"octets", int(clock()) + 60)
    clock.now += DAY
    tended(store, clock)
    assert store.untended(int(clock())) == []
    clock.now += DAY
    assert store.untended(int(clock())) == [1]

    tended(store, clock)

    assert store.untended(int(clock()) + 1000 * DAY) == []


def test_it_is_left_alone_until_what_is_left_has_its_time(store: PostgresStore, clock: Clock) -> None:
    soon = int(clock()) + 20 * DAY
    with store.write(1) as unit:
        add(unit)
        unit.once(b"key", soon, int(clock()))
    clock.now += 3 * DAY

    tended(store, clock, until=soon + DAY)

    assert store.untended(soon - 1) == []
    assert store.untended(soon) == [1]


def test_accounts_of_an_older_version_are_all_tended_once(opens: Opens, postgres: Cluster) -> None:
    place = postgres.database()
    opens(place).create(1)
    postgres.sql(place, "DROP TABLE due; UPDATE made SET shape = 'older' WHERE name = 'Page'")

    assert opens(place).untended(0) == [1]


def test_one_that_has_left_is_tended_where_it_is_now(store: PostgresStore, clock: Clock) -> None:
    """And not each hour, though nobody can write here that it was."""
    with store.write(1) as unit:
        add(unit)
    clock.now += DAY
    assert store.untended(int(clock())) == [1]

    store.stand(1, Standing.HERE, Standing.LEAVING)
    store.stand(1, Standing.LEAVING, Standing.LEFT)

    assert store.untended(int(clock())) == []


@pytest.mark.parametrize("skew", [-60, 60])
def test_a_server_whose_clock_differs_is_heeded_too(
    opens: Opens, store: PostgresStore, clock: Clock, skew: int
) -> None:
    with store.write(1) as unit:
        add(unit)
    clock.now += 3 * DAY
    tended(store, clock)
    assert store.untended(int(clock())) == []
    clock.now += skew

    with opens().write(1) as unit:
        add(unit)

    assert store.untended(int(clock()) + DAY) == [1]
