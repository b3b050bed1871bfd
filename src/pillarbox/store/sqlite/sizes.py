"""How large the parts of a query are, cheaply told: what decides by which of its conditions rows are found."""

from typing import cast

import apsw

from pillarbox.store.sqlite.schema import names_of
from pillarbox.store.table import Table

__all__ = ["Sizes"]

_LISTED = 250
"""As many as a text finds are remembered, instead of looking for them again."""


class Sizes:
    """What a type's indexes know of the number of objects that meet a condition, at one moment."""

    def __init__(self, connection: apsw.Connection, table: Table) -> None:
        self._connection = connection
        self._table = table
        self._found: dict[str, list[int] | None] = {}
        self._hits: dict[str, int] = {}

    def members(self, index: str, value: int | str) -> int:
        """How many objects have the value in a set that is ordered; 0 of one for looking up, which has few a value."""
        if self._table.set_index(index).ordered_by is None:
            return 0
        sql = f"SELECT total FROM {names_of(self._table).totals(index)} WHERE value = ?"
        return self._number(sql, value)

    def values(self, index: str) -> int:
        """How many values an ordered set has, over all objects."""
        return self._number(f"SELECT count(*) FROM {names_of(self._table).totals(index)}")

    def found(self, match: str) -> list[int] | None:
        """What the full text finds, for a query in FTS5's language; None if that is many objects.

        Of words that are seldom everything is known with one look, which costs more than all that is done with it.
        """
        if match not in self._found:
            text = names_of(self._table).text
            sql = f"SELECT rowid FROM {text} WHERE {text} MATCH ? LIMIT {_LISTED + 1}"
            numbers = [cast("int", number) for (number,) in self._connection.execute(sql, (match,)).fetchall()]
            self._found[match] = numbers if len(numbers) <= _LISTED else None
        return self._found[match]

    def hits(self, match: str) -> int:
        """How many objects the full text finds."""
        numbers = self.found(match)
        if numbers is not None:
            return len(numbers)
        if match not in self._hits:
            text = names_of(self._table).text
            self._hits[match] = self._number(f"SELECT count(*) FROM {text} WHERE {text} MATCH ?", match)
        return self._hits[match]

    def _number(self, sql: str, *bindings: int | str) -> int:
        found = self._connection.execute(sql, bindings).get
        return found if isinstance(found, int) else 0
