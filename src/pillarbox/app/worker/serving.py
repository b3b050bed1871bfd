"""A worker's openings: opened on sockets that others share, and closed so that what has begun is finished."""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from socket import socket

from pillarbox.app.authorizing import Authorizing
from pillarbox.app.channel import Below, Message
from pillarbox.app.configuring import Configuring
from pillarbox.app.figures import limits, site, sockets, traffic
from pillarbox.app.house import House, volatile
from pillarbox.app.knowing import chosen, directories
from pillarbox.app.office import office
from pillarbox.app.orders import GRACE
from pillarbox.app.policy import bounds, policy, url
from pillarbox.app.supervisor import control
from pillarbox.app.worker.entering import Entrances
from pillarbox.app.worker.showing import Showing
from pillarbox.app.worker.watch import Watch
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.push import push_key
from pillarbox.delivery import Delivery, Deposit, LMTPListener, Policy
from pillarbox.http import HTTP, Gate, Health, Leases, Setup, SocketLimit, Tickets, Turns
from pillarbox.jmap import Service
from pillarbox.management import managing
from pillarbox.net import Balance, Door, Recognition
from pillarbox.net.web import WebServer
from pillarbox.settings import DatabaseStore, Snapshot, catalogue
from pillarbox.signin.credentials import ApiKeys, Appointed, PasswordCheck, Ways
from pillarbox.signin.directory import Chain, ProviderTokens
from pillarbox.store import StoreError
from pillarbox.telemetry import Event, emit
from pillarbox.wire.network import is_private
from pillarbox.wire.webpush import KeyPair, base64url

__all__ = ["Openings", "serve"]

_PATIENCE = 60.0
"""Seconds in which the supervisor answers: it asks each of its processes in turn."""
_UNHEARD = 10.0
"""Seconds after which a server serves though it has not heard of others: alone, it would otherwise never."""
_MESSAGES_IN_MEMORY = 64 * 1024 * 1024
"""Octets of messages that one LMTP listener takes in at once, if its largest messages are small; more are put off."""


@dataclass(frozen=True, slots=True)
class Openings:
    """What a worker accepts connections from: sockets by the listener's id, and how many of each it may have.

    `seat` is the worker's number, which the one that is started in its place has again.
    """

    sockets: Mapping[str, Sequence[socket]]
    most: Mapping[str, int]
    balance: Balance
    seat: int


async def serve(
    built: House, openings: Openings, below: Below, stopping: asyncio.Event, ready: Callable[[], None]
) -> bool:
    """Serves until it is to stop; whether all that had begun has ended then.

    `ready` is called once connections are accepted; `below` brings settings that are in force from then on.
    """
    door = Door()
    with closing(volatile(built, openings.seat)) as shared:
        # What is in the database is a wait for the network away, which is nothing for the event loop.
        is_far = isinstance(built.settings.store, DatabaseStore)
        leases = Leases(shared, door.through) if is_far else Leases(shared)
        tickets = Tickets(shared, door.through) if is_far else Tickets(shared)
        watch = Watch(built, shared, door)
        authorizing = Authorizing(built, shared, time.time)
        return await _serve(
            _Service(built, openings, door, stopping, leases, tickets, watch, below, authorizing), ready
        )


async def _serve(serving: "_Service", ready: Callable[[], None]) -> bool:
    loop = asyncio.get_running_loop()
    finished = True
    openings, door, leases, stopping = serving.openings, serving.door, serving.leases, serving.stopping
    webs = serving.webs()
    mails = serving.mails()
    # Whoever connects first is shown the right certificate.
    await serving.showing.look()
    openings.balance.begin()
    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(web.serve(sockets)) for web, sockets in webs]
            for mail, sockets in mails:
                for bound in sockets:
                    await mail.listen(bound)
            # uvicorn listens after its task has begun.
            await asyncio.sleep(0)
            ready()
            lasting = [
                tasks.create_task(leases.run()),
                tasks.create_task(serving.below.serve(serving.answer)),
                tasks.create_task(serving.configuring.run()),
                tasks.create_task(serving.entrances.watch()),
                tasks.create_task(serving.showing.run()),
                tasks.create_task(serving.watch.run()),
            ]
            await stopping.wait()
            told = loop.time()
            for web, _ in webs:
                web.stop()
            await asyncio.gather(*running, *(mail.stop(GRACE) for mail, _ in mails))
            for one in lasting:
                one.cancel()
            door.close()
            finished = await door.ended(max(0.0, GRACE - (loop.time() - told)))
    finally:
        door.close()
    return finished


class _Service:
    """What a worker serves with: what is there as long as the process is, and what is made of the settings in force."""

    def __init__(
        self,
        built: House,
        openings: Openings,
        door: Door,
        stopping: asyncio.Event,
        leases: Leases,
        tickets: Tickets,
        watch: Watch,
        below: Below,
        authorizing: Authorizing,
    ) -> None:
        self.openings = openings
        self.door = door
        self.leases = leases
        self.stopping = stopping
        self._built = built
        self._tickets = tickets
        self.watch = watch
        self.below = below
        # These outlive settings: who is let in, who is being served, and who is connected.
        self._directories = directories(built, built.settings)
        self._ways = Ways(built.store, built.directory, built.passwords, self._directories)
        self._check = PasswordCheck(built.directory, self._ways.under())
        self._keys = PasswordCheck(built.directory, (ApiKeys(built.store, built.passwords),))
        self._authorizing = authorizing
        self._every_token = Chain((authorizing.tokens, ProviderTokens(self._directories)))
        self._turns = Turns({}, leases=leases)
        self._sockets = SocketLimit()
        self._health = Health(
            {
                "hub": lambda: None if built.feed.is_joined else "the line to it is cut",
                "link": _link(built, time.monotonic() + _UNHEARD),
            }
        )
        key = _key(built)
        self._push_key = None if key is None else base64url(key.public)
        # Without the key it is not known again, as if it were another server.
        self._recognition = Recognition() if key is None else Recognition(key.private)
        self._policy = Policy.of(built.settings)
        self._mails: Mapping[str, LMTPListener] = {}
        self._webs: Mapping[str, WebServer] = {}
        self.entrances = Entrances(built.settings, built.data, openings.seat, watch.lets)
        self.showing = Showing(built.settings, built.store, self.entrances.certificates, door)
        self._settings = built.settings
        self.configuring = Configuring(built, door, self._use)
        self._office = office(
            built, lambda: self._settings, lambda: self.configuring.layers.written, partial(_asked, built)
        )
        self._http = HTTP(self._setup(built.settings))

    async def answer(self, question: Message) -> Message:
        """Does what the supervisor asks for."""
        match question["do"]:
            case "use":
                self.configuring.reread(question["pairs"])
            case "drain":
                self._health.is_draining = True
            case _:
                return {"failed": "nothing like it is done here"}
        return {}

    def _ignored(self, peer: str, setting: str) -> None:
        """Somebody says whom requests are from, and their word is not taken."""
        # From anywhere else it is likelier a stranger who tries it than a proxy.
        if is_private(peer) or peer == "local":
            said = f"{peer} says whom requests are from, as a proxy does, and that is not heeded"
            self.below.note(setting, f"{said}; this setting would have its word taken")

    def _use(self, settings: Snapshot) -> None:
        """From now on these hold, for requests and deliveries that begin; what has begun ends under those before."""
        self.below.forget()
        self._settings = settings
        setup, delivering = self._setup(settings), Policy.of(settings)
        self.watch.use(settings)
        self._http.use(setup)
        self._policy = delivering
        self.entrances.use(settings)
        self.showing.use(settings)
        for id_, web in self._webs.items():
            web.entrance = self.entrances.of(id_)
            web.bounds = bounds(settings)
            web.sockets = sockets(settings)
        for id_, mail in self._mails.items():
            mail.entrance = self.entrances.of(id_)
            mail.use(_memory(delivering))

    def _setup(self, settings: Snapshot) -> Setup:
        built = self._built
        service = Service(
            built.store,
            REGISTRY,
            limits(settings),
            traffic(settings),
            push_key=self._push_key,
            managing=managing(self._office),
        )
        # Of an account with requests in hand the number holds once there are none.
        self._turns.limits.update(
            maxConcurrentRequests=service.traffic.concurrent_requests,
            maxConcurrentUpload=service.traffic.concurrent_upload,
        )
        allowances = self.watch.allowances(settings)
        self._directories.use(chosen(settings))
        self._check.use(
            self._ways.under(
                Appointed.of(settings[catalogue.FALLBACK_USER], settings[catalogue.FALLBACK_SECRET]),
                Appointed.of(settings[catalogue.MASTER_USER], settings[catalogue.MASTER_SECRET]),
            )
        )
        return Setup(
            service,
            Gate(
                self._check,
                self.door,
                settings[catalogue.ACCOUNT_QUOTA],
                tally=self.watch.tally,
                allowances=allowances,
                keys=self._keys,
                tokens=self._every_token if self._directories.has_providers else self._authorizing.tokens,
            ),
            self.door,
            self._turns,
            url(settings),
            settings[catalogue.EVENT_SOURCE_THROTTLE].seconds,
            self.stopping,
            self._tickets,
            settings[catalogue.TIMEOUT_BODY].seconds,
            socket_throttle=settings[catalogue.WEB_SOCKET_THROTTLE].seconds,
            sockets=self._sockets,
            recognition=self._recognition,
            site=site(settings),
            policy=policy(settings, self._ignored),
            health=self._health,
            allowances=allowances,
            bans=self.watch.bans,
            tally=self.watch.tally,
            oauth=self._authorizing.under(settings),
            self_service=self._authorizing.pages(settings, self._check),
            office=self._office,
        )

    def webs(self) -> list[tuple[WebServer, Sequence[socket]]]:
        """A server for each listener that speaks HTTP, with its sockets."""
        self._webs = {
            id_: WebServer(
                self._http,
                max_connections=self.openings.most[id_],
                grace=GRACE,
                bounds=bounds(self._built.settings),
                finish=self._http.finished,
                balance=self.openings.balance,
                sockets=sockets(self._built.settings),
                watching=self.watch.tally,
                listener=id_,
                entrance=self.entrances.of(id_),
            )
            for id_ in self._of("http")
        }
        return [(web, self.openings.sockets[id_]) for id_, web in self._webs.items()]

    def mails(self) -> list[tuple[LMTPListener, Sequence[socket]]]:
        """One for each listener that speaks LMTP, with its sockets."""
        built = self._built
        delivery = Delivery(
            self._directories,
            Deposit(built.store, REGISTRY, time.time),
            self.door.through,
            self.door.for_account,
            lambda: self._policy,
            time.time,
            partial(secrets.token_hex, 8),
        )
        self._mails = {
            id_: LMTPListener(
                delivery,
                self.openings.most[id_],
                _memory(self._policy),
                self.openings.balance,
                listener=id_,
                entrance=self.entrances.of(id_),
            )
            for id_ in self._of("lmtp")
        }
        return [(mail, self.openings.sockets[id_]) for id_, mail in self._mails.items()]

    def _of(self, protocol: str) -> Iterable[str]:
        """The listeners that speak it, of those that have sockets."""
        listeners = self._built.settings.listeners
        return [one.id for one in listeners if one.protocol == protocol and one.id in self.openings.sockets]


def _link(built: House, until: float) -> Callable[[], str | None]:
    """What is lacking until other servers on the database were heard of, or that was waited for long enough."""
    if not isinstance(built.settings.store, DatabaseStore):
        return lambda: None

    def lacking() -> str | None:
        is_known = built.feed.is_linked or time.monotonic() >= until
        return None if is_known else "what is changed at other servers is not heard of yet"

    return lacking


def _asked(built: House, question: Message) -> Message:
    """What the supervisor of this server answers. Raises NotServed."""
    return control.asked(built.data, question, _PATIENCE)


def _memory(policy: Policy) -> int:
    return max(2 * policy.max_size, _MESSAGES_IN_MEMORY)


def _key(built: House) -> KeyPair | None:
    """The key that pushes are signed with; None where there is none yet, and now none can be made."""
    try:
        return push_key(built.store, secrets.token_bytes)
    except StoreError as problem:
        emit(Event.STORE_FAILED, known=problem.known)
        return None
