"""One message is carried to everybody who is to get it now: put into accounts here, or given to other servers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import ParamSpec, Protocol, TypeVar

from pillarbox.access import domain_of
from pillarbox.datatypes.queue import Addressee, Queued
from pillarbox.queue.attempt import Caller, Unreached, attempt
from pillarbox.queue.books import Books
from pillarbox.queue.here import Here, Letter, Whose
from pillarbox.queue.reply import Fate, Reply
from pillarbox.queue.room import Room, Wanted
from pillarbox.queue.route import NoRoute, Routes
from pillarbox.queue.transaction import MOST_RECIPIENTS, Addressed, Envelope, Progress
from pillarbox.queue.verdict import Verdict
from pillarbox.store import OutOfSpace, StoreError
from pillarbox.telemetry import Event, emit

__all__ = ["Carrier", "Concluded", "Through"]

P = ParamSpec("P")
T = TypeVar("T")

_LARGE_AT_ONCE = 4
"""Large messages that are put into accounts here at once; `room` bounds those that go elsewhere."""
_LARGE = 1 << 20
_SHUNNED = 60.0
"""Seconds for which a destination that nobody reached is taken to be as it was: thousands of messages may be for it."""
_MOST_KNOWN = 10_000

_NOBODY = Reply(550, "5.1.1 there is no such account here")
_INTERRUPTED = Reply(451, "4.3.2 the attempt was interrupted; the server may have the message, and gets it again")

Concluded = Callable[[Mapping[str, Verdict]], Awaitable[None]]
"""Takes what came of some recipients, by their addresses; it does not fail."""


class Through(Protocol):
    """The way to call what blocks."""

    def __call__(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]: ...


@dataclass(slots=True)
class _Destination:
    """What several attempts at one destination have in common."""

    users: int = 0
    shunned: float = 0.0
    reply: Reply = _NOBODY


class Carrier:
    """Carries messages; used on one event loop."""

    def __init__(self, books: Books, routes: Routes, here: Here, caller: Caller, through: Through) -> None:
        self._books = books
        self._routes = routes
        self._here = here
        self._caller = caller
        self._through = through
        self._room = Room()
        self._large = asyncio.Semaphore(_LARGE_AT_ONCE)
        self._destinations: dict[str, _Destination] = {}

    async def carry(
        self, account: int, message: Queued, now: datetime, concluded: Concluded, progresses: set[Progress]
    ) -> bool:
        """Tries everybody whose time has come, each destination by itself; `progresses` has those that are under way.

        Whether something came of each attempt, and none was another's to make. Raises store.StoreError.
        """
        interrupted = [one for one in message.recipients if one.status == "sending"]
        if interrupted:
            verdicts = {one.address: Verdict(_INTERRUPTED, is_in_doubt=True) for one in interrupted}
            await concluded(verdicts)
        due = [one for one in message.recipients if one.status == "waiting" and one.next_attempt <= now]
        ours: list[Addressee] = []
        away: dict[str, list[Addressee]] = {}
        for one in due:
            match await self._through(self._here.whose, one.address):
                case Whose.ACCOUNT:
                    ours.append(one)
                case Whose.NOBODY:
                    await concluded({one.address: Verdict(_NOBODY)})
                case Whose.ELSEWHERE:
                    away.setdefault(self._routes.destination(one.address), []).append(one)
        if not due:
            # Whoever is to get it has it, or never will: that is seen when it is written down.
            await concluded({})
        if ours:
            await concluded(await self._deliver(account, message, ours))
        giving = []
        for name, those in away.items():
            for at in range(0, len(those), MOST_RECIPIENTS):
                some = those[at : at + MOST_RECIPIENTS]
                giving.append(self._give(account, message, name, some, concluded, progresses))
        # One that fails does not cut the others off in the midst of it.
        outcomes = await asyncio.gather(*giving, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return all(outcomes)

    async def _deliver(self, account: int, message: Queued, ours: Sequence[Addressee]) -> dict[str, Verdict]:
        """Into accounts here: each once, whatever happens in between."""
        async with self._large if await self._is_large(account, message) else nullcontext():
            octets = await self._through(self._books.octets, account, message)
            # With the time, for an account that is an older copy of itself gives numbers again.
            mark = b"queued\0%d\0%d\0%d" % (account, message.number, int(message.created.timestamp()))
            verdicts = {}
            for one in ours:
                letter = Letter(message.sender, one.address, octets, mark, message.id)
                try:
                    reply = await self._through(self._here.deliver, letter)
                except (StoreError, OSError) as trouble:
                    known = "4.3.1 there is no room" if isinstance(trouble, OutOfSpace) else "4.3.0 not now"
                    emit(Event.STORE_FAILED, known=str(trouble))
                    reply = Reply(451, known)
                verdicts[one.address] = Verdict(reply)
        return verdicts

    async def _give(
        self,
        account: int,
        message: Queued,
        name: str,
        those: Sequence[Addressee],
        concluded: Concluded,
        progresses: set[Progress],
    ) -> bool:
        """To another server: all who are at one destination in one transaction; whether something came of that."""
        addresses = [one.address for one in those]
        wanted = Wanted(name, account, await self._is_large(account, message))
        async with self._room.taken(wanted), self._destination(name) as destination:
            if not message.is_hurried and asyncio.get_running_loop().time() < destination.shunned:
                await concluded(dict.fromkeys(addresses, Verdict(destination.reply)))
                return True

            def may_begin(taken: Sequence[str]) -> Awaitable[bool]:
                begun = [one for one in addresses if _ascii_domain(one) in taken]
                return self._through(self._books.begin, account, message.number, begun)

            progress = Progress(may_begin)
            progresses.add(progress)
            try:
                verdicts = await self._tried(account, message, those, destination, progress)
                # What another gives away, or nobody any more, is not for us to write anything down of.
                if not progress.is_withdrawn:
                    await concluded(dict(zip(addresses, verdicts, strict=True)))
                return not progress.is_withdrawn
            finally:
                progresses.discard(progress)

    async def _tried(
        self,
        account: int,
        message: Queued,
        those: Sequence[Addressee],
        destination: _Destination,
        progress: Progress,
    ) -> list[Verdict]:
        """What came of each, in their order."""
        try:
            places = await self._routes.places(those[0].address)
        except NoRoute as none:
            return [Verdict(none.reply)] * len(those)
        recipients = [Addressed(_ascii_domain(one.address), one.parameters) for one in those]
        envelope = Envelope(_ascii_domain(message.sender), message.parameters, recipients)
        failures = []
        octets = await self._through(self._books.octets, account, message)
        for place in places:
            try:
                return await attempt(place, envelope, octets, self._caller, progress)
            except Unreached as problem:
                failures.append(Verdict(problem.reply, place.name))
        # One that may answer later is worth waiting for, whatever the others have said.
        worst = next((one for one in failures if one.reply.fate is not Fate.NEVER), failures[-1])
        destination.shunned = asyncio.get_running_loop().time() + _SHUNNED
        destination.reply = worst.reply
        return [worst] * len(those)

    @asynccontextmanager
    async def _destination(self, name: str) -> AsyncIterator[_Destination]:
        """A destination, known for as long as somebody is at it."""
        destination = self._destinations.setdefault(name, _Destination())
        destination.users += 1
        try:
            yield destination
        finally:
            destination.users -= 1
            if len(self._destinations) > _MOST_KNOWN:
                self._forget()

    def _forget(self) -> None:
        now = asyncio.get_running_loop().time()
        for name, one in list(self._destinations.items()):
            if not one.users and one.shunned < now:
                del self._destinations[name]

    async def _is_large(self, account: int, message: Queued) -> bool:
        return await self._through(self._books.size, account, message) > _LARGE


def _ascii_domain(address: str) -> str:
    """The address as every server understands it, if its local part is ASCII (RFC 5890); else as it is."""
    local, at, domain = address.rpartition("@")
    if address.isascii() or not local.isascii():
        return address
    return f"{local}{at}{domain_of(domain)}"
