"""Header fields from the properties that stand for them (RFC 8621 sections 4.1.3 and 4.6)."""

from collections.abc import Iterator, Mapping
from typing import cast

from pillarbox.datatypes.mail.email.creation.sent import Place, Sent
from pillarbox.datatypes.mail.email.header import CONVENIENT, HeaderName, header_name
from pillarbox.datatypes.mail.email.record import Email
from pillarbox.objects import Call
from pillarbox.wire.message import Form, Unwritable, encoded, may_have
from pillarbox.wire.values import JSON, utc_date

__all__ = ["Field", "email_fields", "fields_named", "generated", "part_fields"]

Field = tuple[str, str]
"""A name, and a value as `wire.message.encoded` gives it."""

_OTHERS = frozenset(
    ("mailboxIds", "keywords", "receivedAt", "bodyStructure", "textBody", "htmlBody", "attachments", "bodyValues")
)
_DESCRIBES_MESSAGE = "describes a body part, and belongs there"
_IS_OURS = "is the server's to choose"


def email_fields(sent: Sent) -> Iterator[Field]:
    """The fields that properties of the Email stand for, in the order they were sent."""
    seen: dict[str, str] = {}
    for name, value in sent.properties.items():
        place = Place(name)
        asked = _asked(sent, name, place) if name not in _OTHERS else None
        if asked is None:
            continue
        field = asked.field.lower()
        if field.startswith("content-") or field == "mime-version":
            sent.wrong(place, _DESCRIBES_MESSAGE if field != "mime-version" else _IS_OURS)
        elif not _is_twice(sent, seen, asked, name, place):
            yield from _written(sent, asked, value, place)


def part_fields(sent: Sent, part: Mapping[str, JSON], place: Place, taken: Mapping[str, str]) -> Iterator[Field]:
    """The fields that `header:` properties of a body part stand for; `taken` are those that another stands for."""
    seen = dict(taken)
    for name, value in part.items():
        if not name.startswith("header:"):
            continue
        asked = _asked(sent, name, place / name)
        if asked is None:
            continue
        if asked.field.lower() in ("content-transfer-encoding", "mime-version"):
            sent.wrong(place / name, _IS_OURS)
        elif not _is_twice(sent, seen, asked, name, place / name):
            yield from _written(sent, asked, value, place / name)


def fields_named(properties: Mapping[str, JSON]) -> Mapping[str, str]:
    """The properties that stand for a header field of the message, by its lower-case name."""
    asked = ((name, _header(name)) for name in properties)
    return {one.field.lower(): name for name, one in asked if one is not None}


def generated(call: Call[Email], given: list[Field]) -> Iterator[Field]:
    """Message-ID and Date, where the client gave none (section 4.6)."""
    names = {name.lower() for name, _ in given}
    if "message-id" not in names:
        yield "Message-ID", _message_id(call)
    if "date" not in names:
        yield "Date", encoded("Date", Form.DATE, utc_date(call.context.now))


def _message_id(call: Call[Email]) -> str:
    domain = call.grant.name.rpartition("@")[2]
    # The name of an account is for people: it need not end in a domain, or not in one that is ASCII.
    right = domain if domain.isascii() and " " not in domain else "localhost"
    return encoded("Message-ID", Form.MESSAGE_IDS, [f"{call.context.token()}@{right}"])


def _header(name: str) -> HeaderName | None:
    if name in CONVENIENT:
        field, form = CONVENIENT[name]
        return HeaderName(field, form, all=False)
    return header_name(name)


def _asked(sent: Sent, name: str, place: Place) -> HeaderName | None:
    """The field and form that a property stands for; wrong, and None, if it stands for none that can be given."""
    asked = _header(name)
    if asked is None:
        known = name in Email.properties or name == "id"
        sent.wrong(place, "is set by the server" if known else "no such property")
    elif not may_have(asked.field, asked.form):
        sent.wrong(place, f"cannot be given {asked.form.value}")
        return None
    return asked


def _is_twice(sent: Sent, seen: dict[str, str], asked: HeaderName, name: str, place: Place) -> bool:
    other = seen.setdefault(asked.field.lower(), name)
    if other == name:
        return False
    sent.wrong(place, f"stands for the same header field as {other[:64]}")
    return True


def _written(sent: Sent, asked: HeaderName, value: JSON, place: Place) -> Iterator[Field]:
    if value is None:
        return
    if asked.all and not isinstance(value, list):
        sent.wrong(place, "must be a list, one item a header field")
        return
    for one in cast("list[JSON]", value) if asked.all else [value]:
        try:
            text = encoded(asked.field, asked.form, one)
        except Unwritable as problem:
            sent.wrong(place, str(problem))
            return
        # A list of nothing is no header field, but an empty Subject is one.
        if text or asked.form in (Form.RAW, Form.TEXT):
            yield asked.field, text
