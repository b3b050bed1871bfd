"""An account's own row: its counters, its types, and what tells a unit whether it was committed.

All of it is one row that a writing unit locks first and writes last, so that both cost it one statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import orjson

from pillarbox.store.entries import shape
from pillarbox.store.postgres.connect import STAMP
from pillarbox.store.postgres.session import Session
from pillarbox.store.standing import UNNAMED, Standing, standing_of
from pillarbox.store.table import Table

__all__ = ["TOKEN", "Account", "Kind", "Kinds", "commits", "is_committed", "locked", "seen"]

TOKEN = 8
"""Octets of a unit's token; the first of them are the stamp of the history it was committed in (`Session.stamp`)."""
LEAP = 1 << 16
"""So many numbers, of objects and of commits, are passed over where the last unit was of another history.

A promotion, or a restoration, may have lost units. What they were numbered with is known to clients and in caches, and
would stand for something else.
"""
_TOKENS = 16
"""So many units' tokens are kept: others may commit before one whose connection was cut has asked."""

_COLUMNS = "epoch, next_number, sequence, held_size, commits, marked, kinds"
_SEEN = f"SELECT {_COLUMNS} FROM account WHERE account_id = $1"
_LOCKED = f"SELECT {_COLUMNS}, substring(tokens from 1 for {STAMP}) FROM account WHERE account_id = $1 FOR UPDATE"
_WRITTEN = (
    "UPDATE account SET next_number = $2, sequence = $3, held_size = $4, commits = $5, marked = $6, kinds = $7,"
    f" tokens = substring($8::bytea || tokens from 1 for {TOKEN * _TOKENS}) WHERE account_id = $1"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A type in this account: its code in the log, its state, how far the log reaches, what its indexes are of."""

    code: int
    state: int
    floor: int
    shape: str
    text: str
    """The fields its full text was made of, in order."""


Kinds: TypeAlias = dict[str, Kind]


@dataclass(frozen=True, slots=True)
class Account:
    """The row as it was read."""

    number: int
    epoch: str
    """The row's own letters, and those of the history it was read in (`Session.history`)."""
    next_number: int
    sequence: int
    held_size: int
    commits: int
    marked: int
    kinds: Kinds
    standing: Standing = Standing.HERE

    def stale(self, tables: dict[str, Table]) -> list[Table]:
        """Types whose indexes were made from other declarations than these."""
        known = ((tables.get(name), kind) for name, kind in self.kinds.items())
        return [table for table, kind in known if table is not None and kind.shape != shape(table)]

    def write(self, session: Session, token: bytes) -> None:
        """The row is as this one says, and this unit the last that committed."""
        session.tell(
            _WRITTEN,
            self.number,
            self.next_number,
            self.sequence,
            self.held_size,
            self.commits,
            self.marked,
            _dumped(self.kinds, self.standing),
            token,
        )


def seen(session: Session, account: int) -> Account | None:
    """The account, if it is there."""
    for row in session.ask(_SEEN, account):
        return _read(account, session, row)
    return None


def locked(session: Session, account: int) -> Account | None:
    """The same for the transaction's only writer. Raises Unavailable if others take too long."""
    for *row, stamp in session.ask(_LOCKED, account):
        found = _read(account, session, row)
        is_elsewhere = stamp and session.stamp and stamp != session.stamp
        if not is_elsewhere:
            return found
        return replace(found, next_number=found.next_number + LEAP, commits=found.commits + LEAP)
    return None


def commits(session: Session, account: int) -> tuple[int, Standing] | None:
    """How many units were committed, counted from a random number, and where the account stands."""
    # No digit of a standing is further behind.
    sql = "SELECT commits, convert_from(substring(kinds from 1 for 5), 'UTF8') FROM account WHERE account_id = $1"
    rows = session.ask(sql, account)
    return (rows[0][0], standing_of(rows[0][1])) if rows else None


def is_committed(session: Session, before: Account, token: bytes) -> bool | None:
    """Whether the unit of this token was committed on another connection; None if it cannot be known any more.

    Waits until that connection's transaction is over, however it ends. Raises Unavailable.
    """
    # Locked, or a commit that is still under way would be taken for none.
    # And committed, so that what is found is as durable as any commit.
    rows = session.ask_alone("SELECT commits, tokens FROM account WHERE account_id = $1 FOR UPDATE", before.number)
    if not rows:
        return None
    ((count, tokens),) = rows
    if token in (tokens[at : at + TOKEN] for at in range(0, len(tokens), TOKEN)):
        return True
    # Somebody may have been the first in another history; nobody makes so many commits meanwhile.
    return False if (count - before.commits) % LEAP < _TOKENS else None


def _read(account: int, session: Session, row: Sequence[Any]) -> Account:
    epoch, next_number, sequence, held_size, commits, marked, kinds = row
    known = orjson.loads(kinds)
    standing = Standing(known.pop(UNNAMED, Standing.HERE))
    read = {name: Kind(*kind) for name, kind in known.items()}
    return Account(account, epoch + session.history, next_number, sequence, held_size, commits, marked, read, standing)


def _dumped(kinds: Kinds, standing: Standing) -> bytes:
    first = {} if standing is Standing.HERE else {UNNAMED: standing.value}
    return orjson.dumps(first | {name: [k.code, k.state, k.floor, k.shape, k.text] for name, k in kinds.items()})
