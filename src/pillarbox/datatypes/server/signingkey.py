"""SigningKey: what tokens are made with, and what ID tokens are signed with (ours; kept in account 0).

All processes of all servers on a store have the same. A key to sign with is published before it is used, and stays
published until what it has signed is over (OpenID Connect Core section 10.1.1).
"""

from datetime import datetime

from pillarbox.datatypes.server.reading import selected
from pillarbox.objects import DataType, Property, Record, prop
from pillarbox.store import Unit, Writing
from pillarbox.wire.values import UTCDate, utc_date

__all__ = ["SIGNING_KEY", "TOKENS", "SigningKey", "add_signing_key", "forget_signing_key", "signing_keys"]

TOKENS = "tokens"
"""What stands for the algorithm of the secret that tokens are made with."""


class SigningKey(Record):
    """A private key, as a JWK in JSON, or in base64url the secret for tokens; its algorithm, and when it was made."""

    algorithm: Property[str] = prop(immutable=True)
    private: Property[str] = prop(immutable=True, secret=True)
    created: Property[UTCDate] = prop(immutable=True)


SIGNING_KEY = DataType(
    record=SigningKey,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="ke",
    methods=(),
)


def signing_keys(server: Unit, algorithm: str) -> list[SigningKey]:
    """The keys for an algorithm, the oldest first."""
    found = [one for one in selected(server, SIGNING_KEY) if one.algorithm == algorithm]
    return sorted(found, key=lambda one: (one.created, one.number))


def add_signing_key(server: Writing, algorithm: str, private: str, now: datetime) -> SigningKey:
    """One more."""
    number = server.fresh()
    document = {"algorithm": algorithm, "private": private, "created": utc_date(now)}
    server.insert(SIGNING_KEY.table, number, document)
    return SigningKey(number, document)


def forget_signing_key(server: Writing, key: SigningKey) -> None:
    """It is of no use any more."""
    server.delete(SIGNING_KEY.table, key.number, key.document)
