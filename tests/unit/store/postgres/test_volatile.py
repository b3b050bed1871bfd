"""What several servers share, when the database is away, and when there is too much of it."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg
import pytest
from tests.neighbour.postgres import Cluster, cluster
from tests.toy.clock import Clock

from pillarbox.store import Unavailable
from pillarbox.store.postgres import Place, PostgresVolatile
from pillarbox.store.postgres import volatile as module
from pillarbox.store.postgres.server.volatile import CODE, MARK, RATE, SLOT

Opens = Callable[..., PostgresVolatile]


@pytest.fixture
def place(postgres: Cluster) -> Place:
    """A database with nothing in it."""
    return postgres.database()


@pytest.fixture
def shares(place: Place) -> Iterator[Opens]:
    """Opens what is in that database, or at another place, as if each time in another process."""
    opened: list[PostgresVolatile] = []

    def open_one(where: Place = place) -> PostgresVolatile:
        opened.append(PostgresVolatile(where))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def volatile(shares: Opens) -> PostgresVolatile:
    return shares()


def test_a_database_that_crashed_is_used_again_and_has_forgotten(
    shares: Opens, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Adr 0024: it may be gone at any time, all at once."""
    monkeypatch.setattr(module, "_AGAIN", 0.0)
    with cluster(fsync="on", full_page_writes="on") as own:
        volatile = shares(own.database())
        assert volatile.take(b"key", 1, clock())
        own.stop(signal.SIGQUIT)
        with pytest.raises(Unavailable):
            volatile.take(b"key", 1, clock())
        own.start()
        assert volatile.take(b"key", 1, clock())
        assert volatile.renew(clock())


def test_a_database_that_is_away_is_not_asked_at_each_call(shares: Opens, place: Place, clock: Clock) -> None:
    volatile = shares(replace(place, host="127.0.0.1", port=9))
    with pytest.raises(Unavailable, match="connection"):
        volatile.take(b"key", 1, clock())
    with pytest.raises(Unavailable, match="a moment ago"):
        volatile.take(b"key", 1, clock())


def test_tables_that_somebody_took_away_are_made_again(
    volatile: PostgresVolatile, postgres: Cluster, place: Place, clock: Clock
) -> None:
    volatile.mark(b"key", clock() + 60, clock())
    postgres.sql(place, "DROP TABLE volatile_entry")
    postgres.sql(place, "DELETE FROM made WHERE name = ' volatile'")
    with pytest.raises(Unavailable):
        volatile.marked(b"key", clock())
    assert volatile.marked(b"key", clock()) is None


def test_nobody_waits_long_for_who_holds_a_row(volatile: PostgresVolatile, place: Place, clock: Clock) -> None:
    assert volatile.keep(b"code", b"x", clock() + 60, clock())
    with psycopg.connect(host=place.host, port=place.port, user=place.user, dbname=place.database) as holder:
        holder.execute("SELECT 1 FROM volatile_entry FOR UPDATE")
        with pytest.raises(Unavailable):
            volatile.redeem(b"code", clock())
    assert volatile.redeem(b"code", clock()) == b"x"


@pytest.mark.parametrize("kind", [RATE, MARK])
def test_of_what_is_too_much_the_soonest_to_end_is_dropped(
    volatile: PostgresVolatile, clock: Clock, monkeypatch: pytest.MonkeyPatch, kind: int
) -> None:
    monkeypatch.setitem(module._MOST, kind, 64)
    for at in range(100):
        if kind == RATE:
            volatile.hit(b"%d" % at, 2, 60.0 + at, clock())
        else:
            volatile.mark(b"%d" % at, clock() + 60 + at, clock())

    def is_kept(at: int) -> bool:
        if kind == RATE:
            return volatile.hit(b"%d" % at, 2, 60.0 + at, clock()).left == 0
        return volatile.marked(b"%d" % at, clock()) is not None

    assert not is_kept(0)
    assert is_kept(99)


@pytest.mark.parametrize("kind", [CODE, SLOT])
def test_what_nobody_may_drive_out_is_refused_when_there_is_too_much(
    volatile: PostgresVolatile, clock: Clock, monkeypatch: pytest.MonkeyPatch, kind: int
) -> None:
    monkeypatch.setitem(module._MOST, kind, 20)

    def add(at: int) -> bool:
        if kind == CODE:
            return volatile.keep(b"%d" % at, b"x", clock() + 60, clock())
        return volatile.take(b"%d" % at, 1, clock())

    assert all(add(at) for at in range(20))
    with pytest.raises(Unavailable, match="more than 20"):
        add(20)


def test_what_was_wanted_long_ago_is_forgotten(
    volatile: PostgresVolatile, shares: Opens, postgres: Cluster, place: Place, clock: Clock
) -> None:
    assert volatile.take(b"key", 1, clock())
    assert not shares().take(b"key", 1, clock())
    clock.now += 1
    assert volatile.wanted(clock()) == {}
    assert postgres.sql(place, "SELECT count(*) FROM volatile_want") == [(0,)]


def test_holders_that_are_gone_are_buried(
    volatile: PostgresVolatile, shares: Opens, postgres: Cluster, place: Place, clock: Clock
) -> None:
    gone = shares()
    assert gone.take(b"key", 9, clock())
    assert volatile.take(b"other", 9, clock())
    for _ in range(2):
        clock.now += 9
        assert volatile.renew(clock())
    assert postgres.sql(place, "SELECT count(*) FROM volatile_holder") == [(1,)]
    assert postgres.sql(place, "SELECT count(*) FROM volatile_slot") == [(1,)]
    assert not gone.renew(clock())
