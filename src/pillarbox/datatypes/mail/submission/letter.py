"""The message of a submission: who it says it is from, to whom, and its octets as they go out (RFC 8621 section 7)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import orjson

from pillarbox.access import BadAddress, normal
from pillarbox.datatypes.core import located
from pillarbox.datatypes.mail.email import EMAIL, Email, HeaderName, generated, header_value
from pillarbox.objects import Call, Refused, SetError, reference
from pillarbox.store import Blob
from pillarbox.wire.message import Form, goes_as_it_is, outgoing, parsed
from pillarbox.wire.values import JSON

__all__ = ["Letter", "Sent", "found", "is_same_address", "sent"]


_BEGINNING = 64 * 1024
"""Octets in which most headers end."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An Email that is to be sent, and its header."""

    email: Email
    headers: list[Mapping[str, str]]

    def each(self, field: str) -> list[list[str]]:
        """The addresses of each header field of this name."""
        values = cast(
            "list[list[dict[str, str]]]", header_value(HeaderName(field, Form.ADDRESSES, all=True), self.headers)
        )
        return [[address["email"] for address in value] for value in values]

    def to(self) -> Iterator[str]:
        """The addresses of To, Cc and Bcc, repeats and what is none included."""
        for field in ("To", "Cc", "Bcc"):
            for addresses in self.each(field):
                yield from addresses

    def wrong(self) -> list[str]:
        """The properties of the Email with which no message goes out.

        It has one From, and one Sender where that has several addresses (RFC 5322 section 3.6.2); "if there is more
        than one Sender/From header field, the server SHOULD reject". Its Date, if it has one, is a date.
        """
        senders, authors = self.each("Sender"), self.each("From")
        dates = cast("list[JSON]", header_value(HeaderName("Date", Form.DATE, all=True), self.headers))
        wrong = []
        if len(senders) > 1 or any(len(addresses) != 1 for addresses in senders):
            wrong.append("sender")
        if len(authors) != 1 or not authors[0] or (len(authors[0]) > 1 and not senders):
            wrong.append("from")
        if len(dates) > 1 or None in dates:
            wrong.append("sentAt")
        return wrong

    @property
    def authors(self) -> list[str]:
        """The addresses of From."""
        return [address for addresses in self.each("From") for address in addresses]

    @property
    def sender(self) -> str:
        """The address of Sender, or else of From; of an Email with which nothing is `wrong`."""
        return [address for addresses in (*self.each("From"), *self.each("Sender")) for address in addresses[:1]][-1]


def found(call: Call[Any], email_id: str) -> Letter | None:
    """The Email of this id or creation id, None if the account has none such."""
    number = EMAIL.number(reference(call, email_id) or "")
    for stored in call.unit.get_apart(EMAIL.table, () if number is None else (number,)):
        headers = orjson.loads(stored.apart or b"{}").get("headers", [])
        return Letter(Email(stored.number, orjson.loads(stored.document)), headers)
    return None


@dataclass(frozen=True, slots=True)
class Sent:
    """The message that goes out, and its Message-ID."""

    blob: Blob
    message_id: str | None


def sent(call: Call[Any], letter: Letter) -> Sent:
    """What is sent: the Email's own blob, or a new one if it has a Bcc or lacks what a message needs.

    Raises Refused for an Email whose octets are lost.
    """
    octets = located(call.unit, letter.email.blob_id)
    if octets is None:
        raise Refused(SetError("invalidEmail", ("blobId",), "its message is lost"))
    present = [(header["name"], header["value"]) for header in letter.headers]
    added = list(generated(call, present))
    blob = octets.blob
    # Most messages are as they should be, and some are large.
    if added or not goes_as_it_is(call.unit.octets(blob, 0, _BEGINNING)):
        raw = octets.read(call.unit)
        went = outgoing(raw, added)
        if went is not raw:
            blob = call.writing.add_blob(went, int(call.context.now.timestamp()) + call.context.limits.upload_life)
    named = [value for name, value in (*present, *added) if name.lower() == "message-id"]
    ids = parsed(Form.MESSAGE_IDS, named[-1]) if named else None
    return Sent(blob, str(ids[0]) if isinstance(ids, list) and ids else None)


def is_same_address(one: str, other: str) -> bool:
    """Whether two texts are one address, however it is written."""
    try:
        return normal(one) == normal(other)
    except BadAddress:
        return False
