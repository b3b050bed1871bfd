"""One account as it was at one moment."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice

from pillarbox.store.contract import (
    Blob,
    BlobReader,
    Changed,
    ChangePage,
    Finding,
    Held,
    Stored,
)
from pillarbox.store.depot import Stock
from pillarbox.store.error import LogTooShort
from pillarbox.store.postgres import changelog
from pillarbox.store.postgres.account import Account, Kind
from pillarbox.store.postgres.blobs import Blobs
from pillarbox.store.postgres.compile import Statement, counted, has_place, listed, page, placed, ranked
from pillarbox.store.postgres.index import PORTION
from pillarbox.store.postgres.inspect import forgotten, inspect
from pillarbox.store.postgres.schema import key_of, keys_of, names_of, quoted, sql_kind
from pillarbox.store.postgres.session import Row, Session
from pillarbox.store.query import Select
from pillarbox.store.table import Table

__all__ = ["PostgresUnit"]

_FEW = 16
"""For more objects than this a result is read through, instead of counting what lies before each."""


class PostgresUnit:
    """What `contract.Unit` promises, in a transaction that has begun and has seen the account's row."""

    def __init__(
        self, session: Session, row: Account, ask: Callable[..., list[Row]], stock: Stock | None = None
    ) -> None:
        self._session = session
        self._stock = stock
        self._blobs = Blobs(session, row.number, ask, stock)
        self._row = row
        self._kinds = dict(row.kinds)
        self.account = row.number
        self.epoch = row.epoch

    def end(self) -> None:
        """Nothing more can be asked: the connection is another unit's from now on."""
        del self._session, self._blobs

    def state(self, table: Table) -> int:
        kind = self._kind(table)
        return kind.state if kind else 0

    def arrived(self, table: Table) -> int:
        kind = self._kind(table)
        return changelog.arrived(self._session, self.account, kind.code) if kind else 0

    def get(self, table: Table, numbers: Sequence[int]) -> Iterator[Stored]:
        if self._kind(table) is None:
            return
        sql = (
            f"SELECT number, document FROM {names_of(table).documents}"
            " WHERE account_id = $1 AND number = ANY ($2::bigint[])"
        )
        for portion in _portions(numbers):
            there = {row[0]: row for row in self._session.ask(sql, self.account, portion)}
            yield from (Stored(*there[number]) for number in portion if number in there)

    def get_apart(self, table: Table, numbers: Sequence[int]) -> Iterator[Stored]:
        if self._kind(table) is None:
            return
        names = names_of(table)
        sql = (
            f"SELECT d.number, d.document, a.document FROM {names.documents} d"
            f" LEFT JOIN {names.apart} a ON a.account_id = $1 AND a.number = d.number"
            " WHERE d.account_id = $1 AND d.number = ANY ($2::bigint[])"
        )
        for portion in _portions(numbers):
            there = {row[0]: row for row in self._session.ask(sql, self.account, portion)}
            yield from (Stored(*there[number]) for number in portion if number in there)

    def numbers(self, table: Table, limit: int) -> list[int]:
        if self._kind(table) is None:
            return []
        sql = f"SELECT number FROM {names_of(table).documents} WHERE account_id = $1 ORDER BY number LIMIT $2"
        return [number for (number,) in self._session.ask(sql, self.account, limit)]

    def page(self, table: Table, select: Select, offset: int, limit: int) -> list[int]:
        if self._kind(table) is None or limit == 0:
            return []
        if not select.one_of_group:
            return [number for (number,) in self._ask(page(self.account, table, select, offset, limit))]
        with closing(self._in_order(table, select, offset + limit)) as numbers:
            return list(islice(numbers, offset, offset + limit))

    def count(self, table: Table, select: Select) -> int:
        if self._kind(table) is None:
            return 0
        rows = self._ask(counted(self.account, table, select))
        return rows[0][0] if rows else 0

    def positions(self, table: Table, select: Select, numbers: Iterable[int]) -> dict[int, int]:
        wanted = set(numbers)
        if self._kind(table) is None or not wanted:
            return {}
        if len(wanted) <= _FEW and has_place(table, select):
            found: list[Row] = []
            for number in wanted:
                found += self._ask(placed(self.account, table, select, number))
            return dict(found)
        if not select.one_of_group:
            return dict(self._ask(ranked(self.account, table, select, list(wanted))))
        with closing(self._in_order(table, select, 2**31)) as in_order:
            return {number: place for place, number in enumerate(in_order) if number in wanted}

    def groups(self, table: Table, groups: Sequence[int], by: str) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        if self._kind(table) is None or table.group is None:
            return found
        group = quoted(table.group)
        sql = (
            f"SELECT {group}, number FROM {names_of(table).columns}"
            f" WHERE account_id = $1 AND {group} = ANY ($2::bigint[])"
            f" ORDER BY {group}, {quoted(by)} NULLS FIRST, number"
        )
        for portion in _portions(groups):
            for one, number in self._session.ask(sql, self.account, portion):
                found.setdefault(one, []).append(number)
        return found

    def first_group(self, table: Table, index: str, values: Sequence[int | str]) -> int | None:
        if self._kind(table) is None:
            return None
        kind = sql_kind(table.set_index(index))
        sql = (
            f"SELECT min(grp) FROM {names_of(table).members(index)}"
            f" WHERE account_id = $1 AND value = ANY ($2::{kind}[])"
        )
        ((group,),) = self._session.ask(sql, self.account, keys_of(values))
        return None if group is None else int(group)

    def changes(self, table: Table, since: int, limit: int) -> ChangePage:
        kind = self._reaching(table, since)
        if kind is None:
            return ChangePage([], [], [], until=0, more=False, essential=False)
        return changelog.page(self._session, self.account, kind.code, since, limit, self.state(table))

    def changed(self, table: Table, since: int) -> Changed:
        kind = self._reaching(table, since)
        if kind is None:
            return Changed(frozenset(), frozenset(), frozenset())
        return changelog.changed(self._session, self.account, kind.code, since)

    def blob(self, number: int) -> Blob | None:
        return self._blobs.blob(number)

    def octets(self, blob: Blob, offset: int, length: int) -> bytes:
        return self._blobs.octets(blob, offset, length)

    def open(self, blob: Blob) -> BlobReader:
        return self._blobs.open(blob)

    def blobs(self, after: int, limit: int) -> list[Held]:
        return self._blobs.page(after, limit)

    def verify(self, blob: Blob) -> str | None:
        return self._blobs.verify(blob)

    def seen(self, key: bytes, now: int) -> bool:
        sql = "SELECT 1 FROM once WHERE account_id = $1 AND key = $2 AND until >= $3"
        return bool(self._session.ask(sql, self.account, key_of(key), now))

    def held_size(self) -> int:
        return self._row.held_size

    def textless(self, table: Table, limit: int) -> list[int]:
        if self._kind(table) is None or not table.text:
            return []
        names = names_of(table)
        sql = (
            f"SELECT d.number FROM {names.documents} d WHERE d.account_id = $1"
            f" AND NOT EXISTS (SELECT 1 FROM {names.text} t WHERE t.account_id = $1 AND t.number = d.number)"
            " ORDER BY d.number LIMIT $2"
        )
        return [number for (number,) in self._session.ask(sql, self.account, limit)]

    def given(self) -> int:
        return self._row.next_number - 1

    def remembered(self, after: bytes, limit: int) -> list[tuple[bytes, int]]:
        sql = "SELECT key, until FROM once WHERE account_id = $1 AND key > $2 ORDER BY key LIMIT $3"
        return [(key, until) for key, until in self._session.ask(sql, self.account, after, limit)]

    def nameless(self, objects: list[str]) -> list[str]:
        """Which of these objects no row of the account names."""
        return self._blobs.nameless(objects)

    def inspect(self, tables: Iterable[Table]) -> Iterator[Finding]:
        wanted = list(tables)
        known = {table: kind for table in wanted if (kind := self._kind(table)) is not None}
        yield from inspect(self._session, self._blobs, self._row, known)
        yield from forgotten(self._session, self.account, [table for table in wanted if table not in known])
        if self._stock is not None:
            for name in self._blobs.nameless(self._stock.abandoned(self.account)):
                yield Finding(self.account, "blobs", f"the object {name} belongs to no blob")

    def _in_order(self, table: Table, select: Select, wanted: int) -> Generator[int, None, None]:
        """A whole collapsed result, read as far as it is looked at; to be closed."""
        statement = listed(self.account, table, select)
        self._session.tell_anew(f"DECLARE in_order NO SCROLL CURSOR FOR {statement.sql}", *statement.values)
        groups = set()
        # Some more than are wanted, since those whose group occurred are left out; then more and more.
        portion = min(max(wanted * 2, 100), 10_000)
        try:
            while rows := self._session.ask_anew(f"FETCH FORWARD {portion} FROM in_order"):
                for number, group in rows:
                    if group not in groups:
                        groups.add(group)
                        yield number
                if len(rows) < portion:
                    break
                portion = min(portion * 4, 10_000)
        finally:
            # With its transaction the cursor has ended, too.
            if not self._session.has_failed:
                self._session.tell("CLOSE in_order")

    def _ask(self, statement: Statement) -> list[Row]:
        ask = self._session.ask if statement.is_fixed else self._session.ask_anew
        return ask(statement.sql, *statement.values)

    def _kind(self, table: Table) -> Kind | None:
        """The type as this account has it, or None if it has never been written to."""
        return self._kinds.get(table.name)

    def _reaching(self, table: Table, since: int) -> Kind | None:
        kind = self._kind(table)
        if kind is not None and since < kind.floor:
            raise LogTooShort(f"account {self.account}: {since} is before {kind.floor}")
        return kind


def _portions(numbers: Sequence[int]) -> Iterator[list[int]]:
    each = list(dict.fromkeys(numbers))
    return (each[at : at + PORTION] for at in range(0, len(each), PORTION))
