"""A push service of the tests' own, and the task that pushes to it."""

import asyncio
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.driver import JMAP, NOTHING, Home
from tests.neighbour.endpoint import Authority, Endpoint, Received
from tests.toy.clock import Clock

from pillarbox.access import Reach
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.directory import InternalDirectory
from pillarbox.datatypes.push import push_key
from pillarbox.jmap.push.webpush import Pacing, Post, WebPush
from pillarbox.net import Door, Guard
from pillarbox.net.outbound import Outbound
from pillarbox.store import Store
from pillarbox.wire.webpush import base64url

GUARD = Guard((ip_network("127.0.0.0/8"),))


class Pusher:
    """`WebPush` over a store, on a loop in a thread of its own, as the background worker runs it."""

    def __init__(self, store: Store, clock: Clock, authority: Authority, guard: Guard, pacing: Pacing) -> None:
        self._store, self._clock, self._authority = store, clock, authority
        self._guard, self._pacing = guard, pacing
        self._loop = asyncio.new_event_loop()
        self._begun = threading.Event()
        self.looks = threading.Event()
        """Set while it may look up whose accounts are whose; whoever clears it sets it again."""
        self.looks.set()
        self._door = Door()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Pusher":
        self._thread.start()
        assert self._begun.wait(20)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(20)
        self._door.close()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._push())

    async def _push(self) -> None:
        self._done = asyncio.Event()
        async with Outbound(self._guard, trust=self._authority.trusted()) as outbound:
            key = push_key(self._store, secrets.token_bytes)
            post = Post(outbound, key, "mailto:postmaster@home.example", 20, self._clock, secrets.token_bytes)
            directory = InternalDirectory(self._store)

            def reach(number: int) -> Mapping[int, Reach]:
                self.looks.wait(20)
                return directory.reach(number)

            pushing = asyncio.create_task(
                WebPush(self._store, REGISTRY, post, self._door.through, self._pacing, reach).run()
            )
            self._begun.set()
            await self._done.wait()
            pushing.cancel()
            await asyncio.gather(pushing, return_exceptions=True)


class Browser:
    """What decrypts on the other side."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._secret = os.urandom(16)

    @property
    def keys(self) -> dict[str, str]:
        """What it gives to encrypt for it."""
        numbers = self._private.public_key().public_numbers()
        public = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
        return {"p256dh": base64url(public), "auth": base64url(self._secret)}

    def reads(self, received: Received) -> bytes:
        """What was pushed."""
        octets: bytes = http_ece.decrypt(
            received.octets, private_key=self._private, auth_secret=self._secret, version="aes128gcm"
        )
        return octets


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def endpoint(authority: Authority) -> Iterator[Endpoint]:
    """Where pushes go."""
    with Endpoint(authority.server("127.0.0.1")) as endpoint:
        yield endpoint


@pytest.fixture
def pacing() -> Pacing:
    """No time passes in tests: what would wait does not."""
    return Pacing(throttle=0.0, interval=0.0)


@pytest.fixture
def pushes(
    store: Store,
    home: Home,
    clock: Clock,
    authority: Authority,
    pacing: Pacing,
    endpoint: Endpoint,  # which ends after it
) -> Callable[..., Pusher]:
    """Makes a pusher, to be run in a block; the server has its key from the beginning."""
    push_key(store, secrets.token_bytes)
    home.token = lambda: secrets.token_hex(16)
    home.build(guard=GUARD)
    return lambda guard=GUARD: Pusher(store, clock, authority, guard, pacing)


@pytest.fixture
def pusher(pushes: Callable[..., Pusher]) -> Iterator[Pusher]:
    """One that runs."""
    with pushes() as pusher:
        yield pusher


def subscribes(person: JMAP, url: str, **properties: Any) -> str:
    """The id of a new subscription, which is not verified."""
    sent = {"deviceClientId": "phone", "url": url, **properties}
    answer = person.asks("PushSubscription/set", accountId=NOTHING, create={"s": sent})
    assert answer["created"], answer
    return str(answer["created"]["s"]["id"])


def verifies(person: JMAP, id_: str, code: str) -> None:
    """Gives the code back."""
    answer = person.asks("PushSubscription/set", accountId=NOTHING, update={id_: {"verificationCode": code}})
    assert answer["updated"] == {id_: None}, answer


def verified(person: JMAP, endpoint: Endpoint, **properties: Any) -> str:
    """The id of a new subscription that is verified, without encryption."""
    id_ = subscribes(person, endpoint.url(), **properties)
    verifies(person, id_, endpoint.takes().json()["verificationCode"])
    return id_


def makes(person: JMAP, name: str) -> None:
    """A Mailbox, so that there is something to tell."""
    answer = person.asks("Mailbox/set", create={"a": {"name": name}})
    assert answer["created"], answer


def told(received: Received, person: JMAP) -> Any:
    """The states that a push tells of a person's account."""
    change = received.json()
    assert change["@type"] == "StateChange"
    assert set(change["changed"]) == {person.account_id}
    return change["changed"][person.account_id]
