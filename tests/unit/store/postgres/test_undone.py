"""What a database refuses now and would do a moment later: that nothing was done is known, and told."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import psycopg
import pytest
from tests.journeys.program import until
from tests.neighbour.postgres import Cluster
from tests.toy.notes import NOTE, add, document
from tests.unit.store.postgres.conftest import Opens
from tests.unit.store.postgres.test_faults import AT_COMMIT, AT_ONCE, BACKENDS, FAILS

from pillarbox.store import StoreError, Unavailable, Undone, retried
from pillarbox.store.postgres import Place, PostgresStore

WAITS = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
ON_ACCOUNT = (
    "CONSTRAINT TRIGGER fails AFTER INSERT ON account DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION fails()"
)


def notes(store: PostgresStore) -> list[int]:
    with store.read(1) as unit:
        return unit.numbers(NOTE, 9)


@pytest.fixture
def broken(postgres: Cluster) -> Place:
    """A database for a test to break."""
    return postgres.database()


@pytest.mark.parametrize("trigger", [AT_ONCE, AT_COMMIT])
@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_a_conflict_has_undone_all_of_the_unit(
    opens: Opens, postgres: Cluster, broken: Place, trigger: str, code: str
) -> None:
    """PostgreSQL, "Serialization Failure Handling": all of it is retried; engines that distribute say so at COMMIT."""
    store = opens(broken)
    store.create(1)
    postgres.sql(broken, FAILS.format(code=code, trigger=trigger))
    attempts = 0

    def unit() -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 3:
            postgres.sql(broken, "DROP FUNCTION fails CASCADE")
        with store.write(1) as writing:
            add(writing)

    retried(unit)
    assert len(notes(store)) == 1


@pytest.mark.parametrize("code", ["40003", "08007"])
def test_who_does_not_know_what_became_of_a_commit_is_asked_after_it(
    opens: Opens, postgres: Cluster, broken: Place, code: str
) -> None:
    """SQLSTATE statement_completion_unknown, transaction_resolution_unknown: here the token says that it failed."""
    store = opens(broken)
    store.create(1)
    postgres.sql(broken, FAILS.format(code=code, trigger=AT_COMMIT))
    with pytest.raises(Undone, match="was not changed"), store.write(1) as writing:
        add(writing)


def test_a_statement_by_itself_that_fails_at_its_end_has_failed(opens: Opens, postgres: Cluster, broken: Place) -> None:
    """Its answer has come by then: only the end of the transaction around it tells."""
    store = opens(broken, max_connections=1)
    postgres.sql(broken, FAILS.format(code="40001", trigger=ON_ACCOUNT))
    with pytest.raises(Undone):
        store.create(1)
    assert store.accounts() == []
    postgres.sql(broken, "DROP FUNCTION fails CASCADE")
    store.create(1)
    assert store.accounts() == [1]


def test_two_that_wait_for_each_other_both_come_to_their_end(opens: Opens, postgres: Cluster, broken: Place) -> None:
    """A deadlock: the database ends one of them, which is then done again."""
    store = opens(replace(broken, options="-c deadlock_timeout=20ms"))
    store.create(1)
    attempts: list[int] = []

    with (
        ThreadPoolExecutor(1) as pool,
        psycopg.connect(host=broken.host, port=broken.port, dbname=broken.database, user=broken.user) as other,
    ):

        def lock() -> None:
            other.execute("SELECT FROM account WHERE account_id = 1 FOR UPDATE")
            other.commit()

        def unit() -> None:
            attempts.append(1)
            with store.write(1) as writing:
                if len(attempts) == 1:
                    pool.submit(lock)
                    until(lambda: bool(postgres.sql(broken, WAITS)), "the other waits")
                add(writing)

        other.execute("SET deadlock_timeout = '1h'")
        other.execute('LOCK TABLE "d_Note" IN ACCESS EXCLUSIVE MODE')
        retried(unit)
    assert len(attempts) == 2
    assert len(notes(store)) == 1


def test_what_was_cut_before_its_commit_is_done_again(store: PostgresStore, postgres: Cluster, place: Place) -> None:
    """Ours: once, though it was begun twice."""
    cuts = [BACKENDS]

    def unit() -> list[int]:
        with store.write(1) as writing:
            add(writing)
            if cuts:
                postgres.sql(place, cuts.pop())
            return writing.numbers(NOTE, 9)

    assert len(retried(unit)) == 1
    assert len(notes(store)) == 1


def test_a_reader_that_was_cut_reads_again(store: PostgresStore, postgres: Cluster, place: Place) -> None:
    with store.write(1) as writing:
        number = add(writing)
    cuts = [BACKENDS]

    def read() -> list[int]:
        with store.read(1) as unit:
            if cuts:
                postgres.sql(place, cuts.pop())
            return unit.numbers(NOTE, 9)

    assert retried(read) == [number]


def test_a_unit_in_which_something_failed_unheard_is_not_taken_for_committed(store: PostgresStore) -> None:
    """A COMMIT of what has failed is answered with a rollback, and no error."""

    def unit() -> None:
        with store.write(1) as writing:
            number = add(writing)
            with suppress(StoreError):
                # What the database refuses, and somebody does not mind.
                writing.insert(NOTE, number, document())
                writing.numbers(NOTE, 9)

    with pytest.raises(Unavailable, match=r"had failed|is aborted"):
        unit()
    assert notes(store) == []
