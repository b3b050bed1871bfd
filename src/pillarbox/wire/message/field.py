"""Header fields' values from the forms of JMAP (RFC 5322 section 3; RFC 8621 section 4.1.2)."""

import re
from collections.abc import Callable
from datetime import datetime

from pillarbox.wire.message.address import addresses
from pillarbox.wire.message.folding import Lines, Unwritable, checked_text, is_plain_phrase, phrase, unstructured
from pillarbox.wire.message.form import Form


def encoded(name: str, form: Form, value: object) -> str:
    """The text to put behind "Name:"; it begins with a space and is folded to 78 columns where possible.

    What it gives, `parsed` reads as the same value, in Normalization Form C. In the Raw form it is
    the value as it is. An empty text and an empty list give an empty text.

    Raises Unwritable if the name is none, or the value is not of the form's shape, holds a control
    character, or something that would be read as another value.
    """
    checked_name(name)
    text = _WRITERS[form](value, len(name) + 1)
    if any(len(line) > LINE_LIMIT for line in f"{name}:{text}".encode().split(b"\r\n")):
        raise Unwritable("a line is too long")
    return text


LINE_LIMIT = 998
"""Octets of a line without its CRLF (RFC 5322 section 2.1.1)."""

_NAME = re.compile("[!-9;-~]{1,200}")
_RAW = re.compile("(?:[^\0-\x08\x0a-\x1f\x7f\ud800-\udfff]|\r\n(?=[ \t]+[^ \t\r\n]))*+")
_PLAIN_ADDRESS = re.compile(r"[^\s\"(),:;<>@\[\]\\]+@[^\s\"(),:;<>@\[\]\\]+")
_MESSAGE_ID = re.compile("[^\0- \x7f-\xa0<>\ud800-\udfff]+")
_URL = re.compile("[!-;=?-~]+")
_DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def checked_name(name: str) -> str:
    """The name of a field, of a length that leaves room for a value (section 2.2).

    Raises Unwritable for anything else.
    """
    if not _NAME.fullmatch(name):
        raise Unwritable("not a field's name")
    return name


def checked_raw(value: object) -> str:
    """A value that ends where it says: a line end in it is a fold (RFC 5322 section 2.2.3).

    Raises Unwritable for anything else.
    """
    if not isinstance(value, str):
        raise Unwritable("not a text")
    if not _RAW.fullmatch(value):
        raise Unwritable("a control character, or a line end that is no fold")
    return value


def _raw(value: object, _column: int) -> str:
    return checked_raw(value)


def _text(value: object, column: int) -> str:
    return unstructured(checked_text(value), column)


def _addresses(value: object, column: int) -> str:
    lines = Lines(column)
    _add_mailboxes(lines, _items(value), "")
    return lines.text()


def _groups(value: object, column: int) -> str:
    """Groups, and mailboxes that are in none (RFC 5322 section 3.4)."""
    lines = Lines(column)
    groups = _items(value)
    for number, group in enumerate(groups, start=1):
        if not isinstance(group, dict) or not {"addresses"} <= group.keys() <= {"name", "addresses"}:
            raise Unwritable("not a group of addresses")
        comma = "," if number < len(groups) else ""
        mailboxes = _items(group["addresses"])
        if group.get("name") is None:
            _add_mailboxes(lines, mailboxes, comma)
            continue
        name = checked_text(group["name"]).strip()
        if not name:
            raise Unwritable("a group without a name")
        colon = ":" if is_plain_phrase(name) else " :"
        end = ";" + comma
        lines.add(phrase(name, lines.room_column()) + colon + ("" if mailboxes else end))
        _add_mailboxes(lines, mailboxes, end)
    return lines.text()


def _add_mailboxes(lines: Lines, mailboxes: list[object], end: str) -> None:
    """Mailboxes with commas between them and `end` behind the last."""
    for number, mailbox in enumerate(mailboxes, start=1):
        if not isinstance(mailbox, dict) or not {"email"} <= mailbox.keys() <= {"name", "email"}:
            raise Unwritable("not an address")
        email = _email(mailbox["email"])
        name = None if mailbox.get("name") is None else checked_text(mailbox["name"]).strip()
        behind = "," if number < len(mailboxes) else end
        if name:
            lines.add(phrase(name, lines.room_column()))
        lines.add((email if not name and _PLAIN_ADDRESS.fullmatch(email) else f"<{email}>") + behind)


def _email(value: object) -> str:
    """An addr-spec; drafts may hold what is none, but it must be read as one address."""
    email = checked_text(value).strip()
    read = addresses(f"<{email}>")
    if len(read) != 1 or read[0]["name"] is not None or "".join(read[0]["email"].split()) != "".join(email.split()):
        raise Unwritable("an address that is none")
    return email


def _message_ids(value: object, column: int) -> str:
    return _bracketed(value, column, _MESSAGE_ID, "not a message id", "")


def _urls(value: object, column: int) -> str:
    return _bracketed(value, column, _URL, "not a URL", ",")


def _bracketed(value: object, column: int, syntax: re.Pattern[str], problem: str, separator: str) -> str:
    lines = Lines(column)
    items = _items(value)
    for number, item in enumerate(items, start=1):
        if not isinstance(item, str) or not syntax.fullmatch(item):
            raise Unwritable(problem)
        lines.add(f"<{item}>" + (separator if number < len(items) else ""))
    return lines.text()


def _date(value: object, _column: int) -> str:
    """A JMAP Date as a date-time (RFC 5322 section 3.3)."""
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Unwritable("not a date")
    try:
        moment = datetime.fromisoformat(match[1])
    except ValueError as error:
        raise Unwritable("no such day or time") from error
    zone = "+0000" if match[2] == "Z" else match[2].replace(":", "")
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f" {day}, {moment.day} {month} {moment.year:04} {moment:%H:%M:%S} {zone}"


def _items(value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise Unwritable("not a list")
    return list(value)


_WRITERS: dict[Form, Callable[[object, int], str]] = {
    Form.RAW: _raw,
    Form.TEXT: _text,
    Form.ADDRESSES: _addresses,
    Form.GROUPED: _groups,
    Form.MESSAGE_IDS: _message_ids,
    Form.DATE: _date,
    Form.URLS: _urls,
}
