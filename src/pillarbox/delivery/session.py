"""One connection: the dialogue given octets, a clock, a directory and a place to file what it takes in.

This is the face where errors end: whatever goes wrong with a recipient or a message is answered with 451 4.3.0 and told
in the log. Everything that blocks runs where `Delivery.run` says, so that the event loop never waits.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from pillarbox.access import Directory
from pillarbox.delivery import reply
from pillarbox.delivery.data import Room
from pillarbox.delivery.deposit import Deposit, Filed, HandedOn, Known, Looping, Offer, OverQuota, told_of
from pillarbox.delivery.dialogue import Answer, Dialogue, End, Look, Recipient, Take, Transaction, Wait
from pillarbox.delivery.path import Path
from pillarbox.delivery.policy import Policy
from pillarbox.delivery.reply import Reply
from pillarbox.delivery.route import Route, refusal
from pillarbox.delivery.trace import Hop
from pillarbox.store import OutOfSpace, Unavailable
from pillarbox.telemetry import Event, emit, request_scope
from pillarbox.telemetry.span import Attributes, Side, span

__all__ = ["Delivery", "Run", "Session"]

T = TypeVar("T")

CHUNK = 64 * 1024
SLOWEST = 1000
"""Octets a second below which the data get no more time than one pause may take: else an octet every four minutes
would hold a connection for years."""
LINGER = 1.0
"""Seconds to wait for the client to close after the last reply. Closing while it still sends would make its system
throw that reply away."""


class Run(Protocol):
    """Runs what blocks somewhere else, and gives its result or its exception."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]: ...


class RunFor(Protocol):
    """The same after what came before of an account, so that one that is slow keeps no other's mail waiting."""

    def __call__(self, account: int, work: Callable[[], T], /) -> Awaitable[T]: ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """What all sessions share. `policy` is asked once a session; `token` makes ids nobody can guess."""

    directory: Directory
    deposit: Deposit
    run: Run
    run_for: RunFor
    policy: Callable[[], Policy]
    clock: Callable[[], float]
    token: Callable[[], str]


class Session:
    """Serves one connection until its end; `address` is the client's IP address, None on a UNIX socket."""

    def __init__(
        self,
        delivery: Delivery,
        room: Room,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        address: str | None,
    ) -> None:
        self._delivery = delivery
        self._policy = delivery.policy()
        self._dialogue = Dialogue(self._policy, room)
        self._route = Route(delivery.directory, self._policy.host, sub_addressing=self._policy.sub_addressing)
        self._reader = reader
        self._writer = writer
        self._address = address
        self._unsent: list[bytes] = []
        self._waiting_since: float | None = None
        self._pause: asyncio.Timeout | None = None
        self._stopping = False

    async def serve(self) -> None:
        """Serves; ends when the client or we have had enough. A cancelled session files nothing more."""
        with request_scope(self._delivery.token()):
            try:
                await self._follow()
                await self._leave()
            except OSError:
                # The client is gone, or does not read; what was to be filed is filed or will be offered again.
                self._writer.transport.abort()
            except asyncio.CancelledError:
                self._say(reply.SHUTDOWN)
                self._writer.write(b"".join(self._unsent))
                raise
            except Exception as bug:  # noqa: BLE001 - the face where bugs end
                emit(Event.LMTP_FAILED, peer=self._address, exception=bug)
                self._writer.transport.abort()
            finally:
                self._dialogue.drop()
                self._writer.close()

    def stop(self) -> None:
        """Ends the session as soon as nothing is begun."""
        self._stopping = True
        if self._pause is not None and self._dialogue.is_idle:
            self._pause.reschedule(asyncio.get_running_loop().time())

    async def _follow(self) -> None:
        while True:
            step = self._dialogue.step()
            if not isinstance(step, Wait):
                self._waiting_since = None
            match step:
                case Answer(told, held):
                    self._say(told)
                    if not held:
                        await self._flush()
                case Look(path):
                    await self._look(path)
                case Take():
                    await self._take(step)
                    self._dialogue.taken()
                case Wait(received):
                    await self._flush()
                    if not await self._read(received):
                        return
                case End():
                    return

    async def _read(self, received: int) -> bool:
        """Waits for octets; False when it is over."""
        if self._stopping and self._dialogue.is_idle:
            self._say(reply.SHUTDOWN)
            return False
        now = asyncio.get_running_loop().time()
        if self._waiting_since is None:
            self._waiting_since = now
        # Neither a long pause nor a trickle: a command has this time from its first octet to its last, data have more
        # time the more have come.
        patience = self._policy.timeout
        deadline = min(now, self._waiting_since + received / SLOWEST) + patience
        try:
            async with asyncio.timeout_at(deadline) as self._pause:
                octets = await self._reader.read(CHUNK)
        except TimeoutError:
            self._say(reply.SHUTDOWN if self._stopping else reply.TIMEOUT)
            return False
        finally:
            self._pause = None
        self._dialogue.feed(octets)
        return bool(octets)

    async def _look(self, path: Path) -> None:
        """Whose mail it is: told at RCPT, so that nobody sends what nobody gets (RFC 5321 section 3.3)."""
        try:
            principal = await self._delivery.run(lambda: self._route.find(path))
        except (Unavailable, OSError) as trouble:
            _tell(Event.LMTP_DEFERRED, path, reply.FAILED, reason=str(trouble))
            self._dialogue.refuse(reply.FAILED)
        except Exception as bug:  # noqa: BLE001 - the face where bugs end
            _tell(Event.LMTP_FAILED, path, reply.FAILED, exception=bug)
            self._dialogue.refuse(reply.FAILED)
        else:
            refused = refusal(principal)
            if principal is None or refused is not None:
                told = refused or reply.NOT_FOUND
                _tell(Event.LMTP_REFUSED, path, told)
                self._dialogue.refuse(told)
            else:
                self._dialogue.accept(principal)

    async def _take(self, taken: Take) -> None:
        """One reply for each recipient, in their order, each as soon as it is known (RFC 2033 sections 4.2 and 5)."""
        offer = Offer(self._hop(taken.transaction), taken.message)
        for recipient in taken.transaction.recipients:
            told = taken.instead
            if told is None:
                told = await self._deliver(recipient, offer)
            else:
                _tell(_event(told), recipient.path, told, id=offer.hop.id)
                await self._refuse(recipient, offer.hop, told)
            self._say(told.about(recipient.path))
            await self._flush()

    async def _deliver(self, recipient: Recipient, offer: Offer) -> Reply:
        principal, path = recipient.principal, recipient.path
        deposit = self._delivery.deposit
        try:
            spoken: Attributes = {"pillarbox.account": principal.number, "pillarbox.id": offer.hop.id}
            with span("lmtp.deliver", Side.SERVER, spoken):
                outcome = await self._delivery.run_for(
                    principal.number, lambda: deposit.deliver(principal, offer, self._policy, path.text)
                )
        except (Unavailable, OSError) as trouble:
            told = reply.NO_ROOM if isinstance(trouble, OutOfSpace) else reply.FAILED
            _tell(Event.LMTP_DEFERRED, path, told, id=offer.hop.id, reason=str(trouble))
            return told
        except Exception as bug:  # noqa: BLE001 - the face where bugs end
            _tell(Event.LMTP_FAILED, path, reply.FAILED, id=offer.hop.id, exception=bug)
            return reply.FAILED
        told = told_of(outcome)
        match outcome:
            case Filed(email, size):
                about: dict[str, object] = {"account": principal.id, "email": email, "bytes": size}
                _tell(Event.LMTP_DELIVERED, path, told, id=offer.hop.id, **about)
            case HandedOn(members):
                _tell(Event.LMTP_HANDED_ON, path, told, id=offer.hop.id, account=principal.id, members=members)
            case Known():
                _tell(Event.LMTP_REPEATED, path, told, id=offer.hop.id, account=principal.id)
            case OverQuota() | Looping():
                _tell(_event(told), path, told, id=offer.hop.id, account=principal.id)
        return told

    async def _refuse(self, recipient: Recipient, hop: Hop, told: Reply) -> None:
        """The journal has it too, where it can; the message is gone already, and with it its size."""
        principal, path = recipient.principal, recipient.path
        deposit = self._delivery.deposit
        try:
            await self._delivery.run_for(
                principal.number, lambda: deposit.refused(principal, hop, 0, told, self._policy, path.text)
            )
        except Exception as bug:  # noqa: BLE001 - the face where bugs end
            _tell(Event.LMTP_FAILED, path, told, id=hop.id, exception=bug)

    def _hop(self, transaction: Transaction) -> Hop:
        recipients = transaction.recipients
        return Hop(
            client=transaction.client,
            address=self._address,
            host=self._policy.host,
            id=self._delivery.token(),
            utf8=transaction.utf8,
            reverse_path=transaction.reverse_path.text,
            only_recipient=recipients[0].path.text if len(recipients) == 1 else None,
            moment=datetime.fromtimestamp(self._delivery.clock(), UTC),
            tls=self._tls(),
        )

    def _tls(self) -> str | None:
        found = self._writer.get_extra_info("ssl_object")
        return None if found is None else str(found.version())

    def _say(self, told: Reply) -> None:
        if told.code == 421:
            emit(Event.LMTP_ENDED, peer=self._address, reply=str(told))
        self._unsent.append(told.octets())

    async def _flush(self) -> None:
        """Sends all replies there are (RFC 2920 section 3.2); a client that does not read them is left."""
        if not self._unsent:
            return
        self._writer.write(b"".join(self._unsent))
        self._unsent.clear()
        async with asyncio.timeout(self._policy.timeout):
            await self._writer.drain()

    async def _leave(self) -> None:
        """Closes so that the last reply arrives."""
        await self._flush()
        # TLS says with its closing that nothing more comes.
        if not self._stopping and self._writer.can_write_eof():
            self._writer.write_eof()
            with suppress(TimeoutError):
                async with asyncio.timeout(LINGER):
                    while await self._reader.read(CHUNK):
                        pass
        self._writer.close()
        async with asyncio.timeout(LINGER):
            await self._writer.wait_closed()


def _event(told: Reply) -> Event:
    """Whether a refusal is for now or for good: the client will offer the message again, or give it back."""
    return Event.LMTP_DEFERRED if told.code < 500 else Event.LMTP_REFUSED


def _tell(event: Event, recipient: Path, told: Reply, **fields: object) -> None:
    emit(event, recipient=recipient.text, reply=str(told), **fields)
