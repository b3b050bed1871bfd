"""A database that goes away, and a connection that is cut: what is told, and what is there afterwards."""

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest
from tests.neighbour.cable import Cable, cable
from tests.neighbour.postgres import Cluster, cluster
from tests.toy.notes import NOTE, TABLES, add
from tests.unit.store.postgres.conftest import Opens

from pillarbox.store import Doubtful, LocalFeed, Notice, OutOfSpace, StoreError, Unavailable
from pillarbox.store.postgres import Place, PostgresStore, connect
from pillarbox.telemetry import Secret

BACKENDS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pillarbox'"


class Watched(LocalFeed):
    """A feed that writes down what it is told, and does something just before a commit."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.before_commit: Callable[[], None] = lambda: None

    def expect(self, account: int) -> None:
        super().expect(account)
        self.told.append("expect")
        self.before_commit()

    def withdraw(self, account: int) -> None:
        super().withdraw(account)
        self.told.append("withdraw")

    def doubt(self, account: int) -> None:
        super().doubt(account)
        self.told.append("doubt")

    def publish(self, notice: Notice) -> None:
        super().publish(notice)
        self.told.append("publish")


@pytest.fixture
def line(postgres: Cluster) -> Iterator[Cable]:
    """The only way to the database for the stores that use it."""
    with cable(("127.0.0.1", postgres.port)) as made:
        yield made


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def distant(opens: Opens, place: Place, line: Cable, watched: Watched) -> PostgresStore:
    """A store at the far end of that line, with an account 1."""
    store = opens(replace(place, host="127.0.0.1", port=line.port), feed=watched, patience=2.0)
    store.create(1)
    return store


def notes(store: PostgresStore) -> list[int]:
    with store.read(1) as unit:
        return unit.numbers(NOTE, 9)


def test_a_commit_whose_answer_was_lost_has_succeeded(
    distant: PostgresStore, line: Cable, watched: Watched, store: PostgresStore
) -> None:
    """Ours: the unit's token is found on a new connection before anything is told."""
    watched.before_commit = lambda: line.cut_at("answer")
    with distant.write(1) as unit:
        number = add(unit)
    assert watched.told == ["expect", "publish"]
    assert notes(store) == notes(distant) == [number]


def test_a_database_that_falls_silent_keeps_nobody_waiting_for_ever(
    opens: Opens, place: Place, line: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours: its host hangs, or a firewall has forgotten the connection; nothing says that it is over."""
    monkeypatch.setattr("pillarbox.store.postgres.connect._SILENT", 0.3)
    store = opens(replace(place, host="127.0.0.1", port=line.port, timeout=2.0), patience=0.5)
    store.create(1)
    line.stall()

    with pytest.raises(Unavailable), store.write(1) as unit:
        add(unit)


def test_a_commit_that_was_lost_itself_has_not(
    distant: PostgresStore, line: Cable, watched: Watched, store: PostgresStore
) -> None:
    watched.before_commit = lambda: line.cut_at("request")
    with pytest.raises(Unavailable), distant.write(1) as unit:
        add(unit)
    assert watched.told == ["expect", "withdraw"]
    assert notes(store) == []
    watched.before_commit = lambda: None
    with distant.write(1) as unit:
        number = add(unit)
    assert notes(store) == [number]


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_a_commit_that_nobody_can_ask_after_is_said_to_be_unknown(
    distant: PostgresStore, line: Cable, watched: Watched, store: PostgresStore, lost: str
) -> None:
    """And neither published nor withdrawn: whoever listens has to look for itself."""

    def cut() -> None:
        line.cut_at("request" if lost == "request" else "answer")
        line.take_down()

    watched.before_commit = cut
    with pytest.raises(Doubtful, match="cannot be known"), distant.write(1) as unit:
        number = add(unit)
    assert watched.told == ["expect", "doubt"]
    assert notes(store) == ([] if lost == "request" else [number])


def test_what_others_commit_meanwhile_does_not_hide_that_one_was_committed(
    distant: PostgresStore, line: Cable, watched: Watched, store: PostgresStore
) -> None:
    """An account's last sixteen units are known by their tokens: other processes may be faster than our question."""

    def cut() -> None:
        line.cut_at("answer")
        line.take_down()

    def others() -> None:
        while not notes(store):
            pass
        for _ in range(10):
            with store.write(1) as unit:
                add(unit)
        line.put_up()

    watched.before_commit = cut
    with ThreadPoolExecutor(1) as pool, distant.write(1) as unit:
        add(unit)
        pool.submit(others)
    assert watched.told == ["expect", "publish"]


def test_connections_that_died_are_replaced(store: PostgresStore, postgres: Cluster, place: Place) -> None:
    with store.write(1) as unit:
        number = add(unit)
    with store.read(1), store.read(1), store.read(1):
        pass
    postgres.sql(place, BACKENDS)
    assert notes(store) == [number]
    postgres.sql(place, BACKENDS)
    with store.write(1) as unit:
        add(unit)
    postgres.sql(place, BACKENDS)
    assert store.version(1) == store.version(1)


def test_a_unit_whose_connection_dies_did_nothing(store: PostgresStore, postgres: Cluster, place: Place) -> None:

    def asks_then() -> None:
        with store.write(1) as unit:
            add(unit)
            postgres.sql(place, BACKENDS)
            unit.numbers(NOTE, 9)

    def commits_then() -> None:
        with store.write(1) as unit:
            add(unit)
            postgres.sql(place, BACKENDS)

    def reads_then() -> None:
        with store.read(1) as unit:
            postgres.sql(place, BACKENDS)
            unit.blob(1)

    for something in (asks_then, commits_then, reads_then):
        with pytest.raises(Unavailable):
            something()
    assert notes(store) == []


def test_a_savepoint_whose_connection_dies_tells_what_happened_in_it(
    store: PostgresStore, postgres: Cluster, place: Place
) -> None:

    def stops() -> None:
        with store.write(1) as unit, unit.savepoint():
            postgres.sql(place, BACKENDS)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stops()
    assert notes(store) == []


def test_a_server_that_is_started_again_is_used_again(opens: Opens) -> None:
    """With what was told to be committed, although it crashed: this one is durable."""
    with cluster(fsync="on", full_page_writes="on") as own:
        store = opens(own.database(), patience=5.0)
        store.create(1)
        with store.write(1) as unit:
            number = add(unit)
        own.stop(signal.SIGQUIT)
        with pytest.raises(Unavailable), store.read(1):
            pytest.fail("there is no server")
        with pytest.raises(Unavailable), store.write(1):
            pytest.fail("there is no server")
        own.start()
        assert notes(store) == [number]
        with store.write(1) as unit:
            add(unit)
        assert len(notes(store)) == 2


def test_a_database_that_is_not_there_is_told_at_once(opens: Opens, place: Place) -> None:
    with pytest.raises(Unavailable, match="no_such_database"):
        opens(replace(place, database="no_such_database"))
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:9/"):
        opens(replace(place, host="127.0.0.1", port=9))


def test_a_database_that_is_no_place_for_mail_is_refused(opens: Opens, postgres: Cluster, place: Place) -> None:
    postgres.sql(place, "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
    with pytest.raises(StoreError, match="must be UTF8"):
        opens(replace(place, database="latin"))


def test_a_password_is_never_told(opens: Opens, place: Place) -> None:
    with pytest.raises(Unavailable) as raised:
        opens(replace(place, user="stranger", password=Secret("open sesame")))
    assert "open sesame" not in repr(raised.value) + str(raised.value.__cause__)


def test_more_units_than_connections_wait_for_each_other_no_longer_than_they_may(opens: Opens) -> None:
    store = opens(max_connections=2, patience=0.1)
    store.create(1)
    with store.read(1), store.read(1), pytest.raises(Unavailable, match=r"pool\.max-connections"), store.read(1):
        pytest.fail("there are only two")
    with store.read(1) as unit:
        assert unit.numbers(NOTE, 1) == []


def test_writers_that_wait_for_their_turn_keep_nobody_from_reading(opens: Opens) -> None:
    store = opens(max_connections=2)
    store.create(1)
    begun, ended = Event(), Event()

    def hold() -> None:
        with store.write(1):
            begun.set()
            ended.wait()

    def follow() -> None:
        with store.write(1) as unit:
            add(unit)

    with ThreadPoolExecutor(5) as pool:
        pool.submit(hold)
        begun.wait()
        following = [pool.submit(follow) for _ in range(4)]
        for _ in range(20):
            assert notes(store) == []
        ended.set()
        for one in following:
            one.result()
    assert len(notes(store)) == 4


def test_a_client_that_was_stopped_in_a_unit_does_not_keep_the_account(
    opens: Opens, store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its kernel still answers for it: only what it does not say tells that it is frozen."""
    monkeypatch.setattr(connect, "FROZEN", 0.3)
    frozen = opens()

    def unit() -> None:
        with frozen.write(1) as writing:
            add(writing)
            # Sent, so that the account is locked; then nothing more is said until others could write.
            writing.numbers(NOTE, 1)
            with store.write(1) as other:
                assert other.numbers(NOTE, 9) == []
                add(other)
            writing.numbers(NOTE, 1)

    with pytest.raises(Unavailable):
        unit()
    assert len(notes(store)) == 1
    with frozen.write(1) as writing:
        add(writing)
    assert len(notes(store)) == 2


def test_a_client_that_was_stopped_before_its_commit_is_told_that_it_failed(
    opens: Opens, store: PostgresStore, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "FROZEN", 0.3)
    frozen = opens(feed=watched)

    def others() -> None:
        with store.write(1) as other:
            add(other)

    def unit() -> None:
        with frozen.write(1) as writing:
            add(writing)
            # So that the account is locked when the commit begins.
            writing.numbers(NOTE, 1)

    watched.before_commit = others
    with pytest.raises(Unavailable):
        unit()
    assert watched.told == ["expect", "withdraw"]
    assert len(notes(store)) == 1


FAILS = """
CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'as was to be expected' USING ERRCODE = '{code}'; END $$;
CREATE {trigger}
"""
AT_ONCE = 'TRIGGER fails BEFORE INSERT ON "d_Note" FOR EACH ROW EXECUTE FUNCTION fails()'
AT_COMMIT = (
    'CONSTRAINT TRIGGER fails AFTER INSERT ON "d_Note" DEFERRABLE INITIALLY DEFERRED'
    " FOR EACH ROW EXECUTE FUNCTION fails()"
)


@pytest.mark.parametrize("trigger", [AT_ONCE, AT_COMMIT])
@pytest.mark.parametrize(
    ("code", "passes"),
    [("53100", True), ("53200", True), ("40001", True), ("40P01", True), ("58030", True), ("XX001", False)],
)
def test_what_the_server_cannot_do_is_told_and_undone(
    opens: Opens, postgres: Cluster, watched: Watched, trigger: str, code: str, *, passes: bool
) -> None:
    """A full disk, no memory, a conflict, a deadlock, an I/O error: these pass; a damaged page does not."""
    place = postgres.database()
    store = opens(place, feed=watched)
    store.create(1)
    postgres.sql(place, FAILS.format(code=code, trigger=trigger))
    with pytest.raises(StoreError, match="as was to be expected") as raised, store.write(1) as unit:
        add(unit)
    assert isinstance(raised.value, Unavailable) is passes
    assert isinstance(raised.value, OutOfSpace) is (code == "53100")
    assert watched.told in ([], ["expect", "withdraw"])
    postgres.sql(place, "DROP FUNCTION fails CASCADE")
    with store.write(1) as unit:
        number = add(unit)
    assert notes(store) == [number] == [1]


def test_tables_are_made_by_many_at_once(opens: Opens, postgres: Cluster) -> None:
    fresh = postgres.database()
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: opens(fresh, TABLES), range(6)))
    for store in stores:
        store.create(1)
        with store.write(1) as unit:
            add(unit)
    assert len(notes(stores[0])) == 6
