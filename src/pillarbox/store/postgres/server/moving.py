"""Who moves accounts into a database or out of it, and who else is connected to it meanwhile."""

from pillarbox.store.postgres.session import Session

__all__ = ["lock_moving", "machines"]

_LOCK = 0x6D6F7665
"""The first half of the lock's number, "move"; the second is the schema's, as each may have its own installation."""

_HERE = "client_addr IS NULL OR client_addr <<= inet '127.0.0.0/8' OR client_addr = inet '::1'"


def lock_moving(session: Session) -> bool:
    """Whether the session has the lock now, for as long as it lives. Raises Unavailable, StoreError."""
    ((has,),) = session.ask(f"SELECT pg_try_advisory_lock({_LOCK}, hashtext(current_schema()))")
    return bool(has)


def machines(session: Session) -> list[str]:
    """The addresses of servers on other machines than ours, as the database sees them; its own is `localhost`.

    Raises Unavailable, StoreError.
    """
    address = f"CASE WHEN {_HERE} THEN 'localhost' ELSE host(client_addr) END"
    rows = session.ask(
        f"SELECT DISTINCT {address} FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'pillarbox' AND"
        f" {address} <> (SELECT {address} FROM pg_stat_activity WHERE pid = pg_backend_pid()) ORDER BY 1"
    )
    return [where for (where,) in rows]
