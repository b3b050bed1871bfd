"""A primary and its standby: who is written to, what a commit says, and what a promotion changes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace

import pytest
from tests.journeys.program import until
from tests.neighbour.cable import cable
from tests.neighbour.pair import Pair, pair
from tests.neighbour.postgres import cluster
from tests.toy.clock import Clock
from tests.toy.notes import NOTE, TABLES, add
from tests.unit.store.postgres.test_faults import Watched

from pillarbox.store import Feed, Unavailable, retried
from pillarbox.store.postgres import Place, PostgresStore, Sole, channel
from pillarbox.store.postgres import session as sessions

pytestmark = pytest.mark.neighbour

ALL = 'SELECT number FROM "d_Note"'
WAITING = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
CANCELLED = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
EVERYBODY = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pillarbox'"
LOCKS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"


@pytest.fixture(scope="module")
def both() -> Iterator[Pair]:
    """Tests promote one or the other, and leave a pair behind."""
    with pair() as made:
        yield made


@pytest.fixture
def stores(both: Pair) -> Iterator["Stores"]:
    made = Stores(both)
    yield made
    made.close()


class Stores:
    """Opened on the pair, each as if in another process."""

    def __init__(self, both: Pair) -> None:
        self._both = both
        self._opened: list[PostgresStore] = []

    def open(self, place: Place | None = None, *, patience: float = 5.0, feed: Feed | None = None) -> PostgresStore:
        store = PostgresStore(place or self._both.place, TABLES, Clock(), feed, patience=patience)
        self._opened.append(store)
        store.create(1)
        return store

    def close(self) -> None:
        for store in self._opened:
            store.close()


def notes(store: PostgresStore) -> list[int]:
    with store.read(1) as unit:
        return unit.numbers(NOTE, 1000)


def noted(store: PostgresStore) -> int:
    with store.write(1) as unit:
        return add(unit)


def epoch(store: PostgresStore) -> str:
    with store.read(1) as unit:
        return unit.epoch


def again(store: PostgresStore) -> int:
    """Writes as soon as that is possible."""
    made: list[int] = []

    def done() -> bool:
        with suppress(Unavailable):
            made.append(retried(lambda: noted(store)))
        return bool(made)

    until(done, "it is written again", 30)
    return made[0]


def test_a_standby_that_is_promoted_is_written_to_and_who_was_left_behind_is_not(both: Pair, stores: Stores) -> None:
    """Ours; architecture section 3, "State": the epoch is another one after a promotion."""
    store = stores.open()
    before = [noted(store) for _ in range(3)]
    known = epoch(store)

    both.primary.kill()
    # What each of the hosts has said.
    with pytest.raises(Unavailable, match=r"read-only(?s:.*)refused"):
        notes(store)
    both.promote()
    number = again(store)

    assert notes(store) == [*before, number]
    assert epoch(store) != known
    # What was lost with a primary, if anything was, had numbers that clients may know.
    assert number > max(before) + 1000
    assert again(store) == number + 1

    # Somebody starts the old one again, as it was: it would take writes, and waits for no standby.
    left = both.standby
    left.start()
    both.wait_for_nobody(left)
    fresh = stores.open(both.at(left, both.primary))
    again(fresh)
    both.sql(both.primary, EVERYBODY)
    again(store)
    again(fresh)
    assert len(notes(store)) == 8
    assert both.sql(left, ALL, both.database) == [(1,), (2,), (3,)]
    both.renew()


def test_a_cluster_that_was_made_anew_at_one_of_the_hosts_is_not_written_to(both: Pair, stores: Stores) -> None:
    """Ours: before it follows the other one it takes writes that nobody else will ever see."""
    with cluster() as anew:
        both.sql(anew, f"CREATE DATABASE {both.database}")
        place = both.at(anew, both.primary)
        anew.stop()
        store = stores.open(place)
        before = notes(store)

        anew.start()
        both.primary.stop()
        with pytest.raises(Unavailable, match="another cluster"):
            noted(store)
        both.primary.start()
        number = again(store)

        # Who knows neither of them has nothing to go by.
        with pytest.raises(Unavailable, match="another cluster"):
            stores.open(both.at(anew, both.primary))
        assert notes(store) == [*before, number]
        assert both.sql(anew, "SELECT to_regclass('account')", both.database) == [(None,)]


def test_who_was_left_behind_and_still_answers_is_left_with_the_next_write(
    both: Pair, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours: nobody has told the former primary; no standby follows it any more, so no commit there comes to its end."""
    monkeypatch.setattr(sessions, "_COMMIT", 0.3)
    store = stores.open()
    before = notes(store)
    # Connections that only read stay where they are as long as nothing is written.
    with store.read(1), store.read(1):
        pass
    both.promote()
    assert notes(store) == before
    number = again(store)
    assert [notes(store) for _ in range(3)] == [[*before, number]] * 3
    assert both.sql(both.primary, ALL, both.database)[-1] == (number,)
    both.renew()


def test_numbers_that_were_lost_with_a_primary_name_nothing_else(both: Pair, stores: Stores) -> None:
    """Architecture section 3, "Ids": clients may know them, and keep what they named for ever."""
    store = stores.open()
    before = notes(store)
    both.wait_for_nobody(both.primary)
    both.standby.stop()
    lost = [(noted(store), store.version(1)) for _ in range(3)]
    both.primary.kill()
    both.standby.start()
    both.promote()
    number = again(store)
    assert notes(store) == [*before, number]
    assert number > max(lost)[0]
    # Nor is what is cached of a lost commit taken for one of these.
    versions = [store.version(1) for _ in range(4) if noted(store)]
    assert not {version for _, version in lost} & set(versions)
    both.renew()


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_what_became_of_a_commit_is_asked_of_who_was_promoted(both: Pair, stores: Stores, lost: str) -> None:
    """Architecture section 3.2: its token and its number decide, wherever they are now."""
    watched = Watched()
    with cable(("127.0.0.1", both.primary.port)) as line, ThreadPoolExecutor(1) as pool:
        place = replace(both.place, host=f"127.0.0.1:{line.port},127.0.0.1:{both.standby.port}")
        store = stores.open(place, patience=10.0, feed=watched)
        before = notes(store)

        def cut() -> None:
            watched.before_commit = lambda: None
            line.cut_at("request" if lost == "request" else "answer")
            line.take_down()
            pool.submit(fail)

        def fail() -> None:
            if lost == "answer":
                until(lambda: len(both.sql(both.primary, ALL, both.database)) > len(before), "it is committed")
            both.primary.kill()
            both.promote()

        watched.before_commit = cut
        number = again(store)
    assert notes(store) == [*before, number]
    assert watched.told == (["expect", "publish"] if lost == "answer" else ["expect", "withdraw", "expect", "publish"])
    both.renew()


def test_a_commit_that_its_standby_does_not_have_is_said_to_be_unknown(
    both: Pair, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours: nobody waits for ever, and nobody is told that it is safe."""
    monkeypatch.setattr(sessions, "_COMMIT", 0.3)
    store = stores.open(patience=1.0)
    before = notes(store)
    both.standby.stop()
    with pytest.raises(Unavailable, match="cannot be known"):
        retried(lambda: noted(store))
    both.standby.start()
    again(store)
    # It was made after all; that it is there twice would be the client's own doing.
    assert len(notes(store)) == len(before) + 2


def test_a_commit_whose_standby_somebody_did_not_wait_for_is_no_success(both: Pair, stores: Stores) -> None:
    """PostgreSQL, synchronous replication: told as a warning, since it is committed on the primary."""
    store = stores.open(patience=10.0)
    before = notes(store)
    both.standby.stop()
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(lambda: retried(lambda: noted(store)))
        for _ in range(2):
            # The unit, and the one that asks what became of it.
            until(lambda: bool(both.sql(both.primary, WAITING)), "a commit waits for the standby")
            both.sql(both.primary, CANCELLED)
        with pytest.raises(Unavailable, match="might not have been replicated"):
            writing.result(20)
    both.standby.start()
    again(store)
    assert len(notes(store)) == len(before) + 2


def test_who_may_be_written_to_no_more_is_left_by_everybody(both: Pair, stores: Stores) -> None:
    """A switch-over: the old primary answers, and takes no writes."""
    store = stores.open()
    before = notes(store)
    # Several connections that have nothing to do.
    with store.read(1), store.read(1), store.read(1):
        pass
    with closing(channel(both.place, "listen")) as link, closing(Sole(both.place)) as sole:
        assert sole.is_ours()
        both.fence()
        both.promote()
        number = again(store)
        assert [notes(store) for _ in range(4)] == [[*before, number]] * 4
        # Who said nothing so far finds out when it does.
        with suppress(Unavailable):
            link.send(["hello"])
        with pytest.raises(Unavailable):
            link.send(["hello"])
        until(sole.is_ours, "the lock is had at the new primary")
        assert both.sql(both.primary, LOCKS, both.database) == [(1,)]
    both.renew()


def test_a_copy_of_a_database_gives_other_states(both: Pair, stores: Stores) -> None:
    """Ours: as one that is made of a dump, it is of another time, and goes on by itself."""
    store = stores.open()
    known = epoch(store)
    noted(store)
    store.close()
    both.sql(both.primary, EVERYBODY)
    both.sql(both.primary, f"CREATE DATABASE copied TEMPLATE {both.database}")
    copy = stores.open(replace(both.place, database="copied"))
    assert epoch(copy) != known
    assert epoch(stores.open()) == known


def test_who_could_lose_what_was_acknowledged_is_advised_of_it(both: Pair, stores: Stores) -> None:
    """Ours: with several hosts somebody means to lose nothing with one of them."""
    store = stores.open()
    assert store.advice() == []
    both.wait_for_nobody(both.primary)
    (advice,) = store.advice()
    assert "synchronous_standby_names" in advice
    assert stores.open(both.at(both.primary)).advice() == []
    both.wait_for_standby()
