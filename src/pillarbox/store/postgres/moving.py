"""What `pillarbox migrate` asks of a database beside its store."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pillarbox.store.postgres.connect import Place, connected
from pillarbox.store.postgres.server import lock_moving, machines

__all__ = ["Others", "alone_moving"]

_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Others:
    """Whether nobody else moves accounts here, and on which other machines servers use the database."""

    is_alone: bool
    machines: list[str]


@contextmanager
def alone_moving(place: Place) -> Iterator[Others]:
    """A block in which nobody else begins to move accounts into this database or out of it, and who else is there.

    If somebody is at it already, it says so. Raises Unavailable, StoreError.
    """
    session = connected(place, patience=_PATIENCE)
    try:
        yield Others(lock_moving(session), machines(session))
    finally:
        session.close()
