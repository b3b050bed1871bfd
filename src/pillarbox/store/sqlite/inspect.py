"""What is wrong with an account's file, if anything: each truth held against all that follows from it."""

from collections.abc import Iterator
from typing import cast

import apsw

from pillarbox.store.contract import Finding
from pillarbox.store.sqlite import index
from pillarbox.store.sqlite.blobs import Blobs
from pillarbox.store.sqlite.schema import Names
from pillarbox.store.table import Table

__all__ = ["inspect"]


def inspect(connection: apsw.Connection, blobs: Blobs, account: int, tables: list[Table]) -> Iterator[Finding]:
    """Yields what the file, its indexes, log, text and blobs have wrong; nothing for a sound account."""
    for (problem,) in connection.execute("PRAGMA quick_check"):
        if problem != "ok":
            yield Finding(account, "file", str(problem))
    for table in tables:
        for problem in index.differences(connection, table):
            yield Finding(account, table.name, problem)
        yield from _log(connection, account, table)
        if table.text:
            yield from _text(connection, account, table)
    yield from _counters(connection, account)
    for problem in blobs.problems():
        yield Finding(account, "blobs", problem)


def _log(connection: apsw.Connection, account: int, table: Table) -> Iterator[Finding]:
    names = Names(table)
    code, state = cast(
        "tuple[int, int]",
        connection.execute("SELECT code, state FROM kind WHERE name = ?", (table.name,)).fetchone(),
    )
    for (number,) in connection.execute(
        f"SELECT number FROM {names.documents} EXCEPT SELECT number FROM change WHERE code = ? AND destroyed IS NULL",
        (code,),
    ):
        yield Finding(account, table.name, f"object {number} exists, but the change log does not know it")
    for (number,) in connection.execute(
        f"SELECT number FROM change WHERE code = ? AND destroyed IS NULL EXCEPT SELECT number FROM {names.documents}",
        (code,),
    ):
        yield Finding(account, table.name, f"object {number} is in the change log, but does not exist")
    last = connection.execute("SELECT max(updated) FROM change WHERE code = ?", (code,)).get
    if last is not None and cast("int", last) > state:
        yield Finding(account, table.name, f"its state is {state}, but the change log goes on to {last}")


def _text(connection: apsw.Connection, account: int, table: Table) -> Iterator[Finding]:
    names = Names(table)
    for here, there, problem in (
        (f"SELECT number FROM {names.documents}", f"SELECT rowid FROM {names.text}", "is not searchable"),
        (f"SELECT rowid FROM {names.text}", f"SELECT number FROM {names.documents}", "has text, but is gone"),
    ):
        for (number,) in connection.execute(f"{here} EXCEPT {there}"):
            yield Finding(account, table.name, f"object {number} {problem}")


def _counters(connection: apsw.Connection, account: int) -> Iterator[Finding]:
    next_number, sequence, held = cast(
        "tuple[int, int, int]",
        connection.execute("SELECT next_number, sequence, held_size FROM account").fetchone(),
    )
    checks = (
        ("the next number", next_number, "SELECT coalesce(max(number), 0) + 1 FROM change"),
        ("the next number", next_number, "SELECT coalesce(max(number), 0) + 1 FROM blob"),
        ("the sequence", sequence, "SELECT coalesce(max(updated), 0) FROM change"),
    )
    for name, kept, sql in checks:
        least = cast("int", connection.execute(sql).get)
        if kept < least:
            yield Finding(account, "counters", f"{name} is {kept}, below {least}")
    size = connection.execute("SELECT coalesce(sum(size), 0) FROM blob WHERE refs > 0").get
    if held != size:
        yield Finding(account, "counters", f"the size held is said to be {held}, but is {size}")
