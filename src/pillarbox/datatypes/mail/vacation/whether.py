"""Which messages are answered automatically, and which never are (RFC 3834 section 2, RFC 5230 section 4); pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import cast

from pillarbox.access import BadAddress, normal
from pillarbox.wire.message import Form, parsed

__all__ = ["addressed_as", "bare", "may_be_answered"]

_DAEMONS = frozenset(
    (
        *("mailer-daemon", "daemon", "listserv", "majordomo", "listproc", "mailman"),
        *("noreply", "no-reply", "donotreply", "do-not-reply"),
    )
)
_LIST_OR_BOUNCE = re.compile(r"(owner|bounces?)[-+=].*|.*-(request|owner|bounces?)(\+.*)?", re.DOTALL)
"""Addresses reserved for software that sends to many (RFC 5230 section 4.6)."""
_TO = frozenset(("to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc"))
_MASS = frozenset(("bulk", "list", "junk"))
_MAX_FIELDS = 50
_MAX_FIELD = 64 * 1024
"""Header fields of recipients that are looked at, and characters of each: an account is locked meanwhile."""


def bare(address: str) -> str | None:
    """An address as it is compared: in its normal form, without what follows a plus; None for none."""
    try:
        local, _, domain = normal(address).rpartition("@")
    except BadAddress:
        return None
    return f"{local.partition('+')[0] or local}@{domain}"


def may_be_answered(sender: str, headers: Iterable[Mapping[str, str]], own: Collection[str]) -> bool:
    """Whether the one whose reverse-path this is may be sent an answer to a message with these header fields.

    Not if nobody is there: an empty reverse-path, an address of software, the account itself (`own`, as `bare` gives
    them); and not if software wrote it, if it came over a list or to many, or was found to be spam.
    """
    to = bare(sender)
    if to is None or to in own:
        return False
    local = sender.rpartition("@")[0].strip().lower()
    if to.rpartition("@")[0] in _DAEMONS or _LIST_OR_BOUNCE.fullmatch(local):
        return False
    return not any(_is_no_letter(field["name"].lower(), field["value"].lower()) for field in headers)


def addressed_as(headers: Iterable[Mapping[str, str]], own: Collection[str]) -> str | None:
    """Which of the account's own addresses the message was written to, as `bare` gives it (RFC 5230 section 4.5).

    None if its recipients' fields name none: then it came over a list or an alias, or as a blind copy.
    """
    return next((address for address in _recipients(headers) if address in own), None)


def _is_no_letter(name: str, value: str) -> bool:
    """Whether the field, in lower case, says that no person wrote this to one other."""
    words = re.split(r"[\s;(,]+", value.strip())
    match name:
        case "auto-submitted":
            return words[0] != "no"
        case "precedence":
            return words[0] in _MASS
        case "x-auto-response-suppress":
            return bool({"all", "oof", "autoreply"}.intersection(words))
        case "x-spam-flag":
            return words[0] == "yes"
        case "content-type":
            return words[0] == "multipart/report"
    return name.startswith("list-")


def _recipients(headers: Iterable[Mapping[str, str]]) -> Iterator[str]:
    fields = [field["value"] for field in headers if field["name"].lower() in _TO]
    for value in fields[:_MAX_FIELDS]:
        # What `parsed` gives in this form is a list of addresses.
        for one in cast("list[Mapping[str, str]]", parsed(Form.ADDRESSES, value[:_MAX_FIELD]) or []):
            address = bare(one["email"])
            if address is not None:
                yield address
