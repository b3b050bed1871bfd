"""SecurityEvent: what was done to how an account is signed in to, for its owner to read (ours; kept in account 0).

Each is written in the unit of the change that it tells of. The log is told too, by whoever made the change.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum, unique

from pillarbox.datatypes.server.reading import numbered, selected
from pillarbox.objects import DataType, Property, Record, equal, prop
from pillarbox.store import Document, Equal, Select, Unit, Writing
from pillarbox.wire.values import UnsignedInt, UTCDate, utc_date

__all__ = ["SECURITY_EVENT", "SecurityEvent", "SecurityKind", "forget_security_events", "note", "security_events"]

MAX_OF_ACCOUNT = 500
MAX_IN_ALL = 100_000
"""Events that are kept. Of more, the oldest go."""
_SPARE = 50
_LOOKED = 100
"""One in so many events has it looked whether there are too many in all."""
_LONGEST = 200


@unique
class SecurityKind(Enum):
    """What happened."""

    SIGNED_IN = "signed-in"
    SIGN_IN_FAILED = "sign-in-failed"
    """With the right password, and a second factor that was not."""
    PASSWORD_CHANGED = "password-changed"
    APP_PASSWORD_ADDED = "app-password-added"
    APP_PASSWORD_REMOVED = "app-password-removed"
    TOTP_ADDED = "totp-added"
    TOTP_REMOVED = "totp-removed"
    RECOVERY_CODES_MADE = "recovery-codes-made"
    RECOVERY_CODE_USED = "recovery-code-used"
    PERMISSIONS_CHANGED = "permissions-changed"
    """Other roles or permissions of its own were given to the account."""
    ADDRESSES_CHANGED = "addresses-changed"
    """An administrator gave the account another name or other addresses."""
    PASSKEY_ADDED = "passkey-added"
    PASSKEY_REMOVED = "passkey-removed"
    GRANT_BEGUN = "grant-begun"
    GRANT_ENDED = "grant-ended"
    GRANT_STOLEN = "grant-stolen"
    """A refresh token was used a second time: somebody has it who should not."""
    MASTER_SIGNED_IN = "master-signed-in"


class SecurityEvent(Record):
    """What happened to an account, by its number, when, from which address, and what else there is to say of it."""

    account: Property[UnsignedInt] = prop(immutable=True)
    kind: Property[str] = prop(immutable=True)
    at: Property[UTCDate] = prop(immutable=True)
    address: Property[str] = prop(default="", immutable=True)
    details: Property[dict[str, str]] = prop(default={}, immutable=True)


SECURITY_EVENT = DataType(
    record=SecurityEvent,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="se",
    methods=(),
    filters=(equal("account", SecurityEvent.account, sorted=True),),
)


def security_events(server: Unit, account: int, most: int = MAX_OF_ACCOUNT) -> list[SecurityEvent]:
    """The last of an account, the latest first."""
    found = selected(server, SECURITY_EVENT, Select(Equal("account", account)))
    return sorted(found, key=lambda one: one.number, reverse=True)[:most]


def note(
    server: Writing, account: int, kind: SecurityKind, now: datetime, address: str = "", details: Mapping[str, str] = {}
) -> None:
    """Writes it down; text of its details is cut to 200 characters."""
    _make_room(server, account)
    document: Document = {
        "account": account,
        "kind": kind.value,
        "at": utc_date(now),
        "address": address[:_LONGEST],
        "details": {name: text[:_LONGEST] for name, text in details.items()},
    }
    number = server.fresh()
    server.insert(SECURITY_EVENT.table, number, document)
    if number % _LOOKED == 0 and server.count(SECURITY_EVENT.table, Select()) > MAX_IN_ALL:
        _drop(server, Select(), 2 * _LOOKED)


def forget_security_events(server: Writing, account: int) -> None:
    """An account that goes takes them along."""
    _drop(server, Select(Equal("account", account)), MAX_OF_ACCOUNT)


def _make_room(server: Writing, account: int) -> None:
    of_it = Select(Equal("account", account))
    if server.count(SECURITY_EVENT.table, of_it) >= MAX_OF_ACCOUNT:
        _drop(server, of_it, _SPARE)


def _drop(server: Writing, wanted: Select, most: int) -> None:
    """The oldest of those go."""
    for one in numbered(server, SECURITY_EVENT, server.page(SECURITY_EVENT.table, wanted, 0, most)):
        server.delete(SECURITY_EVENT.table, one.number, one.document)
