"""Whether all indexes are there: without one everything is found all the same, by reading the rows of all accounts."""

import re
from collections.abc import Iterable
from itertools import chain

from pillarbox.store.postgres.schema import BASE, additions, creation
from pillarbox.store.postgres.session import Session
from pillarbox.store.table import Table

__all__ = ["lacking"]

_MADE = re.compile(r"\s*CREATE INDEX IF NOT EXISTS ((\S+) .*)", re.DOTALL)
_THERE = (
    "SELECT c.relname::text, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " WHERE c.relnamespace = current_schema()::text::regnamespace"
)


def lacking(session: Session, tables: Iterable[Table]) -> list[str]:
    """In words, which are not, and the statement that mends it. Raises Unavailable, StoreError."""
    there: dict[str, bool] = dict(session.ask(_THERE))
    told = []
    of_types = (chain(creation(table), additions(table, {})) for table in tables)
    for made in filter(None, map(_MADE.match, chain(BASE.split(";"), *of_types))):
        is_valid = there.get(made[2].strip('"'))
        if is_valid is None:
            told.append(f"the index {made[2]} is missing: CREATE INDEX CONCURRENTLY {made[1]}")
        elif not is_valid:
            told.append(f"the index {made[2]} is not valid, and not used: REINDEX INDEX CONCURRENTLY {made[2]}")
    return told
