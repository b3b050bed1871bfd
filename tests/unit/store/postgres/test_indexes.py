"""Indexes that are gone: everything is found without them, but slowly, so that somebody has to be told."""

from tests.neighbour.postgres import Cluster
from tests.unit.store.postgres.conftest import Opens

_ALL = (
    "SELECT indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " WHERE NOT indisunique AND c.relnamespace = 'public'::regnamespace"
)
_LEFT_HALF_MADE = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'change_essential'::regclass"


def test_an_index_that_was_dropped_or_is_not_valid_is_told_with_what_mends_it(opens: Opens, postgres: Cluster) -> None:
    """Ours: as after a restoration that ended early, and a REINDEX CONCURRENTLY that did."""
    place = postgres.database()
    store = opens(place)
    assert store.advice() == []
    names = [name for (name,) in postgres.sql(place, _ALL) if name != "change_essential"]
    for name in names:
        postgres.sql(place, f"DROP INDEX {name}")
    postgres.sql(place, _LEFT_HALF_MADE)
    told = store.advice()
    assert all(any(f"the index {name} is missing" in one for one in told) for name in names)
    assert len(told) == len(names) + 1
    for one in told:
        postgres.sql(place, one.rpartition(": ")[2])
    assert store.advice() == []
