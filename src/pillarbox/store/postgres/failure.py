"""What an error of the database is to whoever asked: PostgreSQL's manual, appendix "Error Codes"."""

import psycopg

from pillarbox.store.error import OutOfSpace, StoreError, Unavailable, Undone

__all__ = ["Lost", "failure", "is_over"]

_PASSING = ("08", "53", "57", "58", "55", "25")
"""Classes of errors that pass: connections, resources, operators, the system, locks, a standby."""
_CONFLICT = "40"
"""The class of those that end a transaction, and would not if it came a moment later."""
_DISK_FULL = "53100"
_OVER = frozenset({"25006", "40003", "08007"})
"""The server takes no writes (any more), or does not know what became of a transaction: it is to be asked anew."""


class Lost(Unavailable):
    """The connection is gone, or leads to where nothing can be written; what was sent on it may have been done."""


def failure(place: str, error: psycopg.Error, *, is_lost: bool) -> StoreError:
    """The same in the words of the contract; `is_lost` is whether the connection is of no use any more."""
    known = f"{place}: {str(error).strip()}"
    state = error.sqlstate or ""
    if is_lost:
        return Lost(known)
    if state == _DISK_FULL:
        return OutOfSpace(known)
    if state.startswith(_CONFLICT):
        return Undone(known)
    if state.startswith(_PASSING):
        return Unavailable(known)
    return StoreError(f"{known} ({state})")


def is_over(error: psycopg.Error) -> bool:
    """Whether nothing more is to be asked on the connection, though it is there."""
    return error.sqlstate in _OVER
