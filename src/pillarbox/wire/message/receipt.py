"""What reports say of a message that was sent: of its delivery (RFC 3464), or that it was displayed (RFC 8098).

Reports come from anybody, so all that is read of them is bounded, and nothing raises.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pillarbox.wire.message.body import content
from pillarbox.wire.message.form import Form, parsed
from pillarbox.wire.message.header import LINE_END, Field, header
from pillarbox.wire.message.limits import Limits
from pillarbox.wire.message.message import Message
from pillarbox.wire.message.part import Part

__all__ = ["Fate", "Receipt", "receipt"]

_STATUS = ("message/delivery-status", "message/global-delivery-status")
_DISPOSITION = ("message/disposition-notification", "message/global-disposition-notification")
_RETURNED = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
_MOST_OCTETS = 256 * 1024
_MOST_RECIPIENTS = 1000
_GROUPS_END = re.compile(LINE_END + rb"(?:[ \t]*+" + LINE_END + rb")++")
_CHARACTER = re.compile(r"\\x\{(10[0-9A-Fa-f]{4}|[0-9A-Fa-f]{1,5})\}")
_SMTP_REPLY = re.compile(r"[2-5][0-9]{2}[ -]")


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a message with one recipient; `addresses` are all that they are said to have.

    `action` is that of a delivery, in lower case, or "displayed" or another type of disposition; `reply` what an SMTP
    server replied, if that is told.
    """

    addresses: frozenset[str]
    action: str
    reply: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A report: whether it is about the delivery, which message it is about, and what it says of whom."""

    is_of_delivery: bool
    message_id: str | None
    fates: tuple[Fate, ...]


def receipt(raw: bytes, message: Message) -> Receipt | None:
    """The report that a message is; None for any other message."""
    if message.root.type != "multipart/report":
        return None
    for part in message.root.parts[:3]:
        if part.type in _STATUS:
            groups = _groups(raw, part)
            return Receipt(True, _returned(raw, message), tuple(_deliveries(groups[1:])))
        if part.type in _DISPOSITION:
            fields = [field for group in _groups(raw, part) for field in group]
            told = _message_id(_value(fields, "original-message-id") or "")
            return Receipt(False, told or _returned(raw, message), tuple(_dispositions(fields)))
    return None


def _deliveries(groups: list[tuple[Field, ...]]) -> Iterator[Fate]:
    """RFC 3464 section 2.3: a group of fields for each recipient."""
    for group in groups[:_MOST_RECIPIENTS]:
        action = _value(group, "action")
        if action:
            kind, _, code = (_value(group, "diagnostic-code") or "").partition(";")
            reply = code.strip() if kind.strip().lower() == "smtp" else ""
            yield Fate(_addresses(group), action.lower(), reply if _SMTP_REPLY.match(reply) else None)


def _dispositions(fields: list[Field]) -> Iterator[Fate]:
    """RFC 8098 section 3.2.6: "mode; type/modifiers"."""
    told = (_value(fields, "disposition") or "").partition(";")[2]
    action = told.partition("/")[0].strip().lower()
    if action:
        yield Fate(_addresses(fields), action)


def _addresses(fields: list[Field] | tuple[Field, ...]) -> frozenset[str]:
    told = (_value(fields, name) for name in ("original-recipient", "final-recipient"))
    return frozenset(_decoded(one.partition(";")[2].strip()) for one in told if one)


def _decoded(address: str) -> str:
    """RFC 6533 section 3: characters beyond ASCII as their numbers."""
    return _CHARACTER.sub(lambda found: chr(int(found[1], 16)), address)


def _value(fields: list[Field] | tuple[Field, ...], name: str) -> str | None:
    for field in fields:
        if field.name.lower() == name:
            return " ".join(field.value.split())
    return None


def _groups(raw: bytes, part: Part) -> list[tuple[Field, ...]]:
    octets = content(raw, part)[:_MOST_OCTETS].strip(b"\r\n")
    found = _GROUPS_END.split(octets, _MOST_RECIPIENTS + 1)
    return [header(group, 0, len(group), Limits()).fields for group in found]


def _returned(raw: bytes, message: Message) -> str | None:
    """The Message-ID of the message that is returned, or of its header."""
    for part in message.root.parts:
        if part.type in _RETURNED:
            octets = content(raw, part)[:_MOST_OCTETS]
            return _message_id(_value(header(octets, 0, len(octets), Limits()).fields, "message-id") or "")
    return None


def _message_id(value: str) -> str | None:
    found = parsed(Form.MESSAGE_IDS, value)
    return found[0] if isinstance(found, list) and found and isinstance(found[0], str) else None
