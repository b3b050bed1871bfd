"""Credential: what an account's owner signs in with besides the main password (ours; kept in account 0).

App passwords, the secret of one-time codes, recovery codes and passkeys. They belong to the local account, whichever
directory knows the main password. That one was used is written down without telling anybody who listens.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pillarbox.datatypes.server.reading import numbered, selected
from pillarbox.objects import DataType, Property, Record, equal, prop
from pillarbox.store import AllOf, Document, Equal, Filter, Select, Unit, Writing
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.network import Network, network
from pillarbox.wire.values import UnsignedInt, UTCDate, utc_date, utc_datetime

__all__ = [
    "APP_PASSWORD",
    "CREDENTIAL",
    "MAX_CREDENTIALS",
    "PASSKEY",
    "RECOVERY",
    "TOTP",
    "Credential",
    "TooManyCredentials",
    "add_credential",
    "change_credential",
    "credential",
    "credential_by_digest",
    "credentials_of",
    "forget_credentials",
    "is_use_told",
    "note_use",
    "remove_credential",
]

APP_PASSWORD = "app-password"
TOTP = "totp"
"""The secret of one-time codes (RFC 6238)."""
RECOVERY = "recovery"
"""Codes, each good once, for whoever has lost the device that makes the others."""
PASSKEY = "passkey"

MAX_CREDENTIALS = 50
"""Of one account."""
MAX_NAME = 100
"""Characters of the name that its owner gives a credential."""
_USE_TOLD = timedelta(hours=1)


class TooManyCredentials(Exception):
    """The account has as many as it may."""


class Credential(Record):
    """One credential of an account, by the account's number.

    `kind` is `app-password`, `totp`, `recovery` or `passkey`; `secret` is what is kept of it, `digest` by what it is
    found where that alone is known. `scopes` are all that it lets through, null for everything; from `networks` alone
    it is good, if there are any. One that is not `is_confirmed` does nothing yet. `details` are the kind's own. `used`
    is within an hour of when it was last used, `used_from` the address; of a second factor they are exact, and `step`
    is the last time step of which a code was taken.
    """

    account: Property[UnsignedInt] = prop(immutable=True)
    kind: Property[str] = prop(immutable=True)
    name: Property[str] = prop(default="")
    secret: Property[str] = prop(default="", secret=True)
    digest: Property[str] = prop(default="", secret=True)
    created: Property[UTCDate] = prop()
    expires: Property[UTCDate | None] = prop(default=None)
    networks: Property[list[str]] = prop(default=[])
    scopes: Property[list[str] | None] = prop(default=None)
    is_confirmed: Property[bool] = prop(default=True)
    details: Property[dict[str, Any]] = prop(default={})
    used: Property[UTCDate | None] = prop(default=None)
    used_from: Property[str] = prop(default="")
    step: Property[UnsignedInt] = prop(default=UnsignedInt(0))

    @property
    def spans(self) -> tuple[Network, ...]:
        """The networks as such."""
        return tuple(map(network, self.networks))

    @property
    def ends(self) -> float | None:
        """When it expires, in seconds since 1970; None if it does not."""
        return None if self.expires is None else utc_datetime(self.expires).timestamp()


CREDENTIAL = DataType(
    record=Credential,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="ce",
    methods=(),
    filters=(
        equal("account", Credential.account, sorted=True),
        equal("kind", Credential.kind),
        equal("digest", Credential.digest, sorted=True),
    ),
)


def credentials_of(server: Unit, account: int, kind: str | None = None) -> list[Credential]:
    """An account's, in the order in which they were made; those of one kind alone, if it is named."""
    wanted: Filter = Equal("account", account)
    if kind is not None:
        wanted = AllOf((wanted, Equal("kind", unicode_casemap(kind))))
    return selected(server, CREDENTIAL, Select(wanted))


def credential(server: Unit, account: int, number: int) -> Credential | None:
    """One of an account's, by its number."""
    return next((one for one in numbered(server, CREDENTIAL, (number,)) if one.account == account), None)


def credential_by_digest(server: Unit, digest: str) -> Credential | None:
    """Whosever it is; a digest that is empty is nobody's."""
    if not digest:
        return None
    return next(iter(selected(server, CREDENTIAL, Select(Equal("digest", unicode_casemap(digest))))), None)


def add_credential(
    server: Writing, account: int, kind: str, now: datetime, properties: Mapping[str, Any]
) -> Credential:
    """One more, with these of its properties by their names in JSON. Raises TooManyCredentials."""
    if server.count(CREDENTIAL.table, Select(Equal("account", account))) >= MAX_CREDENTIALS:
        raise TooManyCredentials
    document: Document = {"account": account, "kind": kind, "created": utc_date(now), **properties}
    number = server.fresh()
    server.insert(CREDENTIAL.table, number, document)
    return Credential(number, document)


def change_credential(server: Writing, one: Credential, properties: Mapping[str, Any]) -> Credential:
    """The same with other properties, of which whoever listens is told."""
    document: Document = {**one.document, **properties}
    server.update(CREDENTIAL.table, one.number, one.document, document)
    return Credential(one.number, document)


def remove_credential(server: Writing, one: Credential) -> None:
    """It is none any more."""
    server.delete(CREDENTIAL.table, one.number, one.document)


def forget_credentials(server: Writing, account: int) -> None:
    """An account that goes has none."""
    for one in credentials_of(server, account):
        remove_credential(server, one)


def is_use_told(one: Credential, now: datetime) -> bool:
    """Whether it is known well enough that it was used."""
    return one.used is not None and now - utc_datetime(one.used) < _USE_TOLD


def note_use(server: Writing, one: Credential, now: datetime, address: str, step: int | None = None) -> None:
    """It was used from an address; nobody who listens is told."""
    document: Document = {**one.document, "used": utc_date(now), "usedFrom": address}
    if step is not None:
        document = {**document, "step": step}
    server.amend(CREDENTIAL.table, one.number, one.document, document)
