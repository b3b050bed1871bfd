"""Envelopes: given by the client, or made of the Email (RFC 8621 section 7, "envelope")."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import cast

from pillarbox.datatypes.mail.submission.parameters import (
    BadParameter,
    MailParameters,
    mail_parameters,
    recipient_parameters,
)
from pillarbox.datatypes.queue import Recipient
from pillarbox.objects import Limits
from pillarbox.wire.values import JSON

__all__ = ["BadEnvelope", "Envelope", "given", "is_mailbox", "made"]

_BEYOND = "\u00a1-\u2027\u202a-\ud7ff\ue000-\U0010ffff"
# A dot may stand anywhere: some providers gave out addresses like `alice.@` and `a..b@`, and their mail is mail.
_MAILBOX = (
    rf"""(?:[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.\-{_BEYOND}]+|"(?:[ !#-\[\]-~{_BEYOND}]|\\[ -~])*")@"""
    rf"(?:(?P<domain>[A-Za-z0-9_\-{_BEYOND}]+(?:\.[A-Za-z0-9_\-{_BEYOND}]+)*)|\[[!-Z^-~]+\])"
)
_LONGEST = 254
"""Octets: a path has 256 with its brackets (RFC 5321 section 4.5.3.1.3)."""
_LONGEST_LABEL = 63


class BadEnvelope(Exception):
    """An envelope that is malformed; the message says in what."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends, to whom: `document` is told to clients, the rest goes out. Recipients are those that differ."""

    document: Mapping[str, JSON]
    sender: str
    mail: MailParameters
    recipients: tuple[Recipient, ...]

    @property
    def invalid(self) -> list[str]:
        """The recipients that are no addresses to send to."""
        return [one.address for one in self.recipients if not is_mailbox(one.address)]


def is_mailbox(text: str) -> bool:
    """Whether this is a Mailbox as commands of SMTP take it (RFC 5321 section 4.1.2, RFC 6531 section 3.3)."""
    found = _mailbox().fullmatch(text)
    if found is None or len(text.encode()) > _LONGEST:
        return False
    return all(len(label) <= _LONGEST_LABEL for label in (found["domain"] or "").split("."))


@cache
def _mailbox() -> re.Pattern[str]:
    """Compiled when it is first asked for: that takes longer than to load most modules."""
    return re.compile(_MAILBOX)


def given(value: Mapping[str, JSON], limits: Limits, now: datetime) -> Envelope:
    """The envelope that a client sent. Raises BadEnvelope. Whether its addresses are any is for the caller to see."""
    if value.keys() != {"mailFrom", "rcptTo"}:
        raise BadEnvelope("must have mailFrom and rcptTo, and nothing else")
    sender, named = _address(value["mailFrom"], "mailFrom")
    told: list[JSON] = []
    recipients: list[Recipient] = []
    if not isinstance(value["rcptTo"], list):
        raise BadEnvelope("rcptTo must be Address[]")
    for one in cast("list[JSON]", value["rcptTo"]):
        address, parameters = _address(one, "rcptTo")
        told.append({"email": address, "parameters": parameters})
        try:
            recipients.append(Recipient(address, recipient_parameters(parameters or {})))
        except BadParameter as problem:
            raise BadEnvelope(str(problem)) from None
    try:
        mail = mail_parameters(named or {}, limits, now)
    except BadParameter as problem:
        raise BadEnvelope(str(problem)) from None
    if sender and not is_mailbox(sender):
        raise BadEnvelope("mailFrom is no address")
    document: dict[str, JSON] = {"mailFrom": {"email": sender, "parameters": named}, "rcptTo": told}
    return Envelope(document, sender, mail, _different(recipients))


def made(sender: str, addresses: Iterable[str]) -> Envelope:
    """The envelope of an Email that a client gave none for: no address twice, and no parameters."""
    recipients = _different(Recipient(address) for address in addresses)
    document: dict[str, JSON] = {
        "mailFrom": {"email": sender, "parameters": None},
        "rcptTo": [{"email": one.address, "parameters": None} for one in recipients],
    }
    return Envelope(document, sender, MailParameters(), recipients)


def _address(value: JSON, where: str) -> tuple[str, Mapping[str, JSON] | None]:
    if not isinstance(value, dict) or not value.keys() <= {"email", "parameters"}:
        raise BadEnvelope(f"{where} must be an Address: an email and parameters, and nothing else")
    email, parameters = value.get("email"), value.get("parameters")
    if not isinstance(email, str):
        raise BadEnvelope(f"{where}: email must be String")
    if parameters is not None and not isinstance(parameters, dict):
        raise BadEnvelope(f"{where}: parameters must be Object|null")
    return email, parameters


def _different(recipients: Iterable[Recipient]) -> tuple[Recipient, ...]:
    """Each address once, where it stands first; domains mean the same in any case of letters, local parts need not."""
    found: dict[tuple[str, str], Recipient] = {}
    for one in recipients:
        local, _, domain = one.address.rpartition("@")
        found.setdefault((local, domain.lower()), one)
    return tuple(found.values())
