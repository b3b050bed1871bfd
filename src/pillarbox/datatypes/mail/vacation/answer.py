"""The answer itself, as a message (RFC 3834 section 3, RFC 5230 section 5); pure."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from pillarbox.datatypes.mail.vacation.declaration import VacationResponse
from pillarbox.wire.message import Form, Leaf, Multi, Unwritable, compose, encoded, html_text
from pillarbox.wire.values import JSON, utc_date

__all__ = ["Wording", "answer"]

_LONGEST_SUBJECT = 200
_MOST_REFERENCES = 20
_BODY = "This is an automatic answer. Your message has arrived, but it may be some time before it is read."


@dataclass(frozen=True, slots=True)
class Wording:
    """What subjects begin with, and the subject of answers to messages without one."""

    prefix: str = "Auto: "
    subject: str = "Automated reply"


def answer(
    told: VacationResponse,
    to: str,
    by: Mapping[str, str | None],
    original: Mapping[str, JSON],
    wording: Wording,
    now: datetime,
    token: Callable[[], str],
) -> bytes | None:
    """The message that answers another one; None if it cannot be written to that address.

    `by` is who answers, as an EmailAddress; `original` has the properties of the message that is answered.
    """
    domain = (by["email"] or "").rpartition("@")[2]
    try:
        fields = [
            ("From", encoded("From", Form.ADDRESSES, [dict(by)])),
            ("To", encoded("To", Form.ADDRESSES, [{"name": None, "email": to}])),
            ("Subject", encoded("Subject", Form.TEXT, _subject(told, original, wording))),
            ("Date", encoded("Date", Form.DATE, utc_date(now))),
            ("Message-ID", encoded("Message-ID", Form.MESSAGE_IDS, [f"{token()}@{domain}"])),
            ("Auto-Submitted", " auto-replied"),
            *_references(original),
        ]
        return compose(fields, _body(told), token)
    except Unwritable:
        return None


def _subject(told: VacationResponse, original: Mapping[str, JSON], wording: Wording) -> str:
    """That which the user wants, or one that follows from the original's (RFC 5230 section 5.3)."""
    if told.subject:
        return told.subject
    theirs = _line(str(original["subject"] or ""))
    return _line(f"{wording.prefix}{theirs}" if theirs else wording.subject)


def _line(text: str) -> str:
    """The text on one line, not too long, without what has no place in a header field."""
    known = "".join(" " if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") else one for one in text)
    return " ".join(known[:_LONGEST_SUBJECT].split())


def _references(original: Mapping[str, JSON]) -> Iterator[tuple[str, str]]:
    """In-Reply-To and References (RFC 5322 section 3.6.4), if the original has a Message-ID that can be written."""
    own, parents, references = (
        cast("list[str]", original[name] or []) for name in ("messageId", "inReplyTo", "references")
    )
    if not own:
        return
    before = references or (parents if len(parents) == 1 else [])
    # The first is the root of the thread, the last are the messages nearest.
    kept = before if len(before) <= _MOST_REFERENCES else [before[0], *before[-_MOST_REFERENCES:]]
    for name, ids in (("In-Reply-To", own[:1]), ("References", [*kept, own[0]])):
        try:
            yield name, encoded(name, Form.MESSAGE_IDS, ids)
        except Unwritable:
            continue


def _body(told: VacationResponse) -> Leaf | Multi:
    """Text, or text and HTML; that of neither is the server's (RFC 8621 section 8)."""
    if told.html_body is None:
        return _text(_BODY if told.text_body is None else told.text_body)
    text = html_text(told.html_body) if told.text_body is None else told.text_body
    html = Leaf("text/html", told.html_body.encode(), is_text=True)
    return Multi("alternative", (_text(text.strip() or _BODY), html))


def _text(text: str) -> Leaf:
    return Leaf("text/plain", f"{text.rstrip()}\n".encode(), is_text=True)
