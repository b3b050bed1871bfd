"""What the queue tells submissions, and how long they are kept (RFC 8621 section 7)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson

from pillarbox.access import BadAddress, normal
from pillarbox.datatypes.core import whole_id
from pillarbox.datatypes.mail.submission.declaration import EMAIL_SUBMISSION
from pillarbox.datatypes.mail.submission.outcome import status
from pillarbox.datatypes.mail.submission.record import CANCELED, FINAL, PENDING, message_key
from pillarbox.datatypes.mail.submission.reports import let_go
from pillarbox.datatypes.queue import queued
from pillarbox.store import Below, Blob, Equal, Order, Select, Unit, Writing
from pillarbox.wire.message import Fate, Receipt
from pillarbox.wire.values import utc_datetime

__all__ = [
    "cancel_submission",
    "forget_submissions",
    "note_delivery",
    "note_report",
    "release_submission",
    "submissions_until",
]

_KEPT = timedelta(days=30)
"""How long a submission is kept after it was sent; "a server MAY destroy EmailSubmission objects at any time after"."""

_AT_ONCE = 1000
_MOST_REPORTS = 100
_MOST_CANDIDATES = 20
_DELIVERED = {"delivered": "yes", "failed": "no"}
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00Z")


def release_submission(unit: Writing, submission: int) -> None:
    """The message of a submission goes out now, and cannot be stopped any more. Nothing happens if it was destroyed."""
    _decide(unit, submission, FINAL)


def cancel_submission(unit: Writing, submission: int) -> None:
    """The message of a submission was given up before it went out. Nothing happens if the submission was destroyed."""
    _decide(unit, submission, CANCELED)


def note_delivery(unit: Writing, submission: int, told: Mapping[str, tuple[str, str]]) -> None:
    """What became of a message with some recipients: by address, the reply and what `delivered` is now.

    Addresses that the submission does not have are passed over; nothing happens if it was destroyed.
    """
    document = _document(unit, submission)
    if document is None:
        return
    known: Mapping[str, Any] = document["deliveryStatus"] or {}
    now = {
        address: status(*told[address], one["displayed"]) if address in told else one for address, one in known.items()
    }
    if now != known:
        unit.update(EMAIL_SUBMISSION.table, submission, document, {**document, "deliveryStatus": now})


def note_report(unit: Writing, blob: Blob, report: Receipt) -> None:
    """A report that came in, if it is about a message of this account: RFC 8621 section 7, "deliveryStatus".

    The submission keeps it, the first 100 of each kind. A DSN decides what was open, with `delivered` for "yes" and
    `failed` for "no"; an MDN says that the message was displayed. Anybody who has the message can make up either, so
    nothing else is believed of them.
    """
    number = _of_message(unit, report)
    document = None if number is None else _document(unit, number)
    if number is None or document is None:
        return
    name = "dsnBlobIds" if report.is_of_delivery else "mdnBlobIds"
    id_ = whole_id(blob.number)
    kept = document[name]
    if len(kept) < _MOST_REPORTS and id_ not in kept:
        kept = [*kept, id_]
        unit.hold(blob.number)
    known: Mapping[str, Any] = document["deliveryStatus"] or {}
    fates = _by_address(report)
    now = {address: _reported(one, fates.get(_comparable(address)), report) for address, one in known.items()}
    if now != known or kept != document[name]:
        changed = {**document, name: kept, "deliveryStatus": now}
        unit.update(EMAIL_SUBMISSION.table, number, document, changed)


def forget_submissions(unit: Writing, now: datetime) -> int:
    """Destroys submissions that were sent long ago and of which nothing is on its way; how many, 1,000 at most."""
    table = EMAIL_SUBMISSION.table
    bound = (now - _KEPT - _EPOCH) // timedelta(milliseconds=1)
    gone = 0
    for number in unit.page(table, Select(Below("sendAt", bound)), 0, _AT_ONCE):
        document = _document(unit, number)
        if document is not None and queued(unit, number) is None:
            unit.delete(table, number, document)
            let_go(unit, document, int(now.timestamp()))
            gone += 1
    return gone


def submissions_until(unit: Unit) -> datetime | None:
    """When the first of them has its time, after which `forget_submissions` destroys it; None without any."""
    for number in unit.page(EMAIL_SUBMISSION.table, Select(order=(Order("sendAt"),)), 0, 1):
        document = _document(unit, number)
        return None if document is None else utc_datetime(document["sendAt"]) + _KEPT
    return None


def _of_message(unit: Unit, report: Receipt) -> int | None:
    """The newest submission of the message that a report is about, and to somebody of whom the report tells."""
    if report.message_id is None:
        return None
    select = Select(Equal("messageKey", message_key(report.message_id)), (Order("sendAt", descending=True),))
    told = _by_address(report).keys()
    for number in unit.page(EMAIL_SUBMISSION.table, select, 0, _MOST_CANDIDATES):
        document = _document(unit, number)
        if document is not None and not told.isdisjoint(map(_comparable, document["deliveryStatus"] or ())):
            return number
    return None


def _reported(known: Mapping[str, Any], fate: Fate | None, report: Receipt) -> Mapping[str, Any]:
    """The DeliveryStatus of a recipient after a report, which may tell of them."""
    if fate is None:
        return known
    if not report.is_of_delivery:
        return {**known, "displayed": "yes"} if fate.action == "displayed" else known
    delivered = _DELIVERED.get(fate.action)
    if delivered is None or known["delivered"] not in ("queued", "unknown"):
        return known
    return status(fate.reply or known["smtpReply"], delivered, known["displayed"])


def _by_address(report: Receipt) -> dict[str, Fate]:
    return {_comparable(address): fate for fate in report.fates for address in fate.addresses}


def _comparable(address: str) -> str:
    try:
        return normal(address)
    except BadAddress:
        return address


def _decide(unit: Writing, submission: int, undo_status: str) -> None:
    document = _document(unit, submission)
    if document is not None and document["undoStatus"] == PENDING:
        unit.update(EMAIL_SUBMISSION.table, submission, document, {**document, "undoStatus": undo_status})


def _document(unit: Unit, submission: int) -> dict[str, Any] | None:
    for stored in unit.get(EMAIL_SUBMISSION.table, (submission,)):
        found: dict[str, Any] = orjson.loads(stored.document)
        return found
    return None
