"""Settings by which who changes them would get what is not theirs: everybody's accounts, or a secret that is kept."""

from collections.abc import Collection

from pillarbox.access import Manager
from pillarbox.access.permission import OF_ADMIN, OF_USER
from pillarbox.management.refusal import Forbidden
from pillarbox.settings import root

__all__ = ["check_entrance"]

_ENTRANCE = (
    "authentication.fallback-admin.",
    "authentication.master.",
    "directory.",
    # Whoever has that says at other servers who somebody is.
    "oauth.oidc.signature-key",
    "storage.directory",
)
_SENT = {
    "queue.relay.host": "queue.relay.secret",
    "queue.relay.port": "queue.relay.secret",
    "tracer.open-telemetry.endpoint": "tracer.open-telemetry.headers",
    "metrics.open-telemetry.endpoint": "metrics.open-telemetry.headers",
}
"""What says where a secret is sent to."""
_ALL = OF_ADMIN - OF_USER
"""What makes an administrator: a token for administration lets nothing else through."""


def check_entrance(manager: Manager, changed: Collection[str], there: Collection[str]) -> None:
    """Raises Forbidden where settings are changed by who may not do all that they would get by it.

    That is where they say who comes in, for nobody gives what they do not hold (management API section 20); and where
    they say to whom a secret is sent which does not come with them. `there` are all keys that there will be.
    """
    if manager.permissions >= _ALL:
        return
    for key in sorted(changed):
        if root(key).startswith(_ENTRANCE):
            raise Forbidden(f"{key[:80]} says who comes in: it is for who may do everything here to change")
        secret = _SENT.get(root(key))
        if secret is not None and _has(there, secret) and not _has(changed, secret):
            raise Forbidden(f"{key} says where {secret} is sent: write that anew with it")


def _has(keys: Collection[str], setting: str) -> bool:
    return any(key == setting or key.startswith(f"{setting}.") for key in keys)
