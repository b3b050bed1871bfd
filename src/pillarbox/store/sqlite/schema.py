"""Tables of an account's file: a few of the store's own, and those that follow from each declaration.

A type called Email has `d_Email` (documents, the truth), `a_Email` (what is kept apart), `i_Email` (columns), a
table `s_Email_…` a set, with its counts in `n_Email_…` if it is ordered, and `t_Email` for full text. They are made at
the type's first write in an account: most accounts never use most types, and each table costs a page.
"""

from functools import cache, lru_cache

import apsw

from pillarbox.store.entries import NOWHERE, shape
from pillarbox.store.table import Table

__all__ = [
    "BASE",
    "NOWHERE",
    "VERSION",
    "Names",
    "create_indexes",
    "create_tables",
    "create_text",
    "drop_all",
    "drop_damaged_text",
    "drop_indexes",
    "names_of",
    "quoted",
    "shape",
]

VERSION = 2
"""Of the store's own tables; kept as SQLite's user_version."""

# `kinds` has of each type its code in the log, its state, how far back the log reaches, and what its indexes were made
# from: in one row with the counters, which each commit writes. Before them, under the name of none, is where the
# account stands, if that is not HERE: a program that does not know of it takes it for a type, and fails before it
# writes.
BASE = """
CREATE TABLE account (
    epoch TEXT NOT NULL,
    next_number INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    held_size INTEGER NOT NULL,
    commits INTEGER NOT NULL,
    marked INTEGER NOT NULL,
    kinds TEXT NOT NULL
);
CREATE TABLE change (
    code INTEGER NOT NULL,
    number INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    essential INTEGER NOT NULL,
    destroyed INTEGER,
    grp INTEGER,
    PRIMARY KEY (code, number)
) WITHOUT ROWID;
CREATE INDEX change_created ON change (code, created);
CREATE INDEX change_essential ON change (code, essential);
CREATE INDEX change_volatile ON change (code, updated) WHERE updated > essential;
CREATE TABLE blob (
    number INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    refs INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    octets BLOB
);
CREATE INDEX blob_unheld ON blob (expires) WHERE refs = 0;
CREATE TABLE once (
    key BLOB PRIMARY KEY,
    until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE mark (
    sequence INTEGER PRIMARY KEY,
    at INTEGER NOT NULL
);
"""


class Names:
    """The quoted names of a type's tables."""

    __slots__ = ("apart", "columns", "documents", "text", "type")

    def __init__(self, type_name: str) -> None:
        self.type = type_name
        self.documents = quoted(f"d_{type_name}")
        self.apart = quoted(f"a_{type_name}")
        self.columns = quoted(f"i_{type_name}")
        self.text = quoted(f"t_{type_name}")

    def members(self, index: str) -> str:
        """The table of a set's members."""
        return quoted(f"s_{self.type}_{index}")

    def totals(self, index: str) -> str:
        """The table of how many objects have each value of a set."""
        return quoted(f"n_{self.type}_{index}")


def names_of(table: Table) -> Names:
    """The names of a type's tables; there are as many as types, and they are needed for every statement."""
    return _named(table.name)


@cache
def _named(type_name: str) -> Names:
    return Names(type_name)


@lru_cache(maxsize=4096)
def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def create_tables(connection: apsw.Connection, table: Table) -> None:
    """All tables of a type, empty."""
    names = names_of(table)
    connection.execute(f"CREATE TABLE {names.documents} (number INTEGER PRIMARY KEY, document BLOB NOT NULL)")
    connection.execute(f"CREATE TABLE {names.apart} (number INTEGER PRIMARY KEY, document BLOB NOT NULL)")
    create_text(connection, table)
    create_indexes(connection, table)


def create_text(connection: apsw.Connection, table: Table) -> None:
    """The table of full text, empty, unless there is one of the same fields already.

    The text itself is not kept: with other fields, no object is found by its text until that is given again
    (`Writing.index_text`, which doctor's repair asks for), and `inspect` tells so.
    """
    names = names_of(table)
    fields = connection.execute(f"SELECT name FROM pragma_table_info('t_{table.name}')").fetchall()
    if [name for (name,) in fields] == list(table.text):
        return
    connection.execute(f"DROP TABLE IF EXISTS {names.text}")
    if table.text:
        # Words arrive folded and cut (wire.words); the tokenizer only splits.
        connection.execute(
            f"CREATE VIRTUAL TABLE {names.text} USING fts5({', '.join(map(quoted, table.text))}, content='',"
            " contentless_delete=1, tokenize='unicode61 remove_diacritics 0')"
        )


def drop_damaged_text(connection: apsw.Connection, table: Table) -> None:
    """The table of full text is gone if what FTS5 keeps in it does not fit together: it is made of text alone."""
    names = names_of(table)
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (f"t_{table.name}",)).get:
        return
    try:
        connection.execute(f"INSERT INTO {names.text} ({names.text}) VALUES ('integrity-check')")
    except apsw.CorruptError:
        connection.execute(f"DROP TABLE {names.text}")


def create_indexes(connection: apsw.Connection, table: Table) -> None:
    """The tables that follow from documents, empty."""
    names = names_of(table)
    columns = "".join(f", {quoted(column.name)} {_SQL[column.kind]}" for column in table.columns)
    connection.execute(f"CREATE TABLE {names.columns} (number INTEGER PRIMARY KEY{columns})")
    for column in table.columns:
        if column.sorted:
            index = quoted(f"i_{table.name}_{column.name}")
            connection.execute(f"CREATE INDEX {index} ON {names.columns} ({quoted(column.name)})")
    for members in table.sets:
        kind = _SQL[members.kind]
        # `place` is the column the members are ordered by, `grp` the group, so that a page needs no other table.
        connection.execute(
            f"CREATE TABLE {names.members(members.name)} (value {kind} NOT NULL, place, number INTEGER NOT NULL,"
            " grp INTEGER, PRIMARY KEY (value, place, number)) WITHOUT ROWID"
        )
        # Who only looks up does not count.
        if members.ordered_by is not None:
            connection.execute(
                f"CREATE TABLE {names.totals(members.name)} (value {kind} PRIMARY KEY, total INTEGER NOT NULL)"
                " WITHOUT ROWID"
            )


def drop_all(connection: apsw.Connection) -> None:
    """The tables of all types are gone, those of types included that are not declared any more."""
    # Full text first: dropping it takes the tables with it that it is made of.
    for which in ("name GLOB 't_*' AND sql GLOB 'CREATE VIRTUAL*'", "name GLOB '[adins]_*'"):
        tables = connection.execute(f"SELECT name FROM sqlite_schema WHERE type = 'table' AND {which}").fetchall()
        for (name,) in tables:
            connection.execute(f"DROP TABLE {quoted(str(name))}")


def drop_indexes(connection: apsw.Connection, table: Table) -> None:
    """The tables that follow from documents are gone, whatever sets they were made for."""
    prefixes = (f"i_{table.name}", f"s_{table.name}_", f"n_{table.name}_")
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for name in (str(name) for (name,) in tables):
        if name == prefixes[0] or name.startswith(prefixes[1:]):
            connection.execute(f"DROP TABLE {quoted(name)}")


_SQL = {"integer": "INTEGER", "text": "TEXT"}
