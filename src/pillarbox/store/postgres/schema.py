"""Tables: a few of the store's own, and those that follow from each declaration; all begin with the account.

A type called Email has `d_Email` (documents, the truth), `a_Email` (what is kept apart), `i_Email` (columns), a
table `s_Email_…` a set, with its counts in `n_Email_…` if it is ordered, and `t_Email` for full text. Columns of text
are octets of UTF-8: they compare by code point whatever the database's collation is, and a NUL is a character like
others.
"""

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache

from pillarbox.store.table import Column, SetIndex, Table

__all__ = [
    "BASE",
    "BASE_TABLES",
    "LAYOUT",
    "UNPACKED",
    "Names",
    "additions",
    "creation",
    "key_of",
    "keys_of",
    "names_of",
    "ordering",
    "quoted",
    "sql_kind",
    "unpacked",
]

LAYOUT = 4
"""Of the tables and indexes that a declaration gives; another one makes them again where they are."""

BASE_TABLES = ("account", "change", "blob", "piece", "dropped", "once", "mark", "due")
BASE = """
CREATE TABLE IF NOT EXISTS account (
    account_id bigint PRIMARY KEY,
    epoch text NOT NULL,
    next_number bigint NOT NULL,
    sequence bigint NOT NULL,
    held_size bigint NOT NULL,
    commits bigint NOT NULL,
    marked bigint NOT NULL,
    kinds bytea NOT NULL,
    tokens bytea NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS change (
    account_id bigint NOT NULL,
    code bigint NOT NULL,
    number bigint NOT NULL,
    created bigint NOT NULL,
    updated bigint NOT NULL,
    essential bigint NOT NULL,
    destroyed bigint,
    grp bigint,
    PRIMARY KEY (account_id, code, number)
);
CREATE INDEX IF NOT EXISTS change_created ON change (account_id, code, created);
CREATE INDEX IF NOT EXISTS change_essential ON change (account_id, code, essential);
CREATE INDEX IF NOT EXISTS change_volatile ON change (account_id, code, updated) WHERE updated > essential;
CREATE INDEX IF NOT EXISTS change_destroyed ON change (account_id, destroyed) WHERE destroyed IS NOT NULL;
CREATE TABLE IF NOT EXISTS blob (
    account_id bigint NOT NULL,
    number bigint NOT NULL,
    hash bytea NOT NULL,
    size bigint NOT NULL,
    refs bigint NOT NULL,
    expires bigint NOT NULL,
    PRIMARY KEY (account_id, number),
    UNIQUE (account_id, hash)
);
CREATE INDEX IF NOT EXISTS blob_unheld ON blob (account_id, expires, number) WHERE refs = 0;
CREATE TABLE IF NOT EXISTS piece (
    account_id bigint NOT NULL,
    blob bigint NOT NULL,
    at bigint NOT NULL,
    octets bytea NOT NULL,
    PRIMARY KEY (account_id, blob, at)
);
ALTER TABLE piece ALTER COLUMN octets SET STORAGE EXTERNAL;
CREATE TABLE IF NOT EXISTS dropped (
    account_id bigint NOT NULL,
    blob bigint NOT NULL,
    until bigint NOT NULL,
    PRIMARY KEY (account_id, blob)
);
CREATE TABLE IF NOT EXISTS once (
    account_id bigint NOT NULL,
    key bytea NOT NULL,
    until bigint NOT NULL,
    PRIMARY KEY (account_id, key)
);
CREATE TABLE IF NOT EXISTS mark (
    account_id bigint NOT NULL,
    sequence bigint NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (account_id, sequence)
);
CREATE TABLE IF NOT EXISTS due (
    account_id bigint PRIMARY KEY,
    at bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS due_at ON due (at);
INSERT INTO due (account_id, at) SELECT account_id, 0 FROM account ON CONFLICT DO NOTHING;
ALTER TABLE blob ADD COLUMN IF NOT EXISTS object text;
ALTER TABLE dropped ADD COLUMN IF NOT EXISTS object text;
"""
"""What is kept outside of the database has an `object` (adr/0061), and no pieces."""

UNPACKED = (
    "CREATE OR REPLACE FUNCTION unpacked(words tsvector) RETURNS tsvector LANGUAGE plpgsql"
    " IMMUTABLE STRICT COST 100000 AS 'BEGIN RETURN words; END'"
)
"""What the words of a row are: themselves, at a price.

The planner takes words for as cheap to compare as numbers. They are packed and kept outside of their row, and each took
6 µs to be read there; so where it expects few rows, of a table that it has not counted yet, or a word in nearly all of
them, it would rather read those of a whole account than look into the index. The index has what this gives, so it finds
words without calling it. Not for several processes at once, which is as it is if nothing is said of it: these would be
started for the same price.
"""

_LONGEST_NAME = 63
_LONGEST_KEY = 512
_NARROW = 512
"""Octets of a row of text, beyond which its longest values are kept outside of it."""
_PENDING = 512
"""kB of text that wait to be merged into the index: each search reads them all."""


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


@cache
def _named(type_name: str) -> Names:
    return Names(type_name)


def names_of(table: Table) -> Names:
    """The names of a type's tables; there are as many as types, and they are needed for every statement."""
    return _named(table.name)


@cache
def quoted(name: str) -> str:
    """An SQL identifier; PostgreSQL would cut a long one, and two of them could become one."""
    if len(name.encode()) > _LONGEST_NAME:
        name = name.encode()[:40].decode(errors="ignore") + hashlib.sha256(name.encode()).hexdigest()[:16]
    return '"' + name.replace('"', '""') + '"'


def key_of(value: int | str | bytes) -> int | bytes:
    """A value as a key of an index holds it, which has no room for a very long one: that is told by its hash."""
    if isinstance(value, int):
        return value
    octets = value.encode() if isinstance(value, str) else value
    if len(octets) <= _LONGEST_KEY:
        return octets
    return octets[: _LONGEST_KEY - 32] + hashlib.sha256(octets).digest()


def keys_of(values: Iterable[int | str | bytes]) -> list[int] | list[bytes]:
    """The same of several, which have one type."""
    keys = [key_of(value) for value in values]
    octets = [key for key in keys if isinstance(key, bytes)]
    return octets or [key for key in keys if isinstance(key, int)]


def sql_kind(declared: Column | SetIndex) -> str:
    """The type a value has in the database."""
    return _SQL[declared.kind]


def creation(table: Table) -> Iterator[str]:
    """Statements that make what a type has and the database lacks; what is there stays as it is."""
    names = names_of(table)
    key = "account_id bigint NOT NULL, number bigint NOT NULL"
    primary = "PRIMARY KEY (account_id, number)"
    for documents in (names.documents, names.apart):
        yield f"CREATE TABLE IF NOT EXISTS {documents} ({key}, document bytea NOT NULL, {primary})"
    yield f"CREATE TABLE IF NOT EXISTS {names.columns} ({key}, {primary})"
    for members in table.sets:
        kind = sql_kind(members)
        # `place` is the column the members are ordered by, `grp` the group, so that a page needs no other table.
        yield (
            f"CREATE TABLE IF NOT EXISTS {names.members(members.name)} (account_id bigint NOT NULL,"
            f" value {kind} NOT NULL, place bigint NOT NULL, number bigint NOT NULL, grp bigint,"
            " PRIMARY KEY (account_id, value, place, number) INCLUDE (grp))"
        )
        # Who only looks up does not count.
        if members.ordered_by is not None:
            yield (
                f"CREATE TABLE IF NOT EXISTS {names.totals(members.name)} (account_id bigint NOT NULL,"
                f" value {kind} NOT NULL, total bigint NOT NULL, PRIMARY KEY (account_id, value))"
                " WITH (fillfactor = 70)"
            )
    if table.text:
        yield (
            f"CREATE TABLE IF NOT EXISTS {names.text} ({key}, words tsvector NOT NULL, is_cut boolean NOT NULL,"
            # Out of the way of what only counts rows or orders them; headers stay, for most phrases are of those.
            f" {primary}) WITH (toast_tuple_target = {_NARROW})"
        )
        # Layout 1 had it over the words as they are.
        yield f"DROP INDEX IF EXISTS {quoted(f't_{table.name}_words')}"
        index = quoted(f"t_{table.name}_unpacked")
        yield (
            f"CREATE INDEX IF NOT EXISTS {index} ON {names.text} USING gin (account_id, {unpacked('words')})"
            f" WITH (gin_pending_list_limit = {_PENDING})"
        )
        # How many rows have which word is not counted, which would unpack thousands: where it is known that all of them
        # have one, the index is worth nothing to the planner. It takes each word for a rare one.
        yield f"ALTER TABLE {names.text} ALTER COLUMN words SET STATISTICS 0"
        yield f"ALTER INDEX {index} ALTER COLUMN 2 SET STATISTICS 0"


def additions(table: Table, there: dict[str, str]) -> Iterator[str]:
    """Statements that make the columns and their indexes of a type's tables.

    `there` says which columns `i_…` has, and of which type. One of another type goes, to be made from documents anew.
    """
    names = names_of(table)
    for column in table.columns:
        name, kind = quoted(column.name), sql_kind(column)
        if there.get(column.name, kind) != kind:
            yield f"ALTER TABLE {names.columns} DROP COLUMN {name}"
        yield f"ALTER TABLE {names.columns} ADD COLUMN IF NOT EXISTS {name} {kind}"
        if column.sorted:
            index = quoted(f"i_{table.name}_{column.name}")
            yield (
                f"CREATE INDEX IF NOT EXISTS {index} ON {names.columns}"
                f" (account_id, {ordering(column, name)} NULLS FIRST, number)"
            )
    for field in table.text:
        yield f'ALTER TABLE {names.text} ADD COLUMN IF NOT EXISTS {quoted(f"f_{field}")} text COLLATE "C"'


def unpacked(words: str) -> str:
    """The words of a row, as its index has them (`UNPACKED`)."""
    return f"unpacked({words})"


def ordering(column: Column, name: str) -> str:
    """What a sorted column's index holds of it: all, or as much of a text as fits into one."""
    return name if column.kind == "integer" else f"substring({name} from 1 for {_LONGEST_KEY})"


_SQL = {"integer": "bigint", "text": "bytea"}
