"""What is known of a message on its way, as its submission tells it (RFC 8621 section 7, "deliveryStatus")."""

import re
from collections.abc import Iterable

from pillarbox.wire.values import JSON

__all__ = ["DELIVERED", "given_up", "on_its_way", "reply_line", "status"]

DELIVERED = ("queued", "yes", "no", "unknown")
"""What `delivered` may be."""

_WAITING = "250 2.1.5 Waiting to be sent"
_CANCELED = "554 5.7.1 Canceled before it was sent"
_LONGEST_REPLY = 2000
_REPLY_LINE = re.compile(r"(?P<code>[2-5][0-9]{2})(?:[- ](?P<rest>.*))?", re.ASCII | re.DOTALL)


def on_its_way(addresses: Iterable[str]) -> dict[str, JSON]:
    """The deliveryStatus of a submission that was just made."""
    return {address: status(_WAITING, "queued") for address in addresses}


def given_up(addresses: Iterable[str]) -> dict[str, JSON]:
    """That of one that was canceled: nobody gets it."""
    return {address: status(_CANCELED, "no") for address in addresses}


def status(reply: str, delivered: str, displayed: JSON = "unknown") -> dict[str, JSON]:
    """The DeliveryStatus of one recipient."""
    if delivered not in DELIVERED:
        raise ValueError(f"delivered cannot be {delivered!r}")
    return {"smtpReply": reply_line(reply), "delivered": delivered, "displayed": displayed}


def reply_line(reply: str) -> str:
    """A reply of any number of lines as one (section 7, "smtpReply"), no longer than 2,000 characters.

    The hyphen after the code becomes a space, and what a line begins with as the first one does is left out.
    """
    lines = [line for line in re.split(r"\r\n|\r|\n", reply) if line]
    if not lines:
        return ""
    spoken = [_spaced(line) for line in lines]
    first = spoken[0]
    said = [first, *(line[_common_words(first, line) :] for line in spoken[1:])]
    return " ".join(part for part in said if part)[:_LONGEST_REPLY]


def _spaced(line: str) -> str:
    found = _REPLY_LINE.fullmatch(line)
    return line if found is None else f"{found['code']} {found['rest'] or ''}".rstrip()


def _common_words(first: str, line: str) -> int:
    """How many characters a line has in common with the first at its begin: the codes, as far as they are the same."""
    length = 0
    while length < min(len(first), len(line)) and first[length] == line[length]:
        length += 1
    # Half a word in common is chance.
    return length if length == len(line) else line.rfind(" ", 0, length) + 1
