"""Columns, members of sets and their totals, kept in step with documents."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import orjson

from pillarbox.store.entries import Members, members, values
from pillarbox.store.postgres.schema import key_of, keys_of, names_of, quoted, sql_kind
from pillarbox.store.postgres.session import Session, Value
from pillarbox.store.table import Document, Entry, Scalar, SetIndex, Table

__all__ = ["PORTION", "Index", "documents", "kept_members"]

PORTION = 500
"""So many objects are read at once."""
_PENDING = 256

_Key = int | bytes


class Index:
    """The indexes of one account within one unit.

    Totals are summed up and written before somebody asks for one: a row that is updated a thousand times in one
    transaction is found through all its thousand versions.
    """

    def __init__(self, session: Session, account: int) -> None:
        self._session = session
        self._account = account
        self._totals: dict[tuple[Table, str], Counter[_Key]] = defaultdict(Counter)
        self._pending = 0

    def add(self, table: Table, number: int, document: Document) -> Entry:
        """Indexes a new document; what it says, for the log."""
        entry = table.entry(document)
        names = "".join(f", {quoted(column.name)}" for column in table.columns)
        marks = "".join(f", ${at}" for at in range(3, 3 + len(table.columns)))
        self._session.tell(
            f"INSERT INTO {names_of(table).columns} (account_id, number{names}) VALUES ($1, $2{marks})",
            self._account,
            number,
            *(_kept(entry.columns[column.name]) for column in table.columns),
        )
        for index in table.sets:
            self._change(table, index, number, entry, (frozenset(), kept_members(table, index, entry)))
        return entry

    def replace(self, table: Table, number: int, old: Document, new: Document) -> None:
        """Makes the indexes of one document say what another does."""
        before, after = table.entry(old), table.entry(new)
        changed = [name for name, value in after.columns.items() if before.columns[name] != value]
        if changed:
            assignments = ", ".join(f"{quoted(name)} = ${at}" for at, name in enumerate(changed, 3))
            self._session.tell(
                f"UPDATE {names_of(table).columns} SET {assignments} WHERE account_id = $1 AND number = $2",
                self._account,
                number,
                *(_kept(after.columns[name]) for name in changed),
            )
        for index in table.sets:
            change = kept_members(table, index, before), kept_members(table, index, after)
            self._change(table, index, number, after, change)

    def remove(self, table: Table, number: int, document: Document) -> None:
        """Takes a document out of the indexes."""
        entry = table.entry(document)
        self._session.tell(
            f"DELETE FROM {names_of(table).columns} WHERE account_id = $1 AND number = $2", self._account, number
        )
        for index in table.sets:
            self._change(table, index, number, entry, (kept_members(table, index, entry), frozenset()))

    def rebuild(self, table: Table) -> None:
        """Makes all indexes of the type anew from its documents; what belongs to no document goes."""
        self.flush()
        names = names_of(table)
        tables = [names.columns]
        for index in table.sets:
            tables += [names.members(index.name), *([names.totals(index.name)] if index.ordered_by else [])]
        for one in tables:
            self._session.tell(f"DELETE FROM {one} WHERE account_id = $1", self._account)
        for number, document in documents(self._session, self._account, table):
            self.add(table, number, document)
        self.flush()
        for other in (names.apart, *([names.text] if table.text else [])):
            self._session.tell(
                f"DELETE FROM {other} o WHERE o.account_id = $1 AND NOT EXISTS"
                f" (SELECT 1 FROM {names.documents} d WHERE d.account_id = $1 AND d.number = o.number)",
                self._account,
            )

    def pending(self) -> dict[tuple[Table, str], Counter[_Key]]:
        """What is not written yet, to be given to `undo`; few enough to be copied."""
        if self._pending > _PENDING:
            self.flush()
        return {key: Counter(totals) for key, totals in self._totals.items()}

    def undo(self, pending: dict[tuple[Table, str], Counter[_Key]]) -> None:
        """What was not written yet is what it was then."""
        self._totals = defaultdict(Counter, pending)
        self._pending = sum(map(len, pending.values()))

    def flush(self) -> None:
        """Writes the totals."""
        for (table, index), totals in self._totals.items():
            changes = [(value, by) for value, by in totals.items() if by]
            if not changes:
                continue
            name, kind = names_of(table).totals(index), sql_kind(table.set_index(index))
            keys = keys_of(value for value, _ in changes)
            self._session.tell(
                f"INSERT INTO {name} AS n (account_id, value, total) SELECT $1, c.value, c.change"
                f" FROM unnest($2::{kind}[], $3::bigint[]) AS c (value, change)"
                " ON CONFLICT (account_id, value) DO UPDATE SET total = n.total + excluded.total",
                self._account,
                keys,
                [by for _, by in changes],
            )
            if any(by < 0 for _, by in changes):
                self._session.tell(
                    f"DELETE FROM {name} WHERE account_id = $1 AND value = ANY ($2::{kind}[]) AND total = 0",
                    self._account,
                    keys,
                )
        self._totals.clear()
        self._pending = 0

    def _change(
        self, table: Table, index: SetIndex, number: int, entry: Entry, change: tuple[Members, Members]
    ) -> None:
        before, after = change
        if before == after:
            return
        name, kind = names_of(table).members(index.name), sql_kind(index)
        gone, come = before - after, after - before
        if gone:
            self._session.tell(
                f"DELETE FROM {name} m USING unnest($2::{kind}[], $3::bigint[]) AS g (value, place)"
                " WHERE m.account_id = $1 AND m.value = g.value AND m.place = g.place AND m.number = $4",
                self._account,
                *_arrays(gone),
                number,
            )
        if come:
            self._session.tell(
                f"INSERT INTO {name} (account_id, value, place, number, grp)"
                f" SELECT $1, c.value, c.place, $4, $5 FROM unnest($2::{kind}[], $3::bigint[]) AS c (value, place)",
                self._account,
                *_arrays(come),
                number,
                entry.columns[table.group] if table.group else None,
            )
        if index.ordered_by is None:
            return
        totals = self._totals[table, index.name]
        for value in values(before) - values(after):
            totals[key_of(value)] -= 1
        for value in values(after) - values(before):
            totals[key_of(value)] += 1
        self._pending += len(gone) + len(come)


def documents(session: Session, account: int, table: Table) -> Iterator[tuple[int, Document]]:
    """All documents of a type, ascending."""
    sql = (
        f"SELECT number, document FROM {names_of(table).documents} WHERE account_id = $1 AND number > $2"
        f" ORDER BY number LIMIT {PORTION}"
    )
    last = -1
    while rows := session.ask(sql, account, last):
        for number, document in rows:
            yield number, orjson.loads(document)
        last = rows[-1][0]


def kept_members(table: Table, index: SetIndex, entry: Entry) -> Members:
    """What a set holds of an object. In order of a text it keeps none: that may be longer than a key can be."""
    those = members(index, entry)
    if index.ordered_by is not None and table.column(index.ordered_by).kind == "text":
        return frozenset((value, 0) for value, _ in those)
    return those


def _kept(value: Scalar) -> Value:
    return value.encode() if isinstance(value, str) else value


def _arrays(those: Members) -> tuple[Value, Value]:
    return keys_of(value for value, _ in those), [int(place) for _, place in those]
