"""Words are found by their index: to read and unpack those of each object takes a hundred times as long."""

import pytest
from tests.neighbour.postgres import Cluster
from tests.toy.clock import Clock
from tests.toy.notes import NOTE, TABLES, add

from pillarbox.store import AllOf, AnyOf, Filter, Member, Not, Order, Select, Text
from pillarbox.store.postgres import Place, PostgresStore
from pillarbox.store.postgres.compile import Statement, counted, listed, page
from pillarbox.store.postgres.connect import connected

NOTES = 1500
"""So many that going through all of them was thought cheaper while nothing was known of the table."""
BY_TIME = (Order("at", descending=True),)

EVERYWHERE = Text((), (("garden",),))
"""Words that stand in all notes, and in nearly all."""
NEARLY = Text(("title",), (("shed",),))


@pytest.fixture(scope="module")
def garden(postgres: Cluster) -> Place:
    """A database whose tables nobody has counted: what a server has after an import."""
    place = postgres.database()
    store = PostgresStore(place, TABLES, Clock())
    store.create(1)
    with store.write(1) as unit:
        for at in range(NOTES):
            words = " ".join(f"word{at}x{one}" for one in range(30))
            add(unit, at=at, boxes=[1], title="garden shed" if at % 20 else "garden", body=words)
    store.close()
    return place


def uses(place: Place, statement: Statement) -> str:
    """How the server would go about it."""
    session = connected(place, patience=10.0)
    try:
        rows = session.ask_anew(f"EXPLAIN {statement.sql}", *statement.values)
        return "\n".join(line for (line,) in rows)
    finally:
        session.close()


@pytest.mark.parametrize("first", ["", "ANALYZE"], ids=["nothing is known", "all is counted"])
@pytest.mark.parametrize(
    "where",
    [
        EVERYWHERE,
        NEARLY,
        AllOf((Member("box", 1), EVERYWHERE)),
        Not(NEARLY),
        AnyOf((NEARLY, EVERYWHERE, Member("tag", "x"))),
        AllOf((Member("box", 1), Not(EVERYWHERE))),
    ],
    ids=["everywhere", "nearly", "in a box", "not", "any", "in a box, not"],
)
def test_words_are_found_by_their_index_and_never_read_from_each_object(
    garden: Place, postgres: Cluster, where: Filter, first: str
) -> None:
    postgres.sql(garden, first)
    for statement in (
        counted(1, NOTE, Select(where)),
        page(1, NOTE, Select(where, BY_TIME), 0, 50),
        listed(1, NOTE, Select(where)),
    ):
        plan = uses(garden, statement)
        assert '"t_Note_unpacked"' in plan, plan
        assert '"t_Note_pkey"' not in plan, plan


def test_the_index_of_an_older_version_goes_when_the_new_one_is_made(postgres: Cluster) -> None:
    place = postgres.database()
    PostgresStore(place, TABLES, Clock()).close()
    postgres.sql(place, 'CREATE INDEX "t_Note_words" ON "t_Note" USING gin (account_id, words)')
    postgres.sql(place, 'DROP INDEX "t_Note_unpacked"')
    postgres.sql(place, "UPDATE made SET shape = 'older' WHERE name = 'Note'")

    PostgresStore(place, TABLES, Clock()).close()

    indexes = postgres.sql(place, "SELECT indexname FROM pg_indexes WHERE tablename = 't_Note' ORDER BY 1")
    assert indexes == [("t_Note_pkey",), ("t_Note_unpacked",)]
