"""A message becomes an Email in somebody's Inbox: durably, within the quota, and once.

An MTA whose connection was cut between the final dot and our reply offers the message again (RFC 1047), with the same
reverse-path and the same octets. What was filed is therefore remembered by these for a week, longer than MTAs keep
trying, in the same unit as the filing: whichever of the two offers is answered, one Email is there. Two recipients of
one message that are the same account get one Email for the same reason.
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from secrets import token_hex
from typing import TypeAlias, assert_never, cast

from pillarbox.access import LIST, Principal
from pillarbox.datatypes.journal import make_room_in_journal
from pillarbox.datatypes.mail import Arrival, NewEmail, arrival, file, inbox, note_report
from pillarbox.datatypes.server import QUEUE, expect
from pillarbox.delivery import reply
from pillarbox.delivery.handing import HandedOn, NoRoom, hand_on, likeness
from pillarbox.delivery.journaling import journal_filed, journal_refused, journal_repeated
from pillarbox.delivery.policy import Policy
from pillarbox.delivery.reply import Reply
from pillarbox.delivery.trace import Hop, body, hops, trace, without_return_path
from pillarbox.delivery.vacation import Unexpected, respond
from pillarbox.objects import Registry
from pillarbox.store import Staged, Store, StoreError, Writing, retried
from pillarbox.telemetry import Event, emit
from pillarbox.wire.message import Receipt, parse, receipt
from pillarbox.wire.values import Id, utc_date

__all__ = ["Deposit", "Filed", "HandedOn", "Known", "Looping", "Offer", "Outcome", "OverQuota", "told_of"]

REMEMBERED = 7 * 86_400
"""Seconds. RFC 5321 section 4.5.4.1 has senders give up after four to five days."""


class Offer:
    """A message as a client offered it; what is made of it is made once, when first asked for, and slow.

    `mark` is given where the same octets may be another message.
    """

    def __init__(self, hop: Hop, octets: bytes | bytearray, mark: bytes | None = None) -> None:
        self.hop = hop
        self._octets = octets
        self._mark = mark

    @cached_property
    def raw(self) -> bytes:
        """The message as it is kept: our fields, and the octets as they came."""
        return b"".join((trace(self.hop), without_return_path(self._octets)))

    @cached_property
    def arrival(self) -> Arrival:
        """The message, read."""
        return arrival(self.raw)

    @cached_property
    def report(self) -> Receipt | None:
        """What it says of a message that was sent, if it is a report, which nobody is to answer.

        Reports have no return address (RFC 3464 section 2, RFC 8098 section 3).
        """
        return None if self.hop.reverse_path else receipt(self.raw, parse(self.raw))

    @cached_property
    def likeness(self) -> bytes:
        """What it has in common with the same message that came another way."""
        return likeness(self.arrival, body(self._octets))

    @cached_property
    def hops(self) -> int:
        """The Received fields it came with."""
        return hops(self._octets)

    @cached_property
    def mark(self) -> bytes:
        """What only the same message from the same sender has."""
        if self._mark is not None:
            return self._mark
        digest = hashlib.sha256(self.hop.reverse_path.encode() + b"\0")
        digest.update(self._octets)
        return digest.digest()


@dataclass(frozen=True, slots=True)
class Filed:
    """It is there, and stays."""

    email: Id
    size: int


@dataclass(frozen=True, slots=True)
class Known:
    """It was filed before."""


@dataclass(frozen=True, slots=True)
class OverQuota:
    """It does not fit; `ever` tells whether it could if the account were empty."""

    ever: bool


@dataclass(frozen=True, slots=True)
class Looping:
    """It has passed more servers than any message does on its way."""


Outcome: TypeAlias = Filed | Known | OverQuota | Looping | HandedOn


class _NoRoom(Exception):
    """Ends the unit, so that nothing of it remains."""


class Deposit:
    """Files messages; all of it blocks and belongs off the event loop."""

    def __init__(
        self,
        store: Store,
        registry: Registry,
        clock: Callable[[], float],
        token: Callable[[], str] = token_hex,
    ) -> None:
        self._store = store
        self._registry = registry
        self._clock = clock
        self._token = token

    def deliver(self, principal: Principal, offer: Offer, policy: Policy, to: str | None = None) -> Outcome:
        """Files a message in the Inbox of an account. What is told as filed is on disk.

        With it an answer is queued, if the account has one, and the journal is told, of the address `to` that it came
        for. A list hands it on instead. Raises store.Unavailable and OSError, and then nothing was filed.
        """
        outcome = retried(lambda: self._delivered(principal, offer, policy, to or principal.address))
        if isinstance(outcome, OverQuota | Looping):
            self.refused(principal, offer.hop, len(offer.raw), told_of(outcome), policy, to)
        return outcome

    def refused(
        self, principal: Principal, hop: Hop, size: int, told: Reply, policy: Policy, to: str | None = None
    ) -> None:
        """Tells the journal of an account that a message of so many octets was not filed, and why."""
        if not policy.keeps_journal or principal.kind == LIST:
            return
        try:
            with self._store.write(principal.number) as unit:
                make_room_in_journal(unit)
                journal_refused(unit, hop, to or principal.address, size, None, told)
        except StoreError as problem:
            # Who offered it is told all the same.
            emit(Event.STORE_FAILED, known=problem.known)

    def _delivered(self, principal: Principal, offer: Offer, policy: Policy, to: str) -> Outcome:
        if offer.hops > policy.max_received:
            return Looping()
        if principal.kind == LIST:
            return self._handed_on(principal, offer)
        quota = policy.quota if principal.quota is None else principal.quota
        size = len(offer.raw)
        if quota is not None and size > quota:
            return OverQuota(ever=False)
        # Read before a unit begins: that takes long, and others write to the account as well.
        message, _ = offer.arrival, offer.report
        now = self._clock()
        with self._store.stage(principal.number) as staged:
            staged.write(offer.raw)
            staged.complete()
            file_it = partial(self._filed, principal, offer, policy, to, staged, message, now)
            try:
                with suppress(Unexpected):
                    return file_it(is_expected=False)
                # Account 0 is written to while nothing else is.
                expect(self._store, principal.number, QUEUE, datetime.fromtimestamp(now, UTC))
                return file_it(is_expected=True)
            except _NoRoom:
                return OverQuota(ever=True)

    def _handed_on(self, principal: Principal, offer: Offer) -> Outcome:
        # Each copy is given a Return-Path where it is delivered (RFC 5321 section 4.4).
        raw, now = bytes(without_return_path(offer.raw)), self._clock()
        try:
            return hand_on(self._store, principal, offer.hop.reverse_path, raw, offer.likeness, now) or Known()
        except NoRoom:
            return OverQuota(ever=True)

    def _filed(
        self,
        principal: Principal,
        offer: Offer,
        policy: Policy,
        to: str,
        staged: Staged,
        message: Arrival,
        now: float,
        *,
        is_expected: bool,
    ) -> Outcome:
        """Raises _NoRoom, and Unexpected if an answer is to be sent that account 0 was not told to expect."""
        quota = policy.quota if principal.quota is None else principal.quota
        named = next(iter(cast("list[str]", message.document["messageId"] or ())), None)
        with self._store.write(principal.number) as unit:
            if not unit.once(_key(principal, offer), int(now) + REMEMBERED, int(now)):
                if policy.keeps_journal:
                    make_room_in_journal(unit)
                    journal_repeated(unit, offer.hop, to, len(offer.raw), named)
                return Known()
            if quota is not None and unit.held_size() + len(offer.raw) > quota:
                raise _NoRoom
            sender = offer.hop.reverse_path
            respond(unit, principal, sender, message, policy, now, self._token, is_expected=is_expected)
            blob = unit.keep_blob(staged, int(now))
            number, _ = file(unit, self._registry, blob, message, _in_inbox(unit, now))
            if offer.report is not None:
                note_report(unit, blob, offer.report)
            email = self._registry["Email"].id(number)
            if policy.keeps_journal:
                journal_filed(unit, offer.hop, to, len(offer.raw), named, email)
        return Filed(email, len(offer.raw))


def told_of(outcome: Outcome) -> Reply:
    """The reply to whoever offered the message."""
    match outcome:
        case Filed() | Known() | HandedOn():
            return reply.STORED
        case OverQuota(ever):
            return reply.FULL if ever else reply.TOO_LARGE_EVER
        case Looping():
            return reply.LOOP
        case _:
            assert_never(outcome)


def _in_inbox(unit: Writing, now: float) -> NewEmail:
    return NewEmail((inbox(unit),), (), utc_date(datetime.fromtimestamp(now, UTC)))


def _key(principal: Principal, offer: Offer) -> bytes:
    return hashlib.sha256(b"delivered\0" + principal.id.encode() + b"\0" + offer.mark).digest()
