"""What a route asks of whoever was let in, beside having an account."""

from pillarbox.http.guard.authenticate import Entry
from pillarbox.http.problem import Problem

__all__ = ["check_permission"]

_SCOPE = ((b"www-authenticate", b'Bearer realm="Pillarbox", error="insufficient_scope"'),)
"""For whom another token would do (RFC 6750 section 3.1)."""


def check_permission(permission: str | None, entry: Entry) -> None:
    """Raises Problem 403 for who lacks the permission; None is had by everybody."""
    if permission is None or permission in entry.actor.permissions:
        return
    if permission in entry.principal.permissions:
        raise Problem(403, f"these credentials do not let through what this needs: {permission}", headers=_SCOPE)
    raise Problem(403, f"this needs the permission {permission}")
