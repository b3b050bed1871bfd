"""The message that a notification is (RFC 8098 section 3)."""

from typing import Any

from pillarbox.datatypes.core import located
from pillarbox.datatypes.mail.identity import Identity
from pillarbox.datatypes.mail.mdn.asked import Wanted
from pillarbox.datatypes.mail.submission import Letter
from pillarbox.objects import Call
from pillarbox.wire.message import Form, Leaf, Multi, compose, encoded, notification_fields
from pillarbox.wire.values import utc_date

__all__ = ["letter"]


def letter(call: Call[Any], identity: Identity, asked: Wanted, original: Letter, recipients: list[str]) -> bytes:
    """The message, to whoever asked for it. Raises Unwritable for what has no place in one."""
    about = asked.about(original)
    to = [{"name": None, "email": address} for address in recipients]
    domain = identity.email.rpartition("@")[2]
    fields = [
        ("From", encoded("From", Form.ADDRESSES, [{"name": identity.name or None, "email": identity.email}])),
        ("To", encoded("To", Form.ADDRESSES, to)),
        ("Subject", encoded("Subject", Form.TEXT, asked.told_subject(original))),
        ("Date", encoded("Date", Form.DATE, utc_date(call.context.now))),
        ("Message-ID", encoded("Message-ID", Form.MESSAGE_IDS, [f"{call.context.token()}@{domain}"])),
    ]
    if about.sending_mode == "mdn-sent-automatically":
        # RFC 3834 section 5: nobody wrote this.
        fields.append(("Auto-Submitted", " auto-replied"))
    parts = [
        Leaf("text/plain", f"{asked.told_text().rstrip()}\n".encode(), is_text=True),
        Leaf("message/disposition-notification", notification_fields(about), is_text=True),
    ]
    octets = located(call.unit, original.email.blob_id) if asked.with_original else None
    if octets is not None:
        parts.append(Leaf("message/rfc822", octets.read(call.unit), is_text=False))
    return compose(
        fields,
        Multi("report", tuple(parts), parameters=(("report-type", "disposition-notification"),)),
        call.context.token,
    )
