"""Message disposition notifications: what became of a message with its reader (RFC 8098).

They come from anybody, so all that is read of one is bounded, and nothing raises.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pillarbox.wire.message.body import body_value, content
from pillarbox.wire.message.comment import without_comments
from pillarbox.wire.message.header import Field, header
from pillarbox.wire.message.html import html_text
from pillarbox.wire.message.limits import Limits
from pillarbox.wire.message.message import Message
from pillarbox.wire.message.part import Part

__all__ = ["ACTION_MODES", "DISPOSITIONS", "SENDING_MODES", "Notification", "notification", "notification_fields"]

ACTION_MODES = ("manual-action", "automatic-action")
SENDING_MODES = ("mdn-sent-manually", "mdn-sent-automatically")
DISPOSITIONS = ("deleted", "dispatched", "displayed", "processed")

_TYPES = ("message/disposition-notification", "message/global-disposition-notification")
_DISPOSITION = re.compile(r"([^/;]+)/([^/;]+);([^/,]+)(?:/.*)?", re.DOTALL)
_MOST_OCTETS = 64 * 1024
_MOST_TEXT = 256 * 1024
_MOST_FIELDS = 100


@dataclass(frozen=True, slots=True)
class Notification:
    """What a notification says, its words in lower case (section 3.2); a value is None where the field is not there."""

    final_recipient: str
    action_mode: str
    sending_mode: str
    disposition: str
    reporting_ua: str | None = None
    gateway: str | None = None
    original_recipient: str | None = None
    original_message_id: str | None = None
    """With its angle brackets."""

    errors: tuple[str, ...] = ()
    extensions: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    """What it says to people."""

    has_original: bool = False
    """Whether the message that it is about is in it."""


def notification(raw: bytes, message: Message) -> Notification | None:
    """The notification that a message is; None for any other message, and for one that does not say what became of it.

    A multipart/report with two or three parts: for people, for software, the original.
    """
    if message.root.type != "multipart/report":
        return None
    parts = message.root.parts
    about = next((at for at, part in enumerate(parts[:3]) if part.type in _TYPES), None)
    if about is None:
        return None
    octets = content(raw, parts[about])[:_MOST_OCTETS].strip(b"\r\n")
    fields = header(octets, 0, len(octets), Limits()).fields[:_MOST_FIELDS]
    told: dict[str, str] = {}
    for one in fields:
        told.setdefault(one.name.lower(), " ".join(one.value.split()))
    found = _DISPOSITION.fullmatch(without_comments(told.get("disposition", "")))
    if found is None:
        return None
    action, sending, disposition = (found[at].strip().lower() for at in (1, 2, 3))
    if action not in ACTION_MODES or sending not in SENDING_MODES or disposition not in DISPOSITIONS:
        return None
    return Notification(
        final_recipient=told.get("final-recipient", ""),
        action_mode=action,
        sending_mode=sending,
        disposition=disposition,
        reporting_ua=told.get("reporting-ua"),
        gateway=told.get("mdn-gateway"),
        original_recipient=told.get("original-recipient"),
        original_message_id=told.get("original-message-id"),
        errors=tuple(" ".join(one.value.split()) for one in fields if one.name.lower() == "error"),
        extensions=dict(_extensions(fields)),
        text=_text(raw, parts[0]) if about else None,
        has_original=any(part.type in ("message/rfc822", "message/global") for part in parts[about + 1 :]),
    )


def notification_fields(told: Notification) -> bytes:
    """The content of a message/disposition-notification (section 3.1): its values are on one line each, and ASCII."""
    fields = [
        ("Reporting-UA", told.reporting_ua),
        ("MDN-Gateway", told.gateway),
        ("Original-Recipient", told.original_recipient),
        ("Final-Recipient", told.final_recipient),
        ("Original-Message-ID", told.original_message_id),
        ("Disposition", f"{told.action_mode}/{told.sending_mode}; {told.disposition}"),
        *(("Error", error) for error in told.errors),
        *told.extensions.items(),
    ]
    return "".join(f"{name}: {value}\r\n" for name, value in fields if value is not None).encode()


_NAMED = frozenset(
    (
        *("reporting-ua", "mdn-gateway", "original-recipient", "final-recipient"),
        *("original-message-id", "disposition", "error"),
    )
)


def _extensions(fields: tuple[Field, ...]) -> Iterator[tuple[str, str]]:
    for one in fields:
        if one.name.lower() not in _NAMED:
            yield one.name, " ".join(one.value.split())


def _text(raw: bytes, part: Part) -> str | None:
    """What the part for people says, of one in several forms the first text."""
    leaf = _first_text(part)
    if leaf is None:
        return None
    value = body_value(raw[leaf.offset : leaf.offset + min(leaf.length, _MOST_TEXT)], leaf).value
    return html_text(value) if leaf.type == "text/html" else value


def _first_text(part: Part) -> Part | None:
    if part.type.startswith("text/"):
        return part
    return next((found for one in part.parts if (found := _first_text(one)) is not None), None)
