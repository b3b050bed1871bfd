"""How large the parts of a query are, cheaply told: what decides by which of its conditions rows are found."""

import apsw

from pillarbox.store.sqlite.schema import names_of
from pillarbox.store.table import Table

__all__ = ["Sizes"]


class Sizes:
    """What a type's indexes know of the number of objects that meet a condition."""

    def __init__(self, connection: apsw.Connection, table: Table) -> None:
        self._connection = connection
        self._table = table

    def members(self, index: str, value: int | str) -> int:
        """How many objects have the value in a set that is ordered; 0 of one for looking up, which has few a value."""
        if self._table.set_index(index).ordered_by is None:
            return 0
        sql = f"SELECT total FROM {names_of(self._table).totals(index)} WHERE value = ?"
        return self._number(sql, value)

    def values(self, index: str) -> int:
        """How many values an ordered set has, over all objects."""
        return self._number(f"SELECT count(*) FROM {names_of(self._table).totals(index)}")

    def hits(self, match: str) -> int:
        """How many objects the full text finds, for a query in FTS5's language."""
        text = names_of(self._table).text
        return self._number(f"SELECT count(*) FROM {text} WHERE {text} MATCH ?", match)

    def _number(self, sql: str, *bindings: int | str) -> int:
        found = self._connection.execute(sql, bindings).get
        return found if isinstance(found, int) else 0
