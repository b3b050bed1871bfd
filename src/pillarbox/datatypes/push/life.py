"""How long a subscription lives: until it expires, and no longer than what it was made with (RFC 8620 section 7.2)."""

import hashlib
from datetime import datetime

import orjson

from pillarbox.datatypes.push.key import public_key
from pillarbox.datatypes.server import ACCOUNT
from pillarbox.store import Document, Unit
from pillarbox.wire.values import utc_datetime

__all__ = ["is_over", "standing"]


def standing(server: Unit, account: int) -> str:
    """What an account's subscriptions are made under now: its password, and the key that pushes are signed with.

    Another password is another credential, and with another key push services would refuse us (RFC 9749 section 5).
    It is a digest of what is kept of the password, which nobody can guess, and of the public key.
    """
    secret = ""
    for stored in server.get(ACCOUNT.table, (account,)):
        secret = orjson.loads(stored.document)["secret"]
    return hashlib.sha256(f"{public_key(server)} {secret}".encode()).hexdigest()[:32]


def is_over(document: Document, now: datetime, under: str) -> bool:
    """Whether a subscription has ended: expired, made under other credentials, or not verified in time."""
    if document["standing"] != under or _has_passed(document["expires"], now):
        return True
    return document["verificationCode"] is None and _has_passed(document["codeExpires"], now)


def _has_passed(date: object, now: datetime) -> bool:
    return isinstance(date, str) and utc_datetime(date) <= now
