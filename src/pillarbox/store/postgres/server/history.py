"""Which database this is, in which of its histories, and whether others have what it has."""

from pillarbox.store.error import StoreError, Unavailable
from pillarbox.store.postgres.hosts import History
from pillarbox.store.postgres.session import Session

__all__ = ["has_synchronous_standby", "history"]

_HISTORY = (
    "SELECT (SELECT system_identifier::text FROM pg_control_system()),"
    " (SELECT oid::text FROM pg_database WHERE datname = current_database()),"
    " pg_walfile_name(pg_current_wal_lsn())"
)
_TIMELINE = 8
"""Hexadecimal digits in front of the name of a file of the write-ahead log; they are right from the promotion on, where
the control file says so after its next checkpoint."""


def history(session: Session) -> History | None:
    """None where the server does not tell, as some that only speak PostgreSQL's protocol. Raises Unavailable."""
    try:
        ((system, database, file),) = session.ask_anew(_HISTORY)
    except Unavailable:
        raise
    except StoreError:
        return None
    return History(system, database, int(file[:_TIMELINE], 16))


def has_synchronous_standby(session: Session) -> bool:
    """Whether a commit waits for a standby. Raises Unavailable, StoreError."""
    ((names,),) = session.ask("SELECT current_setting('synchronous_standby_names')")
    return bool(names.strip())
