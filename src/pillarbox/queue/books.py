"""What is written down of messages on their way: before and after each attempt, so that a sudden end loses nothing.

All of it blocks. A message that was cancelled meanwhile is gone, and what came of it is told to nobody.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pillarbox.access import domain_of
from pillarbox.datatypes.mail import cancel_submission, note_delivery, release_submission
from pillarbox.datatypes.queue import (
    Addressee,
    Outgoing,
    Queued,
    Recipient,
    enqueue,
    finish,
    keep,
    messages,
    postpone,
    queued_message,
    show_change,
    upcoming,
)
from pillarbox.datatypes.server import QUEUE, due, is_paused, settle
from pillarbox.queue.dsn import Report, Subject, dsn
from pillarbox.queue.journaling import journal_attempt, journal_release
from pillarbox.queue.octets import sendable
from pillarbox.queue.outcome import Outcome, begun, concluded, released
from pillarbox.queue.reply import Reply
from pillarbox.queue.schedule import Schedule
from pillarbox.queue.verdict import Verdict
from pillarbox.store import NoAccount, Store, Unit, Writing
from pillarbox.wire.dkim import DkimKey, author_domain, signature

__all__ = ["Books", "Chosen", "Looked"]

Chosen = Callable[[Addressee], bool]
"""Says of a recipient whether something is done about it."""

_RETURNED = 1 << 20
"""Octets of a message that are read to tell its sender of it."""
_STOPPED = Reply(451, "4.3.0 something is wrong in the sending server; its log says what")
_CANCELLED = Reply(554, "5.7.1 cancelled by the administrator of the sending server")


def _everybody(_: Addressee) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Looked:
    """The messages of an account that are to be tried first, and whether account 0 still names it."""

    messages: Sequence[Queued]
    is_known: bool


class Books:
    """The queues of all accounts. `keys` gives the signing keys of a domain, `token` what nothing else has."""

    def __init__(
        self,
        store: Store,
        host: str,
        schedule: Schedule,
        keys: Callable[[str], Sequence[DkimKey]],
        clock: Callable[[], float],
        chance: Callable[[], float],
        token: Callable[[], str],
        *,
        is_journaled: bool = True,
    ) -> None:
        self._store = store
        self._host = host
        self._schedule = schedule
        self._keys = keys
        self._clock = clock
        self._chance = chance
        self._token = token
        self._is_journaled = is_journaled

    @property
    def now(self) -> datetime:
        """The clock's time."""
        return datetime.fromtimestamp(self._clock(), UTC)

    def due(self) -> list[int]:
        """The accounts that have messages, or may be about to. Raises store.StoreError."""
        return due(self._store, QUEUE)

    def is_paused(self) -> bool:
        """Whether an administrator wants nothing to be tried. Raises store.StoreError."""
        return is_paused(self._store, QUEUE)

    def show_change(self) -> None:
        """Administrators who watch the queue hear of it. Raises store.StoreError."""
        show_change(self._store)

    def look(self, account: int, limit: int) -> Looked:
        """An account's messages, no more than the limit. Raises store.StoreError."""
        try:
            with self._store.read(account) as unit:
                found = upcoming(unit, limit)
        except NoAccount:
            found = []
        return Looked(found, bool(found) or not settle(self._store, account, QUEUE, self.now))

    def release(self, account: int, number: int) -> Queued | None:
        """The message, signed and no longer to be withdrawn; None if it is gone. Raises store.StoreError."""
        with self._store.read(account) as unit:
            message = queued_message(unit, number)
            if message is None or message.is_released:
                return message
            octets = sendable(_octets(unit, message))
        prefix = signature(octets, self._keys(domain_of(author_domain(octets))), self.now).decode()
        with self._store.write(account) as unit:
            message = queued_message(unit, number)
            if message is not None and not message.is_released:
                keep(unit, released(message, prefix))
                if message.submission is not None:
                    release_submission(unit, message.submission)
                if self._is_journaled:
                    journal_release(unit, message, octets, self.now)
        with self._store.read(account) as unit:
            return queued_message(unit, number)

    def octets(self, account: int, message: Queued) -> bytes:
        """The octets that go out. Raises store.StoreError."""
        with self._store.read(account) as unit:
            return message.prefix.encode() + sendable(_octets(unit, message))

    def size(self, account: int, message: Queued) -> int:
        """How many octets that are, about. Raises store.StoreError."""
        with self._store.read(account) as unit:
            blob = unit.blob(message.blob)
            return 0 if blob is None else blob.size

    def begin(self, account: int, number: int, addresses: Sequence[str]) -> bool:
        """Whether the message is to be given away now, to these: from here on they may have it.

        It is not where that is over, or another gives it to one of them: a server that is about to hear that the work
        is not its own any more (adr/0065). Raises store.StoreError.
        """
        try:
            with self._store.write(account) as unit:
                message = queued_message(unit, number)
                waiting = {one.address for one in message.recipients if one.status == "waiting"} if message else set()
                if message is None or not waiting.issuperset(addresses):
                    return False
                keep(unit, begun(message, frozenset(addresses)))
                return True
        except NoAccount:
            return False

    def conclude(self, account: int, number: int, verdicts: Mapping[str, Verdict]) -> Outcome | None:
        """Writes down what came of an attempt: recipients, the submission's status, a notification to the sender.

        None if the message is gone. Raises store.StoreError.
        """
        try:
            with self._store.write(account) as unit:
                message = queued_message(unit, number)
                return None if message is None else self._concluded(unit, message, verdicts)
        except NoAccount:
            return None

    def put_off(self, account: int, number: int) -> Outcome | None:
        """Something here has kept the message from those whose turn it is: they are tried later, as after a reply.

        None if the message is gone. Raises store.StoreError.
        """
        try:
            with self._store.read(account) as unit:
                message = queued_message(unit, number)
        except NoAccount:
            return None
        if message is None:
            return None
        now = self.now
        stopped = [one.address for one in message.recipients if not one.is_over and one.next_attempt <= now]
        return self.conclude(account, number, dict.fromkeys(stopped, Verdict(_STOPPED)))

    def postpone(self, account: int, numbers: Sequence[int], at: datetime, chosen: Chosen = _everybody) -> int:
        """Those who are chosen are next tried then, or now if that is over; of how many messages there were any.

        All of them or none. Raises store.StoreError.
        """
        with self._store.write(account) as unit:
            return sum(postpone(unit, one, at, self.now, chosen) for one in messages(unit, numbers))

    def cancel_each(self, account: int, numbers: Sequence[int]) -> int:
        """These are given up for everybody who does not have them, and their senders told; how many there were.

        All of them or none. Raises store.StoreError.
        """
        with self._store.write(account) as unit:
            found = messages(unit, numbers)
            for message in found:
                # Of whom some server is just told, what came of it is written down later. There is no attempt after
                # that.
                self._cancelled(unit, replace(message, expires=self.now), _everybody)
        return len(found)

    def cancel_for(self, account: int, number: int, chosen: Chosen) -> bool:
        """Whether the message is given up for some who do not have it, and are chosen. Raises store.StoreError."""
        with self._store.write(account) as unit:
            message = queued_message(unit, number)
            return message is not None and self._cancelled(unit, message, chosen)

    def _cancelled(self, unit: Writing, message: Queued, chosen: Chosen) -> bool:
        waiting = [one.address for one in message.recipients if one.status == "waiting" and chosen(one)]
        self._concluded(unit, message, dict.fromkeys(waiting, Verdict(_CANCELLED)))
        return bool(waiting)

    def _concluded(self, unit: Writing, message: Queued, verdicts: Mapping[str, Verdict]) -> Outcome:
        now = self.now
        outcome = concluded(message, verdicts, self._schedule, now, self._chance())
        if message.submission is not None and outcome.known:
            note_delivery(unit, message.submission, outcome.known)
        if outcome.reports:
            self._tell(unit, message, outcome.reports, now)
        if self._is_journaled:
            journal_attempt(unit, message, outcome, verdicts, now)
        if outcome.message.is_over:
            if message.submission is not None and not message.is_released:
                cancel_submission(unit, message.submission)
            finish(unit, message, now)
        else:
            keep(unit, outcome.message)
        return outcome

    def _tell(self, unit: Writing, message: Queued, reports: Sequence[Report], now: datetime) -> None:
        octets = message.prefix.encode() + sendable(_octets(unit, message, _RETURNED))
        about = Subject(message.sender, message.parameters, octets, message.created, message.expires)
        told = dsn(about, reports, self._host, self._token(), now)
        blob = unit.add_blob(told, int(now.timestamp()))
        # RFC 3461 section 6.1: from nobody, and nobody is told of it.
        to = (Recipient(message.sender, {"NOTIFY": "NEVER"}),)
        enqueue(unit, Outgoing(blob, "", to, now, self._schedule.expires(now)), now)


def _octets(unit: Unit, message: Queued, most: int | None = None) -> bytes:
    blob = unit.blob(message.blob)
    return b"" if blob is None else unit.octets(blob, 0, blob.size if most is None else min(most, blob.size))
