"""An MDN object as a client sends it, checked (RFC 9007 section 2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from pillarbox.datatypes.mail.identity import Identity, may_send_as
from pillarbox.datatypes.mail.submission import Letter
from pillarbox.objects import BOOLEAN, STRING, Call, Refused, SetError, invalid, map_of, merged, nullable
from pillarbox.wire.message import ACTION_MODES, DISPOSITIONS, SENDING_MODES, Notification
from pillarbox.wire.values import JSON

__all__ = ["Wanted", "wanted"]

_OURS = ("mdnGateway", "originalRecipient", "originalMessageId", "error")
_TEXTS = ("subject", "textBody", "reportingUA", "finalRecipient")
_KNOWN = frozenset((*_OURS, *_TEXTS, "forEmailId", "includeOriginalMessage", "disposition", "extensionFields"))
_MODES = {"actionMode": ACTION_MODES, "sendingMode": SENDING_MODES, "type": DISPOSITIONS}
_LINE = re.compile(r"[\x20-\x7e]{0,900}")
"""RFC 8098 section 3.1: US-ASCII, one line."""
_FIELD = re.compile(r"[!-9;-~]{1,70}")
_ADDRESS = re.compile(r"(?:\s*rfc822\s*;)?\s*(\S+)\s*", re.IGNORECASE)
_RESERVED = frozenset(
    (
        *("reporting-ua", "mdn-gateway", "original-recipient", "final-recipient"),
        *("original-message-id", "disposition", "error"),
    )
)
_MOST_TEXT = 64 * 1024
_MOST_EXTENSIONS = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be sent; `given` are the names of what the client said."""

    email_id: str
    subject: str | None
    text: str | None
    with_original: bool
    final_recipient: str
    modes: tuple[str, str, str]
    reporting_ua: str | None
    extensions: Mapping[str, str]
    given: frozenset[str]

    def about(self, original: Letter) -> Notification:
        """The notification about a message (RFC 8098 section 3.2)."""
        recipients = [one["value"].strip() for one in original.headers if one["name"].lower() == "original-recipient"]
        # Of several "the MUA may act as if no field is present"; one that is no line of ASCII would not be one.
        has_one = len(recipients) == 1 and _LINE.fullmatch(recipients[0])
        ids = original.email.message_id or []
        return Notification(
            self.final_recipient,
            *self.modes,
            reporting_ua=self.reporting_ua,
            original_recipient=recipients[0] if has_one else None,
            original_message_id=f"<{ids[0]}>" if ids and _LINE.fullmatch(ids[0]) else None,
            extensions=self.extensions,
        )

    def told_subject(self, original: Letter) -> str:
        """The subject, or one of the server's."""
        return self.subject if self.subject is not None else f"Read receipt for: {original.email.subject or ''}"[:500]

    def told_text(self) -> str:
        """What it says to people."""
        if self.text is not None:
            return self.text
        return f"Your message was {self.modes[2]}. There is no guarantee that it has been read or understood."

    def not_set(self, original: Letter) -> dict[str, JSON]:
        """The properties that the client did not set."""
        about = self.about(original)
        every: dict[str, JSON] = {
            "subject": self.told_subject(original),
            "textBody": self.told_text(),
            "includeOriginalMessage": self.with_original,
            "reportingUA": self.reporting_ua,
            "mdnGateway": None,
            "originalRecipient": about.original_recipient,
            "finalRecipient": about.final_recipient,
            "originalMessageId": about.original_message_id,
            "error": None,
            "extensionFields": dict(self.extensions) or None,
        }
        return {name: value for name, value in every.items() if name not in self.given}


def wanted(call: Call[Any], identity: Identity, mdn: Mapping[str, JSON]) -> Wanted:
    """What an MDN object asks for. Raises Refused: invalidProperties with all that is wrong, or forbiddenFrom."""
    errors = [invalid(name[:64], "no such property") for name in mdn if name not in _KNOWN]
    errors += [invalid(name, "is set by the server") for name in _OURS if mdn.get(name) is not None]
    email_id = mdn.get("forEmailId")
    if not isinstance(email_id, str):
        errors.append(invalid("forEmailId", "is required"))
    errors += [invalid(name, "must be String|null") for name in _TEXTS if not nullable(STRING).holds(mdn.get(name))]
    texts = {name: mdn[name] for name in _TEXTS if isinstance(mdn.get(name), str)}
    for name, value in texts.items():
        if name in ("reportingUA", "finalRecipient") and not _LINE.fullmatch(str(value)):
            errors.append(invalid(name, "must be one line of ASCII"))
        elif len(str(value)) > _MOST_TEXT:
            errors.append(invalid(name, f"must not be longer than {_MOST_TEXT} characters"))
    with_original = mdn.get("includeOriginalMessage", False)
    if not BOOLEAN.holds(with_original):
        errors.append(invalid("includeOriginalMessage", "must be Boolean"))
    disposition = mdn.get("disposition")
    if (
        not isinstance(disposition, dict)
        or set(disposition) != set(_MODES)
        or any(disposition[name] not in allowed for name, allowed in _MODES.items())
    ):
        errors.append(invalid("disposition", "must be a Disposition"))
    extensions = mdn.get("extensionFields")
    if not nullable(map_of(STRING, STRING)).holds(extensions) or not _can_be_fields(extensions):
        errors.append(invalid("extensionFields", "must be String[String]|null, of lines that such fields can have"))
    error = merged(errors)
    if error is not None:
        raise Refused(error)
    # All of these were just checked.
    modes = cast("Mapping[str, str]", disposition)
    return Wanted(
        email_id=str(email_id),
        subject=cast("str | None", mdn.get("subject")),
        text=cast("str | None", mdn.get("textBody")),
        with_original=bool(with_original),
        final_recipient=_final_recipient(call, identity, cast("str | None", mdn.get("finalRecipient"))),
        modes=(modes["actionMode"], modes["sendingMode"], modes["type"]),
        reporting_ua=cast("str | None", mdn.get("reportingUA")),
        extensions=cast("Mapping[str, str]", extensions or {}),
        given=frozenset(name for name, value in mdn.items() if value is not None),
    )


def _can_be_fields(extensions: JSON) -> bool:
    fields = cast("Mapping[str, str]", extensions or {})
    return len(fields) <= _MOST_EXTENSIONS and all(
        _FIELD.fullmatch(name) and name.lower() not in _RESERVED and _LINE.fullmatch(value)
        for name, value in fields.items()
    )


def _final_recipient(call: Call[Any], identity: Identity, given: str | None) -> str:
    """For whom it is sent: the Identity, or another address of the account. Raises Refused."""
    if given is None:
        return f"rfc822; {identity.email}"
    found = _ADDRESS.fullmatch(given)
    if found is None or not may_send_as(call, found[1]):
        raise Refused(SetError("forbiddenFrom", ("finalRecipient",), "it is no address of the account"))
    return f"rfc822; {found[1]}"
