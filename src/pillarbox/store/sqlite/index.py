"""Columns, members of sets and their totals, kept in step with documents."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import cast

import apsw
import orjson

from pillarbox.store.sqlite.schema import (
    NOWHERE,
    Names,
    create_indexes,
    create_text,
    drop_damaged_text,
    drop_indexes,
    names_of,
    quoted,
)
from pillarbox.store.table import Document, Entry, SetIndex, Table

__all__ = ["add", "differences", "rebuild", "remove", "replace"]

_Members = set[tuple[int | str, int | str]]


def add(connection: apsw.Connection, table: Table, number: int, document: Document) -> Entry:
    """Indexes a new document; what it says, for the log."""
    entry = table.entry(document)
    _add_columns(connection, table, number, entry)
    for index in table.sets:
        _change_members(connection, table, index, number, entry, (set(), _members(index, entry)))
    return entry


def replace(connection: apsw.Connection, table: Table, number: int, old: Document, new: Document) -> Entry:
    """Makes the indexes of one document say what another does; what that is, for the log."""
    before, after = table.entry(old), table.entry(new)
    changed = [name for name, value in after.columns.items() if before.columns[name] != value]
    if changed:
        assignments = ", ".join(f"{quoted(name)} = ?" for name in changed)
        connection.execute(
            f"UPDATE {names_of(table).columns} SET {assignments} WHERE number = ?",
            (*(after.columns[name] for name in changed), number),
        )
    for index in table.sets:
        _change_members(connection, table, index, number, after, (_members(index, before), _members(index, after)))
    return after


def remove(connection: apsw.Connection, table: Table, number: int, document: Document) -> Entry:
    """Takes a document out of the indexes; what it said, for the log."""
    entry = table.entry(document)
    connection.execute(f"DELETE FROM {names_of(table).columns} WHERE number = ?", (number,))
    for index in table.sets:
        _change_members(connection, table, index, number, entry, (_members(index, entry), set()))
    return entry


def rebuild(connection: apsw.Connection, table: Table) -> None:
    """Makes all indexes of the type anew from its documents; what belongs to no document goes."""
    drop_indexes(connection, table)
    create_indexes(connection, table)
    drop_damaged_text(connection, table)
    create_text(connection, table)
    for number, document in _documents(connection, table):
        add(connection, table, number, document)
    names = names_of(table)
    connection.execute(f"DELETE FROM {names.apart} WHERE number NOT IN (SELECT number FROM {names.documents})")
    if table.text:
        connection.execute(
            f"DELETE FROM {names.text} WHERE rowid NOT IN (SELECT number FROM {names.documents})",
        )


def differences(connection: apsw.Connection, table: Table) -> Iterator[str]:
    """What the indexes say that the documents do not, or the other way round, in words."""
    names = names_of(table)
    totals: dict[str, Counter[int | str]] = {index.name: Counter() for index in table.sets}
    columns = "".join(f", {quoted(column.name)}" for column in table.columns)
    objects = 0
    for number, document in _documents(connection, table):
        objects += 1
        entry = table.entry(document)
        row = connection.execute(f"SELECT number{columns} FROM {names.columns} WHERE number = ?", (number,)).fetchone()
        if row != (number, *(entry.columns[column.name] for column in table.columns)):
            yield f"object {number}: its columns are not what its document says"
        for index in table.sets:
            totals[index.name].update(value for value, _ in _members(index, entry))
            for value, place in _members(index, entry):
                found = connection.execute(
                    f"SELECT 1 FROM {names.members(index.name)} WHERE value = ? AND place = ? AND number = ?",
                    (value, place, number),
                ).fetchone()
                if found is None:
                    yield f"object {number}: not found by its {index.name} {value!r}"
    if connection.execute(f"SELECT count(*) FROM {names.columns}").get != objects:
        yield "there are columns of objects that do not exist"
    for index in table.sets:
        yield from _total_differences(connection, names, index, totals[index.name])


def _total_differences(
    connection: apsw.Connection, names: Names, index: SetIndex, expected: Counter[int | str]
) -> Iterator[str]:
    if index.ordered_by is not None:
        rows = connection.execute(f"SELECT value, total FROM {names.totals(index.name)}").fetchall()
        if set(rows) != set(expected.items()):
            yield f"the totals of {index.name} are not what the documents say"
    if connection.execute(f"SELECT count(*) FROM {names.members(index.name)}").get != expected.total():
        yield f"there are members of {index.name} whose objects do not exist or do not have them"


def _documents(connection: apsw.Connection, table: Table) -> Iterator[tuple[int, Document]]:
    # In portions: a statement left unfinished would keep tables from being dropped, and the snapshot from ending.
    sql = f"SELECT number, document FROM {names_of(table).documents} WHERE number > ? ORDER BY number LIMIT 500"
    last = -1
    while rows := cast("list[tuple[int, bytes]]", connection.execute(sql, (last,)).fetchall()):
        for number, document in rows:
            yield number, orjson.loads(document)
        last = rows[-1][0]


def _add_columns(connection: apsw.Connection, table: Table, number: int, entry: Entry) -> None:
    # By their names, which do not depend on the order a file was made with.
    names = "".join(f", {quoted(column.name)}" for column in table.columns)
    marks = ", ?" * len(table.columns)
    connection.execute(
        f"INSERT INTO {names_of(table).columns} (number{names}) VALUES (?{marks})",
        (number, *(entry.columns[column.name] for column in table.columns)),
    )


def _members(index: SetIndex, entry: Entry) -> _Members:
    place = entry.columns[index.ordered_by] if index.ordered_by else 0
    return {(value, NOWHERE if place is None else place) for value in entry.sets[index.name]}


def _change_members(
    connection: apsw.Connection,
    table: Table,
    index: SetIndex,
    number: int,
    entry: Entry,
    change: tuple[_Members, _Members],
) -> None:
    before, after = change
    if before == after:
        return
    names = names_of(table)
    group = entry.columns[table.group] if table.group else None
    for value, place in before - after:
        connection.execute(
            f"DELETE FROM {names.members(index.name)} WHERE value = ? AND place = ? AND number = ?",
            (value, place, number),
        )
    for value, place in after - before:
        connection.execute(
            f"INSERT INTO {names.members(index.name)} VALUES (?, ?, ?, ?)", (value, place, number, group)
        )
    if index.ordered_by is not None:
        _count(connection, names, index, _values(before) - _values(after), -1)
        _count(connection, names, index, _values(after) - _values(before), 1)


def _values(members: _Members) -> set[int | str]:
    return {value for value, _ in members}


def _count(connection: apsw.Connection, names: Names, index: SetIndex, values: Iterable[int | str], by: int) -> None:
    totals = names.totals(index.name)
    for value in values:
        connection.execute(
            f"INSERT INTO {totals} VALUES (?, ?) ON CONFLICT (value) DO UPDATE SET total = total + excluded.total",
            (value, by),
        )
        if by < 0:
            connection.execute(f"DELETE FROM {totals} WHERE value = ? AND total = 0", (value,))
