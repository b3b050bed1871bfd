"""What one unit's failure leaves to those after it: statements are queued, and their answers come later."""

import signal
import threading
from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest
from tests.journeys.program import until
from tests.neighbour.postgres import Cluster
from tests.toy.notes import NOTE, add, document
from tests.unit.store.postgres.conftest import Opens

from pillarbox.store import AnyOf, Equal, Select, StoreError
from pillarbox.store.postgres import Place, PostgresStore

_WAITS = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'pillarbox' AND wait_event_type = 'Lock'"
_CONNECTED = "SELECT pid FROM pg_stat_activity WHERE application_name = 'pillarbox' AND datname = current_database()"
_WARNS = """
CREATE FUNCTION warns() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'not for long'; RETURN NEW; END $$;
CREATE TRIGGER warns BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION warns();
"""


def notes(store: PostgresStore) -> list[int]:
    with store.read(1) as unit:
        return unit.numbers(NOTE, 9)


def test_what_failed_in_a_savepoint_that_was_undone_is_no_failure_of_the_commit(store: PostgresStore) -> None:
    """Or what was committed would be said to be not."""
    with store.write(1) as unit:
        number = add(unit)
        with suppress(ZeroDivisionError), unit.savepoint():
            # Refused by the database, whose answer nobody waits for.
            unit.insert(NOTE, number, document())
            raise ZeroDivisionError

    assert notes(store) == [number]


def test_what_failed_before_a_savepoint_is_told_though_that_was_undone(store: PostgresStore) -> None:
    def fails() -> None:
        with store.write(1) as unit:
            unit.insert(NOTE, add(unit), document())
            with suppress(ZeroDivisionError), unit.savepoint():
                raise ZeroDivisionError

    with pytest.raises(StoreError, match="duplicate key"):
        fails()
    assert notes(store) == []


def test_a_collapsed_result_that_cannot_be_read_is_no_failure_of_the_next_unit(
    opens: Opens, postgres: Cluster, place: Place
) -> None:
    store = opens(max_connections=1)
    store.create(1)
    with store.write(1) as unit:
        number = add(unit)
    postgres.sql(place, 'ALTER TABLE "i_Note" RENAME COLUMN thread TO away')
    try:
        with pytest.raises(StoreError, match="does not exist"), store.read(1) as unit:
            unit.page(NOTE, Select(one_of_group=True), 0, 9)

        assert notes(store) == [number]
    finally:
        postgres.sql(place, 'ALTER TABLE "i_Note" RENAME COLUMN away TO thread')


def test_a_statement_that_cannot_be_sent_takes_no_answers_from_the_next_unit(opens: Opens) -> None:
    """A statement has 65,535 values at most."""
    store = opens(max_connections=1)
    store.create(1)
    many = AnyOf(tuple(Equal("at", at) for at in range(70_000)))

    def fails() -> None:
        with store.write(1) as unit:
            add(unit)
            unit.page(NOTE, Select(many), 0, 9)

    with pytest.raises(StoreError):
        fails()
    assert notes(store) == []
    with store.write(1) as unit:
        number = add(unit)
    assert notes(store) == [number]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """SIGINT interrupts, even where a shell runs the tests in the background and has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_a_unit_that_was_interrupted_leaves_no_answers_to_the_next(
    opens: Opens, postgres: Cluster, place: Place
) -> None:
    """As by Ctrl-C on the command line, which then still tells what it has done."""
    # Patient, for who looks whether it waits may take long on a busy machine.
    store = opens(max_connections=1, patience=60.0)
    store.create(1)
    with store.write(1) as unit:
        number = add(unit)
    main = threading.get_ident()

    def interrupt() -> None:
        until(lambda: bool(postgres.sql(place, _WAITS)), "the unit waits for its answer")
        signal.pthread_kill(main, signal.SIGINT)

    interrupting = threading.Thread(target=interrupt)
    with psycopg.connect(host=place.host, port=place.port, dbname=place.database, user=place.user) as locking:
        locking.execute('LOCK TABLE "d_Note" IN ACCESS EXCLUSIVE MODE')
        interrupting.start()
        with pytest.raises(KeyboardInterrupt):
            notes(store)
        interrupting.join()

    assert notes(store) == [number]


def test_what_a_statement_is_warned_of_is_no_doubt_of_the_commit(opens: Opens, postgres: Cluster) -> None:
    """As PostgreSQL warns each transaction of the last millions of their numbers: what is said of COMMIT counts."""
    where = postgres.database()
    store = opens(where, max_connections=1)
    store.create(1)
    with store.write(1) as unit:
        add(unit)
    before = postgres.sql(where, _CONNECTED)
    postgres.sql(where, _WARNS)
    with store.write(1) as unit:
        add(unit)
    assert len(notes(store)) == 2
    assert postgres.sql(where, _CONNECTED) == before
