"""Header fields by name and form: `header:{name}:as{form}:all` (RFC 8621 section 4.1.3)."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from pillarbox.objects import MethodError, Pattern, Seen
from pillarbox.wire.message import Form, may_have, parsed
from pillarbox.wire.values import JSON

__all__ = ["CONVENIENT", "HEADERS", "HeaderName", "header_name", "header_value"]

_MAX_ITEMS = 10_000
"""More addresses or message ids of one field are not told. Lists of messages show them: a few megabytes of `a@b,a@b` in
one message would make every list with it slow, and real lists of recipients are shorter."""

_NAME = re.compile(r"header:([!-9;-~]+)(:as[A-Za-z]+)?(:all)?")
_FORMS = {form.value: form for form in Form}

CONVENIENT: Mapping[str, tuple[str, Form]] = {
    "messageId": ("Message-ID", Form.MESSAGE_IDS),
    "inReplyTo": ("In-Reply-To", Form.MESSAGE_IDS),
    "references": ("References", Form.MESSAGE_IDS),
    "sender": ("Sender", Form.ADDRESSES),
    "from": ("From", Form.ADDRESSES),
    "to": ("To", Form.ADDRESSES),
    "cc": ("Cc", Form.ADDRESSES),
    "bcc": ("Bcc", Form.ADDRESSES),
    "replyTo": ("Reply-To", Form.ADDRESSES),
    "subject": ("Subject", Form.TEXT),
    "sentAt": ("Date", Form.DATE),
}
"""Properties that stand for a header field in a form."""


@dataclass(frozen=True, slots=True)
class HeaderName:
    """What a `header:` property asks for: a field, as written, in a form; the last one, or all."""

    field: str
    form: Form
    all: bool


def header_name(name: str) -> HeaderName | None:
    """What the name of a property asks for; None if it is no such name or has a form that does not exist."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    form = _FORMS.get(found[2][1:]) if found[2] else Form.RAW
    # `:asRaw` can be written, and means the same as nothing.
    return HeaderName(found[1], form, all=found[3] is not None) if form is not None else None


def header_value(asked: HeaderName, headers: Iterable[Mapping[str, str]]) -> JSON:
    """The field's value in the form; null, or an empty list for `:all`, where the message has none such."""
    field = asked.field.lower()
    values = [header["value"] for header in headers if header["name"].lower() == field]
    if asked.all:
        return [_parsed(asked.form, value) for value in values]
    return _parsed(asked.form, values[-1]) if values else None


def _parsed(form: Form, value: str) -> JSON:
    # What `parsed` gives is JSON.
    told = cast("JSON", parsed(form, value))
    return told[:_MAX_ITEMS] if isinstance(told, list) else told


def _value(name: str) -> Callable[[Any], JSON]:
    asked = header_name(name)
    if asked is None:
        raise MethodError("invalidArguments", f"{name[:64]!r} names no header field in a form that exists")
    if not may_have(asked.field, asked.form):
        raise MethodError("invalidArguments", f"{asked.field[:64]} cannot be had {asked.form.value}")

    def value(seen: Seen) -> JSON:
        return header_value(asked, cast("list[Mapping[str, str]]", seen.apart["headers"]))

    return value


HEADERS = Pattern(matches=lambda name: name.startswith("header:"), value=_value)
