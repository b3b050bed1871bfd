"""Whom tokens are for is looked up once, for as long as nothing changes (adr/0047)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from tests.toy.clock import Clock

from pillarbox.access import Ended, Principal
from pillarbox.access.token import TokenKey, TokenKind
from pillarbox.signin.oauth import Beginning, Grants, Lives, OwnTokens
from pillarbox.store import Store
from pillarbox.wire.values import Id


class People:
    """Everybody, and how often they were looked up."""

    def __init__(self) -> None:
        self.looked = 0
        self.listeners: list[Callable[[], None]] = []

    def numbered(self, number: int) -> Principal | None:
        self.looked += 1
        return Principal(Id(f"a{number}"), number, f"{number}@home.example", (), None, None)

    @contextmanager
    def listen(self, listener: Callable[[], None]) -> Iterator[None]:
        self.listeners.append(listener)
        yield


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def grants(store: Store, clock: Clock) -> Grants:
    return Grants(store, TokenKey(b"key"), Lives(), clock)


@pytest.fixture
def check(store: Store, grants: Grants, people: People, clock: Clock) -> Iterator[OwnTokens]:
    check = OwnTokens(store, grants, people, clock=clock, time_=clock)
    yield check
    check.close()


def begun(grants: Grants, clock: Clock, account: int = 7) -> tuple[int, str]:
    """A new grant's number, and an access token."""
    grant = grants.begin(Beginning(account, "app", "app", frozenset(("openid",)), ("pwd",), clock()))
    return grant.number, grants.tokens(grant).access


def test_what_is_known_is_not_looked_up(check: OwnTokens, grants: Grants, people: People, clock: Clock) -> None:
    _, token = begun(grants, clock)
    assert check.remembered(token) is None
    assert check.verified(token) is not None

    assert check.remembered(token) is not None
    assert people.looked == 1


def test_a_grant_that_begins_has_nobody_looked_up(
    check: OwnTokens, grants: Grants, people: People, clock: Clock
) -> None:
    """Ours: grants begin all the time; it is asked which have ended, once for all."""
    known = [begun(grants, clock, number)[1] for number in range(5)]
    for token in known:
        check.verified(token)
    looked = people.looked

    begun(grants, clock)

    assert check.remembered(known[0]) is None
    assert check.is_outdated(known[0])
    assert check.confirmed(known[0]) is not None
    assert all(check.remembered(token) is not None for token in known)
    assert people.looked == looked


def test_a_grant_that_ends_is_known_to_have_ended(check: OwnTokens, grants: Grants, clock: Clock) -> None:
    """Issue 6: revoked everywhere at once; also one that began after it was asked last."""
    for _ in range(2):
        number, token = begun(grants, clock)
        assert check.verified(token) is not None

        grants.end(7, number)

        assert check.remembered(token) is None
        assert check.confirmed(token) is None
        with pytest.raises(Ended):
            check.verified(token)


def test_what_changes_while_it_is_looked_up_is_looked_up_again(
    check: OwnTokens, grants: Grants, people: People, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours: a grant that ends between the look and its being remembered is not remembered."""
    number, token = begun(grants, clock)
    look = people.numbered

    def slowly(account: int) -> Principal | None:
        monkeypatch.undo()
        grants.end(7, number)
        return look(account)

    monkeypatch.setattr(people, "numbered", slowly)
    check.verified(token)

    assert check.remembered(token) is None
    assert check.confirmed(token) is None


def test_a_change_of_people_has_them_looked_up(check: OwnTokens, grants: Grants, people: People, clock: Clock) -> None:
    _, token = begun(grants, clock)
    check.verified(token)

    people.listeners[0]()

    assert check.remembered(token) is None
    assert check.confirmed(token) is not None
    assert people.looked == 2


def test_after_a_minute_it_is_looked_up_whatever_was_told(
    check: OwnTokens, grants: Grants, people: People, clock: Clock
) -> None:
    _, token = begun(grants, clock)
    check.verified(token)
    clock.now += 60

    assert check.remembered(token) is None
    assert check.confirmed(token) is not None
    assert people.looked == 2


def test_a_confirmation_makes_what_was_remembered_be_looked_at_again(
    store: Store, grants: Grants, people: People, clock: Clock
) -> None:
    """Ours: a browser's session has another time of its sign-in."""
    sessions = OwnTokens(store, grants, people, TokenKind.SESSION, clock=clock, time_=clock)
    token = grants.begin_session(7, ("pwd",))
    proof = sessions.verified(token)
    assert proof is not None
    assert proof.credential is not None
    clock.now += 30

    grants.confirm(proof.credential, ("otp",))

    again = sessions.confirmed(token) or sessions.verified(token)
    assert again is not None
    assert (again.at, again.methods) == (clock.now, ("pwd", "otp"))
    sessions.close()
