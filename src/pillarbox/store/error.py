"""What a store could not do, and whether it may be asked again.

    StoreError
    ├── Unavailable     try again later: busy, an I/O error
    │   ├── Undone          nothing was done: try again at once (`retried`)
    │   ├── Doubtful        it may have been done: look before it is tried again
    │   ├── OutOfSpace      not before somebody has made room
    │   └── Elsewhere       the account is in another store, or has not arrived in this one
    ├── NoAccount       no such account here
    └── LogTooShort     the change log does not reach back that far

Each says in `known` what happened, for the log alone: who asked is told no more than the kind.
"""

import errno

__all__ = ["Doubtful", "Elsewhere", "LogTooShort", "NoAccount", "OutOfSpace", "StoreError", "Unavailable", "Undone"]

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class StoreError(Exception):
    """A store could not do as asked; `known` is for the log alone."""

    def __init__(self, known: str) -> None:
        super().__init__(known)
        self.known = known


class Unavailable(StoreError):
    """Not now; the same may succeed later. Nothing of the unit was done, unless it is Doubtful."""


class Undone(Unavailable):
    """Nothing of the unit was done, and the same may succeed at once.

    Others were in its way, or its connection was cut before it was committed.
    """


class Doubtful(Unavailable):
    """Whether the unit was done cannot be known: all of it was, or nothing."""


class OutOfSpace(Unavailable):
    """What should be kept has no room: a full disk, or all that one may use of it."""

    @staticmethod
    def or_unavailable(place: object, problem: OSError) -> Unavailable:
        """What an error of the file system at a place is to a caller."""
        kind = OutOfSpace if problem.errno in _NO_ROOM else Unavailable
        return kind(f"{place}: {problem}")


class Elsewhere(Unavailable):
    """Another store has the account, or this one has not all of it yet (`standing`)."""


class NoAccount(StoreError):
    """The account is not in this store."""


class LogTooShort(StoreError):
    """Changes since then are no longer known."""
