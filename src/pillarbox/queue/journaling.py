"""What the journal is told of a message that is sent: when it is released, and what came of each attempt."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import cast

import orjson

from pillarbox.datatypes.journal import Fate, Step, Way, message_id, note_attempt, note_release
from pillarbox.datatypes.mail import EMAIL_SUBMISSION
from pillarbox.datatypes.queue import Queued
from pillarbox.queue.outcome import Outcome
from pillarbox.queue.verdict import Verdict
from pillarbox.store import Unit, Writing
from pillarbox.wire.values import Id

__all__ = ["journal_attempt", "journal_release"]

_WORDS = {"delivered": "delivered", "relayed": "relayed", "waiting": "deferred", "failed": "failed"}


def journal_release(unit: Writing, message: Queued, octets: bytes, now: datetime) -> None:
    """A message of these octets goes out from now on."""
    note_release(unit, _way(unit, message, message_id(octets)), now)


def journal_attempt(
    unit: Writing, message: Queued, outcome: Outcome, verdicts: Mapping[str, Verdict], now: datetime
) -> None:
    """What came of an attempt with a message, to be called while its blob is there."""
    way = _way(unit, message, None)
    note_attempt(unit, way, list(_steps(outcome, verdicts, now)), _fate(outcome.message))


def _way(unit: Unit, message: Queued, named: str | None) -> Way:
    blob = unit.blob(message.blob)
    return Way(
        message.number,
        message.id,
        message.sender,
        [one.address for one in message.recipients],
        message.created,
        0 if blob is None else blob.size,
        named,
        _email(unit, message.submission),
    )


def _email(unit: Unit, submission: int | None) -> Id | None:
    if submission is None:
        return None
    for stored in unit.get(EMAIL_SUBMISSION.table, (submission,)):
        return cast("Id | None", orjson.loads(stored.document)["emailId"])
    return None


def _steps(outcome: Outcome, verdicts: Mapping[str, Verdict], now: datetime) -> Iterator[Step]:
    for one in outcome.message.recipients:
        verdict = verdicts.get(one.address)
        if verdict is not None and one.status in _WORDS:
            by = "" if verdict.host is None else f" ({verdict.host})"
            yield Step(now, _WORDS[one.status], f"{one.address}: {one.reply}{by}")
    for report in outcome.reports:
        yield Step(now, "reported", f"the sender is told that it is {report.action} for {report.address}")


def _fate(message: Queued) -> Fate:
    if not message.is_over:
        return Fate.WAITING
    failed = [one for one in message.recipients if one.status == "failed"]
    if not failed:
        return Fate.DELIVERED
    return Fate.FAILED if len(failed) == len(message.recipients) else Fate.PARTIAL
