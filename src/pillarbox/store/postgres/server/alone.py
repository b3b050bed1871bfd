"""A lock that one connection has at a time."""

from pillarbox.store.postgres.session import Session

__all__ = ["KEPT", "lock_alone"]

KEPT = 10.0
"""Seconds for which a session has the lock without asking for it.

Who is frozen, or cut off, says nothing, and the database need not notice: then it ends the session by itself.
"""

_LOCK = 0x70696C6C
"""The first half of its number; the second is the schema's, since each may have an installation of its own."""


def lock_alone(session: Session) -> bool:
    """Whether the session has the lock, as long as it lives and asks again in time. Raises Unavailable, StoreError."""
    ((has,),) = session.ask(
        "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted"
        f" AND classid = {_LOCK}::oid AND objsubid = 2)"
    )
    if not has:
        session.tell(f"SET idle_session_timeout = '{int(KEPT * 1000)}ms'")
        ((has,),) = session.ask(f"SELECT pg_try_advisory_lock({_LOCK}, hashtext(current_schema()))")
    return bool(has)
