"""Whatever is done with codes and tokens, nobody gets more than its first owner allowed, and nothing works twice."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from tests.driver.oauth import VERIFIER, challenge
from tests.driver.shelf import Shelf
from tests.properties.conftest import NewStore
from tests.toy.clock import Clock

from pillarbox.access import Ended, Principal, attenuated
from pillarbox.access.permission import OF_ADMIN, OF_USER
from pillarbox.access.scope import SCOPES
from pillarbox.access.token import TokenKey
from pillarbox.datatypes import REGISTRY
from pillarbox.signin.oauth import (
    Allowed,
    Answer,
    Authority,
    Came,
    Client,
    Grants,
    Lives,
    OAuthError,
    OAuthPolicy,
    OwnTokens,
    Site,
    authority,
)
from pillarbox.store import LocalFeed, Store, Unavailable
from pillarbox.store.sqlite import SQLiteVolatile
from pillarbox.wire.values import Id

ALICE = Principal(Id("a7"), 7, "alice@home.example", (), None, None, permissions=OF_USER | OF_ADMIN)
EVERYTHING = "authorization_code refresh_token urn:ietf:params:oauth:grant-type:device_code"
APP = Client("app", "app", None, frozenset(SCOPES), frozenset(EVERYTHING.split()))
HERE = Site("https://home.example", "https://home.example")
NAMES = sorted(SCOPES)


class One:
    """A directory of one person."""

    def numbered(self, number: int) -> Principal | None:
        return ALICE if number == 7 else None

    @contextmanager
    def listen(self, listener: Callable[[], None]) -> Iterator[None]:  # noqa: ARG002 - as it is called
        yield


@dataclass
class Held:
    """A token that a client was given: of which code, and what its owner had allowed then."""

    text: str
    allowed: frozenset[str]
    chain: int
    is_used: bool = False
    until: float = 0.0
    """Once it was used: until when a second use is known as such."""


@dataclass
class World:
    """A server, what was ever given, and what was allowed."""

    store: Store
    clock: Clock = field(default_factory=Clock)
    codes: list[Held] = field(default_factory=list)
    refresh: list[Held] = field(default_factory=list)
    access: list[Held] = field(default_factory=list)
    over: set[int] = field(default_factory=set)
    """Chains that have ended."""

    def __post_init__(self) -> None:
        self.store.create(0)
        key = TokenKey(b"key")
        people = One()
        self.tokens = OwnTokens(
            self.store, Grants(self.store, key, Lives(), self.clock), people, clock=self.clock, time_=self.clock
        )
        sessions = self.tokens
        shelf = Shelf()
        self.server: Authority = authority(OAuthPolicy(), self.store, people, shelf, key, sessions, self.clock)

    def allows(self, scopes: frozenset[str]) -> None:
        if not scopes:
            return
        allowed = Allowed(7, "app", None, tuple(sorted(scopes)), self.clock(), ("pwd",), challenge())
        self.codes.append(Held(self.server.codes.give(allowed), scopes, len(self.codes)))

    def redeems(self, which: int) -> None:
        self._uses(self.codes, which, lambda one: {"code": one.text, "code_verifier": VERIFIER}, "authorization_code")

    def refreshes(self, which: int, scopes: frozenset[str]) -> None:
        asked = {"scope": " ".join(sorted(scopes))} if scopes else {}
        try:
            self._uses(self.refresh, which, lambda one: {"refresh_token": one.text, **asked}, "refresh_token")
        except _Narrow:
            return

    def revokes(self, which: int) -> None:
        if self.access:
            one = self.access[which % len(self.access)]
            self.server.revoke(APP, one.text)
            if self.clock() < self._ends(one):
                self.over.add(one.chain)

    def waits(self, seconds: int) -> None:
        self.clock.now += seconds

    def check(self) -> None:
        """What every token lets through."""
        for one in self.access:
            try:
                proof = self.tokens.remembered(one.text) or self.tokens.verified(one.text)
            except Ended:
                continue
            assert proof is not None
            assert one.chain not in self.over, "a token outlived its grant"
            assert proof.scope is not None
            assert proof.scope <= one.allowed
            assert attenuated(ALICE.permissions, proof.scope) <= attenuated(ALICE.permissions, one.allowed)

    def _uses(self, held: list[Held], which: int, given: Callable[[Held], dict[str, str]], kind: str) -> None:
        if not held:
            return
        one = held[which % len(held)]
        try:
            answer = self.server.token(APP, {"grant_type": kind, **given(one)}, HERE, Came())
        except OAuthError as error:
            if error.code == "invalid_scope":
                raise _Narrow from None
            if error.code != "invalid_grant":
                raise
            if one.is_used and self.clock() < one.until:
                self.over.add(one.chain)
            return
        assert not one.is_used, "it worked twice"
        assert one.chain not in self.over, "it worked after its end"
        one.is_used = True
        # A code for as long as it was good; a refresh token until it would have ended.
        one.until = self.clock() + 600 if kind == "authorization_code" else self._ends(one)
        self._given(answer, one)

    def _given(self, answer: Answer, of: Held) -> None:
        assert answer.tokens.scopes <= of.allowed
        self.access.append(Held(answer.tokens.access, of.allowed, of.chain))
        assert answer.tokens.refresh is not None
        self.refresh.append(Held(answer.tokens.refresh, of.allowed, of.chain))

    def _ends(self, one: Held) -> float:
        token = self.server.key.read(one.text)
        assert token is not None
        return token.expires


class _Narrow(Exception):
    """More was asked for than was allowed, and nothing has happened."""


SCOPE_SETS = some.frozensets(some.sampled_from(NAMES), max_size=4)
WHICH = some.integers(0, 5)
STEPS = some.one_of(
    some.tuples(some.just("allows"), SCOPE_SETS),
    some.tuples(some.just("redeems"), WHICH),
    some.tuples(some.just("refreshes"), WHICH, SCOPE_SETS),
    some.tuples(some.just("revokes"), WHICH),
    some.tuples(some.just("waits"), some.sampled_from([1, 300, 3600, 20 * 86_400])),
)


@settings(max_examples=60)
@given(scopes=SCOPE_SETS.filter(bool), steps=some.lists(STEPS, max_size=15))
def test_no_steps_give_more_than_was_allowed_and_nothing_works_twice(
    new_store: NewStore, scopes: frozenset[str], steps: list[tuple[Any, ...]]
) -> None:
    """RFC 6749 sections 4.1.2 and 6, RFC 9700 section 4.14.2."""
    with new_store(REGISTRY.tables) as store:
        world = World(store)
        world.allows(scopes)
        world.redeems(0)
        for name, *arguments in steps:
            getattr(world, name)(*arguments)
            world.check()


def at_once(calls: list[Callable[[], Answer]]) -> list[Answer]:
    """What those give that are not refused, all called at the same time."""

    def one(call: Callable[[], Answer]) -> Answer | None:
        while True:
            try:
                return call()
            except Unavailable:
                # What is shared waits for nobody for long: a client comes once more.
                continue
            except OAuthError as error:
                if error.code not in ("invalid_grant", "expired_token", "slow_down"):
                    raise
                return None

    with ThreadPoolExecutor(len(calls)) as threads:
        return [answer for answer in threads.map(one, calls) if answer is not None]


@pytest.fixture
def two(opens: Any, tmp_path: Path, clock: Clock) -> Iterator[list[Authority]]:
    """Two processes of a server."""
    made: list[Authority] = []
    shared = [SQLiteVolatile(tmp_path, seat=seat) for seat in range(2)]
    key = TokenKey(b"key")
    for volatile in shared:
        store = opens(LocalFeed())
        store.create(0)
        check = OwnTokens(store, Grants(store, key, Lives(), clock), One(), time_=clock)
        made.append(authority(OAuthPolicy(), store, One(), volatile, key, check, clock))
        check.close()
    yield made
    for volatile in shared:
        volatile.close()


def tokens(server: Authority, **given: str) -> Callable[[], Answer]:
    return lambda: server.token(APP, given, HERE, Came())


def test_of_two_who_redeem_a_code_at_once_one_does(two: list[Authority], clock: Clock) -> None:
    """RFC 6749 section 4.1.2, over two connections to one store."""
    for _ in range(5):
        code = two[0].codes.give(Allowed(7, "app", None, ("openid",), clock(), ("pwd",), challenge()))
        calls = [
            tokens(one, grant_type="authorization_code", code=code, code_verifier=VERIFIER) for one in (*two, *two)
        ]
        assert len(at_once(calls)) == 1


def test_of_two_who_refresh_at_once_one_does(two: list[Authority], clock: Clock) -> None:
    """RFC 6749 section 6, over two connections to one store; what it was given then ends (RFC 9700 section 4.14.2)."""
    for _ in range(5):
        code = two[0].codes.give(Allowed(7, "app", None, ("profile",), clock(), ("pwd",), challenge()))
        first = tokens(two[0], grant_type="authorization_code", code=code, code_verifier=VERIFIER)().tokens
        assert first.refresh is not None
        calls = [tokens(one, grant_type="refresh_token", refresh_token=first.refresh) for one in (*two, *two)]
        (won,) = at_once(calls)
        assert won.tokens.refresh is not None
        assert at_once([tokens(two[1], grant_type="refresh_token", refresh_token=won.tokens.refresh)]) == []


def test_of_two_who_ask_for_a_device_at_once_one_is_let_in(two: list[Authority], clock: Clock) -> None:
    """RFC 8628 section 3.5, over two connections to one store."""
    for _ in range(5):
        device, user = two[0].devices.begin("app", frozenset(("profile",)), None)
        allowed = Allowed(7, "app", None, ("profile",), clock(), ("pwd",))
        assert two[1].devices.decide(user, 7, lambda _, allowed=allowed: allowed)  # type: ignore[misc]
        grant = "urn:ietf:params:oauth:grant-type:device_code"
        calls = [tokens(one, grant_type=grant, device_code=device) for one in (*two, *two)]
        let_in = at_once(calls)
        # The one that came in time may have found what is shared busy, and be told to wait with its next question.
        clock.now += 5
        assert len([*let_in, *at_once(calls[:1])]) == 1
