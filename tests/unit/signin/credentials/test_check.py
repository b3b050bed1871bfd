"""Passwords verified once, for as long as nothing changes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from tests.toy.clock import Clock

from pillarbox.access import Principal, Proof
from pillarbox.signin.credentials import MainPasswords, OwnPasswords, PasswordCheck, Way
from pillarbox.signin.credentials import check as module
from pillarbox.signin.credentials.check import MAX_AGE
from pillarbox.wire.values import Id

ALICE = Principal(Id("a1"), 1, "alice@home.example", (), "secret", None)


class Plain:
    """Keeps passwords as they are, and counts how often one was verified."""

    def __init__(self) -> None:
        self.verified = 0
        self.meanwhile: Callable[[], None] = lambda: None

    def verify(self, kept: str | None, password: str) -> bool:
        self.verified += 1
        self.meanwhile()
        return kept == password

    def hash(self, password: str) -> str:
        return password

    def is_dated(self, kept: str) -> bool:  # noqa: ARG002 - as it is asked
        return False


class Alone:
    """Nobody has a second factor."""

    def of(self, account: int) -> None:  # noqa: ARG002 - as it is asked
        return None

    def lasting(self, account: int, code: str, tried: object) -> None:  # noqa: ARG002 - as it is asked
        return None


def ways(book: "Book", plain: Plain) -> tuple[Way, ...]:
    return (MainPasswords(book, OwnPasswords(book, plain), Alone()),)


class Book:
    """A directory in memory, which tells of a change when told to."""

    def __init__(self, *principals: Principal) -> None:
        self.principals = {one.address: one for one in principals}
        self.listeners: list[Callable[[], None]] = []
        self.asked = 0

    def find(self, address: str) -> Principal | None:
        self.asked += 1
        return self.principals.get(address.lower())

    @contextmanager
    def listen(self, listener: Callable[[], None]) -> Iterator[None]:
        self.listeners.append(listener)
        yield
        self.listeners.remove(listener)

    def tells(self) -> None:
        for listener in self.listeners:
            listener()


@pytest.fixture
def book() -> Book:
    return Book(ALICE)


@pytest.fixture
def plain() -> Plain:
    return Plain()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def check(book: Book, plain: Plain, clock: Clock) -> PasswordCheck:
    """Alice is known to it."""
    check = PasswordCheck(book, ways(book, plain), clock)
    assert check.remembered(ALICE.address, "secret") is None
    assert check.verified(ALICE.address, "secret") == Proof(ALICE)
    return check


def enter(check: PasswordCheck, password: str = ALICE.secret or "", name: str = ALICE.address) -> Principal | None:
    """As the gate asks."""
    proof = check.remembered(name, password)
    if proof is None and check.is_outdated(name, password):
        proof = check.confirmed(name, password)
    proof = proof or check.verified(name, password)
    return proof.principal if proof else None


def test_who_was_verified_is_known_without_asking_anybody(check: PasswordCheck, book: Book, plain: Plain) -> None:
    """Architecture section 2: verified credentials are cached in memory."""
    for _ in range(3):
        assert enter(check) == ALICE

    assert (book.asked, plain.verified) == (2, 1)


@pytest.mark.parametrize(("name", "password"), [(ALICE.address, "Secret"), ("alice@home.example1", "secret"), ("", "")])
def test_another_name_or_password_is_not_known(check: PasswordCheck, name: str, password: str) -> None:
    """Ours."""
    assert not check.is_outdated(name, password)
    assert check.confirmed(name, password) is None
    assert enter(check, password, name) is None


def test_who_waited_while_the_same_was_verified_costs_no_hash(check: PasswordCheck, book: Book, plain: Plain) -> None:
    """Ours: a client's first connections come together."""
    assert check.verified(ALICE.address, "secret") == Proof(ALICE)

    assert (book.asked, plain.verified) == (2, 1)


def test_a_change_to_somebody_else_costs_no_hash(check: PasswordCheck, book: Book, plain: Plain) -> None:
    """Ours: with many accounts something changes all the time."""
    book.tells()
    assert check.remembered(ALICE.address, "secret") is None
    for _ in range(3):
        assert enter(check) == ALICE

    assert (book.asked, plain.verified) == (3, 1)


def test_what_else_has_changed_is_known_at_once(check: PasswordCheck, book: Book, plain: Plain) -> None:
    """Ours: the quota, or an alias."""
    changed = book.principals[ALICE.address] = replace(ALICE, quota=1000)
    book.tells()

    assert enter(check) == changed
    assert plain.verified == 1


def test_an_old_password_ends_with_the_notice(check: PasswordCheck, book: Book) -> None:
    """Architecture section 2: dropped by what travels on the feed."""
    changed = book.principals[ALICE.address] = replace(ALICE, secret="new")
    book.tells()

    assert enter(check) is None
    assert enter(check, "new") == changed


def test_a_password_that_was_hashed_anew_is_verified_anew(check: PasswordCheck, book: Book, plain: Plain) -> None:
    """Ours: an equal password has another hash each time, so only its verification tells."""
    book.principals[ALICE.address] = replace(ALICE, secret="other")
    book.tells()
    assert check.confirmed(ALICE.address, "secret") is None
    book.principals[ALICE.address] = ALICE

    assert not check.is_outdated(ALICE.address, "secret")
    assert enter(check) == ALICE
    assert plain.verified == 2


def test_who_was_removed_is_let_in_no_more(check: PasswordCheck, book: Book) -> None:
    """Architecture section 2."""
    del book.principals[ALICE.address]
    book.tells()

    assert enter(check) is None


def test_an_account_made_anew_with_the_same_hash_is_verified_anew(
    check: PasswordCheck, book: Book, plain: Plain
) -> None:
    """Ours: as where the hash was brought along from elsewhere."""
    anew = book.principals[ALICE.address] = replace(ALICE, id=Id("a2"), number=2)
    book.tells()

    assert enter(check) == anew
    assert plain.verified == 2


def test_a_change_of_which_no_notice_came_is_found_in_time(check: PasswordCheck, book: Book, clock: Clock) -> None:
    """Ours: whoever made it may have been killed before it could tell."""
    book.principals[ALICE.address] = replace(ALICE, secret="new")
    clock.now += MAX_AGE - 1
    assert enter(check) == ALICE
    clock.now += 1

    assert enter(check) is None


def test_who_is_used_all_the_time_is_looked_up_once_in_that_time(
    check: PasswordCheck, book: Book, plain: Plain, clock: Clock
) -> None:
    """Ours: no request pays for the database but one a minute."""
    for _ in range(10 * int(MAX_AGE)):
        clock.now += 1
        assert enter(check) == ALICE

    assert (book.asked, plain.verified) == (2 + 10, 1)


def test_a_notice_while_a_password_is_verified_is_not_missed(check: PasswordCheck, book: Book, plain: Plain) -> None:
    """Ours: what was read before the change is not taken for what is there after it."""
    book.tells()

    def change() -> None:
        book.principals[ALICE.address] = replace(ALICE, secret="new")
        book.tells()

    plain.meanwhile = change
    assert check.verified(ALICE.address, "secret") == Proof(ALICE)
    plain.meanwhile = lambda: None

    assert check.remembered(ALICE.address, "secret") is None
    assert enter(check) is None


def test_only_so_many_are_remembered_and_those_used_last(
    book: Book, plain: Plain, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours: memory has a bound."""
    monkeypatch.setattr(module, "MAX_REMEMBERED", 2)
    check = PasswordCheck(book, ways(book, plain), clock)
    for name in ("alice", "Alice"):
        check.verified(f"{name}@home.example", "secret")
    book.tells()
    assert enter(check, name="alice@home.example")
    check.verified("ALICE@home.example", "secret")

    assert check.remembered("alice@home.example", "secret")
    assert check.remembered("ALICE@home.example", "secret")
    assert not check.remembered("Alice@home.example", "secret")


def test_who_is_closed_listens_no_more(check: PasswordCheck, book: Book) -> None:
    """Ours."""
    check.close()

    assert book.listeners == []
    assert check.remembered(ALICE.address, "secret") is None
