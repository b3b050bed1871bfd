"""An account's own row: its counters, its types, and what tells a unit whether it was committed.

All of it is one row that a writing unit locks first and writes last, so that both cost it one statement.
"""

from dataclasses import dataclass
from typing import TypeAlias

import orjson

from pillarbox.store.entries import shape
from pillarbox.store.postgres.session import Row, Session
from pillarbox.store.table import Table

__all__ = ["TOKEN", "Account", "Kind", "Kinds", "commits", "is_committed", "locked", "seen"]

TOKEN = 8
"""Octets of a unit's token."""
_TOKENS = 16
"""So many units' tokens are kept: others may commit before one whose connection was cut has asked."""

_COLUMNS = "epoch, next_number, sequence, held_size, commits, marked, kinds"
_SEEN = f"SELECT {_COLUMNS} FROM account WHERE account_id = $1"
_LOCKED = f"{_SEEN} FOR UPDATE"
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
    next_number: int
    sequence: int
    held_size: int
    commits: int
    marked: int
    kinds: Kinds

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
            _dumped(self.kinds),
            token,
        )


def seen(session: Session, account: int) -> Account | None:
    """The account, if it is there."""
    return _read(account, session.ask(_SEEN, account))


def locked(session: Session, account: int) -> Account | None:
    """The same for the transaction's only writer. Raises Unavailable if others take too long."""
    return _read(account, session.ask(_LOCKED, account))


def commits(session: Session, account: int) -> int | None:
    """How many units were committed, counted from a random number."""
    rows = session.ask("SELECT commits FROM account WHERE account_id = $1", account)
    return rows[0][0] if rows else None


def is_committed(session: Session, before: Account, token: bytes) -> bool | None:
    """Whether the unit of this token was committed on another connection; None if it cannot be known any more.

    Waits until that connection's transaction is over, however it ends. Raises Unavailable.
    """
    # Locked, or a commit that is still under way would be taken for none.
    rows = session.ask("SELECT commits, tokens FROM account WHERE account_id = $1 FOR UPDATE", before.number)
    if not rows:
        return None
    ((count, tokens),) = rows
    if token in (tokens[at : at + TOKEN] for at in range(0, len(tokens), TOKEN)):
        return True
    return False if count - before.commits < _TOKENS else None


def _read(account: int, rows: list[Row]) -> Account | None:
    if not rows:
        return None
    epoch, next_number, sequence, held_size, commits, marked, kinds = rows[0]
    known = {name: Kind(*kind) for name, kind in orjson.loads(kinds).items()}
    return Account(account, epoch, next_number, sequence, held_size, commits, marked, known)


def _dumped(kinds: Kinds) -> bytes:
    return orjson.dumps({name: [k.code, k.state, k.floor, k.shape, k.text] for name, k in kinds.items()})
