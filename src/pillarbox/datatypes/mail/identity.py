"""Identity: an address to send from, and what goes with it (RFC 8621 section 6; adr/0034).

Each address of an account has one that stays for as long as the account has the address; clients may make further ones
with these addresses.
"""

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

import orjson

from pillarbox.access import BadAddress, normal
from pillarbox.objects import CHANGES, GET, SET, Call, DataType, Property, Record, SetError, Write, prop
from pillarbox.store import Unit, Writing
from pillarbox.wire.message import Form, Unwritable, encoded
from pillarbox.wire.values import JSON

__all__ = ["IDENTITY", "Identity", "know_addresses", "may_send_as", "sender_of"]

_MOST = 200
_LONGEST_NAME = 1000
_LONGEST_SIGNATURE = 64 * 1024
_MOST_ADDRESSES = 100
_LONGEST_FIELD = 64 * 1024


def _email_problem(email: str) -> str | None:
    try:
        normal(email)
    except BadAddress as problem:
        return str(problem)
    return None


def _name_problem(name: str) -> str | None:
    if len(name) > _LONGEST_NAME:
        return f"must not be longer than {_LONGEST_NAME} characters"
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in name):
        return "must not have control characters"
    return None


def _signature_problem(text: str) -> str | None:
    return None if len(text) <= _LONGEST_SIGNATURE else f"must not be longer than {_LONGEST_SIGNATURE} characters"


def _whole(addresses: list[Any]) -> list[Any]:
    """EmailAddresses with their name, which may be left out where there is none."""
    return [{"name": None, **one} if isinstance(one, dict) else one for one in addresses]


def _addresses_problem(addresses: list[Any]) -> str | None:
    """What is wrong with a list of EmailAddress objects (section 4.1.2.3): nothing, if they can be in a message."""
    if len(addresses) > _MOST_ADDRESSES:
        return f"must not have more than {_MOST_ADDRESSES} addresses"
    try:
        field = encoded("Reply-To", Form.ADDRESSES, addresses)
    except Unwritable as problem:
        return str(problem)
    return None if len(field) <= _LONGEST_FIELD else f"must not be longer than {_LONGEST_FIELD} octets in a message"


class Identity(Record):
    """An address that may be sent from, with a name, signatures and what replies and copies go to."""

    name: Property[str] = prop(default="", check=_name_problem)
    email: Property[str] = prop(immutable=True, check=_email_problem)
    reply_to: Property[list[Any] | None] = prop(default=None, normal=_whole, check=_addresses_problem)
    bcc: Property[list[Any] | None] = prop(default=None, normal=_whole, check=_addresses_problem)
    text_signature: Property[str] = prop(default="", check=_signature_problem)
    html_signature: Property[str] = prop(default="", check=_signature_problem)
    may_delete: Property[bool] = prop(default=True, server_set=True)


def its_address_may_be_sent_from(write: Write[Identity]) -> Iterator[SetError]:
    """An address that is not the account's is forbiddenFrom (section 6.3), and so is a whole domain."""
    if write.before is None and not may_send_as(write.call, write.new.email):
        yield SetError("forbiddenFrom", (), "this account may not send from that address")


def that_of_an_address_stays(write: Write[Identity]) -> Iterator[SetError]:
    """One without mayDelete is not destroyed (section 6)."""
    if write.destroys and not write.old.may_delete:
        yield SetError("forbidden", (), "it is there for as long as the account has the address")


def there_are_not_too_many(write: Write[Identity]) -> Iterator[SetError]:
    """Ours: an account has only so many."""
    if write.before is None and len(write.call.unit.numbers(IDENTITY.table, _MOST + 1)) > _MOST:
        yield SetError("overQuota", (), f"no more than {_MOST} identities")


IDENTITY = DataType(
    record=Identity,
    rfc="8621 section 6",
    capability="urn:ietf:params:jmap:submission",
    prefix="i",
    methods=(GET, CHANGES, SET),
    rules=(its_address_may_be_sent_from, that_of_an_address_stays, there_are_not_too_many),
)


def sender_of(call: Call[Any], identity_id: str) -> Identity | None:
    """The Identity of this id in the call's account, if its address may still be sent from; None otherwise."""
    number = IDENTITY.number(identity_id)
    for stored in call.unit.get(IDENTITY.table, () if number is None else (number,)):
        identity = IDENTITY.record(stored.number, orjson.loads(stored.document))
        return identity if may_send_as(call, identity.email) else None
    return None


def may_send_as(call: Call[Any], address: str) -> bool:
    """Whether the call's account has this address, in any spelling, as its own or as an alias."""
    try:
        return normal(address) in call.grant.addresses
    except BadAddress:
        return False


def know_addresses(unit: Writing, addresses: Collection[str]) -> None:
    """These, in their normal form, are the account's addresses now: each has an Identity, and no other has one.

    Nothing is written where that is so already.
    """
    kept = set()
    for number, document in _all(unit):
        email = normal(str(document["email"]))
        if email not in addresses:
            unit.delete(IDENTITY.table, number, document)
        elif not document["mayDelete"]:
            kept.add(email)
    defaults = {name: one.default for name, one in IDENTITY.properties.items()}
    for address in addresses:
        if address not in kept:
            kept.add(address)
            unit.insert(IDENTITY.table, unit.fresh(), {**defaults, "email": address, "mayDelete": False})


def _all(unit: Unit) -> list[tuple[int, Mapping[str, JSON]]]:
    numbers = unit.numbers(IDENTITY.table, 2**31)
    return [
        (stored.number, cast("Mapping[str, JSON]", orjson.loads(stored.document)))
        for stored in unit.get(IDENTITY.table, numbers)
    ]
