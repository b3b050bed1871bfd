"""A database whose tables are spread by account, by the function that docs/administrators/distributing.md has."""

import re
from pathlib import Path

import pytest
from tests.neighbour.postgres import Cluster
from tests.toy.clock import Clock
from tests.toy.notes import NOTE, TABLES, add

from pillarbox.store import NoAccount, Select, Text
from pillarbox.store.postgres import Place, PostgresStore

PAGE = Path(__file__).parents[4] / "docs" / "administrators" / "distributing.md"
PLAIN = (
    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id'"
    " WHERE c.relkind = 'r' AND NOT c.relispartition"
)
INDEXES = "SELECT relname FROM pg_class WHERE relkind = '{}' AND relnamespace = 'public'::regnamespace ORDER BY 1"
OF_NO_ACCOUNT = [("made_pkey",)]
AGAIN = "UPDATE made SET shape = '' WHERE name <> ''"
SHED = Select(Text(("title",), (("shed",),)))


def script() -> str:
    """What the page tells to run, with few parts."""
    (found,) = re.findall(r"<!-- partitions -->\n```sql\n(.*?)```", PAGE.read_text(), re.DOTALL)
    return re.sub(r"parts CONSTANT integer := \d+", "parts CONSTANT integer := 2", found)


def opened(place: Place) -> PostgresStore:
    return PostgresStore(place, TABLES, Clock())


def filled(store: PostgresStore) -> None:
    """Some accounts, each with a note."""
    for account in range(1, 6):
        store.create(account)
        with store.write(account) as unit:
            add(unit, title="garden shed", boxes=[1])


@pytest.fixture(scope="module")
def spread(postgres: Cluster) -> Place:
    """A database that had the function before it had any table."""
    place = postgres.database()
    postgres.sql(place, script())
    opened(place).close()
    return place


def test_every_table_of_accounts_is_spread_as_soon_as_it_is_made(postgres: Cluster, spread: Place) -> None:
    """Ours: distributing.md."""
    assert postgres.sql(spread, PLAIN) == []


def test_an_account_of_a_spread_database_is_written_found_and_removed_as_in_any_other(
    postgres: Cluster, spread: Place
) -> None:
    """Ours: distributing.md."""
    store = opened(spread)
    filled(store)

    for account in range(1, 6):
        with store.read(account) as unit:
            assert unit.page(NOTE, SHED, 0, 10) == unit.numbers(NOTE, 10)
            assert list(unit.inspect(TABLES)) == []
    for account in range(1, 6):
        store.remove(account)
        with pytest.raises(NoAccount), store.read(account):
            pass

    assert postgres.sql(spread, 'SELECT count(*) FROM "d_Note"') == [(0,)]
    store.close()


def test_a_database_that_is_in_use_is_spread_when_its_tables_are_made_once_more(postgres: Cluster) -> None:
    """Ours: distributing.md."""
    place = postgres.database()
    store = opened(place)
    filled(store)
    store.close()
    indexes = postgres.sql(place, INDEXES.format("i"))

    postgres.sql(place, script())
    postgres.sql(place, AGAIN)
    store = opened(place)

    assert postgres.sql(place, PLAIN) == []
    assert sorted(postgres.sql(place, INDEXES.format("I")) + OF_NO_ACCOUNT) == indexes
    for account in range(1, 6):
        with store.read(account) as unit:
            assert unit.page(NOTE, SHED, 0, 10) == unit.numbers(NOTE, 10)
            assert list(unit.inspect(TABLES)) == []
    store.close()
