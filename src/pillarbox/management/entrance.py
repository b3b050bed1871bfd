"""Settings that say who comes in, and as whom: whoever changes one could let themselves in as anybody."""

from collections.abc import Iterable

from pillarbox.access import Manager
from pillarbox.access.permission import OF_ADMIN, OF_USER
from pillarbox.management.refusal import Forbidden
from pillarbox.settings import root

__all__ = ["check_entrance"]

_ENTRANCE = ("authentication.fallback-admin.", "authentication.master.", "directory.", "storage.directory")
_ALL = OF_ADMIN - OF_USER
"""What makes an administrator: a token for administration lets nothing else through."""


def check_entrance(manager: Manager, keys: Iterable[str]) -> None:
    """Raises Forbidden where one of these settings is changed by who may not do all that whoever it lets in may.

    Nobody gives what they do not hold (management API section 20).
    """
    if manager.permissions >= _ALL:
        return
    for key in sorted(keys):
        if root(key).startswith(_ENTRANCE):
            raise Forbidden(f"{key[:80]} says who comes in: it is for who may do everything here to change")
