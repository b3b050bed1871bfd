"""The parsed forms of header fields, and which field may have which (RFC 8621 section 4.1.2)."""

import re
from collections.abc import Callable
from enum import Enum

from pillarbox.wire.message.address import EmailAddress, EmailAddressGroup, addresses, grouped_addresses
from pillarbox.wire.message.comment import comment_end, without_comments
from pillarbox.wire.message.date import date
from pillarbox.wire.message.encoded import from_japanese, normal, unfolded, with_words

ParsedForm = str | list[str] | list[EmailAddress] | list[EmailAddressGroup] | None
"""What a form gives, as on the wire."""


class Form(Enum):
    """A form, by the suffix that asks for it (RFC 8621 section 4.1.3)."""

    RAW = "asRaw"
    TEXT = "asText"
    ADDRESSES = "asAddresses"
    GROUPED = "asGroupedAddresses"
    MESSAGE_IDS = "asMessageIds"
    DATE = "asDate"
    URLS = "asURLs"


def may_have(field_name: str, form: Form) -> bool:
    """Whether a header field may be fetched or set in a form.

    Fields that neither RFC 5322 nor RFC 2369 defines may have every form, List-Id among them.
    """
    if form is Form.RAW:
        return True
    forms = _FORMS.get(field_name.lower())
    return forms is None or form in forms


def parsed(form: Form, value: str) -> ParsedForm:
    """A field's value in a form, from its Raw form."""
    return _PARSERS[form](value)


def text(value: str) -> str:
    """The Text form (section 4.1.2.2)."""
    return normal(with_words(unfolded(from_japanese(value)).lstrip(" ")))


def message_ids(value: str) -> list[str] | None:
    """The MessageIds form (section 4.1.2.5): ids without brackets and white space, None if there is none.

    Phrases between the ids are obsolete syntax and skipped (RFC 5322 section 4.5.4).
    """
    return [kept for found in _bracketed(value) if (kept := _SPACE.sub("", without_comments(found)))] or None


def urls(value: str) -> list[str] | None:
    """The URLs form (section 4.1.2.7, RFC 2369 section 2), None if there is none."""
    return [kept for found in _bracketed(value) if (kept := _SPACE.sub("", found))] or None


_TEXT = frozenset({Form.TEXT})
_ADDRESSES = frozenset({Form.ADDRESSES, Form.GROUPED})
_MESSAGE_IDS = frozenset({Form.MESSAGE_IDS})
_DATE = frozenset({Form.DATE})
_URLS = frozenset({Form.URLS})
_NONE: frozenset[Form] = frozenset()

_FORMS = {
    "bcc": _ADDRESSES,
    "cc": _ADDRESSES,
    "comments": _TEXT,
    "date": _DATE,
    "from": _ADDRESSES,
    "in-reply-to": _MESSAGE_IDS,
    "keywords": _TEXT,
    "list-archive": _URLS,
    "list-help": _URLS,
    "list-owner": _URLS,
    "list-post": _URLS,
    "list-subscribe": _URLS,
    "list-unsubscribe": _URLS,
    "message-id": _MESSAGE_IDS,
    "received": _NONE,
    "references": _MESSAGE_IDS,
    "reply-to": _ADDRESSES,
    "resent-bcc": _ADDRESSES,
    "resent-cc": _ADDRESSES,
    "resent-date": _DATE,
    "resent-from": _ADDRESSES,
    "resent-message-id": _MESSAGE_IDS,
    "resent-reply-to": _ADDRESSES,
    "resent-sender": _ADDRESSES,
    "resent-to": _ADDRESSES,
    "return-path": _NONE,
    "sender": _ADDRESSES,
    "subject": _TEXT,
    "to": _ADDRESSES,
}
"""The fields of RFC 5322 and RFC 2369, and their forms but Raw."""

_PARSERS: dict[Form, Callable[[str], ParsedForm]] = {
    Form.RAW: str,
    Form.TEXT: text,
    Form.ADDRESSES: addresses,
    Form.GROUPED: grouped_addresses,
    Form.MESSAGE_IDS: message_ids,
    Form.DATE: date,
    Form.URLS: urls,
}

_BRACKETS = re.compile(r"<([^<>]*+)>|\(")
_SPACE = re.compile(r"\s+")


def _bracketed(value: str) -> list[str]:
    """What stands in angle brackets outside of comments."""
    found = []
    position = 0
    may_comment = True
    while match := _BRACKETS.search(value, position):
        position = match.end()
        if match[1] is None:
            end = comment_end(value, match.start()) if may_comment else -1
            may_comment = end >= 0
            position = max(position, end)
        else:
            found.append(match[1])
    return found
