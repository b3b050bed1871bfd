"""What an attempt changes: how far each recipient is, and what the sender is told of it; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pillarbox.datatypes.queue import Addressee, Queued
from pillarbox.queue.dsn import Action, Report, wanted
from pillarbox.queue.reply import Fate, Reply
from pillarbox.queue.schedule import Schedule
from pillarbox.queue.verdict import Verdict

__all__ = ["Outcome", "begun", "concluded", "released"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A message after an attempt, what its sender is to be told by a notification, and what is known of whom now.

    `known` has the last reply and `delivered` in the words of RFC 8621 section 7, by the recipient's address.
    """

    message: Queued
    reports: tuple[Report, ...]
    known: Mapping[str, tuple[str, str]]


def released(message: Queued, prefix: str) -> Queued:
    """The message can no longer be withdrawn, and goes out with these fields in front."""
    return replace(message, is_released=True, prefix=prefix)


def begun(message: Queued, addresses: frozenset[str]) -> Queued:
    """An attempt begins for these: from now on they may have the message without our knowing it."""
    return message.moved(
        [
            replace(one, status="sending") if one.address in addresses and not one.is_over else one
            for one in message.recipients
        ]
    )


def concluded(
    message: Queued, verdicts: Mapping[str, Verdict], schedule: Schedule, now: datetime, chance: float
) -> Outcome:
    """What follows from the verdicts on some recipients, by their addresses."""
    recipients: list[Addressee] = []
    reports: list[Report] = []
    known: dict[str, tuple[str, str]] = {}
    for one in message.recipients:
        verdict = verdicts.get(one.address)
        if verdict is None or one.is_over:
            recipients.append(one)
            continue
        moved, action, delivered = _moved(message, one, verdict, schedule, now, chance)
        recipients.append(moved)
        known[one.address] = (moved.reply or "", delivered)
        if action is not None:
            reply = _final(verdict.reply) if action == "failed" else verdict.reply
            reports.append(Report(one.address, one.parameters, action, reply, verdict.host, now))
    return Outcome(replace(message.moved(recipients), is_hurried=False), tuple(reports), known)


def _moved(
    message: Queued, one: Addressee, verdict: Verdict, schedule: Schedule, now: datetime, chance: float
) -> tuple[Addressee, Action | None, str]:
    """A recipient after an attempt, what the sender is told if anything, and `delivered`."""
    tried = replace(one, tries=one.tries + 1, reply=str(verdict.reply))
    if verdict.reply.fate is Fate.TAKEN:
        if verdict.host is None:
            return replace(tried, status="delivered"), _asked(message, one, "delivered"), "yes"
        # Who told us that it would tell the sender does so (RFC 3461 section 5.2.1).
        action = None if verdict.has_dsn else _asked(message, one, "relayed")
        return replace(tried, status="relayed"), action, "unknown"
    again = None
    if verdict.reply.fate is Fate.LATER:
        again = schedule.next(tried.tries, now, message.expires, chance)
    if again is None:
        reply = str(_final(verdict.reply))
        return replace(tried, status="failed", reply=reply), _asked(message, one, "failed"), "no"
    waiting = replace(tried, status="waiting", next_attempt=again)
    if not one.is_noticed and schedule.is_late(message.release, now):
        return replace(waiting, is_noticed=True), _asked(message, one, "delayed"), "queued"
    return waiting, None, "queued"


def _asked(message: Queued, one: Addressee, action: Action) -> Action | None:
    return action if wanted(message.sender, one.parameters, action) else None


def _final(reply: Reply) -> Reply:
    """A temporary failure that has lasted too long (RFC 3463, X.4.7)."""
    return reply if reply.fate is Fate.NEVER else Reply.told(554, f"5.4.7 given up; the last reply was {reply}")
