"""Whose messages are tried when: one task for the whole server.

It begins with the accounts that account 0 names, and hears of more by the feed. A message costs a task only while it is
being tried; of an account with many, only the next hundred are looked at. While an administrator wants nothing to be
tried, nothing is; what is under way goes on.
"""

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from functools import partial

from pillarbox.datatypes.queue import QUEUED_MESSAGE, Queued
from pillarbox.datatypes.server import DUE, PAUSE
from pillarbox.queue.books import Books
from pillarbox.queue.carrier import Carrier, Through
from pillarbox.queue.outcome import Outcome
from pillarbox.queue.transaction import Progress
from pillarbox.queue.verdict import Verdict
from pillarbox.store import Notice, Rounds, Store, StoreError
from pillarbox.telemetry import Event, emit
from pillarbox.telemetry.metric import QUEUE_MESSAGES, QUEUE_TRYING
from pillarbox.telemetry.span import Attributes, Side, span

__all__ = ["Sender"]

_AT_ONCE, _AT_ONCE_EACH = 1000, 100
"""Messages that are being tried, of all and of one account."""
_SWEEP = 3600.0
"""Seconds until what has ended is looked for again."""
_AGAIN = 1.0
"""Seconds until it is tried again to write what could not be, or to send what another was about to."""
_SHOWN = 1.0
"""Seconds between two times that those who watch are told."""
_AFTER_BUG = 600.0
"""Seconds until a message is tried again that a bug has stopped."""


class _Account:
    """Somebody with messages on their way."""

    def __init__(self) -> None:
        self.listening = ExitStack()
        self.flying: set[int] = set()
        self.timer: asyncio.TimerHandle | None = None
        self._length = 0

    def has(self, length: int) -> None:
        """So many messages are on their way, as far as was looked."""
        QUEUE_MESSAGES.add((), length - self._length)
        self._length = length

    def close(self) -> None:
        self.has(0)
        self.listening.close()
        if self.timer is not None:
            self.timer.cancel()


class Sender:
    """Sends what is queued, for as long as `run` runs.

    When that is cancelled, what some server may have taken without our being told is waited for, no longer than
    `grace` seconds; all else ends at once, and is tried again by the next one who runs.
    """

    def __init__(self, store: Store, books: Books, carrier: Carrier, through: Through, grace: float) -> None:
        self._store = store
        self._books = books
        self._carrier = carrier
        self._through = through
        self._grace = grace
        self._accounts: dict[int, _Account] = {}
        self._rounds = Rounds(self._look, self._stumbled)
        self._flights: dict[asyncio.Task[None], set[Progress]] = {}
        self._hungry: set[int] = set()
        self._is_paused = False
        self._has_moved = asyncio.Event()

    async def run(self) -> None:
        """Reads, listens and sends until it is cancelled. What fails is told in the log and tried again."""
        self._loop = asyncio.get_running_loop()
        try:
            with self._store.feed.listen(0, self._hear):
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._sweep())
                    tasks.create_task(self._show())
                    await self._rounds.run()
        finally:
            for account in self._accounts.values():
                account.close()
            await self._land()

    async def _land(self) -> None:
        """Ends all flights, last those of which some server may have the message, until that is written down."""
        patient = set()
        for flight, progresses in self._flights.items():
            if any(progress.has_begun for progress in progresses):
                patient.add(flight)
            else:
                flight.cancel()
        if patient:
            _, late = await asyncio.wait(patient, timeout=self._grace)
            for flight in late:
                flight.cancel()
        await asyncio.gather(*self._flights, return_exceptions=True)

    # Hearing.

    def _hear(self, notice: Notice) -> None:
        """Called on the writer's thread."""
        kinds = (DUE, PAUSE) if notice.account == 0 else (QUEUED_MESSAGE,)
        if any(kind.name in notice.states for kind in kinds):
            # A loop that was closed in this very moment tells nobody.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._rounds.ask, notice.account)
                if notice.account != 0:
                    self._loop.call_soon_threadsafe(self._has_moved.set)

    async def _show(self) -> None:
        """Tells those who watch the queue that it has moved, however much, no more often than they can look."""
        while True:
            await self._has_moved.wait()
            self._has_moved.clear()
            try:
                await self._through(self._books.show_change)
            except StoreError as problem:
                emit(Event.STORE_FAILED, known=problem.known)
            await asyncio.sleep(_SHOWN)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP)
            for account in (0, *self._accounts):
                self._rounds.ask(account)

    # Reading.

    async def _look(self, account: int) -> None:
        await (self._read_all() if account == 0 else self._read(account))

    def _stumbled(self, account: int, bug: Exception) -> float:
        emit(Event.QUEUE_FAILED, account=account, known="a bug ended the look", exception=bug)
        return _AFTER_BUG

    async def _read_all(self) -> None:
        was_paused, self._is_paused = self._is_paused, await self._through(self._books.is_paused)
        if was_paused and not self._is_paused:
            for number in self._accounts:
                self._rounds.ask(number)
        for number in await self._through(self._books.due):
            if number not in self._accounts:
                account = self._accounts[number] = _Account()
                # Listening first: what is queued while it is read is heard.
                account.listening.enter_context(self._store.feed.listen(number, self._hear))
                self._rounds.ask(number)

    async def _read(self, number: int) -> None:
        account = self._accounts.get(number)
        if account is None:
            return
        looked = await self._through(self._books.look, number, _AT_ONCE_EACH + len(account.flying))
        if not looked.is_known and not account.flying:
            account.close()
            del self._accounts[number]
            return
        account.has(len(looked.messages))
        now = self._books.now
        if account.timer is not None:
            account.timer.cancel()
        for message in looked.messages:
            if self._is_paused:
                return
            if message.number in account.flying:
                continue
            wait = (message.next_attempt - now).total_seconds()
            if wait > 0:
                account.timer = self._loop.call_later(min(wait, _SWEEP), self._rounds.ask, number)
                return
            if len(self._flights) >= _AT_ONCE or len(account.flying) >= _AT_ONCE_EACH:
                self._hungry.add(number)
                return
            self._start(number, account, message)

    # Sending.

    def _start(self, number: int, account: _Account, message: Queued) -> None:
        account.flying.add(message.number)
        progresses: set[Progress] = set()
        flight = self._loop.create_task(self._fly(number, account, message, progresses))
        self._flights[flight] = progresses
        QUEUE_TRYING.add()
        flight.add_done_callback(self._flown)

    def _flown(self, flight: asyncio.Task[None]) -> None:
        del self._flights[flight]
        QUEUE_TRYING.add((), -1.0)
        hungry, self._hungry = self._hungry, set()
        for number in hungry:
            self._rounds.ask(number)

    async def _fly(self, number: int, account: _Account, message: Queued, progresses: set[Progress]) -> None:
        pause = 0.0
        try:
            ready = await self._through(self._books.release, number, message.number)
            if ready is not None:
                concluded = partial(self._conclude, number, ready)
                about: Attributes = {"pillarbox.account": number, "pillarbox.id": message.id}
                with span("queue.attempt", Side.CLIENT, about):
                    is_ours = await self._carrier.carry(number, ready, self._books.now, concluded, progresses)
                    # Whoever has it is given the time to write down what came of it.
                    pause = 0.0 if is_ours else _AGAIN
        except* StoreError as problems:
            emit(Event.STORE_FAILED, known="; ".join(str(one) for one in problems.exceptions))
            pause = _AGAIN
        except* Exception as bug:  # noqa: BLE001 - the face: a bug with one message ends no other's way
            emit(Event.QUEUE_FAILED, account=number, message=message.id, known="a bug ended it", exception=bug)
            pause = _AFTER_BUG
            await self._put_off(number, message)
        finally:
            self._loop.call_later(pause, self._rest, number, account, message.number)

    async def _put_off(self, number: int, message: Queued) -> None:
        """A message that a bug stops each time is given up one day, like any other."""
        try:
            await self._through(self._books.put_off, number, message.number)
        except StoreError as problem:
            emit(Event.STORE_FAILED, known=problem.known)
        except Exception as bug:  # noqa: BLE001 - the face: as above
            emit(Event.QUEUE_FAILED, account=number, message=message.id, known="a bug again", exception=bug)

    def _rest(self, number: int, account: _Account, message: int) -> None:
        """The message may be tried again."""
        account.flying.discard(message)
        self._rounds.ask(number)

    async def _conclude(self, number: int, message: Queued, verdicts: Mapping[str, Verdict]) -> None:
        """Writes down what came of an attempt, however long that takes: else it would be made again."""
        while True:
            try:
                outcome = await self._through(self._books.conclude, number, message.number, verdicts)
            except StoreError as problem:
                emit(Event.STORE_FAILED, known=problem.known)
                await asyncio.sleep(_AGAIN)
            else:
                break
        if outcome is not None:
            _say(number, outcome, verdicts)


_EVENTS = {
    "delivered": Event.QUEUE_DELIVERED,
    "relayed": Event.QUEUE_RELAYED,
    "waiting": Event.QUEUE_DEFERRED,
    "failed": Event.QUEUE_REFUSED,
}


def _say(number: int, outcome: Outcome, verdicts: Mapping[str, Verdict]) -> None:
    for one in outcome.message.recipients:
        verdict = verdicts.get(one.address)
        if verdict is not None:
            emit(
                _EVENTS[one.status],
                account=number,
                message=outcome.message.id,
                recipient=one.address,
                reply=one.reply,
                host=verdict.host,
            )
