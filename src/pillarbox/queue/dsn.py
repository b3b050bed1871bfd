"""What a sender is told of recipients: delivery status notifications (RFC 3464 in RFC 6522; when: RFC 3461); pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Literal, TypeAlias

from pillarbox.queue.octets import header_of
from pillarbox.queue.reply import Reply

__all__ = ["Action", "Report", "Subject", "dsn", "wanted"]

Action: TypeAlias = Literal["failed", "delayed", "delivered", "relayed"]

_MOST_RETURNED = 200_000
"""Octets of a message that is returned whole (RFC 3461 section 6.2); of a larger one the header is."""

_KEYWORDS: dict[Action, str] = {"failed": "FAILURE", "delayed": "DELAY", "delivered": "SUCCESS", "relayed": "SUCCESS"}
_UNASKED = ("FAILURE", "DELAY")
_SUBJECTS: dict[Action, str] = {
    "failed": "Your message could not be delivered",
    "delayed": "Your message is delayed",
    "relayed": "Your message was passed on",
    "delivered": "Your message was delivered",
}
_SAID: dict[Action, str] = {
    "failed": "could not be delivered to, and is not tried again for:",
    "delayed": "could not yet be delivered to the following, and is tried again until {until}:",
    "relayed": "was passed on to servers that do not tell what becomes of it, for:",
    "delivered": "was delivered to:",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What is told of one recipient; `host` is who replied, None for ourselves."""

    address: str
    parameters: Mapping[str, str | None]
    action: Action
    reply: Reply
    host: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """The message that a notification is about: its envelope, its octets, and when it came and is given up."""

    sender: str
    parameters: Mapping[str, str | None]
    octets: bytes
    created: datetime
    expires: datetime


def wanted(sender: str, parameters: Mapping[str, str | None], action: Action) -> bool:
    """Whether a sender is to be told of this (RFC 3461 sections 5.2.2 to 5.2.6): nobody is, without a sender."""
    if not sender:
        return False
    asked = parameters.get("NOTIFY")
    keywords = _UNASKED if asked is None else tuple(asked.upper().split(","))
    return _KEYWORDS[action] in keywords


def dsn(about: Subject, reports: Sequence[Report], host: str, token: str, now: datetime) -> bytes:
    """A notification to the sender of a message; `token` is what nothing else has, for its Message-ID and boundary."""
    worst = next(action for action in _SUBJECTS if any(one.action == action for one in reports))
    boundary = f"=_{token}"
    returned, kind = _returned(about, worst)
    is_ascii = returned.isascii()
    head = [
        f"From: Mail Delivery <postmaster@{host}>",
        f"To: <{about.sender}>",
        f"Subject: {_SUBJECTS[worst]}",
        f"Date: {format_datetime(now)}",
        f"Message-ID: <{token}@{host}>",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="{boundary}"',
        *([] if is_ascii else ["Content-Transfer-Encoding: 8bit"]),
    ]
    references = _message_id(about.octets)
    if references:
        head.insert(5, f"In-Reply-To: {references}\r\nReferences: {references}")
    told = "\r\n".join(_words(about, reports, host))
    text_encoding = "7bit" if told.isascii() else "8bit"
    if text_encoding == "8bit" and is_ascii:
        head.append("Content-Transfer-Encoding: 8bit")
    parts = [
        "\r\n".join([*head, "", "This is a report about a message, in parts (RFC 3464).", ""]),
        f"--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {text_encoding}\r\n\r\n"
        f"{told}\r\n",
        f"--{boundary}\r\nContent-Type: message/delivery-status\r\n\r\n{_status(about, reports, host)}",
        f"--{boundary}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {'7bit' if is_ascii else '8bit'}\r\n\r\n",
    ]
    return "".join(parts).encode() + returned + f"\r\n--{boundary}--\r\n".encode()


def _returned(about: Subject, worst: Action) -> tuple[bytes, str]:
    """What of the message is given back, and its type (RFC 3461 sections 4.3 and 6.2)."""
    asked = about.parameters.get("RET") or ""
    if worst == "failed" and asked.upper() != "HDRS" and len(about.octets) <= _MOST_RETURNED:
        return about.octets, "message/rfc822"
    return header_of(about.octets), "text/rfc822-headers"


def _words(about: Subject, reports: Sequence[Report], host: str) -> list[str]:
    lines = [f"This is the mail server {host}.", ""]
    for action, said in _SAID.items():
        those = [one for one in reports if one.action == action]
        if those:
            lines += ["Your message " + said.format(until=format_datetime(about.expires)), ""]
            for one in those:
                who = f"{one.host} said: " if one.host else ""
                lines += [f"  <{one.address}>", f"    {who}{one.reply}", ""]
    return lines


def _status(about: Subject, reports: Sequence[Report], host: str) -> str:
    """The fields of message/delivery-status, in ASCII (RFC 3464 sections 2.2 and 2.3)."""
    envelope_id = about.parameters.get("ENVID")
    message = [f"Reporting-MTA: dns; {host}", f"Arrival-Date: {format_datetime(about.created)}"]
    if envelope_id:
        message.insert(0, f"Original-Envelope-ID: {_ascii(envelope_id)}")
    groups = [message]
    for one in reports:
        kind, _, address = (one.parameters.get("ORCPT") or "").partition(";")
        group = [f"Original-Recipient: {kind}; {_ascii(address)}"] if address else []
        group += [
            f"Final-Recipient: {'rfc822' if one.address.isascii() else 'utf-8'}; {_ascii(one.address)}",
            f"Action: {one.action}",
            f"Status: {one.reply.status}",
        ]
        if one.host:
            group.append(f"Remote-MTA: dns; {_ascii(one.host)}")
        if one.host or one.action in ("failed", "delayed"):
            group.append(f"Diagnostic-Code: smtp; {_ascii(str(one.reply))}")
        group.append(f"Last-Attempt-Date: {format_datetime(one.at)}")
        if one.action == "delayed":
            group.append(f"Will-Retry-Until: {format_datetime(about.expires)}")
        groups.append(group)
    return "".join("".join(f"{line}\r\n" for line in group) + "\r\n" for group in groups)


def _ascii(text: str) -> str:
    """On one line, in ASCII: other characters as RFC 6533 section 3 writes them."""
    return "".join(one if " " <= one <= "~" else f"\\x{{{ord(one):X}}}" for one in text)


def _message_id(octets: bytes) -> str:
    found = re.search(rb"(?im)^message-id[ \t]*:\s*(<[!-;=?-~]{1,250}>)", header_of(octets))
    return found[1].decode("ascii") if found else ""
