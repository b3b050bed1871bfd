"""A message before it is octets, and the octets of it (RFC 5322, MIME)."""

import email.policy
import email.utils
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Literal, TypeAlias

from pillarbox.sample.paper import Attachment
from pillarbox.sample.people import Person

__all__ = ["Letter", "Place", "Role", "octets"]

Role: TypeAlias = Literal["inbox", "sent", "drafts", "archive", "junk", "trash"]
"""A mailbox every account has, by its role (IANA's IMAP Mailbox Name Attributes, lower case)."""

Place: TypeAlias = tuple[str, ...] | Role
"""A mailbox: by role, or by the path of its names."""


@dataclass(slots=True)
class Letter:
    """What is said, by whom, when, and in what form.

    `message_id` and what `references` names are without angle brackets, oldest first. `pictures` are
    PNGs that the HTML shows by `cid:0`, `cid:1` and so on. With `raw_header` a header stands in UTF-8 as
    it is (RFC 6532), else in encoded words. `charset` and `encoding` are those of the text.
    """

    message_id: str
    sender: Person
    to: tuple[Person, ...]
    when: datetime
    subject: str
    text: str
    place: Place
    cc: tuple[Person, ...] = ()
    html: str = ""
    references: tuple[str, ...] = ()
    pictures: tuple[bytes, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    forwarded: "Letter | None" = None
    fields: tuple[tuple[str, str], ...] = ()
    charset: str = "utf-8"
    encoding: str = "quoted-printable"
    flowed: bool = False
    raw_header: bool = False
    keywords: set[str] = field(default_factory=set)


def octets(letter: Letter) -> bytes:
    """The message, with CRLF line ends; the same letter gives the same octets."""
    message = _message(letter)
    policy = email.policy.SMTPUTF8 if letter.raw_header else email.policy.SMTP
    return message.as_bytes(policy=policy)


def _message(letter: Letter) -> EmailMessage:
    message = EmailMessage(policy=email.policy.SMTPUTF8 if letter.raw_header else email.policy.SMTP)
    message["From"] = _address(letter.sender)
    message["To"] = [_address(person) for person in letter.to]
    if letter.cc:
        message["Cc"] = [_address(person) for person in letter.cc]
    message["Subject"] = letter.subject
    message["Date"] = email.utils.format_datetime(letter.when)
    message["Message-ID"] = f"<{letter.message_id}>"
    if letter.references:
        message["In-Reply-To"] = f"<{letter.references[-1]}>"
        message["References"] = " ".join(f"<{reference}>" for reference in letter.references)
    for name, value in letter.fields:
        message[name] = value
    _fill(message, letter)
    _bound(message, letter.message_id)
    return message


def _fill(message: EmailMessage, letter: Letter) -> None:
    flowed = {"format": "flowed"} if letter.flowed else {}
    message.set_content(letter.text, charset=letter.charset, cte=letter.encoding, params=flowed)
    if letter.html:
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        shown = message.get_payload(1)
        # A multipart/alternative that was just made has its parts as messages.
        assert isinstance(shown, EmailMessage)  # noqa: S101  # for the type checker
        for number, picture in enumerate(letter.pictures):
            name = f"picture-{number + 1}.png"
            shown.add_related(picture, "image", "png", cid=f"<{number}>", filename=name, disposition="inline")
    for attachment in letter.attachments:
        main, _, sub = attachment.media_type.partition("/")
        charset = {"charset": "utf-8"} if main == "text" else {}
        message.add_attachment(attachment.content, main, sub, filename=attachment.name, params=charset)
    if letter.forwarded is not None:
        message.add_attachment(_message(letter.forwarded))


def _bound(message: EmailMessage, seed: str) -> None:
    """Give each multipart a boundary; the library's own would be another in each run."""
    # The "=_" can stand in no quoted-printable or base64 line (RFC 2045 section 6.7).
    for number, part in enumerate(message.walk()):
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            part.set_boundary(f"=_{seed.partition('@')[0]}_{number}")


def _address(person: Person) -> Address:
    return Address(display_name=person.name, addr_spec=person.address)
