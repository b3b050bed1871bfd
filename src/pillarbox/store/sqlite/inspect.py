"""What is wrong with an account's file, if anything: each truth held against all that follows from it."""

from collections.abc import Iterator
from typing import cast

import apsw

from pillarbox.store.contract import Finding
from pillarbox.store.sqlite import index
from pillarbox.store.sqlite.blobs import Blobs
from pillarbox.store.sqlite.schema import names_of, quoted
from pillarbox.store.table import Table

__all__ = ["held_size", "inspect", "least_counters", "logged_only", "unlogged"]


def inspect(connection: apsw.Connection, blobs: Blobs, account: int, tables: list[Table]) -> Iterator[Finding]:
    """Yields what the file, its indexes, log, text and blobs have wrong; nothing for a sound account."""
    for (problem,) in connection.execute("PRAGMA integrity_check").fetchall():
        if problem != "ok":
            yield Finding(account, "file", str(problem))
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
    for problem in blobs.problems():
        yield Finding(account, "blobs", problem)


def _log(connection: apsw.Connection, account: int, table: Table) -> Iterator[Finding]:
    code, state = cast(
        "tuple[int, int]",
        connection.execute("SELECT code, state FROM kind WHERE name = ?", (table.name,)).fetchone(),
    )
    for number in unlogged(connection, table, code):
        yield Finding(account, table.name, f"object {number} exists, but the change log does not know it")
    for number in logged_only(connection, table, code):
        yield Finding(account, table.name, f"object {number} is in the change log, but does not exist")
    last = connection.execute("SELECT max(updated) FROM change WHERE code = ?", (code,)).get
    if last is not None and cast("int", last) > state:
        yield Finding(account, table.name, f"its state is {state}, but the change log goes on to {last}")


def _text(connection: apsw.Connection, account: int, table: Table) -> Iterator[Finding]:
    names = names_of(table)
    for here, there, problem in (
        (f"SELECT number FROM {names.documents}", f"SELECT rowid FROM {names.text}", "is not searchable"),
        (f"SELECT rowid FROM {names.text}", f"SELECT number FROM {names.documents}", "has text, but is gone"),
    ):
        for (number,) in connection.execute(f"{here} EXCEPT {there}").fetchall():
            yield Finding(account, table.name, f"object {number} {problem}")


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
    return max(used) + 1, max(sequence, cast("int", connection.execute("SELECT coalesce(max(state), 0) FROM kind").get))


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


def _missing(connection: apsw.Connection, table: Table) -> list[str]:
    """Tables of the type that are not there."""
    names = names_of(table)
    wanted = [names.documents, names.apart, names.columns, *([names.text] if table.text else [])]
    for members in table.sets:
        wanted += [names.members(members.name), names.totals(members.name)]
    there = {quoted(str(name)) for (name,) in connection.execute("SELECT name FROM sqlite_schema").fetchall()}
    return [name for name in wanted if name not in there]
