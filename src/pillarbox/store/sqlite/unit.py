"""One account's transaction, for reading."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import islice
from typing import Any, cast

import apsw
import orjson

from pillarbox.store.contract import (
    Blob,
    BlobReader,
    Changed,
    ChangePage,
    Finding,
    Held,
    Stored,
)
from pillarbox.store.error import LogTooShort
from pillarbox.store.query import Select
from pillarbox.store.sqlite import changelog
from pillarbox.store.sqlite.blobs import Blobs
from pillarbox.store.sqlite.compile import Statement, counted, listed, placed
from pillarbox.store.sqlite.inspect import (
    forgotten,
    inspect,
)
from pillarbox.store.sqlite.schema import names_of, quoted
from pillarbox.store.sqlite.sizes import Sizes
from pillarbox.store.standing import UNNAMED, Standing
from pillarbox.store.table import Table

__all__ = ["SQLiteUnit"]

# Of a row of three. A page makes hundreds, and the class's own constructor is a function of Python.
_stored: Callable[[Any], Stored] = partial(tuple.__new__, Stored)

_PORTION = 100
"""So many objects are read at once. No statement is left half way when a caller stops early: it would keep its
snapshot, and the connection's next unit would see that."""

_GIVEN = "json_each(?) given CROSS"
"""Many numbers in one statement; the order of a CROSS JOIN is the one it is written in, so rows come in theirs."""

_WHOLE = 2**63
"""Rows, of a result that is read whole."""

_FEW = 16
"""For more objects than this a result is read through, instead of counting what lies before each."""


class SQLiteUnit:
    """What `contract.Unit` promises, in a transaction that has begun."""

    def __init__(self, connection: apsw.Connection, account: int, blobs: Blobs) -> None:
        self._connection = connection
        self._blobs = blobs
        self.account = account
        self._known: dict[str, Sizes] = {}
        sql = "SELECT epoch, next_number, sequence, held_size, marked, kinds FROM account"
        row = cast("tuple[str, int, int, int, int, str]", connection.execute(sql).fetchone())
        self.epoch, self._next, self._sequence, self._held, self._marked, kinds = row
        self._codes: dict[str, int] = {}
        self._states: dict[str, int] = {}
        self._floors: dict[str, int] = {}
        """How far back the change log of each type reaches."""
        self.shapes: dict[str, str] = {}
        """What the indexes of each type were made from when this began."""
        known = orjson.loads(kinds)
        self.standing = Standing(known.pop(UNNAMED, Standing.HERE))
        for name, kind in known.items():
            self._codes[name], self._states[name], self._floors[name], self.shapes[name] = kind

    def end(self) -> None:
        """Nothing more can be asked: the connection is another unit's from now on."""
        del self._connection, self._blobs, self._known

    def state(self, table: Table) -> int:
        return self._states.get(table.name, 0)

    def arrived(self, table: Table) -> int:
        code = self._code(table)
        return changelog.arrived(self._connection, code) if code is not None else 0

    def get(self, table: Table, numbers: Sequence[int]) -> Iterator[Stored]:
        if self._code(table) is None:
            return
        documents = names_of(table).documents
        sql = f"SELECT d.number, d.document, NULL FROM {_GIVEN} JOIN {documents} d ON d.number = given.value"
        for portion in _portions(numbers):
            yield from map(_stored, self._connection.execute(sql, (portion,)).fetchall())

    def get_apart(self, table: Table, numbers: Sequence[int]) -> Iterator[Stored]:
        if self._code(table) is None:
            return
        names = names_of(table)
        sql = (
            f"SELECT d.number, d.document, a.document FROM {_GIVEN} JOIN {names.documents} d ON d.number = given.value"
            f" LEFT JOIN {names.apart} a ON a.number = d.number"
        )
        for portion in _portions(numbers):
            yield from map(_stored, self._connection.execute(sql, (portion,)).fetchall())

    def groups(self, table: Table, groups: Sequence[int], by: str) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        if self._code(table) is None or table.group is None:
            return found
        group = f"e.{quoted(table.group)}"
        sql = (
            f"SELECT {group}, e.number FROM {_GIVEN} JOIN {names_of(table).columns} e ON {group} = given.value"
            f" ORDER BY {group}, e.{quoted(by)}, e.number"
        )
        for portion in _portions(groups):
            rows = cast("list[tuple[int, int]]", self._connection.execute(sql, (portion,)).fetchall())
            for one, number in rows:
                found.setdefault(one, []).append(number)
        return found

    def first_group(self, table: Table, index: str, values: Sequence[int | str]) -> int | None:
        if self._code(table) is None:
            return None
        sql = f"SELECT min(m.grp) FROM {_GIVEN} JOIN {names_of(table).members(index)} m ON m.value = given.value"
        return cast("int | None", self._connection.execute(sql, (orjson.dumps(values).decode(),)).get)

    def numbers(self, table: Table, limit: int) -> list[int]:
        if self._code(table) is None:
            return []
        sql = f"SELECT number FROM {names_of(table).documents} ORDER BY number LIMIT ?"
        return [cast("int", number) for (number,) in self._connection.execute(sql, (limit,))]

    def page(self, table: Table, select: Select, offset: int, limit: int) -> list[int]:
        if self._code(table) is None or limit == 0:
            return []
        statement = listed(table, select, self._sizes(table), offset + limit)
        if not select.one_of_group:
            sql = f"{statement.sql} LIMIT ? OFFSET ?"
            found = self._connection.execute(sql, (*statement.bindings, limit, offset)).fetchall()
            return [number for number, _ in cast("list[tuple[int, int | None]]", found)]
        with closing(self._in_order(statement, select)) as numbers:
            return list(islice(numbers, offset, offset + limit))

    def count(self, table: Table, select: Select) -> int:
        if self._code(table) is None:
            return 0
        statement = counted(table, select, self._sizes(table))
        return cast("int | None", self._connection.execute(statement.sql, statement.bindings).get) or 0

    def positions(self, table: Table, select: Select, numbers: Iterable[int]) -> dict[int, int]:
        wanted = set(numbers)
        found: dict[int, int] = {}
        if self._code(table) is None or not wanted:
            return found
        sizes = self._sizes(table)
        if len(wanted) <= _FEW:
            statements = [placed(table, select, number, sizes) for number in wanted]
            counted_before = [one for one in statements if one is not None]
            if len(counted_before) == len(statements):
                for statement in counted_before:
                    for number, place in self._connection.execute(statement.sql, statement.bindings).fetchall():
                        found[cast("int", number)] = cast("int", place)
                return found
        with closing(self._in_order(listed(table, select, sizes, _WHOLE), select)) as numbers_in_order:
            for place, number in enumerate(numbers_in_order):
                if number in wanted:
                    found[number] = place
                    if len(found) == len(wanted):
                        break
        return found

    def changes(self, table: Table, since: int, limit: int) -> ChangePage:
        code = self._code(table)
        if code is None:
            return ChangePage([], [], [], until=0, more=False, essential=False)
        self._reach(table, since)
        return changelog.page(self._connection, code, since, limit, self.state(table))

    def changed(self, table: Table, since: int) -> Changed:
        code = self._code(table)
        if code is None:
            return Changed(frozenset(), frozenset(), frozenset())
        self._reach(table, since)
        return changelog.changed(self._connection, code, since)

    def blob(self, number: int) -> Blob | None:
        return self._blobs.blob(number)

    def octets(self, blob: Blob, offset: int, length: int) -> bytes:
        return self._blobs.octets(blob, offset, length)

    def open(self, blob: Blob) -> BlobReader:
        return self._blobs.open(blob)

    def seen(self, key: bytes, now: int) -> bool:
        sql = "SELECT 1 FROM once WHERE key = ? AND until >= ?"
        return self._connection.execute(sql, (key, now)).get is not None

    def held_size(self) -> int:
        return self._held

    def inspect(self, tables: Iterable[Table]) -> Iterator[Finding]:
        wanted = list(tables)
        known = [table for table in wanted if self._code(table) is not None]
        yield from inspect(self._connection, self._blobs, self.account, known)
        yield from forgotten(self._connection, self.account, [table for table in wanted if table not in known])

    def blobs(self, after: int, limit: int) -> list[Held]:
        return self._blobs.page(after, limit)

    def verify(self, blob: Blob) -> str | None:
        return self._blobs.verify(blob)

    def textless(self, table: Table, limit: int) -> list[int]:
        if self._code(table) is None or not table.text:
            return []
        names = names_of(table)
        sql = f"SELECT number FROM {names.documents} EXCEPT SELECT rowid FROM {names.text} ORDER BY number LIMIT ?"
        return [cast("int", number) for (number,) in self._connection.execute(sql, (limit,)).fetchall()]

    def given(self) -> int:
        return self._next - 1

    def remembered(self, after: bytes, limit: int) -> list[tuple[bytes, int]]:
        sql = "SELECT key, until FROM once WHERE key > ? ORDER BY key LIMIT ?"
        return cast("list[tuple[bytes, int]]", self._connection.execute(sql, (after, limit)).fetchall())

    def _in_order(self, statement: Statement, select: Select) -> Generator[int, None, None]:
        """A whole result, collapsed if that was asked for; to be closed."""
        seen = set()
        with closing(self._connection.cursor()) as cursor:
            for number, group in cursor.execute(statement.sql, statement.bindings):
                if not select.one_of_group:
                    yield cast("int", number)
                elif group not in seen:
                    seen.add(group)
                    yield cast("int", number)

    def _code(self, table: Table) -> int | None:
        """The type's code, or None if it has never been written to in this account."""
        return self._codes.get(table.name)

    def _sizes(self, table: Table) -> Sizes:
        """The same one all the time, for all that is read is of one moment."""
        if table.name not in self._known:
            self._known[table.name] = Sizes(self._connection, table)
        return self._known[table.name]

    def _reach(self, table: Table, since: int) -> None:
        floor = self._floors[table.name]
        if since < floor:
            raise LogTooShort(f"account {self.account}: {since} is before {floor}")


def _portions(numbers: Sequence[int]) -> Iterator[str]:
    """The numbers, each once, as JSON arrays."""
    each = list(dict.fromkeys(numbers))
    return (orjson.dumps(each[at : at + _PORTION]).decode() for at in range(0, len(each), _PORTION))
