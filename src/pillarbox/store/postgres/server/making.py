"""The tables of a database that is new, or whose types have got more than it has.

Who spreads accounts over several places gives the database a function `distributed(regclass)`
(docs/administrators/distributing.md). It is called with each table of accounts as soon as that is made, before its
indexes, and again whenever the type gets more.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pillarbox.store.error import StoreError
from pillarbox.store.postgres.schema import BASE, LAYOUT, UNPACKED, additions, creation, names_of
from pillarbox.store.postgres.session import Session
from pillarbox.store.table import Table

__all__ = ["VERSION", "make", "make_apart", "owner"]

VERSION = 1
"""Of the store's own tables."""

_LOCK = 0x70696C6C6172626F
"""Whoever makes tables has this advisory lock: "pillarbo"."""
_MADE = re.compile(r"\s*CREATE TABLE IF NOT EXISTS (\S+)")


def make(session: Session, tables: Iterable[Table]) -> None:
    """Makes what these types need and the database lacks. Raises Unavailable, StoreError."""
    wanted = {table.name: (table, _shape(table)) for table in tables}
    if _kept(session).items() >= {name: shape for name, (_, shape) in wanted.items()}.items():
        return
    with _making(session):
        _extend(session)
        is_distributed = _is_distributed(session)
        for statement in BASE.split(";")[:-1]:
            _do(session, statement, is_distributed=is_distributed)
        session.tell_anew(UNPACKED)
        # Asked once more: another process may have been faster.
        kept = _kept(session)
        for name, (table, shape) in wanted.items():
            if kept.get(name) != shape:
                _make_type(session, table, is_distributed=is_distributed)
                _note(session, name, shape)


def owner(session: Session) -> str:
    """The name under which this database has objects elsewhere, given once. Raises Unavailable, StoreError."""
    # No type has such a name, for it begins with a space.
    session.ask("INSERT INTO made VALUES (' owner', $1) ON CONFLICT DO NOTHING", secrets.token_hex(8))
    ((name,),) = session.ask("SELECT shape FROM made WHERE name = ' owner'")
    return str(name)


def make_apart(session: Session, name: str, statements: str) -> None:
    """Makes tables that have nothing of any account, if these are not there. Raises Unavailable, StoreError.

    `statements` end with a semicolon each, and do no harm the second time. No type has such a name, for it begins with
    a space.
    """
    shape = hashlib.sha256(statements.encode()).hexdigest()[:16]
    if _kept(session).get(f" {name}") == shape:
        return
    with _making(session):
        for statement in statements.split(";")[:-1]:
            session.tell_anew(statement)
        _note(session, f" {name}", shape)


@contextmanager
def _making(session: Session) -> Iterator[None]:
    """A transaction that nobody else makes tables in."""
    session.tell("BEGIN")
    try:
        session.ask("SELECT pg_advisory_xact_lock($1)", _LOCK)
        session.tell("CREATE TABLE IF NOT EXISTS made (name text PRIMARY KEY, shape text NOT NULL)")
        session.settle()
        session.tell("INSERT INTO made VALUES ('', $1) ON CONFLICT DO NOTHING", str(VERSION))
        yield
        session.tell("COMMIT")
        session.settle()
    except BaseException:
        if not session.is_lost:
            session.mark()
            session.tell("ROLLBACK")
            session.settle()
        raise


def _note(session: Session, name: str, shape: str) -> None:
    session.tell(
        "INSERT INTO made VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET shape = excluded.shape", name, shape
    )


def _kept(session: Session) -> dict[str, str]:
    ((there,),) = session.ask("SELECT to_regclass('made') IS NOT NULL")
    if not there:
        return {}
    kept: dict[str, str] = dict(session.ask("SELECT name, shape FROM made"))
    version = kept.get("")
    if version != str(VERSION):
        raise StoreError(f"the database was made by another version ({version}, not {VERSION})")
    return kept


def _extend(session: Session) -> None:
    """One index holds accounts and words together, for which PostgreSQL needs its own extension."""
    if session.ask("SELECT 1 FROM pg_extension WHERE extname = 'btree_gin'"):
        return
    try:
        session.ask("CREATE EXTENSION btree_gin")
    except StoreError as problem:
        raise StoreError(
            f"the extension btree_gin cannot be made; an administrator of the database has to: {problem.known}"
        ) from problem


def _is_distributed(session: Session) -> bool:
    ((there,),) = session.ask("SELECT to_regprocedure('distributed(regclass)') IS NOT NULL")
    return bool(there)


def _do(session: Session, statement: str, *, is_distributed: bool) -> None:
    """One statement, and what is to be done with the table that it makes."""
    session.tell_anew(statement)
    if is_distributed and (made := _MADE.match(statement)):
        session.tell("SELECT distributed($1::text::regclass)", made[1])


def _make_type(session: Session, table: Table, *, is_distributed: bool) -> None:
    for statement in creation(table):
        _do(session, statement, is_distributed=is_distributed)
    columns = session.ask(
        "SELECT a.attname::text, format_type(a.atttypid, NULL) FROM pg_attribute a"
        " WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped",
        names_of(table).columns,
    )
    for statement in additions(table, dict(columns)):
        session.tell_anew(statement)
    session.settle()


def _shape(table: Table) -> str:
    """What the type's tables are made from; another one means that some of it may be missing."""
    parts = repr((LAYOUT, table.columns, table.sets, table.text))
    return hashlib.sha256(parts.encode()).hexdigest()[:16]
