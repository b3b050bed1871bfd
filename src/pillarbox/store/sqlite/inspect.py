"""What is wrong with an account's file, if anything: each truth held against all that follows from it."""

import re
from collections.abc import Iterator
from typing import cast

import apsw
import orjson

from pillarbox.store.contract import Finding
from pillarbox.store.sqlite import index
from pillarbox.store.sqlite.blobs import Blobs
from pillarbox.store.sqlite.schema import names_of, quoted
from pillarbox.store.standing import UNNAMED
from pillarbox.store.table import Table

__all__ = ["forgotten", "held_size", "inspect", "least_counters", "logged_only", "misgrouped", "unlogged"]


def inspect(connection: apsw.Connection, blobs: Blobs, account: int, tables: list[Table]) -> Iterator[Finding]:
    """Yields what the file, its indexes, log, text and files of blobs have wrong; nothing for a sound account."""
    for problem in (str(problem) for (problem,) in connection.execute("PRAGMA integrity_check").fetchall()):
        if problem != "ok":
            yield Finding(account, _place(problem, tables), problem)
    for table in tables:
        missing = _missing(connection, table)
        if missing:
            yield Finding(account, table.name, f"there is no {', '.join(missing)}")
            continue
        for problem in index.differences(connection, table):
            yield Finding(account, table.name, problem)
        yield from _log(connection, account, table)
        if table.text:
            yield from _text(connection, account, table)
    yield from _counters(connection, account, [table for table in tables if not _missing(connection, table)])
    for path in blobs.stray_files():
        yield Finding(account, "blobs", f"the file {path.name} belongs to no blob")


def forgotten(connection: apsw.Connection, account: int, tables: list[Table]) -> Iterator[Finding]:
    """Yields which of these types, none of which the file knows, have documents in it all the same."""
    there = {quoted(str(name)) for (name,) in connection.execute("SELECT name FROM sqlite_schema").fetchall()}
    for table in tables:
        documents = names_of(table).documents
        if documents in there and connection.execute(f"SELECT 1 FROM {documents}").get:
            yield Finding(account, "file", f"it has documents of {table.name}, and does not know that type any more")


def _place(problem: str, tables: list[Table]) -> str:
    """The type whose full text does not fit together, which can be made again; else it is the file."""
    of_text = (table.name for table in tables if table.text and re.search(rf"\bt_{re.escape(table.name)}\b", problem))
    return next(of_text, "file")


def _log(connection: apsw.Connection, account: int, table: Table) -> Iterator[Finding]:
    code, state = _kinds(connection)[table.name]
    for number in unlogged(connection, table, code):
        yield Finding(account, table.name, f"object {number} exists, but the change log does not know it")
    for number in logged_only(connection, table, code):
        yield Finding(account, table.name, f"object {number} is in the change log, but does not exist")
    for number, _ in misgrouped(connection, table, code):
        yield Finding(
            account, table.name, f"object {number} is in another group by the change log than by its document"
        )
    last = connection.execute("SELECT max(updated) FROM change WHERE code = ?", (code,)).get
    if last is not None and cast("int", last) > state:
        yield Finding(account, table.name, f"its state is {state}, but the change log goes on to {last}")
    lone = connection.execute(
        f"SELECT number FROM {names_of(table).apart} EXCEPT SELECT number FROM {names_of(table).documents}"
    ).fetchall()
    for (one,) in lone:
        yield Finding(account, table.name, f"object {one} has a second document, but is gone")


def _text(connection: apsw.Connection, account: int, table: Table) -> Iterator[Finding]:
    names = names_of(table)
    documents, text = f"SELECT number FROM {names.documents}", f"SELECT rowid FROM {names.text}"
    # A place of its own: that needs no index made anew.
    for (number,) in connection.execute(f"{documents} EXCEPT {text}").fetchall():
        yield Finding(account, f"{table.name} text", f"object {number} is not searchable")
    for (number,) in connection.execute(f"{text} EXCEPT {documents}").fetchall():
        yield Finding(account, table.name, f"object {number} has text, but is gone")


def _counters(connection: apsw.Connection, account: int, tables: list[Table]) -> Iterator[Finding]:
    next_number, sequence, held = cast(
        "tuple[int, int, int]",
        connection.execute("SELECT next_number, sequence, held_size FROM account").fetchone(),
    )
    least_number, least_sequence = least_counters(connection, tables)
    if next_number < least_number:
        yield Finding(account, "counters", f"the next number is {next_number}, below {least_number}")
    if sequence < least_sequence:
        yield Finding(account, "counters", f"the sequence is {sequence}, below {least_sequence}")
    size = held_size(connection)
    if held != size:
        yield Finding(account, "counters", f"the size held is said to be {held}, but is {size}")


def least_counters(connection: apsw.Connection, tables: list[Table]) -> tuple[int, int]:
    """What the next number and the sequence must at least be."""
    places = ("change", "blob", *(names_of(table).documents for table in tables))
    used = (cast("int", connection.execute(f"SELECT coalesce(max(number), 0) FROM {place}").get) for place in places)
    sequence = cast("int", connection.execute("SELECT coalesce(max(updated), 0) FROM change").get)
    return max(used) + 1, max(sequence, *(state for _, state in _kinds(connection).values()), 0)


def _kinds(connection: apsw.Connection) -> dict[str, tuple[int, int]]:
    """The code of each type, and its state."""
    kinds = cast("str", connection.execute("SELECT kinds FROM account").get)
    return {name: (kind[0], kind[1]) for name, kind in orjson.loads(kinds).items() if name != UNNAMED}


def held_size(connection: apsw.Connection) -> int:
    """The size of all blobs that objects hold, counted for each of them."""
    return cast("int", connection.execute("SELECT coalesce(sum(size * refs), 0) FROM blob WHERE refs > 0").get)


def unlogged(connection: apsw.Connection, table: Table, code: int) -> list[int]:
    """Objects that the change log does not know."""
    sql = (
        f"SELECT number FROM {names_of(table).documents}"
        " EXCEPT SELECT number FROM change WHERE code = ? AND destroyed IS NULL"
    )
    return [cast("int", number) for (number,) in connection.execute(sql, (code,)).fetchall()]


def logged_only(connection: apsw.Connection, table: Table, code: int) -> list[int]:
    """Objects that the change log knows and that do not exist."""
    sql = (
        "SELECT number FROM change WHERE code = ? AND destroyed IS NULL"
        f" EXCEPT SELECT number FROM {names_of(table).documents}"
    )
    return [cast("int", number) for (number,) in connection.execute(sql, (code,)).fetchall()]


def misgrouped(connection: apsw.Connection, table: Table, code: int) -> list[tuple[int, int]]:
    """Objects whose group the change log has wrong, with the one that their columns have."""
    if table.group is None:
        return []
    group = quoted(table.group)
    sql = (
        f"SELECT i.number, i.{group} FROM {names_of(table).columns} i"
        f" JOIN change c ON c.code = ? AND c.number = i.number WHERE c.grp IS NOT i.{group} ORDER BY i.number"
    )
    return cast("list[tuple[int, int]]", connection.execute(sql, (code,)).fetchall())


def _missing(connection: apsw.Connection, table: Table) -> list[str]:
    """Tables of the type that are not there."""
    names = names_of(table)
    wanted = [names.documents, names.apart, names.columns, *([names.text] if table.text else [])]
    for members in table.sets:
        wanted.append(names.members(members.name))
        if members.ordered_by is not None:
            wanted.append(names.totals(members.name))
    there = {quoted(str(name)) for (name,) in connection.execute("SELECT name FROM sqlite_schema").fetchall()}
    return [name for name in wanted if name not in there]
